"""Which grants a reader administers or reviews: the nation's all; a region's or a prison's their own."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from creo.support.accounts import rules
from creo.support.accounts.permissions.permission import FACILITY, REGION
from creo.support.accounts.places import places_of
from creo.support.accounts.readers import Reader, Scope

# When the six months of a grant began, in the database.
COUNTED_FROM = Coalesce(F("reviewed_on"), F("valid_from"))


def within(reader: Reader, prefix: str = "") -> Q:
    """Grants held at the reader's places; what is held for the nation belongs to the nation alone."""
    if reader.national:
        return Q()
    if not reader.scopes:
        return Q(pk__in=[])
    places = places_of(reader)
    here = Q(**{f"{prefix}scope_kind": FACILITY, f"{prefix}scope_code__in": sorted(places.names)})
    return here | Q(**{f"{prefix}scope_kind": REGION, f"{prefix}scope_code__in": sorted(places.own_offices)})


def at(place: Scope, prefix: str = "") -> Q:
    """Grants held at exactly one place."""
    return Q(**{f"{prefix}scope_kind": place.kind, f"{prefix}scope_code": place.code})


def not_over(on: date, prefix: str = "") -> Q:
    """Grants that have neither ended nor expired on a day."""
    open_end = Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gt": on})
    return open_end & (Q(**{f"{prefix}ended_on": None}) | Q(**{f"{prefix}ended_on__gt": on}))


def counted_before(on: date, *, ahead: bool) -> date:
    """Grants whose six months began on or before this day have lapsed on `on`; with `ahead`, will soon."""
    numbers = rules.parameters()
    warn = numbers.on("warn_days", on) if ahead else 0
    return on - timedelta(days=numbers.on("review_days", on) - warn)


def giving(on: date, prefix: str = "") -> Q:
    """Grants that give something on a day: the same as `rules.grant_state` says, as a condition."""
    limit = counted_before(on, ahead=False)
    looked_at = Q(**{f"{prefix}reviewed_on__gt": limit}) | Q(
        **{f"{prefix}reviewed_on": None, f"{prefix}valid_from__gt": limit}
    )
    return not_over(on, prefix) & Q(**{f"{prefix}valid_from__lte": on}) & looked_at

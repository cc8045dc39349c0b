"""Who may decide what: by one's own roles at the place, or in the place of somebody who delegated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import NATION as NATION_SCOPE
from creo.support.accounts.readers import Reader, reader_for
from creo.support.announcements.places import place_codes
from creo.support.approvals.acts import NATION, PLACE, REGION, Tier, wired
from creo.support.approvals.models import Delegation, Proposal

REGION_SCOPE = "region"
_SCOPES = {PLACE: None, REGION: (NATION_SCOPE, REGION_SCOPE), NATION: (NATION_SCOPE,)}
EVERYWHERE = None
Places = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Authority:
    """Under whom an act is decided: the decider, with the places of the tier; in whose place, if somebody delegated."""

    reader: Reader
    delegator_id: int | None = None
    delegator: str = ""


def at_level(reader: Reader, permission: Permission, level: str = PLACE) -> Reader:
    """The reader where a permission is held high enough; without places when nowhere."""
    narrowed = reader.at_places_of(permission)
    wanted = _SCOPES[level]
    scopes = tuple(scope for scope in narrowed.scopes if wanted is None or scope.kind in wanted)
    return replace(narrowed, scopes=scopes if narrowed.can(permission) else (), _known={})


def places_of(reader: Reader, permission: Permission, level: str = PLACE) -> Places:
    """Prisons over which a permission is held high enough: none, some codes, or EVERYWHERE. Once a request."""

    def look() -> Places:
        held = at_level(reader, permission, level)
        return place_codes(held) if held.scopes else frozenset()

    return reader.once(f"approvals.places:{permission}:{level}", look)


def covers(places: Places, place: str) -> bool:
    """True when a place (empty: the nation) is among some."""
    return places is EVERYWHERE or place in places


def delegations_to(user_id: int | None, on: date) -> QuerySet[Delegation]:
    """What was delegated to somebody and holds on a day."""
    return (
        Delegation.objects.filter(delegate_id=user_id, valid_from__lte=on, valid_to__gt=on, ended_on=None)
        .select_related("delegator")
        .order_by("id")
    )


def delegators(reader: Reader, on: date) -> list[tuple[Delegation, Reader]]:
    """Delegations that a reader holds on a day, each with its delegator as a reader. Once a request."""

    def look() -> list[tuple[Delegation, Reader]]:
        if reader.user_id is None:
            return []
        found = list(delegations_to(reader.user_id, on))
        readers: dict[int, Reader] = {}
        for row in found:
            if row.delegator_id not in readers:
                readers[row.delegator_id] = reader_for(row.delegator, on)
        return [(row, readers[row.delegator_id]) for row in found]

    return reader.once(f"approvals.delegators:{on}", look)


def authority(reader: Reader, proposal: Proposal, on: date) -> Authority | None:
    """Under whom a reader decides the present tier of a proposal; None when they may not.

    One's own roles come first. A delegation serves only while its delegator still holds it, and not the maker's own.
    """
    act = wired().get(proposal.act)
    if act is None or proposal.tier > len(act.tiers):
        return None
    tier = act.tiers[proposal.tier - 1]
    if _holds(reader, tier, proposal.place):
        return Authority(at_level(reader, tier.permission, tier.level))
    for row, delegator in delegators(reader, on):
        if (row.act, row.tier) != (proposal.act, proposal.tier) or row.delegator_id == proposal.made_by_id:
            continue
        if _holds(delegator, tier, proposal.place):
            lent = at_level(delegator, tier.permission, tier.level)
            name = _("%(who)s, por delegación de %(whom)s") % {"who": reader.name, "whom": row.delegator.name}
            return Authority(
                replace(lent, user_id=reader.user_id, name=name[:120]), row.delegator_id, row.delegator.name
            )
    return None


def _holds(reader: Reader, tier: Tier, place: str) -> bool:
    return covers(places_of(reader, tier.permission, tier.level), place)


def waiting_for(reader: Reader, on: date) -> Q:
    """Proposals whose present tier a reader may decide, by their own roles or by delegation; not those they made."""
    mine = Q(pk__in=[])
    for act, how in wired().items():
        for number, tier in enumerate(how.tiers, 1):
            mine |= _at(act, number, places_of(reader, tier.permission, tier.level))
    for row, delegator in delegators(reader, on):
        lent_tier = _tier_of(row)
        if lent_tier is not None:
            lent = _at(row.act, row.tier, places_of(delegator, lent_tier.permission, lent_tier.level))
            mine |= lent & ~Q(made_by=row.delegator_id)
    return mine & Q(state="proposed") & ~Q(made_by=reader.user_id)


def within_sight(reader: Reader, on: date) -> Q:
    """Proposals a reader may look at: those they made, those of tiers they hold or were lent, all of it for audit."""
    seen = Q(made_by=reader.user_id) if reader.user_id is not None else Q(pk__in=[])
    audited = places_of(reader, Permission.VIEW_LEDGER)
    if audited is EVERYWHERE:
        return Q()
    if audited:
        seen |= Q(place__in=sorted(audited))
    for act, how in wired().items():
        for tier in how.tiers:
            seen |= _of(act, places_of(reader, tier.permission, tier.level))
    for row, delegator in delegators(reader, on):
        lent_tier = _tier_of(row)
        if lent_tier is not None:
            seen |= _of(row.act, places_of(delegator, lent_tier.permission, lent_tier.level))
    return seen


def _tier_of(row: Delegation) -> Tier | None:
    """The tier that was lent; None when the table has it no more."""
    how = wired().get(row.act)
    return how.tiers[row.tier - 1] if how is not None and row.tier <= len(how.tiers) else None


def _at(act: str, number: int, places: Places) -> Q:
    return _of(act, places) & Q(tier=number)


def _of(act: str, places: Places) -> Q:
    if places is EVERYWHERE:
        return Q(act=act)
    return Q(act=act, place__in=sorted(places)) if places else Q(pk__in=[])


def decides_something(reader: Reader) -> bool:
    """True for who holds a tier of some act somewhere."""
    return any(at_level(reader, tier.permission, tier.level).scopes for how in wired().values() for tier in how.tiers)

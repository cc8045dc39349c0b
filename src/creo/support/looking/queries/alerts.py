"""Reads of alerts and of the invented people that raise them. Only for reviewers of looks, at their places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements.places import place_codes
from creo.support.looking.models import Alert, Canary
from creo.support.refusals import Forbidden, NotFound
from creo.support.tables import Keyset, TablePage

ALL = "all"
_ORDER = Keyset("looking.alerts", ("-id",))


@dataclass(frozen=True, slots=True)
class AlertFilters:
    """What the list is narrowed to: a state or all, one rule, part of the name of who read."""

    state: str = Alert.State.OPEN
    rule: str = ""
    actor: str = ""


def visible_alerts(reader: Reader) -> QuerySet[Alert]:
    """Alerts about the accounts of the reader's prisons; all for the nation. Forbidden for who does not review."""
    if not reader.can(Permission.REVIEW_LOOKS):
        raise Forbidden(_("Su rol no permite este acto. Pídalo a quien administra los accesos."))
    codes = place_codes(reader)
    rows = Alert.objects.all()
    return rows if codes is None else rows.filter(place__in=sorted(codes)).exclude(place="")


def alerts_page(reader: Reader, filters: AlertFilters, cursor: str = "") -> TablePage[Alert]:
    """A page of alerts, newest first."""
    return _ORDER.page(_narrowed(reader, filters), cursor)


def alerts_count(reader: Reader, filters: AlertFilters) -> int:
    """How many the filters leave."""
    return _narrowed(reader, filters).count()


def alerts_rows(reader: Reader, filters: AlertFilters) -> Iterator[Alert]:
    """Every row, streamed, for exports. Forbidden without the permission to export."""
    reader.require(Permission.EXPORT)
    return _narrowed(reader, filters).order_by("-id").iterator(chunk_size=2_000)


def alert(reader: Reader, alert_id: int) -> Alert:
    """One alert. NotFound outside the reader's places."""
    found = visible_alerts(reader).filter(pk=alert_id).first()
    if found is None:
        raise NotFound
    return found


def canaries(reader: Reader) -> list[Canary]:
    """The invented people, those in use first. For reviewers of the whole nation alone: who knows them avoids them."""
    require_national_reviewer(reader)
    return list(Canary.objects.order_by("withdrawn_at", "-id")[:200])


def canary(reader: Reader, canary_id: int) -> Canary:
    """One of them, in use. NotFound otherwise."""
    require_national_reviewer(reader)
    found = Canary.objects.filter(pk=canary_id, withdrawn_at=None).first()
    if found is None:
        raise NotFound
    return found


def require_national_reviewer(reader: Reader) -> None:
    """Forbidden unless the reader reviews looks for the whole nation."""
    reader.require(Permission.REVIEW_LOOKS)
    if not reader.national:
        raise Forbidden(_("Solo quien revisa los accesos de todo el país conoce las fichas de control."))


def _narrowed(reader: Reader, filters: AlertFilters) -> QuerySet[Alert]:
    rows = visible_alerts(reader)
    if filters.state != ALL:
        rows = rows.filter(state=filters.state)
    if filters.rule:
        rows = rows.filter(rule=filters.rule)
    return rows.filter(actor__icontains=filters.actor) if filters.actor else rows

"""Reads of access in an emergency: whether one is open, and the list of those who review it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements.places import place_codes
from creo.support.looking.models import Emergency, Look
from creo.support.refusals import Forbidden, NotFound
from creo.support.tables import Keyset, TablePage

OPEN, LATE, ALL = "open", "late", "all"
_ORDER = Keyset("looking.emergencies", ("-id",))


@dataclass(frozen=True, slots=True)
class EmergencyFilters:
    """What the list is narrowed to: unreviewed, unreviewed after their day, or all; one person's."""

    state: str = OPEN
    actor: str = ""


def emergency_for(reader: Reader, kind: str, code: str) -> int | None:
    """The reader's own access in an emergency to a file, while it lasts; None when there is none.

    Only for who still holds BREAK_GLASS. One query a file and request, none for everybody else. It opens reading: no
    command asks it.
    """
    if reader.user_id is None or not reader.can(Permission.BREAK_GLASS):
        return None
    user_id = reader.user_id
    return reader.once(f"looking.emergency:{kind}:{code}", lambda: _live(user_id, kind, code, clock.now()))


def _live(user_id: int, kind: str, code: str, now: datetime) -> int | None:
    rows = Emergency.objects.filter(user_id=user_id, subject_kind=kind, subject_code=code, until__gt=now, ended_at=None)
    return rows.order_by("-until").values_list("id", flat=True).first()


def own_emergencies(reader: Reader, limit: int = 20) -> list[Emergency]:
    """The reader's own, newest first."""
    return list(Emergency.objects.filter(user_id=reader.user_id or 0).order_by("-id")[:limit])


def visible_emergencies(reader: Reader) -> QuerySet[Emergency]:
    """Those that a reviewer may see: at their places, of the person or of who looked; all for the nation."""
    if not reader.can(Permission.REVIEW_LOOKS):
        raise Forbidden(_("Su rol no permite este acto. Pídalo a quien administra los accesos."))
    codes = place_codes(reader)
    rows = Emergency.objects.all()
    if codes is None:
        return rows
    held = sorted(codes - {""})
    return rows.filter(Q(place__in=held) | Q(home__in=held))


def emergencies_page(reader: Reader, filters: EmergencyFilters, today: date, cursor: str = "") -> TablePage[Emergency]:
    """A page of them, newest first. Forbidden for who does not review."""
    return _ORDER.page(_narrowed(reader, filters, today), cursor)


def emergencies_count(reader: Reader, filters: EmergencyFilters, today: date) -> int:
    """How many the filters leave."""
    return _narrowed(reader, filters, today).count()


def emergencies_rows(reader: Reader, filters: EmergencyFilters, today: date) -> Iterator[Emergency]:
    """Every row, streamed, for exports. Forbidden without the permission to export."""
    reader.require(Permission.EXPORT)
    return _narrowed(reader, filters, today).order_by("-id").iterator(chunk_size=2_000)


def emergency(reader: Reader, emergency_id: int) -> Emergency:
    """One of them. NotFound outside the reviewer's places."""
    found = visible_emergencies(reader).filter(pk=emergency_id).first()
    if found is None:
        raise NotFound
    return found


def emergency_looks(emergency_id: int, limit: int = 100) -> list[Look]:
    """What was opened under it, in order; the caller has checked that its reader may review it."""
    return list(Look.objects.filter(emergency_id=emergency_id).order_by("id")[:limit])


def openings_by_actor(reader: Reader, now: datetime, days: int) -> list[tuple[str, int]]:
    """How many each person opened in the last days, the most first. Forbidden for who does not review."""
    rows = visible_emergencies(reader).filter(opened_at__gte=now - timedelta(days=days))
    counted = rows.order_by().values_list("user_id", "actor").annotate(number=Count("id"))
    return [(actor, number) for _user, actor, number in sorted(counted, key=lambda row: (-row[2], row[1]))][:20]


def _narrowed(reader: Reader, filters: EmergencyFilters, today: date) -> QuerySet[Emergency]:
    rows = visible_emergencies(reader)
    if filters.state in (OPEN, LATE):
        rows = rows.filter(state=Emergency.State.OPEN)
    if filters.state == LATE:
        rows = rows.filter(review_due__lt=today)
    return rows.filter(actor__icontains=filters.actor) if filters.actor else rows

"""Reads of deliveries and of the inbox. The reader comes first: no permission or no place, no rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements.models import Delivery, InboxItem
from creo.support.announcements.news import act_words, reaction_owner, reaction_title, wired
from creo.support.announcements.places import place_codes
from creo.support.refusals import Forbidden, NotFound
from creo.support.tables import Keyset, TablePage

WATCHERS = (Permission.VIEW_LEDGER, Permission.MANAGE_ACCESS)
OPEN, DECIDED, CLOSED, ALL = "open", "decided", "closed", "all"
STUCK = "stuck"
_INBOX = Keyset("inbox", ("-id",))
_DELIVERIES = Keyset("announcements.deliveries", ("-id",))


@dataclass(frozen=True, slots=True)
class InboxFilters:
    """What the inbox is narrowed to: open, decided, closed by the system, or all; one prison; one subject's code."""

    state: str = OPEN
    place: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryFilters:
    """What the list of deliveries is narrowed to: `state` is one of the table's, "stuck" (waiting or parked) or all."""

    state: str = ALL
    act: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Wire:
    """One line of the wiring table, in words."""

    act: str
    act_words: str
    reaction: str
    reaction_title: str


@dataclass(frozen=True, slots=True)
class Health:
    """How delivery is going: what is pending, failed and parked, since when the oldest waits, and today's pace."""

    pending: int
    waiting: int
    parked: int
    oldest: datetime | None
    done_in_a_day: int
    last_done: datetime | None


def visible_items(reader: Reader) -> QuerySet[InboxItem]:
    """Items whose permission the reader holds, at the reader's places; those of no prison for the nation alone."""
    held = sorted(permission.value for permission in reader.permissions) if reader.scopes else []
    rows = InboxItem.objects.filter(permission__in=held)
    codes = place_codes(reader)
    return rows if codes is None else rows.filter(place__in=sorted(codes)).exclude(place="")


def inbox_page(reader: Reader, filters: InboxFilters, cursor: str = "", size: int = 50) -> TablePage[InboxItem]:
    """A page of the inbox, newest first. One query, two or three for a regional office."""
    return _INBOX.page(_inbox(reader, filters), cursor, size)


def inbox_rows(reader: Reader, filters: InboxFilters) -> Iterator[InboxItem]:
    """Every row, streamed, for exports. Forbidden without the permission to export."""
    reader.require(Permission.EXPORT)
    return _inbox(reader, filters).order_by("-id").iterator(chunk_size=2_000)


def inbox_count(reader: Reader, filters: InboxFilters | None = None) -> int:
    """How many items the filters leave; without filters, how many wait for a decision of the reader."""
    return _inbox(reader, filters or InboxFilters()).count()


def item(reader: Reader, item_id: int) -> InboxItem:
    """One item. NotFound without its permission or outside its place."""
    found = visible_items(reader).filter(pk=item_id).first()
    if found is None:
        raise NotFound
    return found


def _inbox(reader: Reader, filters: InboxFilters) -> QuerySet[InboxItem]:
    rows = visible_items(reader)
    if filters.state == OPEN:
        rows = rows.filter(decided_at=None)
    elif filters.state != ALL:
        rows = rows.filter(state=filters.state)
    if filters.place:
        rows = rows.filter(place=filters.place)
    if filters.subject:
        rows = rows.filter(subject_code=filters.subject)
    return rows


def may_watch(reader: Reader) -> bool:
    """True for who watches over deliveries and scheduled work: auditors and whoever manages the installation."""
    return any(reader.can(permission) for permission in WATCHERS)


def require_watcher(reader: Reader) -> None:
    """Forbidden for everybody else."""
    if not may_watch(reader):
        raise Forbidden(_("Su rol no permite este acto. Pídalo a quien administra los accesos."))


def visible_deliveries(reader: Reader) -> QuerySet[Delivery]:
    """Deliveries a reader may look at: all for who watches, else those of the reactions they answer for; by place."""
    rows = Delivery.objects.all()
    if not may_watch(reader):
        rows = rows.filter(reaction__in=_answered_by(reader))
    codes = place_codes(reader)
    return rows if codes is None else rows.filter(place__in=sorted(codes)).exclude(place="")


def may_mend(reader: Reader, row: Delivery) -> bool:
    """True for who may try again or set aside: whoever manages the installation, or answers for the reaction."""
    return reader.can(Permission.MANAGE_ACCESS) or reader.can(reaction_owner(row.reaction))


def delivery(reader: Reader, delivery_id: int) -> Delivery:
    """One delivery. NotFound outside the reader's part."""
    found = visible_deliveries(reader).filter(pk=delivery_id).first()
    if found is None:
        raise NotFound
    return found


def deliveries_page(reader: Reader, filters: DeliveryFilters, cursor: str = "") -> TablePage[Delivery]:
    """A page of deliveries, newest first. Forbidden for who does not watch over them."""
    return _DELIVERIES.page(_deliveries(reader, filters), cursor)


def deliveries_rows(reader: Reader, filters: DeliveryFilters) -> Iterator[Delivery]:
    """Every row, streamed, for exports. Forbidden without the permission to export."""
    reader.require(Permission.EXPORT)
    return _deliveries(reader, filters).order_by("-id").iterator(chunk_size=2_000)


def deliveries_count(reader: Reader, filters: DeliveryFilters) -> int:
    """How many deliveries the filters leave."""
    return _deliveries(reader, filters).count()


def _deliveries(reader: Reader, filters: DeliveryFilters) -> QuerySet[Delivery]:
    require_watcher(reader)
    rows = visible_deliveries(reader)
    if filters.state == STUCK:
        rows = rows.filter(done_at=None, state__in=[Delivery.State.WAITING, Delivery.State.PARKED])
    elif filters.state == Delivery.State.DONE or filters.state == Delivery.State.DROPPED:
        rows = rows.filter(state=filters.state)
    elif filters.state != ALL:
        rows = rows.filter(done_at=None, state=filters.state)
    if filters.act:
        rows = rows.filter(act=filters.act)
    if filters.subject:
        rows = rows.filter(subject_code=filters.subject)
    return rows


def wiring() -> list[Wire]:
    """Which act is announced to which reaction, in the order of the table."""
    return [Wire(act, act_words(act), path, reaction_title(path)) for act, paths in wired().items() for path in paths]


def health(reader: Reader) -> Health:
    """How delivery is going in the reader's part. Forbidden for who does not watch over it. Three queries."""
    require_watcher(reader)
    rows = visible_deliveries(reader)
    by_state = dict(rows.filter(done_at=None).order_by().values_list("state").annotate(rows=Count("id")))
    due = rows.filter(done_at=None).exclude(state=Delivery.State.PARKED)
    since = clock.now() - timedelta(days=1)
    done = rows.filter(state=Delivery.State.DONE, done_at__isnull=False)
    return Health(
        pending=by_state.get(Delivery.State.PENDING, 0),
        waiting=by_state.get(Delivery.State.WAITING, 0),
        parked=by_state.get(Delivery.State.PARKED, 0),
        oldest=due.aggregate(oldest=Min("announced_at"))["oldest"],
        done_in_a_day=done.filter(done_at__gt=since).count(),
        last_done=done.order_by("-done_at").values_list("done_at", flat=True).first(),
    )


def held_back(row: Delivery) -> int:
    """How many later deliveries of the same reaction and subject wait for this one."""
    return Delivery.objects.filter(
        Q(done_at=None),
        reaction=row.reaction,
        subject_kind=row.subject_kind,
        subject_code=row.subject_code,
        entry_id__gt=row.entry_id,
    ).count()


def _answered_by(reader: Reader) -> list[str]:
    return sorted({wire for paths in wired().values() for wire in paths if reader.can(reaction_owner(wire))})

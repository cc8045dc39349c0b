"""The movements of the nation, a region or a prison over some days: the book of who came, went and left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import batched
from typing import Any

from django.db.models import Count, Q, QuerySet

from creo.register import rules
from creo.register.models import Identity, Movement
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.tables import PAGE_SIZE, Keyset, TablePage
from creo.territory import queries as territory

CHUNK = 2_000
# In the order of the index movement_days, which holds all that the list is narrowed by.
_ORDER = Keyset("register.movements", ("-on", "-id"))


@dataclass(frozen=True, slots=True)
class MovementFilters:
    """What the list is narrowed to: both days belong to it; empty texts narrow nothing."""

    since: date
    until: date
    facility: str = ""
    kind: str = ""
    with_annulled: bool = False


@dataclass(frozen=True, slots=True)
class MovementLine:
    """One movement with who made it. `in_sight` tells whether the reader may open the person's file."""

    id: int
    on: date
    at: time | None
    kind: str
    detail: str
    code: str
    given_names: str
    first_surname: str
    second_surname: str
    from_name: str
    to_name: str
    destination: str
    hours: int | None
    note: str
    late: bool
    annulled: bool
    annul_reason: str
    in_sight: bool

    @property
    def name(self) -> str:
        """Surnames first."""
        return rules.full_name(self.given_names, self.first_surname, self.second_surname)

    @property
    def due(self) -> datetime | None:
        """When the person must be back; None without a term."""
        return rules.exit_permit_due(self.on, self.at, self.hours) if self.hours is not None else None


_VALUES = (
    "id", "on", "at", "kind", "detail", "from_facility__name", "to_facility__name", "destination", "hours", "note",
    "late", "annulled", "annul_reason", "custody__person_id", "custody__person__code", "custody__released_on",
    "custody__facility_id",
)  # fmt: skip


def movements_page(
    reader: Reader, filters: MovementFilters, cursor: str = "", size: int = PAGE_SIZE
) -> TablePage[MovementLine]:
    """A page of the movements out of or into the places in the reader's scope, the newest first. Three queries.

    Forbidden without the permission; Refused for an altered cursor.
    """
    page = _ORDER.page(_filtered(reader, filters).values(*_VALUES), cursor, size)
    return TablePage(_lines(page.rows, territory.facility_ids(reader)), page.next_cursor, page.prev_cursor)


def movement_counts(reader: Reader, filters: MovementFilters) -> dict[str, int]:
    """How many movements of each kind the filters leave, in the reader's scope. One query."""
    rows = _filtered(reader, filters).order_by().values_list("kind").annotate(count=Count("id"))
    return dict(rows)


def movement_lines(reader: Reader, filters: MovementFilters) -> Iterator[MovementLine]:
    """Every line of the list, streamed: for exports. Forbidden without the permissions to see and to export."""
    reader.require(Permission.EXPORT)
    allowed = territory.facility_ids(reader)
    rows = _filtered(reader, filters).order_by("-on", "-id").values(*_VALUES)
    for some in batched(rows.iterator(chunk_size=CHUNK), CHUNK, strict=False):
        yield from _lines(some, allowed)


def _filtered(reader: Reader, filters: MovementFilters) -> QuerySet[Movement]:
    reader.require(Permission.VIEW_PEOPLE)
    rows = Movement.objects.filter(on__gte=filters.since, on__lte=filters.until)
    allowed = territory.facility_ids(reader)
    if allowed is not None:
        rows = rows.filter(_through(allowed))
    if filters.facility:
        found = {ref.id for ref in territory.facility_refs(reader) if ref.code == filters.facility}
        rows = rows.filter(_through(found))
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    return rows if filters.with_annulled else rows.filter(annulled=False)


def _through(keys: Iterable[int]) -> Q:
    """Out of one of these places, or into one."""
    some = list(keys)
    return Q(from_facility_id__in=some) | Q(to_facility_id__in=some)


def _lines(rows: Iterable[Mapping[str, Any]], allowed: frozenset[int] | None) -> list[MovementLine]:
    """Movements with the present names of their people: one query more."""
    some = list(rows)
    names = {
        row["person_id"]: row
        for row in Identity.objects.filter(
            person_id__in={row["custody__person_id"] for row in some}, valid_to=None
        ).values("person_id", "given_names", "first_surname", "second_surname")
    }
    return [_line(row, names[row["custody__person_id"]], allowed) for row in some]


def _line(row: Mapping[str, Any], name: Mapping[str, Any], allowed: frozenset[int] | None) -> MovementLine:
    held = row["custody__released_on"] is None
    return MovementLine(
        id=row["id"],
        on=row["on"],
        at=row["at"],
        kind=row["kind"],
        detail=row["detail"],
        code=row["custody__person__code"],
        given_names=name["given_names"],
        first_surname=name["first_surname"],
        second_surname=name["second_surname"],
        from_name=row["from_facility__name"] or "",
        to_name=row["to_facility__name"] or "",
        destination=row["destination"],
        hours=row["hours"],
        note=row["note"],
        late=row["late"],
        annulled=row["annulled"],
        annul_reason=row["annul_reason"],
        in_sight=allowed is None or (held and row["custody__facility_id"] in allowed),
    )

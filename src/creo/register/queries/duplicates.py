"""The list of records that may be of one person, and the history of merges. The reader comes first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from creo.register import rules
from creo.register.models import Custody, DuplicatePair, Identity, Merge
from creo.register.queries.scope import held_in, person_in_scope
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.refusals import NotFound
from creo.support.tables import PAGE_SIZE, Keyset, TablePage
from creo.territory import queries as territory

_ORDER = Keyset("register.duplicates", ("-score", "-id"))
_MERGES = Keyset("register.merges", ("-id",))

# The list to review -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PairFilters:
    """What the list is narrowed to; empty texts narrow nothing. `level` is probable or possible."""

    state: str = rules.PairState.OPEN
    level: str = ""
    clause: str = ""
    facility: str = ""
    person: str = ""


PROBABLE, POSSIBLE = "probable", "possible"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records of a pair. The facility is that of the open episode, empty outside custody."""

    code: str
    name: str
    birth_date: date | None
    document_kind: str
    document_number: str
    confirmed: bool
    facility_name: str


@dataclass(frozen=True, slots=True)
class PairRow:
    """One pair of the list; `reasons` are (clause, weight, whether it counts)."""

    id: int
    first: Side
    second: Side
    score: int
    reasons: tuple[rules.Reason, ...]
    state: str
    found_on: date
    proposed_by: str
    decided_on: date | None
    decided_by: str
    reason: str


def pairs_page(reader: Reader, filters: PairFilters, on: date, cursor: str = "") -> TablePage[PairRow]:
    """Fifty pairs of the reader's scope, the highest score first. Five queries."""
    found = _ORDER.page(_filtered(reader, filters, on), cursor, PAGE_SIZE)
    return TablePage(_pair_rows(found.rows), found.next_cursor, found.prev_cursor)


def pairs_count(reader: Reader, filters: PairFilters, on: date) -> int:
    """How many there are. One query."""
    return _filtered(reader, filters, on).count()


def pair_rows(reader: Reader, filters: PairFilters, on: date) -> Iterator[PairRow]:
    """All of them, page by page, for files."""
    cursor: str | None = ""
    while cursor is not None:
        page = pairs_page(reader, filters, on, cursor)
        yield from page.rows
        cursor = page.next_cursor


def pair(reader: Reader, pair_id: int) -> PairRow:
    """One pair. NotFound outside the scope."""
    return _pair_rows([pair_in_scope(reader, pair_id)])[0]


def pair_in_scope(reader: Reader, pair_id: int) -> DuplicatePair:
    """The pair, when the nation looks or somebody of it is held in the reader's places. NotFound otherwise."""
    reader.require(Permission.REVIEW_DUPLICATES)
    found = _in_scope(reader).filter(pk=pair_id).first()
    if found is None:
        raise NotFound
    return found


def open_pairs(reader: Reader, person_code: str) -> list[PairRow]:
    """The pairs to review in which somebody is; none without the permission. NotFound outside the scope."""
    if not reader.can(Permission.REVIEW_DUPLICATES):
        return []
    person = person_in_scope(reader, person_code)
    return _pair_rows(list(_of(person.pk).filter(state=rules.PairState.OPEN).order_by("-score", "-pk")))


def pairs_of(reader: Reader, person_code: str) -> list[PairRow]:
    """Every pair in which somebody is or was, the open ones first. NotFound outside the scope."""
    reader.require(Permission.REVIEW_DUPLICATES)
    person = person_in_scope(reader, person_code)
    rows = list(_of(person.pk).order_by("-score", "-pk"))
    return _pair_rows(sorted(rows, key=lambda row: row.state != rules.PairState.OPEN))


def open_pairs_count(reader: Reader, person_code: str) -> int:
    """How many pairs to review somebody is in, for their page; 0 without the permission. One query."""
    if not reader.can(Permission.REVIEW_DUPLICATES):
        return 0
    mine = Q(first__code=person_code) | Q(second__code=person_code)
    return DuplicatePair.objects.filter(mine, state=rules.PairState.OPEN).count()


def _of(person_id: int) -> QuerySet[DuplicatePair]:
    rows = DuplicatePair.objects.filter(Q(first_id=person_id) | Q(second_id=person_id))
    return rows.select_related("first", "second")


def _in_scope(reader: Reader) -> QuerySet[DuplicatePair]:
    rows = DuplicatePair.objects.select_related("first", "second")
    allowed = territory.facility_ids(reader)
    if allowed is None:
        return rows
    held = Custody.objects.filter(held_in(allowed), released_on=None)
    # A merged record is looked at where the one that goes on is held.
    sides = [
        Q(Exists(held.filter(person_id=Coalesce(OuterRef(f"{side}__merged_into_id"), OuterRef(f"{side}_id")))))
        for side in ("first", "second")
    ]
    return rows.filter(sides[0] | sides[1])


def _filtered(reader: Reader, filters: PairFilters, on: date) -> QuerySet[DuplicatePair]:
    reader.require(Permission.REVIEW_DUPLICATES)
    rows = _in_scope(reader)
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.level:
        limit = rules.matching_on(on).probable
        rows = rows.filter(score__gte=limit) if filters.level == PROBABLE else rows.filter(score__lt=limit)
    if filters.clause:
        rows = rows.filter(clause=filters.clause)
    if filters.facility:
        held = Custody.objects.filter(facility__code=filters.facility, released_on=None)
        rows = rows.filter(
            Q(Exists(held.filter(person_id=OuterRef("first_id"))))
            | Q(Exists(held.filter(person_id=OuterRef("second_id"))))
        )
    if filters.person:
        rows = rows.filter(Q(first__code=filters.person) | Q(second__code=filters.person))
    return rows


def _pair_rows(found: Sequence[DuplicatePair]) -> list[PairRow]:
    """The pairs with both their sides: two queries more, whatever their number."""
    sides = _sides({key for row in found for key in (row.first_id, row.second_id)})
    return [pair_row(row, sides) for row in found]


def pair_row(row: DuplicatePair, sides: Mapping[int, Side]) -> PairRow:
    """One pair with its sides by key of the person."""
    return PairRow(
        id=row.pk,
        first=sides[row.first_id],
        second=sides[row.second_id],
        score=row.score,
        reasons=tuple(rules.Reason(*item) for item in row.reasons),
        state=row.state,
        found_on=row.found_on,
        proposed_by=row.proposed_by,
        decided_on=row.decided_on,
        decided_by=row.decided_by,
        reason=row.reason,
    )


def _sides(people: Collection[int]) -> dict[int, Side]:
    """The last identity of each person and the prison that holds them."""
    held = dict(
        Custody.objects.filter(person_id__in=people, released_on=None).values_list("person_id", "facility__name")
    )
    found: dict[int, Side] = {}
    rows = Identity.objects.filter(person_id__in=people).select_related("person")
    for row in rows.order_by(F("valid_to").asc(nulls_last=True), "valid_from", "pk"):
        found[row.person_id] = Side(
            code=row.person.code,
            name=rules.full_name(row.given_names, row.first_surname, row.second_surname),
            birth_date=row.birth_date,
            document_kind=row.document_kind,
            document_number=row.document_number,
            confirmed=row.status == rules.IdentityStatus.CONFIRMED,
            facility_name=held.get(row.person_id) or "",
        )
    return found


# Merges -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A merge, whether it lasts or was undone."""

    id: int
    duplicate: str
    duplicate_name: str
    into: str
    into_name: str
    by: str
    at: datetime
    reason: str
    undone_at: datetime | None
    undone_by: str
    undone_reason: str

    @property
    def lasts(self) -> bool:
        """True until it is undone."""
        return self.undone_at is None


def merges_page(reader: Reader, cursor: str = "") -> TablePage[MergeRow]:
    """Fifty merges of the reader's scope, the newest first."""
    found = _MERGES.page(_merges(reader), cursor, PAGE_SIZE)
    return TablePage(_merge_rows(found.rows), found.next_cursor, found.prev_cursor)


def merges_of(reader: Reader, person_code: str) -> list[MergeRow]:
    """The merges that led to somebody's record or out of it, the newest first."""
    person = person_in_scope(reader, person_code)
    rows = _merges(reader).filter(Q(into_id=person.pk) | Q(duplicate_id=person.pk)).order_by("-pk")
    return _merge_rows(list(rows))


def merge(reader: Reader, merge_id: int) -> MergeRow:
    """One merge. NotFound outside the scope."""
    found = _merges(reader).filter(pk=merge_id).first()
    if found is None:
        raise NotFound
    return _merge_rows([found])[0]


def _merges(reader: Reader) -> QuerySet[Merge]:
    reader.require(Permission.REVIEW_DUPLICATES)
    rows = Merge.objects.select_related("duplicate", "into")
    allowed = territory.facility_ids(reader)
    if allowed is None:
        return rows
    held = Custody.objects.filter(held_in(allowed), released_on=None)
    return rows.filter(Exists(held.filter(person_id=Coalesce(OuterRef("into__merged_into_id"), OuterRef("into_id")))))


def _merge_rows(found: Sequence[Merge]) -> list[MergeRow]:
    sides = _sides({key for row in found for key in (row.duplicate_id, row.into_id)})
    return [
        MergeRow(
            id=row.pk,
            duplicate=row.duplicate.code,
            duplicate_name=sides[row.duplicate_id].name,
            into=row.into.code,
            into_name=sides[row.into_id].name,
            by=row.by,
            at=row.at,
            reason=row.reason,
            undone_at=row.undone_at,
            undone_by=row.undone_by,
            undone_reason=row.undone_reason,
        )
        for row in found
    ]

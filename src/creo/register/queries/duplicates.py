"""The list of records that may be of one person, and the history of merges. The reader comes first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from creo.register import rules
from creo.register.models import Custody, DuplicatePair, Identity, Merge
from creo.register.queries.documents import PersonHeading, heading_of
from creo.register.queries.scope import held_in, person_in_scope, person_with_custodies
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
    people = {key for row in found for key in (row.first_id, row.second_id)}
    sides = _sides(_identities(people))
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


def _identities(people: Collection[int]) -> dict[int, Identity]:
    """The last identity of each person, which is the present one of whoever was not merged. One query."""
    rows = Identity.objects.filter(person_id__in=people).select_related("person")
    # The last row of each person stays.
    return {row.person_id: row for row in rows.order_by(F("valid_to").asc(nulls_last=True), "valid_from", "pk")}


def _sides(identities: Mapping[int, Identity]) -> dict[int, Side]:
    """The last identity of each person and the prison that holds them. One query."""
    open_ones = Custody.objects.filter(person_id__in=identities, released_on=None)
    held = dict(open_ones.values_list("person_id", "facility__name"))
    return {
        key: Side(
            code=row.person.code,
            name=_name(row),
            birth_date=row.birth_date,
            document_kind=row.document_kind,
            document_number=row.document_number,
            confirmed=row.status == rules.IdentityStatus.CONFIRMED,
            facility_name=held.get(key) or "",
        )
        for key, row in identities.items()
    }


def _name(row: Identity) -> str:
    return rules.full_name(row.given_names, row.first_surname, row.second_surname)


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


def merge(reader: Reader, merge_id: int) -> MergeRow:
    """One merge. NotFound outside the scope."""
    return _merge_rows([merge_in_scope(reader, merge_id)])[0]


def merge_in_scope(reader: Reader, merge_id: int) -> Merge:
    """The merge, when the nation looks or the reader's places hold the record that goes on. NotFound otherwise."""
    found = _merges(reader).filter(pk=merge_id).first()
    if found is None:
        raise NotFound
    return found


def _merges(reader: Reader) -> QuerySet[Merge]:
    reader.require(Permission.REVIEW_DUPLICATES)
    rows = Merge.objects.select_related("duplicate", "into")
    allowed = territory.facility_ids(reader)
    if allowed is None:
        return rows
    held = Custody.objects.filter(held_in(allowed), released_on=None)
    return rows.filter(Exists(held.filter(person_id=Coalesce(OuterRef("into__merged_into_id"), OuterRef("into_id")))))


def _merge_rows(found: Sequence[Merge]) -> list[MergeRow]:
    """The merges with the names of both their people: one query more, whatever their number."""
    people = {key for row in found for key in (row.duplicate_id, row.into_id)}
    identities = _identities(people)
    return [_merge_row(row, identities) for row in found]


def _merge_row(row: Merge, identities: Mapping[int, Identity]) -> MergeRow:
    return MergeRow(
        id=row.pk,
        duplicate=row.duplicate.code,
        duplicate_name=_name(identities[row.duplicate_id]),
        into=row.into.code,
        into_name=_name(identities[row.into_id]),
        by=row.by,
        at=row.at,
        reason=row.reason,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        undone_reason=row.undone_reason,
    )


# One person -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonDuplicates:
    """Every pair in which somebody is or was, the open ones first; and the merges of their record, the newest first."""

    heading: PersonHeading
    pairs: tuple[PairRow, ...]
    merges: tuple[MergeRow, ...]


def person_duplicates(reader: Reader, code: str) -> PersonDuplicates:
    """The duplicates tab of a person. NotFound outside the scope. Seven queries at most."""
    reader.require(Permission.VIEW_PEOPLE)
    reader.require(Permission.REVIEW_DUPLICATES)
    person, custodies = person_with_custodies(reader, code)
    pairs = sorted(_of(person.pk).order_by("-score", "-pk"), key=lambda row: row.state != rules.PairState.OPEN)
    led = Q(into_id=person.pk) | Q(duplicate_id=person.pk)
    merges = list(_merges(reader).filter(led).order_by("-pk"))
    people = {person.pk, *(key for row in pairs for key in (row.first_id, row.second_id))}
    people |= {key for row in merges for key in (row.duplicate_id, row.into_id)}
    identities = _identities(people)
    sides = _sides(identities) if pairs else {}
    return PersonDuplicates(
        heading=heading_of(person, custodies, identities.get(person.pk)),
        pairs=tuple(pair_row(row, sides) for row in pairs),
        merges=tuple(_merge_row(row, identities) for row in merges),
    )

"""The list of people: searched, narrowed by filters, fifty at a time; never more counted than a page can use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet

from creo.register import rules
from creo.register.models import Custody, Identity, Person
from creo.register.queries import searching
from creo.register.queries.scope import held_in
from creo.register.queries.searching import BEGINNINGS, IDENTIFIER, LEVELS, SLIP, SOUND, WORDS
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.refusals import NotFound, Refused
from creo.support.tables import PAGE_SIZE, Keyset
from creo.territory import queries as territory

# By key, which is the order of codes: they are made from it.
_ORDER = Keyset("register.people", ("person_id",))

HELD, ABSENT, RELEASED, DECEASED, EVERYBODY = "held", "absent", "released", "deceased", "everybody"
SITUATIONS = (HELD, ABSENT, RELEASED, DECEASED, EVERYBODY)
COUNTED = 1_000
"""People are counted up to here: a list of a million is read page by page, not counted for each."""
COUNTED_BEGINNINGS = 200
"""Of names that begin so, up to here: whoever sees that many types on."""
_CHUNK = 2_000
_WIDER = {IDENTIFIER: WORDS, WORDS: BEGINNINGS, BEGINNINGS: SOUND, SOUND: SLIP, SLIP: ""}


@dataclass(frozen=True, slots=True)
class PeopleFilters:
    """What the list is narrowed to; empty texts narrow nothing.

    `situation` is held (absent people too: they stay on the roll), absent, released (alive), deceased or everybody.
    `level` is the level of the search; empty: the strictest that finds somebody.
    """

    search: str = ""
    facility: str = ""
    sex: str = ""
    legal_status: str = ""
    identity_status: str = ""
    without_birth_date: bool = False
    situation: str = HELD
    level: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many people a list has; `more` when there are more than were counted."""

    number: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some rows, the cursors of the neighbours, the level that answered the search and the next wider one ("" none).

    `count` is None unless it was asked for. `of_numbers`: no words were asked for, only a document or the like.
    """

    rows: list[PersonRow]
    next_cursor: str | None = None
    prev_cursor: str | None = None
    level: str = ""
    wider: str = ""
    count: Count | None = None
    of_numbers: bool = False


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the list. Facility and legal status are those of the open episode, empty outside custody."""

    code: str
    given_names: str
    first_surname: str
    second_surname: str
    document_kind: str
    document_number: str
    birth_date: date | None
    sex: str
    identity_status: str
    facility: str
    facility_name: str
    legal_status: str
    admitted_on: date | None
    absence: str = ""
    died_on: date | None = None

    @property
    def name(self) -> str:
        """Surnames first."""
        return rules.full_name(self.given_names, self.first_surname, self.second_surname)


_VALUES = (
    "person__code", "given_names", "first_surname", "second_surname", "document_kind", "document_number", "birth_date",
    "sex", "status", "held__facility__code", "held__facility__name", "held__legal_status", "held__admitted_on",
    "held__absence", "person__died_on",
)  # fmt: skip


def people_page(
    reader: Reader, filters: PeopleFilters, cursor: str = "", size: int = PAGE_SIZE, *, count_to: int = 0
) -> PeoplePage:
    """A page of the people in the reader's scope, in the order of codes, and how many they are, up to `count_to`.

    Only the nation sees people outside custody: a region or a prison sees those it holds. Forbidden without the
    permission; Refused for an altered cursor or an unknown level.
    """
    allowed = _allowed(reader)
    rows = _filtered(allowed, filters).values("person_id", *_VALUES)
    asked = searching.read(filters.search)
    if asked.empty:
        count = _count(rows.order_by()[: count_to + 1].count(), count_to) if count_to else None
        page = _ORDER.page(rows, cursor, size)
        return PeoplePage([_row(row) for row in page.rows], page.next_cursor, page.prev_cursor, count=count)
    answer = _answer(_narrowing(reader, allowed, filters), filters, asked, most=max(count_to, size))
    keys = answer.keys[: size + 1]
    if cursor:
        # Hits answers what a keyset asks of a queryset: an order, a place to begin after, some rows.
        beyond = _ORDER.page(cast("Any", answer.hits), cursor, size)
        found = {row["person_id"]: row for row in rows.filter(person_id__in=[row["person_id"] for row in beyond.rows])}
        page = replace(beyond, rows=[found[row["person_id"]] for row in beyond.rows if row["person_id"] in found])
    else:
        page = _ORDER.page(rows.filter(person_id__in=keys), "", size)
    return PeoplePage(
        [_row(row) for row in page.rows],
        page.next_cursor,
        page.prev_cursor,
        level=answer.level,
        wider=_WIDER[answer.level] if answer.level and asked.words else "",
        count=_count(len(answer.keys), min(count_to, answer.most)) if count_to else None,
        of_numbers=not asked.words,
    )


def people_count(reader: Reader, filters: PeopleFilters) -> int:
    """How many people the filters leave in the reader's scope, all of them counted: for exports, not for pages."""
    allowed = _allowed(reader)
    asked = searching.read(filters.search)
    if asked.empty:
        return _filtered(allowed, filters).count()
    return _answer(_narrowing(reader, allowed, filters), filters, asked, most=1).hits.count()


def _count(found: int, most: int) -> Count:
    return Count(min(found, most), found > most)


def people_rows(reader: Reader, filters: PeopleFilters) -> Iterator[PersonRow]:
    """Every row of the list, streamed: for exports. Forbidden without the permissions to see and to export."""
    reader.require(Permission.EXPORT)
    allowed = _allowed(reader)
    rows = _filtered(allowed, filters).order_by("person_id").values("person_id", *_VALUES)
    asked = searching.read(filters.search)
    if asked.empty:
        for values in rows.iterator(chunk_size=5000):
            yield _row(values)
        return
    hits = _answer(_narrowing(reader, allowed, filters), filters, asked, most=1).hits
    last = 0
    while keys := hits.filter(Q(person_id__gt=last)).first(_CHUNK):
        for values in rows.filter(person_id__in=keys):
            yield _row(values)
        last = keys[-1]


def _row(values: Mapping[str, Any]) -> PersonRow:
    return PersonRow(
        code=values["person__code"],
        given_names=values["given_names"],
        first_surname=values["first_surname"],
        second_surname=values["second_surname"],
        document_kind=values["document_kind"],
        document_number=values["document_number"],
        birth_date=values["birth_date"],
        sex=values["sex"],
        identity_status=values["status"],
        facility=values["held__facility__code"] or "",
        facility_name=values["held__facility__name"] or "",
        legal_status=values["held__legal_status"] or "",
        admitted_on=values["held__admitted_on"],
        absence=values["held__absence"] or "",
        died_on=values["person__died_on"],
    )


def _allowed(reader: Reader) -> frozenset[int] | None:
    """The prisons whose people the reader sees; None for the nation. Forbidden without the permission."""
    reader.require(Permission.VIEW_PEOPLE)
    return territory.facility_ids(reader)


def _filtered(allowed: frozenset[int] | None, filters: PeopleFilters) -> QuerySet[Identity]:
    """Present identities with their open episode as `held`, inside the scope; the search is not applied."""
    situation = _situation(filters)
    rows = Identity.objects.filter(valid_to=None).annotate(
        held=FilteredRelation("person__custodies", condition=Q(person__custodies__released_on=None))
    )
    if allowed is not None and situation in (RELEASED, DECEASED):
        return rows.none()
    if allowed is not None or situation in (HELD, ABSENT):
        rows = rows.filter(held_in(allowed, "held__"), held__person_id=F("person_id"))
        if situation == ABSENT:
            rows = rows.exclude(held__absence="")
    else:
        rows = rows.filter(person__merged_into=None)
        if situation == RELEASED:
            rows = rows.filter(held=None, person__died_on=None)
        elif situation == DECEASED:
            rows = rows.filter(person__died_on__isnull=False)
    narrow = {
        "held__facility__code": filters.facility,
        "sex": filters.sex,
        "held__legal_status": filters.legal_status,
        "status": filters.identity_status,
    }
    rows = rows.filter(**{name: value for name, value in narrow.items() if value})
    return rows.filter(birth_date=None) if filters.without_birth_date else rows


def _situation(filters: PeopleFilters) -> str:
    if filters.situation not in SITUATIONS:
        raise ValueError(f"Situación desconocida: [{filters.situation}].")
    return filters.situation


@dataclass(frozen=True, slots=True)
class _Answer:
    """The level that answers a search, who it finds, and the first of their keys, one more than asked for."""

    level: str
    hits: searching.Hits
    keys: list[int]
    most: int


def _answer(narrowing: searching.Narrowing, filters: PeopleFilters, asked: searching.Asked, most: int) -> _Answer:
    """The level asked for, or the strictest that finds somebody."""
    if filters.level and filters.level not in LEVELS:
        raise Refused([f"Nivel de búsqueda desconocido: [{filters.level}]."])
    for level in (filters.level,) if filters.level else LEVELS:
        hits = searching.hits(asked, level, narrowing)
        here = min(most, COUNTED_BEGINNINGS) if level == BEGINNINGS else most
        keys = hits.first(here + 1)
        if keys:
            return _Answer(level, hits, keys, here)
    return _Answer(filters.level, searching.Hits([]), [], most)


def _narrowing(reader: Reader, allowed: frozenset[int] | None, filters: PeopleFilters) -> searching.Narrowing:
    """The same filters and scope as `_filtered`, as conditions on one person."""
    situation = _situation(filters)
    person = OuterRef("person_id")
    if allowed is not None and (not allowed or situation in (RELEASED, DECEASED)):
        return searching.Narrowing(Q(pk__in=[]), frozenset())
    limit = allowed
    condition = Q()
    held = Q(person_id=person, released_on=None) & held_in(allowed)
    if filters.facility:
        limit = _place(reader, filters.facility)
        held &= Q(facility_id__in=limit)
    if filters.legal_status:
        held &= Q(legal_status=filters.legal_status)
    if situation == ABSENT:
        held &= ~Q(absence="")
    if limit is not None or filters.legal_status or situation in (HELD, ABSENT):
        condition &= searching.met(Custody.objects.filter(held))
    if situation == RELEASED:
        condition &= ~searching.probe(Custody.objects.filter(held))
    if allowed is None and situation not in (HELD, ABSENT):
        # A merged duplicate has no keys and no open identity: whoever is found by name is not one.
        alive = {DECEASED: Q(died_on__isnull=False), RELEASED: Q(died_on=None)}.get(situation)
        condition &= searching.probe(Person.objects.filter(alive, pk=person)) if alive is not None else Q()
    identity = {"sex": filters.sex, "status": filters.identity_status}
    identity = {name: value for name, value in identity.items() if value}
    if identity or filters.without_birth_date:
        missing = Q(birth_date=None) if filters.without_birth_date else Q()
        condition &= searching.probe(Identity.objects.filter(missing, person_id=person, valid_to=None, **identity))
    return searching.Narrowing(condition, limit)


def _place(reader: Reader, code: str) -> frozenset[int]:
    """The facility with a code, in the reader's scope; none outside it."""
    try:
        return frozenset({territory.by_code(reader, code).id})
    except NotFound:
        return frozenset()

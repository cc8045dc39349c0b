"""The list of people: found by code, document or name, narrowed by filters, fifty at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce

from creo.register import rules
from creo.register.models import Identity
from creo.register.queries.scope import held_in
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.tables import PAGE_SIZE, Keyset, TablePage
from creo.territory import queries as territory

# By key, which is the order of codes: they are made from it.
_ORDER = Keyset("register.people", ("person_id",))

HELD, RELEASED, EVERYBODY = "held", "released", "everybody"


@dataclass(frozen=True, slots=True)
class PeopleFilters:
    """What the list is narrowed to; empty texts narrow nothing. `situation` is held, released or everybody."""

    search: str = ""
    facility: str = ""
    sex: str = ""
    legal_status: str = ""
    identity_status: str = ""
    without_birth_date: bool = False
    situation: str = HELD


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

    @property
    def name(self) -> str:
        """Surnames first."""
        return rules.full_name(self.given_names, self.first_surname, self.second_surname)


_VALUES = (
    "person__code", "given_names", "first_surname", "second_surname", "document_kind", "document_number", "birth_date",
    "sex", "status", "held__facility__code", "held__facility__name", "held__legal_status", "held__admitted_on",
)  # fmt: skip


def people_page(
    reader: Reader, filters: PeopleFilters, cursor: str = "", size: int = PAGE_SIZE
) -> TablePage[PersonRow]:
    """A page of the people in the reader's scope, in the order of codes. Two queries.

    Only the nation sees people outside custody: a region or a prison sees those it holds. Forbidden without the
    permission; Refused for an altered cursor.
    """
    page = _ORDER.page(_filtered(reader, filters).values("person_id", *_VALUES), cursor, size)
    return TablePage([_row(row) for row in page.rows], page.next_cursor, page.prev_cursor)


def people_count(reader: Reader, filters: PeopleFilters) -> int:
    """How many people the filters leave, in the reader's scope. One query."""
    return _filtered(reader, filters).count()


def people_rows(reader: Reader, filters: PeopleFilters) -> Iterator[PersonRow]:
    """Every row of the list, streamed: for exports. Forbidden without the permissions to see and to export."""
    reader.require(Permission.EXPORT)
    rows = _filtered(reader, filters).order_by("person_id")
    for values in rows.values(*_VALUES).iterator(chunk_size=5000):
        yield _row(values)


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
    )


def _filtered(reader: Reader, filters: PeopleFilters) -> QuerySet[Identity]:
    """Present identities with their open episode as `held`, inside the reader's scope."""
    reader.require(Permission.VIEW_PEOPLE)
    allowed = territory.facility_ids(reader)
    rows = Identity.objects.filter(valid_to=None).annotate(
        held=FilteredRelation("person__custodies", condition=Q(person__custodies__released_on=None))
    )
    if allowed is not None or filters.situation == HELD:
        rows = rows.filter(held_in(allowed, "held__"), held__person_id=F("person_id"))
    elif filters.situation == RELEASED:
        rows = rows.filter(held=None, person__merged_into=None)
    else:
        rows = rows.filter(person__merged_into=None)
    if filters.situation == RELEASED and allowed is not None:
        return rows.none()
    narrow = {
        "held__facility__code": filters.facility,
        "sex": filters.sex,
        "held__legal_status": filters.legal_status,
        "status": filters.identity_status,
    }
    rows = rows.filter(**{name: value for name, value in narrow.items() if value})
    if filters.without_birth_date:
        rows = rows.filter(birth_date=None)
    return rows.filter(_found(filters.search)) if filters.search.strip() else rows


def _found(search: str) -> Q:
    """The condition of a search: a code, else a document number, else words that begin names, in any order.

    Earlier identities are searched as well; a merged duplicate leads to the record that goes on.
    """
    code = rules.read_person_code(search)
    if code:
        return Q(person_id__in=_owners(Q(person__code=code)))
    document = rules.clean_number(search)
    if any(char.isdigit() for char in document):
        return Q(person_id__in=_owners(~Q(document_number="") & Q(document_number=document)))
    condition = Q()
    for word in rules.search_key(search).split():
        condition &= Q(search_name__startswith=word) | Q(search_name__contains=f" {word}")
    return Q(person_id__in=_owners(condition)) if condition else Q(pk__in=[])


def _owners(condition: Q) -> QuerySet[Identity, int]:
    return (
        Identity.objects.filter(condition)
        .order_by()
        .values_list(Coalesce("person__merged_into_id", "person_id"), flat=True)
    )

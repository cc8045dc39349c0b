"""Who a reader may see: the nation sees everybody; a region or a prison, the people it holds today; nobody, nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q

from creo.register.models import Custody, Person
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.refusals import NotFound
from creo.territory import queries as territory


def person_in_scope(reader: Reader, code: str) -> Person:
    """The person with a code, or the record it was merged into. NotFound outside the scope, as if it did not exist."""
    person = Person.objects.select_related("merged_into").filter(code=code).first()
    if person is None:
        raise NotFound
    person = person.merged_into or person
    allowed = territory.facility_ids(reader)
    if allowed is not None and not held_among(Custody.objects.filter(person_id=person.pk, released_on=None), allowed):
        raise NotFound
    return person


def person_with_custodies(reader: Reader, code: str) -> tuple[Person, list[Custody]]:
    """The same with every episode and its facility, in order. NotFound outside the scope. Three queries at most."""
    person = Person.objects.select_related("merged_into").filter(code=code).first()
    if person is None:
        raise NotFound
    person = person.merged_into or person
    custodies = list(Custody.objects.filter(person_id=person.pk).select_related("facility").order_by("number"))
    if not held_among(custodies, territory.facility_ids(reader)):
        raise NotFound
    return person, custodies


def person_code_in_scope(reader: Reader, code: str) -> str:
    """The code of the person's record in force. NotFound outside the scope. For other chapters' pages."""
    reader.require(Permission.VIEW_PEOPLE)
    return person_in_scope(reader, code).code


def held_among(custodies: Iterable[Custody], allowed: Collection[int] | None) -> bool:
    """True when one of a person's episodes is open in one of the facilities (None: the whole nation)."""
    return allowed is None or any(row.released_on is None and row.facility_id in allowed for row in custodies)


def held_in(allowed: Collection[int] | None, prefix: str = "") -> Q:
    """The condition "held in one of these facilities"; empty for the nation."""
    return Q() if allowed is None else Q(**{f"{prefix}facility_id__in": allowed})

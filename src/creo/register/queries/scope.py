"""Who a reader may see: the nation sees everybody; a region or a prison, the people it holds today; nobody, nothing."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from creo.register.models import Custody, Person
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
    if not may_see(person.pk, allowed):
        raise NotFound
    return person


def may_see(person_id: int, allowed: Collection[int] | None) -> bool:
    """True when the person is held today in one of the facilities (None: the whole nation)."""
    if allowed is None:
        return True
    return Custody.objects.filter(person_id=person_id, released_on=None, facility_id__in=allowed).exists()


def held_in(allowed: Collection[int] | None, prefix: str = "") -> Q:
    """The condition "held in one of these facilities"; empty for the nation."""
    return Q() if allowed is None else Q(**{f"{prefix}facility_id__in": allowed})

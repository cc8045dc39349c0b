"""Who a reader may see: the nation sees everybody; a region or a prison, the people it holds today; nobody, nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q

from creo.register.models import Custody, Person
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements.places import FACILITY
from creo.support.looking import noting
from creo.support.looking.queries import emergency_for
from creo.support.refusals import NotFound
from creo.territory import queries as territory


def person_in_scope(reader: Reader, code: str, *, reading: bool = False) -> Person:
    """The person with a code, or the record it was merged into. NotFound outside the scope, as if it did not exist.

    Only who reads (`reading`) is served by an access in an emergency: it never opens an act.
    """
    person = _person(code)
    allowed = territory.facility_ids(reader)
    inside = allowed is None or held_among(Custody.objects.filter(person_id=person.pk, released_on=None), allowed)
    _opened(reader, person, inside=inside, reading=reading)
    return person


def person_with_custodies(reader: Reader, code: str, *, reading: bool = False) -> tuple[Person, list[Custody]]:
    """The same with every episode and its facility, in order. NotFound outside the scope.

    Three queries at most, and one more where the scope says no to who may open files in an emergency.
    """
    person = _person(code)
    custodies = list(Custody.objects.filter(person_id=person.pk).select_related("facility").order_by("number"))
    check_opened(reader, person, custodies, reading=reading)
    return person, custodies


def check_opened(reader: Reader, person: Person, custodies: Iterable[Custody], *, reading: bool = False) -> None:
    """NotFound unless a person with these episodes, read with their facilities, is in the reader's scope."""
    custodies = list(custodies)
    place = next((row.facility.code for row in custodies if row.released_on is None and row.facility is not None), "")
    inside = held_among(custodies, None if reader.national else facility_keys(reader, custodies))
    _opened(reader, person, inside=inside, reading=reading, place=place)


def facility_keys(reader: Reader, custodies: Iterable[Custody]) -> Collection[int]:
    """Keys of the reader's facilities among those of some episodes: no query for who works in prisons."""
    if any(scope.kind != FACILITY for scope in reader.scopes):
        return territory.facility_ids(reader) or ()
    codes = {scope.code for scope in reader.scopes}
    return {row.facility.pk for row in custodies if row.facility is not None and row.facility.code in codes}


def _person(code: str) -> Person:
    person = Person.objects.select_related("merged_into").filter(code=code).first()
    if person is None:
        noting.refused(code, exists=False)
        raise NotFound
    return person.merged_into or person


def _opened(reader: Reader, person: Person, *, inside: bool, reading: bool, place: str = "") -> None:
    """Notes the look for whoever watches over looks; NotFound where neither scope nor emergency opens the file."""
    emergency = emergency_for(reader, "person", person.code) if reading and not inside else None
    if not inside and emergency is None:
        noting.refused(person.code, exists=True)
        raise NotFound
    if reading:
        noting.opened(person.code, place, emergency)


def person_code_in_scope(reader: Reader, code: str) -> str:
    """The code of the person's record in force. NotFound outside the scope. For other chapters' pages."""
    reader.require(Permission.VIEW_PEOPLE)
    return person_in_scope(reader, code, reading=True).code


def held_among(custodies: Iterable[Custody], allowed: Collection[int] | None) -> bool:
    """True when one of a person's episodes is open in one of the facilities (None: the whole nation)."""
    return allowed is None or any(row.released_on is None and row.facility_id in allowed for row in custodies)


def held_in(allowed: Collection[int] | None, prefix: str = "") -> Q:
    """The condition "held in one of these facilities"; empty for the nation."""
    return Q() if allowed is None else Q(**{f"{prefix}facility_id__in": allowed})

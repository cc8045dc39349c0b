"""Who a reader may see: the nation sees everybody; a region or a prison, the people it holds today; nobody, nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db.models import FilteredRelation, Q, Subquery
from django.db.models.functions import Coalesce

from creo.register.models import Custody, Identity, Person
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.looking import noting
from creo.support.looking.queries import emergency_for
from creo.support.refusals import NotFound
from creo.support.scoping.acting import beyond, ground, let_in
from creo.territory import queries as territory


def person_in_scope(reader: Reader, code: str, *, reading: bool = False) -> Person:
    """The person with a code, or the record it was merged into. NotFound outside the scope, as if it did not exist.

    Only who reads (`reading`) is served by an access in an emergency: it never opens an act.
    """
    if not reader.national:
        return person_with_custodies(reader, code, reading=reading)[0]
    person = _person(reader, code, reading=reading)
    _opened(reader, person, inside=True, reading=reading)
    return person


def person_with_custodies(reader: Reader, code: str, *, reading: bool = False) -> tuple[Person, list[Custody]]:
    """The same with every episode and its facility, in order. NotFound outside the scope.

    One query for who has episodes; else two more, and one where the scope says no to who may open in an emergency.
    """
    in_force = Person.objects.filter(code=code).values_list(Coalesce("merged_into_id", "id"))[:1]
    custodies = custodies_of(person_id=Subquery(in_force))
    if custodies:
        person = custodies[0].person
    else:
        # No such file, nobody's episodes, or the wall of the database hides them.
        person = _person(reader, code, reading=reading)
        custodies = custodies_of(person_id=person.pk)
    _check_opened(reader, person, custodies, reading=reading)
    return person, custodies


def custodies_of(**whose: object) -> list[Custody]:
    """Somebody's episodes in order, with all that the scope and `present_identity` ask of them. One query."""
    present = FilteredRelation("person__identities", condition=Q(person__identities__valid_to=None))
    rows = Custody.objects.annotate(present=present).filter(**whose).order_by("number")
    joined = ("person", "facility__regional_office", "present")
    return list(rows.select_related(*joined))


def present_identity(person: Person, custodies: Sequence[Custody]) -> Identity | None:
    """The identity in force of somebody whose episodes `custodies_of` read. No query, one when there are none."""
    if not custodies:
        return Identity.objects.filter(person_id=person.pk, valid_to=None).first()
    found: Identity | None = custodies[0].present  # type: ignore[attr-defined]
    return found


def known_identity(person: Person, custodies: Sequence[Custody]) -> Identity:
    """The same; Identity.DoesNotExist without one, a fault of ours."""
    found = present_identity(person, custodies)
    if found is None:
        raise Identity.DoesNotExist(person.code)
    return found


def _check_opened(reader: Reader, person: Person, custodies: Iterable[Custody], *, reading: bool) -> None:
    """NotFound unless a person with these episodes, read by `custodies_of`, is in the reader's scope. No query."""
    held = [row.facility for row in custodies if row.released_on is None and row.facility is not None]
    inside = reader.national or any(territory.within(reader, place) for place in held)
    _opened(reader, person, inside=inside, reading=reading, place=held[0].code if held else "")


def _person(reader: Reader, code: str, *, reading: bool) -> Person:
    person = _named(code)
    hidden = ground() is not None and (person is None or (person.merged_into is None and person.merged_into_id))
    if hidden:
        # Behind the wall of the database: whoever watches over looks must know that the file exists elsewhere.
        with beyond("si existe la ficha pedida"):
            person = _named(code)
    if person is None:
        noting.refused(code, exists=False)
        raise NotFound
    found = person.merged_into or person
    if hidden and reading and emergency_for(reader, "person", found.code) is not None:
        let_in({person.pk, found.pk})
    return found


def _named(code: str) -> Person | None:
    return Person.objects.select_related("merged_into").filter(code=code).first()


def _opened(reader: Reader, person: Person, *, inside: bool, reading: bool, place: str = "") -> None:
    """Notes the look for whoever watches over looks; NotFound where neither scope nor emergency opens the file."""
    emergency = emergency_for(reader, "person", person.code) if reading and not inside else None
    if not inside and emergency is None:
        noting.refused(person.code, exists=True)
        raise NotFound
    if emergency is not None:
        let_in([person.pk])
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

"""What looking asks of the register: one file by its exact code or document number, and the surnames of some.

Both look over the whole country: an access in an emergency is for a file outside the reader's scope, and whoever
watches over looks compares surnames. Nothing else of a file comes out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from creo.register.models import Custody, Identity, Person
from creo.register.queries.scope import held_among
from creo.support.accounts.readers import Reader
from creo.support.looking.files import FoundFile
from creo.support.scoping.acting import beyond
from creo.territory import queries as territory


def found_file(reader: Reader, text: str) -> FoundFile | None:
    """The one file in force with this code or this document number. Three queries at most, the facilities apart."""
    wanted = text.strip().upper()
    if not wanted:
        return None
    allowed = territory.facility_ids(reader)
    with beyond("buscar la ficha de una emergencia por su código o documento exacto"):
        return _found(wanted, allowed)


def _found(wanted: str, allowed: Collection[int] | None) -> FoundFile | None:
    person = Person.objects.select_related("merged_into").filter(code=wanted).first() or _by_document(wanted)
    if person is None:
        return None
    person = person.merged_into or person
    held = list(Custody.objects.select_related("facility").filter(person_id=person.pk, released_on=None))
    place = held[0].facility.code if held and held[0].facility is not None else ""
    return FoundFile(person.code, place, inside=held_among(held, allowed))


def _by_document(number: str) -> Person | None:
    """The one person who bears a document now; None when nobody does, or more than one."""
    rows = Identity.objects.filter(document_number=number, valid_to=None).select_related("person__merged_into")
    people = {(row.person.merged_into or row.person).pk: row.person for row in rows[:20]}
    return next(iter(people.values())) if len(people) == 1 else None


def file_surnames(codes: Collection[str]) -> Mapping[str, tuple[str, str]]:
    """Code -> first and second surname now. One query."""
    rows = Identity.objects.filter(person__code__in=codes, valid_to=None)
    return {
        code: (first, second)
        for code, first, second in rows.values_list("person__code", "first_surname", "second_surname")
    }

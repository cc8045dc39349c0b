"""Small people for tests, and the cast that recurs: each of the six brings out what a careless register gets wrong.

Rosa Quispe was never enrolled in anything; Luis Mamani was transferred; Ana Flores was released and came back; Pedro
Huamán died after his release; Julia Rojas was registered twice and merged; and the official of Tumbes looks
from outside.
Names, documents and mandates are made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from creo.register import commands, rules
from creo.register.commands import Admission, IdentityData, OffenceData
from creo.register.commands.names import index_people
from creo.register.models import Custody, CustodyOffence, Identity, Movement, Offence, Person
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, Scope, system
from creo.territory.tests.factories import office, prison

TODAY = date(2026, 11, 23)
BY = system("pruebas")
ALL = frozenset(Permission)


def reader_at(*codes: str, permissions: frozenset[Permission] = ALL) -> Reader:
    """Somebody who holds these prisons in scope; none at all: nobody's official."""
    return Reader(9, "Persona de prueba", permissions, tuple(Scope("facility", code) for code in codes))


def places() -> dict[str, Any]:
    """Three prisons of two offices."""
    north = office()
    south = office("SUR", "Sur - Arequipa", 2)
    return {
        "EP-PIURA": prison("EP-PIURA", "E.P. de Piura", regional_office=north),
        "EP-TUMBES": prison("EP-TUMBES", "E.P. de Tumbes", regional_office=north),
        "EP-AREQUIPA": prison("EP-AREQUIPA", "E.P. de Arequipa", regional_office=south),
    }


def offence(code: str = "CP-189") -> Offence:
    """An offence of the real catalogue."""
    entry = next(entry for entry in rules.catalogue() if entry.code == code)
    values = {
        "law": entry.law,
        "article": entry.article,
        "title": entry.title,
        "family": entry.family,
        "attempt_allowed": entry.attempt_allowed,
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        "source": entry.source,
    }
    return Offence.objects.get_or_create(code=code, defaults=values)[0]


def person(number: int = 1, **other: object) -> Person:
    """A person without identity nor custody."""
    return Person.objects.create(pk=number, code=rules.person_code(number), **other)


def identity(who: Person, **other: object) -> Identity:
    """A confirmed identity, complete unless said otherwise."""
    values: dict[str, object] = {
        "given_names": "Rosa",
        "first_surname": "Quispe",
        "second_surname": "Ñaupari",
        "birth_date": date(2000, 5, 17),
        "sex": "female",
        "document_kind": "dni",
        "document_number": f"{who.pk:08d}",
        "nationality": "PE",
        "status": "confirmed",
        "valid_from": date(2025, 1, 10),
    }
    values |= other
    made = Identity.objects.create(person=who, **values)
    index_people([who.pk])
    return made


def custody(
    who: Person,
    facility: Any,
    admitted_on: date = date(2025, 1, 10),
    released_on: date | None = None,
    main: str = "CP-189",
    **other: object,
) -> Custody:
    """An episode with its movements and its main offence."""
    number = Custody.objects.filter(person=who).count() + 1
    values: dict[str, object] = {
        "number": number,
        "legal_status": "sentenced",
        "legal_status_on": admitted_on,
        "release_kind": "sentence_completed" if released_on else "",
        "organised_crime": False,
        "extreme_security": False,
    }
    made = Custody.objects.create(
        person=who, facility=facility, admitted_on=admitted_on, released_on=released_on, **(values | other)
    )
    Movement.objects.create(
        custody=made, sequence=1, kind="admission", on=admitted_on, to_facility=facility, detail=made.entry_kind
    )
    if released_on:
        kind = made.release_kind
        Movement.objects.create(
            custody=made, sequence=2, kind="release", on=released_on, from_facility=facility, detail=kind
        )
    if main:
        CustodyOffence.objects.create(custody=made, offence=offence(main), is_main=True, attempt=False)
    return made


@dataclass(frozen=True)
class Cast:
    """The six: five codes and an official."""

    rosa: str
    luis: str
    ana: str
    pedro: str
    julia: str
    julia_duplicate: str
    official_of_tumbes: Reader
    official_of_piura: Reader


def _admitted(name: tuple[str, str, str], dni: str, born: date, sex: str, on: date, facility: str, code: str) -> str:
    given, first, second = name
    return commands.admit(
        by=BY,
        today=TODAY,
        identity=IdentityData(given, first, second, born, sex, "dni", dni, rules.dni_check_digit(dni), "PE"),
        admission=Admission(
            facility_code=facility,
            admitted_on=on,
            mandate="Resolución 1, Juzgado de prueba",
            legal_status="unsentenced",
            legal_status_on=on,
            offences=(OffenceData(code, False),),
        ),
    )


def _released(code: str, on: date, kind: str = "sentence_completed") -> None:
    commands.release(by=BY, person_code=code, on=on, kind=kind, reason="Orden de libertad de prueba", today=TODAY)


def _back(code: str, on: date, facility: str) -> None:
    admission = Admission(facility, on, "Resolución 2, Juzgado de prueba", offences=(OffenceData("CP-186", False),))
    commands.admit(by=BY, today=TODAY, person_code=code, admission=admission)


def cast() -> Cast:
    """The six, made by the commands that would make them. Places and offences come with them."""
    places()
    for code in ("CP-189", "CP-186", "CP-298", "CP-170"):
        offence(code)
    rosa = _admitted(
        ("Rosa", "Quispe", "Ñaupari"), "00000011", date(2003, 3, 14), "female", date(2026, 3, 14), "EP-PIURA", "CP-189"
    )
    luis = _admitted(
        ("Luis", "Mamani", "Ccori"), "00000012", date(1998, 7, 1), "male", date(2024, 2, 5), "EP-PIURA", "CP-298"
    )
    commands.transfer(
        by=BY,
        person_code=luis,
        from_facility="EP-PIURA",
        to_facility="EP-AREQUIPA",
        on=date(2025, 6, 30),
        reason="Resolución de traslado de prueba",
        today=TODAY,
    )
    ana = _admitted(
        ("Ana", "Flores", "Díaz"), "00000013", date(1995, 12, 9), "female", date(2018, 8, 1), "EP-PIURA", "CP-186"
    )
    _released(ana, date(2020, 2, 1))
    _back(ana, date(2025, 9, 12), "EP-PIURA")
    pedro = _admitted(
        ("Pedro", "Huamán", "Soto"), "00000014", date(1980, 1, 30), "male", date(2015, 4, 4), "EP-PIURA", "CP-170"
    )
    _released(pedro, date(2024, 4, 4), "conditional_release")
    commands.record_death(
        by=BY, person_code=pedro, on=date(2025, 1, 2), reason="Acta de defunción de prueba", today=TODAY
    )
    julia, duplicate = _julia()
    return Cast(rosa, luis, ana, pedro, julia, duplicate, reader_at("EP-TUMBES"), reader_at("EP-PIURA"))


def _julia() -> tuple[str, str]:
    """Registered twice, the second time with an old document; then merged."""
    first = _admitted(
        ("Julia", "Rojas", "Paz"), "00000015", date(1999, 10, 20), "female", date(2019, 5, 2), "EP-AREQUIPA", "CP-298"
    )
    _released(first, date(2021, 5, 2))
    second = _admitted(
        ("Julia", "Rojas", "Paz"), "00000016", date(1999, 10, 20), "female", date(2026, 1, 15), "EP-PIURA", "CP-189"
    )
    commands.merge_people(by=BY, duplicate_code=first, into_code=second, reason="Mismas huellas, prueba", today=TODAY)
    return second, first

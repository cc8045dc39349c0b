"""The acts of movements in one word each, for tests that do many of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from creo.register import commands
from creo.register.models import Custody
from creo.register.tests.acting import ENTRY, admit
from creo.register.tests.factories import BY, TODAY
from creo.support.ledger.models import Entry


def leave(code: str, kind: str = "escort", on: date = TODAY, **other: object) -> None:
    values = {"by": BY, "destination": "Juzgado de prueba", "reason": "Oficio 1", "today": TODAY}
    if kind == "exit_permit":
        values["hours"] = 24
    commands.record_absence(person_code=code, kind=kind, on=on, **(values | other))


def come_back(code: str, on: date = TODAY, **other: object) -> None:
    commands.record_return(**({"by": BY, "person_code": code, "on": on, "reason": "", "today": TODAY} | other))


def escape(code: str, on: date = TODAY, **other: object) -> None:
    values = {"by": BY, "person_code": code, "on": on, "reason": "Parte 1", "today": TODAY}
    commands.record_escape(**(values | other))


def move(code: str, origin: str, target: str, on: date = TODAY, **other: object) -> None:
    values = {"reason": "Resolución 1", "today": TODAY, "from_facility": origin, "to_facility": target}
    commands.transfer(by=BY, person_code=code, on=on, **(values | other))


def let_go(code: str, on: date = TODAY, **other: object) -> None:
    values = {"kind": "acquittal", "reason": "Orden de libertad", "today": TODAY}
    commands.release(by=BY, person_code=code, on=on, **(values | other))


def annul(code: str, number: int, sequence: int, reason: str = "Se registró en otra ficha") -> None:
    commands.annul_movement(by=BY, person_code=code, custody=number, sequence=sequence, reason=reason)


def readmit(code: str, kind: str, on: date = TODAY) -> None:
    admit(replace(ENTRY, admitted_on=on, entry_kind=kind), None, code)


def caches(number: int, code: str) -> tuple[object, ...]:
    row = Custody.objects.select_related("facility").get(person__code=code, number=number)
    return (row.facility.code, row.absence, row.absent_since, row.released_on, row.release_kind)


def last_entry(code: str) -> Entry:
    return Entry.objects.filter(subject_code=code).latest("id")

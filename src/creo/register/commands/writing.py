"""Many people at once: rows of all tables in the order that references need, and one ledger entry a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from creo.register.models import (
    Custody,
    CustodyOffence,
    Identity,
    Movement,
    Person,
    PersonReference,
    Statement,
)
from creo.support.bulk import insert_rows, settle_sequence
from creo.support.jobs.progress import Report
from creo.support.ledger import commands as ledger

PERSON = ("id", "code")
IDENTITY = (
    "person_id", "given_names", "first_surname", "second_surname", "search_name", "birth_date", "sex",
    "document_kind", "document_number", "nationality", "status", "valid_from",
)  # fmt: skip
CUSTODY = (
    "id", "person_id", "number", "entry_kind", "mandate", "admitted_on", "admitted_on_known", "released_on",
    "release_kind", "facility_id", "legal_status", "legal_status_on", "next_hearing_on", "organised_crime",
    "extreme_security",
)  # fmt: skip
MOVEMENT = ("custody_id", "sequence", "kind", "on", "from_facility_id", "to_facility_id")
OFFENCE = ("custody_id", "offence_id", "is_main", "attempt")
REFERENCE = ("person_id", "source", "reference")
STATEMENT = ("person_id", "source", "kind", "answer", "on")

_TABLES: Mapping[str, tuple[type[models.Model], Sequence[str]]] = {
    "persons": (Person, PERSON),
    "identities": (Identity, IDENTITY),
    "custodies": (Custody, CUSTODY),
    "movements": (Movement, MOVEMENT),
    "offences": (CustodyOffence, OFFENCE),
    "references": (PersonReference, REFERENCE),
    "statements": (Statement, STATEMENT),
}
STEP = 4096


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows to insert, each in the order of the tuples above, with their number for the progress bar."""

    persons: Iterable[Sequence[Any]] = ()
    identities: Iterable[Sequence[Any]] = ()
    custodies: Iterable[Sequence[Any]] = ()
    movements: Iterable[Sequence[Any]] = ()
    offences: Iterable[Sequence[Any]] = ()
    references: Iterable[Sequence[Any]] = ()
    statements: Iterable[Sequence[Any]] = ()
    entries: Iterable[Mapping[str, Any]] = ()
    total: int = 0


def write(batch: Batch, progress: Report, notes: Mapping[str, str]) -> dict[str, int]:
    """Inserts everything and returns rows by table; `notes` words each step for people. Inside a command only."""
    counted = _Counter(batch.total, progress)
    written: dict[str, int] = {}
    for name, (model, columns) in _TABLES.items():
        written[name] = insert_rows(model, columns, counted(getattr(batch, name), notes[name]))
        if columns[0] == "id":
            settle_sequence(model)
    written["entries"] = ledger.record_many(counted(batch.entries, notes["entries"]))
    return written


class _Counter:
    """Passes rows on and reports how many went by."""

    def __init__(self, total: int, progress: Report) -> None:
        self._total, self._progress, self._done = total, progress, 0

    def __call__[Row](self, rows: Iterable[Row], note: str) -> Iterator[Row]:
        self._progress(self._done, self._total, note)
        for row in rows:
            yield row
            self._done += 1
            if not self._done % STEP:
                self._progress(self._done, self._total, note)

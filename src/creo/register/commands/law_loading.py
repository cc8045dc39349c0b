"""The legal side of many people at once: rows in the order that references need, one ledger entry a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.models import (
    DetentionCredit,
    DetentionMandate,
    JudicialStatus,
    Sentence,
    SentenceOffence,
)
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.bulk import insert_rows, next_id, settle_sequence
from creo.support.ledger import commands as ledger
from creo.support.refusals import Refused

_MANDATE = ("custody_id", "kind", "court", "case_number", "issued_on", "received_on", "term_ends_on", "lift_kind",
            "lift_reason")  # fmt: skip
_SENTENCE = (
    "id", "custody_id", "court", "case_number", "issued_on", "finality", "final_on", "penalty", "years", "months",
    "days", "effect", "starts_on", "relation", "after_id", "day_fines", "civil_reparation", "state", "end_reason",
)  # fmt: skip
_CREDIT = ("sentence_id", "starts_on", "ends_on", "source", "withdraw_reason")
_STATUS = ("custody_id", "kind", "declared", "court", "case_number", "declared_on", "end_reason")


@dataclass(frozen=True, slots=True)
class LoadedMandate:
    """A mandate in force of an episode."""

    custody_id: int
    kind: str
    court: str
    case_number: str
    issued_on: date
    received_on: date
    term_ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class LoadedSentence:
    """A sentence in force; `after` is the place, among its person's, of the one that it follows."""

    custody_id: int
    court: str
    case_number: str
    issued_on: date
    term: rules.Term | None
    effect: str
    finality: str
    final_on: date | None
    starts_on: date | None
    relation: str = ""
    after: int | None = None
    day_fines: int | None = None
    civil_reparation: Decimal | None = None
    offence: tuple[int, bool | None] | None = None
    credit: tuple[date, date] | None = None
    credit_source: str = ""


@dataclass(frozen=True, slots=True)
class LoadedDeclaration:
    """A declaration in force."""

    custody_id: int
    kind: str
    declared: bool
    court: str
    case_number: str
    declared_on: date


@dataclass(frozen=True, slots=True)
class LoadedLaw:
    """What courts decided about one person."""

    person_code: str
    place: str
    mandates: Sequence[LoadedMandate] = ()
    sentences: Sequence[LoadedSentence] = ()
    declarations: Sequence[LoadedDeclaration] = ()


@ledger.command(permission=Permission.IMPORT_REGISTER)
def load_law(*, by: Reader, people: Sequence[LoadedLaw], source: str) -> dict[str, int]:
    """Loads mandates, sentences and declarations of people that have none, and returns rows by table.

    Refused over sentences already there. The database's own constraints hold for every row.
    """
    if Sentence.objects.exists():
        raise Refused(_("Ya hay sentencias registradas: la carga en bloque solo va sobre un registro sin ellas."))
    if not people:
        ledger.nothing_to_do("nobody to load")
        return {}
    first = next_id(Sentence)
    numbered: list[tuple[int, int, LoadedSentence]] = []
    for person in people:
        start = first + len(numbered)
        numbered += [(start + place, start, row) for place, row in enumerate(person.sentences)]
    written = {
        "mandates": insert_rows(DetentionMandate, _MANDATE, (_mandate(row) for one in people for row in one.mandates)),
        "sentences": insert_rows(Sentence, _SENTENCE, (_sentence(*item) for item in numbered)),
    }
    settle_sequence(Sentence)
    written["offences"] = insert_rows(
        SentenceOffence,
        ("sentence_id", "offence_id", "attempt"),
        ((key, *row.offence) for key, _start, row in numbered if row.offence is not None),
    )
    written["credits"] = insert_rows(DetentionCredit, _CREDIT, _credits(numbered))
    written["declarations"] = insert_rows(
        JudicialStatus, _STATUS, (_declaration(row) for one in people for row in one.declarations)
    )
    written["entries"] = ledger.record_many(_entry(one, source) for one in people)
    return written


def _mandate(row: LoadedMandate) -> tuple[Any, ...]:
    return (
        row.custody_id, row.kind, row.court, row.case_number, row.issued_on, row.received_on, row.term_ends_on, "", "",
    )  # fmt: skip


def _sentence(key: int, start: int, row: LoadedSentence) -> tuple[Any, ...]:
    term = row.term
    return (
        key, row.custody_id, row.court, row.case_number, row.issued_on, row.finality, row.final_on,
        rules.PenaltyKind.FIXED.value, term.years if term else None, term.months if term else None,
        term.days if term else None, row.effect, row.starts_on, row.relation,
        start + row.after if row.after is not None else None, row.day_fines,
        str(row.civil_reparation) if row.civil_reparation is not None else None, rules.SentenceState.IN_FORCE.value, "",
    )  # fmt: skip


def _credits(numbered: Sequence[tuple[int, int, LoadedSentence]]) -> Iterator[tuple[Any, ...]]:
    for key, _start, row in numbered:
        if row.credit is not None:
            first_day, last_day = row.credit
            yield key, first_day, last_day + timedelta(1), row.credit_source, ""


def _declaration(row: LoadedDeclaration) -> tuple[Any, ...]:
    return row.custody_id, row.kind, row.declared, row.court, row.case_number, row.declared_on, ""


def _entry(one: LoadedLaw, source: str) -> Mapping[str, Any]:
    return {
        "act": "register.law_loaded",
        "subject": ("person", one.person_code),
        "place": one.place,
        "after": {
            "source": source,
            "mandates": len(one.mandates),
            "sentences": len(one.sentences),
            "declarations": len(one.declarations),
        },
    }

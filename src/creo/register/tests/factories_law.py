"""Courts for tests: somebody held, and what is decided about them, all of it made up."""

from __future__ import annotations

from datetime import date
from typing import Any

from creo.register import commands, rules
from creo.register.commands import MandateData, OffenceData, SentenceData
from creo.register.tests.factories import BY, TODAY

COURT = "1.º Juzgado de prueba"
ISSUED = date(2026, 6, 1)


def mandate(
    code: str, case: str = "1-2026", on: date = date(2026, 4, 1), episode: int | None = None, **other: Any
) -> int:
    """A mandate in force."""
    values: dict[str, Any] = {"court": COURT, "case_number": case, "received_on": on, "kind": "preventive"}
    return commands.record_mandate(
        by=BY, person_code=code, mandate=MandateData(**(values | other)), reason="Oficio", today=TODAY, episode=episode
    )


def sentence(code: str, case: str = "10-2026", episode: int | None = None, **other: Any) -> int:
    """Four years, effective and final, from the day of the sentence."""
    values: dict[str, Any] = {
        "court": COURT,
        "case_number": case,
        "issued_on": ISSUED,
        "term": rules.Term(4),
        "effect": "effective",
        "finality": "final",
        "final_on": date(2026, 7, 1),
        "starts_on": ISSUED,
        "offences": (OffenceData("CP-189", False),),
    }
    return commands.record_sentence(
        by=BY,
        person_code=code,
        sentence=SentenceData(**(values | other)),
        reason="Oficio",
        today=TODAY,
        episode=episode,
    )


def lift(code: str, key: int, on: date = TODAY, kind: str = "release_order", reason: str = "Orden") -> None:
    """A mandate lifted."""
    commands.lift_mandate(by=BY, person_code=code, mandate_id=key, on=on, kind=kind, reason=reason, today=TODAY)


def annul(code: str, key: int, on: date = TODAY, replaced_by: int | None = None, reason: str = "Casación") -> None:
    """A sentence annulled or replaced."""
    commands.annul_sentence(
        by=BY, person_code=code, sentence_id=key, on=on, reason=reason, today=TODAY, replaced_by=replaced_by
    )


def credit(code: str, key: int, first: date, last: date, source: str = "Constancia") -> int:
    """Earlier detention credited."""
    return commands.credit_detention(
        by=BY, person_code=code, sentence_id=key, first_day=first, last_day=last, source=source, today=TODAY
    )


def declare(
    code: str, kind: str = "recidivist", declared: bool = True, case: str = "10-2026", on: date = ISSUED, **other: Any
) -> int:
    """What a court declared."""
    values: dict[str, Any] = {"court": COURT, "case_number": case, "on": on, "reason": "Sentencia", "episode": None}
    return commands.declare_judicial_status(
        by=BY, person_code=code, kind=kind, declared=declared, today=TODAY, **(values | other)
    )

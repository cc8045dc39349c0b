"""A verdict as plain data to freeze, and back: enrolments and re-evaluations keep the answer of their day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from creo.kernel.citations import Citation
from creo.kernel.verdicts import Outcome, Reason, Verdict


def verdict_data(verdict: Verdict, facts: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """A verdict with the facts it saw, as plain data to freeze; `verdict_from` gives the verdict back."""
    return {
        "as_of": as_of.isoformat(),
        "outcome": int(verdict.outcome),
        "provisional": verdict.provisional,
        "changes_on": _day_text(verdict.changes_on),
        "facts": {name: _day_text(value) if isinstance(value, date) else value for name, value in facts.items()},
        "reasons": [_reason_data(reason) for reason in verdict.reasons],
    }


def verdict_from(data: Mapping[str, Any]) -> Verdict:
    """The verdict that `verdict_data` froze."""
    return Verdict(
        Outcome(data["outcome"]),
        tuple(_reason_from(reason) for reason in data["reasons"]),
        _day(data["changes_on"]),
        data["provisional"],
    )


def _reason_data(reason: Reason) -> dict[str, Any]:
    cited = reason.citation
    return {
        "code": reason.code,
        "title": reason.title,
        "outcome": int(reason.outcome),
        "fact": reason.fact,
        "citation": [cited.source, cited.locator, list(cited.lines), cited.note] if cited else None,
        "action": reason.action,
        "responsible": reason.responsible,
        "changes_on": _day_text(reason.changes_on),
    }


def _reason_from(data: Mapping[str, Any]) -> Reason:
    cited = data["citation"]
    return Reason(
        code=data["code"],
        title=data["title"],
        outcome=Outcome(data["outcome"]),
        fact=data["fact"],
        citation=Citation(cited[0], cited[1], tuple(cited[2]), cited[3]) if cited else None,
        action=data["action"],
        responsible=data["responsible"],
        changes_on=_day(data["changes_on"]),
    )


def _day_text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

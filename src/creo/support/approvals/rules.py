"""The states of a proposal, its fingerprint and its deadlines. Plain Python.

A proposal waits tier by tier; each tier is decided by another person. Sent back, it begins again at the first tier with
a new revision: what was approved of the old one is void. Source: OWASP ASVS 2.3.5 (two people for high-value steps).
"""

from __future__ import annotations

import functools
import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib import resources
from typing import Any

from creo.kernel.calendar import WorkingCalendar
from creo.kernel.periods import Period


class State(StrEnum):
    """Where a proposal stands; the first two are open."""

    PROPOSED = "proposed"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Kind(StrEnum):
    """What a decider did. FAILED: approved, but what was proposed could not be done any more; it goes back."""

    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    FAILED = "failed"


class Event(StrEnum):
    """What can happen to a proposal."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    FAIL = "fail"
    REVISE = "revise"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


OPEN = (State.PROPOSED, State.RETURNED)
STATE_WORDS = {
    State.PROPOSED: "Por decidir",
    State.RETURNED: "Devuelta para corregir",
    State.APPROVED: "Aprobada y ejecutada",
    State.REJECTED: "Rechazada",
    State.WITHDRAWN: "Retirada",
    State.LAPSED: "Caducada",
}
KIND_WORDS = {
    Kind.APPROVED: "Aprobó",
    Kind.RETURNED: "Devolvió para corregir",
    Kind.REJECTED: "Rechazó",
    Kind.FAILED: "Aprobó, pero no pudo ejecutarse",
}
DECISION_WORDS = {Kind.APPROVED: "Aprobar", Kind.RETURNED: "Devolver para corregir", Kind.REJECTED: "Rechazar"}


@dataclass(frozen=True, slots=True)
class Standing:
    """State, revision and the tier that decides next (both from 1)."""

    state: State = State.PROPOSED
    revision: int = 1
    tier: int = 1


def after(now: Standing, event: Event, tiers: int) -> Standing | None:
    """The standing after an event of a proposal with so many tiers; None when it cannot happen now."""
    if now.state not in OPEN:
        return None
    if event is Event.WITHDRAW or event is Event.LAPSE:
        return Standing(State.WITHDRAWN if event is Event.WITHDRAW else State.LAPSED, now.revision, now.tier)
    if event is Event.REVISE:
        return Standing(State.PROPOSED, now.revision + 1, 1)
    if now.state is not State.PROPOSED:
        return None
    if event is Event.APPROVE:
        if now.tier < tiers:
            return Standing(State.PROPOSED, now.revision, now.tier + 1)
        return Standing(State.APPROVED, now.revision, now.tier)
    return Standing(State.REJECTED if event is Event.REJECT else State.RETURNED, now.revision, now.tier)


# What is seen -----------------------------------------------------------------------------------------------------

Rows = Sequence[tuple[str, str, str]]


def canonical(content: object) -> str:
    """The one JSON text of some content, whatever the order it was written in.

    ValueError (Spanish) for what two databases could write differently: fractions as floats, other objects, keys that
    are not texts, the null character. Amounts travel as text.
    """
    _check_plain(content)
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _check_plain(content: object) -> None:
    if isinstance(content, str):
        if "\0" in content:
            raise ValueError("Un texto de la propuesta tiene un carácter nulo.")
    elif isinstance(content, Mapping):
        for key, value in content.items():
            if not isinstance(key, str):
                raise ValueError("Las claves de una propuesta son textos.")
            _check_plain(key)
            _check_plain(value)
    elif isinstance(content, list | tuple):
        for value in content:
            _check_plain(value)
    elif not (content is None or isinstance(content, bool | int)):
        raise ValueError(f"Una propuesta no guarda [{type(content).__name__}]: escríbalo como texto.")


def fingerprint(
    *, act: str, subject: tuple[str, str], place: str, payload: Mapping[str, Any], rows: Rows, text: str
) -> str:
    """SHA-256 (hex) of everything that a decider sees and that the handler gets."""
    seen = {
        "act": act,
        "subject": list(subject),
        "place": place,
        "payload": payload,
        "rows": [list(row) for row in rows],
        "text": text,
    }
    return hashlib.sha256(canonical(seen).encode("utf-8", "surrogatepass")).hexdigest()


# Deadlines --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Parameters:
    """Working days by act and tier, and the house's other limits, each with the period in which it holds."""

    tiers: Mapping[tuple[str, int], tuple[tuple[Period, int], ...]]
    others: Mapping[str, tuple[tuple[Period, int], ...]]

    def tier_days(self, act: str, tier: int, on: date) -> int:
        """Working days to decide a tier of an act that opens on a day; the house's general term when none is set."""
        for period, days in self.tiers.get((act, tier), ()):
            if period.contains(on):
                return days
        return self.on("tier_default", on)

    def on(self, name: str, day: date) -> int:
        """A limit of the house on a day. LookupError when none is in force."""
        for period, value in self.others[name]:
            if period.contains(day):
                return value
        raise LookupError(f"Ningún valor de [{name}] rige el [{day}].")


OTHERS = ("tier_default", "revise", "delegation_longest_days")


def parse_parameters(text: str) -> Parameters:
    """Reads the TOML text. ValueError (Spanish) for what is missing, has no source, or shares a day with another."""
    content = tomllib.loads(text)
    others = {name: tuple(_dated(item) for item in content.get(name, ())) for name in OTHERS}
    tiers: dict[tuple[str, int], tuple[tuple[Period, int], ...]] = {}
    for item in content.get("tier", ()):
        key = (item["act"], item["number"])
        tiers[key] = (*tiers.get(key, ()), _dated(item))
    for name, rows in [*others.items(), *tiers.items()]:
        if not rows:
            raise ValueError(f"Falta el parámetro [{name}].")
        if any(one.overlaps(other) for place, (one, _) in enumerate(rows) for other, _ in rows[place + 1 :]):
            raise ValueError(f"Dos periodos del parámetro [{name}] comparten un día.")
    return Parameters(tiers, others)


def _dated(item: Mapping[str, Any]) -> tuple[Period, int]:
    if not item.get("source"):
        raise ValueError("Todo parámetro dice su fuente.")
    value = int(item["value"])
    if value < 1:
        raise ValueError("Un plazo tiene al menos un día.")
    return Period(item["valid_from"], item.get("valid_to")), value


@functools.cache
def parameters() -> Parameters:
    """The parameters that come with the system."""
    return parse_parameters((resources.files("creo.support.approvals") / "parameters.toml").read_text("utf-8"))


def due_on(opened: date, working_days: int, calendar: WorkingCalendar | None = None) -> date:
    """The last day to decide; working days of Peru, counted from the day after (TUO LPAG, art. 144)."""
    return (calendar or WorkingCalendar.peru()).add_working_days(opened, working_days)

"""When a grant gives something, and why it does not. Plain Python.

A grant gives from its first day until its end, and only while somebody has looked at it in the last six months
(DS 016-2024-JUS art. 46).
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from importlib import resources
from typing import Any

from creo.kernel.periods import Period

NAMES = ("review_days", "warn_days", "longest_days")
GENERAL = ""


class GrantState(StrEnum):
    """How a grant stands on a day; only the first three give something."""

    IN_FORCE = "in_force"
    ENDING = "ending"
    REVIEW_DUE = "review_due"
    NOT_BEGUN = "not_begun"
    UNREVIEWED = "unreviewed"
    ENDED = "ended"
    EXPIRED = "expired"


GIVING = (GrantState.IN_FORCE, GrantState.ENDING, GrantState.REVIEW_DUE)
OVER = (GrantState.ENDED, GrantState.EXPIRED)
STATE_WORDS = {
    GrantState.IN_FORCE: "Vigente",
    GrantState.ENDING: "Por vencer",
    GrantState.REVIEW_DUE: "Por revisar",
    GrantState.NOT_BEGUN: "Aún no empieza",
    GrantState.UNREVIEWED: "Sin revisar",
    GrantState.ENDED: "Terminado",
    GrantState.EXPIRED: "Vencido",
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """Numbers by name and role (empty: any), each with the periods in which it holds."""

    values: Mapping[tuple[str, str], tuple[tuple[Period, int], ...]]

    def on(self, name: str, day: date, role: str = GENERAL) -> int:
        """The number in force on a day, the role's own before the general one. LookupError when none is."""
        for key in dict.fromkeys(((name, role), (name, GENERAL))):
            for period, value in self.values.get(key, ()):
                if period.contains(day):
                    return value
        raise LookupError(f"Ningún valor de [{name}] rige el [{day}].")


def parse_parameters(text: str) -> Parameters:
    """Reads the TOML text. ValueError (Spanish) for what is missing, has no source, or shares a day with another."""
    content = tomllib.loads(text)
    values: dict[tuple[str, str], tuple[tuple[Period, int], ...]] = {}
    for name in NAMES:
        for item in content.get(name, ()):
            key = (name, item.get("role", GENERAL))
            values[key] = (*values.get(key, ()), _dated(item))
        if (name, GENERAL) not in values:
            raise ValueError(f"Falta el parámetro [{name}].")
    for (name, _role), rows in values.items():
        if any(one.overlaps(other) for place, (one, _) in enumerate(rows) for other, _ in rows[place + 1 :]):
            raise ValueError(f"Dos periodos del parámetro [{name}] comparten un día.")
    return Parameters(values)


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
    return parse_parameters((resources.files("creo.support.accounts") / "parameters.toml").read_text("utf-8"))


def lapses_on(reviewed: date, on: date) -> date:
    """The first day on which a grant last looked at on a day gives nothing, by the term in force on `on`."""
    return reviewed + timedelta(days=parameters().on("review_days", on))


def last_day_out(role: str, valid_from: date) -> date:
    """The latest end (first day outside) of a role that begins on a day."""
    return valid_from + timedelta(days=parameters().on("longest_days", valid_from, role))


def grant_state(
    *, valid_from: date, valid_to: date | None, ended_on: date | None, reviewed: date, on: date
) -> GrantState:
    """How a grant stands on a day; `valid_to` and `ended_on` are the first day outside."""
    if ended_on is not None and ended_on <= on:
        return GrantState.ENDED
    if valid_to is not None and valid_to <= on:
        return GrantState.EXPIRED
    lapse, warn = lapses_on(reviewed, on), timedelta(days=parameters().on("warn_days", on))
    if lapse <= on:
        return GrantState.UNREVIEWED
    if valid_from > on:
        return GrantState.NOT_BEGUN
    if lapse <= on + warn and (valid_to is None or valid_to > lapse):
        return GrantState.REVIEW_DUE
    if valid_to is not None and valid_to <= on + warn:
        return GrantState.ENDING
    return GrantState.IN_FORCE

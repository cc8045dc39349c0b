"""The dated numbers of `parameters.toml`."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

from creo.kernel.periods import Period

NAMES = ("exception_longest_days", "stale_after_days", "trend_window_days", "listed_most")


@dataclass(frozen=True, slots=True)
class Parameters:
    """Numbers by name, each with the periods in which it holds."""

    values: Mapping[str, tuple[tuple[Period, int], ...]]

    def on(self, name: str, day: date) -> int:
        """The number in force on a day. LookupError when none is."""
        for period, value in self.values[name]:
            if period.contains(day):
                return value
        raise LookupError(f"Ningún valor de [{name}] rige el [{day}].")


def parse_parameters(text: str) -> Parameters:
    """Reads the TOML text. ValueError (Spanish) for a number that is missing or two that share a day."""
    content = tomllib.loads(text)
    values = {name: tuple(map(_dated, content.get(name, ()))) for name in NAMES}
    for name, rows in values.items():
        if not rows:
            raise ValueError(f"Falta el parámetro [{name}].")
        if any(one.overlaps(other) for place, (one, _) in enumerate(rows) for other, _ in rows[place + 1 :]):
            raise ValueError(f"Dos periodos del parámetro [{name}] comparten un día.")
    return Parameters(values)


def _dated(item: Mapping[str, Any]) -> tuple[Period, int]:
    if not item.get("source"):
        raise ValueError("Todo parámetro dice su fuente.")
    return Period(item["valid_from"], item.get("valid_to")), int(item["value"])


@functools.cache
def parameters() -> Parameters:
    """The parameters that come with the system."""
    return parse_parameters((resources.files("creo.support.quality") / "parameters.toml").read_text("utf-8"))

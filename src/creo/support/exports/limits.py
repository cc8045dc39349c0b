"""How much goes out at once, by dated parameters."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """Rows over which the worker makes the file, rows over which a reason is asked, hours that a file waits."""

    valid_from: date
    worker_over: int
    reason_over: int
    keep_hours: int
    source: str


@cache
def _all() -> tuple[Limits, ...]:
    with (Path(__file__).parent / "parameters.toml").open("rb") as file:
        rows = [Limits(**row) for row in tomllib.load(file)["limits"]]
    return tuple(sorted(rows, key=lambda row: row.valid_from))


def limits_on(day: date) -> Limits:
    """What rules on a day; the first ones for a day before all."""
    return next((row for row in reversed(_all()) if row.valid_from <= day), _all()[0])

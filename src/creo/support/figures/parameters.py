"""From which number of people a cell may be published, as dated data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Limits:
    """`least`: smaller cells are hidden; `round_to`: of places under `small_place` people all is rounded to it."""

    least: int
    round_to: int
    small_place: int
    valid_from: date
    valid_to: date | None
    source: str
    note: str


@cache
def all_limits() -> tuple[Limits, ...]:
    """Every version, as written."""
    text = (resources.files("creo.support.figures") / "parameters.toml").read_text("utf-8")
    return parse_limits(text)


def parse_limits(text: str) -> tuple[Limits, ...]:
    """The versions in a text. ValueError for one that protects nobody."""
    found = tuple(
        Limits(
            least=int(item["least"]),
            round_to=int(item["round_to"]),
            small_place=int(item["small_place"]),
            valid_from=item["valid_from"],
            valid_to=item.get("valid_to"),
            source=item["source"],
            note=item["note"],
        )
        for item in tomllib.loads(text)["figures"]
    )
    for item in found:
        if item.least < 2 or item.round_to < 1 or item.small_place < item.least:
            raise ValueError(f"Límites que no protegen a nadie desde el {item.valid_from}.")
    return found


def limits_on(day: date) -> Limits:
    """The limits in force on a day. LookupError when there are none."""
    for item in all_limits():
        if item.valid_from <= day and (item.valid_to is None or day < item.valid_to):
            return item
    raise LookupError(f"No hay límites de publicación para el {day}.")

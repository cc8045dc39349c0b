"""The dated numbers of `parameters.toml`: which one was in force on a day, and where it comes from."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

from creo.kernel.citations import Citation
from creo.kernel.periods import Period


@dataclass(frozen=True, slots=True)
class DatedPercent:
    """A whole percentage in force during a period."""

    percent: int
    valid: Period
    citation: Citation


@dataclass(frozen=True, slots=True)
class Band:
    """People from `least` on get this letter, until the next band begins; `printed` are the norm's own words."""

    letter: str
    least: int
    printed: str


@dataclass(frozen=True, slots=True)
class DatedBands:
    """A table of bands in force during a period, the highest first."""

    bands: tuple[Band, ...]
    valid: Period
    citation: Citation


@dataclass(frozen=True, slots=True)
class Parameters:
    """Every dated number of the territory."""

    overcrowding: tuple[DatedPercent, ...]
    prison_types: tuple[DatedBands, ...]

    def overcrowding_on(self, day: date) -> DatedPercent | None:
        """The overcrowding threshold in force on a day; None before the first known."""
        return next((item for item in self.overcrowding if item.valid.contains(day)), None)

    def prison_types_on(self, day: date) -> DatedBands | None:
        """The types of prison in force on a day; None before the first known."""
        return next((item for item in self.prison_types if item.valid.contains(day)), None)


def _valid(item: Mapping[str, Any]) -> Period:
    return Period(item["valid_from"], item.get("valid_to"))


def _citation(item: Mapping[str, Any]) -> Citation:
    return Citation(item["source"], item.get("locator", ""), note=item.get("note", ""))


def parse_parameters(text: str) -> Parameters:
    """Reads the TOML text. ValueError (Spanish) when bands are not from high to low or two periods share a day."""
    content = tomllib.loads(text)
    percents = tuple(DatedPercent(item["percent"], _valid(item), _citation(item)) for item in content["overcrowding"])
    tables = []
    for item in content["prison_types"]:
        bands = tuple(Band(band["letter"], band["least"], band["printed"]) for band in item["bands"])
        starts = [band.least for band in bands]
        if starts != sorted(set(starts), reverse=True) or starts[-1] != 0:
            raise ValueError(f"Los tramos de tipo de establecimiento deben bajar hasta 0: [{starts}].")
        tables.append(DatedBands(bands, _valid(item), _citation(item)))
    for periods in ([item.valid for item in percents], [item.valid for item in tables]):
        for place, period in enumerate(periods):
            if any(period.overlaps(other) for other in periods[place + 1 :]):
                raise ValueError(f"Dos parámetros rigen a la vez desde [{period.start}].")
    return Parameters(percents, tuple(tables))


@functools.cache
def parameters() -> Parameters:
    """The parameters shipped with this version."""
    return parse_parameters((resources.files("creo.territory") / "parameters.toml").read_text(encoding="utf-8"))

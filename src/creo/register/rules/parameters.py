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
class AdmissionCountRule:
    """Whether a re-entry by revocation is an admission, during a period."""

    count_revocations: bool
    valid: Period
    citation: Citation


@dataclass(frozen=True, slots=True)
class PlausibleAge:
    """Completed years outside which a birth date deserves a look (`least`) or is refused (`greatest`)."""

    least: int
    greatest: int
    valid: Period
    citation: Citation


@dataclass(frozen=True, slots=True)
class Parameters:
    """Every dated number of the register."""

    admission_counts: tuple[AdmissionCountRule, ...]
    plausible_ages: tuple[PlausibleAge, ...]

    def count_revocations_on(self, day: date) -> bool:
        """Whether a re-entry by revocation counts on a day. LookupError when no rule is in force."""
        return self._admission_count_on(day).count_revocations

    def admission_citation_on(self, day: date) -> Citation:
        """Where the way of counting admissions comes from."""
        return self._admission_count_on(day).citation

    def plausible_age_on(self, day: date) -> PlausibleAge:
        """The plausible ages on a day. LookupError when none is in force."""
        found = next((item for item in self.plausible_ages if item.valid.contains(day)), None)
        if found is None:
            raise LookupError(f"Ningún rango de edad plausible rige el [{day}].")
        return found

    def _admission_count_on(self, day: date) -> AdmissionCountRule:
        found = next((item for item in self.admission_counts if item.valid.contains(day)), None)
        if found is None:
            raise LookupError(f"Ninguna regla de conteo de ingresos rige el [{day}].")
        return found


def _valid(item: Mapping[str, Any]) -> Period:
    return Period(item["valid_from"], item.get("valid_to"))


def _citation(item: Mapping[str, Any]) -> Citation:
    return Citation(item["source"], item.get("locator", ""), note=item.get("note", ""))


def parse_parameters(text: str) -> Parameters:
    """Reads the TOML text. ValueError (Spanish) when two periods of one table share a day."""
    content = tomllib.loads(text)
    counts = tuple(
        AdmissionCountRule(item["count_revocations"], _valid(item), _citation(item))
        for item in content["admission_count"]
    )
    ages = tuple(
        PlausibleAge(item["least"], item["greatest"], _valid(item), _citation(item))
        for item in content["plausible_age"]
    )
    for periods in ([item.valid for item in counts], [item.valid for item in ages]):
        for place, period in enumerate(periods):
            if any(period.overlaps(other) for other in periods[place + 1 :]):
                raise ValueError("Dos periodos de un mismo parámetro comparten un día.")
    return Parameters(counts, ages)


@functools.cache
def parameters() -> Parameters:
    """The parameters that come with the system."""
    return parse_parameters((resources.files("creo.register") / "parameters.toml").read_text("utf-8"))

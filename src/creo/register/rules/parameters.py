"""The dated numbers of `parameters.toml`: which one was in force on a day, and where it comes from."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib import resources
from typing import Any

from creo.kernel.citations import Citation
from creo.kernel.periods import Period
from creo.register.rules.stays import Episode, admission_count, uncounted_entries
from creo.register.rules.vocabulary import EntryKind


@dataclass(frozen=True, slots=True)
class AdmissionCountRule:
    """Whether a re-entry by revocation, and a recapture after an escape, is an admission, during a period."""

    count_revocations: bool
    count_recaptures: bool
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
class ExitPermitRule:
    """The greatest length of an exit permit, in hours, during a period."""

    max_hours: int
    valid: Period
    citation: Citation


@dataclass(frozen=True, slots=True)
class Parameters:
    """Every dated number of the register."""

    admission_counts: tuple[AdmissionCountRule, ...]
    plausible_ages: tuple[PlausibleAge, ...]
    exit_permits: tuple[ExitPermitRule, ...] = ()

    def count_revocations_on(self, day: date) -> bool:
        """Whether a re-entry by revocation counts on a day. LookupError when no rule is in force."""
        return self._admission_count_on(day).count_revocations

    def count_recaptures_on(self, day: date) -> bool:
        """Whether a recapture counts on a day. LookupError when no rule is in force."""
        return self._admission_count_on(day).count_recaptures

    def uncounted_entries_on(self, day: date) -> frozenset[EntryKind]:
        """The kinds of entry that are no admission on a day. LookupError when no rule is in force."""
        rule = self._admission_count_on(day)
        return uncounted_entries(count_revocations=rule.count_revocations, count_recaptures=rule.count_recaptures)

    def count_admissions(self, episodes: Iterable[Episode], as_of: date) -> int:
        """Admissions up to a day by the rule in force on it (C-10). LookupError when no rule is in force."""
        rule = self._admission_count_on(as_of)
        return admission_count(
            episodes, as_of, count_revocations=rule.count_revocations, count_recaptures=rule.count_recaptures
        )

    def exit_permit_on(self, day: date) -> ExitPermitRule:
        """The rule of exit permits on a day. LookupError when none is in force."""
        found = next((item for item in self.exit_permits if item.valid.contains(day)), None)
        if found is None:
            raise LookupError(f"Ninguna regla de permisos de salida rige el [{day}].")
        return found

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
        AdmissionCountRule(
            item["count_revocations"], item.get("count_recaptures", False), _valid(item), _citation(item)
        )
        for item in content["admission_count"]
    )
    ages = tuple(
        PlausibleAge(item["least"], item["greatest"], _valid(item), _citation(item))
        for item in content["plausible_age"]
    )
    permits = tuple(
        ExitPermitRule(item["max_hours"], _valid(item), _citation(item)) for item in content.get("exit_permit", ())
    )
    for periods in ([item.valid for item in counts], [item.valid for item in ages], [item.valid for item in permits]):
        for place, period in enumerate(periods):
            if any(period.overlaps(other) for other in periods[place + 1 :]):
                raise ValueError("Dos periodos de un mismo parámetro comparten un día.")
    return Parameters(counts, ages, permits)


def exit_permit_due(on: date, at: time | None, hours: int) -> datetime:
    """When a permit of some hours ends. Of one whose hour of departure is not known, the end of its last day."""
    if at is None:
        days = -(-hours // 24)
        return datetime.combine(on + timedelta(days=days), time.max.replace(microsecond=0))
    return datetime.combine(on, at) + timedelta(hours=hours)


@functools.cache
def parameters() -> Parameters:
    """The parameters that come with the system."""
    return parse_parameters((resources.files("creo.register") / "parameters.toml").read_text("utf-8"))

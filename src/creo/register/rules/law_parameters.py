"""The dated numbers of the computation of penalties, from `parameters.toml`; what was not found says so."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any, Protocol

from creo.kernel.citations import Citation
from creo.kernel.periods import Period


@dataclass(frozen=True, slots=True)
class CreditRule:
    """How many days of penalty some days of earlier detention pay, during a period."""

    days_of_detention: int
    days_of_penalty: int
    valid: Period
    citation: Citation

    def credited(self, detained: int) -> int:
        """Days of penalty that some days of detention pay; a part of a day pays nothing."""
        return detained * self.days_of_penalty // self.days_of_detention


@dataclass(frozen=True, slots=True)
class TermRule:
    """How a term is counted on the calendar, during a period."""

    valid: Period
    citation: Citation


@dataclass(frozen=True, slots=True)
class CapRule:
    """The most years that penalties served one after another may add up to; None: not found, nothing is capped."""

    years: int | None
    valid: Period
    citation: Citation


class _Dated(Protocol):
    @property
    def valid(self) -> Period: ...


@dataclass(frozen=True, slots=True)
class LawParameters:
    """Every dated number of the computation."""

    credits: tuple[CreditRule, ...]
    terms: tuple[TermRule, ...]
    caps: tuple[CapRule, ...]

    def credit_on(self, day: date) -> CreditRule:
        """How detention is credited in sentences of a day. LookupError when no rule is in force."""
        return _on(self.credits, day, "abono de detención")

    def term_on(self, day: date) -> TermRule:
        """How the terms of sentences of a day are counted. LookupError when no rule is in force."""
        return _on(self.terms, day, "cómputo de plazos")

    def cap_on(self, day: date) -> CapRule:
        """The cap on sentences of a day. LookupError when no rule is in force."""
        return _on(self.caps, day, "tope de la suma de penas")


def _on[Rule: _Dated](rules: Sequence[Rule], day: date, what: str) -> Rule:
    found = next((rule for rule in rules if rule.valid.contains(day)), None)
    if found is None:
        raise LookupError(f"Ninguna regla de {what} rige el [{day}].")
    return found


def _valid(item: Mapping[str, Any]) -> Period:
    return Period(item["valid_from"], item.get("valid_to"))


def _citation(item: Mapping[str, Any]) -> Citation:
    return Citation(item["source"], item.get("locator", ""), note=item.get("note", ""))


def parse_law_parameters(text: str) -> LawParameters:
    """Reads the TOML text. ValueError (Spanish) for periods that share a day, or a cap that is found without years."""
    content = tomllib.loads(text)
    credits = tuple(
        CreditRule(item["days_of_detention"], item["days_of_penalty"], _valid(item), _citation(item))
        for item in content["detention_credit"]
    )
    terms = tuple(TermRule(_valid(item), _citation(item)) for item in content["term_count"])
    caps = tuple(_cap(item) for item in content["consecutive_cap"])
    if any(rule.days_of_detention < 1 or rule.days_of_penalty < 1 for rule in credits):
        raise ValueError("El abono de detención se expresa en días enteros, desde uno.")
    for group in (credits, terms, caps):
        periods = [rule.valid for rule in group]
        for place, period in enumerate(periods):
            if any(period.overlaps(other) for other in periods[place + 1 :]):
                raise ValueError("Dos periodos de un mismo parámetro comparten un día.")
    return LawParameters(credits, terms, caps)


def _cap(item: Mapping[str, Any]) -> CapRule:
    years = item.get("years") if item["found"] else None
    if item["found"] and (not isinstance(years, int) or years < 1):
        raise ValueError("Un tope encontrado lleva sus años.")
    return CapRule(years, _valid(item), _citation(item))


@functools.cache
def law_parameters() -> LawParameters:
    """The parameters that come with the system."""
    return parse_law_parameters((resources.files("creo.register") / "parameters.toml").read_text("utf-8"))

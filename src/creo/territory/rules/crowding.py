"""Capacity in time, overcrowding and type of prison. Every answer carries its source; no data is no answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from creo.kernel.citations import Citation
from creo.kernel.periods import Period
from creo.kernel.verdicts import Outcome, Reason, Verdict
from creo.territory.rules.dated import Parameters, parameters


class SexHeld(StrEnum):
    """Who is held: read from the published figures by sex, not a legal designation."""

    MEN = "men"
    WOMEN = "women"
    MIXED = "mixed"

    @property
    def word(self) -> str:
        """The word shown to people (Spanish)."""
        return {"men": "Hombres", "women": "Mujeres", "mixed": "Mixto"}[self.value]


@dataclass(frozen=True, slots=True)
class Capacity:
    """Places of a facility during a period, as one or more publications gave them."""

    places: int
    valid: Period
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Occupancy:
    """People against places. `excess` may be negative (free places); None where a figure is missing."""

    population: int | None
    capacity: int | None
    excess: int | None
    percent: Decimal | None
    verdict: Verdict

    @property
    def overcrowded(self) -> Outcome:
        """MET: overcrowded; NOT_MET: not; UNKNOWN: a figure or the threshold is missing."""
        return self.verdict.outcome


@dataclass(frozen=True, slots=True)
class PrisonType:
    """Letter A to D by population, the norm's words for it, and its article."""

    letter: str
    printed: str
    citation: Citation


def sex_held(men: int, women: int) -> SexHeld | None:
    """Men only, women only or mixed, from people held by sex; None when nobody is held (nothing can be read)."""
    if men and women:
        return SexHeld.MIXED
    if men:
        return SexHeld.MEN
    return SexHeld.WOMEN if women else None


def capacity_spans(publications: Iterable[tuple[date, int, str]]) -> tuple[Capacity, ...]:
    """Published capacities (month, places, source) as periods: each stands until a later publication gives another.

    A value may have changed between two publications; the change is dated at the first one that shows it.
    """
    spans: list[tuple[date, int, list[str]]] = []
    for month, places, source in sorted(publications):
        if spans and spans[-1][1] == places:
            spans[-1][2].append(source)
        else:
            spans.append((month, places, [source]))
    ends = [*(start for start, _, _ in spans[1:]), None]
    return tuple(
        Capacity(places, Period(start, end), tuple(sources))
        for (start, places, sources), end in zip(spans, ends, strict=False)
    )


def overcrowding(
    population: int | None, capacity: int | None, as_of: date, *, rules: Parameters | None = None
) -> Verdict:
    """MET when people exceed places by more than the threshold in force (INPE: 20 % of capacity), exactly computed."""
    limit = (rules or parameters()).overcrowding_on(as_of)
    missing = [
        name
        for name, value in (("la población", population), ("la capacidad", capacity), ("el umbral vigente", limit))
        if value is None
    ]
    title = "Hacinamiento"
    if limit is None or population is None or capacity is None:
        reason = Reason(
            code="overcrowding",
            title=title,
            outcome=Outcome.UNKNOWN,
            fact=f"Falta {' y '.join(missing)}.",
            citation=limit.citation if limit else None,
            action="Registrar la capacidad con su fuente." if capacity is None else "",
        )
        return Verdict(Outcome.UNKNOWN, (reason,))
    # Whole numbers: 20 % of 194 must not depend on a rounding of 38.8.
    exceeded = (population - capacity) * 100 > limit.percent * capacity
    outcome = Outcome.MET if exceeded else Outcome.NOT_MET
    people, places = (f"{value:,}".replace(",", "\u202f") for value in (population, capacity))
    fact = f"{people} personas en {places} plazas; el umbral es {limit.percent} % de sobrepoblación."
    return Verdict(outcome, (Reason("overcrowding", title, outcome, fact, limit.citation, changes_on=limit.valid.end),))


def within_limit(verdict: Verdict) -> Verdict:
    """The overcrowding verdict as a criterion to be met: within the limit is a yes, overcrowded a no."""
    reasons = tuple(
        replace(reason, code="within_limit", title="Población dentro del límite", outcome=reason.outcome.negated)
        for reason in verdict.reasons
    )
    return Verdict(verdict.outcome.negated, reasons, verdict.changes_on, verdict.provisional)


def occupancy(population: int | None, capacity: int | None, as_of: date) -> Occupancy:
    """Excess people, as a number and as per cent of capacity (one decimal), with the overcrowding verdict."""
    verdict = overcrowding(population, capacity, as_of)
    if population is None or capacity is None:
        return Occupancy(population, capacity, None, None, verdict)
    excess = population - capacity
    percent = None
    if capacity:
        percent = (Decimal(excess) * 100 / capacity).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return Occupancy(population, capacity, excess, percent, verdict)


def prison_type(population: int | None, as_of: date, *, rules: Parameters | None = None) -> PrisonType | None:
    """Type A to D by population (ROF of INPE, art. 66); None without a population or before the norm."""
    table = (rules or parameters()).prison_types_on(as_of)
    if table is None or population is None:
        return None
    band = next(band for band in table.bands if population >= band.least)
    return PrisonType(band.letter, band.printed, table.citation)

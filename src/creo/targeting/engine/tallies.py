"""Counts of a run, prison by prison, so that whoever sees some prisons sees the sums of those and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from creo.kernel.columns import UNKNOWN_DAY, CategoryColumn, DateColumn, day_number
from creo.kernel.criteria import Criteria, Test, outcomes
from creo.kernel.periods import latest_birth_for
from creo.kernel.verdicts import Outcome
from creo.targeting import rules
from creo.targeting.engine.freezing import People
from creo.targeting.engine.running import Answers

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

BIRTH_DATE = "birth_date"
MAIN_ARTICLE = "main_article"
OUTCOMES = 3


@dataclass(frozen=True)
class Tallies:
    """Whole-number counts; the first axis is always the prison, in the order of `facilities`.

    `cells`: family, age band, outcome. `funnel`: people who meet the first criteria, step by step. `missing`:
    undecided people by (criterion, fact) that is not known; `only`: those who lack nothing else. `excluded` and
    `held_back`: people who meet every criterion and whom an exclusion leaves out, or leaves undecided.
    """

    facilities: tuple[int, ...]
    families: tuple[str, ...]
    cells: NDArray[np.int64]
    funnel: NDArray[np.int64]
    gaps: tuple[tuple[str, str], ...]
    missing: NDArray[np.int64]
    only: NDArray[np.int64]
    exclusions: tuple[str, ...]
    excluded: NDArray[np.int64]
    held_back: NDArray[np.int64]

    def as_data(self) -> dict[str, Any]:
        """Plain data for a JSON column."""
        return {
            "facilities": list(self.facilities),
            "families": list(self.families),
            "cells": [place.ravel().tolist() for place in self.cells],
            "steps": self.funnel.shape[1],
            "funnel": self.funnel.tolist(),
            "gaps": [list(gap) for gap in self.gaps],
            "missing": self.missing.tolist(),
            "only": self.only.tolist(),
            "exclusions": list(self.exclusions),
            "excluded": self.excluded.tolist(),
            "held_back": self.held_back.tolist(),
        }


def tally(people: People, criteria: Criteria, answers: Answers, families: Sequence[rules.Family]) -> Tallies:
    """Every count a run shows."""
    import numpy as np

    keys, places = np.unique(people.facilities, return_inverse=True)
    codes = tuple(code for code, _ in rules.family_titles(families))
    gaps, missing, only = _gaps(people, criteria, answers, places, len(keys))
    exclusions, excluded, held_back = _exclusions(people, criteria, answers, places, len(keys))
    return Tallies(
        facilities=tuple(keys.tolist()),
        families=codes,
        cells=_cells(people, answers, families, codes, places, len(keys)),
        funnel=_funnel(people, criteria, answers, places, len(keys)),
        gaps=gaps,
        missing=missing,
        only=only,
        exclusions=exclusions,
        excluded=excluded,
        held_back=held_back,
    )


def by_facility(mask: NDArray[np.bool_], places: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """How many of the mask are in each prison."""
    import numpy as np

    counts: NDArray[np.int64] = np.bincount(places[mask], minlength=size)
    return counts


def bands(column: DateColumn, as_of: date) -> NDArray[np.int64]:
    """Each person's age band (place in rules.AGE_BANDS; the last place is "no birth date")."""
    import numpy as np

    # A person is in a later band the earlier they were born: count the bands whose first age they have completed.
    firsts = [day_number(latest_birth_for(low, as_of)) for low, _ in rules.AGE_BANDS]
    found = np.searchsorted(-np.asarray(firsts), -column.days.astype(np.int64), side="right") - 1
    # Born after the day: younger than any band; the record is wrong and counts as the youngest.
    found = np.maximum(found, 0)
    found[column.days == UNKNOWN_DAY] = len(rules.AGE_BANDS)
    return found


def _cells(
    people: People,
    answers: Answers,
    families: Sequence[rules.Family],
    codes: Sequence[str],
    places: NDArray[np.int64],
    size: int,
) -> NDArray[np.int64]:
    import numpy as np

    family = _family_places(people.columns, families, codes, len(people))
    born = people.columns.get(BIRTH_DATE)
    width = len(rules.AGE_BANDS) + 1
    band = bands(born, people.as_of) if isinstance(born, DateColumn) else np.full(len(people), width - 1)
    index = ((places * len(codes) + family) * width + band) * OUTCOMES + answers.total
    shape = (size, len(codes), width, OUTCOMES)
    return np.bincount(index, minlength=int(np.prod(shape))).reshape(shape)


def _family_places(
    columns: Mapping[str, Any], families: Sequence[rules.Family], codes: Sequence[str], size: int
) -> NDArray[np.int64]:
    import numpy as np

    articles = columns.get(MAIN_ARTICLE)
    if not isinstance(articles, CategoryColumn):
        return np.full(size, codes.index(rules.NO_FAMILY))
    # One look-up a distinct article; the last place serves the code -1: no article recorded.
    table = [codes.index(rules.family_of(value, families)) for value in articles.values]
    table.append(codes.index(rules.NO_FAMILY))
    return np.asarray(table, dtype=np.int64).take(articles.codes, mode="wrap")


def _funnel(
    people: People, criteria: Criteria, answers: Answers, places: NDArray[np.int64], size: int
) -> NDArray[np.int64]:
    """Everybody, then who meets the criteria one after another, exclusions last and together."""
    import numpy as np

    order = rules.funnel_order(criteria, people.as_of)
    standing = np.ones(len(people), dtype=bool)
    counts = [by_facility(standing, places, size)]
    done = 0
    for step in rules.funnel_steps(criteria, people.as_of):
        for place in order[done : step.upto]:
            standing &= answers.evaluation.by_criterion[place] == Outcome.MET
        done = step.upto
        counts.append(by_facility(standing, places, size))
    return np.stack(counts, axis=1)


def _gaps(
    people: People, criteria: Criteria, answers: Answers, places: NDArray[np.int64], size: int
) -> tuple[tuple[tuple[str, str], ...], NDArray[np.int64], NDArray[np.int64]]:
    """Undecided people by the fact that is not known, criterion by criterion."""
    import numpy as np

    undecided = answers.total == Outcome.UNKNOWN
    gaps: list[tuple[str, str]] = []
    masks: list[NDArray[np.bool_]] = []
    by_fact: dict[str, NDArray[np.bool_]] = {}
    for row, item in enumerate(criteria.in_force(people.as_of)):
        open_here = undecided & (answers.evaluation.by_criterion[row] == Outcome.UNKNOWN)
        for fact in sorted(item.test.facts):
            mask = open_here & _unknown(people, item.test, fact)
            gaps.append((item.code, fact))
            masks.append(mask)
            by_fact[fact] = by_fact[fact] | mask if fact in by_fact else mask
    lacking = np.sum(list(by_fact.values()), axis=0, dtype=np.int64)
    return (
        tuple(gaps),
        np.stack([by_facility(mask, places, size) for mask in masks], axis=1),
        np.stack([by_facility(mask & (lacking == 1), places, size) for mask in masks], axis=1),
    )


def _unknown(people: People, test: Test, fact: str) -> NDArray[np.bool_]:
    """Where a fact of a test cannot be answered: not recorded, or recorded so that no rule can read it."""
    import numpy as np

    columns = [outcomes(leaf, people.columns, people.as_of) for leaf in rules.leaves(test) if leaf.fact == fact]
    absent: NDArray[np.bool_] = np.logical_or.reduce([column == Outcome.UNKNOWN for column in columns])
    return absent


def _exclusions(
    people: People, criteria: Criteria, answers: Answers, places: NDArray[np.int64], size: int
) -> tuple[tuple[str, ...], NDArray[np.int64], NDArray[np.int64]]:
    import numpy as np

    items = criteria.in_force(people.as_of)
    rows = answers.evaluation.by_criterion
    standing = np.ones(len(people), dtype=bool)
    for row, item in enumerate(items):
        if not item.is_exclusion:
            standing &= rows[row] == Outcome.MET
    found = [(item.code, row) for row, item in enumerate(items) if item.is_exclusion]
    empty = np.zeros((size, 0), dtype=np.int64)

    def counts(outcome: Outcome) -> NDArray[np.int64]:
        columns = [by_facility(standing & (rows[row] == outcome), places, size) for _, row in found]
        return np.stack(columns, axis=1) if columns else empty

    return tuple(code for code, _ in found), counts(Outcome.NOT_MET), counts(Outcome.UNKNOWN)

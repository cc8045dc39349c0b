"""Criteria as a set: the whole rule, for one person with reasons or for everybody in columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from creo.kernel.citations import Citation
from creo.kernel.columns import Column
from creo.kernel.criteria.trees import AllOf, AnyOf, Facts, Test
from creo.kernel.periods import Period
from creo.kernel.verdicts import Outcome, Reason, Verdict, all_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Rows answered at a time: small enough that a block of outcomes stays in the processor's cache.
BLOCK = 1 << 17


@dataclass(frozen=True)
class Criterion:
    """One named test with its source, what to ask when a fact is missing and who can answer.

    A criterion with a `valid` period is left out on days outside it: a law that was not yet in force asks nothing.
    """

    code: str
    title: str
    test: Test
    citation: Citation | None = None
    missing: str = ""
    responsible: str = ""
    valid: Period | None = None
    is_exclusion: bool = False

    def applies(self, as_of: date) -> bool:
        """True on the days when the criterion is in force."""
        return self.valid is None or self.valid.contains(as_of)

    def turning_days(self, facts: Facts) -> list[date]:
        """Days on which the answer may change without a new fact."""
        days = list(self.test.turning_days(facts))
        if self.valid is not None:
            days += [day for day in (self.valid.start, self.valid.end) if day is not None]
        return days

    def reason(self, facts: Facts, as_of: date, evidence: Mapping[str, str]) -> Reason:
        """The answer for one person, with the evidence text of each fact it looked at."""
        outcome = self.test.answer(facts, as_of)
        return Reason(
            code=self.code,
            title=self.title,
            outcome=outcome,
            fact="; ".join(_evidence(fact, facts, evidence) for fact in _in_order(self.test)),
            citation=self.citation,
            action=self.missing if outcome is Outcome.UNKNOWN else "",
            responsible=self.responsible if outcome is Outcome.UNKNOWN else "",
            changes_on=self._changes_on(facts, as_of, outcome),
        )

    def _changes_on(self, facts: Facts, as_of: date, now: Outcome) -> date | None:
        for day in sorted(set(self.test.turning_days(facts))):
            if day > as_of and self.test.answer(facts, day) is not now:
                return day
        return None


@dataclass(frozen=True)
class Evaluation:
    """Outcomes of a population: one per person, and one per criterion (row) and person (column)."""

    codes: tuple[str, ...]
    total: NDArray[np.int8]
    by_criterion: NDArray[np.int8]

    def counts(self) -> dict[str, int]:
        """How many are eligible, undecided and not eligible."""
        import numpy as np

        not_met, unknown, met = np.bincount(self.total, minlength=3).tolist()
        return {"eligible": met, "undecided": unknown, "not_eligible": not_met}


@dataclass(frozen=True)
class Criteria:
    """Criteria that must all be met."""

    items: tuple[Criterion, ...]

    def __iter__(self) -> Iterator[Criterion]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def facts(self) -> frozenset[str]:
        """Every fact some criterion looks at."""
        return frozenset().union(*(item.test.facts for item in self.items))

    def in_force(self, as_of: date) -> tuple[Criterion, ...]:
        """The criteria that apply on a day."""
        return tuple(item for item in self.items if item.applies(as_of))

    def answer(self, facts: Facts, as_of: date) -> Outcome:
        """The outcome for one person."""
        return all_of(item.test.answer(facts, as_of) for item in self.in_force(as_of))

    def explain(self, facts: Facts, as_of: date, evidence: Mapping[str, str] | None = None) -> Verdict:
        """The verdict for one person: a reason per criterion, and the next day on which the outcome changes.

        `evidence` words each fact for people ("un solo episodio desde 14 mar 2026"); without it the raw value shows.
        """
        reasons = tuple(item.reason(facts, as_of, evidence or {}) for item in self.in_force(as_of))
        outcome = all_of(reason.outcome for reason in reasons)
        return Verdict(outcome, reasons, self._changes_on(facts, as_of, outcome))

    def _changes_on(self, facts: Facts, as_of: date, now: Outcome) -> date | None:
        days = {day for item in self.items for day in item.turning_days(facts) if day > as_of}
        return next((day for day in sorted(days) if self.answer(facts, day) is not now), None)

    def evaluate(self, columns: Mapping[str, Column], as_of: date) -> Evaluation:
        """Outcomes of everybody in the columns, all of one length. KeyError names a fact without its column."""
        import numpy as np

        items = self.in_force(as_of)
        wanted = {fact: columns[fact] for item in items for fact in item.test.facts}
        sizes = {len(column) for column in wanted.values()} or {len(column) for column in columns.values()}
        if len(sizes) > 1:
            raise ValueError("Las columnas de datos no tienen el mismo largo.")
        size = sizes.pop() if sizes else 0
        plans = [item.test.plan(wanted, as_of) for item in items]
        by_criterion = np.empty((len(items), size), dtype=np.int8)
        total = np.full(size, Outcome.MET, dtype=np.int8)
        for start in range(0, size, BLOCK):
            stretch = slice(start, start + BLOCK)
            here = total[stretch]
            for row, plan in enumerate(plans):
                found = plan(stretch)
                by_criterion[row, stretch] = found
                np.minimum(here, found, out=here)
        return Evaluation(tuple(item.code for item in items), total, by_criterion)


def _in_order(test: Test) -> list[str]:
    """The facts in the order in which the rule names them, each once."""
    if isinstance(test, AllOf | AnyOf):
        names = [name for part in test.parts for name in _in_order(part)]
        return list(dict.fromkeys(names))
    return sorted(test.facts)


def _evidence(fact: str, facts: Facts, evidence: Mapping[str, str]) -> str:
    if fact in evidence:
        return evidence[fact]
    value = facts.get(fact)
    return "sin dato" if value is None else str(value)

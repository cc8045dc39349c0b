"""The answer of a rule: met, not met or unknown, with one reason per criterion and the day on which it may change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from creo.kernel.citations import Citation


class Outcome(IntEnum):
    """Three-valued answer, ordered so that Kleene's "and" is the minimum and "or" the maximum."""

    NOT_MET = 0
    UNKNOWN = 1
    MET = 2

    @property
    def word(self) -> str:
        """The word shown to people (Spanish)."""
        return _WORDS[self]

    @property
    def negated(self) -> Outcome:
        """Kleene's "not": unknown stays unknown."""
        return Outcome(2 - self)


_WORDS = {Outcome.NOT_MET: "No cumple", Outcome.UNKNOWN: "Sin dato", Outcome.MET: "Cumple"}


def all_of(outcomes: Iterable[Outcome]) -> Outcome:
    """Met when every part is; not met as soon as one is not; an empty list is met."""
    return min(outcomes, default=Outcome.MET)


def any_of(outcomes: Iterable[Outcome]) -> Outcome:
    """Met as soon as one part is; an empty list is not met."""
    return max(outcomes, default=Outcome.NOT_MET)


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion's answer: the fact it saw, where the rule comes from, and what to do when the fact is missing."""

    code: str
    title: str
    outcome: Outcome
    fact: str = ""
    citation: Citation | None = None
    action: str = ""
    responsible: str = ""
    changes_on: date | None = None
    children: tuple[Reason, ...] = ()

    def walk(self) -> Iterator[Reason]:
        """This reason and all below it, top down."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole answer. `changes_on` is the next day on which it becomes another one if no fact changes before."""

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    changes_on: date | None = None
    provisional: bool = False

    @property
    def failed(self) -> tuple[Reason, ...]:
        """Every criterion that is not met, not only the first."""
        return tuple(reason for reason in self.reasons if reason.outcome is Outcome.NOT_MET)

    @property
    def missing(self) -> tuple[Reason, ...]:
        """Every criterion that cannot be decided yet."""
        return tuple(reason for reason in self.reasons if reason.outcome is Outcome.UNKNOWN)

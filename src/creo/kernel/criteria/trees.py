"""The tests a criterion is made of. Each answers for one person and for columns of people."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from creo.kernel.columns import UNKNOWN_DAY, CategoryColumn, Column, DateColumn, day_number
from creo.kernel.criteria.articles import ArticleRange, is_article
from creo.kernel.periods import birthday, completed_years, latest_birth_for
from creo.kernel.verdicts import Outcome, all_of, any_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Facts = Mapping[str, Any]
# What answers a stretch of people, once everything that is the same for all of them has been worked out.
Plan = Callable[[slice], "NDArray[np.int8]"]
EVERYBODY = slice(None)
LAST_BYTE = 255


class Test(Protocol):
    """What every test promises: its facts, its answer for one person, and the days on which age may change it."""

    @property
    def facts(self) -> frozenset[str]:
        """The facts it looks at."""
        ...

    def answer(self, facts: Facts, as_of: date) -> Outcome:
        """The outcome for one person; a fact that is absent or None is unknown."""
        ...

    def turning_days(self, facts: Facts) -> Iterable[date]:
        """Days on which time alone may change the answer."""
        ...

    def plan(self, columns: Mapping[str, Column], as_of: date) -> Plan:
        """How to answer any stretch of the people in the columns."""
        ...


def outcomes(test: Test, columns: Mapping[str, Column], as_of: date) -> NDArray[np.int8]:
    """The outcomes of everybody in the columns to one test."""
    return test.plan(columns, as_of)(EVERYBODY)


def per_value(test: Test, column: CategoryColumn, fact: str, as_of: date) -> Plan:
    """Answers once per distinct value and spreads the answers; the code of "unknown" has its own answer."""
    import numpy as np

    answers = [int(test.answer({fact: value}, as_of)) for value in column.values]
    blank = int(test.answer({fact: None}, as_of))
    codes = column.codes
    if len(answers) < LAST_BYTE:
        # One byte a person through a table of 256: three times as fast as indexing. The code -1 becomes the last byte.
        table = bytes([*answers, *[blank] * (LAST_BYTE + 1 - len(answers))])
        return lambda part: np.frombuffer(bytearray(codes[part].astype(np.uint8)).translate(table), dtype=np.int8)
    wide = np.asarray([*answers, blank], dtype=np.int8)
    return lambda part: wide.take(codes[part], mode="wrap")


@dataclass(frozen=True)
class _Leaf:
    """A test of one fact with a closed set of values."""

    fact: str

    @property
    def facts(self) -> frozenset[str]:
        """The one fact it looks at."""
        return frozenset({self.fact})

    def turning_days(self, facts: Facts) -> Iterable[date]:
        """None: time alone does not change it."""
        return ()

    def plan(self, columns: Mapping[str, Column], as_of: date) -> Plan:
        """Outcomes by value."""
        return per_value(self, _category(columns, self.fact), self.fact, as_of)

    def answer(self, facts: Facts, as_of: date) -> Outcome:
        """Unknown when the fact is; otherwise what `holds` says."""
        value = facts.get(self.fact)
        if value is None:
            return Outcome.UNKNOWN
        return Outcome.MET if self.holds(value) else Outcome.NOT_MET

    def holds(self, value: Any) -> bool:
        """True when a known value passes."""
        raise TypeError("Una prueba concreta dice qué valores acepta.")


@dataclass(frozen=True)
class OneOf(_Leaf):
    """The fact is one of the listed values; True and 1 are told apart."""

    values: tuple[Hashable, ...]

    def holds(self, value: Any) -> bool:
        """True when the value is listed, with the same type of truth."""
        return any(value == item and isinstance(value, bool) == isinstance(item, bool) for item in self.values)


@dataclass(frozen=True)
class Between(_Leaf):
    """The fact is a number from `low` to `high`, both included; None leaves a side open."""

    low: int | None
    high: int | None

    def holds(self, value: Any) -> bool:
        """True inside the bounds."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True)
class Articles(_Leaf):
    """The fact is an article inside one of the ranges.

    A text that is no article ("189 inc. 2") is unknown: one careless row neither decides nor stops a national run.
    """

    ranges: tuple[ArticleRange, ...]

    def answer(self, facts: Facts, as_of: date) -> Outcome:
        """Unknown without an article, or with a text that is none."""
        value = facts.get(self.fact)
        if value is None or not is_article(value):
            return Outcome.UNKNOWN
        return Outcome.MET if self.holds(value) else Outcome.NOT_MET

    def holds(self, value: Any) -> bool:
        """True when one range holds the article."""
        return any(part.holds(value) for part in self.ranges)


@dataclass(frozen=True)
class AgeBetween(_Leaf):
    """Completed years from `low` to `high`, both included, counted from the birth date in `fact`."""

    low: int
    high: int

    def answer(self, facts: Facts, as_of: date) -> Outcome:
        """Unknown without a birth date."""
        born = facts.get(self.fact)
        if born is None:
            return Outcome.UNKNOWN
        return Outcome.MET if self.low <= completed_years(born, as_of) <= self.high else Outcome.NOT_MET

    def turning_days(self, facts: Facts) -> Iterable[date]:
        """The birthdays on which the person enters and leaves the band."""
        born = facts.get(self.fact)
        return () if born is None else (birthday(born, self.low), birthday(born, self.high + 1))

    def plan(self, columns: Mapping[str, Column], as_of: date) -> Plan:
        """Two comparisons of birth dates; unknown where there is none."""
        import numpy as np

        column = columns[self.fact]
        if not isinstance(column, DateColumn):
            raise TypeError(f"«{self.fact}» debe llegar como columna de fechas.")
        latest = day_number(latest_birth_for(self.low, as_of))
        earliest = day_number(latest_birth_for(self.high + 1, as_of)) + 1

        def answer(part: slice) -> NDArray[np.int8]:
            days = column.days[part]
            inside = (days >= earliest) & (days <= latest)
            found: NDArray[np.int8] = inside.view(np.int8) << 1
            found += (days == UNKNOWN_DAY).view(np.int8)
            return found

        return answer


@dataclass(frozen=True)
class _Group:
    """Several tests under one word."""

    parts: tuple[Test, ...]

    @property
    def facts(self) -> frozenset[str]:
        """The facts of all parts."""
        return frozenset().union(*(part.facts for part in self.parts))

    def turning_days(self, facts: Facts) -> Iterable[date]:
        """The days of all parts."""
        return [day for part in self.parts for day in part.turning_days(facts)]


@dataclass(frozen=True)
class AllOf(_Group):
    """Every part (Kleene's "and": the minimum)."""

    def answer(self, facts: Facts, as_of: date) -> Outcome:
        """The least of the parts' answers."""
        return all_of(part.answer(facts, as_of) for part in self.parts)

    def plan(self, columns: Mapping[str, Column], as_of: date) -> Plan:
        """The least of the parts' outcomes."""
        import numpy as np

        return _folded(self, columns, as_of, np.minimum)


@dataclass(frozen=True)
class AnyOf(_Group):
    """At least one part (Kleene's "or": the maximum)."""

    def answer(self, facts: Facts, as_of: date) -> Outcome:
        """The greatest of the parts' answers."""
        return any_of(part.answer(facts, as_of) for part in self.parts)

    def plan(self, columns: Mapping[str, Column], as_of: date) -> Plan:
        """The greatest of the parts' outcomes."""
        import numpy as np

        return _folded(self, columns, as_of, np.maximum)


@dataclass(frozen=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: Test

    @property
    def facts(self) -> frozenset[str]:
        """The part's facts."""
        return self.part.facts

    def answer(self, facts: Facts, as_of: date) -> Outcome:
        """The part's answer, turned round."""
        return self.part.answer(facts, as_of).negated

    def turning_days(self, facts: Facts) -> Iterable[date]:
        """The part's days."""
        return self.part.turning_days(facts)

    def plan(self, columns: Mapping[str, Column], as_of: date) -> Plan:
        """The part's outcomes, turned round."""
        inner = self.part.plan(columns, as_of)
        return lambda stretch: 2 - inner(stretch)


def _category(columns: Mapping[str, Column], fact: str) -> CategoryColumn:
    column = columns[fact]
    if not isinstance(column, CategoryColumn):
        raise TypeError(f"«{fact}» debe llegar como columna de categorías.")
    return column


def _folded(group: AllOf | AnyOf, columns: Mapping[str, Column], as_of: date, fold: Any) -> Plan:
    """Folds the parts' outcomes; a group about one category fact is answered once per value instead."""
    if len(group.facts) == 1:
        (fact,) = group.facts
        column = columns[fact]
        if isinstance(column, CategoryColumn):
            return per_value(group, column, fact, as_of)
    first, *rest = (part.plan(columns, as_of) for part in group.parts)

    def answer(stretch: slice) -> NDArray[np.int8]:
        found = first(stretch)
        for part in rest:
            fold(found, part(stretch), out=found)
        return found

    return answer

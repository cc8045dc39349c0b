"""The same day looked at twice: who came, who went, whose facts and answers are others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from creo.kernel.columns import UNKNOWN_CODE, CategoryColumn, Column, DateColumn
from creo.targeting import rules
from creo.targeting.engine.freezing import People
from creo.targeting.engine.running import Answers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PLACE = "facility"


@dataclass(frozen=True)
class Changes:
    """People only in the second look, only in the first, and among the common ones: facts that differ (by name, how
    many people) and answers that differ ("eligible>undecided", how many)."""

    arrived: int
    gone: int
    facts: dict[str, int]
    answers: dict[str, int]


def changes(old: People, new: People, before: Answers, after: Answers) -> Changes:
    """What a second look at the same day finds. Facts that only one side has count as changed for everybody known."""
    import numpy as np

    _, was, now = np.intersect1d(old.persons, new.persons, assume_unique=True, return_indices=True)
    facts = {
        name: count
        for name in sorted({*old.columns, *new.columns})
        if (count := _differing(old.columns, new.columns, name, was, now))
    }
    moved = int(np.count_nonzero(old.facilities[was] != new.facilities[now]))
    if moved and PLACE not in facts:
        facts[PLACE] = moved
    pairs = before.total[was].astype(np.int64) * 3 + after.total[now]
    counts = np.bincount(pairs, minlength=9).tolist()
    return Changes(
        arrived=len(new) - len(was),
        gone=len(old) - len(was),
        facts=facts,
        answers={
            f"{rules.result_of(pair // 3)}>{rules.result_of(pair % 3)}": count
            for pair, count in enumerate(counts)
            if count and pair // 3 != pair % 3
        },
    )


def _differing(
    old: Mapping[str, Column], new: Mapping[str, Column], name: str, was: NDArray[Any], now: NDArray[Any]
) -> int:
    import numpy as np

    first, second = old.get(name), new.get(name)
    if isinstance(first, DateColumn) and isinstance(second, DateColumn):
        return int(np.count_nonzero(first.days[was] != second.days[now]))
    if isinstance(first, CategoryColumn) and isinstance(second, CategoryColumn):
        return int(np.count_nonzero(_renumbered(first, second)[first.codes[was]] != second.codes[now]))
    return len(was)


def _renumbered(first: CategoryColumn, second: CategoryColumn) -> NDArray[np.int64]:
    """For each code of the first column its code in the second; -2 for a value that the second never has."""
    import numpy as np

    places = {(type(value), value): code for code, value in enumerate(second.values)}
    table = [places.get((type(value), value), -2) for value in first.values]
    return np.asarray([*table, UNKNOWN_CODE], dtype=np.int64)

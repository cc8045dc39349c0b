"""The same people under another rule: who enters, who leaves, prison by prison. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from creo.kernel.verdicts import Outcome
from creo.targeting.engine.freezing import People
from creo.targeting.engine.running import Answers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MEASURES = ("eligible", "undecided", "enter", "leave")


@dataclass(frozen=True)
class Comparison:
    """Counts by prison under another rule, against the rule of the run."""

    facilities: tuple[int, ...]
    eligible: tuple[int, ...]
    undecided: tuple[int, ...]
    enter: tuple[int, ...]
    leave: tuple[int, ...]

    def as_data(self) -> dict[str, Any]:
        """Plain data for a JSON column; the prisons stand once in the run's own counts."""
        return {name: list(getattr(self, name)) for name in MEASURES}


def movers(base: Answers, other: Answers) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who becomes eligible and who stops being so, as masks."""
    before, after = base.total == Outcome.MET, other.total == Outcome.MET
    return after & ~before, before & ~after


def compare(people: People, base: Answers, other: Answers) -> Comparison:
    """Counts by prison of another rule over the same people."""
    import numpy as np

    keys, places = np.unique(people.facilities, return_inverse=True)
    enter, leave = movers(base, other)

    def counts(mask: NDArray[np.bool_]) -> tuple[int, ...]:
        return tuple(np.bincount(places[mask], minlength=len(keys)).tolist())

    return Comparison(
        tuple(keys.tolist()),
        counts(other.total == Outcome.MET),
        counts(other.total == Outcome.UNKNOWN),
        counts(enter),
        counts(leave),
    )

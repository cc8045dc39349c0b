"""The answers of everybody to one rule."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from creo.kernel.criteria import Criteria, Evaluation
from creo.targeting.engine.freezing import People

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Answers:
    """One outcome per person, and one per criterion in force and person."""

    evaluation: Evaluation

    @property
    def total(self) -> NDArray[np.int8]:
        """The outcome of each person."""
        return self.evaluation.total

    def texts(self) -> list[str]:
        """Each person's outcome per criterion as digits, in the order of the criteria in force: "2120"."""
        import numpy as np

        grid = self.evaluation.by_criterion
        if not len(grid):
            return [""] * len(self.total)
        digits = np.ascontiguousarray(grid.T + ord("0")).astype(np.uint8)
        return [str(text, "ascii") for text in digits.view(f"S{len(grid)}").ravel().tolist()]

    def digest(self) -> str:
        """SHA-256 of every outcome: two runs with an equal digest say the same of everybody."""
        found = hashlib.sha256(",".join(self.evaluation.codes).encode())
        found.update(self.evaluation.total.tobytes())
        found.update(self.evaluation.by_criterion.tobytes())
        return found.hexdigest()


def answer(people: People, criteria: Criteria) -> Answers:
    """Evaluates everybody. KeyError names a fact that the columns do not have."""
    return Answers(criteria.evaluate(people.columns, people.as_of))

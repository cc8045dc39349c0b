"""The three answers of targeting, in words."""

from __future__ import annotations

from enum import StrEnum

from creo.kernel.verdicts import Outcome


class Result(StrEnum):
    """What a person is for the programme. Missing data is never a yes or a no (C-01, C-10, C-11)."""

    ELIGIBLE = "eligible"
    UNDECIDED = "undecided"
    NOT_ELIGIBLE = "not_eligible"

    @property
    def outcome(self) -> Outcome:
        """The kernel's outcome behind the word."""
        return _OUTCOMES[self]

    @property
    def word(self) -> str:
        """For one person: "Elegible"."""
        return _WORDS[self]

    @property
    def plural(self) -> str:
        """For a list: "Elegibles"."""
        return _PLURALS[self]


_OUTCOMES = {
    Result.ELIGIBLE: Outcome.MET,
    Result.UNDECIDED: Outcome.UNKNOWN,
    Result.NOT_ELIGIBLE: Outcome.NOT_MET,
}
_WORDS = {
    Result.ELIGIBLE: "Elegible",
    Result.UNDECIDED: "Por decidir",
    Result.NOT_ELIGIBLE: "No elegible",
}
_PLURALS = {
    Result.ELIGIBLE: "Elegibles",
    Result.UNDECIDED: "Por decidir",
    Result.NOT_ELIGIBLE: "No elegibles",
}
_RESULTS = {outcome: result for result, outcome in _OUTCOMES.items()}


def result_of(outcome: int) -> Result:
    """The answer for an outcome (0, 1, 2). ValueError for any other number."""
    return _RESULTS[Outcome(outcome)]

"""What somebody must decide about an enrolment after the person's record has changed.

The system ends no enrolment: it asks (Ley 29733 art. 23; C-52). Passing the maximum age is no reason to ask: who was
enrolled in range stays (C-01).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from creo.kernel.criteria import AgeBetween, Criteria
from creo.kernel.verdicts import Outcome, Reason, Verdict
from creo.targeting.rules.enrolment import aged_out
from creo.targeting.rules.rulesets import leaves


class Concern(StrEnum):
    """Why an open enrolment needs a decision."""

    TWICE = "twice"
    DIED = "died"
    LEFT = "left"
    MOVED = "moved"
    NOT_ELIGIBLE = "not_eligible"
    UNDECIDED = "undecided"


# What happened, in one line.
CONCERN_WORDS = {
    Concern.TWICE: "Una persona tiene dos inscripciones abiertas",
    Concern.DIED: "Falleció una persona inscrita",
    Concern.LEFT: "Una persona inscrita ya no está en custodia",
    Concern.MOVED: "Una persona inscrita fue trasladada",
    Concern.NOT_ELIGIBLE: "Una persona inscrita ya no cumple los criterios",
    Concern.UNDECIDED: "A una persona inscrita le falta un dato para decidir",
}


@dataclass(frozen=True, slots=True)
class OpenEnrolment:
    """An enrolment that lasts, and the prison it was made in."""

    id: int
    facility: str
    since: date


@dataclass(frozen=True, slots=True)
class Situation:
    """How a person is today. `arrived_on` is the day they came to the present prison, `left_on` the day they left.

    `age_codes` are the criteria that ask for an age, `highest` the maximum age that they still accept.
    """

    in_custody: bool
    facility: str
    arrived_on: date | None
    left_on: date | None
    died_on: date | None
    born: date | None
    verdict: Verdict
    age_codes: frozenset[str]
    highest: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to decide. `key` names the situation: the same one gives the same key, another one another key."""

    concern: Concern
    key: str
    enrolment: OpenEnrolment


def questions(situation: Situation, enrolments: Iterable[OpenEnrolment]) -> list[Question]:
    """What must be decided about somebody's open enrolments of one programme; nothing without one.

    A person who died or left is asked about once: their criteria matter no more.
    """
    open_ones = sorted(enrolments, key=lambda item: item.id)
    if not open_ones:
        return []
    found = []
    if len(open_ones) > 1:
        ids = ",".join(str(item.id) for item in open_ones)
        found.append(Question(Concern.TWICE, f"{key_prefix()}{Concern.TWICE.value}:{ids}", open_ones[-1]))
    return found + [question for item in open_ones for question in _about(item, situation)]


def key_prefix(enrolment_id: int | None = None) -> str:
    """How the keys of the questions about one enrolment begin; without it, of those about all of them together."""
    return f"enrolment:{'all' if enrolment_id is None else enrolment_id}:"


def age_codes(criteria: Criteria) -> frozenset[str]:
    """The criteria that ask for an age."""
    asks = (item.code for item in criteria if any(isinstance(leaf, AgeBetween) for leaf in leaves(item.test)))
    return frozenset(asks)


def _unmet(item: OpenEnrolment, situation: Situation) -> list[Reason]:
    """The criteria not met, but that of the age when they have only grown older since their enrolment (C-01).

    Whose birth date was corrected so that they never were in range has not grown older: that is asked.
    """
    in_range_then = not aged_out(situation.born, situation.highest, item.since)
    return [reason for reason in situation.verdict.failed if not (in_range_then and reason.code in situation.age_codes)]


def _about(item: OpenEnrolment, situation: Situation) -> list[Question]:
    if situation.died_on is not None:
        return [_question(Concern.DIED, situation.died_on.isoformat(), item)]
    if not situation.in_custody:
        return [_question(Concern.LEFT, _day(situation.left_on), item)]
    found = []
    if situation.facility and situation.facility != item.facility:
        found.append(_question(Concern.MOVED, f"{situation.facility}:{_day(situation.arrived_on)}", item))
    unmet = _unmet(item, situation)
    if unmet:
        found.append(_question(Concern.NOT_ELIGIBLE, _mark(unmet), item))
    elif situation.verdict.outcome is Outcome.UNKNOWN:
        found.append(_question(Concern.UNDECIDED, _mark(situation.verdict.missing), item))
    return found


def _question(concern: Concern, mark: str, item: OpenEnrolment) -> Question:
    return Question(concern, f"{key_prefix(item.id)}{concern.value}:{mark}", item)


def _mark(reasons: Iterable[Reason]) -> str:
    """Which criteria: another set of them is another situation."""
    codes = ",".join(sorted(reason.code for reason in reasons))
    return hashlib.sha256(codes.encode()).hexdigest()[:16]


def _day(day: date | None) -> str:
    return day.isoformat() if day else "?"

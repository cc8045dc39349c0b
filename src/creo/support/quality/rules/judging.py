"""The state of a check: what was found against its limits. What could not be looked at is unknown, never good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding of the check harms people or decisions about them."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class State(StrEnum):
    """Four answers. Ordered by how urgently somebody must look: see `Judgement.urgency`."""

    OVER_HARD = "over_hard"
    OVER_SOFT = "over_soft"
    UNKNOWN = "unknown"
    OK = "ok"


class LimitKind(StrEnum):
    """What limits are compared with: findings left, or findings left for each unit looked at (0 to 1)."""

    COUNT = "count"
    RATE = "rate"


SEVERITY_WORDS: Mapping[str, str] = {Severity.HIGH: "Alta", Severity.MEDIUM: "Media", Severity.LOW: "Baja"}
STATE_WORDS: Mapping[str, str] = {
    State.OVER_HARD: "Sobre el máximo",
    State.OVER_SOFT: "En alerta",
    State.UNKNOWN: "Sin dato",
    State.OK: "En orden",
}
LIMIT_PROBLEM_WORDS: Mapping[str, str] = {
    "negative": "Un límite no es negativo.",
    "crossed": "El límite de alerta no supera al límite máximo.",
    "over_one": "Una proporción va de 0 a 1 (de 0 a 100 %).",
    "not_whole": "Una cantidad es un número entero.",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """From `valid_from`: more than `soft` is a warning, more than `hard` is not acceptable. The limit itself passes."""

    kind: LimitKind
    soft: Decimal
    hard: Decimal
    valid_from: date | None = None

    def __post_init__(self) -> None:
        problems = limit_problems(self.kind, self.soft, self.hard)
        if problems:
            raise ValueError(" ".join(LIMIT_PROBLEM_WORDS[problem] for problem in problems))


@dataclass(frozen=True, slots=True)
class Observed:
    """What one look counted. `population` None: nobody knows how many units there are; `unseen`: places not looked at.

    `ran` False: the check could not run at all, and its numbers mean nothing.
    """

    found: int = 0
    excepted: int = 0
    population: int | None = None
    unseen: int = 0
    ran: bool = True
    on: date | None = None

    @property
    def left(self) -> int:
        """Findings that no exception covers."""
        return self.found - self.excepted

    @property
    def rate(self) -> Decimal | None:
        """Findings left for each unit; None without units."""
        return Decimal(self.left) / self.population if self.population else None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The state and why: which limit was passed; for an unknown: it never ran, is old, or saw a part."""

    state: State
    why: str
    left: int | None
    rate: Decimal | None
    limits: Limits

    @property
    def urgency(self) -> int:
        """0 is most urgent."""
        return list(State).index(self.state)


def limit_problems(kind: LimitKind, soft: Decimal, hard: Decimal) -> list[str]:
    """Every contradiction of two limits, as keys of LIMIT_PROBLEM_WORDS; empty when there is none."""
    problems = []
    if soft < 0 or hard < 0:
        problems.append("negative")
    if soft > hard:
        problems.append("crossed")
    if kind is LimitKind.RATE and hard > 1:
        problems.append("over_one")
    if kind is LimitKind.COUNT and (soft != soft.to_integral_value() or hard != hard.to_integral_value()):
        problems.append("not_whole")
    return problems


def limits_on(day: date, default: Limits, changes: Iterable[Limits]) -> Limits:
    """The limits in force on a day: the last change begun by then, else the default.

    `changes` come in the order in which they were decided; of two for the same day the later decision holds. A change
    of another kind than the default's was written for an earlier definition of the check and does not count.
    """
    found, begun = default, None
    for change in changes:
        if change.kind is not default.kind or change.valid_from is None or change.valid_from > day:
            continue
        if begun is None or change.valid_from >= begun:
            found, begun = change, change.valid_from
    return found


def judge(observed: Observed | None, limits: Limits, *, as_of: date, stale_after: int | None = None) -> Judgement:
    """The state on a day. Findings over a limit say so even when a part was not seen; "ok" needs everything seen.

    `stale_after`: days after which a look no longer speaks for the day (None: it always does).
    """

    def answer(state: State, why: str) -> Judgement:
        if state is State.UNKNOWN and why != "partly_unseen":
            return Judgement(state, why, None, None, limits)
        assert observed is not None
        return Judgement(state, why, observed.left, observed.rate, limits)

    if observed is None:
        return answer(State.UNKNOWN, "never_ran")
    if not observed.ran:
        return answer(State.UNKNOWN, "did_not_run")
    if stale_after is not None and observed.on is not None and (as_of - observed.on).days > stale_after:
        return answer(State.UNKNOWN, "stale")
    if limits.kind is LimitKind.RATE and observed.population is None and observed.left > 0:
        return answer(State.UNKNOWN, "no_population")
    if _exceeds(observed, limits.hard, limits.kind):
        return answer(State.OVER_HARD, "over_hard")
    if _exceeds(observed, limits.soft, limits.kind):
        return answer(State.OVER_SOFT, "over_soft")
    if observed.unseen:
        return answer(State.UNKNOWN, "partly_unseen")
    return answer(State.OK, "within")


def _exceeds(observed: Observed, limit: Decimal, kind: LimitKind) -> bool:
    # Multiplied, not divided: exact, and with no unit at all any finding is too many.
    return observed.left > (limit * (observed.population or 0) if kind is LimitKind.RATE else limit)


def added(parts: Iterable[Observed]) -> Observed | None:
    """Places together: sums; a population that one part does not know is unknown. None without parts."""
    total: Observed | None = None
    for part in parts:
        if total is None:
            total = part
            continue
        known = total.population is not None and part.population is not None
        total = Observed(
            found=total.found + part.found,
            excepted=total.excepted + part.excepted,
            population=(total.population or 0) + (part.population or 0) if known else None,
            unseen=total.unseen + part.unseen,
            ran=total.ran and part.ran,
            on=total.on,
        )
    return total

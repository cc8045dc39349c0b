"""How a check moves over time: its direction, and since when it is as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from creo.support.quality.rules.judging import Judgement, LimitKind, State


class Direction(StrEnum):
    """Where the findings left are going."""

    BETTER = "better"
    WORSE = "worse"
    STEADY = "steady"
    UNKNOWN = "unknown"


DIRECTION_WORDS: Mapping[str, str] = {
    Direction.BETTER: "Mejora",
    Direction.WORSE: "Empeora",
    Direction.STEADY: "Sin cambio",
    Direction.UNKNOWN: "Sin historia",
}


@dataclass(frozen=True, slots=True)
class Point:
    """One day of a check's history, judged with the limits of that day."""

    on: date
    judgement: Judgement

    @property
    def value(self) -> int | None:
        """Findings left; None where they are not known."""
        return self.judgement.left

    @property
    def measure(self) -> Decimal | None:
        """What the limits look at: findings left, or their share; None where it is not known."""
        if self.judgement.limits.kind is LimitKind.RATE and self.judgement.left:
            return self.judgement.rate
        return None if self.judgement.left is None else Decimal(self.judgement.left)


@dataclass(frozen=True, slots=True)
class Trend:
    """The direction against the last known point at least `window` days earlier, and the first day of the state."""

    direction: Direction
    since: date | None
    compared_with: date | None


def trend(points: Sequence[Point], *, window: int) -> Trend:
    """The trend of a history in the order of its days. Without an earlier point to compare with it is unknown."""
    if not points:
        return Trend(Direction.UNKNOWN, None, None)
    last = points[-1]
    since = last.on
    for point in reversed(points):
        if point.judgement.state is not last.judgement.state:
            break
        since = point.on
    limit = last.on - timedelta(days=window)
    earlier = next((point for point in reversed(points[:-1]) if point.on <= limit and point.measure is not None), None)
    if earlier is None:
        # A history shorter than the window is compared with its first known day.
        earlier = next((point for point in points[:-1] if point.measure is not None), None)
    if earlier is None or last.measure is None or earlier.measure is None or last.judgement.state is State.UNKNOWN:
        return Trend(Direction.UNKNOWN, since, None)
    return Trend(_compared(last.measure, earlier.measure), since, earlier.on)


def _compared(now: Decimal, before: Decimal) -> Direction:
    if now == before:
        return Direction.STEADY
    return Direction.WORSE if now > before else Direction.BETTER

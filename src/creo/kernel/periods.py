"""Dates and half-open periods: the only date arithmetic of the system.

A period holds its first day and not its last: `end` is the first day outside. An open end is None, never a magic date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` (included) to `end` (excluded; None = still open)."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"El periodo termina ({self.end}) antes de empezar ({self.start}).")

    @property
    def is_open(self) -> bool:
        """True while no end is known."""
        return self.end is None

    @property
    def days(self) -> int | None:
        """Number of days held; None while the period is open."""
        return None if self.end is None else (self.end - self.start).days

    def contains(self, day: date) -> bool:
        """True when `day` lies inside; the end itself does not."""
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: Period) -> bool:
        """True when both hold at least one common day; an empty period overlaps nothing."""
        return self.intersect(other) is not None

    def intersect(self, other: Period) -> Period | None:
        """The common days, or None when there is none."""
        start = max(self.start, other.start)
        ends = [end for end in (self.end, other.end) if end is not None]
        end = min(ends) if ends else None
        if end is not None and end <= start:
            return None
        return Period(start, end)


def completed_years(born: date, on: date) -> int:
    """Completed years of age on a day; someone born on 29 February completes the year on 1 March of common years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def birthday(born: date, years: int) -> date:
    """The first day on which `years` are completed (see `completed_years` for 29 February)."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def latest_birth_for(age: int, on: date) -> date:
    """The latest birth date that has `age` completed years on a day: born later means younger."""
    try:
        return on.replace(year=on.year - age)
    except ValueError:  # 29 February seen from a common year: whoever was born on 28 February has completed it.
        return on.replace(year=on.year - age, day=28)


def next_day(day: date) -> date:
    """The day after."""
    return day + timedelta(days=1)

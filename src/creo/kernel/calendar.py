"""Working days in Peru: Monday to Friday less public holidays (DL 713 art. 6 and later laws, as kept by `holidays`).

Days off decreed for the public sector alone change from year to year: they are data that the office loads (`extra`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache


@lru_cache(maxsize=256)
def peruvian_holidays(year: int) -> frozenset[date]:
    """The national public holidays of a year, with the law in force that year."""
    import holidays  # Slow to import, wanted only where deadlines are counted.

    return frozenset(holidays.country_holidays("PE", years=year))


@dataclass(frozen=True)
class WorkingCalendar:
    """Counts working days; deadlines start on the day after the act (TUO LPAG, DS 004-2019-JUS art. 144)."""

    extra: frozenset[date] = field(default_factory=frozenset)

    @classmethod
    def peru(cls, extra: Iterable[date] = ()) -> WorkingCalendar:
        """Peru's calendar, with further days off of the office."""
        return cls(frozenset(extra))

    def is_working_day(self, day: date) -> bool:
        """True from Monday to Friday unless it is a holiday or a decreed day off."""
        return day.weekday() < 5 and day not in self.extra and day not in peruvian_holidays(day.year)

    def add_working_days(self, start: date, count: int) -> date:
        """The last day of a deadline of `count` working days that begins on the day after `start`."""
        if count < 0:
            raise ValueError("Un plazo se cuenta hacia adelante.")
        day = start
        while count:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days in the half-open span from `start` to `end`; 0 when it is empty."""
        span = max((end - start).days, 0)
        return sum(self.is_working_day(start + timedelta(days=offset)) for offset in range(span))

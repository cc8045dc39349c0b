"""Working days, against a walk day by day over the holidays printed by law."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creo.kernel.calendar import WorkingCalendar

# DL 713 art. 6 and later laws (31022, 31381, 31530, 31788, 31822), as in force in 2026; Easter of 2026 is 5 April.
HOLIDAYS_2026 = {
    date(2026, 1, 1), date(2026, 4, 2), date(2026, 4, 3), date(2026, 5, 1), date(2026, 6, 7), date(2026, 6, 29),
    date(2026, 7, 23), date(2026, 7, 28), date(2026, 7, 29), date(2026, 8, 6), date(2026, 8, 30), date(2026, 10, 8),
    date(2026, 11, 1), date(2026, 12, 8), date(2026, 12, 9), date(2026, 12, 25),
}  # fmt: skip
PERU = WorkingCalendar.peru()


def works(day: date) -> bool:
    return day.isoweekday() not in (6, 7) and day not in HOLIDAYS_2026


def test_every_day_of_2026() -> None:
    year = [date(2026, 1, 1) + timedelta(offset) for offset in range(365)]
    assert [day for day in year if PERU.is_working_day(day) != works(day)] == []


@settings(deadline=None)
@given(st.dates(date(2026, 1, 1), date(2026, 10, 1)), st.integers(1, 40))
def test_a_deadline_ends_on_a_working_day_and_holds_its_count(start: date, count: int) -> None:
    end = PERU.add_working_days(start, count)
    assert works(end)
    assert sum(works(start + timedelta(offset)) for offset in range(1, (end - start).days + 1)) == count


@settings(deadline=None)
@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(-5, 60))
def test_working_days_between_counts_the_half_open_span(start: date, length: int) -> None:
    end = min(start + timedelta(length), date(2027, 1, 1))
    span = [start + timedelta(offset) for offset in range((end - start).days)]
    assert PERU.working_days_between(start, end) == sum(map(works, span))


def test_days_off_of_the_office_are_added() -> None:
    bridge = date(2026, 7, 27)
    assert PERU.is_working_day(bridge)
    assert not WorkingCalendar.peru([bridge]).is_working_day(bridge)
    assert WorkingCalendar.peru([bridge]).add_working_days(date(2026, 7, 24), 1) == date(2026, 7, 30)


def test_a_deadline_backwards_is_refused_and_of_no_days_is_its_start() -> None:
    assert PERU.add_working_days(date(2026, 1, 1), 0) == date(2026, 1, 1)
    with pytest.raises(ValueError, match="hacia adelante"):
        PERU.add_working_days(date(2026, 1, 1), -1)

"""Periods and ages, against the calendar itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creo.kernel.periods import Period, birthday, completed_years, latest_birth_for, next_day

days = st.dates(date(1999, 12, 20), date(2000, 3, 10))
periods = st.builds(
    lambda start, length: Period(start, None if length is None else start + timedelta(length)),
    days,
    st.none() | st.integers(0, 40),
)


def held(period: Period) -> set[date]:
    """The days of a period, one by one, inside a year that holds every period made here."""
    all_days = (date(1999, 12, 1) + timedelta(offset) for offset in range(366))
    return {day for day in all_days if period.start <= day and (period.end is None or day < period.end)}


@given(periods, days)
def test_a_period_contains_its_days_and_no_other(period: Period, day: date) -> None:
    assert period.contains(day) == (day in held(period))


@given(periods, periods)
def test_the_common_days_of_two_periods_are_their_intersection(one: Period, other: Period) -> None:
    common = held(one) & held(other)
    shared = one.intersect(other)
    assert (held(shared) if shared else set()) == common
    assert one.overlaps(other) == other.overlaps(one) == bool(common)


@given(periods)
def test_days_counts_the_days_held(period: Period) -> None:
    assert period.days == (None if period.is_open else len(held(period)))


def test_the_end_is_outside_and_an_open_period_has_none() -> None:
    year = Period(date(2026, 1, 1), date(2027, 1, 1))
    assert year.contains(date(2026, 12, 31))
    assert not year.contains(date(2027, 1, 1))
    assert Period(date(2026, 1, 1)).contains(date(9999, 12, 31))
    assert not year.overlaps(Period(date(2027, 1, 1)))


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="antes de empezar"):
        Period(date(2026, 1, 2), date(2026, 1, 1))


@settings(max_examples=60, deadline=None)
@given(st.dates(date(1996, 1, 1), date(2004, 12, 31)), st.integers(0, 9))
def test_age_grows_by_one_exactly_on_each_birthday(born: date, years: int) -> None:
    day = birthday(born, years)
    assert completed_years(born, day) == years
    assert completed_years(born, day - timedelta(1)) == years - 1
    grows = [
        born + timedelta(offset)
        for offset in range(1, 366 * 10)
        if completed_years(born, born + timedelta(offset)) > completed_years(born, born + timedelta(offset - 1))
    ]
    assert (years == 0) or day in grows


@given(st.integers(0, 40), st.dates(date(1996, 2, 27), date(2004, 3, 2)))
def test_the_latest_birth_for_an_age_is_the_last_day_that_has_it(age: int, on: date) -> None:
    latest = latest_birth_for(age, on)
    assert completed_years(latest, on) >= age
    assert completed_years(next_day(latest), on) < age


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2008, 2, 29), date(2026, 2, 28), 17),  # In a common year the leap-day birthday is 1 March.
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(1991, 11, 23), date(2026, 11, 22), 34),
        (date(1991, 11, 23), date(2026, 11, 23), 35),
        (date(2027, 1, 1), date(2026, 11, 23), -1),  # Not born yet: never inside an age band.
    ],
)
def test_completed_years(born: date, on: date, years: int) -> None:
    assert completed_years(born, on) == years

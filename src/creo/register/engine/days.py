"""Columns of dates: numpy days, and the little arithmetic they need."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Days = NDArray[np.datetime64]

NO_DATE = np.datetime64("NaT", "D")
_A_YEAR = np.timedelta64(12, "M")


def span(days: ArrayLike) -> NDArray[np.timedelta64]:
    """So many days, to add to a date."""
    return np.asarray(days).astype("timedelta64[D]")


def day_numbers(dates: Days) -> NDArray[np.int64]:
    """Days since 1970, for sorting and counting."""
    return dates.astype("datetime64[D]").astype(np.int64)


def days_between(first: Days, last: Days | np.datetime64) -> NDArray[np.int64]:
    """Number of days from one date to another."""
    return np.asarray((last - first).astype(np.int64))


def anniversary(birth: Days, years: int) -> Days:
    """The day on which somebody completes the years; born on 29 February, 1 March of common years (as the kernel)."""
    month = birth.astype("datetime64[M]")
    return (month + _A_YEAR * years).astype("datetime64[D]") + (birth - month.astype("datetime64[D]"))


def no_dates(size: int) -> Days:
    """A column of «no date»."""
    return np.full(size, NO_DATE, dtype="datetime64[D]")

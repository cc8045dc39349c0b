"""Columns keep every value apart, and "unknown" apart from all of them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.kernel.columns import EPOCH, MOST_VALUES, UNKNOWN_CODE, UNKNOWN_DAY, categories, coded, date_days, dates


@given(st.lists(st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "1", "sí"])))
def test_a_category_column_gives_back_its_values(values: list[object]) -> None:
    column = categories(values)
    back = [None if code == UNKNOWN_CODE else column.values[code] for code in column.codes.tolist()]
    assert [(type(value), value) for value in back] == [(type(value), value) for value in values]
    assert len(column) == len(values)


@given(st.lists(st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1))))
def test_a_date_column_gives_back_its_dates(values: list[date | None]) -> None:
    column = dates(values)
    back = [None if day == UNKNOWN_DAY else EPOCH + timedelta(day) for day in column.days.tolist()]
    assert back == values
    assert len(column) == len(values)


@pytest.mark.parametrize("codes", [[0, 2], [-2], [2**16], [2**16 - 1]])
def test_a_code_without_value_is_refused_even_when_it_would_wrap_round(codes: list[int]) -> None:
    with pytest.raises(ValueError, match="no tiene valor"):
        coded(np.asarray(codes), ["a", "b"])


def test_more_values_than_codes_are_refused() -> None:
    with pytest.raises(ValueError, match="valores distintos"):
        categories(range(MOST_VALUES + 1))


def test_days_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="no cabe"):
        date_days(np.asarray([2**31]))
    assert date_days(np.asarray([UNKNOWN_DAY, 0])).days.dtype == np.int32

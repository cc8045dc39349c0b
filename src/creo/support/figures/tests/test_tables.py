"""Tables published together: totals agree about what is hidden, small places are rounded, limits are dated."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creo.support.figures.intervals import TOTAL, Range, ranges
from creo.support.figures.parameters import limits_on, parse_limits
from creo.support.figures.suppression import Stop, Unpublishable, Why, suppress_list
from creo.support.figures.tables import ReadyTable, digest, ready
from creo.support.figures.tests.factories import BIG, TODAY, raw

LIMITS = limits_on(TODAY)
COUNT = st.one_of(st.just(0), st.integers(1, 9), st.integers(10, 60), st.integers(60, 900))


def totals(table: ReadyTable) -> list[int | None]:
    """The totals of places as published."""
    return [line[-1].value for line in table.cells[:-1]]


@settings(max_examples=40)
@given(st.lists(st.lists(COUNT, min_size=3, max_size=3), min_size=2, max_size=6), st.integers(0, 1000))
def test_what_one_table_hides_of_a_prison_no_other_shows(cells: list[list[int]], share: int) -> None:
    first = raw(cells)
    second = raw([[sum(line) * share // 1000, sum(line) - sum(line) * share // 1000] for line in cells], "second")
    try:
        one, two = ready([first, second], LIMITS, {})
    except Unpublishable:
        return
    assert totals(one) == totals(two)
    for table, counts in ((one, first.counts), (two, second.counts)):
        hidden = _hidden(table)
        found = ranges(counts.values(), hidden)
        for place in hidden:
            if 0 < counts.values()[place] < LIMITS.least:
                assert _contains(found[place], 1, LIMITS.least - 1)


def _hidden(table: ReadyTable) -> set[tuple[int, int]]:
    height, width = len(table.rows.codes), len(table.columns.codes)
    return {
        (row if row < height else TOTAL, column if column < width else TOTAL)
        for row, line in enumerate(table.cells)
        for column, cell in enumerate(line)
        if cell.value is None
    }


def _contains(found: Range, least: int, most: int) -> bool:
    return found.least <= least and (found.most is None or found.most >= most)


@given(st.lists(COUNT, min_size=1, max_size=12))
def test_hidden_totals_of_a_list_hide_each_other(values: list[int]) -> None:
    try:
        hidden = suppress_list(values, least=10, before=[()] * len(values), told=values)
    except Unpublishable:
        # Nothing else could have helped: everything there is counts too few.
        assert sum(values) < 9 or sum(1 for value in values if value) < 2
        return
    together = sum(values[number] for number in hidden)
    assert all(number in hidden for number, value in enumerate(values) if 0 < value < 10)
    assert not hidden or together >= 9
    assert len(hidden) != 1


def test_a_small_prison_is_rounded_and_a_big_one_is_not() -> None:
    (table,) = ready([raw([[33, 42, 17], [120, 340, 40], [500, 60, 70]])], LIMITS, {})
    assert [cell.value for cell in table.cells[0]] == [35, 40, 15, 90]
    assert [cell.rounded for cell in table.cells[0]] == [True] * 4
    assert table.cells[2][0].value == 500
    assert not table.cells[2][0].rounded


def test_a_nought_is_shown_as_one() -> None:
    (table,) = ready([raw([[0, 120], [200, 300]])], LIMITS, {})
    assert table.cells[0][0].value == 0
    assert table.hidden == 0


def test_tables_of_different_people_are_not_published_together() -> None:
    with pytest.raises(Unpublishable) as stopped:
        ready([raw(BIG), raw([line[:2] for line in BIG], "other")], LIMITS, {})
    assert stopped.value.stop is Stop.DIFFERENT_PEOPLE


def test_a_prison_whose_total_changed_a_little_is_hidden_with_another() -> None:
    told = {("by-group", "P0", ""): {460}}  # 464 now
    (table,) = ready([raw(BIG)], LIMITS, told)
    assert table.cells[0][-1].why == Why.CHANGE
    assert sum(cell is None for cell in totals(table)) >= 2


def test_two_readings_of_the_same_tables_have_one_digest_and_another_cell_another() -> None:
    once, again = ready([raw(BIG)], LIMITS, {}), ready([raw(BIG)], LIMITS, {})
    other = ready([raw([[121, 340, 4], *BIG[1:]])], LIMITS, {})
    assert digest(once) == digest(again) != digest(other)


def test_limits_that_protect_nobody_are_refused() -> None:
    text = '[[figures]]\nleast = 1\nround_to = 5\nsmall_place = 100\nvalid_from = 1900-01-01\nsource = ""\nnote = ""\n'
    with pytest.raises(ValueError, match="no protegen"):
        parse_limits(text)


def test_the_limits_are_those_of_the_day() -> None:
    assert limits_on(date(2026, 11, 23)).least == 10
    assert replace(LIMITS, valid_to=date(2026, 1, 1)).valid_to is not None
    with pytest.raises(LookupError):
        limits_on(date(1800, 1, 1))

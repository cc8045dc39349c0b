"""What can be worked out about hidden cells, against every table there is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.support.figures.intervals import TOTAL, Counts, Range, ranges
from creo.support.figures.tests import twin


@st.composite
def hidden_tables(draw: st.DrawFn) -> tuple[Counts, set[tuple[int, int]]]:
    """A small table with some of its cells and totals hidden; its whole total is shown."""
    height, width = draw(st.sampled_from([(1, 2), (1, 3), (2, 2), (2, 3), (3, 2)]))
    most = 4 if height * width < 6 else 2
    counts = Counts.of([[draw(st.integers(0, most)) for _ in range(width)] for _ in range(height)])
    places = sorted(set(counts.values()) - {(TOTAL, TOTAL)})
    return counts, set(draw(st.lists(st.sampled_from(places), unique=True)))


@given(hidden_tables())
def test_the_bounds_are_those_of_every_table_that_shows_the_same(
    given_table: tuple[Counts, set[tuple[int, int]]],
) -> None:
    counts, hidden = given_table
    assert ranges(counts.values(), hidden) == twin.ranges(counts, hidden)


def test_a_cell_hidden_alone_is_found_again_by_subtraction() -> None:
    counts = Counts.of([[3, 40], [50, 60]])
    assert ranges(counts.values(), {(0, 0)}) == {(0, 0): Range(3, 3)}


def test_two_cells_of_one_row_are_found_again_by_their_columns() -> None:
    counts = Counts.of([[3, 40], [50, 60]])
    assert ranges(counts.values(), {(0, 0), (0, 1)}) == {(0, 0): Range(3, 3), (0, 1): Range(40, 40)}


def test_a_rectangle_hides() -> None:
    counts = Counts.of([[3, 40], [50, 60]])
    found = ranges(counts.values(), {(0, 0), (0, 1), (1, 0), (1, 1)})
    assert found[0, 0] == Range(0, 43)


def test_a_table_without_its_total_has_no_upper_bound() -> None:
    counts = Counts.of([[3, 40]])
    found = ranges(counts.values(), set(counts.values()))
    assert found[0, 0] == Range(0, None)


@pytest.mark.parametrize("rows", [[[1, 2], [3]], [[-1]]])
def test_a_table_that_is_none_is_refused(rows: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="filas iguales"):
        Counts.of(rows)

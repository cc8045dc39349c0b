"""Small cells cannot be worked out again: not from totals, not from what was published before."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creo.support.figures.intervals import TOTAL, Counts, Place, ranges
from creo.support.figures.suppression import Unpublishable, Why, suppress
from creo.support.figures.tests import twin

K = 10
# Small cells, noughts and big ones in the shares of a prison table.
COUNT = st.one_of(st.just(0), st.integers(1, 9), st.integers(10, 60), st.integers(60, 900))


@st.composite
def prison_tables(draw: st.DrawFn, most: int = 7) -> Counts:
    """A table of some prisons by some groups."""
    height, width = draw(st.integers(1, most)), draw(st.integers(1, most))
    return Counts.of([[draw(COUNT) for _ in range(width)] for _ in range(height)])


def hide(counts: Counts, **other: object) -> dict[Place, Why] | None:
    """The hidden cells; None for a table that may not be published."""
    try:
        return suppress(counts, least=K, **other)
    except Unpublishable:
        return None


@given(prison_tables())
def test_a_small_cell_may_be_any_small_number_for_whoever_reads_the_table(counts: Counts) -> None:
    hidden, values = hide(counts), counts.values()
    if hidden is None:
        return
    found = ranges(values, hidden)
    for place, value in values.items():
        if 0 < value < K:
            assert hidden[place] is Why.SMALL
            assert found[place].least <= 1
            assert found[place].most is None or found[place].most >= K - 1
    assert all(each.most is None or each.least < each.most for each in found.values())


@given(prison_tables())
def test_nothing_is_hidden_where_nothing_is_small(counts: Counts) -> None:
    big = Counts.of([[value if value >= K or value == 0 else value + K for value in row] for row in counts.cells])
    if sum(map(sum, big.cells)):
        assert suppress(big, least=K) == {}


@given(st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=2), min_size=2, max_size=2))
def test_the_twin_agrees_that_the_small_ones_are_safe(rows: list[list[int]]) -> None:
    counts = Counts.of(rows)
    try:
        hidden = suppress(counts, least=3)
    except Unpublishable:
        return
    for place, found in twin.ranges(counts, hidden).items():
        if 0 < counts.values()[place] < 3:
            assert found.least <= 1
            assert found.most is not None
            assert found.most >= 2


@settings(max_examples=40)
@given(st.lists(prison_tables(most=4), min_size=2, max_size=4))
def test_no_two_releases_of_a_shown_cell_differ_by_one_to_nine(series: list[Counts]) -> None:
    size = min(each.height for each in series), min(each.width for each in series)
    published: dict[Place, list[int]] = {}
    for counts in series:
        cut = Counts.of([row[: size[1]] for row in counts.cells[: size[0]]])
        hidden = hide(cut, before=published)
        if hidden is None:
            continue
        for place, value in cut.values().items():
            if place not in hidden:
                assert all(not 0 < abs(value - old) < K for old in published.get(place, []))
                published.setdefault(place, []).append(value)
    assert all(abs(b - a) not in range(1, K) for olds in published.values() for a, b in pairwise(olds))


def test_what_changed_a_little_is_hidden_and_may_be_what_it_was() -> None:
    before = {(0, 0): [100], (1, 1): [300]}
    counts = Counts.of([[104, 200], [150, 300]])
    hidden = suppress(counts, least=K, before=before)
    assert hidden[0, 0] is Why.CHANGE
    assert (1, 1) not in {place for place, why in hidden.items() if why is Why.CHANGE}
    assert ranges(counts.values(), hidden)[0, 0].least <= 100


def test_a_total_that_changed_a_little_stops_the_release() -> None:
    counts = Counts.of([[104, 200]])
    with pytest.raises(Unpublishable, match="total_changed"):
        suppress(counts, least=K, before={(TOTAL, TOTAL): [300]})


def test_a_table_of_a_handful_is_not_published() -> None:
    with pytest.raises(Unpublishable, match="tiny"):
        suppress(Counts.of([[3, 2], [1, 0]]), least=K)


def test_totals_that_other_tables_show_are_never_complements() -> None:
    counts = Counts.of([[3, 40, 30], [50, 60, 20], [20, 30, 40]])
    kept = {(row, TOTAL) for row in range(3)}
    assert not kept & set(suppress(counts, least=K, kept=kept))


def test_a_single_row_whose_total_is_shown_elsewhere_cannot_hide_one_cell_behind_a_nought() -> None:
    # The total is shown, and the only other cell counts nobody: 3 would be 3, unless the nought is doubted too.
    counts = Counts.of([[3, 0], [20, 30]])
    hidden = suppress(counts, least=K, kept=())
    found = ranges(counts.values(), hidden)[0, 0]
    assert found.least <= 1
    assert found.most is not None
    assert found.most >= 9

"""Tables held to their margins: sums stay, zeros stay, nothing moves by a whole person."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creo.register.engine.raking import controlled_rounding, largest_remainder, rake

counts = st.lists(st.integers(0, 60), min_size=1, max_size=12)
shares = st.lists(st.floats(0.01, 50.0), min_size=1, max_size=8)


@given(shares, st.integers(0, 5000))
def test_largest_remainder_adds_up_and_stays_within_one(weights: list[float], total: int) -> None:
    parts = largest_remainder(weights, total)
    exact = np.array(weights) * total / sum(weights)
    assert parts.sum() == total
    assert np.abs(parts - exact).max() <= 1.0


def test_largest_remainder_gives_nothing_to_a_zero_weight_and_breaks_ties_by_order() -> None:
    assert largest_remainder([0, 3, 1], 10).tolist() == [0, 8, 2]


def test_largest_remainder_refuses_to_share_by_zeros() -> None:
    with pytest.raises(ValueError, match="every weight is zero"):
        largest_remainder([0.0, 0.0], 3)


@settings(deadline=None)
@given(counts, shares)
def test_controlled_rounding_keeps_margins_and_moves_less_than_one(rows: list[int], weights: list[float]) -> None:
    columns = largest_remainder(weights, sum(rows))
    fitted = rake(np.ones((len(rows), len(weights))), rows, columns)
    rounded = controlled_rounding(fitted)
    assert rounded.sum(axis=1).tolist() == rows
    assert rounded.sum(axis=0).tolist() == columns.tolist()
    assert np.abs(rounded - fitted).max() < 1.0
    assert (rounded >= 0).all()


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=1, max_size=6))
def test_controlled_rounding_leaves_a_table_of_integers_alone(table: list[list[int]]) -> None:
    assert controlled_rounding(table).tolist() == table


def test_controlled_rounding_refuses_margins_that_are_no_integers() -> None:
    with pytest.raises(ValueError, match="integer row and column sums"):
        controlled_rounding([[0.4, 0.4], [0.6, 0.5]])


def test_raking_keeps_the_zeros_of_the_seed() -> None:
    fitted = rake([[0.0, 1.0], [1.0, 1.0]], [2, 6], [3, 5])
    assert fitted[0, 0] == 0.0
    assert fitted.sum(axis=1) == pytest.approx([2, 6])
    assert fitted.sum(axis=0) == pytest.approx([3, 5])


def test_raking_keeps_the_odds_ratio_of_the_seed() -> None:
    seed = np.array([[8.0, 2.0], [3.0, 6.0]])
    fitted = rake(seed, [30, 70], [45, 55])
    ratio = fitted[0, 0] * fitted[1, 1] / (fitted[0, 1] * fitted[1, 0])
    assert ratio == pytest.approx(8.0 * 6.0 / (2.0 * 3.0))


def test_raking_says_when_margins_disagree() -> None:
    with pytest.raises(ValueError, match="Rows add up to"):
        rake(np.ones((2, 2)), [1, 1], [1, 2])


def test_raking_says_when_zeros_make_it_impossible() -> None:
    with pytest.raises(ValueError, match="cannot be reached"):
        rake([[1.0, 0.0], [1.0, 0.0]], [1, 1], [1, 1])

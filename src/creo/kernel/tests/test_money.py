"""Soles to the cent, and quantities that never mix."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.kernel.money import Money, Quantity

amounts = st.integers(-(10**11), 10**11).map(lambda cents: Money(Decimal(cents) / 100))


@given(amounts, st.integers(1, 60))
def test_a_split_adds_up_to_the_cent_and_is_as_even_as_cents_allow(amount: Money, parts: int) -> None:
    pieces = amount.split(parts)
    assert len(pieces) == parts
    assert sum(piece.amount for piece in pieces) == amount.amount
    assert max(piece.amount for piece in pieces) - min(piece.amount for piece in pieces) <= Decimal("0.01")


@given(amounts, amounts)
def test_adding_and_taking_away_are_exact(one: Money, other: Money) -> None:
    assert (one + other) - other == one
    assert one - other == -(other - one)


@pytest.mark.parametrize(
    ("text", "cents"), [("1234.505", "1234.51"), ("-0.005", "-0.01"), ("0.004", "0.00"), (3, "3.00")]
)
def test_half_a_cent_is_rounded_away_from_zero(text: str | int, cents: str) -> None:
    assert Money.soles(text).amount == Decimal(cents)


def test_floats_are_refused_everywhere() -> None:
    with pytest.raises(TypeError):
        Money.soles(0.1)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(0.1)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money.soles(1) * 0.5  # type: ignore[operator]


def test_a_split_in_no_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="una parte o más"):
        Money.soles(1).split(0)


def test_money_is_ordered_and_multiplied_by_whole_or_decimal_factors() -> None:
    assert Money.soles("2.50") * 3 == Money.soles("7.50")
    assert Money.soles("10") * Decimal("0.18") == Money.soles("1.80")
    assert Money.soles(1) < Money.soles("1.01")


def test_unlike_units_never_add_up() -> None:
    assert Quantity(1210, "persona") + Quantity(50, "persona") == Quantity(1260, "persona")
    with pytest.raises(ValueError, match="No se suman"):
        Quantity(1, "persona") + Quantity(1, "convenio")


@pytest.mark.parametrize("text", ["abc", "NaN", "Infinity", "", "1,5"])
def test_what_is_not_a_number_is_no_money(text: str) -> None:
    with pytest.raises(ValueError, match="monto"):
        Money.soles(text)

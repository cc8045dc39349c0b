"""Numbers, money and dates as the office writes them, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from creo.kernel.money import Money
from creo.support.ui import formats
from creo.support.ui.templatetags import ui

NARROW = "\u202f"
HARD = "\u00a0"


@pytest.mark.parametrize(
    ("value", "decimals", "spanish", "english"),
    [
        (103717, 0, f"103{NARROW}717", "103,717"),
        (1210, 0, f"1{NARROW}210", "1,210"),
        (0, 0, "0", "0"),
        (-4756, 0, f"\u22124{NARROW}756", "\u22124,756"),
        (1234.5, 1, f"1{NARROW}234,5", "1,234.5"),
        (2.5, 0, "3", "3"),
        (-0.4, 0, "0", "0"),
        ("12", 0, "12", "12"),
        (Decimal("0.005"), 2, "0,01", "0.01"),
        (10**30, 0, "1" + f"{NARROW}000" * 10, "1" + ",000" * 10),
        (Decimal("1E+40"), 2, "10" + f"{NARROW}000" * 13 + ",00", "10" + ",000" * 13 + ".00"),
    ],
)
def test_numbers_are_grouped_and_rounded_half_up(value: object, decimals: int, spanish: str, english: str) -> None:
    assert formats.number(value, decimals, "es") == spanish
    assert formats.number(value, decimals, "en") == english


@pytest.mark.parametrize("value", [None, "", "abc", float("nan"), float("inf"), True, object()])
def test_what_is_no_number_is_a_dash_and_never_a_zero(value: object) -> None:
    for write in (formats.number, formats.percent, formats.soles, formats.years, formats.duration):
        assert write(value) == "—"


def test_shares_become_per_cent_with_a_comma() -> None:
    assert formats.percent(0.125, lang="es") == f"12,5{NARROW}%"
    assert formats.percent(0.125, lang="en") == "12.5%"
    assert formats.percent(Decimal("1"), 0, "es") == f"100{NARROW}%"


@pytest.mark.parametrize("value", [Money.soles("1234.5"), Decimal("1234.50"), "1234.5", 1234.5])
def test_soles_have_two_decimals_from_any_exact_source(value: object) -> None:
    assert formats.soles(value, "es") == f"S/{HARD}1{NARROW}234,50"
    assert formats.soles(value, "en") == f"S/{HARD}1,234.50"


def test_days_and_months_use_peruvian_abbreviations() -> None:
    assert formats.day(date(2026, 9, 3), "es") == f"03{HARD}set{HARD}2026"
    assert formats.day(date(2026, 9, 3), "en") == f"03{HARD}Sep{HARD}2026"
    assert formats.day("2026-11-23", "es") == f"23{HARD}nov{HARD}2026"
    assert formats.month(date(2026, 1, 31), "es") == f"ene{HARD}2026"


def test_a_moment_is_told_on_limas_clock() -> None:
    midnight_in_utc = datetime(2026, 11, 24, 2, 5, tzinfo=UTC)
    assert formats.moment(midnight_in_utc, "es") == f"23{HARD}nov{HARD}2026, 21:05"
    assert formats.day(midnight_in_utc, "es") == f"23{HARD}nov{HARD}2026"
    assert formats.moment("2026-11-24T02:05:00+00:00", "es") == f"23{HARD}nov{HARD}2026, 21:05"


@pytest.mark.parametrize("value", [None, "", "ayer", "31/12/2026", 20261123])
def test_what_is_no_date_is_a_dash(value: object) -> None:
    assert formats.day(value) == formats.month(value) == formats.moment(value) == "—"


def test_years_agree_in_number_and_count_birthdays() -> None:
    assert formats.years(1, "es") == f"1{HARD}año"
    assert formats.years(22, "es") == f"22{HARD}años"
    assert formats.years(1, "en") == f"1{HARD}year"
    assert ui.years(date(2004, 11, 24), date(2026, 11, 23)) == f"21{HARD}años"
    assert ui.years(date(2004, 11, 23), date(2026, 11, 23)) == f"22{HARD}años"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (200, "3 min 20 s"), (7500, "2 h 05 min"), (-3, "0 s")],
)
def test_durations_use_the_two_units_that_matter(seconds: int, text: str) -> None:
    assert formats.duration(seconds, "es").replace(HARD, " ") == text


def test_the_active_language_is_used_when_none_is_given() -> None:
    with translation.override("en"):
        assert ui.number(103717) == "103,717"
    with translation.override("es"):
        assert ui.number(103717) == f"103{NARROW}717"


def test_an_unknown_kind_fails_with_its_name() -> None:
    with pytest.raises(ValueError, match=r"\[inventado\]"):
        formats.shown(1, "inventado")

"""When a grant gives something: its period, its end, and the look of every six months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.support.accounts.permissions import ROLES
from creo.support.accounts.rules import (
    GIVING,
    GrantState,
    grant_state,
    lapses_on,
    last_day_out,
    parameters,
    parse_parameters,
)

DAY = date(2026, 11, 23)
DAYS = st.integers(-900, 900).map(lambda days: DAY + timedelta(days=days))


def state(**given_: date | None) -> GrantState:
    values: dict[str, date | None] = {"valid_from": DAY, "valid_to": None, "ended_on": None, "reviewed": DAY, "on": DAY}
    return grant_state(**(values | given_))  # type: ignore[arg-type]


def test_a_grant_gives_from_its_first_day_and_not_on_its_last() -> None:
    assert state() is GrantState.IN_FORCE
    assert state(valid_from=DAY + timedelta(days=1)) is GrantState.NOT_BEGUN
    assert state(valid_from=DAY - timedelta(days=9), valid_to=DAY) is GrantState.EXPIRED
    assert state(valid_from=DAY - timedelta(days=9), valid_to=DAY + timedelta(days=1)) is GrantState.ENDING


def test_what_was_ended_today_gives_nothing_today() -> None:
    assert state(ended_on=DAY) is GrantState.ENDED
    assert state(ended_on=DAY + timedelta(days=1)) is GrantState.IN_FORCE


def test_a_grant_unreviewed_for_183_days_gives_nothing_and_is_warned_of_30_days_before() -> None:
    reviewed = DAY - timedelta(days=183)
    assert state(valid_from=reviewed, reviewed=reviewed) is GrantState.UNREVIEWED
    assert state(valid_from=reviewed, reviewed=reviewed + timedelta(days=1)) is GrantState.REVIEW_DUE
    assert state(valid_from=reviewed, reviewed=reviewed + timedelta(days=30)) is GrantState.REVIEW_DUE
    assert state(valid_from=reviewed, reviewed=reviewed + timedelta(days=31)) is GrantState.IN_FORCE


def test_nobody_is_asked_to_review_what_expires_before_it_lapses() -> None:
    reviewed = DAY - timedelta(days=170)
    assert state(valid_from=reviewed, reviewed=reviewed, valid_to=DAY + timedelta(days=5)) is GrantState.ENDING


@given(
    start=DAYS,
    length=st.one_of(st.none(), st.integers(1, 800)),
    ended=st.one_of(st.none(), DAYS),
    reviewed=DAYS,
    on=DAYS,
)
def test_a_grant_gives_exactly_inside_its_period_while_reviewed(
    start: date, length: int | None, ended: date | None, reviewed: date, on: date
) -> None:
    end = None if length is None else start + timedelta(days=length)
    found = grant_state(valid_from=start, valid_to=end, ended_on=ended, reviewed=reviewed, on=on)
    inside = start <= on and (end is None or on < end) and (ended is None or on < ended)
    assert (found in GIVING) == (inside and (on - reviewed).days < 183)


@pytest.mark.parametrize("role", ROLES)
def test_no_role_is_held_for_more_than_two_years(role: str) -> None:
    assert 0 < (last_day_out(role, DAY) - DAY).days <= 730


def test_privileged_roles_last_a_year() -> None:
    for role in ("administrator", "data_officer", "auditor"):
        assert last_day_out(role, DAY) == DAY + timedelta(days=365)
    assert last_day_out("registry", DAY) == DAY + timedelta(days=730)


def test_the_six_months_are_dated_data() -> None:
    assert lapses_on(DAY, DAY) == DAY + timedelta(days=183)
    assert parameters().on("warn_days", DAY) == 30


NUMBER = '[[{name}]]\nvalue = {value}\nvalid_from = 2020-01-01\nsource = "x"\n'
WHOLE = "".join(NUMBER.format(name=name, value=9) for name in ("review_days", "warn_days", "longest_days"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (NUMBER.format(name="review_days", value=9), "Falta el parámetro [warn_days]"),
        (WHOLE + NUMBER.format(name="review_days", value=8), "comparten un día"),
        (WHOLE.replace('source = "x"\n', "", 1), "dice su fuente"),
        (WHOLE.replace("value = 9", "value = 0", 1), "al menos un día"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("[", r"\[").replace("]", r"\]")):
        parse_parameters(text)


def test_a_day_without_a_number_is_an_error_and_never_a_guess() -> None:
    with pytest.raises(LookupError):
        parse_parameters(WHOLE).on("review_days", date(2019, 12, 31))

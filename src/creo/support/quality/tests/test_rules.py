"""Limits, states and trends, against slow twins."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.support.quality import rules
from creo.support.quality.rules import Direction, LimitKind, Limits, Observed, Point, State, judge, limits_on, trend

DAY = date(2026, 11, 23)
COUNT, RATE = LimitKind.COUNT, LimitKind.RATE


def counted(soft: int, hard: int, since: date | None = None) -> Limits:
    return Limits(COUNT, Decimal(soft), Decimal(hard), since)


def rated(soft: str, hard: str) -> Limits:
    return Limits(RATE, Decimal(soft), Decimal(hard))


@st.composite
def any_limits(draw: st.DrawFn) -> Limits:
    kind = draw(st.sampled_from(LimitKind))
    if kind is COUNT:
        soft, hard = sorted(draw(st.lists(st.integers(0, 20), min_size=2, max_size=2)))
        return counted(soft, hard)
    soft, hard = sorted(draw(st.lists(st.integers(0, 1000), min_size=2, max_size=2)))
    return Limits(RATE, Decimal(soft) / 1000, Decimal(hard) / 1000)


@st.composite
def any_observed(draw: st.DrawFn) -> Observed:
    found = draw(st.integers(0, 30))
    return Observed(
        found=found,
        excepted=draw(st.integers(0, found)),
        population=draw(st.none() | st.integers(0, 60)),
        unseen=draw(st.integers(0, 2)),
        ran=draw(st.booleans() | st.just(True)),
        on=DAY - timedelta(days=draw(st.integers(0, 10))),
    )


def slow_state(observed: Observed | None, limits: Limits, stale_after: int | None) -> State:
    """The same in fractions, written from the definition: first what is not known, then from the worst down."""
    if observed is None or not observed.ran:
        return State.UNKNOWN
    if stale_after is not None and (DAY - observed.on).days > stale_after:  # type: ignore[operator]
        return State.UNKNOWN
    left = observed.found - observed.excepted
    if limits.kind is COUNT:
        share: Fraction | float = Fraction(left)
    elif left == 0:
        share = Fraction(0)
    elif observed.population is None:
        return State.UNKNOWN
    else:
        share = Fraction(left, observed.population) if observed.population else float("inf")
    if share > Fraction(limits.hard):
        return State.OVER_HARD
    if share > Fraction(limits.soft):
        return State.OVER_SOFT
    return State.UNKNOWN if observed.unseen else State.OK


@given(st.none() | any_observed(), any_limits(), st.none() | st.integers(0, 8))
def test_the_state_is_that_of_the_slow_twin(observed: Observed | None, limits: Limits, stale_after: int | None) -> None:
    assert judge(observed, limits, as_of=DAY, stale_after=stale_after).state is slow_state(
        observed, limits, stale_after
    )


@given(any_observed(), any_limits())
def test_what_did_not_run_or_was_not_all_seen_is_never_in_order(observed: Observed, limits: Limits) -> None:
    if not observed.ran or observed.unseen:
        assert judge(observed, limits, as_of=DAY).state is not State.OK


@given(any_observed(), any_limits())
def test_one_more_finding_never_makes_it_better(observed: Observed, limits: Limits) -> None:
    one_more = Observed(
        observed.found + 1, observed.excepted, observed.population, observed.unseen, observed.ran, observed.on
    )
    before, after = judge(observed, limits, as_of=DAY), judge(one_more, limits, as_of=DAY)
    if State.UNKNOWN not in (before.state, after.state):
        assert after.urgency <= before.urgency


def test_the_limit_itself_passes_and_one_more_does_not() -> None:
    limits = counted(2, 5)
    states = [judge(Observed(found), limits, as_of=DAY).state for found in (2, 3, 5, 6)]
    assert states == [State.OK, State.OVER_SOFT, State.OVER_SOFT, State.OVER_HARD]


def test_a_share_is_compared_exactly() -> None:
    # 1 of 3 is over 0.3333 and under 0.3334; floats would round either way.
    assert judge(Observed(1, 0, 3), rated("0.3333", "1"), as_of=DAY).state is State.OVER_SOFT
    assert judge(Observed(1, 0, 3), rated("0.3334", "1"), as_of=DAY).state is State.OK


def test_exceptions_do_not_count_against_limits() -> None:
    assert judge(Observed(9, 9), counted(0, 0), as_of=DAY).state is State.OK


def test_a_finding_where_there_is_nothing_to_count_over_is_too_many() -> None:
    assert judge(Observed(1, 0, 0), rated("1", "1"), as_of=DAY).state is State.OVER_HARD
    assert judge(Observed(0, 0, 0), rated("0", "0"), as_of=DAY).state is State.OK


def test_why_says_what_made_it_unknown() -> None:
    limits = rated("0", "1")
    whys = [
        judge(None, limits, as_of=DAY).why,
        judge(Observed(ran=False), limits, as_of=DAY).why,
        judge(Observed(on=DAY - timedelta(days=4)), limits, as_of=DAY, stale_after=3).why,
        judge(Observed(1), limits, as_of=DAY).why,
        judge(Observed(0, 0, 5, unseen=1), limits, as_of=DAY).why,
    ]
    assert whys == ["never_ran", "did_not_run", "stale", "no_population", "partly_unseen"]
    assert judge(Observed(on=DAY - timedelta(days=3)), limits, as_of=DAY, stale_after=3).why == "within"


@pytest.mark.parametrize(
    ("kind", "soft", "hard", "problem"),
    [
        (COUNT, "-1", "2", "negative"),
        (COUNT, "3", "2", "crossed"),
        (RATE, "0.5", "1.01", "over_one"),
        (COUNT, "0.5", "2", "not_whole"),
    ],
)
def test_limits_that_contradict_are_refused(kind: LimitKind, soft: str, hard: str, problem: str) -> None:
    assert problem in rules.limit_problems(kind, Decimal(soft), Decimal(hard))
    assert problem in rules.LIMIT_PROBLEM_WORDS
    with pytest.raises(ValueError, match=r"\w"):
        Limits(kind, Decimal(soft), Decimal(hard))


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 9)), max_size=6), st.integers(-6, 6))
def test_limits_in_force_are_those_of_the_slow_twin(changes: list[tuple[int, int]], ask: int) -> None:
    default = counted(0, 99)
    made = [counted(soft, 50, DAY + timedelta(days=start)) for start, soft in changes]
    day = DAY + timedelta(days=ask)
    begun = [(change.valid_from, place, change) for place, change in enumerate(made) if change.valid_from <= day]
    slow = max(begun, key=lambda item: item[:2])[2] if begun else default
    assert limits_on(day, default, made) is slow


def test_a_change_written_for_another_kind_of_limit_does_not_count() -> None:
    default = rated("0.1", "0.2")
    assert limits_on(DAY, default, [counted(3, 4, DAY)]) is default


@given(st.lists(any_observed(), max_size=5))
def test_places_together_are_their_sums(parts: list[Observed]) -> None:
    total = rules.added(parts)
    if not parts:
        assert total is None
        return
    assert total is not None
    assert total.found == sum(part.found for part in parts)
    assert total.left == sum(part.left for part in parts)
    assert total.unseen == sum(part.unseen for part in parts)
    assert total.ran is all(part.ran for part in parts)
    known = [part.population for part in parts]
    assert total.population == (None if None in known else sum(known))  # type: ignore[arg-type]


# Trends ---------------------------------------------------------------------------------------------------------------


def history(*lefts: int | None, every: int = 7, limits: Limits | None = None) -> list[Point]:
    """Points a week apart, the last one today; None is a day on which the check did not run."""
    limits = limits or counted(2, 5)
    first = DAY - timedelta(days=every * (len(lefts) - 1))
    points = []
    for place, left in enumerate(lefts):
        on = first + timedelta(days=every * place)
        observed = Observed(ran=False, on=on) if left is None else Observed(left, on=on)
        points.append(Point(on, judge(observed, limits, as_of=on)))
    return points


def slow_trend(points: list[Point], window: int) -> tuple[Direction, date | None]:
    """The same by looking at every pair."""
    if not points:
        return Direction.UNKNOWN, None
    since = min(
        point.on for place, point in enumerate(points) if len({other.judgement.state for other in points[place:]}) == 1
    )
    known = [point for point in points[:-1] if point.value is not None]
    old = [point for point in known if (points[-1].on - point.on).days >= window]
    base = old[-1] if old else known[0] if known else None
    if base is None or points[-1].value is None:
        return Direction.UNKNOWN, since
    now, before = points[-1].value, base.value
    return (Direction.STEADY if now == before else Direction.WORSE if now > before else Direction.BETTER), since


@given(st.lists(st.none() | st.integers(0, 8), max_size=9), st.sampled_from([1, 7, 28, 60]))
def test_the_trend_is_that_of_the_slow_twin(lefts: list[int | None], window: int) -> None:
    points = history(*lefts)
    found = trend(points, window=window)
    assert (found.direction, found.since) == slow_trend(points, window)


def test_a_trend_looks_back_the_whole_window_and_not_at_yesterday() -> None:
    assert trend(history(9, 1, 1, 1, 4), window=28).direction is Direction.BETTER
    assert trend(history(9, 1, 1, 1, 4), window=7).direction is Direction.WORSE


def test_a_trend_of_shares_looks_at_shares() -> None:
    limits = rated("0", "1")
    points = [
        Point(on, judge(Observed(found, 0, people, on=on), limits, as_of=on))
        for on, found, people in ((DAY - timedelta(days=30), 10, 100), (DAY, 11, 1000))
    ]
    assert trend(points, window=28).direction is Direction.BETTER


def test_the_state_is_since_the_first_day_of_the_last_run_of_equal_states() -> None:
    assert trend(history(9, 0, 3, 4), window=28).since == DAY - timedelta(days=7)
    assert trend(history(0), window=28).since == DAY


# Parameters -----------------------------------------------------------------------------------------------------------


def test_every_parameter_is_in_force_today_and_says_its_source() -> None:
    found = rules.parameters()
    assert {name: found.on(name, DAY) for name in found.values} == {
        "exception_longest_days": 180,
        "stale_after_days": 3,
        "trend_window_days": 28,
        "listed_most": 50_000,
    }
    with pytest.raises(LookupError, match="1800"):
        found.on("listed_most", date(1800, 1, 1))


ROW = "[[{name}]]\nvalue = 1\nvalid_from = {start}\nsource = {source}\n"


def toml(**other: str) -> str:
    names = ("exception_longest_days", "stale_after_days", "trend_window_days", "listed_most")
    return "".join(ROW.format(name=name, start=other.get("start", "2020-01-01"), source='"x"') for name in names)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Falta"),
        (toml() + ROW.format(name="listed_most", start="2021-01-01", source='"x"'), "comparten"),
        (toml() + ROW.format(name="listed_most", start="2021-01-01", source='""'), "fuente"),
    ],
)
def test_broken_parameters_are_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        rules.parse_parameters(text)

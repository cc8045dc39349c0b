"""What is unusual reading: each rule at its limit, the fast bursts against a slow twin, and normal work left alone."""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.kernel.access import Access
from creo.support.looking.rules import (
    PURPOSE_WORDS,
    Limit,
    Limits,
    Rule,
    Seen,
    at_night,
    bursts,
    large,
    limits_on,
    parameters,
    parse_parameters,
    repeated,
    same_surnames,
    unusual,
)

DAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TEXT = (resources.files("creo.support.looking") / "parameters.toml").read_text("utf-8")
LIMITS = limits_on(parameters(), DAY)


def reading(
    files: int, seconds: float, *, start: datetime = MORNING, user: int = 1, outside: bool = False
) -> list[Seen]:
    """Different files, one every so many seconds."""
    return [
        Seen(number, start + timedelta(seconds=number * seconds), user, f"P-{number}", outside=outside)
        for number in range(files)
    ]


def rules_of(looks: list[Seen], **more: object) -> list[Rule]:
    return [burst.rule for burst in unusual(looks, LIMITS, **more)]  # type: ignore[arg-type]


# Dated data -----------------------------------------------------------------------------------------------------------


def test_every_class_that_asks_has_purposes_with_their_words_and_norm() -> None:
    for access in (Access.CONFIDENTIAL, Access.HEALTH, Access.ASSESSMENT, Access.LEGAL):
        found = parameters().purposes_for(access, DAY)
        assert found and all(item.code in PURPOSE_WORDS and item.citation.source for item in found)
    assert parameters().purposes_for(Access.PUBLIC, DAY) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("[[many_files]]", "[[many_file]]"), "desconocidos"),
        (lambda text: text.split("[[export_rows]]")[0], "export_rows"),
        (lambda text: text + '\n[[pace_files]]\nvalue = 3\nvalid_from = 2027-01-01\nsource = "x"\n', "comparten"),
        (lambda text: text + "\n[[pace_files]]\nvalue = 3\nvalid_from = 2027-01-01\n", "fuente"),
        (lambda text: text.replace('code = "benefit"', 'code = "curiosity"'), "curiosity"),
        (lambda text: text.replace('code = "benefit"', 'code = "order"'), "order"),
    ],
)
def test_data_that_says_too_little_or_twice_is_refused(change: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_parameters(change(TEXT))  # type: ignore[operator]


def test_a_limit_changes_on_its_day() -> None:
    closed = TEXT.replace(
        "[[many_files]]\nvalue = 40\nvalid_from = 1900-01-01",
        "[[many_files]]\nvalue = 40\nvalid_from = 1900-01-01\nvalid_to = 2027-01-01",
    )
    changed = parse_parameters(closed + '\n[[many_files]]\nvalue = 30\nvalid_from = 2027-01-01\nsource = "x"\n')
    assert [changed.on("many_files", day) for day in (date(2026, 12, 31), date(2027, 1, 1))] == [40, 30]
    assert tomllib.loads(TEXT)["many_files"][0]["value"] == 40


# Bursts ---------------------------------------------------------------------------------------------------------------


def slowly(looks: list[Seen], limit: Limit) -> list[tuple[Seen, ...]]:
    """The same as `bursts`, by looking at every window: the looks in some full one, joined where they share."""
    span = timedelta(minutes=limit.minutes)
    full = []
    for last in range(len(looks)):
        window = [place for place in range(last + 1) if looks[last].at - looks[place].at < span]
        if len({looks[place].code for place in window}) >= limit.files:
            full.append(set(window))
    joined: list[set[int]] = []
    for window in full:
        if joined and joined[-1] & window:
            joined[-1] |= window
        else:
            joined.append(window)
    return [tuple(looks[place] for place in sorted(places)) for places in joined]


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 6)), max_size=40),
    st.integers(2, 5),
    st.integers(1, 4),
)
def test_bursts_are_those_of_the_slow_twin(points: list[tuple[int, int]], files: int, minutes: int) -> None:
    looks = [
        Seen(key, MORNING + timedelta(seconds=at), 1, f"P-{code}") for key, (at, code) in enumerate(sorted(points))
    ]
    assert bursts(looks, Limit(files, minutes)) == slowly(looks, Limit(files, minutes))


def test_forty_files_in_four_minutes_are_a_burst_and_thirty_nine_are_none() -> None:
    assert rules_of(reading(40, 6)) == [Rule.MANY]
    assert rules_of(reading(39, 6)) == []
    assert rules_of(reading(200, 7)) == []  # the fortieth comes after four minutes
    same = [Seen(key, MORNING + timedelta(seconds=key), 1, "P-1") for key in range(200)]
    assert rules_of(same) == [], "one file, however often, is one file"


def test_two_accounts_are_not_added_up() -> None:
    looks = reading(30, 2) + [Seen(100 + look.key, look.at, 2, f"Q-{look.key}") for look in reading(30, 2)]
    assert rules_of(looks) == []


def test_outside_the_scope_five_files_in_an_hour_are_enough() -> None:
    assert rules_of(reading(5, 600, outside=True)) == [Rule.OUTSIDE]
    assert rules_of(reading(4, 600, outside=True)) == []
    assert rules_of(reading(5, 1_000, outside=True)) == []


@pytest.mark.parametrize(
    ("hour", "night"), [(21, False), (22, True), (23, True), (0, True), (4, True), (5, False), (12, False)]
)
def test_the_night_crosses_midnight_in_lima(hour: int, night: bool) -> None:
    assert at_night(datetime(2026, 11, 23, hour, 30, tzinfo=UTC) + timedelta(hours=5), LIMITS) is night


def test_many_files_at_night_are_an_alert_and_by_day_are_not() -> None:
    at_three = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert rules_of(reading(15, 120, start=at_three)) == [Rule.NIGHT]
    assert rules_of(reading(14, 120, start=at_three)) == []
    assert rules_of(reading(15, 120)) == []


def test_one_look_at_an_invented_person_or_a_relative_is_enough() -> None:
    one = [Seen(1, MORNING, 1, "P-1"), Seen(2, MORNING, 1, "P-2")]
    found = unusual(one, LIMITS, canaries={"P-1", "P-2"}, relatives={1: {"P-2"}, 2: {"P-1"}})
    assert Counter(burst.rule for burst in found) == {Rule.CANARY: 2, Rule.RELATIVE: 1}


def test_what_was_decided_counts_no_more() -> None:
    looks = reading(60, 3)
    decided = {(Rule.MANY, 1): looks[30].at}
    assert rules_of(looks, settled=decided) == []
    assert rules_of(looks + [Seen(100 + n, looks[-1].at + timedelta(seconds=n), 1, f"R-{n}") for n in range(1, 20)],
                    settled=decided) == [Rule.MANY]  # fmt: skip


def test_downloads_over_the_limit_and_repeated_emergencies() -> None:
    downloads = [Seen(n, MORNING, 1, "list", amount=amount) for n, amount in enumerate((9_999, 10_000, 10_001))]
    assert [burst.looks[0].amount for burst in large(downloads, LIMITS)] == [10_001]
    openings = [Seen(n, MORNING + timedelta(days=n), 1, "P-1") for n in range(3)]
    assert [burst.rule for burst in repeated(openings, LIMITS)] == [Rule.EMERGENCIES]
    assert repeated([Seen(n, MORNING + timedelta(days=4 * n), 1, "P-1") for n in range(5)], LIMITS) == []


@pytest.mark.parametrize(
    ("name", "first", "second", "same"),
    [
        ("Rosa Quispe Ñaupari", "QUISPE", "ÑAUPARI", True),
        ("QUISPE NAUPARI, Rosa", "Quispe", "Ñaupari", True),
        ("Rosa de la Cruz Rojas", "De la Cruz", "Rojas", True),
        ("Rosa Quispe Rojas", "Quispe", "Ñaupari", False),
        ("Rosa Ñaupari Quispe", "Quispe", "Ñaupari", False),
        ("Rosa Quispe", "Quispe", "", False),
        ("", "Quispe", "Ñaupari", False),
    ],
)
def test_both_surnames_one_after_the_other_make_a_relative(name: str, first: str, second: str, same: bool) -> None:
    assert same_surnames(name, first, second) is same


# Normal work ----------------------------------------------------------------------------------------------------------


def a_day(chance: random.Random, user: int, day: date, keys: list[int]) -> list[Seen]:
    """A day of one person's work: files one after another, now and then a queue of short ones; some work at night."""
    kind = chance.choices(("desk", "office", "night"), (70, 22, 8))[0]
    files = {"desk": chance.randint(20, 90), "office": chance.randint(5, 40), "night": chance.randint(2, 12)}[kind]
    hour = {"desk": 8, "office": 9, "night": 22}[kind]
    at = datetime(day.year, day.month, day.day, hour, chance.randint(0, 59), tzinfo=UTC) + timedelta(hours=5)
    found = []
    for _file in range(files):
        short = chance.random() < 0.15
        at += timedelta(seconds=chance.uniform(12, 40) if short else chance.expovariate(1 / 300) + 20)
        code = f"P-{chance.randint(1, 3_000)}"
        for _look in range(chance.randint(1, 4)):  # tabs of the same file
            keys[0] += 1
            at += timedelta(seconds=chance.uniform(1, 20))
            found.append(Seen(keys[0], at, user, code, outside=chance.random() < 0.0005))
    return found


def test_normal_work_raises_less_than_one_alert_in_a_hundred_days_of_staff() -> None:
    chance, keys = random.Random(20261123), [0]
    alerts = days = looks = 0
    for number in range(20):
        day = DAY + timedelta(days=number)
        for user in range(100):
            mine = a_day(chance, user, day, keys)
            alerts += len(unusual(mine, LIMITS))
            looks, days = looks + len(mine), days + 1
    assert days == 2_000 and looks > 100_000
    assert alerts / days < 0.01, f"{alerts} alertas en {days} días de trabajo"


def test_a_seeded_browsing_of_two_hundred_files_is_found_among_normal_work() -> None:
    chance, keys = random.Random(7), [0]
    work = [look for user in range(30) for look in a_day(chance, user, DAY, keys)]
    curious = [Seen(10**6 + n, MORNING + timedelta(seconds=3 * n), 99, f"P-{n}") for n in range(200)]
    found = unusual([*work, *curious], LIMITS)
    assert {(burst.rule, burst.user_id) for burst in found} == {(Rule.MANY, 99)}
    assert found[0].files == 200


def test_limits_reach_as_far_back_as_their_longest_window() -> None:
    assert isinstance(LIMITS, Limits) and LIMITS.longest_minutes == 60

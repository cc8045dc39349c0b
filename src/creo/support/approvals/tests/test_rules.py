"""The states of a proposal against a slow twin; fingerprints; deadlines."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.support.approvals import rules
from creo.support.approvals.rules import Event, Standing, State

ENDS = {Event.REJECT: State.REJECTED, Event.WITHDRAW: State.WITHDRAWN, Event.LAPSE: State.LAPSED}


def slow(events: list[Event], tiers: int) -> Standing | None:
    """The same from the whole story, told anew each time: None when some event could not happen where it stands."""
    for place, event in enumerate(events):
        told = events[:place]
        since = told[len(told) - told[::-1].index(Event.REVISE) :] if Event.REVISE in told else told
        closed = any(e in ENDS for e in told) or since.count(Event.APPROVE) >= tiers
        back = bool({Event.RETURN, Event.FAIL} & set(since))
        if closed or (back and event not in (Event.REVISE, Event.WITHDRAW, Event.LAPSE)):
            return None
    since = events[len(events) - events[::-1].index(Event.REVISE) :] if Event.REVISE in events else events
    approved, revision = since.count(Event.APPROVE), 1 + events.count(Event.REVISE)
    state = State.PROPOSED
    if {Event.RETURN, Event.FAIL} & set(since):
        state = State.RETURNED
    for event in events:
        state = ENDS.get(event, state)
    if approved >= tiers:
        state = State.APPROVED
    return Standing(state, revision, min(approved + 1, tiers))


@given(st.lists(st.sampled_from(list(Event)), max_size=12), st.integers(1, 4))
def test_every_story_ends_where_the_whole_story_says(events: list[Event], tiers: int) -> None:
    now: Standing | None = Standing()
    for place, event in enumerate(events):
        assert now is not None
        now = rules.after(now, event, tiers)
        assert now == slow(events[: place + 1], tiers)
        if now is None:
            return


def test_an_approval_before_a_change_counts_for_nothing() -> None:
    now = rules.after(Standing(), Event.APPROVE, 2)
    assert now == Standing(State.PROPOSED, 1, 2)
    assert now and rules.after(now, Event.REVISE, 2) == Standing(State.PROPOSED, 2, 1)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_characters="\0", codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcñ", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abc", max_size=3), plain, max_size=5))
def test_the_canonical_text_does_not_depend_on_the_order_and_reads_back(content: dict[str, object]) -> None:
    again = dict(reversed(list(content.items())))
    assert rules.canonical(content) == rules.canonical(again)
    assert json.loads(rules.canonical(content)) == content


@pytest.mark.parametrize("bad", [{"a": 1.5}, {"a": date(2026, 1, 1)}, {1: "a"}, {"a": ["x\0"]}, {"a\0": 1}])
def test_what_two_databases_could_write_differently_is_refused(bad: dict[object, object]) -> None:
    with pytest.raises(ValueError):
        rules.canonical(bad)


def test_every_part_of_what_is_seen_changes_the_fingerprint() -> None:
    seen = {
        "act": "a",
        "subject": ("box", "1"),
        "place": "P",
        "payload": {"x": 1},
        "rows": [("Color", "rojo", "azul")],
        "text": "t",
    }
    others = {
        "act": "b",
        "subject": ("box", "2"),
        "place": "",
        "payload": {"x": 2},
        "rows": [("Color", "rojo", "verde")],
        "text": "u",
    }
    made = {rules.fingerprint(**seen)}  # type: ignore[arg-type]
    made |= {rules.fingerprint(**(seen | {name: value})) for name, value in others.items()}  # type: ignore[arg-type]
    assert len(made) == 1 + len(others)
    assert all(len(each) == 64 for each in made)


def test_a_deadline_counts_working_days_from_the_day_after() -> None:
    friday = date(2026, 11, 20)
    assert rules.due_on(friday, 5) == date(2026, 11, 27)
    # 8 and 9 December are public holidays in Peru.
    assert rules.due_on(date(2026, 12, 7), 1) == date(2026, 12, 10)


ONE = '[[{name}]]\nvalue = 5\nvalid_from = 2020-01-01\nsource = "Casa"\n'
ALL = "".join(ONE.format(name=name) for name in rules.OTHERS)
TIER = '[[tier]]\nact = "a"\nnumber = 1\nvalue = {value}\nvalid_from = {since}\n{until}source = "Casa"\n'


def test_a_term_of_a_tier_is_dated_and_the_house_has_one_for_the_rest() -> None:
    text = ALL + TIER.format(value=2, since="2020-01-01", until="valid_to = 2026-01-01\n")
    text += TIER.format(value=9, since="2026-01-01", until="")
    read = rules.parse_parameters(text)
    days = [read.tier_days("a", 1, date(2025, 12, 31)), read.tier_days("a", 1, date(2026, 1, 1))]
    assert [*days, read.tier_days("a", 2, date(2026, 1, 1))] == [2, 9, 5]
    with pytest.raises(LookupError):
        read.on("revise", date(2019, 1, 1))


@pytest.mark.parametrize(
    "bad",
    [
        ALL.replace("[[revise]]", "[[other]]"),
        ALL.replace('source = "Casa"', 'source = ""', 1),
        ALL.replace("value = 5", "value = 0", 1),
        ALL + TIER.format(value=2, since="2020-01-01", until="") + TIER.format(value=3, since="2024-01-01", until=""),
    ],
)
def test_parameters_that_miss_or_contradict_are_refused(bad: str) -> None:
    with pytest.raises(ValueError):
        rules.parse_parameters(bad)

"""The story of an incident against a slow twin; its clock; its numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.support.incidents import rules
from creo.support.incidents.rules import NO, UNKNOWN, YES, Happened, State, Terms, What

KNOWN = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TERMS = Terms(48, 24, 40)
STEPS = [what for what in What if what is not What.REPORTED]


def could_be_told(events: list[Happened]) -> bool:
    """A story without annulments that breaks no duty, checked as a whole and not step by step."""
    whats = [event.what for event in events]
    if whats[:1] != [What.REPORTED] or whats.count(What.REPORTED) != 1:
        return False
    if any(whats.count(once) > 1 for once in (What.NOTIFIED, What.TOLD, What.DIGITAL, What.CLOSED)):
        return False
    if What.CLOSED in whats and whats[-1] is not What.CLOSED:
        return False
    for place, event in enumerate(events):
        before = events[:place]
        last = [each for each in before if each.what is What.ASSESSED][-1:]
        had = {each.what for each in before}
        if event.what in (What.NOTIFIED, What.TOLD) and (not last or last[0].personal_data == NO):
            return False
        if event.what is What.DIGITAL and (not last or last[0].digital != YES):
            return False
        if event.what is What.ASSESSED:
            if event.personal_data == NO and had & {What.NOTIFIED, What.TOLD}:
                return False
            if event.digital != YES and What.DIGITAL in had:
                return False
        if event.what is What.CLOSED:
            if not last or UNKNOWN in (last[0].personal_data, last[0].digital):
                return False
            if last[0].personal_data == YES and not {What.NOTIFIED, What.TOLD} <= had:
                return False
            if last[0].digital == YES and What.DIGITAL not in had:
                return False
    return True


def stands(events: list[Happened]) -> State:
    """The state, by looking for each word in the whole story."""
    whats = {event.what for event in events}
    if What.CLOSED in whats:
        return State.CLOSED
    if {What.NOTIFIED, What.TOLD} <= whats:
        return State.TOLD
    if What.NOTIFIED in whats:
        return State.NOTIFIED
    return State.ASSESSED if What.ASSESSED in whats else State.REPORTED


answers = st.sampled_from([YES, NO, UNKNOWN])
moves = st.lists(st.tuples(st.sampled_from(STEPS), answers, answers, st.integers(0, 14)), max_size=14)


@given(moves)
def test_every_story_of_any_moves_is_one_that_could_be_told_whole(steps: list[tuple[What, str, str, int]]) -> None:
    story = [Happened(1, What.REPORTED)]
    for number, (what, personal, digital, target) in enumerate(steps, 2):
        alive = [event for event in story if event.what is not What.ANNULLED]
        gone = {event.annuls for event in story}
        alive = [event for event in alive if event.number not in gone]
        assert rules.living(story) == alive
        assert rules.state_of(story) == stands(alive)
        if what is What.ANNULLED:
            left = [event for event in alive if event.number != target]
            may = len(left) < len(alive) and could_be_told(left)
            picked = next((event.what for event in alive if event.number == target), None)
            may = may and picked is not What.CORRECTED
            assert (rules.against_annulling(story, target) == []) == may
            if may:
                story.append(Happened(number, what, annuls=target))
            continue
        new = Happened(number, what, personal_data=personal, digital=digital)
        assert (rules.against(story, what, new) == []) == could_be_told([*alive, new])
        if not rules.against(story, what, new):
            story.append(new)


@pytest.mark.parametrize(
    ("hours", "done", "owed", "state", "left"),
    [
        (0, None, YES, "running", 48),
        (23.9, None, UNKNOWN, "running", 24.1),
        (24, None, YES, "reminded", 24),
        (40, None, YES, "urgent", 8),
        (48, None, YES, "urgent", 0),
        (49, None, YES, "overdue", -1),
        (49, None, UNKNOWN, "overdue", -1),
        (500, 48, YES, "met", 0),
        (500, 50, YES, "late", -2),
        (500, None, NO, "free", None),
        (500, 30, NO, "met", 18),
    ],
)
def test_the_clock_says_what_is_left(
    hours: float, done: float | None, owed: str, state: str, left: float | None
) -> None:
    at = KNOWN + timedelta(hours=hours)
    found = rules.clock(KNOWN, None if done is None else KNOWN + timedelta(hours=done), owed, at, TERMS)
    assert found.state == state
    assert found.left == (None if left is None else timedelta(hours=left))


def test_before_the_norm_no_term_is_known_and_none_is_invented() -> None:
    read = rules.parameters()
    assert read.terms(date(2025, 3, 29)).hours is None
    assert read.terms(date(2025, 3, 30)) == TERMS
    assert rules.clock(KNOWN, None, YES, KNOWN + timedelta(days=90), Terms(None, 24, 40)).state == "unknown"
    said = read.source("notice_hours", date(2026, 11, 23))
    assert "DS 016-2024-JUS" in said and "arts. 34 y 35" in said and "confirme los artículos" in said


ONE = '[[{name}]]\nvalue = 5\nvalid_from = 2020-01-01\nsource = "Casa"\n'
ALL = "".join(ONE.format(name=name) for name in rules.NAMES)


@pytest.mark.parametrize(
    "bad",
    [
        ALL.replace("[[notice_hours]]", "[[other]]"),
        ALL.replace('source = "Casa"', 'source = ""', 1),
        ALL + ONE.format(name="notice_hours"),
    ],
)
def test_parameters_that_miss_or_contradict_are_refused(bad: str) -> None:
    rules.parse_parameters(ALL)
    with pytest.raises(ValueError):
        rules.parse_parameters(bad)


def test_every_word_has_its_text() -> None:
    assert set(rules.STATE_WORDS) == set(State) and set(rules.WHAT_WORDS) == set(What)

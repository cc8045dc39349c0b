"""The derivation of stays against a slow twin, over random histories in any order and with repetitions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.register import rules
from creo.register.rules import ABSENCES, EntryKind, Move, MovementKind, ReleaseKind, Standing

START = date(2020, 1, 1)
PLACES = ("EP-PIURA", "EP-TUMBES", "EP-AREQUIPA", None)
ENDS = sorted(set(ReleaseKind) - {ReleaseKind.ESCAPE, ReleaseKind.ANNULLED, ReleaseKind.DEATH})


@dataclass
class History:
    """A person's movements as they can happen, made step by step from the states and steps of the rules."""

    random: Random
    moves: list[Move] = field(default_factory=list)
    standing: Standing = Standing.OUTSIDE
    place: str | None = None
    day: date = START
    custody: int = 0
    ended: str = ""

    def step(self) -> None:
        if self.ended == ReleaseKind.DEATH:
            return
        kind = self.random.choice(sorted(rules.possible_steps(self.standing)))
        self.day += timedelta(self.random.choice((0, 0, 1, 2, 40)))
        origin, target, detail = self.place, None, ""
        match kind:
            case MovementKind.ADMISSION:
                self.custody += 1
                origin, target, detail = None, self.random.choice(PLACES), self._entry()
            case MovementKind.TRANSFER:
                target = self.random.choice([place for place in PLACES if place is None or place != self.place])
            case MovementKind.RETURN:
                origin, target = None, self.random.choice((self.place, None))
            case MovementKind.RELEASE:
                detail = self.random.choice([*ENDS, "", ReleaseKind.DEATH])
        self.moves.append(self._move(kind, origin, target, detail))
        self.standing = rules.STEPS[self.standing, kind]
        if kind in (MovementKind.ADMISSION, MovementKind.TRANSFER):
            self.place = target
        if self.standing is Standing.OUTSIDE:
            self.ended, self.place = (str(kind) if kind is MovementKind.ESCAPE else detail), None

    def _move(self, kind: MovementKind, origin: str | None, target: str | None, detail: str) -> Move:
        shown = self.random.choice((origin, origin, None))
        sequence = 1 + sum(move.custody == self.custody for move in self.moves)
        return Move(self.custody, sequence, kind.value, self.day, shown, target, str(detail))

    def _entry(self) -> str:
        if self.ended == "escape":
            return self.random.choice((EntryKind.RECAPTURE, EntryKind.MANDATE)).value
        return self.random.choice(
            (EntryKind.MANDATE, EntryKind.REVOCATION) if self.moves else (EntryKind.MANDATE,)
        ).value


@st.composite
def histories(draw: st.DrawFn, least: int = 0) -> History:
    made = History(draw(st.randoms(use_true_random=False)))
    for _step in range(draw(st.integers(least, 25))):
        made.step()
    return made


def disturbed(history: History) -> list[Move]:
    """The same movements in another order, some of them twice, with annulled ones between."""
    random = history.random
    moves = [*history.moves, *(move for move in history.moves if random.random() < 0.4)]
    wrong = [replace(move, sequence=move.sequence + 1000, annulled=True) for move in history.moves[::3]]
    moves += wrong
    random.shuffle(moves)
    return moves


# The slow twin: on each day, whatever the last movement up to that day says -------------------------------------------


def last_up_to(moves: list[Move], day: date) -> Move | None:
    found = None
    for move in moves:
        if move.on <= day:
            found = move
    return found


def held_on(moves: list[Move], day: date) -> bool:
    last = last_up_to(moves, day)
    return last is not None and last.kind not in ("release", "escape")


def place_on(moves: list[Move], day: date) -> str | None:
    if not held_on(moves, day):
        return None
    place = None
    for move in moves:
        if move.on <= day and (move.kind in ("admission", "transfer") or (move.kind == "return" and move.to_place)):
            place = move.to_place
    return place


def away_on(moves: list[Move], day: date) -> str:
    last = last_up_to(moves, day)
    return last.kind if last is not None and last.kind in ("escort", "hospital", "exit_permit") else ""


@given(histories())
def test_the_course_of_a_shuffled_and_repeated_history_agrees_with_a_walk_day_by_day(history: History) -> None:
    moves = history.moves
    course = rules.stays(disturbed(history))
    end = (moves[-1].on if moves else START) + timedelta(3)
    for offset in range((end - START).days + 3):
        day = START + timedelta(offset - 2)
        absence = course.absence_on(day)
        assert course.in_custody_on(day) is held_on(moves, day)
        assert course.place_on(day) == place_on(moves, day)
        assert (absence.kind if absence else "") == away_on(moves, day)
    assert course.in_custody is held_on(moves, end)
    assert course.place == place_on(moves, end)
    assert (course.absence.kind if course.absence else "") == away_on(moves, end)


@given(histories())
def test_exits_returns_and_admissions_are_those_of_the_movements(history: History) -> None:
    moves = history.moves
    course = rules.stays(disturbed(history))
    exits = [
        (move.on, "escape" if move.kind == "escape" else move.detail)
        for move in moves
        if move.kind in ("release", "escape")
    ]
    assert [(found.on, found.kind) for found in course.exits] == exits
    assert [found.on for found in course.releases] == [move.on for move in moves if move.kind == "release"]
    assert [found.on for found in course.returns] == [move.on for move in moves if move.kind == "return"]
    entries = [move.detail for move in moves if move.kind == "admission"]
    assert course.admissions == len(entries) - entries.count("recapture")
    assert rules.stays(moves, count_revocations=False, count_recaptures=True).admissions == len(
        entries
    ) - entries.count("revocation")
    assert [(found.admitted_on, found.released_on) for found in course.episodes] == [
        (mine[0].on, mine[-1].on if mine[-1].kind in ("release", "escape") else None)
        for number in range(1, history.custody + 1)
        if (mine := [move for move in moves if move.custody == number])
    ]


@given(histories())
def test_absences_lie_inside_stays_and_stays_follow_one_another(history: History) -> None:
    course = rules.stays(history.moves)
    for earlier, later in zip(course.stays, course.stays[1:], strict=False):
        assert earlier.period.end is not None
        assert earlier.period.end <= later.period.start
    for absence in course.absences:
        # Somebody who leaves and is moved on one day leaves stays and absences of no length behind: none of them lies.
        holders = [stay for stay in course.stays if stay.custody == absence.custody and stay.place == absence.place]
        assert any(
            stay.period.start <= absence.period.start
            and (stay.period.end is None or (absence.period.end is not None and absence.period.end <= stay.period.end))
            for stay in holders
        )


# What cannot happen is always reported --------------------------------------------------------------------------------


def illegal_steps(history: History) -> list[Move]:
    """Every kind of step that cannot follow a history."""
    last, number = history.moves[-1], history.custody
    sequence = last.sequence + 1
    here = history.place or "EP-PIURA"
    elsewhere = next(place for place in PLACES if place != here)
    found = [
        Move(number, sequence, "admission", last.on, None, here),
        Move(number + 1, 1, "transfer", last.on, None, here),
        replace(last, on=last.on + timedelta(1)),
        Move(number + 1, 1, "admission", last.on - timedelta(1), None, here, "mandate"),
    ]
    possible = rules.possible_steps(history.standing)
    for kind in sorted(set(MovementKind) - possible):
        target = here if kind is MovementKind.TRANSFER else None
        found.append(Move(number, sequence, kind.value, last.on, None, target))
    if history.standing is not Standing.OUTSIDE:
        found.append(Move(number, sequence, "release", last.on - timedelta(1)))
        found.append(Move(number + 1, 1, "admission", last.on, None, here))
        if history.place is not None:
            found.append(Move(number, sequence, "release", last.on, elsewhere))
        if history.standing is Standing.AWAY and history.place is not None:
            found.append(Move(number, sequence, "return", last.on, None, elsewhere))
        if history.standing is Standing.PRESENT:
            found.append(Move(number, sequence, "transfer", last.on, here, here))
    elif history.ended == ReleaseKind.DEATH:
        found.append(Move(number + 1, 1, "admission", last.on, None, here, "mandate"))
    elif history.ended != "escape":
        found.append(Move(number + 1, 1, "admission", last.on, None, here, "recapture"))
    return found


@given(histories(least=1))
def test_an_impossible_step_is_always_reported(history: History) -> None:
    assert rules.movement_problems(disturbed(history)) == []
    for step in illegal_steps(history):
        moves = [*history.moves, step]
        history.random.shuffle(moves)
        problems = rules.movement_problems(moves)
        assert problems, step
        with pytest.raises(rules.BrokenCourse) as refused:
            rules.stays(moves)
        assert refused.value.problems == tuple(problems)


@given(st.lists(st.builds(
    Move,
    custody=st.integers(1, 3),
    sequence=st.integers(1, 5),
    kind=st.sampled_from([kind.value for kind in MovementKind]),
    on=st.dates(START, date(2021, 1, 1)),
    from_place=st.sampled_from(PLACES),
    to_place=st.sampled_from(PLACES),
    annulled=st.booleans(),
)), st.randoms(use_true_random=False))  # fmt: skip
def test_any_movements_at_all_are_read_the_same_in_any_order_and_never_break_the_walk(
    moves: list[Move], random: Random
) -> None:
    course, problems = rules.follow(moves), rules.movement_problems(moves)
    again = [*moves, *moves]
    random.shuffle(again)
    assert rules.follow(again) == course
    assert rules.movement_problems(again) == problems


# Words ----------------------------------------------------------------------------------------------------------------

DAY = date(2025, 5, 1)
IN = Move(1, 1, "admission", DAY, None, "A", "mandate")


@pytest.mark.parametrize(
    ("moves", "words"),
    [
        ([IN, Move(1, 2, "return", DAY, None, "A")], "retorno de quien no había salido"),
        ([IN, Move(1, 2, "escort", DAY, "A"), Move(1, 3, "transfer", DAY, "A", "B")], "falta su retorno"),
        ([IN, Move(1, 2, "hospital", DAY, "A"), Move(1, 3, "escort", DAY, "A")], "falta su retorno"),
        ([IN, Move(1, 2, "hospital", DAY, "A"), Move(1, 3, "return", DAY, None, "B")], "distinto del de salida"),
        ([IN, Move(1, 2, "escape", DAY, "A"), Move(1, 3, "return", DAY, None, "A")], "después del egreso"),
        (
            [IN, Move(1, 2, "release", DAY, "A"), Move(2, 1, "admission", DAY, None, "A", "recapture")],
            "no terminó en fuga",
        ),
        (
            [IN, Move(1, 2, "release", DAY, "A", None, "death"), Move(2, 1, "admission", DAY, None, "A")],
            "después del fallecimiento",
        ),
        ([IN, replace(IN, to_place="B")], "dos veces con datos distintos"),
        ([replace(IN, at=time(10)), Move(1, 2, "release", DAY, "A", at=time(9))], "anterior al que lo precede"),
    ],
)
def test_a_contradiction_is_named(moves: list[Move], words: str) -> None:
    assert any(words in problem for problem in rules.movement_problems(moves))


def test_an_annulled_admission_counts_nowhere() -> None:
    course = rules.stays([replace(IN, annulled=True)])
    assert (course.admissions, course.standing, course.stays, course.place) == (0, Standing.OUTSIDE, (), None)
    assert rules.admission_count([rules.Episode(DAY, DAY, "mandate", "annulled")], DAY) == 0


def test_who_is_away_stays_on_the_roll_until_released_or_escaped() -> None:
    course = rules.stays([IN, Move(1, 2, "exit_permit", DAY, "A"), Move(1, 3, "escape", DAY + timedelta(3))])
    (absence,) = course.absences
    assert (absence.kind, absence.place, absence.period.days, absence.ended_by) == ("exit_permit", "A", 3, "escape")
    assert (course.exits[0].kind, course.exits[0].place, course.releases) == ("escape", "A", ())
    assert course.in_custody_on(DAY + timedelta(2))


def test_a_recapture_counts_when_the_parameter_says_so() -> None:
    moves = [IN, Move(1, 2, "escape", DAY, "A"), Move(2, 1, "admission", DAY, None, "A", "recapture")]
    assert (rules.stays(moves).admissions, rules.stays(moves, count_recaptures=True).admissions) == (1, 2)
    assert rules.parameters().count_recaptures_on(DAY) is False
    assert rules.parameters().uncounted_entries_on(DAY) == {EntryKind.RECAPTURE}


def test_the_steps_are_those_of_the_states_and_nothing_leads_out_of_them() -> None:
    assert rules.possible_steps(Standing.OUTSIDE) == {MovementKind.ADMISSION}
    assert rules.possible_steps(Standing.AWAY) == {MovementKind.RETURN, MovementKind.RELEASE, MovementKind.ESCAPE}
    assert rules.possible_steps(Standing.PRESENT) == set(MovementKind) - {MovementKind.ADMISSION, MovementKind.RETURN}
    assert {kind for origin, kind in rules.STEPS if rules.STEPS[origin, kind] is Standing.AWAY} == ABSENCES


@pytest.mark.parametrize(
    ("at", "hours", "due"),
    [(time(8, 30), 72, "2025-05-04T08:30:00"), (None, 72, "2025-05-04T23:59:59"), (None, 25, "2025-05-03T23:59:59")],
)
def test_an_exit_permit_ends_after_its_hours(at: time | None, hours: int, due: str) -> None:
    assert rules.exit_permit_due(DAY, at, hours).isoformat() == due


def test_the_greatest_exit_permit_is_dated_and_cited() -> None:
    rule = rules.parameters().exit_permit_on(DAY)
    assert (rule.max_hours, rule.citation.locator) == (72, "art. 48")
    with pytest.raises(LookupError):
        rules.parameters().exit_permit_on(date(1899, 12, 31))
    check: Callable[[str], object] = rules.parse_parameters
    twice = "[[exit_permit]]\nmax_hours = 72\nvalid_from = 2000-01-01\nsource = 'x'\n" * 2
    with pytest.raises(ValueError, match="comparten un día"):
        check("admission_count = []\nplausible_age = []\n" + twice)

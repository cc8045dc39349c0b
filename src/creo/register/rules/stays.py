"""Where a person was, and how many times they came in: derived from movements, never typed.

A *stay* is a period in one prison. An *episode* (custody) runs from an admission to its release; transfers divide it in
stays but are no admissions (C-10, programme line 270: "primaria" is a single admission).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from creo.kernel.periods import Period
from creo.register.rules.vocabulary import EntryKind, MovementKind


@dataclass(frozen=True, slots=True)
class Move:
    """One movement of an episode; a place is None where the record does not say it."""

    custody: int
    sequence: int
    kind: str
    on: date
    from_place: str | None = None
    to_place: str | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """A period in one place; its last day is the day of leaving and belongs to the next place."""

    custody: int
    place: str | None
    period: Period


@dataclass(frozen=True, slots=True)
class Course:
    """What the movements of one person add up to."""

    stays: tuple[Stay, ...]
    in_custody: bool
    place: str | None
    admissions: int

    def place_on(self, day: date) -> str | None:
        """The place on a day; None when outside, or inside without a recorded place (see `in_custody_on`)."""
        return next((stay.place for stay in self.stays if stay.period.contains(day)), None)

    def in_custody_on(self, day: date) -> bool:
        """True when some stay holds the day."""
        return any(stay.period.contains(day) for stay in self.stays)


class BrokenCourse(ValueError):
    """Movements that no person can have made; `problems` names every one of them (Spanish)."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(self.problems))


def stays(moves: Iterable[Move]) -> Course:
    """Stays, present place and number of admissions of one person. BrokenCourse when the movements contradict."""
    ordered = sorted(moves, key=lambda move: (move.custody, move.sequence))
    problems = movement_problems(ordered)
    if problems:
        raise BrokenCourse(problems)
    found: list[Stay] = []
    for move, following in zip_longest(ordered, ordered[1:]):
        if move.kind == MovementKind.RELEASE:
            continue
        end = following.on if following is not None and following.custody == move.custody else None
        found.append(Stay(move.custody, move.to_place, Period(move.on, end)))
    last = found[-1] if found else None
    inside = last is not None and last.period.is_open
    return Course(
        stays=tuple(found),
        in_custody=inside,
        place=last.place if last is not None and inside else None,
        admissions=sum(move.kind == MovementKind.ADMISSION for move in ordered),
    )


def movement_problems(ordered: Sequence[Move]) -> list[str]:
    """Every contradiction of one person's movements in order, in words; an empty list when there is none."""
    problems: list[str] = []
    previous: Move | None = None
    for move in ordered:
        MovementKind(move.kind)
        starts = previous is None or previous.custody != move.custody
        if starts:
            problems += _start_problems(move, previous)
        elif previous is not None:
            problems += _step_problems(move, previous)
        previous = move
    return problems


def _start_problems(move: Move, previous: Move | None) -> list[str]:
    problems = []
    name = f"episodio {move.custody}"
    if move.kind != MovementKind.ADMISSION:
        problems.append(f"El {name} no empieza con un ingreso.")
    if previous is not None and previous.kind != MovementKind.RELEASE:
        problems.append(f"El {name} empieza sin egreso del episodio {previous.custody}.")
    if previous is not None and move.on < previous.on:
        problems.append(f"El {name} empieza antes del egreso del episodio {previous.custody}.")
    return problems


def _step_problems(move: Move, previous: Move) -> list[str]:
    problems = []
    name = f"El movimiento {move.sequence} del episodio {move.custody}"
    if previous.kind == MovementKind.RELEASE:
        problems.append(f"{name} viene después del egreso.")
    if move.kind == MovementKind.ADMISSION:
        problems.append(f"{name} es un segundo ingreso.")
    if move.on < previous.on:
        problems.append(f"{name} es anterior al que lo precede.")
    if previous.kind != MovementKind.RELEASE and not same_place(move.from_place, previous.to_place):
        problems.append(f"{name} sale de un establecimiento donde la persona no estaba.")
    if move.kind == MovementKind.TRANSFER and move.to_place is not None and move.to_place == move.from_place:
        problems.append(f"{name} es un traslado al mismo establecimiento.")
    return problems


def same_place(first: str | None, second: str | None) -> bool:
    """True unless both places are recorded and differ: an unrecorded place contradicts nothing."""
    return first is None or second is None or first == second


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode of custody, as admissions are counted."""

    admitted_on: date
    released_on: date | None = None
    entry_kind: str = EntryKind.MANDATE

    @property
    def period(self) -> Period:
        """From the day of admission to the day of release, which is outside."""
        return Period(self.admitted_on, self.released_on)

    def open_on(self, day: date) -> bool:
        """True when the person was held on the day."""
        return self.admitted_on <= day and (self.released_on is None or day < self.released_on)


def admission_count(episodes: Iterable[Episode], as_of: date, *, count_revocations: bool = True) -> int:
    """Admissions up to a day (C-10): each episode is one, however many transfers it holds.

    A re-entry by revocation counts unless the parameter in force says otherwise (default: not primary any more).
    """
    return sum(
        episode.admitted_on <= as_of
        and (count_revocations or EntryKind(episode.entry_kind) is not EntryKind.REVOCATION)
        for episode in episodes
    )

"""Where a person was, and how many times they came in: derived from movements, never typed.

An *episode* (custody) runs from an admission to its release or escape. A *stay* is a period on the roll of one prison:
transfers divide an episode in stays but are no admissions (C-10, programme line 270: "primaria" is a single admission).
An *absence* (escort, hospital, exit permit) lies inside a stay: who is away stays on the roll of the prison they left.

Everything comes from one walk over the movements. Their order of arrival does not matter, an exact repetition changes
nothing, an annulled movement never happened; whatever cannot have happened is named, movement by movement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from enum import StrEnum

from creo.kernel.periods import Period
from creo.register.rules.vocabulary import ABSENCES, EntryKind, MovementKind, ReleaseKind


class Standing(StrEnum):
    """Where somebody stands after a movement."""

    OUTSIDE = "outside"
    PRESENT = "present"
    AWAY = "away"


# The states of custody: from where, which movement, to where. What is not here cannot happen.
STEPS: Mapping[tuple[Standing, MovementKind], Standing] = {
    (Standing.OUTSIDE, MovementKind.ADMISSION): Standing.PRESENT,
    (Standing.PRESENT, MovementKind.TRANSFER): Standing.PRESENT,
    (Standing.PRESENT, MovementKind.ESCORT): Standing.AWAY,
    (Standing.PRESENT, MovementKind.HOSPITAL): Standing.AWAY,
    (Standing.PRESENT, MovementKind.EXIT_PERMIT): Standing.AWAY,
    (Standing.AWAY, MovementKind.RETURN): Standing.PRESENT,
    (Standing.PRESENT, MovementKind.RELEASE): Standing.OUTSIDE,
    (Standing.AWAY, MovementKind.RELEASE): Standing.OUTSIDE,
    (Standing.PRESENT, MovementKind.ESCAPE): Standing.OUTSIDE,
    (Standing.AWAY, MovementKind.ESCAPE): Standing.OUTSIDE,
}
EXITS = frozenset({MovementKind.RELEASE, MovementKind.ESCAPE})


def possible_steps(standing: Standing) -> frozenset[MovementKind]:
    """The kinds of movement that somebody can make from where they stand."""
    return frozenset(kind for origin, kind in STEPS if origin is standing)


@dataclass(frozen=True, slots=True)
class Move:
    """One movement of an episode; a place is None, and a detail empty, where the record does not say it.

    `detail` is the kind of entry of an admission, the kind of release of a release, and empty otherwise.
    """

    custody: int
    sequence: int
    kind: str
    on: date
    from_place: str | None = None
    to_place: str | None = None
    detail: str = ""
    at: time | None = None
    annulled: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """A period on the roll of one place; its last day is the day of leaving and belongs to the next place."""

    custody: int
    place: str | None
    period: Period


@dataclass(frozen=True, slots=True)
class Absence:
    """A period away from the place whose roll holds the person. `ended_by` is the movement that did, empty so far."""

    custody: int
    kind: str
    place: str | None
    period: Period
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class Exit:
    """The end of an episode: `kind` is the kind of release (empty: not recorded), or escape."""

    custody: int
    on: date
    kind: str
    place: str | None


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode of custody, as admissions are counted."""

    admitted_on: date
    released_on: date | None = None
    entry_kind: str = EntryKind.MANDATE
    release_kind: str = ""

    @property
    def period(self) -> Period:
        """From the day of admission to the day of release, which is outside."""
        return Period(self.admitted_on, self.released_on)

    @property
    def annulled(self) -> bool:
        """True of an admission recorded by mistake: the episode never was."""
        return self.release_kind == ReleaseKind.ANNULLED

    def open_on(self, day: date) -> bool:
        """True when the person was held on the day."""
        return self.admitted_on <= day and (self.released_on is None or day < self.released_on)


def admission_count(
    episodes: Iterable[Episode], as_of: date, *, count_revocations: bool = True, count_recaptures: bool = False
) -> int:
    """Admissions up to a day (C-10): each episode is one, however many transfers it holds.

    An annulled admission is none. Whether a re-entry by revocation and a recapture count is said by the parameter in
    force (default: the first one does, the second continues the episode that the escape cut).
    """
    not_counted = uncounted_entries(count_revocations=count_revocations, count_recaptures=count_recaptures)
    return sum(
        episode.admitted_on <= as_of and not episode.annulled and EntryKind(episode.entry_kind) not in not_counted
        for episode in episodes
    )


def uncounted_entries(*, count_revocations: bool, count_recaptures: bool) -> frozenset[EntryKind]:
    """The kinds of entry that are no admission, by what the parameter in force says of each."""
    said = {EntryKind.REVOCATION: count_revocations, EntryKind.RECAPTURE: count_recaptures}
    return frozenset(kind for kind, counted in said.items() if not counted)


@dataclass(frozen=True, slots=True)
class Course:
    """What the movements of one person add up to."""

    stays: tuple[Stay, ...]
    absences: tuple[Absence, ...]
    exits: tuple[Exit, ...]
    returns: tuple[Move, ...]
    episodes: tuple[Episode, ...]
    standing: Standing
    place: str | None
    admissions: int

    @property
    def in_custody(self) -> bool:
        """True while an episode is open, also when the person is away for a while."""
        return self.standing is not Standing.OUTSIDE

    @property
    def absence(self) -> Absence | None:
        """The absence that lasts, if any."""
        return self.absences[-1] if self.standing is Standing.AWAY else None

    @property
    def releases(self) -> tuple[Exit, ...]:
        """The ends of episodes that were a release: an escape is none."""
        return tuple(found for found in self.exits if found.kind != ReleaseKind.ESCAPE)

    def place_on(self, day: date) -> str | None:
        """The place on a day; None when outside, or inside without a recorded place (see `in_custody_on`)."""
        return next((stay.place for stay in self.stays if stay.period.contains(day)), None)

    def in_custody_on(self, day: date) -> bool:
        """True when some stay holds the day."""
        return any(stay.period.contains(day) for stay in self.stays)

    def absence_on(self, day: date) -> Absence | None:
        """The absence that holds a day; the day of return is a day inside."""
        return next((absence for absence in self.absences if absence.period.contains(day)), None)


class BrokenCourse(ValueError):
    """Movements that no person can have made; `problems` names every one of them (Spanish)."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(self.problems))


def stays(moves: Iterable[Move], *, count_revocations: bool = True, count_recaptures: bool = False) -> Course:
    """Everything the movements of one person add up to. BrokenCourse when they contradict one another."""
    found = list(moves)
    problems = movement_problems(found)
    if problems:
        raise BrokenCourse(problems)
    return follow(found, count_revocations=count_revocations, count_recaptures=count_recaptures)


def follow(moves: Iterable[Move], *, count_revocations: bool = True, count_recaptures: bool = False) -> Course:
    """The same without refusing: the best reading of movements that may contradict, for records not yet mended."""
    ordered, _repeated = _in_order(moves)
    walk = _Walk()
    for move in ordered:
        walk.step(move)
    counted = {"count_revocations": count_revocations, "count_recaptures": count_recaptures}
    return Course(
        stays=tuple(walk.stays),
        absences=tuple(walk.absences),
        exits=tuple(walk.exits),
        returns=tuple(walk.returns),
        episodes=tuple(walk.episodes),
        standing=walk.standing,
        place=walk.stays[-1].place if walk.standing is not Standing.OUTSIDE else None,
        admissions=admission_count(walk.episodes, date.max, **counted),
    )


def _in_order(moves: Iterable[Move]) -> tuple[list[Move], list[str]]:
    """The live movements once each, in order; and what stands twice with different content."""
    # The whole content is part of the order: the same movements give the same answer however they arrive.
    each = sorted(set(moves), key=lambda move: (move.custody, move.sequence, move.annulled, repr(move)))
    kept: list[Move] = []
    problems: list[str] = []
    previous: Move | None = None
    for move in each:
        if previous is not None and (previous.custody, previous.sequence) == (move.custody, move.sequence):
            problem = f"{_name(move)} está dos veces con datos distintos."
            if problem not in problems:
                problems.append(problem)
            continue
        previous = move
        if not move.annulled:
            kept.append(move)
    return kept, problems


@dataclass(slots=True)
class _Walk:
    """What was seen up to a movement; it never refuses."""

    stays: list[Stay] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    exits: list[Exit] = field(default_factory=list)
    returns: list[Move] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    standing: Standing = Standing.OUTSIDE

    def step(self, move: Move) -> None:
        kind = MovementKind(move.kind)
        if kind is MovementKind.ADMISSION or not self.stays or self.stays[-1].custody != move.custody:
            self._begin(move)
        if kind is MovementKind.TRANSFER:
            self._move_to(move)
        elif kind is MovementKind.RETURN:
            self._return(move)
        elif kind in ABSENCES:
            self._leave(move)
        elif kind in EXITS:
            self._end(move)

    def _begin(self, move: Move) -> None:
        entry = move.detail if move.kind == MovementKind.ADMISSION and move.detail else EntryKind.MANDATE
        place = move.to_place if move.kind == MovementKind.ADMISSION else move.from_place
        self.episodes.append(Episode(move.on, None, entry))
        self.stays.append(Stay(move.custody, place, Period(move.on)))
        self.standing = Standing.PRESENT

    def _move_to(self, move: Move) -> None:
        self._close_absence(move)
        self._close_stay(move)
        self.stays.append(Stay(move.custody, move.to_place, Period(move.on)))
        self.standing = Standing.PRESENT

    def _leave(self, move: Move) -> None:
        self._close_absence(move)
        self.absences.append(Absence(move.custody, move.kind, self.stays[-1].place, Period(move.on)))
        self.standing = Standing.AWAY

    def _return(self, move: Move) -> None:
        self._close_absence(move)
        self.returns.append(move)
        if move.to_place is not None and move.to_place != self.stays[-1].place:
            self._close_stay(move)
            self.stays.append(Stay(move.custody, move.to_place, Period(move.on)))
        self.standing = Standing.PRESENT

    def _end(self, move: Move) -> None:
        self._close_absence(move)
        self._close_stay(move)
        kind = ReleaseKind.ESCAPE.value if move.kind == MovementKind.ESCAPE else move.detail
        self.exits.append(Exit(move.custody, move.on, kind, self.stays[-1].place))
        self.episodes[-1] = replace(self.episodes[-1], released_on=move.on, release_kind=kind)
        self.standing = Standing.OUTSIDE

    def _close_absence(self, move: Move) -> None:
        if self.standing is Standing.AWAY:
            last = self.absences[-1]
            self.absences[-1] = replace(last, period=_until(last.period, move.on), ended_by=str(move.kind))

    def _close_stay(self, move: Move) -> None:
        last = self.stays[-1]
        self.stays[-1] = replace(last, period=_until(last.period, move.on))


def _until(period: Period, day: date) -> Period:
    """The period up to a day; a day before its start, in a broken record, leaves it empty."""
    return Period(period.start, max(period.start, day))


def movement_problems(moves: Iterable[Move]) -> list[str]:
    """Every contradiction of one person's movements, in any order, in words; an empty list when there is none."""
    ordered, problems = _in_order(moves)
    previous: Move | None = None
    walk = _Walk()
    for move in ordered:
        if previous is None or previous.custody != move.custody:
            problems += _start_problems(move, previous, walk)
        else:
            problems += _step_problems(move, previous, walk)
        walk.step(move)
        previous = move
    return problems


def _name(move: Move) -> str:
    return f"El movimiento {move.sequence} del episodio {move.custody}"


def _start_problems(move: Move, previous: Move | None, walk: _Walk) -> list[str]:
    problems = []
    name = f"episodio {move.custody}"
    if MovementKind(move.kind) is not MovementKind.ADMISSION:
        problems.append(f"El {name} no empieza con un ingreso.")
    if previous is None:
        return problems
    if walk.standing is not Standing.OUTSIDE:
        problems.append(f"El {name} empieza sin egreso del episodio {previous.custody}.")
    if _before(move, previous):
        problems.append(f"El {name} empieza antes del egreso del episodio {previous.custody}.")
    if walk.exits and walk.exits[-1].kind == ReleaseKind.DEATH:
        problems.append(f"El {name} empieza después del fallecimiento.")
    escaped = bool(walk.exits) and walk.exits[-1].kind == ReleaseKind.ESCAPE
    if move.detail == EntryKind.RECAPTURE and not escaped:
        problems.append(f"El {name} es una recaptura, pero el episodio {previous.custody} no terminó en fuga.")
    return problems


def _step_problems(move: Move, previous: Move, walk: _Walk) -> list[str]:
    kind, name = MovementKind(move.kind), _name(move)
    problems = []
    if walk.standing is Standing.OUTSIDE:
        problems.append(f"{name} viene después del egreso.")
    if kind is MovementKind.ADMISSION:
        problems.append(f"{name} es un segundo ingreso.")
    elif walk.standing is not Standing.OUTSIDE and (walk.standing, kind) not in STEPS:
        problems.append(f"{name} {_IMPOSSIBLE[walk.standing]}")
    if _before(move, previous):
        problems.append(f"{name} es anterior al que lo precede.")
    here = walk.stays[-1].place
    if kind is MovementKind.RETURN:
        if not same_place(move.to_place, here):
            problems.append(f"{name} es un retorno a un establecimiento distinto del de salida.")
    elif walk.standing is not Standing.OUTSIDE and not same_place(move.from_place, here):
        problems.append(f"{name} sale de un establecimiento donde la persona no estaba.")
    if kind is MovementKind.TRANSFER and move.to_place is not None and move.to_place == move.from_place:
        problems.append(f"{name} es un traslado al mismo establecimiento.")
    return problems


_IMPOSSIBLE: Mapping[Standing, str] = {
    Standing.AWAY: "ocurre mientras la persona está fuera del establecimiento: falta su retorno.",
    Standing.PRESENT: "es un retorno de quien no había salido.",
}


def _before(move: Move, previous: Move) -> bool:
    """True when a movement cannot come after another; hours tell on one day, when both are known."""
    if move.on != previous.on or move.at is None or previous.at is None:
        return move.on < previous.on
    return move.at < previous.at


def same_place(first: str | None, second: str | None) -> bool:
    """True unless both places are recorded and differ: an unrecorded place contradicts nothing."""
    return first is None or second is None or first == second

"""The board: every check judged as of a day for the reader's places, with its history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.quality import rules
from creo.support.quality.checks import Check, allowed, checks, places, shared
from creo.support.quality.models import QualityAnswer, QualityCount, QualityRun
from creo.support.quality.queries.limits import changes_of
from creo.support.refusals import NotFound

HISTORY_DAYS = 8 * 7 + 1  # eight weeks and today
Places = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest run that speaks for today."""

    id: int
    as_of: date
    finished_at: datetime
    actor: str
    days_old: int
    stale: bool


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One check: what was observed in the reader's places, how it is judged, and where it is going."""

    check: Check
    observed: rules.Observed | None
    judgement: rules.Judgement
    trend: rules.Trend
    points: tuple[rules.Point, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place of a check in the newest run; code "" where the record tells no place."""

    code: str
    name: str
    group: str
    observed: rules.Observed
    judgement: rules.Judgement


@dataclass(frozen=True, slots=True)
class CheckHistory:
    """One check with its row of the board and the limits of each day of its history."""

    row: BoardRow
    run: LastRun | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Numbers of checks by state for a card, the most urgent checks first. `run` None: nothing was ever checked."""

    run: LastRun | None
    by_state: dict[rules.State, int] = field(default_factory=dict)
    urgent: tuple[BoardRow, ...] = ()


def last_run(today: date) -> LastRun | None:
    """The newest run that brought the lists up to date. One query, two when nothing ran for weeks."""
    rows = [row for row in _runs(today) if not row[4]]
    if not rows:
        older = QualityRun.objects.filter(superseded=False, past=False, as_of__lte=today).order_by("-as_of")
        rows = list(older.values_list(*_RUN)[:1])
    if not rows:
        return None
    key, as_of, finished_at, actor, _past = rows[0]
    age = (today - as_of).days
    stale = age > rules.parameters().on("stale_after_days", today)
    return LastRun(key, as_of, finished_at, actor, days_old=age, stale=stale)


_RUN = ("id", "as_of", "finished_at", "actor", "past")


def _runs(today: date) -> list[tuple[int, date, datetime, str, bool]]:
    """The runs of the last weeks that speak for their days, newest first."""
    since = today - timedelta(days=HISTORY_DAYS)
    rows = QualityRun.objects.filter(superseded=False, as_of__gt=since, as_of__lte=today).order_by("-as_of")
    return shared(("quality.runs", today), lambda: list(rows.values_list(*_RUN)))


def board(reader: Reader, today: date, *, place: str = "") -> tuple[LastRun | None, list[BoardRow]]:
    """Every check in the reader's places (or one of them), the most urgent first. NotFound for a place outside.

    Three queries, and those that tell the reader's places; one more where the scope is not the nation.
    """
    here = _wanted(reader, place)
    found = last_run(today)
    wired = checks()
    histories = _histories(wired, here, today)
    changes = changes_of(wired)
    rows = [_row(check, histories.get(code, []), changes.get(code, ()), found, today) for code, check in wired.items()]
    order = list(rules.Severity)
    rows.sort(key=lambda row: (row.judgement.urgency, order.index(row.check.severity), str(row.check.title)))
    return found, rows


def check_history(reader: Reader, check: Check, today: date, *, place: str = "") -> CheckHistory:
    """One check in the reader's places (or one of them). NotFound for a place outside."""
    here = _wanted(reader, place)
    found = last_run(today)
    points = _histories([check.code], here, today).get(check.code, [])
    changes = changes_of([check.code]).get(check.code, ())
    return CheckHistory(_row(check, points, changes, found, today), found)


def place_rows(reader: Reader, check: Check, today: date) -> list[PlaceRow]:
    """The newest run of a check place by place, the most urgent first. A check that counts no units has no row for a
    place without findings."""
    reader.require(Permission.VIEW_QUALITY)
    found = last_run(today)
    if found is None:
        return []
    named = {item.code: item for item in places(reader)}
    limits = rules.limits_on(today, check.limits, changes_of([check.code]).get(check.code, ()))
    stale = rules.parameters().on("stale_after_days", today)
    made = []
    for place, observed in _by_place(check.code, found, None if reader.national else frozenset(named), today):
        judgement = rules.judge(observed, limits, as_of=today, stale_after=stale)
        item = named.get(place)
        made.append(PlaceRow(place, item.name if item else "", item.group if item else "", observed, judgement))
    return sorted(made, key=lambda row: (row.judgement.urgency, -row.observed.left, row.name or "~", row.code))


def _by_place(code: str, found: LastRun, here: Places, today: date) -> list[tuple[str, rules.Observed]]:
    if here is not None:
        rows = [row for row in _counts(here, [code], today) if row[1] == found.id]
    else:
        rows = list(QualityCount.objects.filter(run_id=found.id, check_code=code).values_list(*_COUNT))
    return [
        (place, rules.Observed(number, excepted, population, unseen=not seen, on=found.as_of))
        for _code, _run, place, number, excepted, population, seen in rows
    ]


def summary(reader: Reader, today: date, *, most: int = 3) -> Summary:
    """How many checks are in each state, and the most urgent ones over a limit: for the card of another page."""
    found, rows = board(reader, today)
    counted = {state: sum(row.judgement.state is state for row in rows) for state in rules.State}
    over = [row for row in rows if row.judgement.state in (rules.State.OVER_HARD, rules.State.OVER_SOFT)]
    return Summary(found, counted, tuple(over[:most]))


def _wanted(reader: Reader, place: str) -> Places:
    reader.require(Permission.VIEW_QUALITY)
    here = allowed(reader)
    if not place:
        return here
    known = here if here is not None else frozenset(item.code for item in places(reader))
    if place not in known:
        raise NotFound
    return frozenset({place})


def _row(
    check: Check, history: Sequence[_Day], changes: Iterable[rules.Limits], found: LastRun | None, today: date
) -> BoardRow:
    """The row of a check: the history judged day by day with the limits of each day, then today's judgement."""
    changes = tuple(changes)
    last = next((day for day in history if found is not None and day.run == found.id), None)
    observed = last.observed if last else None
    limits = rules.limits_on(today, check.limits, changes)
    stale = rules.parameters().on("stale_after_days", today)
    judgement = rules.judge(observed, limits, as_of=today, stale_after=stale)
    points = tuple(
        rules.Point(item.on, rules.judge(item, rules.limits_on(item.on, check.limits, changes), as_of=item.on))
        for item in (day.observed for day in history)
        if item.on is not None
    )
    window = rules.parameters().on("trend_window_days", today)
    problem = last.problem if last else ""
    return BoardRow(check, observed, judgement, rules.trend(points, window=window), points, problem)


@dataclass(frozen=True, slots=True)
class _Day:
    """What a check observed in one run; why, when it did not run."""

    run: int
    observed: rules.Observed
    problem: str


def _histories(wired: Collection[str], here: Places, today: date) -> dict[str, list[_Day]]:
    """What each check observed, day by day, in some places. Days on which it did not run are there, as such."""
    days = {run[0]: run[1] for run in _runs(today)}
    answers = QualityAnswer.objects.filter(run__in=days, check_code__in=list(wired))
    fields = ("check_code", "run_id", "ran", "problem", "found", "excepted", "population", "unseen")
    rows = sorted(answers.values_list(*fields), key=lambda row: days[row[1]])
    parts = None if here is None else _parts(here, list(wired), today)
    histories: dict[str, list[_Day]] = {}
    for code, run, ran, problem, found, excepted, population, unseen in rows:
        on = days[run]
        if not ran:
            observed = rules.Observed(ran=False, on=on)
        elif parts is None:
            observed = rules.Observed(found, excepted, population, unseen, on=on)
        else:
            whole = rules.Observed(population=0 if population is not None else None, on=on)
            observed = rules.added([whole, *parts.get((code, run), [])]) or whole
        histories.setdefault(code, []).append(_Day(run, observed, problem))
    return histories


_COUNT = ("check_code", "run_id", "place", "found", "excepted", "population", "seen")


def _counts(here: frozenset[str], wired: list[str], today: date) -> list[tuple[Any, ...]]:
    """Counts of some places in the runs of the last weeks. One query a page."""
    runs = [run[0] for run in _runs(today)]
    rows = QualityCount.objects.filter(place__in=here, run__in=runs, check_code__in=wired).values_list(*_COUNT)
    return shared(("quality.counts", here, tuple(wired), today), lambda: list(rows))


def _parts(here: frozenset[str], wired: list[str], today: date) -> dict[tuple[str, int], list[rules.Observed]]:
    parts: dict[tuple[str, int], list[rules.Observed]] = {}
    for code, run, _place, found, excepted, population, seen in _counts(here, wired, today):
        parts.setdefault((code, run), []).append(rules.Observed(found, excepted, population, unseen=not seen))
    return parts

"""The people of a run, one answer at a time, from the facts kept in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import batched
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet
from django.db.models.functions import Substr

from creo.kernel.periods import completed_years
from creo.kernel.verdicts import Outcome
from creo.register import rules as register_rules
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.refusals import NotFound
from creo.support.tables import Keyset, TablePage
from creo.targeting import engine, rules
from creo.targeting.models import TargetingResult
from creo.targeting.queries.reevaluations import ReevaluationRow, newest_since
from creo.targeting.queries.runs import Run
from creo.territory import queries as territory

_ORDER = Keyset("targeting.results", ("person_id",))
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class ResultFilters:
    """What a list of results is narrowed to; `missing` is the code of a criterion without answer."""

    result: rules.Result = rules.Result.ELIGIBLE
    facility: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One person of a run. `name` is empty without the permission to see people; age and article are as kept.

    `again` is the newest re-evaluation since the run: with the design in force, never for a run of another reading.
    """

    code: str
    name: str
    facility: str
    facility_name: str
    age: int | None
    article: str
    result: rules.Result
    unmet: tuple[str, ...]
    missing: tuple[str, ...]
    again: ReevaluationRow | None = None


_NAMES = ("known__given_names", "known__first_surname", "known__second_surname")


def results_page(reader: Reader, run: Run, filters: ResultFilters, cursor: str = "") -> TablePage[ResultRow]:
    """A page of a run's people, in the order of their keys. Two queries. Refused for an altered cursor."""
    found = _ORDER.page(_values(reader, _filtered(reader, run, filters)), cursor)
    rows = _newest(reader, run, [_row(run, values) for values in found.rows])
    return TablePage(rows, found.next_cursor, found.prev_cursor)


def results_count(reader: Reader, run: Run, filters: ResultFilters) -> int:
    """How many people the filters leave: from the counts of the run, or one query when they say more."""
    if filters.missing:
        return _filtered(reader, run, filters).count()
    counts = run.totals.by_facility()
    if filters.facility:
        key = territory.by_code(reader, filters.facility).id
        counts = {key: counts[key]} if key in counts else {}
    return sum(row[filters.result.outcome] for row in counts.values())


def results_rows(reader: Reader, run: Run, filters: ResultFilters) -> Iterator[ResultRow]:
    """Every row, streamed, for exports. Forbidden without the permission to export."""
    reader.require(Permission.EXPORT)
    rows = _filtered(reader, run, filters).order_by("person_id")
    for some in batched(_values(reader, rows).iterator(chunk_size=CHUNK), CHUNK, strict=False):
        yield from _newest(reader, run, [_row(run, values) for values in some])


def first_code(reader: Reader, run: Run, result: rules.Result) -> str | None:
    """The first person of a run with an answer, in the order of the list. One query."""
    rows = _filtered(reader, run, ResultFilters(result=result)).order_by("person_id")
    return rows.values_list("person__code", flat=True).first()


def result_facts(reader: Reader, run: Run, person_code: str) -> tuple[TargetingResult, dict[str, Any]]:
    """One person's kept answer and facts. NotFound when the person was not in the run or is outside the scope."""
    found = _scoped(run).select_related("person", "facility").filter(person__code=person_code).first()
    if found is None:
        raise NotFound
    return found, engine.thaw_row(found.facts, run.meanings)


def kept_people(run: Run) -> tuple[engine.People, list[str], list[int]]:
    """Everybody of a run as columns, with their outcome per criterion and in all, by person key. One query.

    Only for those who may see the whole of it: callers have narrowed the run to the reader's scope.
    """
    import numpy as np

    rows = list(
        _scoped(run).order_by("person_id").values_list("person_id", "facility_id", "facts", "criteria", "outcome")
    )
    persons = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    facilities = np.fromiter((row[1] or 0 for row in rows), np.int64, len(rows))
    columns = engine.thaw([row[2] for row in rows], run.meanings)
    people = engine.People(run.row.as_of, persons, facilities, columns)
    return people, [row[3] for row in rows], [row[4] for row in rows]


def _scoped(run: Run) -> QuerySet[TargetingResult]:
    rows = TargetingResult.objects.filter(run_id=run.row.number)
    return rows if run.allowed is None else rows.filter(facility_id__in=run.allowed)


def _filtered(reader: Reader, run: Run, filters: ResultFilters) -> QuerySet[TargetingResult]:
    reader.require(Permission.VIEW_TARGETING)
    rows = _scoped(run).filter(outcome=filters.result.outcome)
    if filters.facility:
        rows = rows.filter(facility_id=territory.by_code(reader, filters.facility).id)
    if filters.missing:
        if filters.missing not in run.criteria_codes:
            raise NotFound
        place = run.criteria_codes.index(filters.missing) + 1
        rows = rows.annotate(asked=Substr("criteria", place, 1)).filter(asked=str(int(Outcome.UNKNOWN)))
    return rows


def _values(reader: Reader, rows: QuerySet[TargetingResult]) -> QuerySet[TargetingResult, dict[str, Any]]:
    names = _NAMES if reader.can(Permission.VIEW_PEOPLE) else ()
    if names:
        rows = rows.annotate(
            known=FilteredRelation("person__identities", condition=Q(person__identities__valid_to=None))
        )
    fields = ("person_id", "person__code", "facility__code", "facility__name", "outcome", "criteria", "facts")
    return rows.values(*fields, *names)


def _row(run: Run, values: dict[str, Any]) -> ResultRow:
    facts = engine.thaw_row(values["facts"], run.meanings)
    born = facts.get("birth_date")
    return ResultRow(
        code=values["person__code"],
        name=register_rules.full_name(*(values[name] or "" for name in _NAMES)) if _NAMES[0] in values else "",
        facility=values["facility__code"] or "",
        facility_name=values["facility__name"] or "",
        age=completed_years(born, run.row.as_of) if isinstance(born, date) else None,
        article=str(facts.get("main_article") or ""),
        result=rules.result_of(values["outcome"]),
        unmet=_titles(run, values["criteria"], Outcome.NOT_MET),
        missing=_titles(run, values["criteria"], Outcome.UNKNOWN),
    )


def _newest(reader: Reader, run: Run, rows: list[ResultRow]) -> list[ResultRow]:
    """The rows with what has been answered since; a run of another reading is compared with nothing. One query."""
    if run.row.variant or not rows:
        return rows
    again = newest_since(reader, [row.code for row in rows], run.row.programme, run.row.created_at)
    return [replace(row, again=again[row.code]) if row.code in again else row for row in rows]


def _titles(run: Run, digits: str, outcome: Outcome) -> tuple[str, ...]:
    titles = {item.code: item.title for item in run.criteria}
    wanted = str(int(outcome))
    return tuple(titles[code] for code, digit in zip(run.criteria_codes, digits, strict=True) if digit == wanted)

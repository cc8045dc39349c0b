"""A run: everybody of a place evaluated on a day, stored whole with the facts it saw, or not at all."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from typing import Any

from creo.kernel.criteria import Criteria
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.bulk import insert_rows
from creo.support.jobs.commands import JobHandle
from creo.support.jobs.progress import Report, silent
from creo.support.ledger import commands as ledger
from creo.targeting import engine, queries, rules
from creo.targeting.models import TargetingResult, TargetingRun

RESULT_FIELDS = ("run_id", "person_id", "facility_id", "outcome", "criteria", "facts")
REPORT_EVERY = 10_000


@dataclass(frozen=True)
class _Evaluated:
    """Everything a run stores, computed before the database is locked."""

    place: queries.Place
    rule: rules.Ruleset
    criteria: Criteria
    people: engine.People
    answers: engine.Answers
    tallies: engine.Tallies
    comparisons: dict[str, Any]


def run(
    *,
    by: Reader,
    as_of: date,
    scope_kind: str = queries.NATION,
    scope_code: str = "",
    variant: str = "",
    version: int | None = None,
    programme: str = "",
    progress: Report = silent,
) -> TargetingRun:
    """Evaluates everybody held in a place on a day and stores each answer with the facts it was given on.

    Forbidden outside the permission or the scope; Refused when no design rules that day, or it asks for facts that the
    register does not publish. Nothing is stored unless everything is.
    """
    by.require(Permission.RUN_TARGETING)
    started = time.perf_counter()
    progress(0, 0, "Leyendo el registro")
    found = _evaluate(by, as_of, queries.place(by, scope_kind, scope_code), variant, version, programme, progress)
    return _store(by=by, found=found, started=started, progress=progress)


def perform_run(job: JobHandle) -> dict[str, Any]:
    """The same run as background work. Arguments: as_of (ISO), scope_kind, scope_code, variant. Result: run_id."""
    stored = run(
        by=job.reader,
        as_of=date.fromisoformat(job.arguments["as_of"]),
        scope_kind=job.arguments.get("scope_kind", queries.NATION),
        scope_code=job.arguments.get("scope_code", ""),
        variant=job.arguments.get("variant", ""),
        progress=job.progress,
    )
    return {"run_id": stored.pk, "people": stored.people, "eligible": stored.eligible}


def inputs_hash(people: engine.People, rule: rules.Ruleset) -> str:
    """SHA-256 of everything an answer depends on: what is asked, of whom, on which facts, on which day."""
    import hashlib

    return hashlib.sha256(f"{rule.question()} {people.digest()}".encode()).hexdigest()


def _evaluate(
    by: Reader, as_of: date, where: queries.Place, variant: str, version: int | None, programme: str, progress: Report
) -> _Evaluated:
    rule = queries.ruleset(by, as_of, variant=variant, version=version, code=programme)
    criteria = rules.compile_criteria(rule.items, queries.shapes())
    people = queries.people_of(by, where, as_of)
    progress(0, len(people), "Evaluando")
    answers = engine.answer(people, criteria)
    others = [] if variant or version else queries.readings(by, as_of, rule.programme)
    return _Evaluated(
        place=where,
        rule=rule,
        criteria=criteria,
        people=people,
        answers=answers,
        tallies=engine.tally(people, criteria, answers, rule.families),
        comparisons={other.key: _compared(people, answers, other) for other in others if other.kind == queries.VARIANT},
    )


def _compared(people: engine.People, answers: engine.Answers, other: queries.Reading) -> dict[str, Any]:
    criteria = rules.compile_criteria(other.rule.items, queries.shapes())
    counts = engine.compare(people, answers, engine.answer(people, criteria)).as_data()
    return {"title": other.title, "question": other.rule.question(), "counts": counts}


@ledger.command(permission=Permission.RUN_TARGETING)
def _store(*, by: Reader, found: _Evaluated, started: float, progress: Report) -> TargetingRun:
    people, answers = found.people, found.answers
    counts = answers.evaluation.counts()
    stored = TargetingRun.objects.create(
        scope_kind=found.place.kind,
        scope_code=found.place.code,
        as_of=people.as_of,
        programme=found.rule.programme,
        design_version=found.rule.version,
        design_digest=found.rule.digest,
        variant=found.rule.variant,
        rule=found.rule.as_data(),
        meanings=[column.as_data() for column in engine.dictionaries(people.columns)],
        criteria_codes=list(answers.evaluation.codes),
        inputs_hash=inputs_hash(people, found.rule),
        answers_hash=answers.digest(),
        people=len(people),
        totals=found.tallies.as_data(),
        comparisons=found.comparisons,
        started_by=by.name,
        started_by_id=by.user_id,
        created_at=clock.now(),
        duration_ms=0,
        **counts,
    )
    insert_rows(TargetingResult, RESULT_FIELDS, _told(_rows(stored.pk, found), len(people), progress))
    stored.duration_ms = round(1000 * (time.perf_counter() - started))
    stored.save(update_fields=["duration_ms"])
    ledger.record(
        act="targeting.run_stored",
        subject=("targeting_run", str(stored.pk)),
        place=found.place.code,
        after={
            "as_of": people.as_of.isoformat(),
            "programme": stored.programme,
            "design_version": stored.design_version,
            "variant": stored.variant,
            "inputs_hash": stored.inputs_hash,
            "answers_hash": stored.answers_hash,
            "people": len(people),
            **counts,
        },
    )
    return stored


def _rows(run_id: int, found: _Evaluated) -> Iterator[tuple[Any, ...]]:
    people, answers = found.people, found.answers
    return zip(
        repeat(run_id, len(people)),
        people.persons.tolist(),
        (key or None for key in people.facilities.tolist()),
        answers.total.tolist(),
        answers.texts(),
        engine.frozen_rows(people.columns),
        strict=True,
    )


def _told(rows: Iterable[tuple[Any, ...]], total: int, progress: Report) -> Iterator[tuple[Any, ...]]:
    """The same rows, reporting some of them on the way."""
    note = "Guardando los resultados"
    for done, row in enumerate(rows):
        if done % REPORT_EVERY == 0:
            progress(done, total, note)
        yield row
    progress(total, total, note)

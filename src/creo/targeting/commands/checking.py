"""Runs a stored run again: on the facts it kept, and on what the register says now of the same day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from creo.kernel.criteria import parse_criteria
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden
from creo.targeting import engine, queries
from creo.targeting.commands.running import inputs_hash


@dataclass(frozen=True)
class RunCheck:
    """What running again found.

    `kept_same`: the kept facts give the stored answers, row by row, and their hash is the stored one.
    `live_same`: the register says the same today of that day. Otherwise who came, who went, which facts changed for
    how many, and how many answers would be other ones.
    """

    number: int
    kept_same: bool
    broken_rows: int
    live_same: bool
    arrived: int
    gone: int
    changed_facts: dict[str, int]
    changed_answers: dict[str, int]


@ledger.command(permission=Permission.VIEW_TARGETING)
def rerun_check(*, by: Reader, number: int) -> RunCheck:
    """Answers a run again. NotFound outside the scope; Forbidden unless the reader sees all of its place."""
    found = queries.run(by, number)
    people, digits, outcomes = queries.kept_people(found)
    if len(people) != found.row.people:
        # Part of a run has neither its hash nor its answers: only who sees all of it can check it.
        raise Forbidden("La comprobación necesita ver toda la corrida.")
    answers = engine.answer(people, parse_criteria(found.rule.items))
    broken = _broken(answers, digits, outcomes)
    kept_same = not broken and (
        answers.digest() == found.answers_hash and inputs_hash(people, found.rule) == found.row.inputs_hash
    )
    live = queries.people_of(by, queries.place(by, found.row.scope_kind, found.row.scope_code), found.row.as_of)
    changes = engine.changes(people, live, answers, engine.answer(live, parse_criteria(found.rule.items)))
    check = RunCheck(
        number=number,
        kept_same=kept_same,
        broken_rows=broken,
        live_same=inputs_hash(live, found.rule) == found.row.inputs_hash,
        arrived=changes.arrived,
        gone=changes.gone,
        changed_facts=changes.facts,
        changed_answers=changes.answers,
    )
    ledger.record(act="targeting.run_checked", subject=("targeting_run", str(number)), after=_summary(check))
    return check


def _broken(answers: engine.Answers, digits: list[str], outcomes: list[int]) -> int:
    """Rows whose stored answer is not the one their own facts give."""
    again = zip(answers.texts(), answers.total.tolist(), strict=True)
    return sum(pair != kept for pair, kept in zip(again, zip(digits, outcomes, strict=True), strict=True))


def _summary(check: RunCheck) -> dict[str, Any]:
    return {
        "kept_same": check.kept_same,
        "broken_rows": check.broken_rows,
        "live_same": check.live_same,
        "arrived": check.arrived,
        "gone": check.gone,
        "changed_facts": check.changed_facts,
        "changed_answers": check.changed_answers,
    }

"""The people of a run under other readings and drafts: who enters, who leaves. Nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from creo.kernel.columns import EPOCH, UNKNOWN_CODE, UNKNOWN_DAY, CategoryColumn, DateColumn
from creo.kernel.criteria import CriteriaError
from creo.kernel.periods import completed_years
from creo.kernel.verdicts import Outcome
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.refusals import Refused
from creo.targeting import engine, rules
from creo.targeting.models import TargetingResult
from creo.targeting.queries.inputs import shapes
from creo.targeting.queries.results import kept_people
from creo.targeting.queries.runs import Run

ENTER, LEAVE = "enter", "leave"


@dataclass(frozen=True)
class Compared:
    """One reading over the people of a run, prison by prison, for the prisons the reader sees."""

    rule: rules.Ruleset
    facilities: tuple[int, ...]
    eligible: tuple[int, ...]
    undecided: tuple[int, ...]
    enter: tuple[int, ...]
    leave: tuple[int, ...]

    def total(self, name: str) -> int:
        """The sum of one measure: eligible, undecided, enter or leave."""
        return sum(getattr(self, name))


@dataclass(frozen=True)
class Mover:
    """Somebody who enters or leaves under another reading."""

    code: str
    facility: str
    facility_name: str
    age: int | None
    article: str
    because: tuple[str, ...]


def simulate(reader: Reader, run: Run, others: Sequence[rules.Ruleset]) -> list[Compared]:
    """Several readings over the people of a run in one pass over its kept facts. One query (none when just read).

    Refused, naming the criterion, when a reading asks for something that the register does not publish.
    """
    reader.require(Permission.VIEW_TARGETING)
    people, base = _population(run)
    return [_compared(people, base, rule) for rule in others]


def movers(
    reader: Reader,
    run: Run,
    rule: rules.Ruleset,
    side: str,
    *,
    facility: int | None = None,
    after: int = 0,
    limit: int = 50,
) -> tuple[list[Mover], int | None]:
    """Who enters or leaves under a reading, by person key, and the key to go on from (None at the end). Two queries."""
    import numpy as np

    reader.require(Permission.VIEW_TARGETING)
    people, base = _population(run)
    other = _answers(people, rule)
    mask = engine.movers(base, other)[0 if side == ENTER else 1] & (people.persons > after)
    if facility is not None:
        mask &= people.facilities == facility
    places = np.flatnonzero(mask)[: limit + 1].tolist()
    more, places = len(places) > limit, places[:limit]
    keys = [int(people.persons[place]) for place in places]
    rows = TargetingResult.objects.filter(run_id=run.row.number, person_id__in=keys).order_by("person_id")
    named = rows.values_list("person_id", "person__code", "facility__code", "facility__name")
    said = dict(zip(keys, (_because(base, other, run, rule, place) for place in places), strict=True))
    facts = dict(zip(keys, (_facts(people, place) for place in places), strict=True))
    found = [
        Mover(code, prison or "", prison_name or "", facts[key][0], facts[key][1], said[key])
        for key, code, prison, prison_name in named
    ]
    return found, keys[-1] if more and keys else None


def _compared(people: engine.People, base: engine.Answers, rule: rules.Ruleset) -> Compared:
    found = engine.compare(people, base, _answers(people, rule))
    return Compared(rule, found.facilities, found.eligible, found.undecided, found.enter, found.leave)


def _answers(people: engine.People, rule: rules.Ruleset) -> engine.Answers:
    try:
        return engine.answer(people, rules.compile_criteria(rule.items, shapes()))
    except CriteriaError as error:
        raise Refused(str(error)) from error


def _population(run: Run) -> tuple[engine.People, engine.Answers]:
    """The kept people the reader may see and their answers to the run's own rule.

    A run never changes, so its columns are kept in the process for the next page.
    """
    allowed = "" if run.allowed is None else ",".join(str(key) for key in sorted(run.allowed))
    return _kept(_Key(run, (run.row.number, run.row.inputs_hash, allowed)))


class _Key:
    """A run with what makes its kept people equal: number, hash of inputs, and the prisons seen."""

    def __init__(self, run: Run, identity: tuple[Any, ...]) -> None:
        self.run = run
        self.identity = identity

    def __hash__(self) -> int:
        return hash(self.identity)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.identity == self.identity


@lru_cache(maxsize=4)
def _kept(key: _Key) -> tuple[engine.People, engine.Answers]:
    people, _, _ = kept_people(key.run)
    return people, engine.answer(people, key.run.criteria)


def _because(base: engine.Answers, other: engine.Answers, run: Run, rule: rules.Ruleset, place: int) -> tuple[str, ...]:
    """The criteria that answer otherwise for one person, in the words of the rule that decides against or in favour."""
    titles = {str(item["code"]): str(item["title"]) for item in (*run.rule.items, *rule.items)}
    before = dict(zip(base.evaluation.codes, base.evaluation.by_criterion[:, place].tolist(), strict=True))
    after = dict(zip(other.evaluation.codes, other.evaluation.by_criterion[:, place].tolist(), strict=True))
    met = int(Outcome.MET)
    return tuple(
        titles[code] for code in {**before, **after} if (before.get(code, met) == met) != (after.get(code, met) == met)
    )


def _facts(people: engine.People, place: int) -> tuple[int | None, str]:
    born, article = people.columns.get("birth_date"), people.columns.get("main_article")
    age, text = None, ""
    if isinstance(born, DateColumn) and born.days[place] != UNKNOWN_DAY:
        age = completed_years(EPOCH + timedelta(int(born.days[place])), people.as_of)
    if isinstance(article, CategoryColumn) and article.codes[place] != UNKNOWN_CODE:
        text = str(article.values[int(article.codes[place])])
    return age, text

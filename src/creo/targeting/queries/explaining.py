"""Why one person does or does not qualify: today, from what the register knows; in a run, from what it kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from creo.kernel.criteria import Criteria
from creo.kernel.periods import completed_years
from creo.kernel.verdicts import Outcome, Verdict
from creo.register import queries as register
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.targeting import rules
from creo.targeting.queries.designs import ruleset
from creo.targeting.queries.evidence import frozen_evidence
from creo.targeting.queries.inputs import shapes
from creo.targeting.queries.results import first_code, result_facts
from creo.targeting.queries.runs import Run

# Facts that a court or a board settles at a hearing: the next one may complete or change them.
JUDICIAL_FACTS = frozenset({"main_article", "attempt", "legal_status", "organised_crime"})


@dataclass(frozen=True)
class Explanation:
    """The verdict of one person with the rule it was given by. `name` is empty without the permission to see people."""

    code: str
    name: str
    age: int | None
    facility: str
    facility_name: str
    in_custody: bool
    as_of: date
    rule: rules.Ruleset
    verdict: Verdict
    facts: dict[str, object]
    run_number: int | None = None
    next_hearing_on: date | None = None
    aged_out: bool = False

    @property
    def result(self) -> rules.Result:
        """The answer in one word."""
        return rules.result_of(self.verdict.outcome)

    @property
    def next_look(self) -> date | None:
        """The next day on which the answer may be another: it changes by itself, or a hearing may bring a fact."""
        days = [day for day in (self.verdict.changes_on, self.next_hearing_on) if day is not None and day > self.as_of]
        return min(days, default=None)


def explain(reader: Reader, person_code: str, as_of: date, rule: rules.Ruleset | None = None) -> Explanation:
    """Why somebody qualifies on a day, from what is known now. NotFound outside the reader's scope.

    Outside custody on the day nobody qualifies for enrolment; the criteria are answered all the same.
    """
    reader.require(Permission.VIEW_TARGETING)
    found = register.facts_for(reader, person_code, as_of)
    rule = rule or ruleset(reader, as_of)
    criteria = rules.compile_criteria(rule.items, shapes())
    verdict = criteria.explain(found.facts, as_of, found.evidence)
    return Explanation(
        code=found.code,
        name=found.name if reader.can(Permission.VIEW_PEOPLE) else "",
        age=completed_years(found.birth_date, as_of) if found.birth_date else None,
        facility=found.facility,
        facility_name=found.facility_name,
        in_custody=found.in_custody,
        as_of=as_of,
        rule=rule,
        verdict=replace(verdict, provisional=found.facts.get("identity_confirmed") is None),
        facts=found.facts,
        next_hearing_on=_hearing(found, criteria, verdict, as_of),
        aged_out=rules.aged_out(found.birth_date, rules.max_age(criteria, as_of), as_of),
    )


def explain_in_run(reader: Reader, run: Run, person_code: str) -> Explanation:
    """Why somebody got their answer in a run, from the facts kept then. NotFound when they were not in it."""
    kept, facts = result_facts(reader, run, person_code)
    verdict = run.criteria.explain(facts, run.row.as_of, frozen_evidence(facts, run.row.as_of))
    born = facts.get("birth_date")
    return Explanation(
        code=person_code,
        name="",
        age=completed_years(born, run.row.as_of) if isinstance(born, date) else None,
        facility=kept.facility.code if kept.facility else "",
        facility_name=kept.facility.name if kept.facility else "",
        in_custody=True,
        as_of=run.row.as_of,
        rule=run.rule,
        verdict=replace(verdict, provisional=facts.get("identity_confirmed") is None),
        facts=facts,
        run_number=run.row.number,
    )


def answers_on(reader: Reader, facility_code: str, as_of: date) -> dict[str, rules.Result]:
    """The answer of everybody held in one prison on a day, from what is known now. Forbidden outside the scope."""
    rule = ruleset(reader, as_of)
    found = register.population_columns(reader, as_of, [facility_code])
    totals = rules.compile_criteria(rule.items, shapes()).evaluate(found.columns, as_of).total.tolist()
    return {code: rules.result_of(outcome) for code, outcome in zip(found.codes, totals, strict=True)}


def example(reader: Reader, run: Run) -> Explanation | None:
    """Somebody undecided of a run (or eligible, when nobody is) to show what an answer looks like. Two queries."""
    for result in (rules.Result.UNDECIDED, rules.Result.ELIGIBLE):
        code = first_code(reader, run, result)
        if code is not None:
            return explain_in_run(reader, run, code)
    return None


def _hearing(found: register.PersonFacts, criteria: Criteria, verdict: Verdict, as_of: date) -> date | None:
    """The next hearing, when some criterion that is not met looks at a fact that a court settles."""
    hearing = found.next_hearing_on
    if hearing is None or hearing <= as_of:
        return None
    open_codes = {reason.code for reason in verdict.reasons if reason.outcome is not Outcome.MET}
    judicial = {item.code for item in criteria.in_force(as_of) if item.test.facts & JUDICIAL_FACTS}
    return hearing if open_codes & judicial else None

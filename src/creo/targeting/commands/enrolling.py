"""Enrolment in the programme: a dated act that freezes the verdict of its day; and its end, with a reason (C-52)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from creo.kernel.criteria import Criteria
from creo.kernel.verdicts import Verdict
from creo.register import queries as register
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements import commands as announcements
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound, Refused
from creo.targeting import engine, queries, rules
from creo.targeting.commands.reevaluating import TOPIC
from creo.targeting.models import Enrolment
from creo.territory import queries as territory


@ledger.command(permission=Permission.ENROL)
def enrol(
    *, by: Reader, person_code: str, on: date, reason: str = "", run_number: int | None = None, programme: str = ""
) -> Enrolment:
    """Enrols somebody who is eligible that day, freezing the verdict and its facts.

    NotFound outside the scope. Refused with its verdict when the person is undecided, not eligible, not held in the
    reader's scope that day, already enrolled, or the date is not possible; a return needs a written reason.
    """
    found = queries.explain(by, person_code, on, queries.ruleset(by, on, code=programme))
    here = _held_here(by, found.facility)
    applicant = queries.applicant(
        found, queries.history(by, found.code), here=None if not found.facility else here is not None
    )
    _allow(rules.may_enrol(found.verdict, applicant, on=on, today=clock.today()), reason)
    assert here is not None  # "held here" has just been met
    criteria = rules.compile_criteria(found.rule.items, queries.shapes())
    act = _Act(by, found.rule, criteria, on, reason.strip(), run_number)
    stored = act.store(found.code, here.id, found.verdict, found.facts)
    act.record([(stored, here.code)])
    return stored


@ledger.command(permission=Permission.ENROL)
def enrol_many(
    *,
    by: Reader,
    facility_code: str,
    person_codes: Sequence[str],
    on: date,
    reason: str = "",
    run_number: int | None = None,
    programme: str = "",
) -> list[Enrolment]:
    """Enrols several people of one prison by one act: all of them or, if one may not be, none.

    Refused names each person that may not be enrolled and why.
    """
    here = territory.by_code(by, facility_code)
    rule = queries.ruleset(by, on, code=programme)
    criteria = rules.compile_criteria(rule.items, queries.shapes())
    wanted = list(dict.fromkeys(person_codes))
    facts = _facts_of(by, here.code, wanted, on)
    past = queries.pasts(wanted, rule.programme)
    problems, verdicts = [], {}
    for code in wanted:
        if code not in facts:
            problems.append(_("%(code)s: no consta en %(place)s ese día.") % {"code": code, "place": here.name})
            continue
        verdict = criteria.explain(facts[code], on, queries.frozen_evidence(facts[code], on))
        since, left = past.get(code, (None, None))
        applicant = rules.Applicant(in_custody=True, here=True, enrolled_since=since, last_exit=left)
        problems += [
            f"{code}: {text}"
            for text in _problems(rules.may_enrol(verdict, applicant, on=on, today=clock.today()), reason)
        ]
        verdicts[code] = verdict
    if problems:
        raise Refused(problems)
    if not wanted:
        ledger.nothing_to_do("no se nombró a nadie")
        return []
    act = _Act(by, rule, criteria, on, reason.strip(), run_number)
    stored = [act.store(code, here.id, verdicts[code], facts[code]) for code in wanted]
    act.record([(enrolment, here.code) for enrolment in stored])
    return stored


@ledger.command(permission=Permission.ENROL)
def end_enrolment(
    *,
    by: Reader,
    person_code: str,
    on: date,
    reason: str,
    note: str = "",
    programme: str = "",
    enrolment_id: int | None = None,
) -> Enrolment:
    """Ends the open enrolment of somebody on a day, with a reason of the catalogue. What was frozen stays as it was.

    The prison that enrolled them may, and the one that holds them today. `enrolment_id` says which, when a merge left
    two. NotFound when nobody is enrolled under that code in the reader's scope; Refused for an impossible date or a
    reason that needs an explanation. Leaving by one's own decision has no consequence for the person (C-52).
    """
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("facility")
    rows = rows.filter(queries.of_person(person_code), ended_on=None)
    rows = rows.filter(pk=enrolment_id) if enrolment_id is not None else rows
    found = (rows.filter(programme=programme) if programme else rows).order_by("id").first()
    allowed = territory.facility_ids(by)
    if found is None:
        raise NotFound
    if allowed is not None and found.facility_id not in allowed and not queries.held_code(by, person_code):
        raise NotFound
    try:
        why = rules.ExitReason(reason)
    except ValueError:
        raise Refused(
            _("Elija el motivo de la salida."), fields={"reason": _("Elija el motivo de la salida.")}
        ) from None
    problems = rules.may_end(why, note, enrolled_on=found.enrolled_on, on=on, today=clock.today())
    if problems:
        raise Refused(problems)
    found.ended_on, found.exit_reason, found.exit_note, found.ended_by = on, why.value, note.strip(), by.name
    found.save(update_fields=["ended_on", "exit_reason", "exit_note", "ended_by"])
    ledger.record(
        act="targeting.enrolment_ended",
        subject=("person", person_code),
        place=found.facility.code,
        reason=note.strip() or why.word,
        before={"enrolled_on": found.enrolled_on.isoformat(), "ended_on": None},
        after={"ended_on": on.isoformat(), "exit_reason": why.value},
    )
    for about in (found.pk, None):  # what its board was asked about it has its answer now
        announcements.settle(
            by=by,
            topic=TOPIC,
            subject=("person", person_code),
            prefix=f"{TOPIC}:{person_code}:{rules.key_prefix(about)}",
            reason=_("Se registró su salida del programa."),
        )
    return found


class _Act:
    """What the enrolments of one act share."""

    def __init__(
        self, by: Reader, rule: rules.Ruleset, criteria: Criteria, on: date, reason: str, run_number: int | None
    ) -> None:
        self.by, self.rule, self.on, self.reason, self.run_number = by, rule, on, reason, run_number
        self.max_age = rules.max_age(criteria, on)
        self.at = clock.now()

    def store(self, code: str, facility_id: int, verdict: Verdict, facts: Mapping[str, Any]) -> Enrolment:
        """One enrolment. Refused when another act enrolled the same person a moment before."""
        try:
            with transaction.atomic():
                return Enrolment.objects.create(
                    person_id=code,
                    facility_id=facility_id,
                    run_id=self.run_number,
                    enrolled_on=self.on,
                    programme=self.rule.programme,
                    design_version=self.rule.version,
                    design_digest=self.rule.digest,
                    max_age=self.max_age,
                    outcome=int(verdict.outcome),
                    verdict=queries.verdict_data(verdict, facts, self.on),
                    decided_by=self.by.name,
                    decided_by_id=self.by.user_id,
                    decided_at=self.at,
                    reason=self.reason,
                )
        except IntegrityError as error:
            raise Refused(_("%(code)s ya está inscrita.") % {"code": code}) from error

    def record(self, stored: Sequence[tuple[Enrolment, str]]) -> None:
        """One entry a person, also in bulk."""
        ledger.record_many(
            {
                "act": "targeting.enrolled",
                "subject": ("person", enrolment.person_id),
                "place": place,
                "reason": self.reason,
                "after": {
                    "enrolled_on": self.on.isoformat(),
                    "programme": self.rule.programme,
                    "design_version": self.rule.version,
                    "run": self.run_number,
                },
            }
            for enrolment, place in stored
        )


def _allow(decision: rules.Decision, reason: str) -> None:
    problems = _problems(decision, reason)
    if problems:
        raise Refused(problems, verdict=decision.verdict)


def _problems(decision: rules.Decision, reason: str) -> list[str]:
    """What stops an act, in words: every blocking reason, and warnings without a written reason."""
    asked = () if reason.strip() else decision.warnings
    return [
        f"{item.title}: {item.fact}." + (f" {item.action}." if item.action else "")
        for item in (*decision.blocks, *asked)
    ]


def _held_here(by: Reader, facility_code: str) -> territory.FacilityRef | None:
    """The prison, when it lies in the reader's scope."""
    if not facility_code:
        return None
    try:
        return territory.by_code(by, facility_code)
    except NotFound:
        return None


def _facts_of(by: Reader, facility_code: str, codes: Sequence[str], on: date) -> dict[str, dict[str, Any]]:
    """The facts on a day of the people of one prison who were asked for."""
    columns = register.population_columns(by, on, [facility_code])
    meanings = engine.dictionaries(columns.columns)
    wanted = set(codes)
    rows = zip(columns.codes, engine.frozen_rows(columns.columns), strict=True)
    return {code: engine.thaw_row(row, meanings) for code, row in rows if code in wanted}

"""One person answered again after their record changed, and what their board must decide then.

Nothing is ended or begun by itself (C-52): open questions go to the inbox, and are taken back when the record says they
are over. What a person decided stays decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from creo.programme import queries as programme
from creo.register import queries as register
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements import commands as announcements
from creo.support.announcements.news import act_words
from creo.support.ledger import commands as ledger
from creo.support.ui import formats
from creo.targeting import queries, rules
from creo.targeting.models import Enrolment, Reevaluation
from creo.territory import queries as territory

TOPIC = "targeting.enrolment"


@dataclass(frozen=True, slots=True)
class Cause:
    """The ledger's entry that made it necessary to look again."""

    act: str
    entry_id: int


@ledger.command(permission=Permission.RUN_TARGETING)
def reevaluate(*, by: Reader, person_code: str, as_of: date, cause: Cause) -> list[Reevaluation]:
    """Answers one person again with every design in force and asks their board what must be decided.

    A cause gives one re-evaluation, however often it comes; the questions follow the record as it is now. A code that
    was merged gives the record that goes on. NotFound for an unknown code; Refused when a design cannot be applied.
    """
    file = register.person(by, person_code, as_of)
    stored: list[Reevaluation] = []
    asked: set[str] = set()
    for row in programme.programmes(by):
        if programme.in_force(by, as_of, row.code) is None:
            continue
        rule = queries.ruleset(by, as_of, code=row.code)
        found = queries.explain(by, file.code, as_of, rule)
        made = _store(by, found, cause)
        stored += [made] if made else []
        asked |= _ask(by, file, found, cause)
    over = _("El registro de la persona ya no lo pide.")
    announcements.settle(by=by, topic=TOPIC, subject=("person", file.code), reason=over, keep=asked)
    if person_code != file.code:
        merged = _("La ficha se unió a %(code)s: se pregunta por esa.") % {"code": file.code}
        announcements.settle(by=by, topic=TOPIC, subject=("person", person_code), reason=merged)
    if not stored:
        ledger.nothing_to_do("ya se había reevaluado por esta causa, o ningún diseño está vigente")
    return stored


def _store(by: Reader, found: queries.Explanation, cause: Cause) -> Reevaluation | None:
    """The new answer with its reasons; None when this cause has given it already."""
    rule = found.rule
    past = Reevaluation.objects.filter(person_id=found.code, programme=rule.programme, cause_entry=cause.entry_id)
    if past.exists():
        return None
    previous = queries.newest_answer(found.code, rule.programme)
    made = Reevaluation.objects.create(
        person_id=found.code,
        programme=rule.programme,
        design_version=rule.version,
        design_digest=rule.digest,
        as_of=found.as_of,
        made_at=clock.now(),
        facility_id=territory.by_code(by, found.facility).id if found.facility else None,
        in_custody=found.in_custody,
        outcome=int(found.verdict.outcome),
        previous=previous,
        verdict=queries.verdict_data(found.verdict, found.facts, found.as_of),
        cause_act=cause.act,
        cause_entry=cause.entry_id,
    )
    ledger.record(
        act="targeting.reevaluated",
        subject=("person", found.code),
        place=found.facility,
        reason=act_words(cause.act),
        before={"outcome": previous},
        after={
            "outcome": made.outcome,
            "programme": rule.programme,
            "design_version": rule.version,
            "cause": cause.entry_id,
        },
    )
    return made


def _ask(by: Reader, file: register.PersonFile, found: queries.Explanation, cause: Cause) -> set[str]:
    """Puts what must be decided about the open enrolments before the board; returns the keys of the questions."""
    enrolments = [
        rules.OpenEnrolment(row.pk, row.facility.code, row.enrolled_on)
        for row in Enrolment.objects.filter(queries.of_person(file.code), ended_on=None)
        .filter(programme=found.rule.programme)
        .select_related("facility")
    ]
    asked = set()
    for question in rules.questions(_situation(file, found), enrolments):
        key = f"{TOPIC}:{file.code}:{question.key}"[:200]
        asked.add(key)
        announcements.ask(
            by=by,
            key=key,
            topic=TOPIC,
            permission=Permission.ENROL,
            # Who holds the person decides; whoever enrolled them, when nobody does any more.
            place=found.facility if found.in_custody and found.facility else question.enrolment.facility,
            subject=("person", file.code),
            title=_(rules.CONCERN_WORDS[question.concern]),
            text=_text(question, found, file, cause),
            url=reverse("targeting:enrolment", args=[file.code]),
            entry_id=cause.entry_id,
        )
    return asked


def _situation(file: register.PersonFile, found: queries.Explanation) -> rules.Situation:
    criteria = rules.compile_criteria(found.rule.items, queries.shapes())
    born = found.facts.get("birth_date")
    last = file.held or (file.custodies[0] if file.custodies else None)
    arrivals = [move.on for move in last.movements if move.to_code == found.facility] if last else []
    return rules.Situation(
        in_custody=found.in_custody,
        facility=found.facility,
        arrived_on=max(arrivals, default=last.admitted_on if last else None),
        left_on=last.released_on if last else None,
        died_on=file.died_on,
        born=born if isinstance(born, date) else None,
        verdict=found.verdict,
        age_codes=rules.age_codes(criteria),
        highest=rules.max_age(criteria, found.as_of),
    )


def _text(question: rules.Question, found: queries.Explanation, file: register.PersonFile, cause: Cause) -> str:
    """What happened, and what to decide, in words."""
    since = _("Inscrita en el programa desde el %(day)s.") % {"day": formats.day(question.enrolment.since)}
    because = _("Reevaluada el %(day)s por: %(cause)s.") % {
        "day": formats.day(found.as_of),
        "cause": act_words(cause.act).lower(),
    }
    return f"{since} {because}\n{_decision(question.concern, found, file)}"


def _decision(concern: rules.Concern, found: queries.Explanation, file: register.PersonFile) -> str:
    match concern:
        case rules.Concern.TWICE:
            return _("Tiene dos inscripciones abiertas. Decida cuál continúa y registre la salida de la otra.")
        case rules.Concern.DIED:
            return _("Falleció el %(day)s. Registre su salida del programa.") % {"day": formats.day(file.died_on)}
        case rules.Concern.LEFT:
            return _("Ya no está en custodia. Decida si egresó con o sin beneficio y registre su salida del programa.")
        case rules.Concern.MOVED:
            return _(
                "Está ahora en %(place)s. Decida si continúa allí o registre su salida por traslado a un "
                "establecimiento sin el programa."
            ) % {"place": found.facility_name}
        case rules.Concern.NOT_ELIGIBLE:
            return _("Ya no cumple: %(criteria)s. Decida si continúa, con su motivo, o registre su salida.") % {
                "criteria": "; ".join(reason.title for reason in found.verdict.failed)
            }
        case rules.Concern.UNDECIDED:
            return _("Falta un dato en: %(criteria)s. Pida completarlo; mientras tanto continúa inscrita.") % {
                "criteria": "; ".join(reason.title for reason in found.verdict.missing)
            }

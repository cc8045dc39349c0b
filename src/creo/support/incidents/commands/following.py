"""What is done about an incident, step by step; what was wrong is annulled by a later act, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from creo.support.accounts.readers import Reader
from creo.support.incidents import queries, rules
from creo.support.incidents.commands.common import (
    locked,
    moment_problem,
    refuse,
    story_of,
    text_problem,
    write,
)
from creo.support.incidents.commands.reporting import Report, report_problems
from creo.support.incidents.models import Incident, IncidentEvent
from creo.support.incidents.queries import LedgerSearch
from creo.support.incidents.rules import Happened, What
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound, Refused
from creo.support.ui import formats

MOST_PEOPLE = 10_000_000


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known of an incident now. `people` None: nobody knows how many yet."""

    severity: str
    personal_data: str
    digital: str
    data_kinds: tuple[str, ...]
    people: int | None
    text: str


@ledger.command(permission=None)
def assess(*, by: Reader, code: str, told: Assessment, now: datetime) -> IncidentEvent:
    """Assesses an incident; a later assessment replaces the former, and both stay. Refused with every reason."""
    found = locked(by, code)
    fields: dict[str, str] = {}
    if told.severity not in rules.SEVERITY_WORDS:
        fields["severity"] = _("Elija la gravedad.")
    for name, value in (("personal_data", told.personal_data), ("digital", told.digital)):
        if value not in rules.ANSWER_WORDS:
            fields[name] = _("Elija una respuesta; si no se sabe, dígalo.")
    if any(kind not in rules.DATA_WORDS for kind in told.data_kinds):
        fields["data_kinds"] = _("Elija clases de datos de la lista.")
    elif told.personal_data == rules.YES and not told.data_kinds:
        fields["data_kinds"] = _("Indique qué datos personales afecta.")
    if told.people is not None and not 0 <= told.people <= MOST_PEOPLE:
        fields["people"] = _("Indique cuántas personas, o déjelo vacío si no se sabe.")
    problem = text_problem(told.text, _("Escriba en qué se basa la evaluación."))
    if problem:
        fields["text"] = problem
    new = Happened(0, What.ASSESSED, now, told.personal_data, told.digital)
    refuse(rules.against(story_of(found), What.ASSESSED, new), fields)
    data: dict[str, Any] = {
        "severity": told.severity,
        "personal_data": told.personal_data,
        "digital": told.digital,
        "data_kinds": [kind for kind in rules.DATA_WORDS if kind in told.data_kinds],
        "people": told.people,
    }
    return write(by, found, What.ASSESSED, at=now, text=told.text, data=data)


@ledger.command(permission=None)
def add_measure(*, by: Reader, code: str, at: datetime | None, text: str, now: datetime) -> IncidentEvent:
    """Writes down something done to stop or mend the incident, and when."""
    found = locked(by, code)
    fields = _step_problems(found, at, text, now)
    refuse(rules.against(story_of(found), What.MEASURE), fields)
    assert at is not None  # refused above
    return write(by, found, What.MEASURE, at=at, text=text)


@ledger.command(permission=None)
def add_evidence(*, by: Reader, code: str, wanted: LedgerSearch, text: str, now: datetime) -> IncidentEvent:
    """Keeps what a search of the ledger finds now: the entries' numbers, tallies and one fingerprint of them all.

    Refused when nothing is found, or more than the house keeps at once.
    """
    found = locked(by, code)
    most = rules.parameters().on("evidence_most", now.date()) or 0
    evidence = queries.search_ledger(by, wanted, most=most)
    fields: dict[str, str] = {}
    problem = text_problem(text, _("Escriba qué prueba esta búsqueda."))
    if problem:
        fields["text"] = problem
    refuse(rules.against(story_of(found), What.EVIDENCE), fields)
    if not evidence.total:
        raise Refused(_("La búsqueda no encuentra asientos: cámbiela."))
    if evidence.total > most:
        raise Refused(
            _("La búsqueda encuentra %(found)s asientos y se guardan hasta %(most)s: precísela.")
            % {"found": formats.number(evidence.total), "most": formats.number(most)}
        )
    data = {
        "search": {
            "subject": wanted.subject,
            "actor": wanted.actor,
            "act": wanted.act,
            "since": wanted.since.isoformat() if wanted.since else "",
            "until": wanted.until.isoformat() if wanted.until else "",
        },
        "entries": evidence.numbers,
        "total": evidence.total,
        "actors": evidence.actors,
        "acts": evidence.acts,
        "subjects": evidence.subjects,
        "sha256": evidence.digest,
    }
    return write(by, found, What.EVIDENCE, at=now, text=text, data=data)


NOTICES = {"autoridad": What.NOTIFIED, "personas": What.TOLD, "digital": What.DIGITAL}


@ledger.command(permission=None)
def notify(
    *, by: Reader, code: str, whom: str, at: datetime | None, reference: str, text: str, now: datetime
) -> IncidentEvent:
    """Writes down a notice that was given: to "autoridad", "personas" or "digital" (a key of NOTICES), when and how.

    `reference` is the number of the receipt or letter; for the people, how they were told. NotFound for another word.
    """
    what = NOTICES.get(whom)
    if what is None:
        raise NotFound
    found = locked(by, code)
    fields = _step_problems(found, at, text, now)
    if not reference.strip():
        fields["reference"] = _("Escriba el número del cargo, o por qué medio se avisó.")
    elif len(reference.strip()) > 200:
        fields["reference"] = _("La referencia tiene más de 200 letras.")
    refuse(rules.against(story_of(found), what), fields)
    assert at is not None  # refused above
    return write(by, found, what, at=at, text=text, data={"reference": reference.strip()})


@ledger.command(permission=None)
def close(*, by: Reader, code: str, text: str, now: datetime) -> IncidentEvent:
    """Closes an incident with what was learnt. Refused while a notice is owed, or it is not known whether one is."""
    found = locked(by, code)
    problem = text_problem(text, _("Escriba cómo terminó y qué se aprendió."))
    refuse(rules.against(story_of(found), What.CLOSED), {"text": problem} if problem else None)
    return write(by, found, What.CLOSED, at=now, text=text)


@ledger.command(permission=None)
def correct(*, by: Reader, code: str, told: Report, reason: str, now: datetime) -> IncidentEvent:
    """Corrects what was reported (also when it was known: the clock moves with it); what it said before stays."""
    found = locked(by, code)
    fields = report_problems(told, now)
    problem = text_problem(reason, _("Escriba por qué se corrige."))
    if problem:
        fields["reason"] = problem
    if told.place != found.place:
        fields["place"] = _("El lugar no se corrige: cierre este incidente y reporte otro.")
    refuse(rules.against(story_of(found), What.CORRECTED), fields)
    before = _facts(found)
    for name in ("kind", "title", "description", "detected_at", "known_at"):
        value = getattr(told, name)
        setattr(found, name, value.strip() if isinstance(value, str) else value)
    after = _facts(found)
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if not changed:
        raise Refused(_("No cambió nada."))
    _known_before_what_followed(found)
    found.save()
    return write(by, found, What.CORRECTED, at=now, text=reason, data={"changed": changed}, before=before)


@ledger.command(permission=None)
def annul(*, by: Reader, code: str, event_id: int, reason: str, now: datetime) -> IncidentEvent:
    """Takes back one act of the story with a later one; both stay. Refused while a later act rests on it."""
    found = locked(by, code)
    target = found.events.filter(pk=event_id).first()
    if target is None:
        raise NotFound
    problem = text_problem(reason, _("Escriba por qué se anula."))
    refuse(rules.against_annulling(story_of(found), target.pk), {"reason": problem} if problem else None)
    before = {"event": target.pk, "what": target.what, "at": target.at.isoformat()}
    return write(by, found, What.ANNULLED, at=now, text=reason, annuls=target, before=before)


def _step_problems(found: Incident, at: datetime | None, text: str, now: datetime) -> dict[str, str]:
    said = {
        "at": moment_problem(at, found.known_at, now),
        "text": text_problem(text, _("Escriba qué se hizo.")),
    }
    return {name: problem for name, problem in said.items() if problem}


def _known_before_what_followed(found: Incident) -> None:
    """Notices and measures happen after the incident is known: a correction cannot put them before."""
    alive = rules.living(story_of(found))
    dated = (What.NOTIFIED, What.TOLD, What.DIGITAL, What.MEASURE)
    if any(event.at is not None and event.at < found.known_at for event in alive if event.what in dated):
        message = _("Hay avisos o medidas anteriores a ese momento: anúlelos antes, o corrija la hora.")
        raise Refused(message, fields={"known_at": message})


def _facts(found: Incident) -> dict[str, str]:
    return {
        "kind": found.kind,
        "title": found.title,
        "description": found.description,
        "detected_at": found.detected_at.isoformat(),
        "known_at": found.known_at.isoformat(),
    }

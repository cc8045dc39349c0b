"""Reporting an incident: anybody of the staff. Documents and lists that leave the system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements.commands import ask
from creo.support.announcements.places import place_codes
from creo.support.clock import LIMA
from creo.support.incidents import queries, rules
from creo.support.incidents.commands.common import TOPIC, person, text_problem, write
from creo.support.incidents.models import Incident
from creo.support.incidents.rules import What
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, NotFound, Refused

TITLE = 160
TRIES = 20


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports. `known_at` starts the clock: when the office knew; `place` empty: no single prison."""

    kind: str
    title: str
    description: str
    place: str
    detected_at: datetime | None
    known_at: datetime | None


@ledger.command(permission=None)
def report(*, by: Reader, told: Report, now: datetime) -> Incident:
    """Writes a new incident and puts it before who handles them. Anybody with a role, about a place of theirs.

    Refused with every reason; NotFound for a place outside the reader's own.
    """
    reporter = person(by)
    if not by.scopes:
        raise Forbidden(_("Su usuario no tiene un rol vigente. Avise por teléfono a quien administra los accesos."))
    held = place_codes(by)
    if told.place and held is not None and told.place not in held:
        raise NotFound
    problems = report_problems(told, now)
    if problems:
        raise Refused(list(problems.values()), fields=problems)
    assert told.detected_at is not None and told.known_at is not None  # refused above
    made = _numbered(
        Incident(
            kind=told.kind,
            title=told.title.strip(),
            description=told.description.strip(),
            place=told.place,
            detected_at=told.detected_at,
            known_at=told.known_at,
            reported_by_id=reporter,
            reported_at=now,
        ),
        now,
    )
    data = {"kind": made.kind, "known_at": made.known_at.isoformat(), "detected_at": made.detected_at.isoformat()}
    write(by, made, What.REPORTED, at=now, text=made.description, data=data)
    ask(
        by=by,
        key=f"incident:{made.pk}:reported",
        topic=TOPIC,
        permission=Permission.MANAGE_INCIDENTS,
        place=made.place,
        subject=("incident", made.code),
        title=_("Incidente de seguridad reportado: %(title)s") % {"title": made.title},
        text=_("Evalúelo: qué datos, cuántas personas y qué gravedad. El plazo del aviso ya corre."),
        url=reverse("incidents:incident", args=[made.code]),
    )
    return made


def report_problems(told: Report, now: datetime) -> dict[str, str]:
    """Why a report cannot be kept, field by field."""
    fields: dict[str, str] = {}
    if told.kind not in rules.KIND_WORDS:
        fields["kind"] = _("Elija qué pasó.")
    if not told.title.strip():
        fields["title"] = _("Escriba en una línea qué pasó.")
    elif len(told.title.strip()) > TITLE:
        fields["title"] = _("El título tiene más de %(most)d letras.") % {"most": TITLE}
    problem = text_problem(told.description, _("Cuente qué pasó y cómo se supo, sin nombres de personas."))
    if problem:
        fields["description"] = problem
    for name, value in (("detected_at", told.detected_at), ("known_at", told.known_at)):
        if value is None:
            fields[name] = _("Indique el día y la hora.")
        elif value > now:
            fields[name] = _("Ese momento todavía no llega.")
    if told.detected_at and told.known_at and told.known_at < told.detected_at:
        fields.setdefault("known_at", _("Se conoce después de que se detecta, o en el mismo momento."))
    return fields


def _numbered(made: Incident, now: datetime) -> Incident:
    """Keeps it under the next number of the year; another report in the same moment takes the one after."""
    made.year = now.astimezone(LIMA).year
    made.due_at = None
    for _turn in range(TRIES):
        last: int | None = Incident.objects.filter(year=made.year).aggregate(last=Max("number"))["last"]
        made.number = (last or 0) + 1
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            if not Incident.objects.filter(year=made.year, number=made.number).exists():
                raise
        else:
            return made
    raise Refused(_("Se reportan muchos incidentes a la vez: envíelo de nuevo."))


@ledger.command(permission=Permission.MANAGE_INCIDENTS)
def record_document(*, by: Reader, code: str, kind: str, digest: str) -> None:
    """Writes down that the notification was drawn up, with the hash of its bytes."""
    found = queries.by_code(by, code)
    ledger.record(
        act="incidents.document_made",
        subject=("incident", found.code),
        place=found.place,
        after={"kind": kind, "sha256": digest},
    )

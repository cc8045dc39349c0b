"""Security incidents: what is recorded, in which order, and the clock. Plain Python.

An incident is a story of events; nothing in it is changed, only annulled by a later event. Source of the duties: DS
016-2024-JUS arts. 34 and 35 (read in a digest: check the articles before quoting them).
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from importlib import resources
from typing import Any

from creo.kernel.periods import Period

YES, NO, UNKNOWN = "yes", "no", "unknown"


class State(StrEnum):
    """How far an incident has come."""

    REPORTED = "reported"
    ASSESSED = "assessed"
    NOTIFIED = "notified"
    TOLD = "told"
    CLOSED = "closed"


class What(StrEnum):
    """What an event of the story says."""

    REPORTED = "reported"
    ASSESSED = "assessed"
    MEASURE = "measure"
    EVIDENCE = "evidence"
    NOTIFIED = "notified"
    DIGITAL = "digital"
    TOLD = "told"
    CORRECTED = "corrected"
    CLOSED = "closed"
    ANNULLED = "annulled"


STATE_WORDS = {
    State.REPORTED: "Reportado",
    State.ASSESSED: "Evaluado",
    State.NOTIFIED: "Avisado a la autoridad",
    State.TOLD: "Avisado a las personas afectadas",
    State.CLOSED: "Cerrado",
}
WHAT_WORDS = {
    What.REPORTED: "Se reportó",
    What.ASSESSED: "Se evaluó",
    What.MEASURE: "Se tomó una medida",
    What.EVIDENCE: "Se agregó evidencia",
    What.NOTIFIED: "Se avisó a la autoridad",
    What.DIGITAL: "Se avisó al centro nacional de seguridad digital",
    What.TOLD: "Se avisó a las personas afectadas",
    What.CORRECTED: "Se corrigieron datos del reporte",
    What.CLOSED: "Se cerró",
    What.ANNULLED: "Se anuló un acto",
}
KIND_WORDS = {
    "disclosure": "Acceso o divulgación sin autorización",
    "alteration": "Alteración sin autorización",
    "loss": "Pérdida o destrucción de datos",
    "unavailable": "Datos que no estuvieron disponibles",
    "theft": "Robo o extravío de equipo, copia o documento",
    "account": "Uso de una cuenta ajena",
    "other": "Otro",
}
DATA_WORDS = {
    "identity": "Identidad y documentos",
    "legal": "Situación jurídica y delitos",
    "health": "Salud",
    "assessment": "Evaluaciones profesionales",
    "biometric": "Biometría",
    "family": "Familia y visitas",
    "staff": "Personal del INPE",
    "credentials": "Claves y accesos",
}
SEVERITY_WORDS = {"low": "Baja", "medium": "Media", "high": "Alta", "critical": "Crítica"}
ANSWER_WORDS = {YES: "Sí", NO: "No", UNKNOWN: "Todavía no se sabe"}
SLOT_WORDS = {
    "officer": "Oficial de datos personales",
    "authority": "Autoridad de protección de datos personales",
    "digital": "Centro nacional de seguridad digital",
}
REASON_WORDS = {
    "closed": "El incidente está cerrado: anule el cierre para seguir.",
    "not_assessed": "Evalúe antes el incidente: qué datos, cuántas personas y qué gravedad.",
    "no_personal_data": "La evaluación dice que no afecta datos personales: no hay a quién avisar.",
    "unknown_data": "La evaluación todavía no sabe si afecta datos personales: complétela.",
    "unknown_digital": "La evaluación todavía no sabe si es un incidente digital: complétela.",
    "not_notified": "Falta avisar a la autoridad.",
    "not_told": "Falta avisar a las personas afectadas.",
    "digital_not_notified": "Falta avisar al centro nacional de seguridad digital.",
    "already": "Esto ya está registrado: si está mal, anúlelo y regístrelo de nuevo.",
    "not_digital": "La evaluación no dice que el incidente sea digital.",
    "not_annullable": "Este acto no se anula.",
    "needed_later": "Un acto posterior depende de este: anule antes el posterior.",
}
ONCE = (What.NOTIFIED, What.DIGITAL, What.TOLD, What.CLOSED)
ANNULLABLE = (What.ASSESSED, What.MEASURE, What.EVIDENCE, *ONCE)


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a story; `annuls` is the number of the event it takes back."""

    number: int
    what: What
    at: datetime | None = None
    personal_data: str = UNKNOWN
    digital: str = UNKNOWN
    annuls: int | None = None


def living(story: Iterable[Happened]) -> list[Happened]:
    """The events that hold: neither annulled nor annulments."""
    events = list(story)
    gone = {event.annuls for event in events if event.annuls is not None}
    return [event for event in events if event.number not in gone and event.what is not What.ANNULLED]


def state_of(story: Iterable[Happened]) -> State:
    """How far a story has come. People told before the authority do not yet make it «told»: both are owed."""
    said = {event.what for event in living(story)}
    if What.CLOSED in said:
        return State.CLOSED
    if What.NOTIFIED in said:
        return State.TOLD if What.TOLD in said else State.NOTIFIED
    return State.ASSESSED if What.ASSESSED in said else State.REPORTED


def assessment(story: Iterable[Happened]) -> Happened | None:
    """The last assessment that holds."""
    return next((event for event in reversed(living(story)) if event.what is What.ASSESSED), None)


def against(story: Sequence[Happened], what: What, new: Happened | None = None) -> list[str]:
    """Why an event cannot be added to a story now: reasons of REASON_WORDS; none when it can. `new`: an assessment."""
    events = living(story)
    said = {event.what for event in events}
    if What.CLOSED in said:
        return ["closed"]
    if what in ONCE and what in said:
        return ["already"]
    last = assessment(story)
    if what is What.ASSESSED:
        return _against_assessment(said, new)
    if what in (What.NOTIFIED, What.TOLD):
        return _against_notice(last)
    if what is What.DIGITAL:
        if last is None:
            return ["not_assessed"]
        return [] if last.digital == YES else ["not_digital"]
    return _against_closing(said, last) if what is What.CLOSED else []


def _against_assessment(said: set[What], new: Happened | None) -> list[str]:
    """A later assessment cannot say that nobody had to be told what was told."""
    if new is None:
        return []
    told = said & {What.NOTIFIED, What.TOLD} and new.personal_data == NO
    return ["needed_later"] if told or (What.DIGITAL in said and new.digital != YES) else []


def _against_notice(last: Happened | None) -> list[str]:
    if last is None:
        return ["not_assessed"]
    return ["no_personal_data"] if last.personal_data == NO else []


def _against_closing(said: set[What], last: Happened | None) -> list[str]:
    if last is None:
        return ["not_assessed"]
    missing = []
    if last.personal_data == UNKNOWN:
        missing.append("unknown_data")
    if last.personal_data == YES:
        missing += [
            word for word, done in (("not_notified", What.NOTIFIED), ("not_told", What.TOLD)) if done not in said
        ]
    if last.digital == UNKNOWN:
        missing.append("unknown_digital")
    if last.digital == YES and What.DIGITAL not in said:
        missing.append("digital_not_notified")
    return missing


def against_annulling(story: Sequence[Happened], number: int) -> list[str]:
    """Why an event cannot be annulled now; none when it can. What is left must still be a story that could be told."""
    events = living(story)
    target = next((event for event in events if event.number == number), None)
    if target is None or target.what not in ANNULLABLE:
        return ["not_annullable"]
    left: list[Happened] = []
    for event in events:
        if event.number == number:
            continue
        if against(left, event.what, event):
            return ["needed_later"]
        left.append(event)
    return []


# The clock --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Terms:
    """Hours for the notice, and after how many the inbox reminds. `hours` is None when no norm in force is known."""

    hours: int | None
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Clock:
    """How a duty with a term stands: "running", "reminded", "urgent", "overdue", "met", "late", "free" or "unknown".

    `left` is what remains (negative: over by so much); None where no term runs.
    """

    state: str
    due_at: datetime | None = None
    left: timedelta | None = None


def clock(known_at: datetime, done_at: datetime | None, owed: str, now: datetime, terms: Terms) -> Clock:
    """The clock of one duty from the moment the incident was known. `owed` is YES, NO or UNKNOWN: unknown runs too."""
    if owed == NO and done_at is None:
        return Clock("free")
    if terms.hours is None:
        return Clock("unknown")
    due = known_at + timedelta(hours=terms.hours)
    if done_at is not None:
        return Clock("met" if done_at <= due else "late", due, due - done_at)
    passed = now - known_at
    if now > due:
        return Clock("overdue", due, due - now)
    if passed >= timedelta(hours=terms.second):
        return Clock("urgent", due, due - now)
    return Clock("reminded" if passed >= timedelta(hours=terms.first) else "running", due, due - now)


NAMES = ("notice_hours", "first_reminder_hours", "second_reminder_hours", "evidence_most")


@dataclass(frozen=True, slots=True)
class Parameters:
    """Numbers by name, each with its periods and where it comes from."""

    values: Mapping[str, tuple[tuple[Period, int, str], ...]]

    def on(self, name: str, day: date) -> int | None:
        """The number in force on a day; None when none is."""
        return next((value for period, value, _source in self.values[name] if period.contains(day)), None)

    def source(self, name: str, day: date) -> str:
        """Where the number of a day comes from, with its confidence; empty when none is in force."""
        return next((source for period, _value, source in self.values[name] if period.contains(day)), "")

    def terms(self, day: date) -> Terms:
        """The terms of an incident known on a day. LookupError when the house's own are missing."""
        first, second = self.on("first_reminder_hours", day), self.on("second_reminder_hours", day)
        if first is None or second is None:
            raise LookupError(f"Ningún recordatorio rige el [{day}].")
        return Terms(self.on("notice_hours", day), first, second)


def parse_parameters(text: str) -> Parameters:
    """Reads the TOML text. ValueError (Spanish) for what is missing, has no source, or shares a day with another."""
    content = tomllib.loads(text)
    values = {name: tuple(map(_dated, content.get(name, ()))) for name in NAMES}
    for name, rows in values.items():
        if not rows:
            raise ValueError(f"Falta el parámetro [{name}].")
        if any(one[0].overlaps(other[0]) for place, one in enumerate(rows) for other in rows[place + 1 :]):
            raise ValueError(f"Dos periodos del parámetro [{name}] comparten un día.")
    return Parameters(values)


def _dated(item: Mapping[str, Any]) -> tuple[Period, int, str]:
    if not item.get("source"):
        raise ValueError("Todo parámetro dice su fuente.")
    said = ", ".join(part for part in (item["source"], item.get("locator", "")) if part)
    source = ". ".join(part for part in (said, item.get("note", "")) if part)
    return Period(item["valid_from"], item.get("valid_to")), int(item["value"]), source


@functools.cache
def parameters() -> Parameters:
    """The parameters that come with the system."""
    return parse_parameters((resources.files("creo.support.incidents") / "parameters.toml").read_text("utf-8"))

"""What a person may ask about their own data: requests, their deadline in working days, and how each may go on.

Rectification: twenty working days (Regl. CEP art. 14). Access, information, cancellation and opposition: DS
016-2024-JUS art. 69, as dated parameters in `parameters.toml`. The course of a request is a table, not code.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from importlib import resources

from creo.kernel.calendar import WorkingCalendar
from creo.kernel.citations import Citation
from creo.kernel.periods import Period


class RightKind(StrEnum):
    """What is asked."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    INFORMATION = "information"
    CANCELLATION = "cancellation"
    OPPOSITION = "opposition"


class RightState(StrEnum):
    """Where a request stands. The last three are answers: nothing follows them."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    ACCEPTED = "accepted"
    PARTIAL = "partial"
    REJECTED = "rejected"


class RightAct(StrEnum):
    """What may be done with a request."""

    ASSIGN = "assign"
    ACCEPT = "accept"
    ACCEPT_PARTLY = "accept_partly"
    REJECT = "reject"


class RightAsker(StrEnum):
    """Who filed it."""

    PERSON = "person"
    LAWYER = "lawyer"
    FAMILY = "family"
    CONSULATE = "consulate"


RIGHT_WORDS: Mapping[str, str] = {
    RightKind.ACCESS: "Acceso a sus datos o copia de su expediente",
    RightKind.RECTIFICATION: "Rectificación o aclaración de un dato",
    RightKind.INFORMATION: "Información sobre el tratamiento de sus datos",
    RightKind.CANCELLATION: "Cancelación de un dato",
    RightKind.OPPOSITION: "Oposición al uso de un dato",
}
RIGHT_SHORT_WORDS: Mapping[str, str] = {
    RightKind.ACCESS: "Acceso",
    RightKind.RECTIFICATION: "Rectificación",
    RightKind.INFORMATION: "Información",
    RightKind.CANCELLATION: "Cancelación",
    RightKind.OPPOSITION: "Oposición",
}
STATE_WORDS: Mapping[str, str] = {
    RightState.RECEIVED: "Recibida",
    RightState.IN_REVIEW: "En revisión",
    RightState.ACCEPTED: "Aceptada",
    RightState.PARTIAL: "Aceptada en parte",
    RightState.REJECTED: "Rechazada",
}
RIGHT_ACT_WORDS: Mapping[str, str] = {
    RightAct.ACCEPT: "Aceptar",
    RightAct.ACCEPT_PARTLY: "Aceptar en parte",
    RightAct.REJECT: "Rechazar",
}
ASKER_WORDS: Mapping[str, str] = {
    RightAsker.PERSON: "La propia persona",
    RightAsker.LAWYER: "Su abogado",
    RightAsker.FAMILY: "Un familiar con poder",
    RightAsker.CONSULATE: "Su representante consular",
}

R, A = RightState, RightAct
COURSE: Mapping[tuple[str, str], str] = {
    (R.RECEIVED, A.ASSIGN): R.IN_REVIEW,
    (R.IN_REVIEW, A.ASSIGN): R.IN_REVIEW,
    (R.IN_REVIEW, A.ACCEPT): R.ACCEPTED,
    (R.IN_REVIEW, A.ACCEPT_PARTLY): R.PARTIAL,
    (R.IN_REVIEW, A.REJECT): R.REJECTED,
}
PENDING = (R.RECEIVED, R.IN_REVIEW)
ANSWERED = (R.ACCEPTED, R.PARTIAL, R.REJECTED)
# A rectification that is accepted is worth what was corrected: the act in the ledger.
NEEDS_ACT = frozenset({(RightKind.RECTIFICATION, A.ACCEPT), (RightKind.RECTIFICATION, A.ACCEPT_PARTLY)})


def next_state(state: str, act: str) -> str | None:
    """The state after an act; None when the table does not draw that edge."""
    return COURSE.get((state, act))


def open_acts(state: str) -> list[str]:
    """What may be done in a state, in the order of the table."""
    return [act for (start, act) in COURSE if start == state]


@dataclass(frozen=True, slots=True)
class Deadline:
    """The working days that the law gives for one kind of request, during a period."""

    kind: RightKind
    working_days: int
    valid: Period
    citation: Citation


def parse_deadlines(text: str) -> tuple[Deadline, ...]:
    """Reads the `rights_deadline` tables. ValueError when two periods of one kind share a day."""
    found = tuple(
        Deadline(
            RightKind(item["kind"]),
            int(item["working_days"]),
            Period(item["valid_from"], item.get("valid_to")),
            Citation(item["source"], item.get("locator", ""), note=item.get("note", "")),
        )
        for item in tomllib.loads(text)["rights_deadline"]
    )
    for place, one in enumerate(found):
        if any(one.kind is other.kind and one.valid.overlaps(other.valid) for other in found[place + 1 :]):
            raise ValueError("Dos plazos de un mismo derecho comparten un día.")
    return found


@functools.cache
def rights_deadlines() -> tuple[Deadline, ...]:
    """The deadlines that come with the system."""
    return parse_deadlines((resources.files("creo.register") / "parameters.toml").read_text("utf-8"))


def deadline_on(kind: str, day: date) -> Deadline | None:
    """The deadline in force for a request received on a day; None when no norm gives one."""
    return next((item for item in rights_deadlines() if item.kind == kind and item.valid.contains(day)), None)


def due_on(received: date, working_days: int, calendar: WorkingCalendar) -> date:
    """The last day to answer: counted from the day after the request was received (TUO LPAG art. 144)."""
    return calendar.add_working_days(received, working_days)


def days_left(due: date, today: date, calendar: WorkingCalendar) -> int:
    """Working days that remain after today, the last one included; negative: working days past the deadline."""
    day = timedelta(days=1)
    if today <= due:
        return calendar.working_days_between(today + day, due + day)
    return -calendar.working_days_between(due + day, today + day)


def request_number(year: int, number: int) -> str:
    """The number as people write it: «2026-0012»."""
    return f"{year}-{number:04d}"


def read_request_number(text: str) -> tuple[int, int] | None:
    """Year and number of «2026-0012»; None for anything else."""
    found = re.fullmatch(r"([12]\d{3})-(\d{4,6})", text)
    return (int(found[1]), int(found[2])) if found else None


# The person's own file ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileItem:
    """Something that Mandela Rules 7 or 8 ask to keep of a person; shown in their own file, or said to be empty."""

    code: str
    title: str
    rule: str


OWN_FILE_ITEMS: tuple[FileItem, ...] = (
    FileItem("identity", "Identidad, con el sexo o género que la persona declara", "7.a"),
    FileItem("mandate", "Motivo de la privación de libertad y autoridad que la dispuso", "7.b"),
    FileItem("arrest", "Fecha, hora y lugar de la detención", "7.b"),
    FileItem("admission", "Día y hora del ingreso", "7.c"),
    FileItem("transfers", "Traslados", "7.c"),
    FileItem("release", "Día y hora de la libertad", "7.c"),
    FileItem("injuries", "Lesiones visibles y quejas de malos tratos anteriores", "7.d"),
    FileItem("belongings", "Inventario de sus bienes personales", "7.e"),
    FileItem("family", "Nombres de sus familiares e hijos, con edad, lugar y custodia", "7.f"),
    FileItem("emergency", "Contacto de emergencia", "7.g"),
    FileItem("proceedings", "Información sobre su proceso judicial", "8.a"),
    FileItem("classification", "Informes de evaluación inicial y clasificación", "8.b"),
    FileItem("conduct", "Información sobre comportamiento y disciplina", "8.c"),
    FileItem("complaints", "Peticiones y quejas, también las de tortura o malos tratos", "8.d"),
    FileItem("sanctions", "Sanciones disciplinarias impuestas", "8.e"),
    FileItem("injury_or_death", "Circunstancias y causas de lesiones o muerte", "8.f"),
)
OWN_ACT_WORDS: Mapping[str, str] = {
    "register.person_admitted": "Ingreso registrado",
    "register.person_sent": "Salida por traslado registrada",
    "register.person_transferred": "Traslado registrado",
    "register.person_left": "Salida temporal registrada",
    "register.person_returned": "Retorno registrado",
    "register.person_released": "Egreso registrado",
    "register.person_escaped": "Fuga registrada",
    "register.movement_annulled": "Movimiento anulado",
    "register.sending_annulled": "Salida por traslado anulada",
    "register.identity_corrected": "Identidad corregida",
    "register.identity_confirmed": "Identidad confirmada",
    "register.alias_added": "Alias registrado",
    "register.main_offence_set": "Delito principal registrado",
    "register.offences_changed": "Delitos modificados",
    "register.legal_status_set": "Situación jurídica registrada",
    "register.security_facts_set": "Vínculo y clasificación registrados",
    "register.sentence_recorded": "Sentencia registrada",
    "register.sentence_annulled": "Sentencia anulada",
    "register.detention_credited": "Abono de detención registrado",
    "register.credit_withdrawn": "Abono de detención retirado",
    "register.mandate_recorded": "Mandato registrado",
    "register.mandate_lifted": "Mandato levantado",
    "register.judicial_status_declared": "Condición judicial declarada",
    "register.judicial_status_ended": "Condición judicial terminada",
    "register.death_recorded": "Fallecimiento registrado",
    "register.person_loaded": "Datos incorporados al registro",
    "register.episode_imported": "Datos importados de una lista",
    "register.sheet_printed": "Hoja penológica impresa",
    "register.read_by_api": "Datos consultados por otra institución",
    "register.duplicate_proposed": "Posible duplicado propuesto",
    "register.duplicate_dismissed": "Posible duplicado descartado",
    "register.duplicate_reopened": "Posible duplicado por revisar de nuevo",
    "register.alias_closed": "Alias cerrado",
    "register.document_found_altered": "Documento hallado alterado",
    "register.people_merged": "Fichas unidas",
    "register.people_unmerged": "Fichas separadas",
    "register.document_added": "Documento agregado al expediente",
    "register.document_replaced": "Documento reemplazado por una versión nueva",
    "register.document_withdrawn": "Documento retirado",
    "register.document_opened": "Documento abierto",
    "register.document_viewed": "Ficha de un documento reservado consultada",
    "register.own_file_viewed": "Expediente reunido para entregar su copia",
    "register.sheet_viewed": "Hoja penológica consultada",
    "looking.emergency_opened": "Ficha abierta por una emergencia",
    "looking.emergency_approved": "Acceso de emergencia aprobado",
    "looking.emergency_objected": "Acceso de emergencia objetado",
    "register.protected_recorded": "Dato protegido registrado",
    "register.protected_annulled": "Dato protegido anulado",
    "register.protected_viewed": "Datos protegidos consultados",
    "register.biometric_added": "Referencia biométrica registrada",
    "register.biometric_annulled": "Referencia biométrica anulada",
    "register.request_filed": "Solicitud recibida",
    "register.request_assigned": "Solicitud en revisión",
    "register.request_answered": "Solicitud respondida",
    "register.own_file_delivered": "Copia de su expediente entregada",
    "targeting.enrolled": "Inscripción en el programa",
    "targeting.enrolment_ended": "Salida del programa",
    "targeting.reevaluated": "Elegibilidad evaluada de nuevo",
    "": "Otro acto registrado",
}
LOOKS = frozenset(
    {
        "looking.emergency_opened",
        "register.document_opened",
        "register.document_viewed",
        "register.own_file_viewed",
        "register.protected_viewed",
        "register.read_by_api",
        "register.sheet_printed",
        "register.sheet_viewed",
    }
)

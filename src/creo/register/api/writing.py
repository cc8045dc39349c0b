"""Writes: each is a command of the register. `Idempotency-Key` makes it safe to send again after a lost answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Status

from creo.register import commands, queries, rules
from creo.register.api.routing import ACT, REFUSALS, VERSIONED, router
from creo.register.api.schemas import (
    AdmissionIn,
    Done,
    IdentityChangesIn,
    LegalStatusIn,
    MandateIn,
    MovementIn,
    NewPersonIn,
    OffenceChangeIn,
    PersonCode,
    SentenceIn,
)
from creo.register.commands import Admission, IdentityData, MandateData, OffenceData, SentenceData
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.api import versions
from creo.support.api.idempotency import HEADER, once
from creo.support.api.versions import matching
from creo.support.versions import Record

ANSWERS: dict[int, Any] = {201: Done, **REFUSALS}
CHANGES: dict[int, Any] = {**ANSWERS, **VERSIONED}
# The header is read by `once`; it is told to callers here.
REPEATABLE: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": HEADER,
            "required": True,
            "description": "Una por acto. El mismo pedido repetido con la misma clave se hace una sola vez.",
            "schema": {"type": "string", "minLength": 8, "maxLength": 80, "pattern": "^[!-~]+$"},
        }
    ]
}

CONDITIONAL: dict[str, Any] = {
    "parameters": [
        *REPEATABLE["parameters"],
        {
            "in": "header",
            "name": versions.HEADER,
            "required": True,
            "description": "El ETag con que se leyó la ficha. Si cambió desde entonces, 412: léala de nuevo.",
            "schema": {"type": "string", "pattern": '^"v[0-9]{1,18}"$'},
        },
    ]
}


def _file(request: HttpRequest, code: str) -> Record:
    """The file that a call writes over. Forbidden before it is looked for: a key that may not write learns nothing.

    NotFound outside the scope of the key.
    """
    request.reader.require(Permission.EDIT_PEOPLE)
    return queries.record_of(queries.present_code(request.reader, code))


on_file = matching(_file)


@router.post("/people", response=ANSWERS, tags=ACT, summary="Ingreso de una persona nueva", openapi_extra=REPEATABLE)
@once
def admit_new(request: HttpRequest, body: NewPersonIn) -> Status[Done]:
    """Registra a una persona y su ingreso. Si ya tiene ficha, se rechaza con su código: use el otro camino."""
    code = commands.admit(
        by=request.reader,
        admission=_admission(body),
        today=clock.today(),
        identity=IdentityData(**body.identity.model_dump()),
    )
    return Status(201, Done(person=code))


@router.post(
    "/people/{code}/admissions",
    response=ANSWERS,
    tags=ACT,
    summary="Reingreso de una persona con ficha",
    openapi_extra=REPEATABLE,
)
@once
def admit_again(request: HttpRequest, code: PersonCode, body: AdmissionIn) -> Status[Done]:
    """Abre un episodio nuevo de alguien que ya tiene ficha."""
    person = commands.admit(by=request.reader, admission=_admission(body), today=clock.today(), person_code=code)
    return Status(201, Done(person=person))


@router.patch(
    "/people/{code}/identity", response=CHANGES, tags=ACT, summary="Corregir la identidad", openapi_extra=CONDITIONAL
)
@once
@on_file
def correct_identity(request: HttpRequest, code: PersonCode, body: IdentityChangesIn) -> Status[Done]:
    """Cambia solo los campos enviados; la identidad anterior queda como historia y la nueva espera confirmación."""
    commands.correct_identity(
        by=request.reader,
        person_code=code,
        changes=body.changes.model_dump(exclude_unset=True),
        reason=body.reason,
        today=clock.today(),
    )
    return Status(201, Done(person=code))


@router.post(
    "/people/{code}/main-offence", response=CHANGES, tags=ACT, summary="Delito principal", openapi_extra=CONDITIONAL
)
@once
@on_file
def main_offence(request: HttpRequest, code: PersonCode, body: OffenceChangeIn) -> Status[Done]:
    """Registra el delito principal del episodio abierto."""
    commands.set_main_offence(
        by=request.reader,
        person_code=code,
        offence_code=body.offence.code,
        attempt=body.offence.attempt,
        reason=body.reason,
        today=clock.today(),
    )
    return Status(201, Done(person=code))


@router.post(
    "/people/{code}/legal-status", response=CHANGES, tags=ACT, summary="Situación jurídica", openapi_extra=CONDITIONAL
)
@once
@on_file
def legal_status(request: HttpRequest, code: PersonCode, body: LegalStatusIn) -> Status[Done]:
    """Registra la situación jurídica del episodio abierto desde una fecha."""
    commands.set_legal_status(
        by=request.reader,
        person_code=code,
        status=body.status,
        on=body.on,
        next_hearing_on=body.next_hearing_on,
        reason=body.reason,
        today=clock.today(),
    )
    return Status(201, Done(person=code))


@router.post("/people/{code}/movements", response=CHANGES, tags=ACT, summary="Movimiento", openapi_extra=CONDITIONAL)
@once
@on_file
def movement(request: HttpRequest, code: PersonCode, body: MovementIn) -> Status[Done]:
    """Traslado, salida temporal, retorno, egreso o fuga. El que llega tarde se inserta en su lugar si puede ser."""
    _move(request, code, body)
    return Status(201, Done(person=code))


def _move(request: HttpRequest, code: str, body: MovementIn) -> None:
    now = clock.now()
    act: dict[str, Any] = {
        "by": request.reader,
        "person_code": code,
        "on": body.on,
        "at": body.at,
        "reason": body.reason,
        "source_key": body.source_key,
        "today": clock.today(),
        "now": timezone.localtime(now).time(),
    }
    match body.kind:
        case "transfer":
            commands.transfer(from_facility=body.from_facility or "", to_facility=body.to_facility or "", **act)
        case "escort" | "hospital" | "exit_permit":
            commands.record_absence(kind=body.kind, destination=body.destination, hours=body.hours, **act)
        case "return":
            commands.record_return(**act)
        case "release":
            order = {"order_number": body.order_number, "court": body.court}
            commands.release(kind=str(body.release_kind), **order, **act)
        case "escape":
            commands.record_escape(**act)


@router.post(
    "/people/{code}/mandates", response=CHANGES, tags=ACT, summary="Mandato de detención", openapi_extra=CONDITIONAL
)
@once
@on_file
def mandate(request: HttpRequest, code: PersonCode, body: MandateIn) -> Status[Done]:
    """Registra un mandato del episodio abierto."""
    values = body.model_dump(exclude={"reason"})
    number = commands.record_mandate(
        by=request.reader,
        person_code=code,
        mandate=MandateData(**values),
        reason=body.reason,
        today=clock.today(),
    )
    return Status(201, Done(person=code, number=number))


@router.post("/people/{code}/sentences", response=CHANGES, tags=ACT, summary="Sentencia", openapi_extra=CONDITIONAL)
@once
@on_file
def sentence(request: HttpRequest, code: PersonCode, body: SentenceIn) -> Status[Done]:
    """Registra una sentencia del episodio abierto, con sus delitos."""
    values = body.model_dump(exclude={"reason", "offences", "term"})
    number = commands.record_sentence(
        by=request.reader,
        person_code=code,
        sentence=SentenceData(
            **values,
            offences=[OffenceData(item.code, item.attempt) for item in body.offences],
            term=rules.Term(**body.term.model_dump()) if body.term else None,
        ),
        reason=body.reason,
        today=clock.today(),
    )
    return Status(201, Done(person=code, number=number))


def _admission(body: AdmissionIn) -> Admission:
    return Admission(
        facility_code=body.facility,
        admitted_on=body.admitted_on,
        mandate=body.mandate,
        entry_kind=body.entry_kind,
        legal_status=body.legal_status,
        legal_status_on=body.legal_status_on,
        next_hearing_on=body.next_hearing_on,
        organised_crime=body.organised_crime,
        offences=[OffenceData(item.code, item.attempt) for item in body.offences],
    )

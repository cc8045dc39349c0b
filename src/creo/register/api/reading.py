"""Reads. Every look at a person's file by another institution leaves a line in the register of acts (Ley 29733)."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query

from creo.register import commands, queries
from creo.register.api.routing import READ, REFUSALS, router
from creo.register.api.schemas import FacilityOut, OffenceEntryOut, People, PersonCode, PersonOut
from creo.register.queries import EVERYBODY, HELD, RELEASED, PeopleFilters
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.api.versions import tagged
from creo.territory import queries as territory


@router.get("/people", response={200: People, **REFUSALS}, tags=READ, summary="Buscar personas")
def people(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=120, description="Nombre, documento o código.")] = "",
    facility: Annotated[str, Query(max_length=40, description="Código del establecimiento.")] = "",
    situation: Annotated[str, Query(pattern=f"^({HELD}|{RELEASED}|{EVERYBODY})$")] = HELD,
    cursor: Annotated[str, Query(max_length=400)] = "",
) -> People:
    """Personas en el ámbito de la clave, de cincuenta en cincuenta, por código."""
    filters = PeopleFilters(search=q, facility=facility, situation=situation)
    page = queries.people_page(request.reader, filters, cursor)
    commands.record_api_read(by=request.reader, subject=("list", "people"), rows=len(page.rows))
    return People.model_validate({"people": page.rows, "next_cursor": page.next_cursor})


@router.get("/people/{code}", response={200: PersonOut, **REFUSALS}, tags=READ, summary="Ficha de una persona")
def person(request: HttpRequest, response: HttpResponse, code: PersonCode) -> PersonOut:
    """Identidad presente y anteriores, episodios con sus movimientos y delitos, y número de ingresos a hoy.

    Su ETag es la versión de la ficha: los actos sobre ella lo llevan en If-Match.
    """
    file = queries.person(request.reader, code, clock.today())
    tagged(response, queries.record_of(file.code))
    commands.record_api_read(by=request.reader, subject=("person", file.code), rows=1)
    return PersonOut.model_validate(file)


@router.get("/facilities", response={200: list[FacilityOut], **REFUSALS}, tags=READ, summary="Establecimientos")
def facilities(request: HttpRequest) -> list[FacilityOut]:
    """Establecimientos penitenciarios en el ámbito de la clave."""
    request.reader.require(Permission.VIEW_TERRITORY)
    return [FacilityOut.model_validate(ref) for ref in territory.facility_refs(request.reader)]


@router.get("/offences", response={200: list[OffenceEntryOut], **REFUSALS}, tags=READ, summary="Catálogo de delitos")
def offences(
    request: HttpRequest, family: Annotated[str, Query(max_length=40, description="Código de familia.")] = ""
) -> list[OffenceEntryOut]:
    """Delitos del catálogo, vigentes y retirados."""
    request.reader.require(Permission.VIEW_TERRITORY)
    return [OffenceEntryOut.model_validate(row) for row in queries.offences() if family in ("", row.family)]

"""Refusals as data: `application/problem+json` (RFC 9457), with every reason in Spanish and the field it belongs to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from creo.support.api.versions import HEADER, VersionMissing
from creo.support.refusals import Forbidden, NotFound, Refused
from creo.support.ui import formats
from creo.support.versions import Stale, changes_since

CONTENT_TYPE = "application/problem+json"


class Problem(Schema):
    """Why a call was not done. Nothing was half done."""

    title: str = Field(description="Qué pasó, en una línea.")
    status: int
    messages: list[str] = Field(description="Todas las razones, para personas.")
    fields: dict[str, str] = Field(default_factory=dict, description="Razón por campo del cuerpo enviado.")


def problem(status: int, title: str, messages: list[str] | None = None, **more: Any) -> HttpResponse:
    """An answer that says why not."""
    body = {"title": title, "status": status, "messages": messages or [title], "fields": {}, **more}
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE, json_dumps_params={"ensure_ascii": False})


def install(api: NinjaAPI) -> None:
    """Every refusal of the house becomes a problem; a fault of ours never shows its inside."""

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return problem(422, _("No se hizo: hay datos que corregir."), error.messages, fields=error.fields)

    @api.exception_handler(Forbidden)
    def forbidden(request: HttpRequest, error: Forbidden) -> HttpResponse:
        return problem(403, _("La clave no permite este acto."), [error.message])

    @api.exception_handler(NotFound)
    def not_found(request: HttpRequest, error: NotFound) -> HttpResponse:
        return problem(404, _("No existe nada con ese código en el ámbito de la clave."))

    @api.exception_handler(VersionMissing)
    def unversioned(request: HttpRequest, error: VersionMissing) -> HttpResponse:
        text = _("Falta la cabecera If-Match con el ETag de lo que leyó: léalo y envíe el acto con él.")
        return problem(428, text, fields={HEADER: text})

    @api.exception_handler(Stale)
    def stale(request: HttpRequest, error: Stale) -> HttpResponse:
        lines = [
            f"{change.words}: {change.actor}, {formats.moment(change.at)}"
            for change in changes_since(error.record, error.seen)
        ]
        return problem(412, _("La ficha cambió después de leerla: léala de nuevo y decida."), lines)

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return problem(401, _("Falta una clave vigente: «Authorization: Bearer creo_…»."))

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = {_place(item["loc"]): str(item["msg"]) for item in error.errors}
        messages = [f"{place}: {message}" for place, message in fields.items()]
        return problem(422, _("El pedido no tiene la forma esperada."), messages, fields=fields)

    @api.exception_handler(HttpError)
    def http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, _("El pedido no se puede leer: se espera JSON en UTF-8."))


def _place(loc: tuple[Any, ...]) -> str:
    """The field as the caller knows it: without the names of our functions."""
    return ".".join(str(part) for part in loc if part not in ("body", "query", "path", "header", "data")) or "body"

"""The HTTP API: the chapters' operations behind keys, and its description (OpenAPI 3.1) for whoever holds one."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from creo.register import api as register
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.api import queries
from creo.support.api.auth import KeyBearer
from creo.support.api.problems import CONTENT_TYPE, install, problem

DESCRIPTION = """Interfaz para los sistemas de otras instituciones. Cada pedido lleva una clave vigente \
(«Authorization: Bearer creo_…») y ve solo su ámbito. Los actos son los mismos de las pantallas: con permiso, con sus \
reglas y con su asiento en el registro de actos. Un dato que no consta llega nulo o vacío: es desconocido, \
nunca un no. Un acto lleva «Idempotency-Key»: repetido, se hace una sola vez."""

api = NinjaAPI(
    title="CREO",
    version="1",
    description=DESCRIPTION,
    openapi_url=None,  # served below, to those who may see it
    docs_url=None,
    auth=KeyBearer(),
    urls_namespace="api",
)
install(api)
api.add_router("", register.router)


@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, for a key in force or for whoever manages access."""
    text = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if queries.key_for(text, clock.today()) is None and not request.reader.can(Permission.MANAGE_ACCESS):
        return problem(401, "Falta una clave vigente: «Authorization: Bearer creo_…».")
    return JsonResponse(described(), json_dumps_params={"ensure_ascii": False})


def described() -> dict[str, Any]:
    """The OpenAPI document. Refusals are told with the content type they have: ninja writes JSON for all."""
    document = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and "application/json" in answer.get("content", {}):
                    answer["content"] = {CONTENT_TYPE: answer["content"]["application/json"]}
    return document

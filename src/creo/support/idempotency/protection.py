"""Forms already sent: a digest of each and the address its sender was led to."""

from __future__ import annotations

from creo.support.scoping.declaring import Actor, Table

TABLES = (
    Table(
        "SentForm",
        Actor("El mismo envío de la misma persona: nadie más recibe su respuesta."),
        confidential="id user_id digest location at",
    ),
)

"""Keys of other institutions; the answers they were given repeat what they asked for, with its people."""

from __future__ import annotations

from creo.support.scoping.declaring import Actor, Table

TABLES = (
    Table(
        "ApiKey",
        Actor("Claves de otras instituciones: las ve quien administra los accesos."),
        internal="""id prefix institution purpose permissions scope_kind scope_code created_at created_by expires_on
            revoked_at revoked_by revoked_reason last_used_on""",
        confidential="digest",
    ),
    Table(
        "RememberedCall",
        Actor("La misma respuesta para la misma clave: nadie más la recibe."),
        confidential="id api_key key fingerprint status answer at",
    ),
)

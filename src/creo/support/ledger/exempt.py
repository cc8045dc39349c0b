"""Tables of ours without row changes, each with its reason. Every other table of ours has its triggers (a test)."""

from __future__ import annotations

from collections.abc import Mapping

# What the ledger itself is made of is guarded otherwise: nothing in it can be changed at all.
APPEND_ONLY = ("ledger_entry", "ledger_block", "ledger_anchor", "ledger_change")

EXEMPT: Mapping[str, str] = {
    "ledger_pack": "cola del sellador: cada fila vive hasta que sus asientos están sellados",
    "ledger_block": "solo se agrega: el sellador lo escribe y la base de datos rechaza lo demás",
    "ledger_anchor": "solo se agrega: el anclaje la escribe y la base de datos rechaza lo demás",
    "ledger_change": "es el registro de los cambios mismo",
    "idempotency_sentform": "formularios ya recibidos, por un tiempo; su efecto tiene su propio acto",
    "looking_look": "solo se agrega; cada consulta tiene asiento, y la marca de que lo tiene cambia aquí",
    "looking_watch": "hasta dónde leyó la vigilancia; se puede volver a leer",
    "signin_usedcode": "códigos de un solo uso ya gastados; el ingreso tiene su propio acto",
    "signin_notice": "avisos ya mostrados a su dueño",
    "announcements_delivery": "estado de una entrega de la cola; lo que causa lo cuenta el acto de quien reacciona",
    "api_rememberedcall": "respuesta guardada un tiempo para repetirla; el acto que la causó tiene su asiento",
    "imports_importbatch": "avance de una importación; sus actos (subida, revisada, aplicada) tienen asiento",
    "imports_cellerrorrow": "se deriva del archivo guardado y se vuelve a hacer en cada revisión",
    "imports_differencerow": "se deriva del archivo guardado y se vuelve a hacer en cada revisión",
    "jobs_job": "avance de un trabajo del sistema; su inicio tiene asiento",
    "jobs_scheduledstart": "marca del trabajo que empezó hoy por sí mismo",
    "quality_qualityrun": "se deriva de los registros; su acto tiene asiento",
    "quality_qualityanswer": "se deriva de los registros",
    "quality_qualitycount": "se deriva de los registros",
    "quality_qualityfinding": "se deriva de los registros",
    "register_namekey": "claves de búsqueda: se derivan de los nombres",
    "register_nameword": "claves de búsqueda: se derivan de los nombres",
    "targeting_targetingresult": "se deriva de la corrida, que se puede repetir y comparar",
}

# Columns whose values are never copied; that they changed is.
HIDDEN: Mapping[str, frozenset[str]] = {
    "accounts_user": frozenset({"password"}),
    "api_apikey": frozenset({"digest"}),
}
HIDDEN_NAMES = ("password", "secret", "token", "salt")
# Columns that change by themselves: a row that differs only there did not change.
TECHNICAL: Mapping[str, frozenset[str]] = {
    "accounts_user": frozenset({"last_login"}),
    "accounts_rolegrant": frozenset({"last_used_on"}),
    "api_apikey": frozenset({"last_used_on"}),
}

"""Tables without row changes, each with its reason, and how the others are told.

Every other table of ours has its triggers; tables of libraries have them when they are in WATCHED_OTHERS, and a reason
in OTHERS when they are not (a test reads both lists against the tables that exist).
"""

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
    "looking_look": "una fila por página vista; cada una tiene asiento encadenado, que la repite aunque aquí se borre",
    "looking_watch": "hasta dónde leyó la vigilancia; si retrocede vuelve a leer, y cada alerta tiene su asiento",
    "signin_usedcode": "códigos de un minuto ya gastados, que se olvidan en una hora; cada ingreso tiene su asiento",
    "signin_notice": "avisos al dueño de una cuenta; lo que avisan (ingreso, clave, factor) tiene su propio asiento",
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

# Tables of libraries whose rows open accounts: told as ours are.
WATCHED_OTHERS = (
    "mfa_authenticator",  # a row is a second factor of somebody
    "socialaccount_socialaccount",  # a row lets a directory's subject in as somebody
    "socialaccount_socialapp",  # a row is a directory that may let people in
)
OTHERS: Mapping[str, str] = {
    "account_emailaddress": "no se usa: nadie entra ni recupera su clave por correo",
    "account_emailconfirmation": "no se usa: nadie entra ni recupera su clave por correo",
    "auth_group": "no se usa: los permisos vienen de los roles otorgados, que sí se vigilan",
    "auth_group_permissions": "no se usa: los permisos vienen de los roles otorgados, que sí se vigilan",
    "auth_permission": "no se usa: los permisos vienen de los roles otorgados, que sí se vigilan",
    "axes_accessattempt": "intentos fallidos de la última hora, que se borran solos; cada rechazo tiene su asiento",
    "axes_accessattemptexpiration": "cuándo se olvida un intento fallido; cada rechazo tiene su asiento",
    "axes_accessfailurelog": "no se usa: cada ingreso rechazado tiene su asiento con dirección y nombre",
    "axes_accesslog": "ingresos que la biblioteca cuenta; cada ingreso y cada salida tiene su asiento",
    "django_content_type": "nombres de las tablas: los hace la instalación",
    "django_session": "cambia en cada página; su contenido va firmado con la clave, fuera de la base de datos",
    "django_tasks_database_dbtaskresult": "cola del trabajador; el inicio de cada trabajo tiene su asiento",
    "socialaccount_socialtoken": "no se usa: no se guarda ninguna ficha de acceso de un directorio",
    "usersessions_usersession": "última página de cada sesión; el ingreso y su cierre tienen asiento",
}

# Columns whose values are never copied; that they changed is.
HIDDEN: Mapping[str, frozenset[str]] = {
    "accounts_user": frozenset({"password"}),
    "api_apikey": frozenset({"digest"}),
    "mfa_authenticator": frozenset({"data"}),
    "socialaccount_socialaccount": frozenset({"extra_data"}),
    "socialaccount_socialapp": frozenset({"key", "settings"}),
}
HIDDEN_NAMES = ("password", "secret", "token", "salt")
# Columns that change by themselves: a row that differs only there did not change.
TECHNICAL: Mapping[str, frozenset[str]] = {
    "accounts_user": frozenset({"last_login"}),
    "accounts_rolegrant": frozenset({"last_used_on"}),
    "api_apikey": frozenset({"last_used_on"}),
    "mfa_authenticator": frozenset({"last_used_at"}),
    "socialaccount_socialaccount": frozenset({"last_login", "extra_data"}),
}

"""What an act wrote, for people: each field by its name, its codes by their words, nothing that is empty."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.kernel.access import ACCESS_WORDS
from creo.register import rules
from creo.support.approvals import rules as approvals
from creo.support.incidents import rules as incidents
from creo.support.looking.rules import PURPOSE_WORDS, RULE_WORDS
from creo.support.ui import formats

MOST_FIELDS, MOST_ITEMS, HASH = 12, 8, 32
HIDDEN = frozenset({"arguments", "custodies", "sent_sha256", "permission", "permissions"})
FIELD_WORDS: Mapping[str, str] = {
    "about": "Sobre",
    "absence": "Ausencia",
    "access": "Acceso",
    "act": "Acto",
    "active": "Habilitada",
    "added": "Agregados",
    "address": "Dirección de red",
    "admitted_on": "Ingreso",
    "alert": "Alerta",
    "alias": "N.º de alias",
    "aliases": "Otros títulos",
    "annulled_on": "Anulado",
    "answered_on": "Respondida",
    "answers_hash": "Huella de las respuestas",
    "as_of": "A la fecha",
    "assigned_to": "A cargo de",
    "at": "Hora",
    "attempt": "Tentativa",
    "attempt_aliases": "Títulos que dicen tentativa",
    "attempts": "Intentos",
    "based_on": "A partir de la versión",
    "biometric": "N.º de referencia",
    "birth_date": "Fecha de nacimiento",
    "capacity": "Capacidad",
    "case": "Expediente",
    "cause": "Por el asiento",
    "changed": "Modificados",
    "check": "Revisión",
    "checks": "Revisiones",
    "closed": "Cerrados",
    "corrected": "Corregidos",
    "count": "Cantidad",
    "counts": "Cuenta",
    "court": "Juzgado",
    "created": "Creados",
    "credit": "N.º de abono",
    "current": "Clave vigente",
    "custody": "Episodio",
    "damaged": "Dañados",
    "data_kinds": "Datos afectados",
    "decided_by": "Lo decidió",
    "decided_tier": "Nivel decidido",
    "decision": "Decisión",
    "declaration": "N.º de declaración",
    "declarations": "Declaraciones",
    "declared": "Declarada",
    "delivery": "N.º de entrega",
    "department": "Departamento",
    "design_version": "Versión del diseño",
    "destination": "Destino",
    "detail": "Detalle",
    "detected_at": "Se detectó",
    "device": "Equipo",
    "did_not_run": "No se hicieron",
    "died_on": "Fallecimiento",
    "digest": "Huella",
    "digital": "Incidente digital",
    "document": "N.º de documento del expediente",
    "document_kind": "Tipo de documento",
    "document_number": "Número de documento",
    "due": "Debe volver",
    "due_on": "Plazo",
    "duplicate": "Ficha unida",
    "eligible": "Elegibles",
    "emergency": "Acceso de emergencia",
    "ended": "Terminados",
    "ended_on": "Término",
    "enrolled_on": "Inscripción",
    "entry": "Asiento",
    "entry_kind": "Por",
    "episodes": "Episodios",
    "errors": "Errores",
    "event": "N.º en su historia",
    "exit_reason": "Motivo de la salida",
    "expired": "Vencidas",
    "expires_on": "Vence",
    "extreme_security": "Clasificación en Extrema Seguridad",
    "facility": "Establecimiento",
    "fact": "N.º de dato protegido",
    "family": "Familia",
    "fates": "Lo que colgaba de la ficha",
    "filename": "Archivo",
    "files": "Fichas",
    "filters": "Filtros",
    "first_day": "Primer día",
    "first_surname": "Primer apellido",
    "found": "Hallados",
    "given_names": "Nombres",
    "gone": "Ya no están",
    "grant": "N.º de rol otorgado",
    "hard": "Máximo",
    "hidden": "Celdas ocultas",
    "home": "Establecimiento de quien abrió",
    "hours": "Horas",
    "incident": "Incidente",
    "inputs_hash": "Huella de los datos",
    "institution": "Institución",
    "is_demonstration": "De demostración",
    "item": "N.º de asunto",
    "judicial_status": "Condición judicial",
    "kept": "Siguen",
    "kept_distinct": "Siguen siendo distintas",
    "key": "Clave",
    "kind": "Tipo",
    "known_at": "Se conoció",
    "last_day": "Último día",
    "late": "Fuera de plazo",
    "legal_status": "Situación jurídica",
    "legal_status_on": "Situación jurídica desde",
    "lifted_on": "Levantado",
    "look": "N.º de consulta",
    "looks": "Consultas",
    "mandate": "Mandato",
    "mandates": "Mandatos",
    "mapping": "Correspondencia de columnas",
    "marked_at": "Marcado",
    "merge": "N.º de unión",
    "merged_on": "Unión",
    "messages": "Mensajes",
    "methods": "Con qué entró",
    "minutes": "Minutos",
    "missing": "Faltan",
    "name": "Nombre",
    "nationality": "Nacionalidad",
    "new": "Nuevos",
    "next_hearing_on": "Próxima audiencia",
    "nickname": "Apodo",
    "not_eligible": "No elegibles",
    "number": "Número",
    "odd": "Inusual",
    "offence": "Delito",
    "offences": "Delitos",
    "office": "Oficina regional",
    "on": "Fecha",
    "options": "Opciones",
    "order": "Orden o resolución",
    "organised_crime": "Vínculo con crimen organizado",
    "other": "Otra ficha",
    "outcome": "Elegibilidad",
    "pair": "N.º de pareja",
    "payload": "Lo propuesto",
    "people": "Personas",
    "personal_data": "Con datos personales",
    "place": "Lugar",
    "places": "Plazas",
    "predecessor": "Antes se llamaba",
    "programme": "Programa",
    "purpose": "Finalidad",
    "reaction": "El sistema hace",
    "reason": "Motivo",
    "received_on": "Recibido",
    "receiver": "Quién la recibió",
    "reference": "Constancia",
    "release_kind": "Tipo de egreso",
    "released_on": "Egreso",
    "removed": "Retirados",
    "reopened": "Por revisar de nuevo",
    "replaced_by": "La reemplaza",
    "request": "Solicitud",
    "reviewed_on": "Revisado",
    "revision": "Versión de la propuesta",
    "role": "Rol",
    "rows": "Filas",
    "rule": "Alerta por",
    "rules": "Reglas",
    "run": "Corrida de focalización",
    "scope": "Ámbito",
    "second_surname": "Segundo apellido",
    "seconds": "Segundos",
    "sentence": "N.º de sentencia",
    "sentences": "Sentencias",
    "sequence": "N.º de movimiento",
    "sessions_ended": "Sesiones cerradas",
    "severity": "Gravedad",
    "sex": "Sexo",
    "sha256": "Huella del archivo",
    "since": "Desde",
    "size": "Tamaño en bytes",
    "skipped": "Omitidas",
    "soft": "Límite de aviso",
    "source": "Fuente",
    "standing": "Quedó",
    "state": "Estado",
    "status": "Estado",
    "supersedes": "Reemplaza a la versión",
    "table": "Tabla",
    "tables": "Tablas",
    "tier": "Nivel",
    "title": "Asunto",
    "undecided": "Por decidir",
    "until": "Hasta",
    "usernames": "Usuarios",
    "valid_from": "Desde",
    "valid_to": "Hasta",
    "values": "Textos",
    "variant": "Variante",
    "version": "Versión",
    "was": "Huella anterior",
    "withdrawn": "Ya no coinciden",
    "withdrawn_on": "Retirado",
}
_OUTCOMES = {"0": "Elegible", "1": "Por decidir", "2": "No elegible"}
_STANDINGS = {"present": "En el establecimiento", "away": "Ausente", "outside": "Fuera de custodia"}
_DESIGNS = {"draft": "Borrador", "in_force": "Vigente", "retired": "Retirada"}
# Beginning of the acts, field, and the words of its codes. The first that fits counts.
_CODES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("register.person_", "kind", rules.MOVEMENT_WORDS),
    ("register.movement_", "kind", rules.MOVEMENT_WORDS),
    ("register.movement_", "detail", {**rules.ENTRY_WORDS, **rules.RELEASE_WORDS}),
    ("register.alias_", "kind", rules.ALIAS_WORDS),
    ("register.biometric_", "kind", rules.BIOMETRIC_WORDS),
    ("register.mandate_", "kind", rules.MANDATE_WORDS),
    ("register.request_", "kind", rules.RIGHT_WORDS),
    ("register.request_", "state", rules.STATE_WORDS),
    ("register.duplicate_", "state", rules.PAIR_WORDS),
    ("register.judicial_", "kind", rules.JUDICIAL_WORDS),
    ("register.sentence_", "state", rules.SENTENCE_WORDS),
    ("register.identity_", "status", rules.IDENTITY_WORDS),
    ("programme.", "status", _DESIGNS),
    ("register.", "absence", rules.ABSENCE_WORDS),
    ("register.", "access", rules.ACCESS_WORDS),
    ("register.", "document_kind", rules.DOCUMENT_WORDS),
    ("register.", "entry_kind", rules.ENTRY_WORDS),
    ("register.", "legal_status", rules.LEGAL_STATUS_WORDS),
    ("register.", "purpose", PURPOSE_WORDS),
    ("looking.", "purpose", PURPOSE_WORDS),
    ("looking.", "access", ACCESS_WORDS),
    ("looking.", "rule", RULE_WORDS),
    ("register.", "release_kind", rules.RELEASE_WORDS),
    ("register.", "sex", rules.SEX_WORDS),
    ("register.", "standing", _STANDINGS),
    ("targeting.", "outcome", _OUTCOMES),
    ("incidents.", "kind", incidents.KIND_WORDS),
    ("incidents.", "state", incidents.STATE_WORDS),
    ("incidents.", "severity", incidents.SEVERITY_WORDS),
    ("incidents.", "data_kinds", incidents.DATA_WORDS),
    ("incidents.", "personal_data", incidents.ANSWER_WORDS),
    ("incidents.", "digital", incidents.ANSWER_WORDS),
    ("approvals.", "state", approvals.STATE_WORDS),
)
CODE_WORDS: Mapping[str, str] = {
    f"{start} {name} {code}": words for start, name, table in _CODES for code, words in table.items()
}
KEY_WORDS: Mapping[str, str] = {
    "closed": rules.FATE_WORDS["closed"],
    "refused": rules.FATE_WORDS["refused"],
    "repointed": rules.FATE_WORDS["repointed"],
    "movements": "Movimientos",
    "people": "Personas",
}


def changes(
    act: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    places: Mapping[str, str],
    most: int = MOST_FIELDS,
) -> str:
    """One line a field, as HTML: "Fecha de nacimiento: 03 feb 2001 → 02 mar 2001"; empty when the act wrote nothing.

    `places` names prisons by code. Of more than `most` fields the last line says how many. What was typed is escaped.
    """
    names = [name for name in dict.fromkeys([*before, *after]) if name not in HIDDEN]
    lines = [line for name in names if (line := _line(act, name, before, after, places))]
    shown = lines[:most]
    if (more := len(lines) - most) > 0:
        shown.append(ngettext("y %(n)s dato más", "y %(n)s datos más", more) % {"n": formats.number(more)})
    return format_html_join("", '<span class="d-block">{}</span>', ((line,) for line in shown))


def _line(
    act: str, name: str, before: Mapping[str, object], after: Mapping[str, object], places: Mapping[str, str]
) -> SafeString | str:
    """A field with what it was and what it is; empty when neither says anything or both the same."""
    old, new = (_shown(act, name, side.get(name), places) for side in (before, after))
    if not old and not new:
        return ""
    label = _(FIELD_WORDS[name]) if name in FIELD_WORDS else name
    if name in before and name in after and old != new:
        return format_html("{}: {} → {}", label, old or formats.NOTHING, new or formats.NOTHING)
    return format_html("{}: {}", label, new or old)


def _shown(act: str, name: str, value: object, places: Mapping[str, str]) -> str:
    """A value in words; empty for what says nothing."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("Sí") if value else _("No")
    if isinstance(value, Mapping):
        return _joined([_pair(key, item) for key, item in value.items() if item])
    if isinstance(value, list):
        return _joined([_shown(act, name, item, places) for item in value])
    return _text(act, name, str(value), places)


def _text(act: str, name: str, text: str, places: Mapping[str, str]) -> str:
    """A code by its word, a day as days are written, a prison by its name, a hash by its beginning."""
    for start, field, table in _CODES:
        if field == name and act.startswith(start) and text in table:
            return _(CODE_WORDS[f"{start} {field} {text}"])
    if name == "kind" and act.startswith("register.document_") and text in rules.document_kinds():
        return rules.document_kinds()[text].title
    if name == "facility" and text in places:
        return places[text]
    if name == "nationality":
        return rules.nationality_name(text) or text
    if len(text) in (10, 16) and formats.date_of(text) is not None:
        return formats.day(text) if len(text) == 10 else formats.moment(text)
    if len(text) >= HASH and all(letter in "0123456789abcdef" for letter in text):
        return format_html('<abbr title="{}">{}…</abbr>', text, text[:12])
    return text


def _pair(key: object, value: object) -> str:
    label = _(KEY_WORDS[key]) if isinstance(key, str) and key in KEY_WORDS else str(key)
    return f"{label} ({len(value) if isinstance(value, list | dict) else value})"


def _joined(texts: list[str]) -> str:
    """Some of a list, and how many more there are."""
    shown = ", ".join(text for text in texts[:MOST_ITEMS] if text)
    more = len(texts) - MOST_ITEMS
    return _("%(items)s y %(more)s más") % {"items": shown, "more": formats.number(more)} if more > 0 else shown

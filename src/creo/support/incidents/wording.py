"""Incidents in words: clocks, facts, what each event says."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.support.incidents import rules
from creo.support.incidents.models import Incident, IncidentEvent
from creo.support.incidents.rules import Clock, What
from creo.support.ui import formats

CLOCK_SIGNS = {
    "running": "info",
    "reminded": "unknown",
    "urgent": "unknown",
    "overdue": "no",
    "met": "yes",
    "late": "no",
    "free": "neutral",
    "unknown": "unknown",
}
STATE_SIGNS = {"reported": "unknown", "assessed": "info", "notified": "info", "told": "info", "closed": "yes"}
SEVERITY_SIGNS = {"": "unknown", "low": "neutral", "medium": "info", "high": "unknown", "critical": "no"}


def clock(found: Clock, *, short: bool = False) -> str:
    """How a duty stands: «Quedan 31 h 20 min», «Vencido hace 5 h 00 min», «Avisado a tiempo, con 28 h de margen»."""
    left = formats.duration(abs(found.left).total_seconds()) if found.left is not None else ""
    if found.state == "overdue":
        return _("Vencido hace %(left)s") % {"left": left}
    if short and found.state in ("met", "late"):
        return _("Avisado a tiempo") if found.state == "met" else _("Avisado tarde")
    if found.state == "met":
        return _("Avisado a tiempo, con %(left)s de margen") % {"left": left}
    if found.state == "late":
        return _("Avisado tarde, por %(left)s") % {"left": left}
    if found.state == "free":
        return _("No hay a quién avisar")
    if found.state == "unknown":
        return _("Sin plazo conocido para esa fecha")
    return _("Quedan %(left)s") % {"left": left}


def severity(code: str) -> str:
    """The severity, or that it is not assessed yet."""
    return _(rules.SEVERITY_WORDS[code]) if code else _("Sin evaluar")


def people(count: int | None) -> str:
    """How many people, or that nobody knows yet: never none."""
    if count is None:
        return _("Todavía no se sabe cuántas personas")
    return ngettext("%(count)s persona", "%(count)s personas", count) % {"count": formats.number(count)}


def data_kinds(found: Incident) -> str:
    """Which data an incident touches."""
    words = [_(rules.DATA_WORDS[kind]) for kind in found.data_kinds if kind in rules.DATA_WORDS]
    return "; ".join(words) or _("Sin evaluar")


def event_title(event: IncidentEvent) -> str:
    """An event with who wrote it."""
    return f"{_(rules.WHAT_WORDS[What(event.what)])} · {event.recorded_by.name}"


def event_text(event: IncidentEvent) -> str:
    """What an event says, with its own data in words."""
    said = [event.text, *_of_data(What(event.what), event.data)]
    if event.recorded_at.replace(second=0, microsecond=0) > event.at and event.what in _DATED:
        said.append(_("Escrito el %(when)s.") % {"when": formats.moment(event.recorded_at)})
    return " · ".join(said)


_DATED = (What.MEASURE, What.NOTIFIED, What.TOLD, What.DIGITAL)


def _of_data(what: What, data: dict[str, Any]) -> list[str]:
    if what is What.ASSESSED:
        return [
            _("Gravedad: %(severity)s. Datos personales: %(personal)s. Incidente digital: %(digital)s. %(people)s.")
            % {
                "severity": severity(data["severity"]).lower(),
                "personal": _(rules.ANSWER_WORDS[data["personal_data"]]).lower(),
                "digital": _(rules.ANSWER_WORDS[data["digital"]]).lower(),
                "people": people(data["people"]),
            }
        ]
    if what is What.EVIDENCE:
        return [evidence(data)]
    if data.get("reference"):
        return [_("Referencia: %(reference)s.") % {"reference": data["reference"]}]
    if what is What.CORRECTED:
        return [f"{was} → {now}" for was, now in data.get("changed", {}).values()]
    return []


def evidence(data: dict[str, Any]) -> str:
    """A search of the ledger kept as evidence, in one line."""
    return _("%(total)s asientos del registro de actos, sobre %(subjects)s fichas; huella %(digest)s.") % {
        "total": formats.number(data["total"]),
        "subjects": formats.number(data["subjects"]),
        "digest": data["sha256"][:16],
    }

"""What the authority is told: the incident, its data and people, the measures, the evidence, the contacts.

What is not known says so. Texts travel to Typst as JSON, never as markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from creo.support.clock import LIMA
from creo.support.incidents import rules, wording
from creo.support.incidents.models import IncidentContact
from creo.support.incidents.queries import Sheet, evidence_of
from creo.support.incidents.rules import What
from creo.support.ui import formats

TEMPLATE = Path(__file__).parent / "notification.typ"
Contacts = Mapping[str, IncidentContact | None]


def notification_pdf(sheet: Sheet, contacts: Contacts, *, place: str, made_by: str, at: datetime) -> bytes:
    """The notification as a PDF; the same sheet at the same moment is the same bytes."""
    import typst

    data = notification_data(sheet, contacts, place=place, made_by=made_by, at=at)
    document: bytes = typst.compile(
        str(TEMPLATE),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        ignore_system_fonts=True,
        format="pdf",
        timestamp=int(at.astimezone(UTC).timestamp()),
    )
    return document


def notification_json(sheet: Sheet, contacts: Contacts, *, place: str, made_by: str, at: datetime) -> bytes:
    """The notification for machines: codes and ISO times, with the numbers of every entry of the evidence."""
    found = sheet.incident
    content = {
        "incident": found.code,
        "kind": found.kind,
        "title": found.title,
        "description": found.description,
        "place": found.place or None,
        "place_name": place,
        "state": found.state,
        "detected_at": _iso(found.detected_at),
        "known_at": _iso(found.known_at),
        "reported_at": _iso(found.reported_at),
        "due_at": _iso(found.due_at),
        "notified_at": _iso(found.notified_at),
        "digital_notified_at": _iso(found.digital_at),
        "people_told_at": _iso(found.told_at),
        "severity": found.severity or None,
        "personal_data": found.personal_data,
        "digital": found.digital,
        "data_kinds": found.data_kinds,
        "people": found.people,
        "measures": [{"at": _iso(event.at), "text": event.text} for event in _alive(sheet, What.MEASURE)],
        "evidence": evidence_of(sheet),
        "contacts": {slot: _contact(row) for slot, row in contacts.items()},
        "term_source": _source(sheet),
        "made_by": made_by,
        "made_at": _iso(at),
    }
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def notification_data(sheet: Sheet, contacts: Contacts, *, place: str, made_by: str, at: datetime) -> dict[str, Any]:
    """What the document says, section by section, in words."""
    found = sheet.incident
    empty = _("No consta.")
    return {
        "title": _("Notificación de un incidente de seguridad de datos personales"),
        "code": found.code,
        "facts": [
            [_("Qué pasó"), f"{_(rules.KIND_WORDS[found.kind])}: {found.title}"],
            [_("Lugar"), place],
            [_("Se detectó"), formats.moment(found.detected_at)],
            [_("Se conoció"), formats.moment(found.known_at)],
            [_("Plazo del aviso"), formats.moment(found.due_at) if found.due_at else _("Sin plazo conocido")],
            [_("Estado"), _(rules.STATE_WORDS[rules.State(found.state)])],
            [_("Gravedad"), wording.severity(found.severity)],
            [_("Afecta datos personales"), _(rules.ANSWER_WORDS[found.personal_data])],
            [_("Datos"), wording.data_kinds(found)],
            [_("Personas"), wording.people(found.people)],
            [_("Incidente digital"), _(rules.ANSWER_WORDS[found.digital])],
        ],
        "description": found.description,
        "contacts": [
            [_(rules.SLOT_WORDS[slot]), f"{row.name}. {row.detail}" if row else _("Sin registrar.")]
            for slot, row in contacts.items()
        ],
        "measures": [[formats.moment(event.at), event.text] for event in _alive(sheet, What.MEASURE)],
        "notices": [
            [formats.moment(event.at), wording.event_title(event), event.data.get("reference", "")]
            for what in (What.NOTIFIED, What.DIGITAL, What.TOLD)
            for event in _alive(sheet, what)
        ],
        "evidence": [_evidence(data) for data in evidence_of(sheet)],
        "source": _source(sheet),
        "foot": _("Preparada por %(who)s el %(when)s.") % {"who": made_by, "when": formats.moment(at)},
        "words": {
            "description": _("Descripción"),
            "contacts": _("Contactos"),
            "measures": _("Medidas"),
            "notices": _("Avisos dados"),
            "evidence": _("Evidencia en el registro de actos"),
            "empty": empty,
            "page": _("página"),
            "sign": _("Firma de quien notifica"),
        },
    }


def _evidence(data: Mapping[str, Any]) -> dict[str, Any]:
    search = data["search"]
    labels = {
        "subject": _("ficha"),
        "actor": _("persona"),
        "act": _("acto"),
        "since": _("desde"),
        "until": _("hasta"),
    }
    asked = [
        f"{label}: {formats.moment(search[name]) if name in ('since', 'until') else search[name]}"
        for name, label in labels.items()
        if search.get(name)
    ]
    numbers = data["entries"]
    return {
        "text": wording.evidence(dict(data)),
        "search": "; ".join(asked),
        "range": _("Asientos %(first)s a %(last)s. SHA-256: %(digest)s")
        % {"first": numbers[0], "last": numbers[-1], "digest": data["sha256"]},
        "actors": [[name, formats.number(count)] for name, count in data["actors"].items()],
    }


def _source(sheet: Sheet) -> str:
    return rules.parameters().source("notice_hours", sheet.incident.known_at.astimezone(LIMA).date())


def _alive(sheet: Sheet, what: What) -> list[Any]:
    alive = {event.number for event in rules.living(sheet.story)}
    return [event for event in sheet.events if event.what == what and event.pk in alive]


def _contact(row: IncidentContact | None) -> dict[str, str] | None:
    return {"name": row.name, "detail": row.detail, "since": row.valid_from.isoformat()} if row else None


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None

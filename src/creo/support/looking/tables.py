"""The tables of looks, accesses in an emergency and alerts, on pages and in files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support.looking.forms import ALERT_WORDS, EMERGENCY_WORDS
from creo.support.looking.models import Alert, Emergency, Look
from creo.support.looking.rules import PURPOSE_WORDS, RULE_WORDS
from creo.support.looking.sheets import Sheet, sheets
from creo.support.ui.parts import Cell, Column, Row

EMERGENCY_STATES = {"open": "unknown", "approved": "yes", "objected": "no"}
ALERT_STATES = {"open": "unknown", "explained": "yes", "escalated": "no"}
# What an alert's evidence calls each look that is of no sheet.
WHAT_WORDS = {
    "file": "Ficha",
    "refused": "Rechazada: fuera de su ámbito",
    "emergency": "Acceso de emergencia",
}


def look_columns(*, whose: bool) -> list[Column]:
    """Columns of looks: who looked, on the page of a file; at whom, on one's own."""
    return [
        Column(_("Momento"), "moment"),
        Column(_("Quién")) if whose else Column(_("Ficha")),
        Column(_("Qué consultó")),
        Column(_("Para qué")),
        Column(_("Establecimiento")),
        Column(_("Cómo"), "state"),
    ]


def look_table(rows: Iterable[Look], places: Mapping[str, str], *, whose: bool) -> list[Row]:
    """Looks, newest first as given."""
    known = sheets()
    return [_look_row(row, places, known, whose=whose) for row in rows]


def _look_row(row: Look, places: Mapping[str, str], known: Mapping[str, Sheet], *, whose: bool) -> Row:
    whom = row.actor if whose else Cell(row.subject_code, url=reverse("register:person", args=(row.subject_code,)))
    return Row(
        [
            row.at,
            whom,
            str(known[row.sheet].words) if row.sheet in known else row.sheet or _("Ficha"),
            purpose_words(row.purpose) or None,
            places.get(row.place, row.place) or None,
            _how(row),
        ]
    )


def purpose_words(code: str) -> str:
    """A purpose for people; its own code when it is no longer of the list."""
    return _(PURPOSE_WORDS[code]) if code in PURPOSE_WORDS else code


def _how(row: Look) -> Cell:
    if row.refused:
        return Cell("no", word=_("Rechazada"))
    if row.emergency_id is not None:
        return Cell("unknown", word=_("Por emergencia"))
    return Cell("neutral", word=_("En su ámbito"))


def emergency_columns() -> list[Column]:
    """Columns of accesses in an emergency."""
    return [
        Column(_("Abierto"), "moment"),
        Column(_("Quién")),
        Column(_("Ficha")),
        Column(_("Establecimiento")),
        Column(_("Motivo")),
        Column(_("Revisar hasta"), "day"),
        Column(_("Estado"), "state"),
    ]


def emergency_table(rows: Iterable[Emergency], places: Mapping[str, str], today: date) -> list[Row]:
    """Each leads to its page; one past its day is marked."""
    return [
        Row(
            [
                Cell(row.opened_at, url=reverse("looking:emergency", args=(row.pk,)), kind="moment"),
                row.actor,
                row.subject_code,
                places.get(row.place, row.place) or _("Fuera de custodia"),
                row.reason,
                row.review_due,
                emergency_state(row, today),
            ],
            state="no" if row.state == Emergency.State.OPEN and row.review_due < today else "",
        )
        for row in rows
    ]


def emergency_state(row: Emergency, today: date) -> Cell:
    """Whether it was reviewed, in sign and word."""
    if row.state == Emergency.State.OPEN and row.review_due < today:
        return Cell("no", word=_("Por revisar, fuera de plazo"))
    return Cell(
        EMERGENCY_STATES[row.state], word=str(EMERGENCY_WORDS[Emergency.State(row.state)]), note=row.reviewed_by
    )


def own_emergency_columns() -> list[Column]:
    """Columns of one's own accesses in an emergency."""
    return [
        Column(_("Ficha")),
        Column(_("Motivo")),
        Column(_("Abierto"), "moment"),
        Column(_("Hasta"), "moment"),
        Column(_("Estado"), "state"),
    ]


def own_emergency_table(rows: Iterable[Emergency], now: datetime) -> list[Row]:
    """One's own: while it lasts, the code leads to the file."""
    found = []
    for row in rows:
        live = row.until > now and row.ended_at is None
        url = reverse("register:person", args=(row.subject_code,)) if live else ""
        state = Cell("info", word=_("Abierto")) if live else Cell("neutral", word=_("Terminado"))
        found.append(
            Row([Cell(row.subject_code, url=url), row.reason, row.opened_at, row.ended_at or row.until, state])
        )
    return found


def alert_columns() -> list[Column]:
    """Columns of alerts."""
    return [
        Column(_("Alerta")),
        Column(_("Quién")),
        Column(_("Establecimiento")),
        Column(_("Primera consulta"), "moment"),
        Column(_("Última consulta"), "moment"),
        Column(_("Consultas"), "number"),
        Column(_("Estado"), "state"),
    ]


def alert_table(rows: Iterable[Alert], places: Mapping[str, str]) -> list[Row]:
    """Each leads to its page."""
    return [
        Row(
            [
                Cell(rule_words(row.rule), url=reverse("looking:alert", args=(row.pk,))),
                row.actor,
                places.get(row.place, row.place) or _("Nacional"),
                row.first_at,
                row.last_at,
                row.count,
                alert_state(row),
            ]
        )
        for row in rows
    ]


def rule_words(rule: str) -> str:
    """A rule for people."""
    return _(RULE_WORDS[rule]) if rule in RULE_WORDS else rule


def alert_state(row: Alert) -> Cell:
    """What was said about it, in sign and word."""
    return Cell(ALERT_STATES[row.state], word=str(ALERT_WORDS[Alert.State(row.state)]), note=row.decided_by)


def evidence_columns() -> list[Column]:
    """Columns of what an alert shows."""
    return [Column(_("Momento"), "moment"), Column(_("Ficha o lista")), Column(_("Qué"))]


def evidence_table(evidence: Iterable[list[Any]], acts: Mapping[str, Any]) -> list[Row]:
    """What was read, newest last; `acts` are the words of downloads."""
    known = sheets()

    def what(name: str) -> str:
        if name in WHAT_WORDS:
            return _(WHAT_WORDS[name])
        return str(known[name].words) if name in known else str(acts.get(name, name))

    return [Row([datetime.fromisoformat(at), code, what(name)]) for at, code, name in evidence]

"""The tables of the inbox and of the deliveries, on pages and in files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from creo.support.announcements.forms import DELIVERY_WORDS, ITEM_WORDS
from creo.support.announcements.models import Delivery, InboxItem
from creo.support.announcements.news import act_words, reaction_title
from creo.support.announcements.queries import Wire
from creo.support.ui.parts import Cell, Column, Row

ITEM_STATES = {"open": "unknown", "decided": "yes", "closed": "neutral"}
DELIVERY_STATES = {"pending": "info", "waiting": "unknown", "parked": "no", "done": "yes", "dropped": "neutral"}


def inbox_columns(*, closed: bool = True) -> list[Column]:
    """Columns of the inbox; what only a closed item has is left out of a list of open ones."""
    return [
        Column(_("Asunto")),
        Column(_("Sobre")),
        Column(_("Establecimiento")),
        Column(_("Desde"), "moment"),
        Column(_("Estado"), "state"),
        *([Column(_("Quién lo cerró")), Column(_("Motivo"))] if closed else []),
    ]


def inbox_table(
    rows: Iterable[InboxItem], places: Mapping[str, str], people: Mapping[str, str], *, closed: bool = True
) -> list[Row]:
    """Items, each leading to its page; `people` and `places` name the codes that the reader may see."""
    return [
        Row(
            [
                Cell(row.title, url=reverse("announcements:item", args=[row.pk])),
                _code(row.subject_code, people.get(row.subject_code, "")),
                places.get(row.place, row.place) or _("Nacional"),
                row.opened_at,
                item_state(row),
                *([row.decided_by or None, row.reason or None] if closed else []),
            ]
        )
        for row in rows
    ]


def delivery_columns() -> list[Column]:
    """Columns of the deliveries."""
    return [
        Column(_("Anuncio")),
        Column(_("Sobre")),
        Column(_("Llega a")),
        Column(_("Anunciado"), "moment"),
        Column(_("Estado"), "state"),
        Column(_("Intentos"), "number"),
        Column(_("Próximo intento"), "moment"),
        Column(_("Entregado"), "moment"),
    ]


def delivery_table(rows: Iterable[Delivery]) -> list[Row]:
    """Deliveries, each leading to its page."""
    return [
        Row(
            [
                Cell(act_words(row.act), url=reverse("announcements:delivery", args=[row.pk])),
                _code(row.subject_code),
                reaction_title(row.reaction),
                row.announced_at,
                delivery_state(row),
                row.attempts,
                row.next_try_at if row.state == Delivery.State.WAITING else None,
                row.done_at,
            ]
        )
        for row in rows
    ]


def wiring_columns() -> list[Column]:
    """Columns of the wiring table."""
    return [Column(_("Cuando ocurre")), Column(_("El sistema hace")), Column(_("Acto")), Column(_("Función"))]


def wiring_table(rows: Iterable[Wire]) -> list[Row]:
    """What happens by itself after each act, in words and in code."""
    return [Row([row.act_words, row.reaction_title, _code(row.act), _code(row.reaction)]) for row in rows]


def item_state(row: InboxItem) -> Cell:
    """Sign and word of an item's state."""
    return Cell(ITEM_STATES[row.state], kind="state", word=str(ITEM_WORDS[row.state]))


def delivery_state(row: Delivery) -> Cell:
    """Sign and word of a delivery's state."""
    return Cell(DELIVERY_STATES[row.state], kind="state", word=str(DELIVERY_WORDS[row.state]))


def _code(text: str, note: str = "") -> Cell:
    return Cell(format_html('<span class="code nowrap">{}</span>', text), kind="html", note=note)

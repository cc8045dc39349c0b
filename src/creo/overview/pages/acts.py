"""The record of acts: whole, for auditors, and of one person, for whoever sees the person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.overview import queries
from creo.overview.pages.changes import changes
from creo.support.accounts.permissions import Permission
from creo.support.announcements.news import act_words
from creo.support.announcements.places import place_names
from creo.support.ledger import queries as ledger_queries
from creo.support.pages import page, positive_int
from creo.support.ui.parts import Cell, Column, Link, Row

ENTRIES = 50
SUBJECT_WORDS = {
    "accounts": "Cuentas",
    "api_key": "Clave de la API",
    "catalogue": "Catálogo de delitos",
    "design": "Diseño del programa",
    "facility": "Establecimiento",
    "files": "Archivos",
    "import": "Importación",
    "job": "Trabajo",
    "list": "Lista",
    "mapping": "Correspondencia de columnas",
    "offence": "Delito",
    "pavilion": "Pabellón",
    "person": "Persona",
    "quality_check": "Revisión",
    "quality_run": "Revisión de la calidad de los datos",
    "reference": "Datos de referencia",
    "targeting_run": "Corrida de focalización",
}


@page(permission=Permission.VIEW_LEDGER)
def ledger(request: HttpRequest) -> HttpResponse:
    """The record of acts, newest first, narrowed by act or subject."""
    act, subject = request.GET.get("act", "").strip()[:80], request.GET.get("subject", "").strip()[:80]
    before = positive_int(request.GET.get("cursor"), "cursor")
    found = ledger_queries.entries(request.reader, act=act, subject_code=subject, before_id=before, limit=ENTRIES + 1)
    entries, places = found[:ENTRIES], place_names(request.reader)
    fields = [
        {"name": "act", "label": _("Acto (empieza con)"), "kind": "search", "value": act, "placeholder": "register."},
        {"name": "subject", "label": _("Código"), "kind": "search", "value": subject, "placeholder": "P-0000001"},
    ]
    moment, who, did, *rest = _columns()
    context = {
        "columns": [moment, who, did, Column(_("Sobre")), *rest],
        "rows": [_row(entry, places, whose=True) for entry in entries],
        "fields": fields,
        "next_cursor": entries[-1].pk if len(found) > ENTRIES else None,
        "clear_url": reverse("overview:ledger") if act or subject else "",
    }
    return render(request, "overview/ledger.html", context)


@page(permission=Permission.VIEW_PEOPLE)
def person_acts(request: HttpRequest, code: str) -> HttpResponse:
    """Every act on one person, newest first."""
    head = queries.person_heading(request.reader, code)
    if head.code != code:
        return HttpResponseRedirect(reverse("overview:person_acts", args=(head.code,)))
    places = place_names(request.reader)
    context: dict[str, Any] = {
        "head": head,
        "band_items": [head.facility_name or _("Sin establecimiento registrado")]
        if head.held
        else [_("Fuera de custodia")],
        "trail": [
            Link(_("Registro"), reverse("register:people")),
            Link(head.name, reverse("register:person", args=(head.code,))),
        ],
        "columns": _columns(),
        "rows": [_row(entry, places) for entry in ledger_queries.history(("person", head.code))],
    }
    return render(request, "overview/person_acts.html", context)


def _columns() -> list[Column]:
    return [
        Column(_("Momento"), "moment"),
        Column(_("Quién")),
        Column(_("Acto")),
        Column(_("Lugar")),
        Column(_("Motivo")),
        Column(_("Antes y después"), "html"),
    ]


def _row(entry: ledger_queries.Entry, places: Mapping[str, str], *, whose: bool = False) -> Row:
    """An entry in words; `whose` adds the act's code and whom it was about, which a person's own page need not say."""
    words = act_words(entry.act)
    did: list[object] = [words]
    if whose:
        kind = _(SUBJECT_WORDS[entry.subject_kind]) if entry.subject_kind in SUBJECT_WORDS else entry.subject_kind
        did = [Cell(words, note=entry.act if words != entry.act else ""), Cell(entry.subject_code, note=kind)]
    return Row(
        [
            entry.at,
            entry.actor,
            *did,
            places.get(entry.place, entry.place) or None,
            entry.reason or None,
            changes(entry.act, entry.before or {}, entry.after or {}, places) or None,
        ]
    )

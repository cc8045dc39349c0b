"""The record of acts: whole, for auditors, and of one person, for whoever sees the person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.overview import queries
from creo.overview.forms import ActsForm
from creo.overview.pages.changes import changes
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements.news import act_words
from creo.support.announcements.places import place_names
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.ledger import queries as ledger_queries
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Link, Row

ENTRIES = 50
FEW_FIELDS = 3
SUBJECT_WORDS = {
    "access_review": "Revisión de accesos",
    "account": "Cuenta",
    "accounts": "Cuentas",
    "api_key": "Clave de la API",
    "canary": "Ficha de control",
    "catalogue": "Catálogo de delitos",
    "design": "Diseño del programa",
    "download": "Descarga",
    "facility": "Establecimiento",
    "figures": "Cifras públicas",
    "file": "Ficha",
    "files": "Archivos",
    "import": "Importación",
    "incident": "Incidente de seguridad",
    "incident_contact": "Destinatario de notificaciones",
    "job": "Trabajo",
    "key": "Clave de cifrado",
    "ledger": "Registro de actos",
    "list": "Lista",
    "mapping": "Correspondencia de columnas",
    "offence": "Delito",
    "pavilion": "Pabellón",
    "person": "Persona",
    "proposal": "Propuesta",
    "quality_check": "Revisión",
    "quality_run": "Revisión de la calidad de los datos",
    "reference": "Datos de referencia",
    "table": "Tabla",
    "targeting_run": "Corrida de focalización",
    "user": "Cuenta",
}


@page(permission=Permission.VIEW_LEDGER)
def ledger(request: HttpRequest) -> HttpResponse:
    """The record of acts, newest first, narrowed by person, act, actor, place and days."""
    places = place_names(request.reader)
    form = ActsForm(request.GET, places)
    search = form.wanted()
    found = ledger_queries.entries(request.reader, search, request.GET.get("cursor", ""), limit=ENTRIES)
    context = {
        "form": form,
        "columns": [
            Column(_("Momento"), "moment"),
            Column(_("Quién")),
            Column(_("Acto")),
            Column(_("Sobre")),
            Column(_("Motivo")),
            Column(_("Antes y después"), "html"),
        ],
        "rows": [_line(entry, places) for entry in found.rows],
        "found": found,
        "count_text": _counted(ledger_queries.entries_up_to(request.reader, search)),
        "clear_url": reverse("overview:ledger") if form.in_words() else "",
        "export_urls": _exports(request),
        "may_verify": request.reader.can(Permission.VERIFY_LEDGER),
    }
    return render(request, "overview/ledger.html", context)


def _counted(count: int) -> str:
    text = ngettext("%(n)s acto", "%(n)s actos", count) % {"n": formats.number(count)}
    return _("%(n)s o más") % {"n": text} if count >= ledger_queries.COUNTED else text


def _exports(request: HttpRequest) -> list[Link]:
    if not request.reader.can(Permission.EXPORT):
        return []
    kept = request.GET.copy()
    kept.pop("cursor", None)
    asked = f"?{kept.urlencode()}" if kept else ""
    return [Link(kind.upper(), reverse("overview:export_ledger", args=[kind]) + asked) for kind in ("csv", "xlsx")]


@page(permission=Permission.EXPORT)
def export_ledger(request: HttpRequest, kind: str) -> HttpResponse:
    """The same acts whole, as a file; who took them stays in the ledger."""
    return exports.answer(request, kind, "overview.acts")


def acts_list(reader: Reader, query: QueryDict) -> Listing:
    """The acts to hand out, by the query of their page."""
    places = place_names(reader)
    form = ActsForm(query, places)
    search = form.wanted()
    return Listing(
        act="ledger.exported",
        subject=("list", "acts"),
        name=f"actos-{clock.today():%Y%m%d}",
        title=_("Registro de actos"),
        columns=[
            Column(_("N.º"), "number"),
            Column(_("Momento"), "moment"),
            Column(_("Quién")),
            Column(_("Acto")),
            Column(_("Código del acto")),
            Column(_("Sobre")),
            Column(_("Código")),
            Column(_("Lugar")),
            Column(_("Motivo")),
            Column(_("Antes")),
            Column(_("Después")),
        ],
        rows=lambda: (_cells(entry, places) for entry in ledger_queries.entries_rows(reader, search)),
        count=ledger_queries.entries_count(reader, search),
        filters=form.in_words(),
    )


def _cells(entry: ledger_queries.Entry, places: Mapping[str, str]) -> list[object]:
    return [
        entry.pk,
        entry.at,
        entry.actor,
        act_words(entry.act),
        entry.act,
        subject_words(entry.subject_kind),
        entry.subject_code,
        places.get(entry.place, entry.place),
        entry.reason,
        json.dumps(entry.before, ensure_ascii=False) if entry.before else "",
        json.dumps(entry.after, ensure_ascii=False) if entry.after else "",
    ]


def subject_words(kind: str) -> str:
    """What an act was about, in words; its code when it has none."""
    return _(SUBJECT_WORDS[kind]) if kind in SUBJECT_WORDS else kind


@page(permission=Permission.VIEW_LEGAL)
def person_acts(request: HttpRequest, code: str) -> HttpResponse:
    """Every act on one person, newest first: they tell what courts decided, with what was before and after."""
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
        "columns": [
            Column(_("Momento"), "moment"),
            Column(_("Quién")),
            Column(_("Acto")),
            Column(_("Lugar")),
            Column(_("Motivo")),
            Column(_("Antes y después"), "html"),
        ],
        "rows": [_row(entry, places) for entry in ledger_queries.history(("person", head.code))],
    }
    return render(request, "overview/person_acts.html", context)


def _row(entry: ledger_queries.Entry, places: Mapping[str, str]) -> Row:
    """An entry in words, on the page of whom it was about."""
    return Row(
        [
            entry.at,
            entry.actor,
            act_words(entry.act),
            places.get(entry.place, entry.place) or None,
            entry.reason or None,
            changes(entry.act, entry.before or {}, entry.after or {}, places) or None,
        ]
    )


def _line(entry: ledger_queries.Entry, places: Mapping[str, str]) -> Row:
    """An entry among everybody's: its codes beneath its words, and only the beginning of what it wrote."""
    words = act_words(entry.act)
    return Row(
        [
            Cell(entry.at, kind="moment", url=reverse("overview:act", args=[entry.pk])),
            Cell(entry.actor, note=places.get(entry.place, entry.place)),
            Cell(words, note=entry.act if words != entry.act else ""),
            Cell(entry.subject_code, note=subject_words(entry.subject_kind)),
            entry.reason or None,
            changes(entry.act, entry.before or {}, entry.after or {}, places, FEW_FIELDS) or None,
        ]
    )

"""The page of the data protection officer: what is kept, how protected it is, and whose it is."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.kernel.access import ACCESS_WORDS, Access
from creo.support.accounts.permissions import Permission
from creo.support.pages import download, page
from creo.support.scoping import commands, queries
from creo.support.scoping.forms import ReferenceForm
from creo.support.scoping.queries import FieldLine
from creo.support.tables import export_csv, export_xlsx
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column
from creo.support.ui.templatetags.ui import badge

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Sign and word of each class: the open ones plain, the sensitive ones marked.
STATES = {
    Access.PUBLIC: "yes",
    Access.INTERNAL: "neutral",
    Access.CONFIDENTIAL: "info",
    Access.HEALTH: "no",
    Access.ASSESSMENT: "no",
    Access.LEGAL: "no",
}


@page(Permission.VIEW_LEDGER)
def tables(request: HttpRequest) -> HttpResponse:
    """Chapters with their fields of each class; narrowed, every table with its fields and its way to a place."""
    form = ReferenceForm(request.GET, queries.slices())
    lines = queries.field_lines(request.reader, **form.wanted())
    count = ngettext("%(count)s campo", "%(count)s campos", len(lines)) % {"count": formats.number(len(lines))}
    query = urlencode({name: value for name, value in request.GET.items() if value})
    narrowed = any(form.wanted().values())
    context = {
        "form": form,
        "columns": _table_columns() if narrowed else _slice_columns(),
        "rows": _table_rows(lines) if narrowed else _slice_rows(lines),
        "count_text": count,
        "clear_url": reverse("scoping:tables") if request.GET else "",
        "export_urls": [
            {"label": kind.upper(), "url": f"{reverse('scoping:export', args=[kind])}?{query}"}
            for kind in ("csv", "xlsx")
        ],
    }
    return render(request, "scoping/tables.html", context)


@page(Permission.VIEW_LEDGER)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list as a file, with its entry in the ledger."""
    if kind not in ("csv", "xlsx"):
        raise Http404
    lines = queries.field_lines(request.reader, **ReferenceForm(request.GET, queries.slices()).wanted())
    rows = [[line.slice, line.table, line.field, _class(line), line.way, _walled(line)] for line in lines]
    columns = [Column(_("Capítulo")), *_columns()]
    commands.record_export(by=request.reader, kind=kind, rows=len(rows))
    if kind == "csv":
        return download(export_csv(columns, rows), "clases-de-datos.csv", "text/csv; charset=utf-8")
    return download(export_xlsx(columns, rows, title=_("Clases de datos")), "clases-de-datos.xlsx", XLSX_TYPE)


def _columns() -> list[Column]:
    return [
        Column(_("Tabla")),
        Column(_("Campo")),
        Column(_("Clase")),
        Column(_("De qué lugar es")),
        Column(_("Segundo muro")),
    ]


def _slice_columns() -> list[Column]:
    words = [Column(_(ACCESS_WORDS[access]), "number") for access in ACCESS_WORDS]
    return [Column(_("Capítulo")), Column(_("Tablas"), "number"), *words]


def _slice_rows(lines: list[FieldLine]) -> list[object]:
    """A row a chapter: how many tables, and fields of each class."""
    rows: list[object] = []
    for name, group in groupby(lines, key=lambda line: line.slice):
        own = list(group)
        count = Counter(line.access for line in own)
        link = f"{reverse('scoping:tables')}?{urlencode({'capitulo': name})}"
        tables = len({line.table for line in own})
        rows.append([Cell(name, url=link), tables, *(count[access.value] for access in ACCESS_WORDS)])
    return rows


def _table_columns() -> list[Column]:
    return [Column(_("Tabla")), Column(_("Campos"), "html"), Column(_("De qué lugar es")), Column(_("Segundo muro"))]


def _table_rows(lines: list[FieldLine]) -> list[object]:
    """A row a table: its fields by class, whose its rows are, and whether the database keeps them there too."""
    rows: list[object] = []
    for (slice_, table), group in groupby(lines, key=lambda line: (line.slice, line.table)):
        own = list(group)
        rows.append([Cell(f"{slice_}.{table}", note=own[0].about), _fields(own), own[0].way or None, _walled(own[0])])
    return rows


def _fields(lines: list[FieldLine]) -> str:
    """The fields of a table, a line for each class."""
    by_class: dict[str, list[FieldLine]] = {}
    for line in lines:
        by_class.setdefault(line.access, []).append(line)
    shown = [
        (badge(_state(own[0]), _class(own[0])), ", ".join(line.field for line in own)) for own in by_class.values()
    ]
    return format_html_join("", '<span class="d-block">{} {}</span>', shown)


def _state(line: FieldLine) -> str:
    return STATES[Access(line.access)] if line.access else "unknown"


def _class(line: FieldLine) -> str:
    return _(ACCESS_WORDS[Access(line.access)]) if line.access else _("Sin clase")


def _walled(line: FieldLine) -> str:
    """Whether the database itself keeps the rows to their places, where it is asked to (PostgreSQL, CREO_RLS)."""
    return _("Sí") if line.walled else _("No")

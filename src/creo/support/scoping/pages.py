"""The page of the data protection officer: what is kept, how protected it is, and whose it is."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
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
    """Every field with its class and its way to a place; the address keeps the filters."""
    form = ReferenceForm(request.GET, queries.slices())
    lines = queries.field_lines(request.reader, **form.wanted())
    count = ngettext("%(count)s campo", "%(count)s campos", len(lines)) % {"count": formats.number(len(lines))}
    query = urlencode({name: value for name, value in request.GET.items() if value})
    context = {
        "form": form,
        "columns": _columns(),
        "rows": [_row(line) for line in lines],
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


def _row(line: FieldLine) -> list[object]:
    state = STATES[Access(line.access)] if line.access else "unknown"
    return [
        Cell(f"{line.slice}.{line.table}", note=""),
        line.field,
        Cell(state, kind="state", word=_class(line)),
        line.way,
        _walled(line),
    ]


def _class(line: FieldLine) -> str:
    return _(ACCESS_WORDS[Access(line.access)]) if line.access else _("Sin clase")


def _walled(line: FieldLine) -> str:
    """Whether the database itself keeps the rows to their places, where it is asked to (PostgreSQL, CREO_RLS)."""
    return _("Sí") if line.walled else _("No")

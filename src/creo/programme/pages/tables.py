"""The tables of the source printed again from the data, as printed and as treated, on the page and as files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.programme import queries, reports, rules
from creo.programme.pages import shared
from creo.programme.pages.shared import View
from creo.support.accounts.permissions import Permission
from creo.support.pages import download, page
from creo.support.refusals import NotFound
from creo.support.ui.parts import Cell, Column, Link, Row

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@page(permission=Permission.VIEW_PROGRAMME)
def tables(request: HttpRequest) -> HttpResponse:
    """Every table of the source, and how many of its rows treatment changes."""
    found = shared.view(request)
    if found is None:
        return render(request, "programme/tables.html", shared.context(None))
    design = queries.design(request.reader, found.version)
    rows = []
    for definition in rules.table_definitions(design):
        pairs = rules.pair_rows(design, definition.code)
        different = sum(pair.differs for pair in pairs)
        word = ngettext("%(n)s fila difiere", "%(n)s filas difieren", different) % {"n": different}
        state = Cell("unknown", kind="state", word=word) if different else Cell("yes", kind="state", word=_("Igual"))
        name = Cell(design.fill(definition.title), url=found.address("table", definition.code), note=definition.label)
        rows.append(Row([name, shared.lines_label(definition.lines) or None, len(pairs), state]))
    context = shared.context(
        found,
        rows=rows,
        columns=[
            Column(_("Tabla")),
            Column(_("Fuente")),
            Column(_("Filas"), "number"),
            Column(_("Tratamiento"), "state"),
        ],
        can_export=request.reader.can(Permission.EXPORT),
        files=_document_links(found),
    )
    return render(request, "programme/tables.html", context)


def _document_links(found: View) -> list[Link]:
    return [
        Link(_("Todo como está impreso, PDF"), found.address("document", "pdf", forma="printed")),
        Link(_("Todo como se trata, PDF"), found.address("document", "pdf", forma="treated")),
        Link(_("Todo como está impreso, XLSX"), found.address("document", "xlsx", forma="printed")),
        Link(_("Todo como se trata, XLSX"), found.address("document", "xlsx", forma="treated")),
    ]


@dataclass(frozen=True)
class ShownRow:
    """A row of a printed table, with its merged cells and whether treatment changed it (told in its last text)."""

    cells: tuple[tuple[str, str, int], ...]
    last: int
    differs: bool
    codes: tuple[tuple[str, str], ...]
    lines: str


@page(permission=Permission.VIEW_PROGRAMME)
def table(request: HttpRequest, code: str) -> HttpResponse:
    """One table in both forms; where they do not differ, once."""
    found = shared.required_view(request)
    design = queries.design(request.reader, found.version)
    printed = _table(design, code, "printed")
    treated = _table(design, code, "treated")
    pairs = rules.pair_rows(design, code)
    codes = [item.code for item in rules.table_definitions(design)]
    place = codes.index(code)
    context = shared.context(
        found,
        table=printed,
        title=treated.title,
        trail=[Link(_("Tablas del documento"), found.address("tables"))],
        lines=shared.lines_label(printed.lines),
        different=sum(pair.differs for pair in pairs),
        wide=len(printed.columns) > 2,
        forms=[
            {"name": str(reports.FORM_WORDS[one.form]), "columns": one.columns, "rows": _rows(found, one, pairs)}
            for one in (printed, treated)
        ],
        can_export=request.reader.can(Permission.EXPORT),
        files=[Link(kind.upper(), found.address("table_file", code, kind)) for kind in TYPES],
        before=found.address("table", codes[place - 1]) if place else "",
        after=found.address("table", codes[place + 1]) if place + 1 < len(codes) else "",
    )
    return render(request, "programme/table.html", context)


def _table(design: rules.Design, code: str, form: rules.Form) -> rules.PrintedTable:
    try:
        return rules.print_table(design, code, form)
    except KeyError as error:
        raise NotFound from error


def _rows(found: View, shown: rules.PrintedTable, pairs: tuple[rules.RowPair, ...]) -> list[ShownRow]:
    rows = []
    for pair in pairs:
        row = pair.printed if shown.form == "printed" else pair.treated
        if row is None:
            continue
        cells = tuple((label, text, span) for label, (text, span) in zip(shown.columns, row.merged(), strict=False))
        codes = pair.contradictions if pair.differs else ()
        rows.append(
            ShownRow(
                cells=cells,
                last=max((place for place, cell in enumerate(cells) if cell[1]), default=0),
                differs=pair.differs,
                codes=tuple((one, f"{found.address('contradictions')}#contradiction-{one}") for one in codes),
                lines=shared.lines_label(row.lines),
            )
        )
    return rows


@page(permission=Permission.EXPORT)
def table_file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """One table in both forms as PDF or XLSX."""
    found = shared.required_view(request)
    design = queries.design(request.reader, found.version)
    both = [_table(design, code, "printed"), _table(design, code, "treated")]
    return _file(found, both, kind, code)


@page(permission=Permission.EXPORT)
def document(request: HttpRequest, kind: str) -> HttpResponse:
    """Every table in one form as PDF or XLSX; treated unless `?forma=printed`."""
    found = shared.required_view(request)
    design = queries.design(request.reader, found.version)
    form: rules.Form = "printed" if request.GET.get("forma") == "printed" else "treated"
    word = _("impreso") if form == "printed" else _("tratado")
    return _file(found, list(rules.print_tables(design, form)), kind, f"documento-{word}")


def _file(found: View, shown: list[rules.PrintedTable], kind: str, name: str) -> HttpResponse:
    makers: dict[str, Any] = {"pdf": reports.tables_pdf, "xlsx": reports.tables_xlsx}
    if kind not in makers:
        raise NotFound
    row = found.version
    return download(makers[kind](row, shown), f"{row.programme.lower()}-v{row.number}-{name}.{kind}", TYPES[kind])

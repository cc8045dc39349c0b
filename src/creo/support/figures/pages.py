"""Public figures: what was published, and the one page that publishes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.asking import ask, sent
from creo.support.figures import commands, queries
from creo.support.figures.forms import PublishForm
from creo.support.figures.parameters import limits_on
from creo.support.figures.suppression import Why
from creo.support.figures.tables import ReadyTable, Shown, digest
from creo.support.pages import download, page
from creo.support.refusals import NotFound
from creo.support.tables import export_csv
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Link, Row

WHY_WORDS = {
    Why.SMALL: gettext_lazy("Oculto: menos personas que el mínimo"),
    Why.CHANGE: gettext_lazy("Oculto: cambió muy poco desde otra publicación"),
    Why.COMPLEMENT: gettext_lazy("Oculto: serviría para hallar otro"),
}
# The same in a cell of a table that may have hundreds of them: the legend above says it whole.
WHY_SHORT = {
    Why.SMALL: gettext_lazy("pocas"),
    Why.CHANGE: gettext_lazy("cambio"),
    Why.COMPLEMENT: gettext_lazy("resta"),
}


@page(Permission.VIEW_PROGRAMME)
def listing(request: HttpRequest) -> HttpResponse:
    """Every release, the newest first."""
    rows = [
        [
            Cell(
                _("Publicación %(number)s") % {"number": formats.number(found.number)},
                url=reverse("figures:release", args=[found.number]),
            ),
            found.as_of,
            found.published_by,
            found.reason,
        ]
        for found in queries.releases(request.reader)
    ]
    context = {
        "columns": [Column(_("Publicación")), Column(_("Corte"), "day"), Column(_("Publicó")), Column(_("Motivo"))],
        "rows": rows,
        "may_publish": request.reader.can(Permission.PUBLISH_FIGURES) and request.reader.national,
    }
    return render(request, "figures/list.html", context)


@page(Permission.VIEW_PROGRAMME)
def detail(request: HttpRequest, number: int) -> HttpResponse:
    """One release: its tables, and the one that is asked for."""
    found = queries.release(request.reader, number)
    asked = request.GET.get("tabla", "")
    context = {
        "found": found.row,
        "columns": [
            Column(_("Tabla")),
            Column(_("Filas"), "number"),
            Column(_("Casillas ocultas"), "number"),
            Column(_("Para llevar")),
        ],
        "rows": [_table_row(number, table) for table in found.tables],
        "shown": [_view(table) | {"open": True} for table in found.tables if table.code == asked],
        "legend": _legend(found.row.least),
        "trail": [Link(_("Cifras públicas"), reverse("figures:list"))],
    }
    return render(request, "figures/release.html", context)


@page(Permission.PUBLISH_FIGURES)
def new(request: HttpRequest) -> HttpResponse:
    """What would be published today, and the act that publishes it."""
    today = clock.today()
    tables = queries.prepared(request.reader, today)
    form = PublishForm(sent(request), initial={"seen": digest(tables)})
    made: list[int] = []

    def act(typed: Any) -> str:
        made.append(commands.publish(by=request.reader, today=today, **typed))
        return reverse("figures:release", args=[made[0]])

    hidden = sum(table.hidden for table in tables)
    return ask(
        request,
        form,
        act,
        title=_("Publicar las cifras de hoy"),
        lead=ngettext("Se oculta %(count)s casilla", "Se ocultan %(count)s casillas", hidden)
        % {"count": formats.number(hidden)},
        button=_("Publicar"),
        done=_("Cifras publicadas."),
        back=reverse("figures:list"),
        trail=[Link(_("Cifras públicas"), reverse("figures:list"))],
        template="figures/new.html",
        tables=[_view(table) for table in tables],
        legend=_legend(limits_on(today).least),
    )


@page(Permission.VIEW_PROGRAMME)
def export(request: HttpRequest, number: int, table: str) -> HttpResponse:
    """One table as CSV, hidden cells by their word."""
    found = queries.release(request.reader, number)
    chosen = next((each for each in found.tables if each.code == table), None)
    if chosen is None:
        raise NotFound
    commands.record_export(by=request.reader, number=number, table=table)
    columns = [chosen.rows.title, *chosen.columns.labels, _("Total")]
    rows = [
        [label, *(_word(cell) if cell.value is None else cell.value for cell in line)]
        for label, line in zip((*chosen.rows.labels, _("Total")), chosen.cells, strict=True)
    ]
    name = f"cifras-{number}-{table}.csv"
    return download(export_csv(columns, rows), name, "text/csv; charset=utf-8")


def _table_row(number: int, table: ReadyTable) -> list[object]:
    file = reverse("figures:export", args=[number, table.code])
    return [
        Cell(table.title, url=f"{reverse('figures:release', args=[number])}?tabla={table.code}"),
        len(table.rows.labels),
        table.hidden,
        Cell("CSV", url=file),
    ]


def _view(table: ReadyTable) -> dict[str, Any]:
    columns = [Column(table.rows.title), *(Column(label, "number") for label in table.columns.labels)]
    lines = list(zip((*table.rows.labels, _("Total")), table.cells, strict=True))
    return {
        "title": table.title,
        "size": ngettext("%(n)s fila", "%(n)s filas", len(table.rows.labels))
        % {"n": formats.number(len(table.rows.labels))},
        "source": table.source,
        "columns": [*columns, Column(_("Total"), "number")],
        "rows": [[label, *map(_cell, line)] for label, line in lines[:-1]],
        "footer": Row([lines[-1][0], *map(_cell, lines[-1][1])], strong=True),
    }


def _cell(cell: Shown) -> Cell:
    """A number; «≈» beside a rounded one; a hidden one by sign and word, never a blank or a nought."""
    if cell.value is None:
        return Cell("unknown", kind="state", word=_("Oculto"), note=str(WHY_SHORT[Why(cell.why)]))
    return Cell(cell.value, note="≈" if cell.rounded else "")


def _word(cell: Shown) -> str:
    return str(WHY_WORDS[Why(cell.why)])


def _legend(least: int) -> str:
    return _(
        "Una casilla de 1 a %(most)s personas no se publica, ni las que servirían para hallarla por diferencia. "
        "Oculto por pocas personas, por un cambio muy pequeño desde otra publicación, o porque una resta la hallaría. "
        "En los establecimientos pequeños las cifras van redondeadas (≈). Un cero es un cero."
    ) % {"most": formats.number(least - 1)}

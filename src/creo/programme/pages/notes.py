"""What is known about the source: its contradictions with their treatment, and its facts with what represents them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.programme import queries
from creo.programme.forms import SEVERITIES, ContradictionFilter, FactFilter
from creo.programme.pages import shared
from creo.support.accounts.permissions import Permission
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Column, Row


@page(permission=Permission.VIEW_PROGRAMME)
def contradictions(request: HttpRequest) -> HttpResponse:
    """Every contradiction or gap of the source with its treatment, by severity, product or text."""
    found = shared.view(request)
    if found is None:
        return render(request, "programme/contradictions.html", shared.context(None))
    names = queries.names(request.reader, found.version)
    products = [ref.partition(":")[2] for ref in names if ref.startswith("product:")]
    form = ContradictionFilter(request.GET, [(code, code) for code in products])
    asked = form.wanted()
    everything = queries.contradictions(request.reader, found.version)
    rows = (
        queries.contradictions(request.reader, found.version, severity=asked["gravedad"], text=asked["q"])
        if asked["gravedad"] or asked["q"]
        else everything
    )
    if asked["producto"]:
        rows = [row for row in rows if asked["producto"] in _products_of(row.applies_to)]
    words = ngettext("%(some)s de %(all)s contradicción", "%(some)s de %(all)s contradicciones", len(everything))
    context = shared.context(
        found,
        form=form,
        used=any(asked.values()),
        clear_url=found.address("contradictions"),
        count_text=words % {"some": len(rows), "all": len(everything)},
        counts=[(label, sum(row.severity == code for row in everything)) for code, label in SEVERITIES],
        total=len(everything),
        rows=shared.shown_contradictions(found, rows, names),
    )
    return render(request, "programme/contradictions.html", context)


def _products_of(refs: tuple[str, ...]) -> set[str]:
    """Products that references touch: `sheet:P1.place` and `activity:A1.2` are both of P1."""
    found = set()
    for ref in refs:
        code = ref.partition(":")[2].partition(".")[0]
        found.add(f"P{code[1:]}" if code.startswith("A") and code[1:].isdigit() else code)
    return found


@page(permission=Permission.VIEW_PROGRAMME)
def source(request: HttpRequest) -> HttpResponse:
    """The facts of the source, each with the items that represent it; the quoted figures and closing statements."""
    found = shared.view(request)
    if found is None:
        return render(request, "programme/source.html", shared.context(None))
    form = FactFilter(request.GET)
    asked = form.wanted()
    names = queries.names(request.reader, found.version)
    rows = queries.facts(request.reader, found.version, asked["q"])
    items = queries.items(request.reader, found.version, ("conclusion", "figure"))
    context = shared.context(
        found,
        form=form,
        clear_url=found.address("source") if asked["q"] else "",
        count_text=ngettext("%(n)s hecho", "%(n)s hechos", len(rows)) % {"n": len(rows)},
        rows=[
            {
                "row": row,
                "lines": shared.lines_label(row.lines),
                "links": [(shared.label_of(ref, names), shared.address_of(found, ref)) for ref in row.represented_by],
            }
            for row in rows
        ],
        conclusions=[{"item": item, "lines": shared.lines_label(item.lines)} for item in items.of("conclusion")],
        figures=[_figure(item) for item in items.of("figure")],
        figure_columns=[Column(_("Cifra")), Column(_("Valor")), Column(_("Fecha")), Column(_("Fuente"))],
    )
    return render(request, "programme/source.html", context)


def _figure(item: queries.ItemRow) -> dict[str, object]:
    unit = item.data["unit"]
    rows = [
        Row(
            [item.title, _figure_words(item.data["value"], unit), _("sin fecha"), item.citations[0].label()],
            strong=True,
        )
    ]
    rows += [
        Row([other["title"], _figure_words(other["value"], unit), other["period"], other["source"]])
        for other in item.data["comparisons"]
    ]
    return {"item": item, "rows": rows}


def _figure_words(value: str, unit: str) -> str:
    """A quoted figure with the decimals it was quoted with."""
    return f"{formats.number(value, len(value.partition('.')[2]))}\u00a0{unit}"

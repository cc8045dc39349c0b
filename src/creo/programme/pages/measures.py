"""What is delivered where and how it is measured: articulation by level of government, indicators and targets."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from creo.programme import queries
from creo.programme.pages import shared
from creo.programme.pages.shared import View
from creo.programme.queries import ItemRow, Items
from creo.support.accounts.permissions import Permission
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Fact, Row


@page(permission=Permission.VIEW_PROGRAMME)
def articulation(request: HttpRequest) -> HttpResponse:
    """The matrix of activities by level of government, as printed and as treated, with its totals."""
    found = shared.view(request)
    if found is None:
        return render(request, "programme/articulation.html", shared.context(None))
    kinds = ("problem", "outcome", "product", "activity", "articulation", "level", "target", "model", "model_level")
    items = queries.items(request.reader, found.version, kinds)
    whole = queries.chain_of(items)
    levels = items.of("level")
    rows = [row for product in whole.products for row in _matrix_rows(found, items, product.activities, levels)]
    counts = [sum(level.code in marks for marks in whole.levels_of_activity.values()) for level in levels]
    context = shared.context(
        found,
        columns=[
            Column(_("Actividad")),
            Column(_("Descripción operacional")),
            *(Column(level.code) for level in levels),
        ],
        rows=rows,
        footer=[_("Actividades con marca"), None, *counts],
        levels=levels,
        counts=[{"level": level, "count": count} for level, count in zip(levels, counts, strict=True)],
        products=[_levels_row(found, items, product) for product in whole.products],
        product_columns=[Column(_("Producto")), Column(_("Por sus actividades")), Column(_("En su modelo operativo"))],
        texts=[shared.comparison(item, item.code) for item in items.of("articulation") if item.differs],
        contradictions=shared.contradictions_of(request, found, [*items.of("articulation"), *levels]),
    )
    return render(request, "programme/articulation.html", context)


def _matrix_rows(found: View, items: Items, activities: tuple[ItemRow, ...], levels: tuple[ItemRow, ...]) -> list[Row]:
    rows = []
    for activity in activities:
        row = items.get(f"articulation:{activity.code}")
        marks = row.data["marks"] if row else {}
        name = Cell(f"{activity.code} {activity.title}", url=found.address("activity", activity.code))
        cells = [Cell("yes", kind="state", word=_("Participa")) if level.code in marks else None for level in levels]
        rows.append(Row([name, Cell(row.text if row else None, note=_where(row)), *cells]))
    return rows


def _where(row: ItemRow | None) -> str:
    if row is None:
        return ""
    return " · ".join([shared.lines_label(row.lines), *row.contradictions])


def _levels_row(found: View, items: Items, product: queries.ProductRow) -> Row:
    model = next(iter(items.below(product.item.ref, "model")), None)
    marked = [level.last for level in items.below(model.ref, "model_level") if level.data["marked"]] if model else []
    name = Cell(f"{product.item.code} · {product.item.short}", url=found.address("product", product.item.code))
    return Row([name, ", ".join(product.levels) or None, ", ".join(marked) or Cell(_("No figura en la fuente"))])


@page(permission=Permission.VIEW_PROGRAMME)
def indicators(request: HttpRequest) -> HttpResponse:
    """Official indicators with where they were printed and what they measure; empty places; proposals, apart."""
    found = shared.view(request)
    if found is None:
        return render(request, "programme/indicators.html", shared.context(None))
    items = queries.items(
        request.reader, found.version, ("indicator", "slot", "product", "outcome", "problem", "activity")
    )
    official = [item for item in items.of("indicator") if item.origin != "proposal"]
    proposals = [item for item in items.of("indicator") if item.origin == "proposal"]
    context = shared.context(
        found,
        official=[_indicator(found, items, item) for item in official],
        slots=[_slot(item) for item in items.of("slot")],
        slot_columns=[
            Column(_("Lugar")),
            Column(_("Indicador oficial"), "state"),
            Column(_("Propuestas")),
            Column(_("Fuente")),
        ],
        proposals=[_proposal(found, items, item) for item in proposals],
        proposal_columns=[
            Column(_("Código")),
            Column(_("Propuesta")),
            Column(_("Mide")),
            Column(_("Numerador")),
            Column(_("Denominador")),
            Column(_("Evidencia")),
        ],
        contradictions=shared.contradictions_of(request, found, [*official, *items.of("slot")]),
    )
    return render(request, "programme/indicators.html", context)


def _indicator(found: View, items: Items, item: ItemRow) -> dict[str, Any]:
    bound, under = item.data["bound_to"], item.data.get("printed_under")
    names = {ref: row.title for ref, row in items.by_ref.items()}
    return {
        "item": item,
        "crossed": bool(under) and under != bound,
        "texts": [shared.comparison(item, _("Enunciado"))],
        "facts": [
            Fact(_("Ligado por su sentido a"), shared.label_of(bound, names), url=shared.address_of(found, bound)),
            Fact(_("Impreso bajo"), shared.label_of(under, names) if under else _("No figura en la fuente")),
            Fact(_("Numerador"), item.data["numerator"] or "—"),
            Fact(_("Denominador"), item.data["denominator"] or "—"),
            Fact(_("Ventana"), item.data["window"] or "—"),
            Fact(_("Evidencia"), item.data["evidence"] or "—"),
            Fact(_("Fuente"), "; ".join(citation.label() for citation in item.citations)),
        ],
    }


def _slot(item: ItemRow) -> Row:
    official, proposals = item.data.get("official", []), item.data.get("proposals", [])
    state = (
        Cell("yes", kind="state", word=", ".join(official))
        if official
        else Cell("unknown", kind="state", word=_("Vacío en la fuente"))
    )
    return Row([Cell(item.title), state, ", ".join(proposals) or None, shared.lines_label(item.lines)])


def _proposal(found: View, items: Items, item: ItemRow) -> Row:
    names = {ref: row.title for ref, row in items.by_ref.items()}
    bound = item.data["bound_to"]
    return Row(
        [
            Cell(item.code),
            item.title,
            Cell(shared.label_of(bound, names), url=shared.address_of(found, bound)),
            item.data["numerator"] or None,
            item.data["denominator"] or None,
            item.data["evidence"] or None,
        ]
    )


@page(permission=Permission.VIEW_PROGRAMME)
def targets(request: HttpRequest) -> HttpResponse:
    """Physical targets by product and by site; what is not programmed says so and is never zero."""
    found = shared.view(request)
    if found is None:
        return render(request, "programme/targets.html", shared.context(None))
    items = queries.items(request.reader, found.version, ("product", "target", "site"))
    by_product = {item.data["product"]: item for item in items.of("target")}
    with_sites = [item for item in items.of("target") if items.below(item.ref, "site")]
    context = shared.context(
        found,
        rows=[_target_row(found, product, by_product.get(product.code)) for product in items.of("product")],
        columns=[
            Column(_("Producto")),
            Column(_("Meta")),
            Column(_("Unidad")),
            Column(_("Año fiscal")),
            Column(_("Fuente")),
        ],
        sites=[_sites(item, items.below(item.ref, "site")) for item in with_sites],
        site_columns=[
            Column(_("Como está impreso")),
            Column(_("Como se lee")),
            Column(_("Departamento")),
            Column(_("Ubigeo (INEI)")),
            Column(_("Meta de la sede")),
        ],
        texts=[shared.comparison(item, item.code) for item in items.of("target")],
        contradictions=shared.contradictions_of(request, found, [*items.of("target"), *items.of("site")]),
    )
    return render(request, "programme/targets.html", context)


def _none() -> Cell:
    return Cell("neutral", kind="state", word=_("no programado"))


def _target_row(found: View, product: ItemRow, target: ItemRow | None) -> Row:
    name = Cell(f"{product.code} · {product.short}", url=found.address("product", product.code))
    if target is None:
        return Row([name, _none(), None, None, None])
    year = target.data.get("year")
    return Row(
        [
            name,
            Cell(formats.number(target.data["value"]), note=target.title),
            target.data["unit"],
            str(year) if year else Cell("unknown", kind="state", word=_("sin año en la fuente")),
            shared.lines_label(target.lines),
        ],
        strong=True,
    )


def _sites(target: ItemRow, sites: tuple[ItemRow, ...]) -> dict[str, Any]:
    split = target.data.get("split") or {}
    rows = [
        Row(
            [
                Cell(site.printed),
                Cell(site.text, note="; ".join(citation.label() for citation in site.citations)),
                site.data["department"],
                site.data["ubigeo"],
                formats.number(split[site.last]) if site.last in split else _none(),
            ]
        )
        for site in sites
    ]
    total = [_("Total"), None, None, None, formats.number(target.data["value"])]
    return {"target": target, "rows": rows, "footer": total, "split": bool(split)}

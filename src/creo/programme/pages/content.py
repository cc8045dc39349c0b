"""Who the programme is for, and the operating models of its products."""

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
from creo.support.ui.parts import Cell, Column, Fact, Row

SECTIONS = ("header", "I", "II", "III")


@page(permission=Permission.VIEW_PROGRAMME)
def population(request: HttpRequest) -> HttpResponse:
    """Who the programme is for: populations, criteria with their test, exclusions, age bands, families and words."""
    found = shared.view(request)
    if found is None:
        return render(request, "programme/population.html", shared.context(None))
    kinds = ("population", "criterion", "exclusion", "band", "family", "term", "range")
    items = queries.items(request.reader, found.version, kinds)
    rules_of = [*items.of("criterion"), *items.of("exclusion")]
    context = shared.context(
        found,
        statements=[shared.comparison(item) for item in items.of("population")],
        criteria=[_criterion(item) for item in rules_of],
        bands=_bands(items),
        band_columns=[
            Column(_("Rango")),
            Column(_("Mínimo"), "number"),
            Column(_("Máximo"), "number"),
            Column(_("Fuente")),
        ],
        families=[_family(item) for item in items.of("family")],
        family_columns=[
            Column(_("Familia")),
            Column(_("Texto impreso")),
            Column(_("Artículos del Código Penal")),
            Column(_("Vigente desde"), "day"),
        ],
        ranges=[_range(found, item) for item in items.of("range")],
        range_columns=[Column(_("Rango impreso")), Column(_("Menciones"), "number"), Column(_("Dónde"))],
        terms=[_term(item) for item in items.of("term")],
        term_columns=[Column(_("Palabra")), Column(_("Significado")), Column(_("También")), Column(_("Fuente"))],
        contradictions=shared.contradictions_of(request, found, [*items.of("population"), *rules_of]),
    )
    return render(request, "programme/population.html", context)


def _criterion(item: ItemRow) -> dict[str, Any]:
    is_exclusion = item.kind == "exclusion"
    active = bool(item.data.get("active", True))
    return {
        "item": item,
        "anchor": f"{item.kind}-{item.code}",
        "is_exclusion": is_exclusion,
        "state": "yes" if active else "neutral",
        "word": (_("Activa") if active else _("Apagada")) if is_exclusion else _("Criterio"),
        "facts": [
            Fact(_("Si falta el dato"), item.data["missing"]),
            Fact(_("Responsable"), item.data["responsible"]),
            Fact(_("Vigente desde"), item.data["valid_from"], "day")
            if item.data.get("valid_from")
            else Fact(_("Vigencia"), _("la del diseño")),
            Fact(_("Fuente"), "; ".join(citation.label() for citation in item.citations)),
        ],
    }


def _bands(items: Items) -> list[Row]:
    return [
        Row(
            [
                Cell(item.title, note=item.note),
                item.data["min"],
                item.data["max"],
                "; ".join(citation.label() for citation in item.citations),
            ],
            strong=place == 0,
        )
        for place, item in enumerate(items.of("band"))
    ]


def _family(item: ItemRow) -> Row:
    return Row(
        [Cell(item.title, note=item.note), item.printed, ", ".join(item.data["articles"]), item.data["valid_from"]]
    )


def _range(found: View, item: ItemRow) -> Row:
    places = item.data["attachments"]
    words = "; ".join(f"{place['text']} ({shared.lines_label(tuple(place['lines']))})" for place in places)
    return Row([Cell(item.title), len(places), words])


def _term(item: ItemRow) -> Row:
    return Row(
        [
            Cell(item.title),
            item.data["meaning"],
            ", ".join(item.data.get("aliases", ())) or None,
            "; ".join(citation.label() for citation in item.citations),
        ]
    )


@page(permission=Permission.VIEW_PROGRAMME)
def models(request: HttpRequest) -> HttpResponse:
    """The operating models by section, with the stages of delivery; products without one say so."""
    found = shared.view(request)
    if found is None:
        return render(request, "programme/models.html", shared.context(None))
    items = queries.items(
        request.reader, found.version, ("product", "model", "model_level", "stage", "catalogue", "option")
    )
    context = shared.context(
        found,
        models=[_model(found, items, product) for product in items.of("product")],
        catalogues=[
            {
                "item": item,
                "options": items.below(item.ref, "option"),
                "badge": shared.origin_badge(item),
                "lines": shared.lines_label(item.lines),
            }
            for item in items.of("catalogue")
        ],
        contradictions=shared.contradictions_of(
            request, found, [*items.of("model"), *items.of("model_level"), *items.of("stage")]
        ),
    )
    return render(request, "programme/models.html", context)


def _model(found: View, items: Items, product: ItemRow) -> dict[str, Any]:
    titles = {
        "header": _("Encabezado"),
        "I": _("Sección I: definición operacional"),
        "II": _("Sección II: criterios de programación"),
        "III": _("Sección III: organización para la entrega"),
    }
    model = next(iter(items.below(product.ref, "model")), None)
    fields = items.below(model.ref, "model") if model else ()
    sections = [
        {
            "title": titles[name],
            "rows": [shared.comparison(item, item.label) for item in fields if item.data["section"] == name],
        }
        for name in SECTIONS
    ]
    levels = items.below(model.ref, "model_level") if model else ()
    return {
        "product": product,
        "number": product.code[1:],
        "url": found.address("product", product.code),
        "model": model,
        "anchor": f"model-{product.code}",
        "sections": sections,
        "missing": list(titles.values()),
        "levels": [{"code": item.last, "marked": item.data["marked"], "printed": item.printed} for item in levels],
        "stages": [
            {
                "item": item,
                "activity": item.data.get("activity"),
                "url": found.address("activity", item.data["activity"]) if item.data.get("activity") else "",
                "evidence": item.data.get("evidence", ""),
            }
            for item in (items.below(model.ref, "stage") if model else ())
        ],
    }

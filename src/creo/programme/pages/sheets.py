"""The pages of one product and of one activity: everything the design says of them, as printed and as treated."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from creo.programme import queries
from creo.programme.pages import shared
from creo.programme.pages.shared import View
from creo.programme.queries import ActivitySheet, ItemRow, ProductSheet
from creo.support.accounts.permissions import Permission
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Fact, Link, Row


@page(permission=Permission.VIEW_PROGRAMME)
def product(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet of a product: nine fields as printed and as treated, goods, who answers, target, measures."""
    found = shared.required_view(request)
    sheet = queries.product(request.reader, found.version, code)
    target = sheet.row.target
    touched = [sheet.row.item, *sheet.fields, *sheet.mentions, target, sheet.responsible, *sheet.official, sheet.band]
    context = shared.context(
        found,
        sheet=sheet,
        item=sheet.row.item,
        chain_url=found.address("chain", ver=sheet.row.item.ref),
        number=sheet.row.item.code[1:],
        trail=[Link(_("Cadena de resultados"), found.address("chain"))],
        lines=shared.lines_label(sheet.row.item.lines),
        facts=_sheet_facts(found, sheet),
        fields=[shared.comparison(field) for field in sheet.fields],
        names=[shared.comparison(item, label) for item, label in _names(sheet)],
        activities=_activity_rows(found, sheet),
        activity_columns=[
            Column(_("Actividad")),
            Column(_("Nombre")),
            Column(_("Se asigna por")),
            Column(_("Niveles")),
        ],
        sites=sheet.sites,
        contradictions=shared.contradictions_of(request, found, touched),
    )
    return render(request, "programme/product.html", context)


def _names(sheet: ProductSheet) -> list[tuple[ItemRow, str]]:
    words = {
        "sheet": _("En su ficha"),
        "articulation": _("En la articulación territorial"),
        "model": _("En su modelo operativo"),
        "indicators": _("En la lámina de indicadores"),
    }
    named = [(sheet.row.item, _("En la lógica de intervención"))]
    for item in sheet.mentions:
        named.append((item, words.get(item.last, _("Repetido"))))
    return named


def _sheet_facts(found: View, sheet: ProductSheet) -> list[Fact]:
    target, responsible = sheet.row.target, sheet.responsible
    origin = shared.origin_badge(responsible) if responsible else None
    band = sheet.band
    return [
        Fact(
            _("Responsable"),
            sheet.organisation.title if sheet.organisation else _("No figura en la fuente"),
            note=" · ".join(part for part in (origin["word"] if origin else "", _lines_of(responsible)) if part),
        ),
        Fact(_("Niveles de gobierno"), ", ".join(sheet.row.levels) or "—", url=found.address("articulation")),
        Fact(
            _("Edad de ingreso"),
            _("%(min)s a %(max)s años") % {"min": band.data["min"], "max": band.data["max"]} if band else "—",
            url=f"{found.address('population')}#band-{band.code}" if band else "",
            note=_lines_of(band),
        ),
        Fact(
            _("Meta física"),
            f"{formats.number(target.data['value'])} {target.data['unit'].lower()}s" if target else _("no programado"),
            url=found.address("targets"),
            note=_target_note(target),
        ),
        Fact(
            _("Modelo operativo"),
            _("Secciones I a III") if sheet.model else _("No figura en la fuente"),
            url=f"{found.address('models')}#model-{sheet.model.code}" if sheet.model else "",
        ),
    ]


def _lines_of(item: ItemRow | None) -> str:
    return shared.lines_label(item.lines) if item else ""


def _target_note(target: ItemRow | None) -> str:
    if target is None:
        return ""
    year = target.data.get("year")
    return _("Año %(year)s") % {"year": year} if year else _("sin año en la fuente")


def _activity_rows(found: View, sheet: ProductSheet) -> list[Row]:
    levels = sheet.levels_of_activity
    return [
        Row(
            [
                Cell(item.code, url=found.address("activity", item.code)),
                item.title,
                item.data.get("assigned_by") or None,
                ", ".join(levels.get(item.code, ())) or None,
            ]
        )
        for item in sheet.row.activities
    ]


@page(permission=Permission.VIEW_PROGRAMME)
def activity(request: HttpRequest, code: str) -> HttpResponse:
    """One activity: its name and operational description, levels, who answers, its stages and measures."""
    found = shared.required_view(request)
    sheet = queries.activity(request.reader, found.version, code)
    touched = [sheet.item, sheet.articulation, *sheet.stages, sheet.responsible, sheet.band, *sheet.indicators]
    context = shared.context(
        found,
        sheet=sheet,
        item=sheet.item,
        chain_url=found.address("chain", ver=sheet.item.ref),
        trail=[
            Link(_("Cadena de resultados"), found.address("chain")),
            Link(
                _("Producto %(code)s") % {"code": sheet.product.code[1:]}, found.address("product", sheet.product.code)
            ),
        ],
        facts=_sheet_of_activity(found, sheet),
        texts=_activity_texts(sheet),
        lines=shared.lines_label(sheet.item.lines),
        contradictions=shared.contradictions_of(request, found, touched),
    )
    return render(request, "programme/activity.html", context)


def _activity_texts(sheet: ActivitySheet) -> list[Any]:
    texts = [shared.comparison(sheet.item, _("Nombre"))]
    if sheet.articulation:
        texts.append(shared.comparison(sheet.articulation, _("Descripción operacional")))
    return texts


def _sheet_of_activity(found: View, sheet: ActivitySheet) -> list[Fact]:
    unit = sheet.item.data.get("unit") or {}
    origin = shared.origin_badge(sheet.responsible) if sheet.responsible else None
    band = sheet.band
    facts = [
        Fact(
            _("Producto"),
            f"{sheet.product.code}: {sheet.product.title}",
            url=found.address("product", sheet.product.code),
        ),
        Fact(
            _("Responsable"),
            sheet.organisation.title if sheet.organisation else _("No figura en la fuente"),
            note=origin["word"] if origin else "",
        ),
        Fact(_("Unidad de medida"), unit.get("text", _("No figura en la fuente")), note=shared.unit_note(unit)),
        Fact(_("Se asigna por"), sheet.item.data.get("assigned_by") or "—"),
    ]
    if band:
        ages = _("%(min)s a %(max)s años") % {"min": band.data["min"], "max": band.data["max"]}
        facts.append(Fact(band.title, ages, url=f"{found.address('population')}#band-{band.code}"))
    return facts

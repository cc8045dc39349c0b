"""The chain of results drawn as a tree, with the sheet of the opened box beside it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from creo.programme import queries
from creo.programme.pages import shared
from creo.programme.pages.shared import View
from creo.programme.queries import Chain, ItemRow, ProductRow
from creo.support.accounts.permissions import Permission
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Fact

_DRAWN = ("problem", "outcome", "product", "activity")


@page(permission=Permission.VIEW_PROGRAMME)
def chain(request: HttpRequest) -> HttpResponse:
    """The tree; `?ver=product:P1` opens that box beside it, and an htmx request gets the tree and the sheet alone."""
    found = shared.view(request)
    if found is None:
        return render(request, "programme/chain.html", shared.context(None))
    items = queries.items(request.reader, found.version)
    whole = queries.chain_of(items)
    opened = items.get(request.GET.get("ver", ""))
    if opened is not None and opened.kind not in _DRAWN:
        opened = None
    context = shared.context(
        found,
        chain=whole,
        roots=_roots(found, whole, opened),
        opened=_opened(found, items, whole, opened) if opened else None,
        counts=_counts(whole, items),
    )
    is_part = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    response = render(request, "programme/chain.html#view" if is_part else "programme/chain.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


def _counts(whole: Chain, items: queries.Items) -> dict[str, int]:
    return {
        "products": len(whole.products),
        "activities": sum(len(row.activities) for row in whole.products),
        "contradictions": len({code for row in items.rows if row.kind in _DRAWN for code in row.contradictions}),
    }


def _box(found: View, item: ItemRow, kicker: str, opened: ItemRow | None, **more: Any) -> dict[str, Any]:
    return {
        "id": f"caja-{item.kind}-{item.code}".replace(".", "-"),
        "level": item.data.get("level", item.kind),
        "kicker": kicker,
        "label": item.short,
        "url": found.address("chain", ver=item.ref),
        "active": opened is not None and opened.ref == item.ref,
        **more,
    }


def _roots(found: View, whole: Chain, opened: ItemRow | None) -> list[dict[str, Any]]:
    """Final results, below them the specific ones, then products and activities; several of each are allowed."""
    final = [item for item in whole.outcomes if item.data["level"] == "final"]
    specific = [item for item in whole.outcomes if item.data["level"] == "specific"]
    boxes = [
        _box(
            found,
            item,
            _("Resultado específico"),
            opened,
            children=[_product_box(found, row, whole, opened) for row in whole.products if row.item.parent == item.ref],
        )
        for item in specific
    ]
    if not final:
        return boxes
    top = [_box(found, item, _("Resultado final"), opened, children=[]) for item in final]
    top[-1]["children"] = boxes
    return top


def _product_box(found: View, row: ProductRow, whole: Chain, opened: ItemRow | None) -> dict[str, Any]:
    target = formats.number(row.target.data["value"]) if row.target else None
    note = _("Meta: %(value)s personas") % {"value": target} if target else _("Meta no programada")
    children = [
        _box(
            found,
            activity,
            _("Actividad %(code)s") % {"code": activity.code[1:]},
            opened,
            note=" ".join(whole.levels_of_activity.get(activity.code, ())),
        )
        for activity in row.activities
    ]
    kicker = _("Producto %(code)s") % {"code": row.item.code[1:]}
    return _box(found, row.item, kicker, opened, note=note, children=children)


def _opened(found: View, items: queries.Items, whole: Chain, item: ItemRow) -> dict[str, Any]:
    """The sheet of one box, short: its texts, its facts and the way to its own page."""
    facts = [Fact(_("Código"), item.code)] if item.kind in ("product", "activity") else []
    url = ""
    more: tuple[ItemRow, ...] = ()
    if item.kind == "product":
        row = next(row for row in whole.products if row.item.ref == item.ref)
        facts += _product_facts(items, row)
        url = found.address("product", item.code)
        more = items.below(f"sheet:{item.code}", "sheet")
    elif item.kind == "activity":
        articulation = items.get(f"articulation:{item.code}")
        facts += _activity_facts(whole, item)
        url = found.address("activity", item.code)
        more = (articulation,) if articulation else ()
    elif item.kind == "outcome":
        more = items.below(item.ref, "mention")
    return {
        "item": item,
        "facts": facts,
        "url": url,
        "lines": shared.lines_label(item.lines),
        "codes": [(code, f"{found.address('contradictions')}#contradiction-{code}") for code in item.contradictions],
        "more": [
            {"label": _more_label(part), "text": part.text, "lines": shared.lines_label(part.lines)} for part in more
        ],
    }


def _more_label(part: ItemRow) -> str:
    if part.kind == "articulation":
        return _("Descripción operacional")
    return part.title or _("También impreso en")


def _product_facts(items: queries.Items, row: ProductRow) -> list[Fact]:
    responsible = next(iter(items.below(row.item.ref, "responsible")), None)
    organisation = items.get(f"organisation:{responsible.data['organisation']}") if responsible else None
    target = row.target
    return [
        Fact(_("Responsable"), organisation.title if organisation else _("No figura en la fuente")),
        Fact(_("Niveles"), ", ".join(row.levels) or "—"),
        Fact(_("Meta física"), formats.number(target.data["value"]) if target else _("no programado")),
    ]


def _activity_facts(whole: Chain, item: ItemRow) -> list[Fact]:
    unit = item.data.get("unit") or {}
    return [
        Fact(_("Niveles"), ", ".join(whole.levels_of_activity.get(item.code, ())) or "—"),
        Fact(_("Unidad"), unit.get("text", _("No figura en la fuente")), note=shared.unit_note(unit)),
        Fact(_("Se asigna por"), item.data.get("assigned_by") or "—"),
    ]

"""Drafts: begun from the design in force or from another reading of the source, changed, approved by someone else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.programme import commands, queries, rules
from creo.programme.forms import (
    BandForm,
    DraftForm,
    ExclusionForm,
    FamilyForm,
    InForceForm,
    RetireForm,
    TargetForm,
)
from creo.programme.pages import shared
from creo.programme.pages.shared import View
from creo.programme.pages.versions import change_columns, changes_table, text_rows, value_words
from creo.programme.queries import VersionRow
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.asking import ask, sent
from creo.support.pages import page
from creo.support.refusals import NotFound, Refused
from creo.support.ui.parts import Cell, Column, Link, Row


@page(permission=Permission.EDIT_DESIGN)
def new_draft(request: HttpRequest) -> HttpResponse:
    """A draft that begins from what rules today, or from one of the readings kept ready."""
    today = queries.in_force(request.reader, clock.today())
    if today is None:
        raise Refused(_("No hay un diseño en vigencia del que partir. Cárguelo primero con «creo design load»."))
    design = queries.design(request.reader, today)
    variants = [(item.code, f"{item.title}. {item.note}") for item in design.variants]
    form = DraftForm(sent(request), variants)

    def act(typed: dict[str, Any]) -> str:
        number = commands.start_draft(
            by=request.reader, based_on=today.number, variant=typed["variant"], title=typed["title"]
        )
        messages.success(request, _("Borrador v%(number)s creado.") % {"number": number})
        return reverse("programme:edit", args=[number])

    versions = Link(_("Versiones del diseño"), reverse("programme:versions"))
    return ask(
        request,
        form,
        act,
        title=_("Nuevo borrador"),
        lead=_("Un borrador no cambia nada hasta que otra persona lo pone en vigencia."),
        button=_("Crear el borrador"),
        back=versions.url,
        trail=[versions],
    )


@page(permission=Permission.EDIT_DESIGN)
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """What can be changed in a draft, and what it changes so far, down to the texts that read differently."""
    row = _draft(request, number)
    base = queries.version(request.reader, row.based_on) if row.based_on else row
    design, origin = queries.design(request.reader, row), queries.design(request.reader, base)
    changes = queries.compare(request.reader, base, row)
    context = shared.context(
        View(row, chosen=True),
        row=row,
        base=base,
        trail=_trail(row),
        groups=[
            _group(row, _("Rangos de edad"), "edad", design.age_bands, origin.age_bands, lambda one: one.words),
            _group(
                row,
                _("Familias de delito"),
                "delito",
                design.offence_families,
                origin.offence_families,
                lambda one: ", ".join(one.articles),
            ),
            _group(
                row,
                _("Exclusiones"),
                "exclusion",
                design.exclusions,
                origin.exclusions,
                lambda one: _("activa") if one.active else _("apagada"),
            ),
            _group(row, _("Metas físicas"), "meta", design.targets, origin.targets, _target_words),
        ],
        columns=[
            Column(_("Elemento")),
            Column(_("Ahora")),
            Column(_("En la v%(n)s") % {"n": base.number}),
            Column(_("Acción")),
        ],
        changes=changes_table(changes),
        change_columns=change_columns(),
        texts=text_rows(queries.changed_texts(request.reader, base, row)) if changes else [],
        left=f"v{base.number}",
        right=f"v{row.number}",
    )
    return render(request, "programme/edit.html", context)


def _group(
    row: VersionRow, title: str, kind: str, now: tuple[Any, ...], before: tuple[Any, ...], words: Callable[[Any], str]
) -> dict[str, Any]:
    former = {item.code: words(item) for item in before}
    rows = []
    for item in now:
        current = words(item)
        differs = former.get(item.code) != current
        mark = Cell(current, note=_("cambiado") if differs else "")
        url = reverse("programme:edit_item", args=[row.number, kind, item.code])
        change = Cell(_("Cambiar"), url=url, label=_("Cambiar: %(name)s") % {"name": item.title})
        rows.append(Row([item.title, mark, former.get(item.code), change], state="unknown" if differs else ""))
    return {"title": title, "rows": rows}


def _target_words(target: rules.Target) -> str:
    parts = [value_words(target.value), str(target.year) if target.year else _("sin año")]
    if target.sites:
        parts.append(_("repartida por sede") if target.split else _("sin reparto por sede"))
    return ", ".join(parts)


@page(permission=Permission.EDIT_DESIGN)
def edit_item(request: HttpRequest, number: int, kind: str, code: str) -> HttpResponse:
    """The form of one age band, offence family, exclusion or target of a draft. NotFound for any other."""
    row = _draft(request, number)
    makers = {"edad": _band_form, "delito": _family_form, "exclusion": _exclusion_form, "meta": _target_form}
    if kind not in makers:
        raise NotFound
    try:
        item, form, change = makers[kind](request, queries.design(request.reader, row), code)
    except StopIteration:
        raise NotFound from None

    def act(typed: dict[str, Any]) -> None:
        changed = change(by=request.reader, number=number, reason=typed["reason"])
        messages.success(request, _("Cambio guardado.") if changed else _("Ya decía eso: no se cambió nada."))

    url = reverse("programme:edit", args=[number])
    trail = [*_trail(row), Link(_("Cambiar el borrador"), url)]
    record = queries.record_of(row.programme, number)
    return ask(
        request, form, act, title=item.title, lead=item.note, button=_("Guardar"), back=url, trail=trail, record=record
    )


type _Form = tuple[Any, forms.Form, Callable[..., Any]]


def _one(items: tuple[Any, ...], code: str) -> Any:
    return next(item for item in items if item.code == code)


def _band_form(request: HttpRequest, design: rules.Design, code: str) -> _Form:
    band = _one(design.age_bands, code)
    form = BandForm(sent(request), initial={"minimum": band.min, "maximum": band.max})

    def change(**common: Any) -> Any:
        ages = {name: form.cleaned_data[name] for name in ("minimum", "maximum")}
        return commands.change_age_band(band=code, **ages, **common)

    return band, form, change


def _family_form(request: HttpRequest, design: rules.Design, code: str) -> _Form:
    family = _one(design.offence_families, code)
    form = FamilyForm(sent(request), initial={"articles": ", ".join(family.articles)})

    def change(**common: Any) -> Any:
        return commands.change_offence_family(family=code, articles=form.cleaned_data["articles"], **common)

    return family, form, change


def _exclusion_form(request: HttpRequest, design: rules.Design, code: str) -> _Form:
    exclusion = _one(design.exclusions, code)
    form = ExclusionForm(sent(request), initial={"active": exclusion.active})

    def change(**common: Any) -> Any:
        return commands.change_exclusion(exclusion=code, active=form.cleaned_data["active"], **common)

    return exclusion, form, change


def _target_form(request: HttpRequest, design: rules.Design, code: str) -> _Form:
    target = _one(design.targets, code)
    split = {f"site_{site}": part for site, part in (target.split or {}).items()}
    form = TargetForm(sent(request), target, initial={"value": target.value, "year": target.year, **split})

    def change(**common: Any) -> Any:
        typed = {name: form.cleaned_data[name] for name in ("value", "year", "split")}
        return commands.change_target(target=code, **typed, **common)

    return target, form, change


@page(permission=Permission.APPROVE_DESIGN)
def put_in_force(request: HttpRequest, number: int) -> HttpResponse:
    """A draft that begins to rule, decided by someone who did not prepare it."""
    row = _draft(request, number)
    form = InForceForm(sent(request), initial={"valid_from": clock.today()})

    def act(typed: dict[str, Any]) -> None:
        commands.put_in_force(by=request.reader, number=number, **typed)

    title = _("Poner en vigencia la v%(number)s") % {"number": number}
    return ask(
        request,
        form,
        act,
        title=title,
        lead=row.title,
        button=title,
        done=_("El diseño v%(number)s está en vigencia.") % {"number": number},
        back=reverse("programme:version", args=[number]),
        trail=_trail(row),
        record=queries.record_of(row.programme, number),  # what begins to rule is what was seen
    )


@page(permission=Permission.APPROVE_DESIGN)
def retire(request: HttpRequest, number: int) -> HttpResponse:
    """The design in force, ended without another in its place."""
    row = queries.version(request.reader, number)
    if row.status != "in_force":
        raise NotFound
    form = RetireForm(sent(request), initial={"on": clock.today()})

    def act(typed: dict[str, Any]) -> None:
        commands.retire(by=request.reader, number=number, **typed)

    title = _("Retirar la v%(number)s") % {"number": number}
    return ask(
        request,
        form,
        act,
        title=title,
        lead=_("Desde ese día ningún diseño rige: no se podrá decidir quién califica."),
        button=title,
        done=_("El diseño v%(number)s se retiró.") % {"number": number},
        danger=True,
        back=reverse("programme:version", args=[number]),
        trail=_trail(row),
    )


@page(permission=Permission.EDIT_DESIGN)
def discard(request: HttpRequest, number: int) -> HttpResponse:
    """A draft closed for good; only by POST, after the question of the button."""
    row = _draft(request, number)
    if request.method == "POST":
        commands.discard_draft(by=request.reader, number=row.number)
        messages.success(request, _("Borrador v%(number)s descartado.") % {"number": number})
    return HttpResponseRedirect(reverse("programme:version", args=[number]))


def _draft(request: HttpRequest, number: int) -> VersionRow:
    row = queries.version(request.reader, number)
    if not row.is_draft:
        raise Refused(_("La versión %(number)s no es un borrador: ya no se cambia.") % {"number": number})
    return row


def _trail(row: VersionRow) -> list[Link]:
    return [
        Link(_("Versiones del diseño"), reverse("programme:versions")),
        Link(f"v{row.number}", reverse("programme:version", args=[row.number])),
    ]

"""The offence catalogue: its list with filters and export, each entry with its history, and the acts on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.register import commands, queries, rules
from creo.register.forms import (
    AliasesForm,
    CatalogueFilterForm,
    FamilyForm,
    NewOffenceForm,
    ValidityForm,
)
from creo.register.queries import CatalogueEntry, OffenceSheet
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.asking import Act, ask, sent
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Fact, Link, Row

PAGE = 50
FIELD_WORDS = {
    "law": "Ley",
    "article": "Artículo",
    "title": "Denominación",
    "family": "Familia",
    "modality": "Modalidad",
    "attempt_allowed": "Admite tentativa",
    "valid_from": "Rige desde",
    "valid_to": "Rige hasta",
    "aliases": "Otros títulos",
    "attempt_aliases": "Títulos que dicen tentativa",
    "predecessor": "Antes se llamaba",
    "source": "Fuente",
}
ACT_WORDS = {
    "register.offence_added": "Se agregó",
    "register.offence_family_changed": "Cambió la familia",
    "register.offence_aliases_changed": "Cambiaron los títulos",
    "register.offence_validity_changed": "Cambió la vigencia",
}


@page(Permission.VIEW_PROGRAMME)
def offences(request: HttpRequest) -> HttpResponse:
    """The catalogue as it was on a day, fifty entries at a time."""
    reader = request.reader
    form = CatalogueFilterForm(request.GET, today=clock.today())
    found = queries.catalogue(reader, form.wanted())
    start = _place(found, request.GET.get("cursor", ""))
    query = request.GET.copy()
    query.pop("cursor", None)
    address = f"?{query.urlencode()}" if query else ""
    exports = [
        {"url": reverse("register:offences_export", args=(kind,)) + address, "label": label}
        for kind, label in (("xlsx", _("Descargar Excel")), ("csv", _("Descargar CSV")))
    ]
    unmapped = sum(not row.family for row in queries.catalogue(reader, queries.CatalogueFilters(clock.today())))
    context = {
        "form": form,
        "columns": _columns(),
        "rows": [_row(row) for row in found[start : start + PAGE]],
        "next_cursor": found[start + PAGE].code if start + PAGE < len(found) else "",
        "prev_cursor": found[max(start - PAGE, 0)].code if start else "",
        "count_text": ngettext("%(count)s delito", "%(count)s delitos", len(found))
        % {"count": formats.number(len(found))},
        "clear_url": reverse("register:offences") if form.used else "",
        "exports": exports if reader.can(Permission.EXPORT) and found else [],
        "unmapped_title": ngettext("%(count)d delito sin familia", "%(count)d delitos sin familia", unmapped)
        % {"count": unmapped}
        if unmapped
        else "",
        "can_manage": reader.can(Permission.MANAGE_CATALOGUE) and reader.national,
    }
    return render(request, "register/law_offences.html", context)


def _place(found: tuple[CatalogueEntry, ...], cursor: str) -> int:
    """Where a page begins: at the entry its address names, or at the first."""
    return next((place for place, row in enumerate(found) if row.code == cursor), 0)


def _columns() -> list[Column]:
    return [
        Column(_("Delito")),
        Column(_("Código")),
        Column(_("Familia")),
        Column(_("Rige desde"), "day"),
        Column(_("Último día"), "day"),
        Column(_("Estado"), "state"),
    ]


def _row(row: CatalogueEntry) -> list[object]:
    url = reverse("register:offence", args=(row.code,))
    titles = "; ".join((*row.aliases, *row.attempt_aliases))
    return [
        Cell(row.label, url=url, note=titles),
        row.code,
        _family(row.family) or None,
        row.valid_from,
        _last(row.valid_to),
        _state(row),
    ]


def _family(code: str) -> str:
    return rules.family_titles().get(code, code)


def _last(valid_to: date | None) -> date | None:
    return valid_to - timedelta(1) if valid_to is not None else None


def _state(row: CatalogueEntry) -> Cell:
    if not row.family:
        return Cell("unknown", word=_("Sin familia"))
    if row.in_force:
        return Cell("yes", word=_("Vigente"))
    return Cell("neutral", word=_("No rige ese día"))


@page(Permission.EXPORT)
def offences_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The filtered catalogue as CSV or XLSX; who took it stays in the ledger."""
    return exports.answer(request, kind, "register.offences")


def offences_list(reader: Reader, query: QueryDict) -> Listing:
    """The catalogue to hand out, by the query of its page. It tells of nobody."""
    form = CatalogueFilterForm(query, today=clock.today())
    found = queries.catalogue(reader, form.wanted())
    columns = [
        Column(_("Código")), Column(_("Ley")), Column(_("Artículo")), Column(_("Denominación")), Column(_("Familia")),
        Column(_("Modalidad")), Column(_("Admite tentativa")), Column(_("Rige desde"), "day"),
        Column(_("Último día"), "day"), Column(_("Otros títulos")), Column(_("Títulos que dicen tentativa")),
        Column(_("Antes se llamaba")), Column(_("Fuente")),
    ]  # fmt: skip
    return Listing(
        act="register.catalogue_exported",
        subject=("catalogue", "offences"),
        name=f"delitos-{clock.today():%Y%m%d}",
        title=_("Delitos"),
        columns=columns,
        rows=lambda: _export_rows(found),
        count=len(found),
        filters=form.in_words(),
        personal=False,
    )


def _export_rows(found: tuple[CatalogueEntry, ...]) -> Iterator[list[object]]:
    for row in found:
        yield [
            row.code, row.law, row.article, row.title, _family(row.family), row.modality,
            _("Sí") if row.attempt_allowed else _("No"), row.valid_from, _last(row.valid_to), "; ".join(row.aliases),
            "; ".join(row.attempt_aliases), row.predecessor, row.source,
        ]  # fmt: skip


@page(Permission.VIEW_PROGRAMME)
def offence(request: HttpRequest, offence: str) -> HttpResponse:
    """One entry: what it is, its families over time, its other titles, and every act on it."""
    found = queries.offence_sheet(request.reader, offence, clock.today())
    context = {
        "entry": found.entry,
        "state": _state(found.entry),
        "facts": _facts(found),
        "families": [_period(row) for row in found.families],
        "columns": _entry_columns(),
        "titles": [
            *([title, _("Otro título")] for title in found.entry.aliases),
            *([title, _("Dice tentativa")] for title in found.entry.attempt_aliases),
        ],
        "differences": [
            [_(FIELD_WORDS[row.field]), _shown(row.field, row.ours), _shown(row.field, row.file)]
            for row in found.differences
        ],
        "history": [
            [entry.at, _(ACT_WORDS[entry.act]) if entry.act in ACT_WORDS else entry.act, entry.actor, entry.reason]
            for entry in found.history
        ],
        "trail": [Link(_("Delitos"), reverse("register:offences"))],
        "can_manage": request.reader.can(Permission.MANAGE_CATALOGUE) and request.reader.national,
    }
    return render(request, "register/law_offence.html", context)


def _entry_columns() -> dict[str, list[Column]]:
    return {
        "families": [
            Column(_("Familia")),
            Column(_("Desde"), "day"),
            Column(_("Último día"), "day"),
            Column(_("Por qué cambió")),
        ],
        "titles": [Column(_("Título")), Column(_("Clase"))],
        "differences": [Column(_("Dato")), Column(_("Aquí")), Column(_("En el archivo"))],
        "history": [Column(_("Momento"), "moment"), Column(_("Acto")), Column(_("Quién")), Column(_("Motivo"))],
    }


def _period(row: queries.FamilyPeriod) -> Row:
    cells = [_family(row.family), row.valid_from, _last(row.valid_to), row.reason or None]
    return Row(cells, strong=row.valid_to is None)


def _facts(found: OffenceSheet) -> list[Fact]:
    entry = found.entry
    facts = [
        Fact(_("Código"), entry.code),
        Fact(_("Ley y artículo"), rules.offence_label(entry.law, entry.article, "").rstrip(" ·")),
        Fact(_("Familia"), _family(entry.family) or _("Sin familia: falta clasificarlo")),
        Fact(_("Modalidad"), entry.modality or _("Ninguna")),
        Fact(_("Admite tentativa"), _("Sí") if entry.attempt_allowed else _("No")),
        Fact(_("Rige desde"), formats.day(entry.valid_from) if entry.valid_from else _("No consta")),
        Fact(_("Último día"), formats.day(_last(entry.valid_to)) if entry.valid_to else _("Sigue vigente")),
        Fact(_("Fuente"), entry.source),
    ]
    if found.held is not None:
        facts.append(
            Fact(
                _("Personas en custodia que hoy lo llevan"),
                formats.number(found.held),
                note=_("%(main)s como delito principal, en su ámbito") % {"main": formats.number(found.held_main)},
            )
        )
    if entry.predecessor:
        facts.append(Fact(_("Antes se llamaba"), entry.predecessor, url=_url(entry.predecessor)))
    facts += [Fact(_("Después se llamó"), f"{code} · {title}", url=_url(code)) for code, title in found.successors]
    return facts


def _url(code: str) -> str:
    return reverse("register:offence", args=(code,))


def _shown(field: str, value: object) -> str:
    """A value of the catalogue in words."""
    if isinstance(value, bool):
        return _("Sí") if value else _("No")
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, list):
        return "; ".join(value) or _("Ninguno")
    if field == "family":
        return _family(str(value)) or _("Sin familia")
    return str(value) if value else _("Sin dato")


@page(Permission.MANAGE_CATALOGUE)
def offence_new(request: HttpRequest) -> HttpResponse:
    """Adds an entry that the catalogue does not have."""
    form = NewOffenceForm(sent(request), catalogue=queries.offences())

    def act(typed: Any) -> str:
        return _url(commands.add_catalogue_offence(by=request.reader, offence=form.values(), reason=typed["reason"]))

    return _answer(request, form, act, title=_("Agregar un delito"), done=_("Delito agregado."))


@page(Permission.MANAGE_CATALOGUE)
def offence_family(request: HttpRequest, offence: str) -> HttpResponse:
    """Maps an offence to a family since a day."""
    entry = queries.offence_sheet(request.reader, offence, clock.today()).entry
    form = FamilyForm(sent(request), initial={"family": entry.family})

    def act(typed: Any) -> None:
        commands.change_offence_family(
            by=request.reader,
            offence_code=entry.code,
            family=typed["family"],
            on=typed["on"],
            reason=typed["reason"],
            today=clock.today(),
        )

    return _answer(request, form, act, title=_("Cambiar la familia"), done=_("Familia cambiada."), entry=entry)


@page(Permission.MANAGE_CATALOGUE)
def offence_aliases(request: HttpRequest, offence: str) -> HttpResponse:
    """Sets the other titles of an offence."""
    entry = queries.offence_sheet(request.reader, offence, clock.today()).entry
    initial = {"aliases": "\n".join(entry.aliases), "attempt_aliases": "\n".join(entry.attempt_aliases)}
    form = AliasesForm(sent(request), initial=initial)

    def act(typed: Any) -> None:
        commands.change_offence_aliases(
            by=request.reader,
            offence_code=entry.code,
            aliases=form.lines("aliases"),
            attempt_aliases=form.lines("attempt_aliases"),
            reason=typed["reason"],
        )

    return _answer(request, form, act, title=_("Cambiar los títulos"), done=_("Títulos guardados."), entry=entry)


@page(Permission.MANAGE_CATALOGUE)
def offence_validity(request: HttpRequest, offence: str) -> HttpResponse:
    """Sets since when an offence exists, or retires it."""
    entry = queries.offence_sheet(request.reader, offence, clock.today()).entry
    initial = {"valid_from": entry.valid_from, "last_day": _last(entry.valid_to)}
    form = ValidityForm(sent(request), initial=initial)

    def act(typed: Any) -> None:
        last = typed["last_day"]
        commands.change_offence_validity(
            by=request.reader,
            offence_code=entry.code,
            valid_from=typed["valid_from"],
            valid_to=last + timedelta(1) if last is not None else None,
            reason=typed["reason"],
        )

    return _answer(request, form, act, title=_("Cambiar la vigencia"), done=_("Vigencia guardada."), entry=entry)


def _answer(
    request: HttpRequest,
    form: forms.Form,
    act: Act,
    *,
    title: str,
    done: str,
    entry: CatalogueEntry | None = None,
) -> HttpResponse:
    """Asks for an act on the catalogue, or on one of its entries."""
    trail = [Link(_("Delitos"), reverse("register:offences"))]
    if entry is not None:
        trail.append(Link(entry.code, _url(entry.code)))
    return ask(
        request,
        form,
        act,
        title=title,
        lead=f"{entry.label} · {entry.code}" if entry is not None else "",
        button=_("Guardar"),
        done=done,
        back=trail[-1].url,
        trail=trail,
        record=queries.offence_record(entry.code) if entry is not None else None,
    )

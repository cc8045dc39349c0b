"""The list of people, its export, and the template of the list to import."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.register import queries, rules
from creo.register.forms import LEVEL, LEVEL_ADDRESS, PeopleFilterForm
from creo.register.reports import template
from creo.support import clock, tables
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.pages import download, page
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column
from creo.territory import queries as territory


@page(Permission.VIEW_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    """The people in the reader's scope, fifty at a time, found and narrowed."""
    reader = request.reader
    form = _form(request, reader)
    filters = form.wanted()
    found = queries.people_page(reader, filters, request.GET.get("cursor", ""), count_to=queries.COUNTED)
    count = found.count or queries.Count(0)
    exports = [
        {"url": reverse("register:export", args=(kind,)) + _address(request), "label": label}
        for kind, label in (("xlsx", _("Descargar Excel")), ("csv", _("Descargar CSV")))
    ]
    context = {
        "form": form,
        "columns": _columns(reader),
        "rows": [_row(row) for row in found.rows],
        "page": found,
        "count_text": _count_text(count, filters),
        "clear_url": reverse("register:people") if form.used else "",
        "chips": [{"url": _address(request, name) or "?", "words": words} for name, words in form.said()],
        "level": _level(request, filters, found),
        "advice": _advice(reader, filters),
        "exports": exports if reader.can(Permission.EXPORT) and count.number else [],
        "empty": not found.rows and not form.used and queries.is_empty(),
        "can_admit": reader.can(Permission.EDIT_PEOPLE),
        "can_import": reader.can(Permission.IMPORT_REGISTER),
    }
    return render(request, "register/people.html", context)


def _form(request: HttpRequest, reader: Reader) -> PeopleFilterForm:
    return PeopleFilterForm(request.GET, territory.facility_refs(reader), national=reader.national)


def _address(request: HttpRequest, leave_out: str = "") -> str:
    """The filters of the present address, without its page, and without one of them; empty when there are none."""
    query = request.GET.copy()
    for name in ("cursor", leave_out, LEVEL if leave_out == "q" else ""):
        query.pop(name, None)
    return f"?{query.urlencode()}" if query else ""


def _level(request: HttpRequest, filters: queries.PeopleFilters, found: queries.PeoplePage) -> dict[str, Any] | None:
    """Which level answered, and the others one click away; None when there is nothing to choose."""
    if found.level in ("", queries.IDENTIFIER):
        return None
    query = request.GET.copy()
    query.pop("cursor", None)
    words, others = _level_words(), []
    for level, text in words.items():
        wider = queries.LEVELS.index(level) > queries.LEVELS.index(found.level)
        if level != found.level and (wider or filters.level):
            query[LEVEL] = LEVEL_ADDRESS[level]
            others.append({"url": f"?{query.urlencode()}", "words": text})
    if found.of_numbers:
        return {"note": _("Nadie tiene ese número entero: documentos que comienzan así."), "others": []}
    note = _("Se buscan %(level)s.") % {"level": words[found.level]} if filters.level else _level_note(found.level)
    return {"note": note, "others": others}


def _level_words() -> dict[str, str]:
    return {
        queries.WORDS: _("nombres con esas palabras enteras"),
        queries.BEGINNINGS: _("nombres que comienzan así"),
        queries.SOUND: _("nombres que suenan parecido"),
        queries.SLIP: _("nombres con una letra distinta"),
    }


def _level_note(level: str) -> str:
    """What is said when nothing stricter found anybody."""
    match level:
        case queries.BEGINNINGS:
            return _("Nadie tiene esas palabras enteras: nombres que comienzan así.")
        case queries.SOUND:
            return _("Sin coincidencias exactas: nombres que suenan parecido.")
        case queries.SLIP:
            return _("Sin coincidencias exactas ni de sonido: nombres con una letra distinta.")
    return ""


def _advice(reader: Reader, filters: queries.PeopleFilters) -> str:
    """What to try when nobody was found."""
    if not filters.search.strip():
        return _("Nadie cumple estos filtros en su ámbito. Quite alguno.")
    if reader.national and filters.situation != queries.EVERYBODY:
        return _(
            "Nadie cumple estos filtros en su ámbito. Elija el estado «Todas», quite filtros o busque por apellido."
        )
    return _("Nadie cumple estos filtros en su ámbito. Quite alguno, busque solo por apellido o por el documento.")


def _count_text(count: queries.Count, filters: queries.PeopleFilters) -> str:
    some = count.number
    number = {"count": formats.number(some)}
    match filters.situation:
        case "held":
            text = ngettext("%(count)s persona en custodia", "%(count)s personas en custodia", some) % number
        case "absent":
            text = ngettext("%(count)s persona ausente", "%(count)s personas ausentes", some) % number
        case "released":
            text = (
                ngettext("%(count)s persona fuera de custodia", "%(count)s personas fuera de custodia", some) % number
            )
        case "deceased":
            text = ngettext("%(count)s persona fallecida", "%(count)s personas fallecidas", some) % number
        case _:
            text = ngettext("%(count)s persona registrada", "%(count)s personas registradas", some) % number
    return _("Más de %(people)s") % {"people": text} if count.more else text


def _columns(reader: Reader) -> list[Column]:
    return [
        Column(_("Persona")),
        Column(_("Documento")),
        Column(_("Nacimiento"), "day"),
        Column(_("Establecimiento")),
        Column(_("Ingreso"), "day"),
        Column(_("Situación jurídica")),
        Column(_("Identidad"), "state"),
    ]


def _row(row: queries.PersonRow) -> list[object]:
    url = reverse("register:person", args=(row.code,))
    confirmed = row.identity_status == rules.IdentityStatus.CONFIRMED
    return [
        Cell(row.name, url=url, note=row.code),
        Cell(_document(row)),
        row.birth_date,
        _place(row),
        row.admitted_on,
        _(rules.LEGAL_STATUS_WORDS[row.legal_status]) if row.legal_status else None,
        Cell("yes" if confirmed else "unknown", word=_("Confirmada") if confirmed else _("Por confirmar")),
    ]


def _place(row: queries.PersonRow) -> Cell | str | None:
    """The prison, with a word for whoever is away from it; outside custody, that somebody died."""
    if row.absence:
        return Cell(row.facility_name or None, note=_(rules.ABSENCE_WORDS[row.absence]))
    if row.died_on:
        return _("Falleció el %(day)s") % {"day": formats.day(row.died_on)}
    return row.facility_name or None


def _state(row: queries.PersonRow) -> str:
    if row.absence:
        return _(rules.ABSENCE_WORDS[row.absence])
    if row.admitted_on:
        return _("En custodia")
    return _("Falleció") if row.died_on else _("Fuera de custodia")


def _document(row: queries.PersonRow) -> str | None:
    if row.document_number:
        return f"{_(rules.DOCUMENT_WORDS[row.document_kind])} {row.document_number}"
    return _("No tiene") if row.document_kind == rules.DocumentKind.NONE else None


@page(Permission.EXPORT)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The filtered list as CSV or XLSX; who took it stays in the ledger."""
    return exports.answer(request, kind, "register.people")


def people_list(reader: Reader, query: QueryDict) -> Listing:
    """The list of people to hand out, by the query of its page."""
    form = PeopleFilterForm(query, territory.facility_refs(reader), national=reader.national)
    filters = form.wanted()
    return Listing(
        act="register.people_exported",
        subject=("list", "people"),
        name=f"personas-{clock.today():%Y%m%d}",
        title=_("Personas"),
        columns=_export_columns(),
        rows=lambda: _export_rows(reader, filters),
        count=queries.people_count(reader, filters),
        filters=form.in_words(),
    )


def _export_columns() -> list[Column]:
    return [
        Column(_("Código")),
        Column(_("Primer apellido")),
        Column(_("Segundo apellido")),
        Column(_("Nombres")),
        Column(_("Tipo de documento")),
        Column(_("Número de documento")),
        Column(_("Fecha de nacimiento"), "day"),
        Column(_("Sexo")),
        Column(_("Estado")),
        Column(_("Establecimiento")),
        Column(_("Fecha de ingreso"), "day"),
        Column(_("Situación jurídica")),
        Column(_("Identidad")),
    ]


def _export_rows(reader: Reader, filters: queries.PeopleFilters) -> Iterator[list[object]]:
    for row in queries.people_rows(reader, filters):
        yield [
            row.code,
            row.first_surname,
            row.second_surname,
            row.given_names,
            _(rules.DOCUMENT_WORDS[row.document_kind]),
            row.document_number,
            row.birth_date,
            _(rules.SEX_WORDS[row.sex]),
            _state(row),
            row.facility_name,
            row.admitted_on,
            _(rules.LEGAL_STATUS_WORDS[row.legal_status]),
            _(rules.IDENTITY_WORDS[row.identity_status]),
        ]


@page(Permission.IMPORT_REGISTER)
def import_template(request: HttpRequest) -> HttpResponse:
    """The template of the list to import, with two made-up rows."""
    headers, rows = template()
    return download(tables.export_csv(headers, rows), "plantilla-registro.csv", "text/csv; charset=utf-8")

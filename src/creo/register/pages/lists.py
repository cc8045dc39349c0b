"""The list of people, its export, and the template of the list to import."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.register import commands, queries, rules
from creo.register.forms import PeopleFilterForm
from creo.register.reports import template
from creo.support import clock, tables
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.pages import download, page
from creo.support.refusals import NotFound, Refused
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column
from creo.territory import queries as territory

MAX_WORKBOOK_ROWS = 50_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page(Permission.VIEW_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    """The people in the reader's scope, fifty at a time, found and narrowed."""
    reader = request.reader
    form = _form(request, reader)
    filters = form.wanted()
    found = queries.people_page(reader, filters, request.GET.get("cursor", ""))
    count = queries.people_count(reader, filters)
    query = request.GET.copy()
    query.pop("cursor", None)
    address = f"?{query.urlencode()}" if query else ""
    exports = [
        {"url": reverse("register:export", args=(kind,)) + address, "label": label}
        for kind, label in (("xlsx", _("Descargar Excel")), ("csv", _("Descargar CSV")))
    ]
    context = {
        "form": form,
        "columns": _columns(reader),
        "rows": [_row(row) for row in found.rows],
        "page": found,
        "count_text": _count_text(count, filters),
        "clear_url": reverse("register:people") if form.used else "",
        "exports": exports if reader.can(Permission.EXPORT) and count else [],
        "empty": queries.is_empty(),
        "can_admit": reader.can(Permission.EDIT_PEOPLE),
        "can_import": reader.can(Permission.IMPORT_REGISTER),
    }
    return render(request, "register/people.html", context)


def _form(request: HttpRequest, reader: Reader) -> PeopleFilterForm:
    return PeopleFilterForm(request.GET, territory.facility_refs(reader), national=reader.national)


def _count_text(count: int, filters: queries.PeopleFilters) -> str:
    number = {"count": formats.number(count)}
    if filters.situation == queries.HELD:
        return ngettext("%(count)s persona en custodia", "%(count)s personas en custodia", count) % number
    if filters.situation == queries.RELEASED:
        return ngettext("%(count)s persona fuera de custodia", "%(count)s personas fuera de custodia", count) % number
    return ngettext("%(count)s persona registrada", "%(count)s personas registradas", count) % number


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
        row.facility_name or None,
        row.admitted_on,
        _(rules.LEGAL_STATUS_WORDS[row.legal_status]) if row.legal_status else None,
        Cell("yes" if confirmed else "unknown", word=_("Confirmada") if confirmed else _("Por confirmar")),
    ]


def _document(row: queries.PersonRow) -> str | None:
    if row.document_number:
        return f"{_(rules.DOCUMENT_WORDS[row.document_kind])} {row.document_number}"
    return _("No tiene") if row.document_kind == rules.DocumentKind.NONE else None


@page(Permission.EXPORT)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The filtered list as CSV or XLSX; who took it stays in the ledger."""
    if kind not in ("csv", "xlsx"):
        raise NotFound
    reader = request.reader
    form = _form(request, reader)
    filters = form.wanted()
    count = queries.people_count(reader, filters)
    if kind == "xlsx" and count > MAX_WORKBOOK_ROWS:
        raise Refused(
            _("La lista tiene %(count)s filas: descárguela como CSV, o filtre hasta %(most)s para Excel.")
            % {"count": formats.number(count), "most": formats.number(MAX_WORKBOOK_ROWS)}
        )
    commands.record_export(by=reader, filters=form.in_words(), kind=kind, rows=count)
    name = f"personas-{clock.today():%Y%m%d}.{kind}"
    rows = _export_rows(reader, filters)
    if kind == "csv":
        answer: Any = StreamingHttpResponse(
            tables.stream_csv(_export_columns(), rows), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
    facts = (
        (_("Ámbito"), reader.scope_label),
        (_("Filtros"), form.in_words() or _("Ninguno")),
        (_("Filas"), count),
        (_("Descargado por"), reader.name),
        (_("Descargado el"), clock.now()),
    )
    return download(tables.export_xlsx(_export_columns(), rows, title=_("Personas"), facts=facts), name, XLSX)


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

"""The documents that a prison registered of people who left it, and their export."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.register import queries, rules
from creo.register.forms import KeptFilterForm
from creo.register.pages.documents import document_size, document_state, listed_title
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Link
from creo.territory import queries as territory


@page(Permission.VIEW_FILES)
def kept_documents(request: HttpRequest) -> HttpResponse:
    """What the reader's prisons registered of people they hold no more, the last one first."""
    reader = request.reader
    form = _form(request.GET, reader)
    filters = form.wanted()
    found = queries.kept_page(reader, filters, request.GET.get("cursor", ""))
    count = queries.kept_count(reader, filters)
    query = request.GET.copy()
    query.pop("cursor", None)
    address = f"?{query.urlencode()}" if query else ""
    files = [
        {"url": reverse("register:kept_documents_export", args=(kind,)) + address, "label": label}
        for kind, label in (("xlsx", _("Descargar Excel")), ("csv", _("Descargar CSV")))
    ]
    context = {
        "form": form,
        "columns": [
            Column(_("Persona")),
            Column(_("Documento")),
            Column(_("Fecha"), "day"),
            Column(_("Registrado en")),
            Column(_("Estado"), "state"),
            Column(_("Subido por")),
            Column(_("Subido el"), "moment"),
            Column(_("Archivo")),
        ],
        "rows": [_row(row) for row in found.rows],
        "page": found,
        "count_text": ngettext("%(n)s documento", "%(n)s documentos", count) % {"n": formats.number(count)},
        "clear_url": reverse("register:kept_documents") if form.used else "",
        "exports": files if reader.can(Permission.EXPORT) and count else [],
        "trail": [Link(_("Registro"), reverse("register:people"))],
    }
    return render(request, "register/kept.html", context)


def _form(query: QueryDict, reader: Reader) -> KeptFilterForm:
    return KeptFilterForm(query, territory.facility_refs(reader))


def _row(row: queries.KeptRow) -> list[object]:
    document, title = row.document, listed_title(row.document)
    kind = rules.document_kinds()[document.kind].title
    url = reverse("register:document", args=(row.code, document.id))
    file = reverse("register:document_file", args=(row.code, document.id))
    return [
        Cell(row.name, note=row.code),
        Cell(title, url=url, note="" if title == kind else kind),
        document.dated_on,
        document.place,
        document_state(document),
        document.uploaded_by,
        document.uploaded_at,
        Cell(
            _("Descargar"), url=file, note=document_size(document), label=_("Descargar: %(title)s") % {"title": title}
        ),
    ]


@page(Permission.EXPORT)
def kept_documents_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The filtered list as CSV or XLSX; who took it stays in the ledger."""
    return exports.answer(request, kind, "register.kept")


def kept_list(reader: Reader, query: QueryDict) -> Listing:
    """The list to hand out, by the query of its page."""
    form = _form(query, reader)
    filters = form.wanted()
    return Listing(
        act="register.kept_exported",
        subject=("list", "documents"),
        name=f"documentos-de-quienes-salieron-{clock.today():%Y%m%d}",
        title=_("Documentos de quienes salieron"),
        columns=[
            Column(_("Código")),
            Column(_("Persona")),
            Column(_("Tipo")),
            Column(_("Título")),
            Column(_("Fecha"), "day"),
            Column(_("Registrado en")),
            Column(_("Estado")),
            Column(_("Subido por")),
            Column(_("Subido el"), "moment"),
        ],
        rows=lambda: _export_rows(reader, filters),
        count=queries.kept_count(reader, filters),
        filters=form.in_words(),
    )


def _export_rows(reader: Reader, filters: queries.KeptFilters) -> Iterator[list[object]]:
    for row in queries.kept_lines(reader, filters):
        document = row.document
        yield [
            row.code,
            row.name,
            rules.document_kinds()[document.kind].title,
            listed_title(document),
            document.dated_on,
            document.place,
            document_state(document).word,
            document.uploaded_by,
            document.uploaded_at,
        ]

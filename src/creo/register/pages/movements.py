"""The movements of the nation, a region or a prison over some days, and their export."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.register import queries, rules
from creo.register.forms import MovementFilterForm
from creo.register.pages.courses import hour, local_moment
from creo.register.queries import MovementLine
from creo.register.rules import MovementKind
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Link, Row
from creo.territory import queries as territory


@page(Permission.VIEW_PEOPLE)
def movements(request: HttpRequest) -> HttpResponse:
    """The movements of some days in the reader's scope, the newest first, with how many there were of each kind."""
    reader = request.reader
    form = _form(request, reader)
    filters = form.wanted()
    found = queries.movements_page(reader, filters, request.GET.get("cursor", ""))
    counts = queries.movement_counts(reader, filters)
    total = sum(counts.values())
    query = request.GET.copy()
    query.pop("cursor", None)
    address = f"?{query.urlencode()}" if query else ""
    exports = [
        {"url": reverse("register:movements_export", args=(kind,)) + address, "label": label}
        for kind, label in (("xlsx", _("Descargar Excel")), ("csv", _("Descargar CSV")))
    ]
    context = {
        "form": form,
        "columns": _columns(),
        "rows": [_row(line) for line in found.rows],
        "page": found,
        "kinds": [
            {"label": _(rules.MOVEMENT_WORDS[kind]), "value": counts[kind], "url": f"?{_only(request, kind)}"}
            for kind in MovementKind
            if counts.get(kind)
        ],
        "count_text": _count_text(total, filters),
        "clear_url": reverse("register:movements") if form.used else "",
        "exports": exports if reader.can(Permission.EXPORT) and total else [],
        "trail": [Link(_("Registro"), reverse("register:people"))],
    }
    return render(request, "register/movements.html", context)


def _form(request: HttpRequest, reader: Reader) -> MovementFilterForm:
    return MovementFilterForm(request.GET, territory.facility_refs(reader), clock.today())


def _only(request: HttpRequest, kind: MovementKind) -> str:
    """The present address, of one kind of movement."""
    query = request.GET.copy()
    query.pop("cursor", None)
    query["tipo"] = kind.value
    return query.urlencode()


def _count_text(count: int, filters: queries.MovementFilters) -> str:
    words = ngettext("%(count)s movimiento", "%(count)s movimientos", count) % {"count": formats.number(count)}
    if filters.since == filters.until:
        return _("%(movements)s el %(day)s") % {"movements": words, "day": formats.day(filters.since)}
    return _("%(movements)s del %(since)s al %(until)s") % {
        "movements": words,
        "since": formats.day(filters.since),
        "until": formats.day(filters.until),
    }


def _columns() -> list[Column]:
    return [
        Column(_("Persona")),
        Column(_("Movimiento")),
        Column(_("Fecha"), "day"),
        Column(_("De")),
        Column(_("A")),
        Column(_("Sustento")),
    ]


def _row(line: MovementLine) -> Row:
    """One line; an annulled movement is struck through, a late one says so."""
    url = reverse("register:person", args=(line.code,)) if line.in_sight else ""
    words = _kind(line)
    shown: object = format_html("<s>{}</s>", words) if line.annulled else words
    return Row(
        [
            Cell(line.name, url=url, note=line.code),
            Cell(shown, kind="html" if line.annulled else "", note=_mark(line)),
            Cell(line.on, note=hour(line.at)),
            line.from_name or None,
            line.to_name or line.destination or None,
            line.note or None,
        ]
    )


def _kind(line: MovementLine) -> str:
    kind = MovementKind(line.kind)
    words = _(rules.MOVEMENT_WORDS[kind])
    if kind is MovementKind.RELEASE and line.detail:
        return _("%(movement)s: %(kind)s") % {"movement": words, "kind": _(rules.RELEASE_WORDS[line.detail])}
    if kind is MovementKind.ADMISSION and line.detail and line.detail != rules.EntryKind.MANDATE:
        return _(rules.ENTRY_WORDS[line.detail])
    return words


def _mark(line: MovementLine) -> str:
    if line.annulled:
        return _("Anulado: %(reason)s") % {"reason": line.annul_reason}
    said = [_("Registrado tarde")] if line.late else []
    if line.due is not None:
        said.append(_("Debe volver el %(moment)s") % {"moment": local_moment(line.due)})
    return ". ".join(said)


@page(Permission.EXPORT)
def movements_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The filtered list as CSV or XLSX; who took it stays in the ledger."""
    return exports.answer(request, kind, "register.movements")


def movements_list(reader: Reader, query: QueryDict) -> Listing:
    """The movements to hand out, by the query of their page."""
    form = MovementFilterForm(query, territory.facility_refs(reader), clock.today())
    filters = form.wanted()
    return Listing(
        act="register.movements_exported",
        subject=("list", "movements"),
        name=f"movimientos-{filters.since:%Y%m%d}-{filters.until:%Y%m%d}",
        title=_("Movimientos"),
        columns=_export_columns(),
        rows=lambda: _export_rows(reader, filters),
        count=sum(queries.movement_counts(reader, filters).values()),
        filters="; ".join(text for text in (_days(filters), form.in_words()) if text),
    )


def _days(filters: queries.MovementFilters) -> str:
    days = {"since": formats.day(filters.since), "until": formats.day(filters.until)}
    return _("Del %(since)s al %(until)s") % days


def _export_columns() -> list[Column]:
    return [
        Column(_("Fecha"), "day"),
        Column(_("Hora")),
        Column(_("Movimiento")),
        Column(_("Código")),
        Column(_("Persona")),
        Column(_("De")),
        Column(_("A")),
        Column(_("Debe volver")),
        Column(_("Sustento")),
        Column(_("Registrado tarde")),
        Column(_("Anulado")),
        Column(_("Motivo de la anulación")),
    ]


def _export_rows(reader: Reader, filters: queries.MovementFilters) -> Iterator[list[object]]:
    yes, no = _("Sí"), _("No")
    for line in queries.movement_lines(reader, filters):
        yield [
            line.on,
            hour(line.at),
            _kind(line),
            line.code,
            line.name,
            line.from_name,
            line.to_name or line.destination,
            local_moment(line.due) if line.due is not None else "",
            line.note,
            yes if line.late else no,
            yes if line.annulled else no,
            line.annul_reason,
        ]

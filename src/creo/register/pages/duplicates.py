"""Possible duplicates: the list to review, both records side by side, and what people decide of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.register import commands, queries, rules
from creo.register.forms.duplicates import DistinctForm, PairFilterForm, ProposeForm, ReopenForm
from creo.register.pages.sides import comparison, reason_rows
from creo.register.queries import PairRow, Side
from creo.register.queries.sides import pair_file
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.asking import Act, ask, sent
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.ledger import queries as ledger
from creo.support.pages import page
from creo.support.refusals import NotFound, Refused
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Link
from creo.territory import queries as territory

_STATES = {
    rules.PairState.OPEN: "unknown",
    rules.PairState.MERGED: "yes",
    rules.PairState.DISTINCT: "no",
    rules.PairState.WITHDRAWN: "neutral",
}


def list_trail() -> list[Link]:
    """The way back to the list."""
    return [
        Link(_("Registro"), reverse("register:people")),
        Link(_("Posibles duplicados"), reverse("register:duplicates")),
    ]


# The list -------------------------------------------------------------------------------------------------------------


@page(Permission.REVIEW_DUPLICATES)
def duplicates(request: HttpRequest) -> HttpResponse:
    """The pairs to review in the reader's scope, the likeliest first."""
    reader, today = request.reader, clock.today()
    form = _filters(request.GET, request.reader)
    filters = form.wanted()
    found = queries.pairs_page(reader, filters, today, request.GET.get("cursor", ""))
    count = queries.pairs_count(reader, filters, today)
    query = request.GET.copy()
    query.pop("cursor", None)
    address = f"?{query.urlencode()}" if query else ""
    exports = [
        {"url": reverse("register:duplicates_export", args=(kind,)) + address, "label": label}
        for kind, label in (("xlsx", _("Descargar Excel")), ("csv", _("Descargar CSV")))
    ]
    context = {
        "form": form,
        "columns": pair_columns(),
        "rows": [pair_cells(row) for row in found.rows],
        "page": found,
        "count_text": _count_text(count, filters),
        "clear_url": reverse("register:duplicates") if form.used else "",
        "exports": exports if reader.can(Permission.EXPORT) and count else [],
        "searched": _last_search(),
        "trail": list_trail()[:1],
    }
    return render(request, "register/duplicates.html", context)


def _filters(query: QueryDict, reader: Reader) -> PairFilterForm:
    clauses = [clause.code for clause in rules.matching_on(clock.today()).clauses]
    return PairFilterForm(query, territory.facility_refs(reader), clauses)


def _count_text(count: int, filters: queries.PairFilters) -> str:
    number = {"count": formats.number(count)}
    if filters.state == rules.PairState.OPEN:
        return ngettext("%(count)s pareja por revisar", "%(count)s parejas por revisar", count) % number
    return ngettext("%(count)s pareja", "%(count)s parejas", count) % number


def pair_columns() -> list[Column]:
    """The columns of a list of pairs."""
    return [
        Column(_("Ficha")),
        Column(_("Se parece a")),
        Column(_("Puntaje"), "number"),
        Column(_("Coincidencia")),
        Column(_("Hallada"), "day"),
        Column(_("Estado"), "state"),
    ]


def pair_cells(row: PairRow) -> list[object]:
    """One pair as a line of a list."""
    top = row.reasons[0].code if row.reasons else ""
    words = _(rules.CLAUSE_WORDS.get(top, top)) if top else _("La propuso una persona")
    return [
        Cell(row.first.name, url=reverse("register:duplicate", args=(row.id,)), note=_side_note(row.first)),
        Cell(row.second.name, note=_side_note(row.second)),
        row.score,
        Cell(words, note=level_words(row.score)),
        row.found_on,
        Cell(_STATES[rules.PairState(row.state)], word=_(rules.PAIR_WORDS[row.state])),
    ]


def level_words(score: int) -> str:
    """How likely, in a word."""
    return _("Probable") if score >= rules.matching_on(clock.today()).probable else _("Posible")


def _side_note(side: Side) -> str:
    known = [side.code]
    if side.birth_date is not None:
        known.append(formats.day(side.birth_date))
    if side.facility_name:
        known.append(side.facility_name)
    return " · ".join(known)


def _last_search() -> dict[str, str]:
    """When everybody was compared last, and what could not be; empty when nobody did."""
    found = [(entry.at, entry.after or {}) for entry in ledger.history(("list", "duplicates"))]
    at, after = next(((at, after) for at, after in found if "skipped" in after), (None, {}))
    if at is None:
        return {}
    skipped = sum(records for _groups, records in after["skipped"].values())
    words = {
        "moment": formats.moment(at),
        "people": formats.number(after["people"]),
        "found": formats.number(after["found"]),
    }
    text = _("Última búsqueda, %(moment)s. Fichas comparadas: %(people)s. Parejas halladas: %(found)s.") % words
    return {"text": text, "skipped": formats.number(skipped) if skipped else ""}


# The file of the list -------------------------------------------------------------------------------------------------


@page(Permission.EXPORT)
def duplicates_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The filtered list as CSV or XLSX; who took it stays in the ledger."""
    return exports.answer(request, kind, "register.duplicates")


def duplicates_list(reader: Reader, query: QueryDict) -> Listing:
    """The pairs to hand out, by the query of their page."""
    reader.require(Permission.REVIEW_DUPLICATES)
    form = _filters(query, reader)
    filters = form.wanted()
    return Listing(
        act="register.duplicates_exported",
        subject=("list", "duplicates"),
        name=f"posibles-duplicados-{clock.today():%Y%m%d}",
        title=_("Posibles duplicados"),
        columns=_export_columns(),
        rows=lambda: _export_rows(reader, filters),
        count=queries.pairs_count(reader, filters, clock.today()),
        filters=form.in_words(),
    )


def _export_columns() -> list[Column]:
    sides = [
        column
        for which in (_("una ficha"), _("otra ficha"))
        for column in (
            Column(_("Código de %(which)s") % {"which": which}),
            Column(_("Nombre de %(which)s") % {"which": which}),
            Column(_("Nacimiento de %(which)s") % {"which": which}, "day"),
            Column(_("Documento de %(which)s") % {"which": which}),
            Column(_("Establecimiento de %(which)s") % {"which": which}),
        )
    ]
    return [
        *sides,
        Column(_("Puntaje"), "number"),
        Column(_("Motivos")),
        Column(_("Hallada"), "day"),
        Column(_("Estado")),
        Column(_("Decidida por")),
        Column(_("Decidida el"), "day"),
        Column(_("Motivo de la decisión")),
    ]


def _export_rows(reader: Reader, filters: queries.PairFilters) -> Iterator[list[object]]:
    for row in queries.pair_rows(reader, filters, clock.today()):
        sides = [
            value
            for side in (row.first, row.second)
            for value in (side.code, side.name, side.birth_date, side.document_number, side.facility_name)
        ]
        reasons = "; ".join(_(rules.CLAUSE_WORDS.get(item.code, item.code)) for item in row.reasons)
        state = _(rules.PAIR_WORDS[row.state])
        yield [*sides, row.score, reasons, row.found_on, state, row.decided_by, row.decided_on, row.reason]


# One pair -------------------------------------------------------------------------------------------------------------


@page(Permission.REVIEW_DUPLICATES)
def duplicate(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Both records side by side, why they look alike, and what can be decided."""
    found = pair_file(request.reader, pair_id)
    row, first, second = found.pair, found.first, found.second
    context = {
        "pair": row,
        "title": f"{row.first.code} · {row.second.code}",
        "state": _STATES[rules.PairState(row.state)],
        "state_words": _(rules.PAIR_WORDS[row.state]),
        "level": level_words(row.score),
        "comparison": comparison(first, second),
        "left": f"{first.code}",
        "right": f"{second.code}",
        "files": [side.code for side in (first, second) if side.visible],
        "reason_columns": [Column(_("Por qué")), Column(_("Peso"), "number"), Column(_("Cuenta"))],
        "reason_rows": reason_rows(row.reasons),
        "is_open": row.state == rules.PairState.OPEN,
        "may_reopen": row.state in (rules.PairState.DISTINCT, rules.PairState.WITHDRAWN)
        and not (first.merged_into or second.merged_into),
        "citation": rules.matching_on(clock.today()).citation,
        "trail": list_trail(),
    }
    return render(request, "register/duplicate.html", context)


def decided(
    request: HttpRequest, row: PairRow, form: forms.Form, act: Act, *, title: str, button: str, done: str
) -> HttpResponse:
    """Asks for a decision on a pair and goes back to it."""
    address = reverse("register:duplicate", args=(row.id,))
    return ask(
        request,
        form,
        act,
        title=title,
        lead=f"{row.first.name} ({row.first.code}) · {row.second.name} ({row.second.code})",
        button=button,
        done=done,
        back=address,
        trail=[*list_trail(), Link(f"{row.first.code} · {row.second.code}", address)],
    )


@page(Permission.REVIEW_DUPLICATES)
def duplicate_distinct(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Decides that they are two people."""
    row = queries.pair(request.reader, pair_id)
    form = DistinctForm(sent(request))

    def act(typed: Any) -> None:
        commands.mark_distinct(by=request.reader, pair_id=row.id, reason=typed["reason"], today=clock.today())

    return decided(
        request,
        row,
        form,
        act,
        title=_("Son personas distintas"),
        button=_("Guardar la decisión"),
        done=_("Decidido: son personas distintas. No se preguntará otra vez mientras sus datos no cambien."),
    )


@page(Permission.REVIEW_DUPLICATES)
def duplicate_reopen(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Puts a decided pair on the list again."""
    row = queries.pair(request.reader, pair_id)
    form = ReopenForm(sent(request))

    def act(typed: Any) -> None:
        commands.reopen_pair(by=request.reader, pair_id=row.id, reason=typed["reason"])

    return decided(
        request,
        row,
        form,
        act,
        title=_("Volver a revisar"),
        button=_("Volver a la lista"),
        done=_("La pareja está otra vez por revisar."),
    )


# Asking ---------------------------------------------------------------------------------------------------------------


@page(Permission.REVIEW_DUPLICATES)
def duplicates_search(request: HttpRequest) -> HttpResponse:
    """Says what a search does; sent, it becomes background work with its own page."""
    if request.method == "POST":
        job = commands.request_search(by=request.reader)
        return HttpResponseRedirect(reverse("jobs:detail", args=(job.pk,)))
    matching = rules.matching_on(clock.today())
    groups = (
        (_("Cláusula"), matching.clauses, 1),
        (_("Refuerzo"), matching.boosts, 1),
        (_("Descuento"), matching.penalties, -1),
        (_("Nunca es pareja"), matching.never, 0),
    )
    context = {
        "columns": [Column(_("Qué se compara")), Column(_("Clase")), Column(_("Peso"), "number")],
        "rows": [
            [_(rules.CLAUSE_WORDS[clause.code]), kind, sign * clause.weight if sign else None]
            for kind, clauses, sign in groups
            for clause in clauses
        ],
        "matching": matching,
        "searched": _last_search(),
        "national": request.reader.national,
        "trail": list_trail(),
    }
    return render(request, "register/duplicates_search.html", context)


@page(Permission.REVIEW_DUPLICATES)
def duplicates_propose(request: HttpRequest) -> HttpResponse:
    """Two records that somebody suspects to be of one person: on the list, and open to compare."""
    initial = {"one_code": request.GET.get("persona", "")}
    form = ProposeForm(sent(request), initial=initial)

    def act(typed: Any) -> str:
        try:
            pair_id = commands.propose_pair(by=request.reader, today=clock.today(), **typed)
        except NotFound:
            unseen = _("Ninguna de las dos fichas está en su ámbito, o alguna no existe.")
            raise Refused(unseen, fields={"other_code": unseen}) from None
        return reverse("register:duplicate", args=(pair_id,))

    return ask(
        request,
        form,
        act,
        title=_("Comparar dos fichas"),
        lead=_("La pareja entra en la lista con su motivo, aunque ninguna cláusula la reconozca."),
        button=_("Comparar"),
        back=reverse("register:duplicates"),
        trail=list_trail(),
    )


def warn_of_duplicates(request: HttpRequest, person_code: str) -> None:
    """After an act on somebody's identity: looks for duplicates of them and says how many there are to review."""
    found = commands.check_person(by=request.reader, person_code=person_code, today=clock.today())
    if not request.reader.can(Permission.REVIEW_DUPLICATES):
        return
    if found is None:
        messages.warning(request, _("Tiene demasiados homónimos para una búsqueda rápida de duplicados."))
    elif found:
        words = ngettext(
            "Posibles duplicados: %(count)s. Revíselo en la pestaña «Duplicados» de la ficha.",
            "Posibles duplicados: %(count)s. Revíselos en la pestaña «Duplicados» de la ficha.",
            found,
        )
        messages.warning(request, words % {"count": formats.number(found)})


def duplicate_badges(reader: Reader, person_code: str) -> list[dict[str, str]]:
    """The badge of somebody with pairs to review; none without the permission."""
    count = queries.open_pairs_count(reader, person_code)
    if not count:
        return []
    return [{"state": "unknown", "word": _("Posibles duplicados: %(count)s") % {"count": formats.number(count)}}]

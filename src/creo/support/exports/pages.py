"""My downloads, the one time each is fetched, and where a paper came from."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.support.accounts.permissions import Permission
from creo.support.exports import commands, queries
from creo.support.exports.answers import as_file
from creo.support.exports.forms import NumberForm
from creo.support.exports.models import HandOut
from creo.support.exports.numbers import read_number
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Fact, Link

STATES: dict[str, tuple[str, Any]] = {
    HandOut.State.GIVEN: ("yes", gettext_lazy("Entregada")),
    HandOut.State.ASKED: ("info", gettext_lazy("En preparación")),
    HandOut.State.READY: ("yes", gettext_lazy("Lista para descargar")),
    HandOut.State.FETCHED: ("neutral", gettext_lazy("Entregada")),
    HandOut.State.EXPIRED: ("neutral", gettext_lazy("Venció sin descargarse")),
    queries.FAILED: ("no", gettext_lazy("No se pudo hacer")),
}


@page(Permission.EXPORT)
def own(request: HttpRequest) -> HttpResponse:
    """What I took and what I asked for, newest first."""
    found = queries.own(request.reader, request.GET.get("cursor", ""))
    context = {
        "found": found,
        "ready": [row for row in found.rows if row.can_be_fetched],
        "columns": [
            Column(_("Número")),
            Column(_("Qué")),
            Column(_("Filtros")),
            Column(_("Filas"), "number"),
            Column(_("Pedida el"), "moment"),
            Column(_("Estado"), "state"),
            Column(_("Vence"), "moment"),
        ],
        "rows": [_own_row(row) for row in found.rows],
    }
    return render(request, "exports/own.html", context)


@page(Permission.EXPORT)
def fetch(request: HttpRequest, number: str) -> HttpResponse:
    """Gives a made file, once; only as the answer of its button, never of an address."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("exports:own"))
    content, row = commands.fetch(by=request.reader, number=number)
    return as_file(content, row.filename, row.kind)


@page(Permission.VIEW_LEDGER)
def origin(request: HttpRequest) -> HttpResponse:
    """Where a paper or a file came from: its number leads to who took it, when, of what and why."""
    form = NumberForm(request.GET)
    typed = form.cleaned_data["numero"].strip() if form.is_valid() else ""
    number = read_number(typed) if typed else None
    found = queries.by_number(request.reader, number) if number else None
    context: dict[str, Any] = {"form": form, "typed": typed, "miscopied": bool(typed) and number is None}
    if found is not None:
        row, entry = found
        context |= {"found": row, "facts": _facts(row), "entry_facts": _entry_facts(entry) if entry else []}
        context["ledger_url"] = _ledger_url(row)
    return render(request, "exports/origin.html", context, status=200 if found or not typed else 404)


def _own_row(row: queries.HandOutRow) -> list[Any]:
    state, word = STATES[HandOut.State.EXPIRED if row.state == "ready" and not row.can_be_fetched else row.state]
    what = _("%(title)s (%(kind)s)") % {"title": row.title, "kind": row.kind.upper()}
    return [
        row.number,
        Cell(
            what,
            url=reverse("jobs:detail", args=(row.job_id,)) if row.job_id and row.state in ("asked", "failed") else "",
        ),
        row.filters or None,
        row.rows,
        row.made_at,
        Cell(state, word=str(word)),
        row.expires_at if row.can_be_fetched else None,
    ]


def _facts(row: queries.HandOutRow) -> list[Fact]:
    state, word = STATES[row.state]
    facts = [
        Fact(_("Número"), row.number),
        Fact(_("Quién"), row.actor, note=row.roles),
        Fact(_("Cuándo"), row.made_at, "moment"),
        Fact(_("Qué"), f"{row.title} ({row.kind.upper()})"),
        Fact(_("Ámbito"), row.scope or "—"),
        Fact(_("Filtros"), row.filters or _("Ninguno")),
        Fact(_("Motivo"), row.reason or _("No se pidió")),
        Fact(_("Filas"), row.rows, "number"),
        Fact(_("Estado"), str(word), state=state),
    ]
    if row.fetched_at is not None:
        facts.append(Fact(_("Descargada el"), row.fetched_at, "moment"))
    if row.sha256:
        facts.append(Fact(_("Huella (SHA-256)"), row.sha256))
    return facts


def _entry_facts(entry: Any) -> list[Fact]:
    words = import_string(settings.CREO_ACT_WORDS)
    return [
        Fact(_("Asiento"), _("N.º %(number)s") % {"number": formats.number(entry.pk)}),
        Fact(_("Acto"), str(words.get(entry.act, entry.act))),
        Fact(_("Sobre"), f"{entry.subject_kind} {entry.subject_code}"),
        Fact(_("Escrito el"), entry.at, "moment"),
    ]


def _ledger_url(row: queries.HandOutRow) -> str:
    return f"{reverse('overview:ledger')}?act={row.act}"


def trail() -> list[Link]:
    """The way back to one's own downloads."""
    return [Link(_("Mis descargas"), reverse("exports:own"))]

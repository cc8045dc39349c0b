"""Pages: the six-monthly review of accesses and its signature."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.support import clock
from creo.support.accounts import commands, queries, tables
from creo.support.accounts.forms import DecideAccessForm, ReviewForm, SignForm
from creo.support.accounts.pages.common import exports
from creo.support.accounts.permissions import Permission
from creo.support.accounts.permissions.permission import NATION
from creo.support.accounts.places import places_of, scope_from
from creo.support.accounts.readers import Reader, Scope
from creo.support.accounts.workplace import text_of
from creo.support.asking import answer, ask, sent
from creo.support.exports.answers import answer as hand_out
from creo.support.exports.listings import Listing
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Column, Link


@page(Permission.REVIEW_ACCESS)
def review(request: HttpRequest) -> HttpResponse:
    """Every access of the reviewer's places, the oldest look first; those marked stay or end with one reason."""
    form = DecideAccessForm(sent(request))

    def act(typed: Any) -> None:
        marked = [int(text) for text in request.POST.getlist("grants") if text.isascii() and text.isdigit()]
        done = commands.review_grants(by=request.reader, grant_ids=marked, today=clock.today(), **typed)
        words = ngettext("%(count)s acceso revisado.", "%(count)s accesos revisados.", done)
        messages.success(request, words % {"count": formats.number(done)})

    def show(status: int) -> HttpResponse:
        return render(request, "accounts/review.html", _context(request, form), status=status)

    return answer(request, form, act, show, back=request.get_full_path())


def _context(request: HttpRequest, form: DecideAccessForm) -> dict[str, Any]:
    today, places = clock.today(), places_of(request.reader)
    asked = ReviewForm(request.GET, places)
    filters = asked.wanted()
    found = queries.review_page(request.reader, filters, today, request.GET.get("cursor", ""))
    total = queries.review_count(request.reader, filters, today)
    marked = frozenset(request.POST.getlist("grants"))
    return {
        "filters": asked,
        "form": form,
        "found": found,
        "columns": tables.marking_columns(),
        "rows": tables.marking_table(found.rows, places, marked, own=request.user.get_username()),
        "count_text": ngettext("%(count)s acceso", "%(count)s accesos", total) % {"count": formats.number(total)},
        "clear_url": reverse("accounts:review") if request.GET else "",
        "export_urls": exports(request, "accounts:export_review"),
        "signed_columns": [
            Column(_("Lugar")),
            Column(_("Firmada"), "day"),
            Column(_("Por")),
            Column(_("Se mantienen"), "number"),
            Column(_("Terminaron"), "number"),
            Column(_("Constancia")),
        ],
        "signed": [
            [
                places.label(Scope(row.scope_kind, row.scope_code)),
                row.on,
                row.signer.name,
                row.kept,
                row.ended,
                row.note,
            ]
            for row in queries.signatures(request.reader)
        ],
    }


@page(Permission.EXPORT)
def export_review(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list whole, as a file; who took it stays in the ledger."""
    return hand_out(request, kind, "accounts.review")


def review_list(reader: Reader, query: QueryDict) -> Listing:
    """The accesses to hand out, by the query of their page."""
    reader.require(Permission.REVIEW_ACCESS)
    today, places = clock.today(), places_of(reader)
    form = ReviewForm(query, places)
    filters = form.wanted()
    return Listing(
        act="accounts.list_exported",
        subject=("list", "access_review"),
        name=f"revision-accesos-{today:%Y%m%d}",
        title=_("Revisión de accesos"),
        columns=tables.review_columns(),
        rows=lambda: (tables.review_table([row], places)[0] for row in queries.review_rows(reader, filters, today)),
        count=queries.review_count(reader, filters, today),
        filters=form.in_words(),
    )


@page(Permission.REVIEW_ACCESS, fresh=True)
def sign(request: HttpRequest) -> HttpResponse:
    """Signs the review of a place."""
    places, back = places_of(request.reader), reverse("accounts:review")
    mine = text_of(request.reader.scopes[0])
    form = SignForm(sent(request), places=places, initial={"place": mine})

    def act(typed: Any) -> None:
        place = scope_from(typed["place"]) or Scope(NATION)
        commands.sign_review(by=request.reader, place=place, note=typed["note"], today=clock.today())

    return ask(
        request,
        form,
        act,
        title=_("Firmar la revisión"),
        lead=_("Declara que miró cada acceso del lugar. No se firma mientras falte alguno."),
        button=_("Firmar"),
        done=_("Revisión firmada."),
        back=back,
        trail=[Link(_("Revisión de accesos"), back)],
    )

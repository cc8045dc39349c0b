"""What the reader looked at: everybody may see their own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.looking import queries, tables
from creo.support.looking.forms import LookFilterForm, in_words
from creo.support.looking.pages.shared import all_places, export_links, reader_of
from creo.support.pages import page
from creo.support.ui import formats


@page(permission=Permission.VIEW_PEOPLE)
def mine(request: HttpRequest) -> HttpResponse:
    """The files and sheets that I opened, newest first."""
    reader = reader_of(request)
    form = LookFilterForm(request.GET)
    filters = form.wanted()
    found = queries.own_looks(reader, filters, request.GET.get("cursor", ""))
    count = queries.own_looks_count(reader, filters)
    context = {
        "form": form,
        "found": found,
        "columns": tables.look_columns(whose=False),
        "rows": tables.look_table(found.rows, all_places(), whose=False),
        "count_text": ngettext("%(n)s consulta", "%(n)s consultas", count) % {"n": formats.number(count)},
        "clear_url": reverse("looking:mine") if request.GET else "",
        "export_urls": export_links(request, "looking:export_mine"),
    }
    return render(request, "looking/mine.html", context)


@page(permission=Permission.EXPORT)
def export_mine(request: HttpRequest, kind: str) -> Any:
    """The same list whole, as a file."""
    return exports.answer(request, kind, "looking.mine")


def mine_list(reader: Reader, query: QueryDict) -> Listing:
    """The reader's own looks to hand out, by the query of their page."""
    form = LookFilterForm(query)
    filters, places = form.wanted(), all_places()
    return Listing(
        act="looking.list_exported",
        subject=("list", "consultas-propias"),
        name=f"mis-consultas-{clock.today():%Y%m%d}",
        title=_("Mis consultas"),
        columns=tables.look_columns(whose=False),
        rows=lambda: (
            tables.look_table([row], places, whose=False)[0] for row in queries.own_looks_rows(reader, filters)
        ),
        count=queries.own_looks_count(reader, filters),
        filters=in_words(form),
    )

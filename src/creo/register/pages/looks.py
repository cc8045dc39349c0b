"""Who saw a person's file: for reviewers of looks and auditors who may see the person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.register import queries
from creo.register.pages.answering import person_trail
from creo.register.pages.documents import band_items
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.looking import queries as looking
from creo.support.looking import tables
from creo.support.looking.forms import LookFilterForm, in_words
from creo.support.looking.pages.shared import all_places, export_links
from creo.support.pages import page
from creo.support.ui import formats


@page(Permission.VIEW_PEOPLE)
def looks(request: HttpRequest, code: str) -> HttpResponse:
    """Each look at the file and its sheets, newest first: who, when and for what; refused ones too."""
    reader = request.reader
    head = queries.person_heading(reader, code)
    if head.code != code:
        return HttpResponseRedirect(reverse("register:looks", args=(head.code,)))
    form = LookFilterForm(request.GET, one_file=True)
    filters = form.wanted()
    found = looking.looks_at(reader, head.code, filters, request.GET.get("cursor", ""))
    count = looking.looks_at_count(reader, head.code, filters)
    context = {
        "head": head,
        "band_items": band_items(head),
        "trail": person_trail(head),
        "form": form,
        "found": found,
        "columns": tables.look_columns(whose=True),
        "rows": tables.look_table(found.rows, all_places(), whose=True),
        "count_text": ngettext("%(n)s consulta", "%(n)s consultas", count) % {"n": formats.number(count)},
        "clear_url": reverse("register:looks", args=(head.code,)) if request.GET else "",
        "export_urls": export_links(request, "register:looks_export", head.code),
    }
    return render(request, "register/looks.html", context)


@page(Permission.EXPORT)
def looks_export(request: HttpRequest, code: str, kind: str) -> Any:
    """The same list whole, as a file."""
    return exports.answer(request, kind, "register.looks", code=code)


def looks_list(reader: Reader, query: QueryDict, code: str) -> Listing:
    """The looks at a file to hand out, by the query of their page. NotFound outside the scope."""
    head = queries.person_heading(reader, code)
    form = LookFilterForm(query, one_file=True)
    filters, places = form.wanted(), all_places()
    return Listing(
        act="looking.list_exported",
        subject=("person", head.code),
        name=f"consultas-{head.code}-{clock.today():%Y%m%d}",
        title=_("Quién vio la ficha %(code)s") % {"code": head.code},
        columns=tables.look_columns(whose=True),
        rows=lambda: (
            tables.look_table([row], places, whose=True)[0] for row in looking.looks_at_rows(reader, head.code, filters)
        ),
        count=looking.looks_at_count(reader, head.code, filters),
        filters=in_words(form),
        place=head.facility,
    )

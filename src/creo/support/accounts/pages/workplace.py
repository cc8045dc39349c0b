"""Page: what somebody holds, and where they work now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts import queries, tables
from creo.support.accounts.forms import ALL, WorkplaceForm
from creo.support.accounts.places import places_of, scope_from
from creo.support.accounts.readers import Reader
from creo.support.accounts.workplace import choose, text_of
from creo.support.asking import answer, sent
from creo.support.pages import page


@page(permission=None)
def workplace(request: HttpRequest) -> HttpResponse:
    """The reader's own roles, each with its end; one of their places may be chosen to work at."""
    # Names of all the places, also while one is chosen.
    places = places_of(Reader(request.reader.user_id, request.reader.name, scopes=request.workplaces))
    choices = [(text_of(place), places.label(place)) for place in request.workplaces]
    now = text_of(request.workplace) if request.workplace else ALL
    form = WorkplaceForm(sent(request), choices=choices, initial={"place": now})

    def act(typed: Any) -> None:
        choose(request.session, scope_from(typed["place"]))

    def show(status: int) -> HttpResponse:
        held = queries.grants_held(request.reader.user_id, clock.today())
        context = {
            "form": form,
            "several": len(request.workplaces) > 1,
            "columns": tables.held_columns(manage=False),
            "rows": tables.held_table(held, places, manage=False),
        }
        return render(request, "accounts/workplace.html", context, status=status)

    return answer(request, form, act, show, back=_back(request), done=_("Desde ahora ve lo de ese lugar."))


def _back(request: HttpRequest) -> str:
    """Hoy, or the address of this house that asked to choose."""
    wanted = request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else reverse("overview:today")

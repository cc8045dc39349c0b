"""Forms that change a facility: capacity with its source, pavilions that open and close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.pages import page
from creo.support.refusals import NotFound, Refused
from creo.support.ui.parts import Link
from creo.territory import commands, queries
from creo.territory.forms import CapacityForm, ClosingForm, PavilionForm, add_refusal
from creo.territory.queries import FacilityRef


@page(permission=Permission.EDIT_TERRITORY)
def capacity(request: HttpRequest, code: str) -> HttpResponse:
    """A new capacity for a facility from a day on."""
    found = queries.by_code(request.reader, code)

    def act(typed: dict[str, Any]) -> str:
        changed = commands.change_capacity(by=request.reader, facility=found.code, **typed)
        return _("Capacidad registrada.") if changed else _("Ya tenía esa capacidad: no se cambió nada.")

    form = CapacityForm(request.POST or None, initial={"valid_from": clock.today()})
    return _edit(request, found, form, act, title=_("Cambiar la capacidad"), button=_("Guardar la capacidad"))


@page(permission=Permission.EDIT_TERRITORY)
def new_pavilion(request: HttpRequest, code: str) -> HttpResponse:
    """A pavilion that opens in a facility."""
    found = queries.by_code(request.reader, code)

    def act(typed: dict[str, Any]) -> str:
        commands.open_pavilion(by=request.reader, facility=found.code, **typed)
        return _("Pabellón abierto.")

    form = PavilionForm(request.POST or None, initial={"valid_from": clock.today()})
    return _edit(request, found, form, act, title=_("Abrir un pabellón"), button=_("Abrir el pabellón"))


@page(permission=Permission.EDIT_TERRITORY)
def close_pavilion(request: HttpRequest, code: str, pavilion: str) -> HttpResponse:
    """A pavilion that closes; it stays in the history."""
    found = queries.by_code(request.reader, code)
    if pavilion not in {row.code for row in queries.pavilions(request.reader, code, clock.today())}:
        raise NotFound

    def act(typed: dict[str, Any]) -> str:
        commands.close_pavilion(by=request.reader, facility=found.code, code=pavilion, **typed)
        return _("Pabellón cerrado.")

    form = ClosingForm(request.POST or None, initial={"on": clock.today()})
    title = _("Cerrar el pabellón %(code)s") % {"code": pavilion}
    return _edit(request, found, form, act, title=title, button=_("Cerrar el pabellón"))


def _edit(
    request: HttpRequest,
    found: FacilityRef,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
    *,
    title: str,
    button: str,
) -> HttpResponse:
    """Shows the form, or acts and returns to the facility; a refusal shows its reasons beside the fields (422)."""
    url = reverse("territory:facility", args=[found.code])
    if form.is_bound and form.is_valid():
        try:
            messages.success(request, act(form.cleaned_data))
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            return HttpResponseRedirect(url)
    context = {
        "facility": found,
        "form": form,
        "title": title,
        "button": button,
        "url": url,
        "trail": [Link(_("Establecimientos"), reverse("territory:facilities")), Link(found.name, url)],
    }
    return render(request, "territory/edit.html", context, status=422 if form.is_bound else 200)

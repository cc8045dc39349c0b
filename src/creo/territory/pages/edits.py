"""Forms that change a facility: capacity with its source, pavilions that open and close."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.asking import Act, about, ask, sent
from creo.support.pages import page
from creo.support.refusals import NotFound
from creo.support.ui.parts import Link
from creo.support.versions import Record
from creo.territory import commands, queries
from creo.territory.forms import CapacityForm, ClosingForm, PavilionForm
from creo.territory.queries import FacilityRef


@page(permission=Permission.EDIT_TERRITORY)
def capacity(request: HttpRequest, code: str) -> HttpResponse:
    """A new capacity for a facility from a day on."""
    found = queries.by_code(request.reader, code)

    def act(typed: dict[str, Any]) -> None:
        changed = commands.change_capacity(by=request.reader, facility=found.code, **typed)
        said = _("Capacidad registrada.") if changed else _("Ya tenía esa capacidad: no se cambió nada.")
        messages.success(request, said)

    form = CapacityForm(sent(request), initial={"valid_from": clock.today()})
    return _edit(request, found, form, act, title=_("Cambiar la capacidad"), button=_("Guardar la capacidad"))


@page(permission=Permission.EDIT_TERRITORY)
def new_pavilion(request: HttpRequest, code: str) -> HttpResponse:
    """A pavilion that opens in a facility."""
    found = queries.by_code(request.reader, code)

    def act(typed: dict[str, Any]) -> None:
        commands.open_pavilion(by=request.reader, facility=found.code, **typed)

    form = PavilionForm(sent(request), initial={"valid_from": clock.today()})
    title, button = _("Abrir un pabellón"), _("Abrir el pabellón")
    return _edit(request, found, form, act, title=title, button=button, done=_("Pabellón abierto."))


@page(permission=Permission.EDIT_TERRITORY)
def close_pavilion(request: HttpRequest, code: str, pavilion: str) -> HttpResponse:
    """A pavilion that closes; it stays in the history."""
    found = queries.by_code(request.reader, code)
    if pavilion not in {row.code for row in queries.pavilions(request.reader, code, clock.today())}:
        raise NotFound

    def act(typed: dict[str, Any]) -> None:
        commands.close_pavilion(by=request.reader, facility=found.code, code=pavilion, **typed)

    form = ClosingForm(sent(request), initial={"on": clock.today()})
    title = _("Cerrar el pabellón %(code)s") % {"code": pavilion}
    button, done = _("Cerrar el pabellón"), _("Pabellón cerrado.")
    record = queries.pavilion_of(found.code, pavilion)
    return _edit(request, found, form, act, title=title, button=button, done=done, record=record)


def _edit(
    request: HttpRequest,
    found: FacilityRef,
    form: forms.Form,
    act: Act,
    *,
    title: str,
    button: str,
    done: str = "",
    record: Record | None = None,
) -> HttpResponse:
    """Asks for a change of a facility and returns to it."""
    url = reverse("territory:facility", args=[found.code])
    return ask(
        request,
        form,
        act,
        title=title,
        lead=about(found.name, found.code),
        button=button,
        done=done,
        back=url,
        trail=[Link(_("Establecimientos"), reverse("territory:facilities")), Link(found.name, url)],
        record=record or queries.record_of(found.code),
    )

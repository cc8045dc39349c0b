"""The acts that move a person: admission, transfer, leaving and coming back, release, escape, and taking one back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.register import commands, queries, rules
from creo.register.forms import (
    AbsenceForm,
    AdmitForm,
    AnnulForm,
    EscapeForm,
    ReleaseForm,
    ReturnForm,
    TransferForm,
)
from creo.register.pages.answering import file_of, person_act
from creo.register.pages.courses import movement_title
from creo.register.pages.duplicates import warn_of_duplicates
from creo.register.queries import PersonFile
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import system
from creo.support.asking import ask, sent
from creo.support.pages import page
from creo.support.refusals import NotFound
from creo.support.ui import formats
from creo.support.ui.parts import Link
from creo.territory import queries as territory

# How an address names each way of leaving, and what its page says.
WAYS = {
    "diligencia": (
        rules.MovementKind.ESCORT,
        gettext_lazy("Registrar una salida a diligencia"),
        gettext_lazy("Salida a diligencia registrada."),
    ),
    "hospital": (
        rules.MovementKind.HOSPITAL,
        gettext_lazy("Registrar una salida a hospital"),
        gettext_lazy("Salida a hospital registrada."),
    ),
    "permiso": (
        rules.MovementKind.EXIT_PERMIT,
        gettext_lazy("Registrar un permiso de salida"),
        gettext_lazy("Permiso de salida registrado."),
    ),
}


def _now() -> time:
    """The hour in Lima, where the movements happen."""
    return clock.now().astimezone(clock.LIMA).time()


@page(Permission.EDIT_PEOPLE)
def transfer(request: HttpRequest, code: str) -> HttpResponse:
    """Moves the person to another prison, anywhere in the country."""
    file = file_of(request, code)
    here = file.held.facility if file.held else ""
    form = TransferForm(sent(request), initial={"from_facility": here}, facilities=territory.facility_refs(system()))

    def act(typed: Any) -> None:
        commands.transfer(
            by=request.reader,
            person_code=file.code,
            from_facility=typed["from_facility"] or here,
            to_facility=typed["to_facility"],
            on=typed["on"],
            at=typed["at"],
            reason=typed["reason"],
            today=clock.today(),
            now=_now(),
        )

    return _moved(request, file, form, act, title=_("Registrar un traslado"), done=_("Traslado registrado."))


@page(Permission.EDIT_PEOPLE)
def leave(request: HttpRequest, code: str, way: str) -> HttpResponse:
    """Somebody leaves for a while: to a court, a hospital, or with an exit permit."""
    if way not in WAYS:
        raise NotFound
    kind, title, done = WAYS[way]
    file = file_of(request, code)
    form = AbsenceForm(sent(request), kind=kind, today=clock.today())

    def act(typed: Any) -> None:
        commands.record_absence(
            by=request.reader,
            person_code=file.code,
            kind=kind.value,
            destination=typed["destination"],
            on=typed["on"],
            at=typed["at"],
            hours=typed.get("hours"),
            back=form.back(),
            reason=typed["reason"],
            today=clock.today(),
            now=_now(),
        )

    return person_act(request, file, form, act, title=str(title), button=_("Registrar"), done=str(done))


@page(Permission.EDIT_PEOPLE)
def come_back(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody who was away comes back."""
    file = file_of(request, code)
    form = ReturnForm(sent(request))

    def act(typed: Any) -> None:
        commands.record_return(
            by=request.reader,
            person_code=file.code,
            on=typed["on"],
            at=typed["at"],
            reason=typed["reason"],
            today=clock.today(),
            now=_now(),
        )

    return person_act(
        request, file, form, act, title=_("Registrar el retorno"), button=_("Registrar"), done=_("Retorno registrado.")
    )


@page(Permission.EDIT_PEOPLE)
def release(request: HttpRequest, code: str) -> HttpResponse:
    """Ends the open episode by an order of release, or a death."""
    file = file_of(request, code)
    form = ReleaseForm(sent(request))

    def act(typed: Any) -> None:
        commands.release(
            by=request.reader,
            person_code=file.code,
            on=typed["on"],
            at=typed["at"],
            kind=typed["kind"],
            order_number=typed["order_number"],
            court=typed["court"],
            reason=typed["reason"],
            today=clock.today(),
            now=_now(),
        )

    return _moved(request, file, form, act, title=_("Registrar el egreso"), done=_("Egreso registrado."))


@page(Permission.EDIT_PEOPLE)
def escape(request: HttpRequest, code: str) -> HttpResponse:
    """Ends the open episode by an escape."""
    file = file_of(request, code)
    form = EscapeForm(sent(request))

    def act(typed: Any) -> None:
        commands.record_escape(
            by=request.reader,
            person_code=file.code,
            on=typed["on"],
            at=typed["at"],
            reason=typed["reason"],
            today=clock.today(),
            now=_now(),
        )

    return _moved(request, file, form, act, title=_("Registrar una fuga"), done=_("Fuga registrada."))


@page(Permission.EDIT_PEOPLE)
def annul(request: HttpRequest, code: str) -> HttpResponse:
    """Takes back the last movement in force, by a counter-entry."""
    file = file_of(request, code)
    last = file.last_movement
    if last is None:
        raise NotFound
    number, movement = last
    form = AnnulForm(sent(request), initial={"custody": number, "sequence": movement.sequence})

    def act(typed: Any) -> None:
        commands.annul_movement(
            by=request.reader,
            person_code=file.code,
            custody=typed["custody"],
            sequence=typed["sequence"],
            reason=typed["reason"],
        )

    what = _("Se anulará: %(movement)s, del %(day)s.") % {
        "movement": movement_title(movement),
        "day": formats.day(movement.on),
    }
    return _moved(
        request,
        file,
        form,
        act,
        title=_("Anular el último movimiento"),
        done=_("Movimiento anulado."),
        button=_("Anular"),
        lead=f"{file.identity.name} · {file.code}. {what}",
        danger=True,
    )


def _moved(
    request: HttpRequest,
    file: PersonFile,
    form: forms.Form,
    act: Callable[[Any], None],
    *,
    title: str,
    done: str,
    button: str = "",
    lead: str = "",
    danger: bool = False,
) -> HttpResponse:
    """The same, for acts that may take the person out of the reader's sight: back to the list then."""

    def move(typed: Any) -> str:
        act(typed)
        return "" if request.reader.national else reverse("register:people")

    button = button or _("Registrar")
    return person_act(request, file, form, move, title=title, button=button, done=done, lead=lead, danger=danger)


@page(Permission.EDIT_PEOPLE)
def admit(request: HttpRequest) -> HttpResponse:
    """Admits a new person, or one whose code is given; `?por=` offers a revocation or a recapture."""
    asked = request.GET.get("por", "")
    entry = asked if asked in set(rules.EntryKind) else rules.EntryKind.MANDATE.value
    initial = {
        "person_code": request.GET.get("persona", ""),
        "entry_kind": entry,
        "document_kind": rules.DocumentKind.UNKNOWN.value,
        "nationality": "PE",
    }
    form = AdmitForm(
        sent(request),
        initial=initial,
        facilities=territory.facility_refs(request.reader),
        catalogue=queries.offences(),
    )
    people = Link(_("Registro"), reverse("register:people"))
    return ask(
        request,
        form,
        lambda typed: _admit(request, form),
        title=_("Registrar un ingreso"),
        lead=_("La identidad queda por confirmar hasta comprobarla con el documento y las huellas."),
        button=_("Registrar el ingreso"),
        back=people.url,
        trail=[people],
        template="register/admit.html",
    )


def _admit(request: HttpRequest, form: AdmitForm) -> str:
    """Admits the person and goes to their file."""
    known = form.cleaned_data["person_code"]
    code = commands.admit(
        by=request.reader,
        admission=form.admission(),
        today=clock.today(),
        identity=None if known else form.identity(),
        person_code=known,
    )
    messages.success(request, _("Ingreso registrado: %(code)s.") % {"code": code})
    warn_of_duplicates(request, code)
    return reverse("register:person", args=(code,))

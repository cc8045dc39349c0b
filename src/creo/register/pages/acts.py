"""The acts on a person: each a form, a command, and the way back to the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.register import commands, queries
from creo.register.forms import (
    AdmitForm,
    BirthDateForm,
    ConfirmIdentityForm,
    CorrectIdentityForm,
    LegalStatusForm,
    OffenceForm,
    ReleaseForm,
    SecurityFactsForm,
    TransferForm,
    add_refusal,
    identity_initial,
    read_truth,
    truth_text,
)
from creo.register.queries import PersonFile
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import system
from creo.support.pages import page
from creo.support.refusals import Refused
from creo.support.ui.parts import Link
from creo.territory import queries as territory


def _act(
    request: HttpRequest,
    file: PersonFile,
    form: forms.Form,
    act: Callable[[Any], None],
    *,
    title: str,
    button: str,
    done: str,
    lead: str = "",
    danger: bool = False,
) -> HttpResponse:
    """Shows a form, or does its act and goes back to the file; a refusal comes back with what was typed (422)."""
    address = reverse("register:person", args=(file.code,))
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                act(form.cleaned_data)
            except Refused as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, done)
                return HttpResponseRedirect(address)
        status = 422
    context = {
        "form": form,
        "title": title,
        "lead_text": lead or f"{file.identity.name} · {file.code}",
        "button": button,
        "danger": danger,
        "back_url": address,
        "trail": [Link(_("Registro"), reverse("register:people")), Link(file.identity.name, address)],
    }
    return render(request, "register/act.html", context, status=status)


def _file(request: HttpRequest, code: str) -> PersonFile:
    return queries.person(request.reader, code, clock.today())


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@page(Permission.EDIT_PEOPLE)
def correct_identity(request: HttpRequest, code: str) -> HttpResponse:
    """Corrects the present identity."""
    file = _file(request, code)
    form = CorrectIdentityForm(_typed(request), initial=identity_initial(file))

    def act(typed: Any) -> None:
        commands.correct_identity(
            by=request.reader,
            person_code=file.code,
            changes=form.changes(),
            reason=typed["reason"],
            today=clock.today(),
        )

    return _act(
        request,
        file,
        form,
        act,
        title=_("Corregir la identidad"),
        button=_("Guardar"),
        done=_("Identidad corregida. Falta confirmarla."),
    )


@page(Permission.EDIT_PEOPLE)
def birth_date(request: HttpRequest, code: str) -> HttpResponse:
    """Records the birth date alone."""
    file = _file(request, code)
    form = BirthDateForm(_typed(request), initial={"birth_date": file.identity.birth_date})

    def act(typed: Any) -> None:
        commands.correct_identity(
            by=request.reader,
            person_code=file.code,
            changes={"birth_date": typed["birth_date"]},
            reason=typed["reason"],
            today=clock.today(),
        )

    return _act(
        request,
        file,
        form,
        act,
        title=_("Registrar la fecha de nacimiento"),
        button=_("Guardar"),
        done=_("Fecha de nacimiento registrada. Falta confirmar la identidad."),
    )


@page(Permission.EDIT_PEOPLE)
def confirm_identity(request: HttpRequest, code: str) -> HttpResponse:
    """Confirms the present identity."""
    file = _file(request, code)
    form = ConfirmIdentityForm(_typed(request))

    def act(typed: Any) -> None:
        commands.confirm_identity(by=request.reader, person_code=file.code, reason=typed["reason"])

    return _act(
        request,
        file,
        form,
        act,
        title=_("Confirmar la identidad"),
        button=_("Confirmar"),
        done=_("Identidad confirmada."),
    )


@page(Permission.EDIT_PEOPLE)
def main_offence(request: HttpRequest, code: str) -> HttpResponse:
    """Records the main offence of the open episode."""
    file = _file(request, code)
    present = file.held.main_offence if file.held else None
    initial = {"offence": present.code, "attempt": truth_text(present.attempt)} if present else {}
    form = OffenceForm(_typed(request), initial=initial, catalogue=queries.offences())

    def act(typed: Any) -> None:
        commands.set_main_offence(
            by=request.reader,
            person_code=file.code,
            offence_code=typed["offence"],
            attempt=read_truth(typed["attempt"]),
            reason=typed["reason"],
            today=clock.today(),
        )

    return _act(
        request,
        file,
        form,
        act,
        title=_("Registrar el delito principal"),
        button=_("Guardar"),
        done=_("Delito principal registrado."),
    )


@page(Permission.EDIT_PEOPLE)
def legal_status(request: HttpRequest, code: str) -> HttpResponse:
    """Records the legal status of the open episode."""
    file = _file(request, code)
    held = file.held
    initial = {"status": held.legal_status, "next_hearing_on": held.next_hearing_on} if held else {}
    form = LegalStatusForm(_typed(request), initial=initial)

    def act(typed: Any) -> None:
        commands.set_legal_status(
            by=request.reader,
            person_code=file.code,
            status=typed["status"],
            on=typed["on"],
            next_hearing_on=typed["next_hearing_on"],
            reason=typed["reason"],
            today=clock.today(),
        )

    return _act(
        request,
        file,
        form,
        act,
        title=_("Registrar la situación jurídica"),
        button=_("Guardar"),
        done=_("Situación jurídica registrada."),
    )


@page(Permission.EDIT_PEOPLE)
def security_facts(request: HttpRequest, code: str) -> HttpResponse:
    """Records the link with organised crime and the classification in Extreme Security."""
    file = _file(request, code)
    held = file.held
    kept = {"organised_crime": held.organised_crime, "extreme_security": held.extreme_security} if held else {}
    form = SecurityFactsForm(_typed(request), initial={name: truth_text(value) for name, value in kept.items()})

    def act(typed: Any) -> None:
        commands.set_security_facts(
            by=request.reader,
            person_code=file.code,
            organised_crime=read_truth(typed["organised_crime"]),
            extreme_security=read_truth(typed["extreme_security"]),
            reason=typed["reason"],
        )

    return _act(
        request,
        file,
        form,
        act,
        title=_("Registrar vínculo y clasificación"),
        button=_("Guardar"),
        done=_("Datos registrados."),
    )


@page(Permission.EDIT_PEOPLE)
def transfer(request: HttpRequest, code: str) -> HttpResponse:
    """Moves the person to another prison, anywhere in the country."""
    file = _file(request, code)
    here = file.held.facility if file.held else ""
    others = [ref for ref in territory.facility_refs(system()) if ref.code != here]
    form = TransferForm(_typed(request), facilities=others)

    def act(typed: Any) -> None:
        commands.transfer(
            by=request.reader,
            person_code=file.code,
            from_facility=here,
            to_facility=typed["to_facility"],
            on=typed["on"],
            reason=typed["reason"],
            today=clock.today(),
        )

    return _moved(request, file, form, act, title=_("Registrar un traslado"), done=_("Traslado registrado."))


@page(Permission.EDIT_PEOPLE)
def release(request: HttpRequest, code: str) -> HttpResponse:
    """Ends the open episode."""
    file = _file(request, code)
    form = ReleaseForm(_typed(request))

    def act(typed: Any) -> None:
        commands.release(
            by=request.reader,
            person_code=file.code,
            on=typed["on"],
            kind=typed["kind"],
            reason=typed["reason"],
            today=clock.today(),
        )

    return _moved(request, file, form, act, title=_("Registrar el egreso"), done=_("Egreso registrado."))


def _moved(
    request: HttpRequest, file: PersonFile, form: forms.Form, act: Callable[[Any], None], *, title: str, done: str
) -> HttpResponse:
    """The same, for acts that may take the person out of the reader's sight: back to the list then."""
    answer = _act(request, file, form, act, title=title, button=_("Registrar"), done=done, danger=False)
    if isinstance(answer, HttpResponseRedirect) and not request.reader.national:
        return HttpResponseRedirect(reverse("register:people"))
    return answer


@page(Permission.EDIT_PEOPLE)
def admit(request: HttpRequest) -> HttpResponse:
    """Admits a new person, or one whose code is given."""
    initial = {"person_code": request.GET.get("persona", ""), "document_kind": "dni", "nationality": "PE"}
    form = AdmitForm(
        _typed(request),
        initial=initial,
        facilities=territory.facility_refs(request.reader),
        catalogue=queries.offences(),
    )
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                code = _admit(request, form)
            except Refused as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, _("Ingreso registrado: %(code)s.") % {"code": code})
                return HttpResponseRedirect(reverse("register:person", args=(code,)))
        status = 422
    context = {"form": form, "trail": [Link(_("Registro"), reverse("register:people"))]}
    return render(request, "register/admit.html", context, status=status)


def _admit(request: HttpRequest, form: AdmitForm) -> str:
    code = form.cleaned_data["person_code"]
    return commands.admit(
        by=request.reader,
        admission=form.admission(),
        today=clock.today(),
        identity=None if code else form.identity(),
        person_code=code,
    )

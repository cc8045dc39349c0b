"""The acts on what is known of a person: each a form, a command, and the way back to the file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from creo.register import commands, queries
from creo.register.forms import (
    BirthDateForm,
    ConfirmIdentityForm,
    CorrectIdentityForm,
    LegalStatusForm,
    OffenceForm,
    SecurityFactsForm,
    identity_initial,
    read_truth,
    truth_text,
)
from creo.register.pages.answering import file_of, person_act
from creo.register.pages.duplicates import warn_of_duplicates
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.asking import sent
from creo.support.pages import page


@page(Permission.EDIT_PEOPLE)
def correct_identity(request: HttpRequest, code: str) -> HttpResponse:
    """Corrects the present identity."""
    file = file_of(request, code)
    form = CorrectIdentityForm(sent(request), initial=identity_initial(file))

    def act(typed: Any) -> None:
        commands.correct_identity(
            by=request.reader,
            person_code=file.code,
            changes=form.changes(),
            reason=typed["reason"],
            today=clock.today(),
        )
        warn_of_duplicates(request, file.code)

    return person_act(
        request,
        file,
        form,
        act,
        title=_("Corregir la identidad"),
        done=_("Identidad corregida. Falta confirmarla."),
    )


@page(Permission.EDIT_PEOPLE)
def birth_date(request: HttpRequest, code: str) -> HttpResponse:
    """Records the birth date alone."""
    file = file_of(request, code)
    form = BirthDateForm(sent(request), initial={"birth_date": file.identity.birth_date})

    def act(typed: Any) -> None:
        commands.correct_identity(
            by=request.reader,
            person_code=file.code,
            changes={"birth_date": typed["birth_date"]},
            reason=typed["reason"],
            today=clock.today(),
        )
        warn_of_duplicates(request, file.code)

    return person_act(
        request,
        file,
        form,
        act,
        title=_("Registrar la fecha de nacimiento"),
        done=_("Fecha de nacimiento registrada. Falta confirmar la identidad."),
    )


@page(Permission.EDIT_PEOPLE)
def confirm_identity(request: HttpRequest, code: str) -> HttpResponse:
    """Confirms the present identity."""
    file = file_of(request, code)
    form = ConfirmIdentityForm(sent(request))

    def act(typed: Any) -> None:
        commands.confirm_identity(by=request.reader, person_code=file.code, reason=typed["reason"])

    return person_act(
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
    file = file_of(request, code)
    present = file.held.main_offence if file.held else None
    initial = {"offence": present.code, "attempt": truth_text(present.attempt)} if present else {}
    form = OffenceForm(sent(request), initial=initial, catalogue=queries.offences())

    def act(typed: Any) -> None:
        commands.set_main_offence(
            by=request.reader,
            person_code=file.code,
            offence_code=typed["offence"],
            attempt=read_truth(typed["attempt"]),
            on=typed["on"],
            reason=typed["reason"],
            today=clock.today(),
        )

    return person_act(
        request,
        file,
        form,
        act,
        title=_("Registrar el delito principal"),
        done=_("Delito principal registrado."),
    )


@page(Permission.EDIT_PEOPLE)
def legal_status(request: HttpRequest, code: str) -> HttpResponse:
    """Records the legal status of the open episode."""
    file = file_of(request, code)
    held = file.held
    initial = {"status": held.legal_status, "next_hearing_on": held.next_hearing_on} if held else {}
    form = LegalStatusForm(sent(request), initial=initial)

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

    return person_act(
        request,
        file,
        form,
        act,
        title=_("Registrar la situación jurídica"),
        done=_("Situación jurídica registrada."),
    )


@page(Permission.EDIT_PEOPLE)
def security_facts(request: HttpRequest, code: str) -> HttpResponse:
    """Records the link with organised crime and the classification in Extreme Security."""
    file = file_of(request, code)
    held = file.held
    kept = {"organised_crime": held.organised_crime, "extreme_security": held.extreme_security} if held else {}
    form = SecurityFactsForm(sent(request), initial={name: truth_text(value) for name, value in kept.items()})

    def act(typed: Any) -> None:
        commands.set_security_facts(
            by=request.reader,
            person_code=file.code,
            organised_crime=read_truth(typed["organised_crime"]),
            extreme_security=read_truth(typed["extreme_security"]),
            reason=typed["reason"],
        )

    return person_act(
        request,
        file,
        form,
        act,
        title=_("Registrar vínculo y clasificación"),
        done=_("Datos registrados."),
    )

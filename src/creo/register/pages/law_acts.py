"""The acts of courts on a person: each a form, a command, and the way back to the legal side of the file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.register import commands, queries, rules
from creo.register.forms import (
    AnnulSentenceForm,
    CloseOffenceForm,
    CreditForm,
    DeclarationForm,
    EndDeclarationForm,
    LiftMandateForm,
    MandateForm,
    OtherOffenceForm,
    SentenceForm,
    WithdrawCreditForm,
    read_truth,
)
from creo.register.pages.answering import person_act
from creo.register.queries import LegalFile
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.asking import Act, sent
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Link

Options = list[tuple[str, str]]


def _file(request: HttpRequest, code: str) -> LegalFile:
    return queries.legal_file(request.reader, code, clock.today())


def _answer(request: HttpRequest, file: LegalFile, form: forms.Form, act: Act, title: str, done: str) -> HttpResponse:
    tab = Link(_("Legal"), reverse("register:legal", args=(file.code,)))
    return person_act(request, file, form, act, title=title, done=done, tab=tab)


def _episodes(file: LegalFile) -> Options:
    """The episodes to choose from, the present or last one first."""
    return [
        (
            str(row.number),
            _("Episodio %(number)d, desde el %(day)s") % {"number": row.number, "day": formats.day(row.admitted_on)},
        )
        for row in file.episodes
    ]


def _sentences(file: LegalFile) -> Options:
    """The sentences in force to choose from."""
    return [
        (str(row.id), _("%(case)s, del %(day)s") % {"case": row.words, "day": formats.day(row.issued_on)})
        for row in file.sentences
        if row.in_force
    ]


@page(Permission.EDIT_PEOPLE)
def other_offence(request: HttpRequest, code: str) -> HttpResponse:
    """Adds another offence to the open episode."""
    file = _file(request, code)
    form = OtherOffenceForm(sent(request), catalogue=queries.offences())

    def act(typed: Any) -> None:
        commands.add_offence(
            by=request.reader,
            person_code=file.code,
            offence_code=typed["offence"],
            attempt=read_truth(typed["attempt"]),
            on=typed["on"],
            reason=typed["reason"],
            today=clock.today(),
        )

    return _answer(request, file, form, act, _("Agregar otro delito"), _("Delito agregado."))


@page(Permission.EDIT_PEOPLE)
def offence_close(request: HttpRequest, code: str) -> HttpResponse:
    """Closes an offence that is no longer charged."""
    file = _file(request, code)
    rows = file.held.offences if file.held is not None else ()
    options = [(row.code, row.label) for row in rows if row.current and row.code and not row.is_main]
    form = CloseOffenceForm(sent(request), offences=options)

    def act(typed: Any) -> None:
        commands.close_offence(
            by=request.reader,
            person_code=file.code,
            offence_code=typed["offence"],
            on=typed["on"],
            reason=typed["reason"],
            today=clock.today(),
        )

    return _answer(request, file, form, act, _("Cerrar un delito"), _("Delito cerrado: queda en la historia."))


@page(Permission.EDIT_PEOPLE)
def mandate_new(request: HttpRequest, code: str) -> HttpResponse:
    """Records a detention mandate."""
    file = _file(request, code)
    form = MandateForm(sent(request), episodes=_episodes(file))

    def act(typed: Any) -> None:
        commands.record_mandate(
            by=request.reader,
            person_code=file.code,
            mandate=form.mandate(),
            reason=typed["reason"],
            today=clock.today(),
            episode=typed.get("episode"),
        )

    return _answer(request, file, form, act, _("Registrar un mandato de detención"), _("Mandato registrado."))


@page(Permission.EDIT_PEOPLE)
def mandate_lift(request: HttpRequest, code: str) -> HttpResponse:
    """Lifts a detention mandate."""
    file = _file(request, code)
    options = [(str(row.id), f"{row.case_number}, {row.court}") for row in file.mandates if row.in_force]
    form = LiftMandateForm(sent(request), mandates=options)

    def act(typed: Any) -> None:
        commands.lift_mandate(
            by=request.reader,
            person_code=file.code,
            mandate_id=typed["mandate"],
            on=typed["on"],
            kind=typed["kind"],
            reason=typed["reason"],
            today=clock.today(),
        )

    return _answer(request, file, form, act, _("Levantar un mandato de detención"), _("Mandato levantado."))


@page(Permission.EDIT_PEOPLE)
def sentence_new(request: HttpRequest, code: str) -> HttpResponse:
    """Records a sentence."""
    file = _file(request, code)
    main = next((row for row in file.held.offences if row.current and row.is_main), None) if file.held else None
    form = SentenceForm(
        sent(request),
        initial={"offence_1": main.code if main is not None else "", "penalty": rules.PenaltyKind.FIXED.value},
        episodes=_episodes(file),
        catalogue=queries.offences(),
        sentences=_sentences(file),
    )

    def act(typed: Any) -> None:
        commands.record_sentence(
            by=request.reader,
            person_code=file.code,
            sentence=form.sentence(),
            reason=typed["reason"],
            today=clock.today(),
            episode=typed.get("episode"),
        )

    return _answer(request, file, form, act, _("Registrar una sentencia"), _("Sentencia registrada."))


@page(Permission.EDIT_PEOPLE)
def sentence_annul(request: HttpRequest, code: str) -> HttpResponse:
    """Annuls a sentence, or replaces it by another."""
    file = _file(request, code)
    form = AnnulSentenceForm(sent(request), sentences=_sentences(file))

    def act(typed: Any) -> None:
        commands.annul_sentence(
            by=request.reader,
            person_code=file.code,
            sentence_id=typed["sentence"],
            on=typed["on"],
            reason=typed["reason"],
            today=clock.today(),
            replaced_by=typed["replaced_by"],
        )

    return _answer(request, file, form, act, _("Anular o reemplazar una sentencia"), _("Sentencia fuera de vigencia."))


@page(Permission.EDIT_PEOPLE)
def credit_new(request: HttpRequest, code: str) -> HttpResponse:
    """Credits earlier detention to a sentence."""
    file = _file(request, code)
    form = CreditForm(sent(request), sentences=_sentences(file))

    def act(typed: Any) -> None:
        commands.credit_detention(
            by=request.reader,
            person_code=file.code,
            sentence_id=typed["sentence"],
            first_day=typed["first_day"],
            last_day=typed["last_day"],
            source=typed["source"],
            today=clock.today(),
        )

    return _answer(request, file, form, act, _("Abonar detención anterior"), _("Detención abonada."))


@page(Permission.EDIT_PEOPLE)
def credit_withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Takes back a credit."""
    file = _file(request, code)
    options = [
        (
            str(item.id),
            _("Del %(first)s al %(last)s, %(case)s")
            % {"first": formats.day(item.first_day), "last": formats.day(item.last_day), "case": row.words},
        )
        for row in file.sentences
        for item in row.credits
        if item.withdrawn_on is None
    ]
    form = WithdrawCreditForm(sent(request), credits=options)

    def act(typed: Any) -> None:
        commands.withdraw_credit(
            by=request.reader,
            person_code=file.code,
            credit_id=typed["credit"],
            on=typed["on"],
            reason=typed["reason"],
            today=clock.today(),
        )

    return _answer(request, file, form, act, _("Retirar un abono de detención"), _("Abono retirado."))


@page(Permission.EDIT_PEOPLE)
def declaration_new(request: HttpRequest, code: str) -> HttpResponse:
    """Records what a court declared: recidivist, habitual, or expressly not."""
    file = _file(request, code)
    form = DeclarationForm(sent(request), episodes=_episodes(file))

    def act(typed: Any) -> None:
        commands.declare_judicial_status(
            by=request.reader,
            person_code=file.code,
            kind=typed["kind"],
            declared=typed["declared"],
            court=typed["court"],
            case_number=typed["case_number"],
            on=typed["on"],
            reason=typed["reason"],
            today=clock.today(),
            episode=typed.get("episode"),
        )

    return _answer(request, file, form, act, _("Registrar una declaración judicial"), _("Declaración registrada."))


@page(Permission.EDIT_PEOPLE)
def declaration_end(request: HttpRequest, code: str) -> HttpResponse:
    """Records that a declaration was left without effect."""
    file = _file(request, code)
    options = [
        (str(row.id), f"{_(rules.JUDICIAL_WORDS[row.kind])} · {row.case_number}, {row.court}")
        for row in file.declarations
        if row.ended_on is None
    ]
    form = EndDeclarationForm(sent(request), declarations=options)

    def act(typed: Any) -> None:
        commands.end_judicial_status(
            by=request.reader,
            person_code=file.code,
            declaration_id=typed["declaration"],
            on=typed["on"],
            reason=typed["reason"],
            today=clock.today(),
        )

    return _answer(request, file, form, act, _("Dejar una declaración sin efecto"), _("Declaración sin efecto."))

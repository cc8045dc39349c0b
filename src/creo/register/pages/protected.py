"""Who a person is beyond the names: identification sheet, references, aliases; and protected facts, with a purpose."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.kernel.access import Access
from creo.register import commands, queries, rules
from creo.register.forms import AliasForm, BiometricForm, MistakeForm, ProtectedForm
from creo.register.pages.answering import person_act, person_trail
from creo.register.pages.documents import band_items
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.asking import Act, sent
from creo.support.looking.asking import ask_purpose
from creo.support.looking.queries import stated_purpose
from creo.support.looking.tables import purpose_words
from creo.support.pages import page
from creo.support.refusals import NotFound
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Fact, Link


@page(Permission.VIEW_PEOPLE)
def identification(request: HttpRequest, code: str) -> HttpResponse:
    """The identification sheet (Regl. CEP art. 45): which parts exist, aliases, references."""
    sheet = queries.identification(request.reader, code)
    head = sheet.heading
    if head.code != code:
        return HttpResponseRedirect(reverse("register:identification", args=(head.code,)))
    may_edit = request.reader.can(Permission.EDIT_PEOPLE)
    context = {
        "head": head,
        "band_items": band_items(head),
        "trail": person_trail(head),
        "part_columns": [Column(_("Parte")), Column(_("Norma")), Column(_("Estado"), "state")],
        "part_rows": [_part_row(part, there) for part, there in sheet.parts.items()],
        "gaps": sheet.gaps,
        "alias_columns": [
            Column(_("Alias")),
            Column(_("Tipo")),
            Column(_("Fuente")),
            Column(_("Desde"), "day"),
            Column(_("Hasta"), "day"),
            Column(_("Acción")),
        ],
        "alias_rows": [_alias_row(row, head.code, may_edit) for row in sheet.aliases],
        "merged_columns": [Column(_("Nombre")), Column(_("Nacimiento"), "day"), Column(_("Documento"))],
        "merged_rows": [_merged_row(code, row) for code, row in sheet.merged],
        "biometric_columns": [
            Column(_("Qué identifica")),
            Column(_("Sistema")),
            Column(_("Referencia")),
            Column(_("Tomada el"), "day"),
            Column(_("Calidad"), "number"),
            Column(_("Estado"), "state"),
            Column(_("Acción")),
        ],
        "biometric_rows": [_biometric_row(row, head.code, may_edit) for row in sheet.biometrics],
        "may_edit": may_edit,
        "may_see_protected": request.reader.can(Permission.VIEW_PROTECTED),
    }
    return render(request, "register/identity_more.html", context)


def _part_row(part: str, there: bool | None) -> list[object]:
    state = {True: "yes", False: "unknown", None: "neutral"}[there]
    word = {True: _("Consta"), False: _("Falta"), None: _("Reservado")}[there]
    return [_(rules.SHEET_WORDS[part]), rules.SHEET_SOURCES[part].locator, Cell(state, word=word)]


def _alias_row(row: queries.AliasRow, code: str, may_edit: bool) -> list[object]:
    close = Cell("")
    if may_edit and row.valid_to is None:
        close = Cell(_("Cerrar"), url=reverse("register:close_alias", args=(code, row.id)))
    return [row.name, _(rules.ALIAS_WORDS[row.kind]), row.source, row.valid_from, row.valid_to, close]


def _merged_row(code: str, row: queries.IdentityRow) -> list[object]:
    number = row.document_number or _(rules.DOCUMENT_WORDS[row.document_kind])
    origin = _("de la ficha unida %(code)s") % {"code": code}
    return [Cell(row.name, note=origin), row.birth_date, number]


def _biometric_row(row: queries.BiometricRow, code: str, may_edit: bool) -> list[object]:
    annul, state = Cell(""), Cell("yes", word=_("Vigente"))
    if row.annulled_on is not None:
        state = Cell("no", word=_("Anulada"))
    elif may_edit:
        annul = Cell(_("Anular"), url=reverse("register:annul_biometric", args=(code, row.id)))
    shown = row.reference or _("Reservado")
    return [_(rules.BIOMETRIC_WORDS[row.kind]), row.system, shown, row.taken_on, row.quality, state, annul]


@page(Permission.EDIT_PEOPLE)
def add_alias(request: HttpRequest, code: str) -> HttpResponse:
    """Records another name of the person."""
    head = queries.person_heading(request.reader, code)
    form = AliasForm(sent(request), initial={"on": clock.today()})

    def act(data: Any) -> None:
        commands.add_alias(
            by=request.reader, person_code=head.code, alias=form.alias(), on=data["on"], today=clock.today()
        )

    return _identity_act(request, head, form, act, title=_("Registrar un alias"), done=_("Alias registrado."))


@page(Permission.EDIT_PEOPLE)
def close_alias(request: HttpRequest, code: str, alias_id: int) -> HttpResponse:
    """Ends an alias that is not in use or was an error."""
    head = queries.person_heading(request.reader, code)
    form = MistakeForm(sent(request))

    def act(data: Any) -> None:
        commands.close_alias(
            by=request.reader, person_code=head.code, alias_id=alias_id, reason=data["reason"], today=clock.today()
        )

    return _identity_act(request, head, form, act, title=_("Cerrar el alias"), done=_("Alias cerrado."))


@page(Permission.EDIT_PEOPLE)
def add_biometric(request: HttpRequest, code: str) -> HttpResponse:
    """Records the code of a fingerprint, photograph or chart in another system."""
    head = queries.person_heading(request.reader, code)
    form = BiometricForm(sent(request))

    def act(data: Any) -> None:
        commands.add_biometric(by=request.reader, person_code=head.code, data=form.data_typed(), today=clock.today())

    title = _("Registrar una referencia biométrica")
    return _identity_act(request, head, form, act, title=title, done=_("Referencia registrada."))


@page(Permission.EDIT_PEOPLE)
def annul_biometric(request: HttpRequest, code: str, biometric_id: int) -> HttpResponse:
    """Marks a reference as recorded by mistake."""
    head = queries.person_heading(request.reader, code)
    form = MistakeForm(sent(request))

    def act(data: Any) -> None:
        commands.annul_biometric(
            by=request.reader,
            person_code=head.code,
            biometric_id=biometric_id,
            reason=data["reason"],
            today=clock.today(),
        )

    return _identity_act(request, head, form, act, title=_("Anular la referencia"), done=_("Referencia anulada."))


def _identity_act(
    request: HttpRequest, head: queries.PersonHeading, form: forms.Form, act: Act, *, title: str, done: str
) -> HttpResponse:
    return person_act(request, head, form, act, title=title, done=done, tab=_tab(head))


def _tab(head: queries.PersonHeading) -> Link:
    return Link(_("Identificación"), reverse("register:identification", args=(head.code,)))


# Protected facts ------------------------------------------------------------------------------------------------------


@page(Permission.VIEW_PROTECTED)
def protected(request: HttpRequest, code: str) -> HttpResponse:
    """The protected facts: closed until a purpose is given; each look leaves its entry."""
    purpose = stated_purpose(request.reader, "person", code, Access.HEALTH, clock.now())
    if request.method == "POST" or not purpose:
        return _ask_purpose(request, code)
    sheet = commands.look_at_protected(by=request.reader, person_code=code, purpose=purpose)
    head = sheet.heading
    tab = _tab(head)
    may_edit = request.reader.can(Permission.EDIT_PROTECTED)
    context = {
        "head": head,
        "trail": person_trail(head, tab),
        "purpose": purpose_words(purpose),
        "questions": [_question(kind, row, head.code, may_edit) for kind, row in sheet.present.items()],
        "earlier_columns": [
            Column(_("Pregunta")),
            Column(_("Respuesta")),
            Column(_("Desde"), "day"),
            Column(_("Hasta"), "day"),
            Column(_("Fuente")),
            Column(_("Estado"), "state"),
        ],
        "earlier_rows": [_earlier_row(row) for row in sheet.earlier],
    }
    return render(request, "register/protected.html", context)


def _ask_purpose(request: HttpRequest, code: str) -> HttpResponse:
    head = queries.person_heading(request.reader, code)
    address, tab = reverse("register:protected", args=(head.code,)), _tab(head)
    if head.code != code:
        return HttpResponseRedirect(address)
    return ask_purpose(
        request,
        sheet=commands.PROTECTED,
        code=head.code,
        name=head.name,
        back=tab.url,
        trail=person_trail(head, tab),
        onward=address,
    )


def _question(kind: str, row: queries.ProtectedRow | None, code: str, may_edit: bool) -> dict[str, Any]:
    answer = row.fact.answer if row is not None else ""
    return {
        "title": _(rules.PROTECTED_WORDS[kind]),
        "citation": rules.PROTECTED_SOURCES[kind],
        "state": {"yes": "info", "none": "neutral", "": "unknown"}[answer],
        "word": _(rules.ANSWER_WORDS[answer]),
        "facts": _facts(row) if row is not None else [],
        "duty": rules.duty(row.fact) if row is not None else "",
        "record_url": reverse("register:record_protected", args=(code, kind)) if may_edit else "",
        "annul_url": reverse("register:annul_protected", args=(code, row.id)) if may_edit and row is not None else "",
    }


def _facts(row: queries.ProtectedRow) -> list[Fact]:
    fact = row.fact
    facts = [Fact(_("Detalle"), protected_words(fact))] if fact.answer == rules.ProtectedAnswer.YES else []
    if fact.needs:
        facts.append(Fact(_("Necesita"), fact.needs))
    facts += [
        Fact(_("Desde"), row.valid_from, "day"),
        Fact(_("Fuente"), row.source, note=_("Registrado por %(who)s") % {"who": row.recorded_by}),
    ]
    return facts


def protected_words(fact: rules.ProtectedValue) -> str:
    """What an answer says, in one line."""
    match rules.ProtectedKind(fact.kind):
        case rules.ProtectedKind.DISABILITY:
            return _(rules.DISABILITY_WORDS[fact.value]) if fact.value else ""
        case rules.ProtectedKind.LANGUAGE:
            help_ = {
                True: _("necesita intérprete"),
                False: _("no necesita intérprete"),
                None: _("intérprete: no consta"),
            }
            return f"{fact.value}; {help_[fact.interpreter]}"
        case rules.ProtectedKind.PREGNANCY:
            return (
                _("Parto probable: %(day)s") % {"day": formats.day(fact.day)} if fact.day else _("Sin fecha de parto")
            )
        case rules.ProtectedKind.CHILDREN_INSIDE:
            until = formats.day(rules.leaves_on(fact.day)) if fact.day else "—"
            return _("%(number)d; el mayor cumple tres años el %(day)s") % {"number": fact.number or 0, "day": until}
        case rules.ProtectedKind.CHILDREN:
            return str(fact.number or "")
        case rules.ProtectedKind.COMMUNITY:
            return fact.value


def _earlier_row(row: queries.ProtectedRow) -> list[object]:
    said = protected_words(row.fact) if row.fact.answer == rules.ProtectedAnswer.YES else ""
    state = Cell("no", word=_("Anulado")) if row.annulled_reason else Cell("neutral", word=_("Terminado"))
    return [
        _(rules.PROTECTED_WORDS[row.fact.kind]),
        Cell(said or _(rules.ANSWER_WORDS[row.fact.answer]), note=row.annulled_reason),
        row.valid_from,
        row.valid_to,
        row.source,
        state,
    ]


@page(Permission.EDIT_PROTECTED)
def record_protected(request: HttpRequest, code: str, question: str) -> HttpResponse:
    """Records the answer to one question."""
    if question not in set(rules.ProtectedKind):
        raise NotFound
    head = queries.person_heading(request.reader, code)
    form = ProtectedForm(sent(request), kind=rules.ProtectedKind(question), initial={"since": clock.today()})

    def act(data: Any) -> None:
        commands.record_protected(
            by=request.reader,
            person_code=head.code,
            fact=form.fact(),
            since=data["since"],
            source=data["source"],
            today=clock.today(),
        )

    title = _(rules.PROTECTED_WORDS[question])
    return _protected_act(request, head, form, act, title=title, done=_("Respuesta registrada."))


@page(Permission.EDIT_PROTECTED)
def annul_protected(request: HttpRequest, code: str, fact_id: int) -> HttpResponse:
    """Marks an answer as recorded by mistake."""
    head = queries.person_heading(request.reader, code)
    form = MistakeForm(sent(request))

    def act(data: Any) -> None:
        commands.annul_protected(
            by=request.reader, person_code=head.code, fact_id=fact_id, reason=data["reason"], today=clock.today()
        )

    return _protected_act(request, head, form, act, title=_("Anular la respuesta"), done=_("Respuesta anulada."))


def _protected_act(
    request: HttpRequest, head: queries.PersonHeading, form: forms.Form, act: Act, *, title: str, done: str
) -> HttpResponse:
    tab = Link(_("Datos protegidos"), reverse("register:protected", args=(head.code,)))
    return person_act(request, head, form, act, title=title, done=done, tab=tab)

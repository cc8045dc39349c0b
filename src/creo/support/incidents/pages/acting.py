"""Acts of an incident, each on its page; the contacts that notices need."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.announcements.news import act_words
from creo.support.announcements.places import place_names
from creo.support.approvals.pages.looking import reader_of, staff
from creo.support.asking import Act, about, ask, sent
from creo.support.incidents import commands, queries, rules, wording
from creo.support.incidents.forms import (
    AssessForm,
    ContactForm,
    CorrectForm,
    EvidenceForm,
    KeepForm,
    NoticeForm,
    ReportForm,
    StepForm,
    TextForm,
)
from creo.support.incidents.queries import Sheet
from creo.support.pages import page
from creo.support.refusals import Forbidden, NotFound
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Link, Row


@page(permission=None)
def report(request: HttpRequest) -> HttpResponse:
    """A new incident, by anybody of the staff."""
    reader, now = staff(request), clock.now()
    form = ReportForm(sent(request), places=place_names(reader), initial={"known_at": now, "detected_at": now})

    def act(_typed: Any) -> str:
        made = commands.report(by=reader, told=form.told(), now=clock.now())
        return reverse("incidents:incident", args=[made.code])

    return ask(
        request,
        form,
        act,
        title=_("Reportar un incidente de seguridad"),
        lead=_("Cualquiera puede reportar. Repórtelo aunque no esté seguro: quien lo atiende lo evalúa."),
        button=_("Reportar"),
        done=_("El incidente quedó reportado y está en la bandeja de quien los atiende."),
        back=reverse("incidents:list"),
        trail=[Link(_("Incidentes de seguridad"), reverse("incidents:list"))],
    )


@page(Permission.MANAGE_INCIDENTS)
def assess(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of it now."""
    sheet = _handled(request, code)
    found = sheet.incident
    known = rules.assessment(sheet.story) is not None
    first: dict[str, Any] = {"personal_data": found.personal_data, "digital": found.digital}
    if known:
        first |= {"severity": found.severity, "people": found.people, "data_kinds": found.data_kinds}
    form = AssessForm(sent(request), initial=first)

    def act(_typed: Any) -> None:
        commands.assess(by=reader_of(request), code=code, told=form.told(), now=clock.now())

    return _ask(request, sheet, form, act, _("Evaluar el incidente"), _("Guardar la evaluación"))


@page(Permission.MANAGE_INCIDENTS)
def measure(request: HttpRequest, code: str) -> HttpResponse:
    """Something that was done to stop or mend it."""
    sheet = _handled(request, code)
    form = StepForm(sent(request), initial={"at": clock.now()})

    def act(typed: Any) -> None:
        commands.add_measure(by=reader_of(request), code=code, now=clock.now(), **typed)

    return _ask(request, sheet, form, act, _("Agregar una medida"), _("Agregar la medida"))


@page(Permission.MANAGE_INCIDENTS)
def notice(request: HttpRequest, code: str, whom: str) -> HttpResponse:
    """A notice that was given to the authority, to the people, or to the digital security centre."""
    titles = {
        "autoridad": _("Registrar el aviso a la autoridad"),
        "personas": _("Registrar el aviso a las personas afectadas"),
        "digital": _("Registrar el aviso al centro nacional de seguridad digital"),
    }
    if whom not in titles:
        raise Http404
    sheet = _handled(request, code)
    form = NoticeForm(sent(request), initial={"at": clock.now()})

    def act(typed: Any) -> None:
        commands.notify(by=reader_of(request), code=code, whom=whom, now=clock.now(), **typed)

    return _ask(request, sheet, form, act, titles[whom], _("Registrar el aviso"))


@page(Permission.MANAGE_INCIDENTS)
def correct(request: HttpRequest, code: str) -> HttpResponse:
    """What was reported, corrected; what it said before stays."""
    sheet = _handled(request, code)
    found = sheet.incident
    names = ("kind", "title", "description", "detected_at", "known_at")
    first = {name: getattr(found, name) for name in names}
    form = CorrectForm(sent(request), held_at=found.place, places={}, initial=first)

    def act(typed: Any) -> None:
        commands.correct(by=reader_of(request), code=code, told=form.told(), reason=typed["reason"], now=clock.now())

    return _ask(request, sheet, form, act, _("Corregir el reporte"), _("Guardar la corrección"))


@page(Permission.MANAGE_INCIDENTS)
def close(request: HttpRequest, code: str) -> HttpResponse:
    """How it ended."""
    sheet = _handled(request, code)
    form = TextForm(sent(request), label=_("Cómo terminó y qué se aprendió"))

    def act(typed: Any) -> None:
        commands.close(by=reader_of(request), code=code, text=typed["text"], now=clock.now())

    return _ask(request, sheet, form, act, _("Cerrar el incidente"), _("Cerrar el incidente"))


@page(Permission.MANAGE_INCIDENTS)
def annul(request: HttpRequest, code: str, event_id: int) -> HttpResponse:
    """Takes one act of the story back."""
    sheet = _handled(request, code)
    event = next((each for each in sheet.events if each.pk == event_id), None)
    if event is None:
        raise NotFound
    form = TextForm(
        sent(request), label=_("Por qué se anula"), help_text=_("El acto sigue en la historia, marcado como anulado.")
    )

    def act(typed: Any) -> None:
        commands.annul(by=reader_of(request), code=code, event_id=event_id, reason=typed["text"], now=clock.now())

    title = _("Anular: %(what)s") % {"what": wording.event_title(event)}
    names = {"reason": "text"}
    return _ask(request, sheet, form, act, title, _("Anular el acto"), danger=True, names=names)


@page(Permission.MANAGE_INCIDENTS)
def evidence(request: HttpRequest, code: str) -> HttpResponse:
    """A search of the ledger, kept as evidence with one button."""
    sheet = _handled(request, code)
    search = EvidenceForm(request.GET or None)
    wanted = search.wanted() if request.GET else queries.LedgerSearch()
    most = rules.parameters().on("evidence_most", clock.today()) or 0
    found = queries.search_ledger(reader_of(request), wanted, most=most)
    form = KeepForm(sent(request))

    def act(typed: Any) -> None:
        commands.add_evidence(by=reader_of(request), code=code, wanted=wanted, text=typed["text"], now=clock.now())

    columns = [Column(_("Cuándo"), "moment"), Column(_("Quién")), Column(_("Acto")), Column(_("Sobre"))]
    rows = [Row([entry.at, entry.actor, Cell(act_words(entry.act)), entry.subject_code]) for entry in found.first]
    return _ask(
        request,
        sheet,
        form,
        act,
        _("Agregar evidencia"),
        _("Guardar como evidencia"),
        template="incidents/evidence.html",
        search=search,
        searched=not wanted.empty,
        columns=columns,
        rows=rows,
        total=formats.number(found.total),
        too_many=found.total > most,
        may_keep=0 < found.total <= most,
        most=formats.number(most),
        shown=len(rows),
    )


@page(permission=None)
def contacts(request: HttpRequest) -> HttpResponse:
    """Who fills the posts that notices need, today and before."""
    reader, today = staff(request), clock.today()
    if not any(reader.can(each) for each in (Permission.VIEW_INCIDENTS, Permission.MANAGE_INCIDENTS)):
        raise Forbidden(_("Su rol no permite este acto. Pídalo a quien administra los accesos."))
    may_set = reader.at_places_of(Permission.MANAGE_INCIDENTS)
    context = {
        "columns": [Column(_("Cargo")), Column(_("Quién")), Column(_("Cómo se le avisa")), Column(_("Qué hacer"))],
        "rows": [
            Row(
                [
                    _(rules.SLOT_WORDS[slot]),
                    row.name if row else Cell("unknown", kind="state", word=_("Sin registrar")),
                    row.detail if row else None,
                    Cell(
                        _("Cambiar") if row else _("Registrar"),
                        url=reverse("incidents:set_contact", args=[slot]),
                        label=_("Registrar: %(slot)s") % {"slot": _(rules.SLOT_WORDS[slot])},
                    )
                    if may_set.can(Permission.MANAGE_INCIDENTS) and may_set.national
                    else None,
                ]
            )
            for slot, row in queries.contacts(today).items()
        ],
        "past_columns": [
            Column(_("Cargo")),
            Column(_("Quién")),
            Column(_("Desde"), "day"),
            Column(_("Hasta"), "day"),
            Column(_("De dónde sale")),
            Column(_("Lo registró")),
        ],
        "past": [
            Row([_(rules.SLOT_WORDS[row.slot]), row.name, row.valid_from, row.valid_to, row.source, row.set_by.name])
            for row in queries.contacts_told()
        ],
        "trail": [Link(_("Incidentes de seguridad"), reverse("incidents:list"))],
    }
    return render(request, "incidents/contacts.html", context)


@page(Permission.MANAGE_INCIDENTS)
def set_contact(request: HttpRequest, slot: str) -> HttpResponse:
    """Who fills a post from a day on."""
    if slot not in rules.SLOT_WORDS:
        raise Http404
    if not reader_of(request).national:
        raise Forbidden(_("Los contactos valen para todo el país: los fija alguien con ámbito nacional."))
    form = ContactForm(sent(request), initial={"valid_from": clock.today()})

    def act(typed: Any) -> None:
        commands.set_contact(by=reader_of(request), slot=slot, **typed)

    return ask(
        request,
        form,
        act,
        title=_(rules.SLOT_WORDS[slot]),
        lead=_("El anterior termina ese día y queda en la historia."),
        button=_("Guardar el contacto"),
        done=_("El contacto quedó registrado."),
        back=reverse("incidents:contacts"),
        trail=[
            Link(_("Incidentes de seguridad"), reverse("incidents:list")),
            Link(_("Contactos"), reverse("incidents:contacts")),
        ],
    )


def _handled(request: HttpRequest, code: str) -> Sheet:
    """An incident that the reader acts on. NotFound out of sight; Forbidden to who only reported it."""
    sheet = queries.sheet(reader_of(request), code, clock.now())
    if not sheet.handles:
        raise Forbidden(_("Los actos de un incidente son de quien los atiende en su lugar."))
    return sheet


def _ask(
    request: HttpRequest, sheet: Sheet, form: forms.Form, act: Act, title: str, button: str, **more: Any
) -> HttpResponse:
    found = sheet.incident
    url = reverse("incidents:incident", args=[found.code])
    return ask(
        request,
        form,
        act,
        title=title,
        lead=about(found.title, found.code),
        button=button,
        done=_("Quedó registrado."),
        back=url,
        trail=[Link(_("Incidentes de seguridad"), reverse("incidents:list")), Link(found.code, url)],
        **more,
    )

"""Requests of people about their own data: by deadline, one by one, per person; and the copy of their file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.register import commands, queries, reports, rules
from creo.register.forms import AnswerForm, AssignForm, DeliveryForm, RequestFilterForm, RequestForm
from creo.register.pages.answering import person_act, person_trail
from creo.register.pages.documents import band_items
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.asking import about, ask, sent
from creo.support.exports import answers as exports
from creo.support.exports.commands import mark_for
from creo.support.exports.listings import Listing, Mark
from creo.support.looking.asking import with_purpose
from creo.support.pages import page
from creo.support.refusals import NotFound, Refused
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Event, Fact, Link, Row
from creo.territory import queries as territory

STATES = {"received": "info", "in_review": "info", "accepted": "yes", "partial": "yes", "rejected": "no"}
SOON = 5  # working days: what is due this week


@page(Permission.HANDLE_RIGHTS)
def rights(request: HttpRequest) -> HttpResponse:
    """The requests in the reader's scope, the nearest deadline first."""
    reader, today = request.reader, clock.today()
    form = RequestFilterForm(request.GET, territory.facility_refs(reader))
    filters = form.wanted()
    found = queries.requests_page(reader, filters, today, request.GET.get("cursor", ""))
    count = queries.requests_count(reader, filters, today)
    kept = request.GET.copy()
    kept.pop("cursor", None)
    asked = f"?{kept.urlencode()}" if kept else ""
    exports = [
        {"url": reverse("register:rights_export", args=(kind,)) + asked, "label": label}
        for kind, label in (("xlsx", _("Descargar Excel")), ("csv", _("Descargar CSV")))
    ]
    context = {
        "form": form,
        "columns": _columns(),
        "rows": [_row(row) for row in found.rows],
        "page": found,
        "count_text": ngettext("%(n)s solicitud", "%(n)s solicitudes", count) % {"n": formats.number(count)},
        "clear_url": reverse("register:rights") if form.used else "",
        "exports": exports if count and reader.can(Permission.EXPORT) else [],
        "deadlines": [_deadline_words(item) for item in rules.rights_deadlines() if item.valid.contains(today)],
    }
    return render(request, "register/rights.html", context)


def _deadline_words(item: Any) -> Fact:
    days = ngettext("%(n)d día hábil", "%(n)d días hábiles", item.working_days) % {"n": item.working_days}
    return Fact(_(rules.RIGHT_WORDS[item.kind]), days, note=item.citation.label())


def _columns() -> list[Column]:
    return [
        Column(_("Solicitud")),
        Column(_("Persona")),
        Column(_("Qué pide")),
        Column(_("Vence"), "day"),
        Column(_("Plazo"), "state"),
        Column(_("Estado"), "state"),
    ]


def _row(row: queries.RequestRow) -> Row:
    received = _("Recibida el %(day)s") % {"day": formats.day(row.received_on)}
    cells = [
        Cell(row.number, url=reverse("register:right", args=(row.number,))),
        Cell(row.name, url=reverse("register:rights_person", args=(row.code,)), note=row.code),
        _(rules.RIGHT_SHORT_WORDS[row.kind]),
        Cell(row.due_on, note=received, kind="day"),
        time_left(row),
        Cell(STATES[row.state], word=_(rules.STATE_WORDS[row.state]), note=row.assigned_to),
    ]
    return Row(cells, state="no" if row.late and row.days_left is not None else "")


def time_left(row: queries.RequestRow) -> Cell:
    """How much of the deadline is left, in sign and word."""
    if row.days_left is None:
        return Cell("no", word=_("Fuera de plazo")) if row.late else Cell("yes", word=_("En plazo"))
    if row.days_left < 0:
        days = -row.days_left
        words = ngettext("Vencida hace %(n)d día hábil", "Vencida hace %(n)d días hábiles", days) % {"n": days}
        return Cell("no", word=words)
    if row.late:
        return Cell("no", word=_("Vencida"))
    if row.days_left == 0:
        return Cell("unknown", word=_("Vence hoy"))
    words = ngettext("Queda %(n)d día hábil", "Quedan %(n)d días hábiles", row.days_left) % {"n": row.days_left}
    return Cell("unknown" if row.days_left <= SOON else "neutral", word=words)


@page(Permission.EXPORT)
def rights_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The filtered list as CSV or XLSX; who took it stays in the ledger."""
    return exports.answer(request, kind, "register.rights")


def rights_list(reader: Reader, query: QueryDict) -> Listing:
    """The requests to hand out, by the query of their page."""
    reader.require(Permission.HANDLE_RIGHTS)
    today = clock.today()
    form = RequestFilterForm(query, territory.facility_refs(reader))
    filters = form.wanted()
    return Listing(
        act="register.requests_exported",
        subject=("list", "requests"),
        name=f"solicitudes-de-derechos-{today:%Y%m%d}",
        title=_("Solicitudes de derechos"),
        columns=_export_columns(),
        rows=lambda: _export_rows(queries.request_rows(reader, filters, today)),
        count=queries.requests_count(reader, filters, today),
        filters=form.in_words(),
    )


def _export_columns() -> list[Column]:
    return [
        Column(_("Solicitud")),
        Column(_("Código")),
        Column(_("Persona")),
        Column(_("Establecimiento")),
        Column(_("Qué pide")),
        Column(_("Recibida"), "day"),
        Column(_("Vence"), "day"),
        Column(_("Días hábiles que quedan"), "number"),
        Column(_("Estado")),
        Column(_("La revisa")),
        Column(_("Respondida"), "day"),
        Column(_("Fuera de plazo")),
    ]


def _export_rows(found: Iterator[queries.RequestRow]) -> Iterator[list[object]]:
    for row in found:
        yield [
            row.number,
            row.code,
            row.name,
            row.facility_name,
            _(rules.RIGHT_WORDS[row.kind]),
            row.received_on,
            row.due_on,
            row.days_left,
            _(rules.STATE_WORDS[row.state]),
            row.assigned_to,
            row.answered_on,
            row.late,
        ]


@page(Permission.HANDLE_RIGHTS)
def right(request: HttpRequest, number: str) -> HttpResponse:
    """One request: what is asked, its course, and what may be done now."""
    head, row = _found(request, number)
    events = [Event(row.received_on, _("Recibida"), _(rules.ASKER_WORDS[row.asker]) + _named(row), state="info")]
    if row.answered_on is None:
        events.insert(0, Event(row.due_on, _("Vence el plazo"), time_left(row).word, state="unknown"))
    else:
        events.insert(0, Event(row.answered_on, _(rules.STATE_WORDS[row.state]), row.answer, state=STATES[row.state]))
    deadline = rules.deadline_on(row.kind, row.received_on)
    open_acts = rules.open_acts(row.state)
    context = {
        "head": head,
        "row": row,
        "state": STATES[row.state],
        "state_word": _(rules.STATE_WORDS[row.state]),
        "left": time_left(row),
        "facts": [
            Fact(_("Qué pide"), _(rules.RIGHT_WORDS[row.kind])),
            Fact(_("Persona"), head.name, url=reverse("register:rights_person", args=(head.code,)), note=head.code),
            Fact(_("Establecimiento"), row.facility_name or _("Fuera de custodia")),
            Fact(_("Vence"), row.due_on, "day", note=deadline.citation.label() if deadline else ""),
            Fact(_("La revisa"), row.assigned_to or _("Nadie todavía")),
            *_evidence(row, head),
            *_carried_out(row),
        ],
        "events": sorted(events, key=lambda event: str(event.date), reverse=True),
        "may_assign": rules.RightAct.ASSIGN in open_acts,
        "may_answer": rules.RightAct.ACCEPT in open_acts,
        "trail": [Link(_("Solicitudes de derechos"), reverse("register:rights"))],
    }
    return render(request, "register/rights_request.html", context)


def _found(request: HttpRequest, number: str) -> tuple[queries.PersonHeading, queries.RequestRow]:
    read = rules.read_request_number(number)
    if read is None:
        raise NotFound
    return queries.rights_request(request.reader, *read, clock.today())


def _named(row: queries.RequestRow) -> str:
    return f": {row.asker_name}" if row.asker_name else ""


def _evidence(row: queries.RequestRow, head: queries.PersonHeading) -> list[Fact]:
    if row.evidence_id is None:
        return [Fact(_("Documento que la sustenta"), _("Ninguno"))]
    url = reverse("register:document", args=(head.code, row.evidence_id))
    return [Fact(_("Documento que la sustenta"), _("Ver el documento"), url=url)]


def _carried_out(row: queries.RequestRow) -> list[Fact]:
    if row.answer_entry is None:
        return []
    act = next((item for item in queries.acts_since(row.code, row.received_on) if item.id == row.answer_entry), None)
    words = _act_words(act) if act is not None else str(row.answer_entry)
    return [Fact(_("Acto que corrigió el dato"), words, url=reverse("overview:person_acts", args=(row.code,)))]


def _act_words(row: queries.ActRow) -> str:
    return f"{formats.moment(row.at)} · {_(rules.OWN_ACT_WORDS.get(row.act, rules.OWN_ACT_WORDS['']))}"


@page(Permission.HANDLE_RIGHTS)
def assign_right(request: HttpRequest, number: str) -> HttpResponse:
    """Puts a request in somebody's hands."""
    head, row = _found(request, number)
    form = AssignForm(sent(request), initial={"assigned_to": row.assigned_to or request.reader.name})

    def act(data: Any) -> None:
        commands.assign_request(by=request.reader, number=row.number, assigned_to=data["assigned_to"])

    return _request_act(request, head, row, form, act, title=_("Asignar la solicitud"), done=_("Solicitud asignada."))


@page(Permission.HANDLE_RIGHTS)
def answer_right(request: HttpRequest, number: str) -> HttpResponse:
    """Answers a request."""
    head, row = _found(request, number)
    acts = [(item.id, _act_words(item)) for item in queries.acts_since(head.code, row.received_on)]
    form = AnswerForm(sent(request), acts=acts, initial={"on": clock.today()})

    def act(data: Any) -> None:
        commands.answer_request(
            by=request.reader,
            number=row.number,
            act=data["act"],
            answer=data["answer"],
            on=data["on"],
            entry_id=data["entry"],
            today=clock.today(),
        )

    done = _("Respuesta registrada. Entréguela por escrito a la persona.")
    return _request_act(request, head, row, form, act, title=_("Responder la solicitud"), done=done)


def _request_act(
    request: HttpRequest,
    head: queries.PersonHeading,
    row: queries.RequestRow,
    form: Any,
    act: Any,
    *,
    title: str,
    done: str,
) -> HttpResponse:
    address = reverse("register:right", args=(row.number,))
    return ask(
        request,
        form,
        act,
        title=title,
        lead=f"{row.number} · {head.name} · {head.code}",
        button=_("Guardar"),
        done=done,
        back=address,
        trail=[Link(_("Solicitudes de derechos"), reverse("register:rights")), Link(row.number, address)],
    )


# One person -----------------------------------------------------------------------------------------------------------


@page(Permission.HANDLE_RIGHTS)
def rights_person(request: HttpRequest, code: str) -> HttpResponse:
    """The person's requests, and the copies of their own file that were handed over."""
    head, found = queries.requests_of(request.reader, code, clock.today())
    context = {
        "head": head,
        "band_items": band_items(head),
        "trail": person_trail(head),
        "columns": [column for column in _columns() if column.label != _("Persona")],
        "rows": [Row([cell for place, cell in enumerate(_row(row).cells) if place != 1]) for row in found],
        "delivery_columns": [
            Column(_("Entregada el"), "day"),
            Column(_("Quién la recibió")),
            Column(_("La entregó")),
            Column(_("Huella (SHA-256)")),
            Column(_("Copia")),
        ],
        "delivery_rows": [_delivery_row(row, request, head.code) for row in queries.own_file_deliveries(head.code)],
    }
    return render(request, "register/rights_person.html", context)


def _delivery_row(row: queries.ActRow, request: HttpRequest, code: str) -> list[object]:
    """One delivery; its copy for who recorded it, on that day."""
    after = row.after
    who = _(rules.ASKER_WORDS[str(after["receiver"])])
    name = str(after.get("name") or "")
    copy = Cell("")
    if row.actor == request.reader.name and row.day == clock.today():
        copy = Cell(_("Descargar el PDF"), url=reverse("register:own_file_copy", args=(code, row.id)))
    return [after["on"], f"{who}: {name}" if name else who, row.actor, str(after["sha256"])[:16] + "…", copy]


@page(Permission.HANDLE_RIGHTS)
def file_right(request: HttpRequest, code: str) -> HttpResponse:
    """Files a request of the person."""
    head = queries.person_heading(request.reader, code)
    documents = queries.choices_for_evidence(request.reader, head.id)
    form = RequestForm(sent(request), documents=documents, initial={"received_on": clock.today(), "asker": "person"})

    def act(data: Any) -> str:
        number = commands.file_request(
            by=request.reader, person_code=head.code, data=form.data_typed(), today=clock.today()
        )
        return reverse("register:right", args=(number,))

    return person_act(
        request,
        head,
        form,
        act,
        title=_("Registrar una solicitud"),
        button=_("Registrar"),
        done=_("Solicitud registrada."),
        tab=_tab(head),
    )


def _tab(head: queries.PersonHeading) -> Link:
    return Link(_("Derechos"), reverse("register:rights_person", args=(head.code,)))


@page(Permission.HANDLE_RIGHTS)
def own_file(request: HttpRequest, code: str) -> HttpResponse:
    """The copy of the person's own file: who takes it is written down, and the PDF comes back."""
    head = queries.person_heading(request.reader, code)
    tab = _tab(head)
    purpose = _own_file_purpose(request, head)
    if isinstance(purpose, HttpResponse):
        return purpose
    form = DeliveryForm(sent(request), initial={"receiver": "person", "on": clock.today()})
    return ask(
        request,
        form,
        lambda typed: _hand_over(request, head, typed, purpose),
        title=_("Entregar copia de su expediente"),
        lead=about(head.name, head.code),
        button=_("Registrar la entrega"),
        done=_("Entrega registrada. Descargue la copia en «Copias entregadas de su expediente»."),
        back=tab.url,
        trail=person_trail(head, tab),
        template="register/rights_own_file.html",
        items=rules.OWN_FILE_ITEMS,
    )


def _own_file_purpose(request: HttpRequest, head: queries.PersonHeading, onward: str = "") -> str | HttpResponse:
    tab = _tab(head)
    return with_purpose(
        request,
        sheet=commands.OWN_FILE,
        code=head.code,
        name=head.name,
        back=tab.url,
        trail=person_trail(head, tab),
        onward=onward,
    )


def _hand_over(request: HttpRequest, head: queries.PersonHeading, data: dict[str, Any], purpose: str) -> None:
    """Writes the delivery down; the copy is downloaded from where it is listed."""
    today = clock.today()
    commands.look_at_own_file(by=request.reader, person_code=head.code, purpose=purpose)
    found = queries.own_file(request.reader, head.code, today)
    receiver = data["receiver_name"].strip() or head.name
    mark = mark_for(request.reader)
    pdf = reports.own_file_pdf(found, on=today, receiver=receiver, by=request.reader.name, mark=mark)
    commands.deliver_own_file(
        by=request.reader,
        person_code=head.code,
        receiver=data["receiver"],
        receiver_name=data["receiver_name"],
        on=data["on"],
        sha256=hashlib.sha256(pdf).hexdigest(),
        mark=mark,
        today=today,
        now=clock.now(),
    )


@page(Permission.HANDLE_RIGHTS)
def own_file_copy(request: HttpRequest, code: str, entry_id: int) -> HttpResponse:
    """The copy of a delivery of today, for who recorded it: the bytes whose hash the ledger keeps, or none."""
    reader, today = request.reader, clock.today()
    head = queries.person_heading(reader, code)
    row = queries.own_file_delivery(reader, head.code, entry_id, today)
    purpose = _own_file_purpose(request, head, onward=_tab(head).url)
    if isinstance(purpose, HttpResponse):
        return purpose
    commands.look_at_own_file(by=reader, person_code=head.code, purpose=purpose)
    found = queries.own_file(reader, head.code, today)
    found = replace(found, acts=tuple(act for act in found.acts if act.id < row.id))
    receiver = str(row.after.get("name") or "") or head.name
    # The mark of the delivery: its number and its moment are in the entry.
    at = datetime.fromisoformat(str(row.after.get("marked_at", row.at)))
    mark = Mark(str(row.after.get("number")), row.actor, at)
    pdf = reports.own_file_pdf(found, on=today, receiver=receiver, by=row.actor, mark=mark)
    if hashlib.sha256(pdf).hexdigest() != row.after["sha256"]:
        raise Refused(_("Los datos de la persona cambiaron después de esa entrega: registre otra para descargarla."))
    return exports.document(pdf, f"expediente-{head.code}-{today:%Y%m%d}", mark)

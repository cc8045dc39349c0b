"""The list of incidents and its files; one incident with its clocks and story; its notification."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements.places import place_names
from creo.support.approvals.pages.looking import at_hour, reader_of, staff
from creo.support.exports import answers as exports
from creo.support.exports.listings import CSV, XLSX, Listing
from creo.support.incidents import commands, queries, reports, rules, wording
from creo.support.incidents.forms import FiltersForm
from creo.support.incidents.models import Incident
from creo.support.incidents.queries import Sheet
from creo.support.incidents.rules import Clock, State, What
from creo.support.pages import download, page
from creo.support.refusals import Forbidden
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Event, Fact, Link, Row, Step


@page(permission=None)
def listing(request: HttpRequest) -> HttpResponse:
    """Incidents within sight, each with its clock; for anybody, at least those they reported."""
    reader, now = staff(request), clock.now()
    places = place_names(reader)
    form = FiltersForm(request.GET, places)
    filters = form.wanted()
    found = queries.incidents_page(reader, filters, now, request.GET.get("cursor", ""))
    total = queries.incidents_count(reader, filters, now)
    context = {
        "form": form,
        "found": found,
        "columns": columns(),
        "rows": table(found.rows, places, now),
        "count_text": ngettext("%(count)s incidente", "%(count)s incidentes", total) % {"count": formats.number(total)},
        "clear_url": reverse("incidents:list") if request.GET else "",
        "export_urls": _exports(request, reader),
        "filtered": bool(form.in_words()),
        "follows": _follows(reader),
    }
    return render(request, "incidents/list.html", context)


@page(Permission.EXPORT)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list whole, as a file; taking it out is an act."""
    return exports.answer(request, kind, "incidents.incidents")


def incidents_list(reader: Reader, query: QueryDict) -> Listing:
    """The incidents to hand out, by the query of their page."""
    now, places = clock.now(), place_names(reader)
    form = FiltersForm(query, places)
    filters = form.wanted()
    return Listing(
        act="incidents.exported",
        subject=("list", "incidentes"),
        name=f"incidentes-{clock.today():%Y%m%d}",
        title=_("Incidentes de seguridad"),
        columns=columns(whole=True),
        rows=lambda: (table([row], places, now, whole=True)[0] for row in queries.incidents_rows(reader, filters, now)),
        count=queries.incidents_count(reader, filters, now),
        filters=form.in_words(),
        personal=False,
    )


@page(permission=None)
def incident(request: HttpRequest, code: str) -> HttpResponse:
    """One incident: what runs, what is owed, what was done."""
    reader, now = staff(request), clock.now()
    sheet = queries.sheet(reader, code, now)
    found = sheet.incident
    place = place_words(reader, found)
    context: dict[str, Any] = {
        "incident": found,
        "lead_text": f"{found.code} · {place}",
        "state": _state(found),
        "clock": _clock_cell(sheet.clocks.authority),
        "alarm": _alarm(sheet),
        "duties": _duties(sheet),
        "duty_columns": [Column(_("Aviso")), Column(_("Plazo"), "moment"), Column(_("Cómo va"), "state")],
        "facts": _facts(sheet, place),
        "steps": _steps(sheet),
        "history": _history(sheet),
        "acts": _acts(sheet),
        "annullable": _annullable(sheet),
        "handles": sheet.handles,
        "documents": [
            Link(kind.upper(), reverse("incidents:notification", args=[found.code, kind])) for kind in ("pdf", "json")
        ],
        "missing": [_(rules.SLOT_WORDS[slot]) for slot, row in queries.contacts(clock.today()).items() if row is None],
        "trail": [Link(_("Incidentes de seguridad"), reverse("incidents:list"))],
    }
    return render(request, "incidents/incident.html", context)


@page(Permission.MANAGE_INCIDENTS)
def notification(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The notification for the authority, drawn up now; drawing it up is an act, with the hash of its bytes."""
    reader, now = reader_of(request), clock.now()
    sheet = queries.sheet(reader, code, now)
    if not sheet.handles:
        raise Forbidden(_("La notificación la prepara quien atiende los incidentes de ese lugar."))
    if kind not in ("pdf", "json"):
        raise Http404
    make = reports.notification_pdf if kind == "pdf" else reports.notification_json
    content = make(
        sheet, queries.contacts(clock.today()), place=place_words(reader, sheet.incident), made_by=reader.name, at=now
    )
    commands.record_document(by=reader, code=code, kind=kind, digest=hashlib.sha256(content).hexdigest())
    content_type = "application/pdf" if kind == "pdf" else "application/json"
    return download(content, f"{code}.{kind}", content_type)


def columns(*, whole: bool = False) -> list[Column]:
    """Columns of the incidents; `whole` with what only a file has room for."""
    return [
        Column(_("Incidente")),
        Column(_("Aviso a la autoridad"), "state"),
        Column(_("Estado"), "state"),
        Column(_("Gravedad"), "state"),
        Column(_("Establecimiento")),
        Column(_("Se conoció"), "moment"),
        *([Column(_("Qué pasó")), Column(_("Personas")), Column(_("Plazo"), "moment")] if whole else []),
    ]


def table(rows: Iterable[Incident], places: Mapping[str, str], now: datetime, *, whole: bool = False) -> list[Row]:
    """Incidents, each leading to its page; what is overdue stands out and says so."""
    made = []
    for row in rows:
        duty, kind = queries.clocks(row, now).authority, _(rules.KIND_WORDS[row.kind])
        url = reverse("incidents:incident", args=[row.code])
        cells = [
            Cell(f"{row.code}: {row.title}", url=url, note="" if whole else kind),
            Cell(wording.CLOCK_SIGNS[duty.state], kind="state", word=wording.clock(duty, short=not whole)),
            _state(row),
            Cell(wording.SEVERITY_SIGNS[row.severity], kind="state", word=wording.severity(row.severity)),
            places.get(row.place, row.place) or _("Nacional"),
            row.known_at,
            *([kind, wording.people(row.people), row.due_at] if whole else []),
        ]
        made.append(Row(cells, state="no" if duty.state == "overdue" else ""))
    return made


def place_words(reader: Reader, found: Incident) -> str:
    """The place of an incident as people call it."""
    return place_names(reader).get(found.place, found.place) or _("Nacional")


def _state(found: Incident) -> Cell:
    return Cell(wording.STATE_SIGNS[found.state], kind="state", word=_(rules.STATE_WORDS[State(found.state)]))


def _clock_cell(duty: Clock) -> Cell:
    return Cell(wording.CLOCK_SIGNS[duty.state], kind="state", word=wording.clock(duty))


def _alarm(sheet: Sheet) -> dict[str, str]:
    """What stands over the page while a notice is owed."""
    duty = sheet.clocks.authority
    if duty.state == "overdue":
        return {"state": "no", "title": wording.clock(duty), "text": _("El aviso a la autoridad no consta. Avise ya.")}
    if duty.state in ("reminded", "urgent"):
        text = _("Avise a la autoridad antes del %(due)s.") % {"due": formats.moment(duty.due_at)}
        return {"state": "unknown", "title": wording.clock(duty), "text": text}
    return {}


def _duties(sheet: Sheet) -> list[Row]:
    named = (
        (_("A la autoridad"), sheet.clocks.authority),
        (_("A las personas afectadas"), sheet.clocks.people),
        (_("Al centro nacional de seguridad digital"), sheet.clocks.digital),
    )
    return [Row([name, duty.due_at, _clock_cell(duty)]) for name, duty in named]


def _facts(sheet: Sheet, place: str) -> list[Fact]:
    found = sheet.incident
    source = rules.parameters().source("notice_hours", found.known_at.astimezone(clock.LIMA).date())
    return [
        Fact(_("Qué pasó"), _(rules.KIND_WORDS[found.kind])),
        Fact(_("Dónde"), place),
        Fact(_("Se detectó"), found.detected_at, kind="moment"),
        Fact(_("Lo supo la institución"), found.known_at, kind="moment"),
        Fact(_("Reportado por"), found.reported_by.name, note=formats.moment(found.reported_at)),
        Fact(_("Gravedad"), wording.severity(found.severity)),
        Fact(_("Afecta datos personales"), _(rules.ANSWER_WORDS[found.personal_data])),
        Fact(_("Qué datos"), wording.data_kinds(found)),
        Fact(_("Cuántas personas"), wording.people(found.people)),
        Fact(_("Es digital"), _(rules.ANSWER_WORDS[found.digital])),
        Fact(_("De dónde sale el plazo"), source or _("Ninguna norma conocida regía ese día")),
    ]


def _steps(sheet: Sheet) -> list[Step]:
    found = sheet.incident
    none = found.personal_data == rules.NO
    done = {event.what for event in rules.living(sheet.story)}
    wanted = [(What.REPORTED, State.REPORTED), (What.ASSESSED, State.ASSESSED)]
    wanted += [] if none else [(What.NOTIFIED, State.NOTIFIED), (What.TOLD, State.TOLD)]
    wanted.append((What.CLOSED, State.CLOSED))
    steps, current = [], True
    for what, state in wanted:
        mark = "done" if what in done else "current" if current else "todo"
        current = current and mark == "done"
        steps.append(Step(_(rules.STATE_WORDS[state]), mark))
    return steps


def _history(sheet: Sheet) -> list[Event]:
    gone = {event.annuls_id for event in sheet.events if event.annuls_id}
    return [
        Event(
            event.at,
            f"{at_hour(event.at)} · {wording.event_title(event)}",
            text=wording.event_text(event),
            state="neutral" if event.pk in gone else "info",
            badge=_("Anulado") if event.pk in gone else "",
        )
        for event in reversed(sheet.events)
    ]


def _annullable(sheet: Sheet) -> list[Link]:
    """Acts that can be taken back now, newest first."""
    if not sheet.handles:
        return []
    return [
        Link(
            f"{wording.event_title(event)}, {formats.moment(event.at)}",
            reverse("incidents:annul", args=[sheet.incident.code, event.pk]),
        )
        for event in reversed(sheet.events)
        if not rules.against_annulling(sheet.story, event.pk)
    ]


def _acts(sheet: Sheet) -> list[Link]:
    """What can be done now, the next step first."""
    if not sheet.handles:
        return []
    code = [sheet.incident.code]
    offered = [
        (What.ASSESSED, _("Evaluar"), reverse("incidents:assess", args=code)),
        (What.NOTIFIED, _("Registrar el aviso a la autoridad"), reverse("incidents:notice", args=[*code, "autoridad"])),
        (What.TOLD, _("Registrar el aviso a las personas"), reverse("incidents:notice", args=[*code, "personas"])),
        (What.DIGITAL, _("Registrar el aviso al centro digital"), reverse("incidents:notice", args=[*code, "digital"])),
        (What.CLOSED, _("Cerrar"), reverse("incidents:close", args=code)),
        (What.MEASURE, _("Agregar una medida"), reverse("incidents:measure", args=code)),
        (What.EVIDENCE, _("Agregar evidencia"), reverse("incidents:evidence", args=code)),
        (What.CORRECTED, _("Corregir el reporte"), reverse("incidents:correct", args=code)),
    ]
    able = [(what, label, url) for what, label, url in offered if not rules.against(sheet.story, what)]
    said = {event.what for event in rules.living(sheet.story)}
    able.sort(key=lambda each: each[0] is What.ASSESSED and What.ASSESSED in said)
    return [Link(label, url) for _what, label, url in able]


def _follows(reader: Reader) -> bool:
    return any(reader.can(each) for each in (Permission.VIEW_INCIDENTS, Permission.MANAGE_INCIDENTS))


def _exports(request: HttpRequest, reader: Reader) -> list[Link]:
    if not reader.can(Permission.EXPORT):
        return []
    kept = request.GET.copy()
    kept.pop("cursor", None)
    asked = f"?{kept.urlencode()}" if kept else ""
    return [Link(kind.upper(), reverse("incidents:export", args=[kind]) + asked) for kind in (CSV, XLSX)]

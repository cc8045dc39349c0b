"""Access in an emergency: the page to open a file, and the review by a second person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.asking import ask, sent
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.looking import commands, queries, tables
from creo.support.looking.forms import EmergencyFilterForm, EmergencyForm, ReviewForm, in_words
from creo.support.looking.models import Emergency
from creo.support.looking.pages.shared import all_places, export_links, reader_of
from creo.support.looking.rules import parameters
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Fact, Link


@page(permission=Permission.BREAK_GLASS)
def open_emergency(request: HttpRequest) -> HttpResponse:
    """Opens one file outside the reader's scope, with its reason; lists the reader's own."""
    reader, now = reader_of(request), clock.now()
    minutes = parameters().on("emergency_minutes", clock.today())

    def act(typed: Any) -> str:
        row = commands.open_emergency(by=reader, now=now, **typed)
        return reverse("register:person", args=(row.subject_code,))

    return ask(
        request,
        EmergencyForm(sent(request)),
        act,
        title=_("Acceso de emergencia"),
        lead=_("Para una ficha fuera de su ámbito que no puede esperar."),
        button=_("Abrir la ficha"),
        done=ngettext(
            "Ficha abierta por %(n)s minuto, solo para leer. Su jefatura y la sede central ya lo saben.",
            "Ficha abierta por %(n)s minutos, solo para leer. Su jefatura y la sede central ya lo saben.",
            minutes,
        )
        % {"n": formats.number(minutes)},
        back=reverse("overview:today"),
        trail=[],
        danger=True,
        template="looking/open_emergency.html",
        minutes=minutes,
        columns=tables.own_emergency_columns(),
        rows=tables.own_emergency_table(queries.own_emergencies(reader), now),
    )


@page(permission=Permission.REVIEW_LOOKS)
def emergencies(request: HttpRequest) -> HttpResponse:
    """Accesses in an emergency at the reviewer's places, and how many each person opened."""
    reader, today = reader_of(request), clock.today()
    form = EmergencyFilterForm(request.GET)
    filters = form.wanted()
    found = queries.emergencies_page(reader, filters, today, request.GET.get("cursor", ""))
    count = queries.emergencies_count(reader, filters, today)
    days = parameters().on("emergency_repeated_days", today)
    context = {
        "form": form,
        "found": found,
        "columns": tables.emergency_columns(),
        "rows": tables.emergency_table(found.rows, all_places(), today),
        "count_text": ngettext("%(n)s acceso", "%(n)s accesos", count) % {"n": formats.number(count)},
        "clear_url": reverse("looking:emergencies") if request.GET else "",
        "export_urls": export_links(request, "looking:export_emergencies"),
        "days": days,
        "by_actor": [
            Fact(actor, number, "number") for actor, number in queries.openings_by_actor(reader, clock.now(), days)
        ],
    }
    return render(request, "looking/emergencies.html", context)


@page(permission=Permission.EXPORT)
def export_emergencies(request: HttpRequest, kind: str) -> Any:
    """The same list whole, as a file."""
    return exports.answer(request, kind, "looking.emergencies")


def emergencies_list(reader: Reader, query: QueryDict) -> Listing:
    """The accesses in an emergency to hand out, by the query of their page."""
    form, today = EmergencyFilterForm(query), clock.today()
    filters, places = form.wanted(), all_places()
    return Listing(
        act="looking.list_exported",
        subject=("list", "accesos-de-emergencia"),
        name=f"accesos-de-emergencia-{today:%Y%m%d}",
        title=_("Accesos de emergencia"),
        columns=tables.emergency_columns(),
        rows=lambda: (
            tables.emergency_table([row], places, today)[0] for row in queries.emergencies_rows(reader, filters, today)
        ),
        count=queries.emergencies_count(reader, filters, today),
        filters=in_words(form),
    )


@page(permission=Permission.REVIEW_LOOKS)
def emergency(request: HttpRequest, emergency_id: int) -> HttpResponse:
    """One access: who, why, what was opened under it, and what the second person said."""
    reader, today = reader_of(request), clock.today()
    row = queries.emergency(reader, emergency_id)
    places = all_places()
    context = {
        "row": row,
        "state": tables.emergency_state(row, today),
        "facts": _facts(row, places),
        "columns": tables.look_columns(whose=True),
        "rows": tables.look_table(queries.emergency_looks(row.pk), places, whose=True),
        "may_review": row.state == Emergency.State.OPEN and row.user_id != reader.user_id,
        "is_own": row.state == Emergency.State.OPEN and row.user_id == reader.user_id,
        "trail": [_list_link()],
    }
    return render(request, "looking/emergency.html", context)


def _facts(row: Emergency, places: dict[str, str]) -> list[Fact]:
    facts = [
        Fact(_("Quién"), row.actor, note=places.get(row.home, row.home)),
        Fact(_("Ficha"), row.subject_code, note=places.get(row.place, row.place)),
        Fact(_("Motivo"), row.reason),
        Fact(_("Abierto"), row.opened_at, "moment"),
        Fact(_("Hasta"), row.ended_at or row.until, "moment"),
        Fact(_("Revisar hasta"), row.review_due, "day"),
    ]
    if row.reviewed_at is not None:
        facts.append(Fact(_("Revisado por"), row.reviewed_by, note=formats.moment(row.reviewed_at)))
        facts.append(Fact(_("Motivo de la decisión"), row.review_reason))
    return facts


@page(permission=Permission.REVIEW_LOOKS)
def review(request: HttpRequest, emergency_id: int) -> HttpResponse:
    """What the second person says."""
    row = queries.emergency(reader_of(request), emergency_id)

    def act(typed: Any) -> None:
        commands.review_emergency(by=reader_of(request), emergency_id=row.pk, now=clock.now(), **typed)

    return ask(
        request,
        ReviewForm(sent(request)),
        act,
        title=_("Revisar el acceso de emergencia"),
        lead=_("%(who)s abrió %(code)s: %(reason)s")
        % {"who": row.actor, "code": row.subject_code, "reason": row.reason},
        button=_("Guardar la revisión"),
        done=_("Su revisión quedó registrada."),
        back=reverse("looking:emergency", args=(row.pk,)),
        trail=[_list_link(), Link(row.subject_code, reverse("looking:emergency", args=(row.pk,)))],
    )


def _list_link() -> Link:
    return Link(_("Emergencias por revisar"), reverse("looking:emergencies"))

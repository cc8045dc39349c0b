"""Alerts of unusual reading, what a person says about each, and the invented people that raise some."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.asking import ask, sent
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.looking import commands, queries, tables
from creo.support.looking.forms import AlertFilterForm, AlertForm, CanaryForm, WithdrawForm, in_words
from creo.support.looking.models import Alert, Canary
from creo.support.looking.pages.shared import all_places, export_links, reader_of
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Fact, Link, Row


@page(permission=Permission.REVIEW_LOOKS)
def alerts(request: HttpRequest) -> HttpResponse:
    """Alerts about the accounts of the reviewer's places, newest first."""
    reader = reader_of(request)
    form = AlertFilterForm(request.GET)
    filters = form.wanted()
    found = queries.alerts_page(reader, filters, request.GET.get("cursor", ""))
    count = queries.alerts_count(reader, filters)
    context = {
        "form": form,
        "found": found,
        "columns": tables.alert_columns(),
        "rows": tables.alert_table(found.rows, all_places()),
        "count_text": ngettext("%(n)s alerta", "%(n)s alertas", count) % {"n": formats.number(count)},
        "clear_url": reverse("looking:alerts") if request.GET else "",
        "export_urls": export_links(request, "looking:export_alerts"),
        "may_set": reader.national,
    }
    return render(request, "looking/alerts.html", context)


@page(permission=Permission.EXPORT)
def export_alerts(request: HttpRequest, kind: str) -> Any:
    """The same list whole, as a file."""
    return exports.answer(request, kind, "looking.alerts")


def alerts_list(reader: Reader, query: QueryDict) -> Listing:
    """The alerts to hand out, by the query of their page."""
    form = AlertFilterForm(query)
    filters, places = form.wanted(), all_places()
    return Listing(
        act="looking.list_exported",
        subject=("list", "alertas-de-consulta"),
        name=f"alertas-de-consulta-{clock.today():%Y%m%d}",
        title=_("Alertas de consulta"),
        columns=tables.alert_columns(),
        rows=lambda: (tables.alert_table([row], places)[0] for row in queries.alerts_rows(reader, filters)),
        count=queries.alerts_count(reader, filters),
        filters=in_words(form),
    )


@page(permission=Permission.REVIEW_LOOKS)
def alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    """One alert: the rule, what was read, and what a person said."""
    reader = reader_of(request)
    row = queries.alert(reader, alert_id)
    context = {
        "row": row,
        "title": tables.rule_words(row.rule),
        "state": tables.alert_state(row),
        "facts": _facts(row, all_places()),
        "columns": tables.evidence_columns(),
        "rows": tables.evidence_table(row.evidence, import_string(settings.CREO_ACT_WORDS)),
        "may_decide": row.state == Alert.State.OPEN and row.user_id != reader.user_id,
        "is_own": row.state == Alert.State.OPEN and row.user_id == reader.user_id,
        "trail": [_list_link()],
    }
    return render(request, "looking/alert.html", context)


def _facts(row: Alert, places: dict[str, str]) -> list[Fact]:
    facts = [
        Fact(_("Quién leyó"), row.actor, note=places.get(row.place, row.place)),
        Fact(_("Primera consulta"), row.first_at, "moment"),
        Fact(_("Última consulta"), row.last_at, "moment"),
        Fact(_("Consultas"), row.count, "number"),
        Fact(_("Alerta dada"), row.raised_at, "moment"),
    ]
    if row.decided_at is not None:
        facts.append(Fact(_("Decidida por"), row.decided_by, note=formats.moment(row.decided_at)))
        facts.append(Fact(_("Motivo"), row.reason))
    if row.incident:
        facts.append(Fact(_("Incidente"), row.incident, url=reverse("incidents:incident", args=(row.incident,))))
    return facts


@page(permission=Permission.REVIEW_LOOKS)
def decide(request: HttpRequest, alert_id: int) -> HttpResponse:
    """What a person says about an alert."""
    row = queries.alert(reader_of(request), alert_id)
    here = reverse("looking:alert", args=(row.pk,))

    def act(typed: Any) -> None:
        commands.decide_alert(by=reader_of(request), alert_id=row.pk, now=clock.now(), **typed)

    return ask(
        request,
        AlertForm(sent(request)),
        act,
        title=_("Decidir la alerta"),
        lead=f"{tables.rule_words(row.rule)} · {row.actor}",
        button=_("Guardar la decisión"),
        done=_("Su decisión quedó registrada."),
        back=here,
        trail=[_list_link(), Link(tables.rule_words(row.rule), here)],
    )


@page(permission=Permission.REVIEW_LOOKS)
def canaries(request: HttpRequest) -> HttpResponse:
    """The invented people whose every look raises an alert. For the nation alone."""
    context = {
        "columns": [
            Column(_("Ficha")),
            Column(_("De dónde consta")),
            Column(_("Puesta por")),
            Column(_("Desde"), "moment"),
            Column(_("Estado"), "state"),
            Column(_("Acción")),
        ],
        "rows": [_canary_row(row) for row in queries.canaries(reader_of(request))],
        "trail": [_list_link()],
    }
    return render(request, "looking/canaries.html", context)


def _canary_row(row: Canary) -> Row:
    if row.withdrawn_at is not None:
        state, act = Cell("neutral", word=_("Retirada"), note=row.withdrawn_by), Cell("")
    else:
        url = reverse("looking:withdraw_canary", args=(row.pk,))
        state = Cell("yes", word=_("En uso"))
        act = Cell(_("Retirar"), url=url, label=_("Retirar: %(code)s") % {"code": row.subject_code})
    return Row([row.subject_code, row.reason, row.set_by, row.set_at, state, act])


@page(permission=Permission.REVIEW_LOOKS)
def new_canary(request: HttpRequest) -> HttpResponse:
    """Marks an invented person."""
    queries.require_national_reviewer(reader_of(request))

    def act(typed: Any) -> None:
        commands.set_canary(by=reader_of(request), now=clock.now(), **typed)

    return ask(
        request,
        CanaryForm(sent(request)),
        act,
        title=_("Poner una ficha de control"),
        button=_("Poner"),
        done=_("Desde ahora cada consulta a esa ficha da una alerta."),
        back=reverse("looking:canaries"),
        trail=[_list_link(), _canaries_link()],
    )


@page(permission=Permission.REVIEW_LOOKS)
def withdraw_canary(request: HttpRequest, canary_id: int) -> HttpResponse:
    """Takes an invented person out of use."""
    row = queries.canary(reader_of(request), canary_id)

    def act(typed: Any) -> None:
        commands.withdraw_canary(by=reader_of(request), canary_id=row.pk, now=clock.now(), **typed)

    return ask(
        request,
        WithdrawForm(sent(request)),
        act,
        title=_("Retirar la ficha de control"),
        lead=row.subject_code,
        button=_("Retirar"),
        done=_("La ficha de control quedó retirada."),
        back=reverse("looking:canaries"),
        trail=[_list_link(), _canaries_link()],
    )


def _list_link() -> Link:
    return Link(_("Alertas de consulta"), reverse("looking:alerts"))


def _canaries_link() -> Link:
    return Link(_("Fichas de control"), reverse("looking:canaries"))

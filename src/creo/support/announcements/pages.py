"""Pages: what people must decide, and how the announcements reach whom they must."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements import commands, queries, tables
from creo.support.announcements.forms import (
    DECISION_WORDS,
    DecideForm,
    DeliveriesForm,
    DropForm,
    InboxForm,
    in_words,
)
from creo.support.announcements.models import Delivery, InboxItem
from creo.support.announcements.news import act_words, reaction_title
from creo.support.announcements.places import people_names, place_names
from creo.support.asking import answer
from creo.support.exports import answers as exports
from creo.support.exports.listings import CSV, XLSX, Listing
from creo.support.pages import page
from creo.support.refusals import Forbidden
from creo.support.ui import formats
from creo.support.ui.parts import Fact, Link


@page(permission=None)
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for a decision of the reader; the address keeps the filters."""
    _somebody(request)
    places = place_names(request.reader)
    form = InboxForm(request.GET, places)
    filters = form.wanted()
    found = queries.inbox_page(request.reader, filters, request.GET.get("cursor", ""))
    total = queries.inbox_count(request.reader, filters)
    people = people_names(request.reader, {row.subject_code for row in found.rows})
    context = {
        "form": form,
        "found": found,
        "columns": tables.inbox_columns(closed=filters.state != queries.OPEN),
        "rows": tables.inbox_table(found.rows, places, people, closed=filters.state != queries.OPEN),
        "count_text": ngettext("%(count)s asunto", "%(count)s asuntos", total) % {"count": formats.number(total)},
        "clear_url": reverse("announcements:inbox") if request.GET else "",
        "export_urls": _exports(request, "announcements:export_inbox"),
        "filtered": bool(in_words(form)),
    }
    return render(request, "announcements/inbox.html", context)


@page(permission=Permission.EXPORT)
def export_inbox(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list whole, as a file."""
    return exports.answer(request, kind, "announcements.inbox")


def inbox_list(reader: Reader, query: QueryDict) -> Listing:
    """The inbox to hand out, by the query of its page."""
    places = place_names(reader)
    form = InboxForm(query, places)
    filters = form.wanted()
    return Listing(
        act="announcements.list_exported",
        subject=("list", "bandeja"),
        name=f"bandeja-{clock.today():%Y%m%d}",
        title=_("Bandeja"),
        columns=tables.inbox_columns(),
        rows=lambda: _streamed(queries.inbox_rows(reader, filters), places),
        count=queries.inbox_count(reader, filters),
        filters=in_words(form),
    )


@page(permission=None)
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """One thing to decide: what happened, where the act is done, and what was decided."""
    _somebody(request)
    return _item(request, queries.item(request.reader, item_id), DecideForm())


@page(permission=None)
def decide(request: HttpRequest, item_id: int) -> HttpResponse:
    """Records the decision; refused, the same page says every reason."""
    _somebody(request)
    if request.method != "POST":
        found = queries.item(request.reader, item_id)
        return HttpResponseRedirect(reverse("announcements:item", args=[found.pk]))
    form = DecideForm(request.POST)

    def act(typed: Any) -> None:
        commands.decide(by=request.reader, item_id=item_id, **typed)

    def show(status: int) -> HttpResponse:
        return _item(request, queries.item(request.reader, item_id), form, status=status)

    done = _("Su decisión quedó registrada.")
    return answer(request, form, act, show, back=reverse("announcements:inbox"), done=done)


@page(permission=None)
def deliveries(request: HttpRequest) -> HttpResponse:
    """Who reacts to what, how delivery is going, and each delivery; for who watches over it."""
    queries.require_watcher(request.reader)
    form = DeliveriesForm(request.GET)
    filters = form.wanted()
    found = queries.deliveries_page(request.reader, filters, request.GET.get("cursor", ""))
    context = {
        "health": queries.health(request.reader),
        "form": form,
        "found": found,
        "columns": tables.delivery_columns(),
        "rows": tables.delivery_table(found.rows),
        "wiring_columns": tables.wiring_columns(),
        "wiring_rows": tables.wiring_table(queries.wiring()),
        "count_text": _("%(count)s entregas")
        % {"count": formats.number(queries.deliveries_count(request.reader, filters))},
        "clear_url": reverse("announcements:deliveries") if request.GET else "",
        "export_urls": _exports(request, "announcements:export_deliveries"),
        "trail": [Link(_("Trabajos"), reverse("jobs:list"))],
    }
    return render(request, "announcements/deliveries.html", context)


@page(permission=Permission.EXPORT)
def export_deliveries(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list whole, as a file."""
    return exports.answer(request, kind, "announcements.deliveries")


def deliveries_list(reader: Reader, query: QueryDict) -> Listing:
    """The deliveries to hand out, by the query of their page."""
    queries.require_watcher(reader)
    form = DeliveriesForm(query)
    filters = form.wanted()
    return Listing(
        act="announcements.list_exported",
        subject=("list", "entregas"),
        name=f"entregas-{clock.today():%Y%m%d}",
        title=_("Entregas"),
        columns=tables.delivery_columns(),
        rows=lambda: (tables.delivery_table([row])[0] for row in queries.deliveries_rows(reader, filters)),
        count=queries.deliveries_count(reader, filters),
        filters=in_words(form),
    )


@page(permission=None)
def delivery(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """One delivery: what was announced, to whom, and why it has not arrived."""
    return _delivery(request, queries.delivery(request.reader, delivery_id), DropForm())


@page(permission=None)
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Tries a stopped delivery again."""
    here = reverse("announcements:delivery", args=[delivery_id])
    if request.method == "POST":
        commands.retry(by=request.reader, delivery_id=delivery_id)
        messages.success(request, _("Se intentará en un momento."))
    return HttpResponseRedirect(here)


@page(permission=None)
def drop(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Sets a stopped delivery aside; refused, the same page says every reason."""
    here = reverse("announcements:delivery", args=[delivery_id])
    if request.method != "POST":
        return HttpResponseRedirect(here)
    form = DropForm(request.POST)

    def act(typed: Any) -> None:
        commands.drop(by=request.reader, delivery_id=delivery_id, **typed)

    def show(status: int) -> HttpResponse:
        return _delivery(request, queries.delivery(request.reader, delivery_id), form, status=status)

    done = _("La entrega quedó descartada; lo que esperaba detrás continúa.")
    return answer(request, form, act, show, back=here, done=done)


def _item(request: HttpRequest, found: InboxItem, form: DecideForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "item": found,
        "person": people_names(request.reader, [found.subject_code]).get(found.subject_code, ""),
        "state": tables.item_state(found),
        "place": place_names(request.reader).get(found.place, found.place) or _("Nacional"),
        "decision": str(DECISION_WORDS.get(found.decision, "")),
        "form": form,
        "trail": [Link(_("Bandeja"), reverse("announcements:inbox"))],
    }
    return render(request, "announcements/item.html", context, status=status)


def _delivery(request: HttpRequest, found: Delivery, form: DropForm, *, status: int = 200) -> HttpResponse:
    stuck = found.state in (Delivery.State.WAITING, Delivery.State.PARKED)
    trail = []
    if queries.may_watch(request.reader):
        trail = [Link(_("Anuncios"), reverse("announcements:deliveries"))]
    context: dict[str, Any] = {
        "delivery": found,
        "title": act_words(found.act),
        "state": tables.delivery_state(found),
        "facts": _delivery_facts(found),
        "held_back": queries.held_back(found) if stuck else 0,
        "may_mend": stuck and queries.may_mend(request.reader, found),
        "form": form,
        "trail": trail,
    }
    return render(request, "announcements/delivery.html", context, status=status)


def _delivery_facts(found: Delivery) -> list[Fact]:
    return [
        Fact(_("Anuncio"), act_words(found.act), note=found.act),
        Fact(_("Sobre"), found.subject_code),
        Fact(_("Establecimiento"), found.place or _("Sin establecimiento")),
        Fact(_("El sistema hace"), reaction_title(found.reaction), note=found.reaction),
        Fact(_("Asiento del registro de actos"), found.entry_id, kind="number"),
        Fact(_("Anunciado"), found.announced_at, kind="moment"),
        Fact(_("Intentos"), found.attempts, kind="number"),
        *(
            [Fact(_("Próximo intento"), found.next_try_at, kind="moment")]
            if found.state == Delivery.State.WAITING
            else []
        ),
        *([Fact(_("Cerrado"), found.done_at, kind="moment")] if found.done_at else []),
    ]


def _somebody(request: HttpRequest) -> None:
    """The inbox is for whoever holds a role: without one nothing can wait for them."""
    if not request.reader.scopes:
        raise Forbidden(_("Su usuario no tiene un rol vigente. Pídalo a quien administra los accesos."))


def _exports(request: HttpRequest, view: str) -> list[Link]:
    if not request.reader.can(Permission.EXPORT):
        return []
    kept = request.GET.copy()
    kept.pop("cursor", None)
    asked = f"?{kept.urlencode()}" if kept else ""
    return [Link(kind.upper(), reverse(view, args=[kind]) + asked) for kind in (CSV, XLSX)]


def _streamed(rows: Any, places: dict[str, str]) -> Any:
    for row in rows:
        yield tables.inbox_table([row], places, {})[0]

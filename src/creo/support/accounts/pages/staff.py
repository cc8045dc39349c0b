"""Pages: the staff, one account, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.support import clock
from creo.support.accounts import commands, queries, rules, tables
from creo.support.accounts.forms import AccountForm, GrantForm, ReasonForm, StaffForm
from creo.support.accounts.models import RoleGrant
from creo.support.accounts.pages.common import exports, trail
from creo.support.accounts.permissions import ROLES, Permission
from creo.support.accounts.places import places_of
from creo.support.accounts.queries import StaffRow
from creo.support.accounts.readers import Reader
from creo.support.announcements.news import act_words
from creo.support.asking import about, ask, sent
from creo.support.exports.answers import answer as hand_out
from creo.support.exports.listings import Listing
from creo.support.ledger.queries import history
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Event, Fact, Link


@page(Permission.MANAGE_ACCESS)
def listing(request: HttpRequest) -> HttpResponse:
    """Everybody of the staff, with what they hold; the address keeps the filters."""
    today, places = clock.today(), places_of(request.reader)
    form = StaffForm(request.GET, places)
    filters = form.wanted()
    found = queries.staff_page(request.reader, filters, today, request.GET.get("cursor", ""))
    total = queries.staff_count(request.reader, filters, today)
    context = {
        "form": form,
        "found": found,
        "columns": tables.staff_columns(),
        "rows": tables.staff_table(found.rows, places),
        "count_text": ngettext("%(count)s cuenta", "%(count)s cuentas", total) % {"count": formats.number(total)},
        "clear_url": reverse("accounts:staff") if request.GET else "",
        "export_urls": exports(request, "accounts:export_staff"),
        "may_make": request.reader.national,
    }
    return render(request, "accounts/staff.html", context)


@page(Permission.EXPORT)
def export_staff(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list whole, as a file; who took it stays in the ledger."""
    return hand_out(request, kind, "accounts.staff")


def staff_list(reader: Reader, query: QueryDict) -> Listing:
    """The staff to hand out, by the query of its page."""
    reader.require(Permission.MANAGE_ACCESS)
    today, places = clock.today(), places_of(reader)
    form = StaffForm(query, places)
    filters = form.wanted()
    return Listing(
        act="accounts.list_exported",
        subject=("list", "staff"),
        name=f"accesos-{today:%Y%m%d}",
        title=_("Personal y accesos"),
        columns=tables.staff_columns(),
        rows=lambda: (tables.staff_table([row], places)[0] for row in queries.staff_rows(reader, filters, today)),
        count=queries.staff_count(reader, filters, today),
        filters=form.in_words(),
    )


@page(Permission.MANAGE_ACCESS)
def roles(request: HttpRequest) -> HttpResponse:
    """Every role: what for, what it opens, where that is written."""
    today = clock.today()
    longest = {code: rules.parameters().on("longest_days", today, code) for code in ROLES}
    context = {"columns": tables.roles_columns(), "rows": tables.roles_table(longest), "trail": trail()}
    return render(request, "accounts/roles.html", context)


@page(Permission.MANAGE_ACCESS, fresh=True)
def new(request: HttpRequest) -> HttpResponse:
    """Makes an account and shows its first password once."""
    form = AccountForm(sent(request))

    def act(typed: Any) -> HttpResponse:
        username, password = commands.make_account(by=request.reader, **typed)
        made = {"username": username, "password": password, "trail": trail()}
        return render(request, "accounts/password.html", made)

    return ask(
        request,
        form,
        act,
        title=_("Hacer una cuenta"),
        lead=_("La cuenta nace sin roles. Su primera contraseña se muestra una sola vez y solo sirve para poner otra."),
        button=_("Hacer la cuenta"),
        back=reverse("accounts:staff"),
        trail=trail(),
    )


@page(Permission.MANAGE_ACCESS)
def account(request: HttpRequest, username: str) -> HttpResponse:
    """One account: what it holds and held, and what was done with it."""
    today, places = clock.today(), places_of(request.reader)
    found = queries.account(request.reader, username, today)
    own = request.reader.user_id == found.id
    context = {
        "account": found,
        "facts": _facts(found),
        "own": own,
        "columns": tables.held_columns(manage=not own),
        "rows": tables.held_table(found.grants, places, manage=not own),
        "events": [
            Event(entry.at, act_words(entry.act), entry.reason, source=entry.actor)
            for entry in history(("user", username), limit=50)
        ],
        "trail": trail(),
    }
    return render(request, "accounts/account.html", context)


@page(Permission.MANAGE_ACCESS, fresh=True)
def grant(request: HttpRequest, username: str) -> HttpResponse:
    """Grants a role, or proposes it to a second person."""
    today, places = clock.today(), places_of(request.reader)
    found = queries.account(request.reader, username, today)
    initial = {"valid_from": today, "valid_to": today + timedelta(days=365)}
    form = GrantForm(sent(request), places=places, initial=initial)

    def act(_typed: Any) -> None:
        made = commands.grant_role(by=request.reader, data=form.data_for(found.username), today=today)
        if isinstance(made, RoleGrant):
            messages.success(request, _("Rol otorgado."))
        else:
            words = _("Propuesto: el rol abre datos sensibles o accesos, y rige cuando una segunda persona lo apruebe.")
            messages.info(request, words)

    return ask(
        request,
        form,
        act,
        title=_("Otorgar un rol"),
        lead=about(found.name, found.username),
        button=_("Otorgar el rol"),
        back=_url(found),
        trail=trail(Link(found.name, _url(found))),
        names={"scope_code": "place"},
        template="accounts/grant.html",
    )


@page(Permission.MANAGE_ACCESS, fresh=True)
def end(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Ends a role from this moment."""
    today, places = clock.today(), places_of(request.reader)
    found = queries.grant(request.reader, grant_id, today)
    form, back = ReasonForm(sent(request)), reverse("accounts:account", args=[found.username])

    def act(typed: Any) -> None:
        commands.end_grant(by=request.reader, grant_id=grant_id, today=today, **typed)

    return ask(
        request,
        form,
        act,
        title=_("Terminar un rol"),
        lead=about(f"{tables.role_title(found.role)} · {places.label(found.place)}", found.username),
        button=_("Terminar el rol"),
        done=_("Rol terminado: desde ahora no abre nada."),
        back=back,
        trail=trail(Link(found.name, back)),
        danger=True,
    )


@page(Permission.MANAGE_ACCESS, fresh=True)
def disable(request: HttpRequest, username: str) -> HttpResponse:
    """Closes an account."""
    found = queries.account(request.reader, username, clock.today())
    words = _("Inhabilitar la cuenta"), _("Cuenta inhabilitada: sus sesiones abiertas también.")
    return _on_account(request, found, commands.disable, *words, danger=True)


@page(Permission.MANAGE_ACCESS, fresh=True)
def enable(request: HttpRequest, username: str) -> HttpResponse:
    """Opens an account again."""
    found = queries.account(request.reader, username, clock.today())
    return _on_account(request, found, commands.enable, _("Habilitar la cuenta"), _("Cuenta habilitada."))


def _on_account(
    request: HttpRequest,
    found: StaffRow,
    command: Callable[..., Any],
    title: str,
    done: str,
    *,
    danger: bool = False,
) -> HttpResponse:
    def act(typed: Any) -> Any:
        return command(by=request.reader, username=found.username, today=clock.today(), **typed)

    return ask(
        request,
        ReasonForm(sent(request)),
        act,
        title=title,
        lead=about(found.name, found.username),
        button=title,
        done=done,
        back=_url(found),
        trail=trail(Link(found.name, _url(found))),
        danger=danger,
    )


def _facts(found: StaffRow) -> list[Fact]:
    state = tables.account_state(found)
    return [
        Fact(_("Cuenta"), state.word, state=str(state.value)),
        Fact(_("Usuario"), found.username),
        Fact(_("Último ingreso"), found.last_sign_in, "moment"),
    ]


def _url(found: StaffRow) -> str:
    return reverse("accounts:account", args=[found.username])

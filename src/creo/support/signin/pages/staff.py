"""What an administrator does about the sign-in of an account: sessions, first password, lost factors, directory."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.asking import ask, sent
from creo.support.pages import page
from creo.support.signin import commands, factors, queries
from creo.support.signin.forms import LinkForm, ReasonForm
from creo.support.signin.pages.second import KIND_WORDS
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Fact, Link

SIZE = 50


@page(Permission.MANAGE_ACCESS)
def listing(request: HttpRequest) -> HttpResponse:
    """Accounts of the house with their open sessions and whether they have a second factor."""
    text, after = request.GET.get("q", "").strip()[:64], request.GET.get("cursor", "")[:64]
    found = queries.accounts(request.reader, text, after, SIZE + 1)
    shown = found[:SIZE]
    ids = [each.pk for each in shown]
    opened, enrolled = queries.sessions_of(ids), queries.with_factor(ids)
    context = {
        "columns": [
            Column(_("Usuario")),
            Column(_("Nombre")),
            Column(_("Estado"), "state"),
            Column(_("Segundo factor"), "state"),
            Column(_("Sesiones abiertas"), "number"),
        ],
        "rows": [
            [
                Cell(each.username, url=reverse("signin:account", args=(each.username,))),
                each.name,
                Cell("yes", word=_("Activa")) if each.is_active else Cell("neutral", word=_("Desactivada")),
                Cell("yes", word=_("Tiene")) if each.pk in enrolled else Cell("unknown", word=_("No tiene")),
                opened.get(each.pk, 0),
            ]
            for each in shown
        ],
        "fields": [{"name": "q", "label": _("Usuario o nombre"), "kind": "search", "value": text}],
        "next_cursor": shown[-1].username if len(found) > SIZE else "",
        "filtered": bool(text),
    }
    return render(request, "signin/accounts.html", context)


def here(username: str) -> list[Link]:
    """Where the pages about an account are."""
    return [
        Link(_("Ingresos al sistema"), reverse("signin:accounts")),
        Link(username, reverse("signin:account", args=(username,))),
    ]


@page(Permission.MANAGE_ACCESS)
def account(request: HttpRequest, username: str) -> HttpResponse:
    """One account: its sessions, factors (never their secrets) and directories."""
    user = queries.account(request.reader, username)
    theirs = factors.of(user.pk)
    names = {each.id: each.name for each in queries.directories()}
    context = {
        "account": user,
        "trail": here(username)[:1],
        "facts": [
            Fact(_("Nombre"), user.name),
            Fact(_("Último ingreso"), formats.moment(user.last_login) if user.last_login else None),
            Fact(
                _("Contraseña"),
                _("Dada por un administrador, por cambiar") if queries.must_change(user.pk) else _("Propia"),
            ),
        ],
        "columns": [Column(_("Equipo")), Column(_("Dirección")), Column(_("Entró")), Column(_("Último uso"))],
        "rows": [
            [
                each.device or _("Equipo sin reconocer"),
                each.address,
                formats.moment(each.began_at),
                formats.moment(each.used_at),
            ]
            for each in queries.open_sessions(user.pk)
        ],
        "factor_columns": [Column(_("Factor")), Column(_("Agregado")), Column(_("Último uso"))],
        "factor_rows": [
            [
                Cell(KIND_WORDS[each.kind], note=each.name),
                formats.moment(each.made_at),
                formats.moment(each.used_at) if each.used_at else None,
            ]
            for each in theirs
        ],
        "links": [
            {"name": names.get(directory, directory), "subject": subject, "directory": directory}
            for directory, subject in queries.links(user.pk)
        ],
        "directories": bool(names),
        "own": user.pk == request.reader.user_id,
    }
    return render(request, "signin/account.html", context)


def _ask(
    request: HttpRequest, username: str, form: Any, act: Any, *, title: str, lead: str, button: str, done: str
) -> HttpResponse:
    return ask(
        request,
        form,
        act,
        title=title,
        lead=lead,
        button=button,
        back=reverse("signin:account", args=(username,)),
        trail=here(username),
        done=done,
        danger=True,
    )


@page(Permission.MANAGE_ACCESS, fresh=True)
def end_sessions(request: HttpRequest, username: str) -> HttpResponse:
    """Ends every session of an account."""
    queries.account(request.reader, username)

    def act(typed: dict[str, str]) -> None:
        commands.end_sessions_of(by=request.reader, username=username, reason=typed["reason"])

    return _ask(
        request,
        username,
        ReasonForm(sent(request)),
        act,
        title=_("Cerrar sus sesiones"),
        lead=username,
        button=_("Cerrar todas"),
        done=_("Sesiones cerradas."),
    )


@page(Permission.MANAGE_ACCESS, fresh=True)
def first_password(request: HttpRequest, username: str) -> HttpResponse:
    """Gives a random password, shown once."""
    user = queries.account(request.reader, username)

    def act(typed: dict[str, str]) -> HttpResponse:
        made = commands.give_first_password(by=request.reader, username=username, reason=typed["reason"])
        context = {"account": user, "password": made, "trail": here(username)}
        return render(request, "signin/first_password.html", context)

    return _ask(
        request,
        username,
        ReasonForm(sent(request)),
        act,
        title=_("Dar una contraseña nueva"),
        lead=_(
            "Sirve 72 horas y debe cambiarse al entrar. El segundo factor se sigue pidiendo. Sus sesiones se cierran."
        ),
        button=_("Dar la contraseña"),
        done="",
    )


@page(Permission.MANAGE_ACCESS, fresh=True)
def take_factors(request: HttpRequest, username: str) -> HttpResponse:
    """Takes away the lost factors of an account."""
    queries.account(request.reader, username)

    def act(typed: dict[str, str]) -> None:
        commands.take_factors(by=request.reader, username=username, reason=typed["reason"])

    return _ask(
        request,
        username,
        ReasonForm(sent(request)),
        act,
        title=_("Retirar los segundos factores"),
        lead=_("Solo si la persona los perdió: agregará otros al entrar. La contraseña la da otra persona."),
        button=_("Retirar"),
        done=_("Segundos factores retirados."),
    )


@page(Permission.MANAGE_ACCESS, fresh=True)
def link(request: HttpRequest, username: str) -> HttpResponse:
    """Lets a directory's subject enter an account."""
    queries.account(request.reader, username)

    def act(typed: dict[str, str]) -> None:
        commands.link_directory(by=request.reader, username=username, **typed)

    return _ask(
        request,
        username,
        LinkForm(sent(request)),
        act,
        title=_("Enlazar con el directorio"),
        lead=_("Quien el directorio reconozca con ese identificador entrará a esta cuenta, con su segundo factor."),
        button=_("Enlazar"),
        done=_("Cuenta enlazada con el directorio."),
    )


@page(Permission.MANAGE_ACCESS, fresh=True)
def unlink(request: HttpRequest, username: str, directory: str, subject: str) -> HttpResponse:
    """A directory's subject enters no more."""
    queries.account(request.reader, username)

    def act(typed: dict[str, str]) -> None:
        commands.unlink_directory(
            by=request.reader, username=username, directory=directory, subject=subject, reason=typed["reason"]
        )

    return _ask(
        request,
        username,
        ReasonForm(sent(request)),
        act,
        title=_("Quitar el enlace con el directorio"),
        lead=f"{username} · {directory} · {subject}",
        button=_("Quitar el enlace"),
        done=_("Enlace quitado. Sus sesiones se cerraron."),
    )

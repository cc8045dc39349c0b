"""«Mi cuenta»: roles and places, sessions, second factors, password; and the question who is there."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from creo.support import clock
from creo.support.accounts.permissions import ROLES
from creo.support.asking import ask, sent
from creo.support.pages import page
from creo.support.refusals import NotFound, Refused
from creo.support.signin import (
    commands,
    entering,
    factors,
    fresh,
    limits,
    lockout,
    queries,
    sessions,
    telling,
)
from creo.support.signin.forms import CodeForm, ConfirmForm, PasskeyForm, PasswordAgainForm, PasswordForm
from creo.support.signin.pages.entry import where_to
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Fact, Link

PLACE_WORDS = {"nation": gettext_lazy("Nacional")}


def trail() -> list[Link]:
    """Where these pages are."""
    return [Link(_("Mi cuenta"), reverse("signin:mine"))]


@page(None)
def mine(request: HttpRequest) -> HttpResponse:
    """What one is here: roles, places, factors, open sessions, and what happened to the account."""
    user_id = request.user.pk
    roles = [
        [
            str(ROLES[each.role].title) if each.role in ROLES else each.role,
            str(PLACE_WORDS.get(each.scope_kind, each.scope_code)),
            each.valid_from,
            each.valid_to,
        ]
        for each in queries.grants(user_id)
    ]
    mine_now = factors.of(user_id)
    open_now = queries.open_sessions(user_id, request.session.session_key)
    changed = queries.password_changed_at(user_id)
    context = {
        "facts": [
            Fact(_("Usuario"), request.user.username),
            Fact(_("Nombre"), request.user.name),
            Fact(_("Contraseña cambiada"), changed, "moment") if changed else Fact(_("Contraseña cambiada"), None),
        ],
        "columns": [Column(_("Rol")), Column(_("Ámbito")), Column(_("Desde"), "day"), Column(_("Hasta"), "day")],
        "rows": roles,
        "factors": len([each for each in mine_now if each.kind != factors.CODES]),
        "sessions": len(open_now),
        "notices": [
            {
                "title": telling.NOTICE_WORDS.get(each.kind, ""),
                "date": each.at.astimezone(clock.LIMA).date(),
                "text": _from(each),
            }
            for each in queries.notices(user_id)
        ],
    }
    return render(request, "signin/mine.html", context)


def _from(notice: Any) -> str:
    return " · ".join(part for part in (formats.moment(notice.at), notice.address, notice.device) if part)


@page(None)
def my_sessions(request: HttpRequest) -> HttpResponse:
    """One's open sessions, with the device and the last use of each; any may be ended."""
    rows = [
        [
            Cell(each.device or _("Equipo sin reconocer"), note=_("Esta sesión") if each.own else ""),
            each.address,
            Cell(formats.moment(each.began_at)),
            Cell(formats.moment(each.used_at)),
            Cell(_("Cerrar"), url=reverse("signin:end_session", args=(each.id,))) if not each.own else Cell(""),
        ]
        for each in queries.open_sessions(request.user.pk, request.session.session_key)
    ]
    columns = [
        Column(_("Equipo")),
        Column(_("Dirección")),
        Column(_("Entró")),
        Column(_("Último uso")),
        Column(_("Acción")),
    ]
    return render(request, "signin/sessions.html", {"columns": columns, "rows": rows, "trail": trail()})


@page(None)
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Ends one of one's sessions; another's is as if it were not."""
    if all(each.id != session_id for each in queries.open_sessions(request.user.pk)):
        raise NotFound
    return ask(
        request,
        ConfirmForm(sent(request)),
        lambda _data: commands.end_session(by=request.reader, session_id=session_id, keep=request.session.session_key),
        title=_("Cerrar la sesión"),
        lead=_("En ese equipo habrá que entrar de nuevo."),
        button=_("Cerrar la sesión"),
        back=reverse("signin:sessions"),
        trail=[*trail(), Link(_("Mis sesiones"), reverse("signin:sessions"))],
        done=_("Sesión cerrada."),
        danger=True,
    )


@page(None)
def end_others(request: HttpRequest) -> HttpResponse:
    """Ends every session of one's own but this."""

    def act(_data: object) -> None:
        commands.end_other_sessions(by=request.reader, keep=request.session.session_key)

    return ask(
        request,
        ConfirmForm(sent(request)),
        act,
        title=_("Cerrar las demás sesiones"),
        lead=_("Queda abierta solo esta."),
        button=_("Cerrar las demás"),
        back=reverse("signin:sessions"),
        trail=[*trail(), Link(_("Mis sesiones"), reverse("signin:sessions"))],
        done=_("Las demás sesiones se cerraron."),
        danger=True,
    )


@sensitive_post_parameters("current", "new", "again")
@page(None)
def password(request: HttpRequest) -> HttpResponse:
    """A new password; the other sessions end."""
    form = PasswordForm(sent(request))
    forced = sessions.state(request)["change"]

    def act(typed: dict[str, str]) -> HttpResponse:
        old_key = request.session.session_key
        if lockout.waits(request, request.user.get_username()):
            return lockout.refused(request, None, {"username": request.user.get_username()})
        try:
            user = commands.change_password(by=request.reader, current=typed["current"], new=typed["new"], keep=old_key)
        except Refused as refusal:
            if "current" in refusal.fields:
                lockout.failed(request, request.user.get_username())
            raise
        update_session_auth_hash(request, user)
        sessions.renewed(request, old_key)
        sessions.note(request, change=False, proved=clock.now().timestamp())
        return HttpResponseRedirect("/" if forced else reverse("signin:mine"))

    lead = _("La contraseña que le dieron sirve una sola vez: elija la suya antes de continuar.") if forced else ""
    return ask(
        request,
        form,
        act,
        title=_("Cambiar la contraseña"),
        lead=lead or _("Al cambiarla se cierran sus sesiones en otros equipos."),
        button=_("Cambiar la contraseña"),
        back=reverse("signin:mine"),
        trail=trail(),
        done=_("Contraseña cambiada."),
    )


@sensitive_post_parameters("password", "code", "credential")
@page(None)
def confirm(request: HttpRequest) -> HttpResponse:
    """Asks again who is there: the second factor of whoever has one, the password of whoever has none."""
    user = request.user
    if lockout.waits(request, user.get_username()):
        return lockout.refused(request, None, {"username": user.get_username()})
    kinds = {each.kind for each in factors.of(user.pk)} - {factors.CODES}
    form: CodeForm | PasswordAgainForm = (CodeForm if kinds else PasswordAgainForm)(
        sent(request) if "credential" not in request.POST else None
    )

    def show(status: int) -> HttpResponse:
        context = {
            "form": form,
            "next": where_to(request),
            "with_passkey": factors.PASSKEY in kinds,
            "wrong_passkey": status == 422 and "credential" in request.POST,
            "question": factors.passkey_question(user) if factors.PASSKEY in kinds else None,
        }
        return render(request, "signin/confirm.html", context, status=status)

    if request.method == "POST":
        held = _shown_again(request, form)
        if held is None:
            lockout.failed(request, user.get_username())
            entering.refused(request, user.get_username())
            return show(422)
        fresh.proved(request, held)
        return HttpResponseRedirect(where_to(request))
    return show(200)


def _shown_again(request: HttpRequest, form: CodeForm | PasswordAgainForm) -> str | None:
    """The strength of what was shown; None, with the reason in the form, when it proves nothing."""
    if "credential" in request.POST:
        passkey = PasskeyForm(request.POST)
        proof = factors.proves_passkey(request.user, passkey.cleaned_data["credential"]) if passkey.is_valid() else None
        if proof is None:
            return None
        factors.used(proof)
        return limits.PASSKEY
    if not form.is_valid():
        return None
    if isinstance(form, PasswordAgainForm):
        if request.user.check_password(form.cleaned_data["password"]):
            return limits.NO_FACTOR
        form.add_error("password", _("No es su contraseña."))
        return None
    proof = factors.spend_code(request.user, form.cleaned_data["code"])
    if proof is None:
        form.add_error("code", _("El código no es correcto, ya se usó o ya pasó su tiempo."))
        return None
    factors.used(proof)
    return limits.CODE

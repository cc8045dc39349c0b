"""The door: name and password, second factor, passkey alone, sign-out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login, perform_password_login
from allauth.account.models import Login
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.providers.openid_connect import views as directory_views
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from requests import RequestException

from creo.support.signin import entering, factors, lockout, queries, sessions
from creo.support.signin.forms import CodeForm, PasskeyForm, SignInForm

NEXT = "next"
logger = logging.getLogger("creo.signin")


def where_to(request: HttpRequest) -> str:
    """The page of this house that was asked for; the first page when the address leads elsewhere."""
    asked = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else settings.LOGIN_REDIRECT_URL


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password. A wrong one is answered alike for every name; too many wait."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(where_to(request))
    form = SignInForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if form.is_valid():
            user = form.get_user()
            login = Login(user=user, redirect_url=where_to(request))
            return perform_password_login(request, {"username": user.get_username()}, login)
        if form.has_error("__all__") and not _was_locked(request):
            entering.refused(request, request.POST.get("username", ""))
    return _door(request, form, 422 if request.method == "POST" else 200)


def _was_locked(request: HttpRequest) -> bool:
    """True when the name was waiting: axes answers with 429, and the try is not written once more."""
    return getattr(request, "axes_locked_out", False) and not lockout.just_locked(request)


def _door(request: HttpRequest, form: SignInForm, status: int) -> HttpResponse:
    accounts = import_string(settings.CREO_DEMO_ACCOUNTS)() if settings.CREO_MODE == "demo" else []
    context = {
        "form": form,
        "accounts": accounts,
        "next": where_to(request),
        "directories": queries.directories(),
    }
    return render(request, "signin/enter.html", context, status=status)


@sensitive_post_parameters("code", "credential")
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="sign_in")
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second step of a sign-in: a code, or a passkey. Wrong ones count with the wrong passwords of the name."""
    stage = request._login_stage
    user = stage.login.user
    if lockout.waits(request, user.get_username()):
        return lockout.refused(request, None, {"username": user.get_username()})
    if request.method == "POST":
        proof = _proof(request, user)
        if proof is not None:
            post_authentication(request, proof)
            return stage.exit()
        lockout.failed(request, user.get_username())
        entering.refused(request, user.get_username())
    return _second(request, user, 422 if request.method == "POST" else 200)


def _proof(request: HttpRequest, user: Any) -> Any | None:
    """The factor that was shown; None when it proves nothing."""
    if "credential" in request.POST:
        form = PasskeyForm(request.POST)
        return factors.proves_passkey(user, form.cleaned_data["credential"]) if form.is_valid() else None
    code = CodeForm(request.POST)
    return factors.spend_code(user, code.cleaned_data["code"]) if code.is_valid() else None


def _second(request: HttpRequest, user: Any, status: int) -> HttpResponse:
    kinds = {each.kind for each in factors.of(user.pk)}
    form = CodeForm(request.POST if request.method == "POST" and "code" in request.POST else None)
    if status == 422 and form.is_bound and form.is_valid():
        form.add_error("code", _("El código no es correcto, ya se usó o ya pasó su tiempo."))
    context = {
        "form": form,
        "with_passkey": factors.PASSKEY in kinds,
        "with_code": bool(kinds - {factors.PASSKEY}),
        "wrong_passkey": status == 422 and "credential" in request.POST,
        "question": factors.passkey_question(user) if factors.PASSKEY in kinds else None,
    }
    return render(request, "signin/second.html", context, status=status)


@never_cache
@sensitive_post_parameters("credential")
def passkey_in(request: HttpRequest) -> HttpResponse:
    """Signing in with a passkey alone: GET gives the question (JSON), POST takes the answer."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(where_to(request))
    if request.method != "POST":
        return HttpResponse(factors.passkey_question(None), content_type="application/json")
    form = PasskeyForm(request.POST)
    user = factors.owner(form.cleaned_data["credential"]) if form.is_valid() else None
    proof = factors.proves_passkey(user, form.cleaned_data["credential"]) if user is not None else None
    if proof is None or not user.is_active or queries.must_change(user.pk):
        entering.refused(request, user.get_username() if user is not None else "")
        door = SignInForm(request, {})
        door.errors.clear()
        door.add_error(None, _("La llave de acceso no abre ninguna cuenta. Entre con su usuario y su contraseña."))
        return _door(request, door, 422)
    post_authentication(request, proof, passwordless=True)
    return perform_login(request, Login(user=user, redirect_url=where_to(request)))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session on the server, and empties what the browser kept."""
    if request.user.is_authenticated:
        entering.left(request)
        sessions.end_own(request)
    answer = HttpResponseRedirect(settings.LOGIN_URL)
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def to_directory(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Leaves for an institution's directory; 404 when this installation trusts none of that name."""
    return _asking_directory(request, lambda: directory_views.login(request, provider_id))


def from_directory(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Comes back from the directory: enters the linked account, or gets nothing."""
    return _asking_directory(request, lambda: directory_views.callback(request, provider_id))


def _asking_directory(request: HttpRequest, ask: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return ask()
    except RequestException:
        logger.warning("The directory did not answer.")
        reason = _("El directorio de su institución no responde. Entre con su usuario y contraseña, o más tarde.")
        return render(request, "ui/errors/403.html", {"reason": reason}, status=503)


def lost_way(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Addresses that the library leads to when a directory's sign-in is given up: back to the door."""
    return HttpResponseRedirect(settings.LOGIN_URL)

"""Sign-in, errors and the health check."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _

from creo.site.accounts import demo_accounts


class SignInForm(AuthenticationForm):
    """Name and password; the same answer whether the name exists or not."""

    username = forms.CharField(
        label=_("Usuario"), widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Contraseña"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    error_messages = {
        "invalid_login": _("El usuario o la contraseña no coinciden. Revíselos e intente de nuevo."),
        "inactive": _("El usuario o la contraseña no coinciden. Revíselos e intente de nuevo."),
    }


class SignIn(LoginView):
    """The sign-in page; in the demonstration it lists the accounts (never their password)."""

    template_name = "site/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and in the demonstration the accounts that exist."""
        accounts = demo_accounts() if settings.CREO_MODE == "demo" else []
        return super().get_context_data(accounts=accounts, **kwargs)

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """The same page with its errors, as 422."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


def health(request: HttpRequest) -> JsonResponse:
    """Answers when the web and the database do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 in words."""
    return render(request, "ui/errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 in words."""
    return render(request, "ui/errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 without a traceback, and without anything that may be what failed: no context, no database."""
    return HttpResponse(get_template("ui/errors/500.html").render({}), status=500)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is too old or from elsewhere: says to open it again."""
    text = _(
        "La página quedó abierta demasiado tiempo o se abrió desde otro sitio. Vuelva a abrirla y repita el envío."
    )
    return render(request, "ui/errors/403.html", {"reason": text}, status=403)

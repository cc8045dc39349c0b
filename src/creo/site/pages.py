"""Errors and the health check."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _


def health(request: HttpRequest) -> JsonResponse:
    """Answers when the web and the database do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400 in few words: what was sent is not a call that a browser of ours makes, and is not repeated back."""
    if isinstance(exception, SessionInterrupted):  # somebody ended the session while the page was being made
        return HttpResponseRedirect(settings.LOGIN_URL)
    return HttpResponse(_("El pedido no se puede leer."), status=400, content_type="text/plain; charset=utf-8")


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

"""The components page, open to everyone, and the pages for what goes wrong."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from creo.support.ui import samples


def style_guide(request: HttpRequest) -> HttpResponse:
    """`/estilo/`: every part of the look in its states, with made-up data; `?parte=progreso` answers the poll alone."""
    if request.GET.get("parte") == "progreso":
        return render(request, "ui/estilo.html#progress", {"progress": samples.progress()})
    return render(request, "ui/estilo.html", samples.context())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400."""
    return render(request, "ui/errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403: shows the reason only when the raiser wrote one for people."""
    return render(request, "ui/errors/403.html", {"reason": str(exception or "")}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: a page left open too long, said so; the technical reason stays in the log."""
    return render(request, "ui/errors/400.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404: never tells whether the thing exists outside the reader's scope."""
    return render(request, "ui/errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: rendered without request nor context processors, any of which may be what failed."""
    context: dict[str, Any] = {"incident": getattr(request, "incident", "")}
    return HttpResponse(loader.get_template("ui/errors/500.html").render(context), status=500)


def refused(request: HttpRequest, errors: list[str], back_url: str = "", verdict: object = None) -> HttpResponse:
    """A refused act (422) with its reasons, for when there is no form to show again."""
    context = {"errors": errors, "back_url": back_url, "verdict": verdict}
    return render(request, "ui/errors/422.html", context, status=422)

"""The components page, open to everyone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from creo.support.ui import samples


def style_guide(request: HttpRequest) -> HttpResponse:
    """`/estilo/`: every part of the look in its states, with made-up data; `?parte=progreso` answers the poll alone."""
    if request.GET.get("parte") == "progreso":
        return render(request, "ui/estilo.html#progress", {"progress": samples.progress()})
    return render(request, "ui/estilo.html", samples.context())

"""What the lists of looking share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import system
from creo.support.announcements.places import place_names
from creo.support.ui.parts import Link


def reader_of(request: HttpRequest) -> Any:
    """Who asks: the middleware puts them on every request."""
    return request.reader  # type: ignore[attr-defined]


def all_places() -> dict[str, str]:
    """Names of every prison by code: looks and alerts may tell of any, and their names are no secret. One query."""
    return place_names(system())


def export_links(request: HttpRequest, view: str, *args: object) -> list[Link]:
    """Where this list, with its filters, is handed out; none without the permission."""
    if not reader_of(request).can(Permission.EXPORT):
        return []
    kept = request.GET.copy()
    kept.pop("cursor", None)
    asked = f"?{kept.urlencode()}" if kept else ""
    return [Link(kind.upper(), reverse(view, args=[*args, kind]) + asked) for kind in ("csv", "xlsx")]

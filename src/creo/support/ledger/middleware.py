"""Entries written during a request tell where it came from."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from creo.support.ledger.running import origin


class OriginMiddleware:
    """Address of the caller, the session (by a digest: its key opens it) and a number for the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = getattr(request, "session", None)
        key = session.session_key if session is not None else None
        with origin(
            address=str(request.META.get("REMOTE_ADDR", ""))[:45],
            session=hashlib.sha256(key.encode()).hexdigest()[:12] if key else "",
            key=_api_key(request),
            request=secrets.token_hex(6),
        ):
            return self.get_response(request)


def _api_key(request: HttpRequest) -> str:
    """The public prefix of an API key; its secret part is never kept."""
    told = request.headers.get("Authorization", "")
    return told.removeprefix("Bearer ")[:12] if told.startswith("Bearer creo_") else ""

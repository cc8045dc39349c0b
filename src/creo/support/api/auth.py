"""Who calls: the key in the header becomes the reader of the request. No key, no answer."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from creo.support import clock
from creo.support.api import commands, queries
from creo.support.api.models import ApiKey
from creo.support.scoping.acting import enter


class KeyBearer(HttpBearer):
    """`Authorization: Bearer creo_…`: a key in force. The session of a signed-in person opens nothing here."""

    openapi_scheme = "bearer"

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """The key, with `request.reader` set to what it may do; None refuses the call."""
        today = clock.today()
        key = queries.key_for(token, today)
        if key is None:
            return None
        reader = queries.reader_of(key)
        request.reader = reader  # type: ignore[attr-defined]  # as the middleware does for sessions
        enter(reader)
        commands.note_use(key, today)
        return key

"""Puts the reader on every request, before any page runs."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from creo.support import clock
from creo.support.accounts.readers import NOBODY, reader_for


class ReaderMiddleware:
    """`request.reader`: nobody until somebody signs in, and again from the moment their access ends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.reader = reader_for(user, clock.today()) if user.is_authenticated else NOBODY
        return self.get_response(request)

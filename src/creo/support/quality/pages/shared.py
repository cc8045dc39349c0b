"""What the pages of the board share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from creo.support.accounts.readers import Reader
from creo.support.quality.checks import one_reading

Page = Callable[..., HttpResponse]


def read_once(view: Page) -> Page:
    """What a page reads in several parts (places, limits, runs) it reads once, and forgets when it answers."""

    @functools.wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with one_reading():
            return view(request, *args, **kwargs)

    return run


def reader_of(request: HttpRequest) -> Reader:
    """Who asks: the middleware puts them on every request."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    return reader

"""Puts every request behind the wall of its reader, its streamed answers too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from creo.support.scoping.acting import Ground, ground, standing, standing_again


class WallMiddleware:
    """One transaction a request, which first says who reads. Costs one query; none where no wall stands.

    An answer over 499 takes its writes back, as a page without this transaction would have.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.CREO_RLS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with standing(request.reader):  # type: ignore[attr-defined]  # ReaderMiddleware put it there
            response: HttpResponseBase = self.get_response(request)
            # A key of the API may have said meanwhile who reads.
            here = ground()
            if here is not None and response.status_code >= 500:
                transaction.set_rollback(True)
        if here is not None and response.streaming:
            response.streaming_content = _behind(here, response.streaming_content)  # type: ignore[attr-defined]
        return response


def _behind(here: Ground, content: Iterable[Any]) -> Iterator[Any]:
    """The pieces of a streamed answer, read after the page: on the same ground, in a transaction of its own."""
    with standing_again(here):
        yield from content

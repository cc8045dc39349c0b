"""Writes over a record carry the version they were decided on: `ETag` when read, `If-Match` when written.

428 without it, 412 when the record has changed since (RFC 9110 13.1.1, RFC 6585 3; security.md R9). Under `once`, so
that a call sent again after a lost answer is answered before its version is asked.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Status

from creo.support.versions import Record, current, expecting

HEADER = "If-Match"
_TAG = re.compile(r'"v([0-9]{1,18})"')

Operation = Callable[..., Status[Any]]


class VersionMissing(Exception):
    """A write over a record without saying what it was decided on."""


def etag(record: Record) -> str:
    """The version of a record as a strong entity tag. One query."""
    return f'"v{current(record)}"'


def tagged(response: HttpResponse, record: Record) -> None:
    """Puts the version of what is read on its answer."""
    response["ETag"] = etag(record)


def matching(find: Callable[[HttpRequest, str], Record]) -> Callable[[Operation], Operation]:
    """Makes a write on a record (named by its first parameter) conditional. `find` gives the record in scope.

    VersionMissing without a readable `If-Match` («*» says nothing of what was read); Stale when it is not the present.
    """

    def wrap(operation: Operation) -> Operation:
        @functools.wraps(operation)
        def run(request: HttpRequest, code: str, **kwargs: Any) -> Status[Any]:
            tag = _TAG.fullmatch(request.headers.get(HEADER, "").strip())
            if tag is None:
                raise VersionMissing
            with expecting(find(request, code), tag[1]):
                return operation(request, code=code, **kwargs)

        # The description is drawn from the types of the operation: read them where they are written, not here.
        run.__signature__ = inspect.signature(operation, eval_str=True)  # type: ignore[attr-defined]
        return run

    return wrap

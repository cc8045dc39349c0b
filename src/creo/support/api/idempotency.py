"""A write that may be sent again: the same key and the same body do the act once and get the same answer.

A weak link loses answers, not only calls (security.md R7). The remembered call is written in the transaction of the
act: both happen or none. Two equal calls at once: the second waits on the unique key, then gets the first's answer.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema, Status

from creo.support import clock
from creo.support.api.models import ApiKey, RememberedCall
from creo.support.refusals import Refused

HEADER = "Idempotency-Key"
LONGEST = 80
# Longer than a link is ever down; short enough not to become a second archive of answers about people.
KEPT = timedelta(days=30)

Operation = Callable[..., Status[Any]]


def once(operation: Operation) -> Operation:
    """Makes a write repeatable by its `Idempotency-Key`. Refused without one, or with one used for another call."""

    @functools.wraps(operation)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Status[Any]:
        key, text = _key(request), request.headers.get(HEADER, "").strip()
        if not 8 <= len(text) <= LONGEST or not text.isascii() or not text.isprintable():
            raise Refused(
                _("Falta la cabecera Idempotency-Key: de 8 a 80 letras o dígitos, distinta en cada acto."),
                fields={HEADER: _("De 8 a 80 letras o dígitos.")},
            )
        fingerprint = hashlib.sha256(
            b"\0".join((str(request.method).encode(), request.get_full_path().encode(), request.body))
        ).hexdigest()
        try:
            with transaction.atomic():
                return _first(operation, request, key, text, fingerprint, args, kwargs)
        except _Before:
            return _again(key, text, fingerprint)

    # The description is drawn from the types of the operation: read them where they are written, not here.
    run.__signature__ = inspect.signature(operation, eval_str=True)  # type: ignore[attr-defined]
    return run


class _Before(Exception):
    """The key was used before."""


def _first(
    operation: Operation,
    request: HttpRequest,
    key: ApiKey,
    text: str,
    fingerprint: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Status[Any]:
    try:
        with transaction.atomic():
            call = RememberedCall.objects.create(api_key=key, key=text, fingerprint=fingerprint, at=clock.now())
    except IntegrityError:
        raise _Before from None
    answer = operation(request, *args, **kwargs)
    value = answer.value
    call.status = answer.status_code
    call.answer = value.model_dump(mode="json") if isinstance(value, Schema) else value
    call.save(update_fields=["status", "answer"])
    return answer


def _again(key: ApiKey, text: str, fingerprint: str) -> Status[Any]:
    call = RememberedCall.objects.get(api_key=key, key=text)
    if call.fingerprint != fingerprint:
        raise Refused(
            _("Ese Idempotency-Key ya se usó para otro pedido: use uno nuevo para cada acto."),
            fields={HEADER: _("Ya se usó para otro pedido.")},
        )
    return Status(call.status, call.answer)


def prune(*, called_before: datetime) -> int:
    """Forgets the calls made before a moment; returns how many. From then on their keys serve again."""
    removed, _by_table = RememberedCall.objects.filter(at__lt=called_before).delete()
    return removed


def _key(request: HttpRequest) -> ApiKey:
    key = getattr(request, "auth", None)
    if not isinstance(key, ApiKey):
        raise TypeError("Una escritura de la API se llama siempre con una clave.")
    return key

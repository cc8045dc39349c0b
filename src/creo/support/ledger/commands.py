"""The frame of every write: permission, one transaction, and at least one entry in the ledger, or nothing happens.

@command(permission=Permission.EDIT_PEOPLE)
def confirm_identity(*, by: Reader, person_code: str, reason: str) -> None:
    ...
    ledger.record(act="register.identity_confirmed", subject=("person", person_code), reason=reason)
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from django.db import transaction

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.bulk import insert_rows
from creo.support.ledger.models import Entry

P = ParamSpec("P")
R = TypeVar("R")

FIELDS = ("at", "actor_id", "actor", "act", "subject_kind", "subject_code", "place", "reason", "before", "after")


class Unrecorded(RuntimeError):
    """A command wrote nothing in the ledger: a fault of ours; the transaction is rolled back."""


@dataclass
class _Act:
    by: Reader
    entries: int = 0
    idle_because: str = ""


_current: ContextVar[_Act | None] = ContextVar("current_act", default=None)


def command(*, permission: Permission | None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Makes a keyword-only function a command. `permission=None` is for acts that check for themselves."""

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            by = kwargs.get("by")
            if args or not isinstance(by, Reader):
                raise TypeError(f"{function.__qualname__} se llama solo con nombres y con by=<Reader>.")
            if permission is not None:
                by.require(permission)
            with transaction.atomic():
                return _run(function, by, args, kwargs)

        return run

    return wrap


def _run[**P, R](function: Callable[P, R], by: Reader, args: Any, kwargs: Any) -> R:
    outer = _current.get()
    act = _Act(by)
    token = _current.set(act)
    try:
        result = function(*args, **kwargs)
    finally:
        _current.reset(token)
    if not act.entries and not act.idle_because:
        raise Unrecorded(f"{function.__qualname__} terminó sin asiento en el registro de actos.")
    if outer is not None:
        outer.entries += act.entries
    return result


def record(
    *,
    act: str,
    subject: tuple[str, str],
    place: str = "",
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Writes one entry for the running command. RuntimeError outside a command."""
    record_many([{"act": act, "subject": subject, "place": place, "reason": reason, "before": before, "after": after}])


def record_many(entries: Iterable[Mapping[str, Any]]) -> int:
    """Writes many entries (keys as in `record`) and returns how many; bulk commands write the same ledger."""
    running = _current.get()
    if running is None:
        raise RuntimeError("El registro de actos solo se escribe dentro de un comando.")
    at = clock.now()
    by = running.by
    written = insert_rows(Entry, FIELDS, (_row(entry, at, by) for entry in entries))
    running.entries += written
    return written


def nothing_to_do(why: str) -> None:
    """Says explicitly that the command changed nothing, and why: silence is not an answer."""
    running = _current.get()
    if running is None:
        raise RuntimeError("El registro de actos solo se escribe dentro de un comando.")
    running.idle_because = why


def _row(entry: Mapping[str, Any], at: Any, by: Reader) -> tuple[Any, ...]:
    kind, code = entry["subject"]
    return (
        at,
        by.user_id,
        by.name,
        entry["act"],
        kind,
        code,
        entry.get("place") or "",
        entry.get("reason") or "",
        entry.get("before"),
        entry.get("after"),
    )

"""The frame of every write: permission, one transaction, and at least one entry in the ledger, or nothing happens.

@command(permission=Permission.EDIT_PEOPLE)
def confirm_identity(*, by: Reader, person_code: str, reason: str) -> None:
    ...
    ledger.record(act="register.identity_confirmed", subject=("person", person_code), reason=reason)
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from django.db import transaction

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements import outbox
from creo.support.announcements.news import Wiring, wired
from creo.support.bulk import insert_frames, insert_rows, next_id, numbered, settle_sequence, stored
from creo.support.ledger import running as runs
from creo.support.ledger.models import Entry
from creo.support.ledger.running import Act, current
from creo.support.rebuilding import rebuilt
from creo.support.scoping.acting import commanding
from creo.support.secrets import hiding

if TYPE_CHECKING:
    import polars as pl

P = ParamSpec("P")
R = TypeVar("R")

# Announced entries are kept aside until their keys are known: this many at most, however many a bulk command writes.
TOLD_AT_ONCE = 5_000
OWN = ("at", "actor_id", "actor", "pack", "context", "act")
FRAME = ("subject_kind", "subject_code", "place", "reason", "before", "after")
FIELDS = (*OWN, *FRAME)


class Unrecorded(RuntimeError):
    """A command wrote nothing in the ledger: a fault of ours; the transaction is rolled back."""


def command(*, permission: Permission | None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Makes a keyword-only function a command. `permission=None` is for acts that check for themselves."""

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            by = kwargs.get("by")
            if args or not isinstance(by, Reader):
                raise TypeError(f"{function.__qualname__} se llama solo con nombres y con by=<Reader>.")
            if permission is not None:
                by = by.at_places_of(permission)
                by.require(permission)
                kwargs["by"] = by
            with transaction.atomic(), commanding(function.__qualname__):
                return _run(function, by, args, kwargs)

        return run

    return wrap


def _run[**P, R](function: Callable[P, R], by: Reader, args: Any, kwargs: Any) -> R:
    outer = current.get()
    act = Act(by, outer.pack if outer is not None else runs.open_pack(by))
    token = current.set(act)
    try:
        # What an inner command seals, the outer one's entry does not tell either.
        with hiding.remembering() if outer is None else nullcontext():
            result = function(*args, **kwargs)
    finally:
        current.reset(token)
    if not act.entries and not act.idle_because:
        raise Unrecorded(f"{function.__qualname__} terminó sin asiento en el registro de actos.")
    if outer is not None:
        outer.entries += act.entries
        return result
    if not act.entries:
        runs.drop_pack(act.pack)
    runs.close_pack()
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
    """Writes one entry for the running command. RuntimeError outside a command.

    Texts that the act sealed or opened are hidden in `before` and `after` (`secrets.hiding`).
    """
    record_many([{"act": act, "subject": subject, "place": place, "reason": reason, "before": before, "after": after}])


def record_many(entries: Iterable[Mapping[str, Any]]) -> int:
    """Writes many entries (keys as in `record`) and returns how many; bulk commands write the same ledger.

    Acts that the wiring table announces are written with their deliveries; all others at the speed of the database.
    """
    running = current.get()
    if running is None:
        raise RuntimeError("El registro de actos solo se escribe dentro de un comando.")
    at, table, rows, written = clock.now(), wired(), iter(entries), 0
    while True:
        told: list[tuple[Any, ...]] = []
        written += insert_rows(Entry, FIELDS, _untold(rows, table, at, running, told))
        written += _tell(told, table)
        if len(told) < TOLD_AT_ONCE:
            break
    running.entries += written
    return written


def record_frames(act: str, frames: Iterable[pl.DataFrame], *, rebuild_under: int = 0) -> int:
    """Writes entries of one act from whole frames (FRAME, in that order) and returns how many, as `record_many` does.

    `before` and `after` are JSON texts. The frames are made in another thread: they must not touch the database. A
    ledger of at most `rebuild_under` entries gets its indexes again after them; nobody else reads it meanwhile.
    """
    running = current.get()
    if running is None:
        raise RuntimeError("El registro de actos solo se escribe dentro de un comando.")
    if act in wired():
        return record_many(_entry(act, row) for frame in frames for row in frame.iter_rows())
    import polars as pl

    at, by = stored(Entry, "at", clock.now()), running.by
    who = [pl.lit(at), pl.lit(by.user_id, pl.Int64), pl.lit(by.name), pl.lit(running.pack, pl.Int64)]
    constant = [*who, pl.lit(runs.told_origin_text(), pl.String), pl.lit(act)]
    same = [each.alias(name) for each, name in zip(constant, OWN, strict=True)]
    whole = (frame.select(*same, *FRAME) for frame in frames)
    with rebuilt([Entry], at_most=rebuild_under) if rebuild_under else nullcontext(False) as alone:
        written = _insert_alone(running, whole) if alone else insert_frames(Entry, FIELDS, whole)
    running.entries += written
    return written


def _insert_alone(running: Act, frames: Iterator[pl.DataFrame]) -> int:
    """With keys of our own, while nobody else can write an entry."""
    first = next_id(Entry)
    runs.lower_pack(running.pack, first)
    written = insert_frames(Entry, ("id", *FIELDS), numbered(frames, first))
    settle_sequence(Entry)
    return written


def _entry(act: str, row: tuple[Any, ...]) -> Mapping[str, Any]:
    kind, code, place, reason, before, after = row
    told = {"before": before and json.loads(before), "after": after and json.loads(after)}
    return {"act": act, "subject": (kind, code), "place": place, "reason": reason, **told}


def _untold(
    rows: Iterator[Mapping[str, Any]], table: Wiring, at: Any, running: Act, told: list[tuple[Any, ...]]
) -> Iterator[tuple[Any, ...]]:
    """The rows that nobody waits for; the announced ones go aside, and when many are there the caller writes them."""
    for entry in rows:
        if entry["act"] not in table:
            yield _row(entry, at, running)
            continue
        told.append(_row(entry, at, running))
        if len(told) == TOLD_AT_ONCE:
            return


def _tell(told: list[tuple[Any, ...]], table: Wiring) -> int:
    """Writes announced entries and, in the same transaction, to whom each must be delivered."""
    if not told:
        return 0
    made = Entry.objects.bulk_create(Entry(**dict(zip(FIELDS, row, strict=True))) for row in told)
    outbox.post(made, table)
    return len(made)


def nothing_to_do(why: str) -> None:
    """Says explicitly that the command changed nothing, and why: silence is not an answer."""
    running = current.get()
    if running is None:
        raise RuntimeError("El registro de actos solo se escribe dentro de un comando.")
    running.idle_because = why


def _row(entry: Mapping[str, Any], at: Any, running: Act) -> tuple[Any, ...]:
    kind, code = entry["subject"]
    return (
        at,
        running.by.user_id,
        running.by.name,
        running.pack,
        runs.told_origin(),
        entry["act"],
        kind,
        code,
        entry.get("place") or "",
        hiding.opened(entry.get("reason") or ""),
        hiding.hidden(entry.get("before")),
        hiding.hidden(entry.get("after")),
    )

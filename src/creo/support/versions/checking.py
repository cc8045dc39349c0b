"""Optimistic versions: read with the record, brought back with the act, compared under the record's lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db.models import QuerySet

from creo.support.ledger.models import Entry

NEVER_CHANGED = "0"


@dataclass(frozen=True, slots=True)
class Record:
    """A record and the acts that change it: those on (kind, code) that begin with `acts` and are not `ignored`.

    Looks are acts too, and change nothing: a chapter names its own in `ignored`, exact acts or beginnings ("x.look_").
    """

    kind: str
    code: str
    acts: str
    ignored: tuple[str, ...] = ()


class Stale(Exception):
    """The record changed after the form or the representation was read: `seen` is what they were read on."""

    def __init__(self, record: Record, seen: str) -> None:
        self.record, self.seen = record, seen
        super().__init__(f"{record.kind} {record.code} is no longer at {seen}")


@dataclass(slots=True)
class _Expected:
    kind: str
    seen: str
    confirmed: bool = False


_expected: ContextVar[_Expected | None] = ContextVar("expected_version", default=None)


def current(record: Record) -> str:
    """The version of a record now: the number of the last act that changed it, "0" before the first. One query."""
    # Without ORDER BY: PostgreSQL would walk the whole ledger backwards to find the last of a record that rests.
    return str(max(_changes(record).values_list("id", flat=True), default=NEVER_CHANGED))


@contextmanager
def expecting(record: Record, seen: str) -> Iterator[None]:
    """Runs an act that was asked on version `seen`. Stale when the record has changed since.

    It is compared at once, and again by the command, under its lock (`confirm`): of acts at the same time one wins.
    """
    _compare(record, seen)
    token = _expected.set(_Expected(record.kind, seen))
    try:
        yield
    finally:
        _expected.reset(token)


def confirm(record: Record) -> None:
    """Compares the version that the running act expects, if any, of a record that is now under lock.

    Only the first record of its kind is compared: the act was asked on that one.
    """
    expected = _expected.get()
    if expected is None or expected.confirmed or expected.kind != record.kind:
        return
    _compare(record, expected.seen)
    expected.confirmed = True


def _compare(record: Record, seen: str) -> None:
    if current(record) != seen:
        raise Stale(record, seen)


def _changes(record: Record) -> QuerySet[Entry]:
    rows = Entry.objects.filter(subject_kind=record.kind, subject_code=record.code, act__startswith=record.acts)
    for beginning in record.ignored:
        rows = rows.exclude(act__startswith=beginning)
    return rows

"""What the request that runs has opened and been refused: scope notes it, the middleware writes it down.

Outside a request (worker, command line, tests of commands) nothing is noted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was read: where its person is held, and under which access in an emergency."""

    place: str
    emergency_id: int | None = None


@dataclass(slots=True)
class Noted:
    """One request: files opened, codes refused (True: the file exists elsewhere), files already written down."""

    opened: dict[str, Opened] = field(default_factory=dict)
    refused: dict[str, bool] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)


_current: ContextVar[Noted | None] = ContextVar("current_looks", default=None)


@contextmanager
def noting() -> Iterator[Noted]:
    """Collects what runs inside."""
    noted = Noted()
    token = _current.set(noted)
    try:
        yield noted
    finally:
        _current.reset(token)


def opened(code: str, place: str, emergency_id: int | None = None) -> None:
    """A person's file was read."""
    noted = _current.get()
    if noted is not None:
        noted.opened[code] = Opened(place, emergency_id)


def refused(code: str, *, exists: bool) -> None:
    """A file was asked for that the reader may not see, or that there is none."""
    noted = _current.get()
    if noted is not None:
        noted.refused[code] = exists


def written(code: str) -> None:
    """The look at this file is written already, as a look at one of its sheets."""
    noted = _current.get()
    if noted is not None:
        noted.written.add(code)


def emergency_of(code: str) -> int | None:
    """The access in an emergency under which a file was read in this request."""
    noted = _current.get()
    found = noted.opened.get(code) if noted is not None else None
    return found.emergency_id if found is not None else None

"""The command that is running, where the database's triggers can see it, and where its request came from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection

from creo.support import clock
from creo.support.accounts.readers import Reader
from creo.support.bulk import stored

OUTSIDE = "fuera de todo acto"


@dataclass
class Act:
    """One command while it runs; those inside another have its pack."""

    by: Reader
    pack: int
    entries: int = 0
    idle_because: str = ""


current: ContextVar[Act | None] = ContextVar("current_act", default=None)
_origin: ContextVar[Mapping[str, Any] | None] = ContextVar("ledger_origin", default=None)

# The first key that the pack's entries can have: on SQLite nobody else writes; a sequence never goes back.
_OPEN = {
    "sqlite": """
        INSERT INTO ledger_pack (first, at) SELECT COALESCE(MAX(id), 0) + 1, %s FROM ledger_entry RETURNING id
    """,
    "postgresql": """
        INSERT INTO ledger_pack (first, at) SELECT last_value, %s FROM ledger_entry_id_seq
        RETURNING id, set_config('creo.pack', id::text, true), set_config('creo.actor', %s, true)
    """,
}


def open_pack(by: Reader) -> int:
    """Begins the pack of an outermost command, in its transaction, and tells the database's triggers."""
    from creo.support.ledger.models import Pack

    values = [stored(Pack, "at", clock.now())]
    if connection.vendor == "postgresql":
        values = [clock.now(), by.name]
    with connection.cursor() as cursor:
        cursor.execute(_OPEN[connection.vendor], values)
        return int(cursor.fetchone()[0])


def drop_pack(pack: int) -> None:
    """A command that wrote nothing leaves nothing to seal."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_pack WHERE id = %s", [pack])


def lower_pack(pack: int, first: int) -> None:
    """Entries that got keys of their own may begin under the one the pack expected."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_pack SET first = %s WHERE id = %s AND first > %s", [first, pack, first])


def close_pack() -> None:
    """After an outermost command inside a longer transaction: what follows is nobody's command again."""
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('creo.pack', '', true)")


def running_pack() -> int | None:
    """What SQLite's triggers ask: the pack of the running command, None outside of all."""
    act = current.get()
    return act.pack if act is not None else None


def running_actor() -> str:
    """What SQLite's triggers ask: who does it."""
    act = current.get()
    return act.by.name if act is not None else OUTSIDE


def teach(sender: Any = None, *, connection: Any, **_more: Any) -> None:
    """A new SQLite connection learns the functions of the triggers; a client without them cannot write."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("creo_pack", 0, running_pack)
        connection.connection.create_function("creo_actor", 0, running_actor)


@contextmanager
def origin(**told: Any) -> Iterator[None]:
    """Entries written meanwhile tell where they came from (address, session or key, request, job)."""
    token = _origin.set({name: value for name, value in told.items() if value} or None)
    try:
        yield
    finally:
        _origin.reset(token)


def told_origin() -> Mapping[str, Any] | None:
    """Where the present act comes from; None when nothing is known."""
    return _origin.get()


def told_origin_text() -> str | None:
    """The same as JSON."""
    told = _origin.get()
    return None if told is None else json.dumps(told, ensure_ascii=False)

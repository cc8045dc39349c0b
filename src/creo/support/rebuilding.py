"""A first load at the speed of the disk: empty tables get their keys and indexes after their rows, not row by row.

PostgreSQL's manual (14.4, populating a database) says to do so: a foreign key checked row by row costs more than the
row itself, checked whole it costs one join. Every constraint is put back as it was inside the same transaction, which
fails when a row breaks one; nobody else ever sees the tables without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, models, transaction

from creo.support.ledger.triggers import quiet_inserts

PATIENCE = "3s"  # for readers who are looking at the empty tables
# While rows are checked whole: memory for one sort or one join, and no query compiled for a check that takes a second.
SETTINGS = {"maintenance_work_mem": "512MB", "jit": "off"}

# Those of other tables too that lead here: an index goes only when nothing stands on it. An empty table has nobody
# who refers to it, so that putting them back costs nothing.
_KEYS = """
    SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid)
    FROM pg_constraint c
    WHERE c.contype = 'f' AND (c.conrelid = ANY(%(tables)s::regclass[]) OR c.confrelid = ANY(%(tables)s::regclass[]))
    ORDER BY c.conname
"""
_INDEXES = """
    SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid),
           quote_ident(c.conname), pg_get_constraintdef(c.oid)
    FROM pg_index i
    LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u') AND c.conrelid = i.indrelid
    WHERE i.indrelid = ANY(%(tables)s::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = i.indexrelid)
    ORDER BY i.indexrelid
"""


@dataclass(frozen=True, slots=True)
class _Order:
    drop: str
    make: str


@contextmanager
def rebuilt(tables: Sequence[type[models.Model]], *, at_most: int = 0) -> Iterator[bool]:
    """While it lasts, empty tables have neither foreign keys nor indexes of their own; afterwards all of them again.

    Inside a transaction, and nobody else reads the tables until its end. Answers False and changes nothing when some
    table has more than `at_most` rows, when somebody will not let go of one, when their owner is another role, or on
    SQLite, where an index row by row costs little. Tables that nobody else writes meanwhile (those, and any on SQLite)
    are not asked row by row whether a command is running: the entries of the load tell of its rows. PostgreSQL's
    planner knows of a first load at its end.
    """
    first = connection.vendor == "postgresql" and not any(_has_more(table, at_most) for table in tables)
    orders = _taken_apart(tables) if first else []
    alone = bool(orders) or connection.vendor == "sqlite"
    with quiet_inserts(connection, tables) if alone else nullcontext():
        yield bool(orders)
    if orders:
        _put_back(orders)
    if first:
        _counted(tables)


def _counted(tables: Sequence[type[models.Model]]) -> None:
    """Tells the planner how many rows there are now: until somebody does, it plans for none and takes minutes."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table._meta.db_table)}")


def _put_back(orders: Sequence[_Order]) -> None:
    with connection.cursor() as cursor:
        before = {name: _setting(cursor, name, value) for name, value in SETTINGS.items()}
        for order in reversed(orders):
            cursor.execute(order.make)
        for name, value in before.items():
            _setting(cursor, name, value)


def _setting(cursor: Any, name: str, value: str) -> str:
    """Sets something until the transaction ends and returns what it was."""
    cursor.execute("SELECT current_setting(%s)", [name])
    before = str(cursor.fetchone()[0])
    cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
    return before


def _taken_apart(tables: Sequence[type[models.Model]]) -> list[_Order]:
    names = {"tables": [connection.ops.quote_name(table._meta.db_table) for table in tables]}
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, names)
        orders = [_constraint(*row) for row in cursor.fetchall()]
        try:
            with transaction.atomic():
                before = _setting(cursor, "lock_timeout", PATIENCE)
                for order in orders:
                    cursor.execute(order.drop)
                # Those of the keys just dropped too: only now is it known which indexes nothing stands on.
                cursor.execute(_INDEXES, names)
                more = [_index(*row) for row in cursor.fetchall()]
                for order in more:
                    cursor.execute(order.drop)
                _setting(cursor, "lock_timeout", before)
        except DatabaseError:
            return []
    return [*orders, *more]


def _has_more(table: type[models.Model], rows: int) -> bool:
    """Whether it has more rows than that; reads no more of them."""
    found = table._base_manager.order_by("pk").values_list("pk", flat=True)
    return len(found[rows : rows + 1]) > 0


def _constraint(table: str, name: str, definition: str) -> _Order:
    return _Order(
        f"ALTER TABLE {table} DROP CONSTRAINT {name}", f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"
    )


def _index(table: str, index: str, made: str, name: str | None, definition: str | None) -> _Order:
    if name is not None and definition is not None:
        return _constraint(table, name, definition)
    return _Order(f"DROP INDEX {index}", made)

"""Inserts of many rows at the speed of the database: many rows a statement on SQLite, COPY on PostgreSQL.

Only commands call it, inside their transaction, and they write their ledger entries like any other command.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC
from itertools import batched, chain
from typing import Any

from django.db import connection, models

# At most 32 766 values a statement on SQLite; our widest table has about twenty columns.
ROWS_A_STATEMENT = 500


def insert_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Inserts rows (values in the order of `fields`, foreign keys as `<name>_id`) and returns how many.

    Values are Python's: date (or its ISO text), aware datetime, dict or list for JSON. Constraints hold.
    """
    columns = [_field(model, name) for name in fields]
    adapters = [(place, adapt) for place, field in enumerate(columns) if (adapt := _adapter(field))]
    names = [str(field.column) for field in columns]
    prepared = (_adapted(row, adapters) for row in rows) if adapters else rows
    if connection.vendor == "postgresql":
        return _copy(model._meta.db_table, names, prepared)
    return _many_values(model._meta.db_table, names, prepared)


def next_id(model: type[models.Model]) -> int:
    """The first free primary key, inside the writing transaction (SQLite locks itself; on PostgreSQL lock a row)."""
    last = model._base_manager.aggregate(last=models.Max("pk"))["last"]
    return (last or 0) + 1


def settle_sequence(model: type[models.Model]) -> None:
    """After rows with explicit keys: moves PostgreSQL's sequence past them (SQLite does so by itself)."""
    if connection.vendor != "postgresql":
        return
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), COALESCE((SELECT MAX(id) FROM {table}), 1))",
            [model._meta.db_table],
        )


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    for field in model._meta.local_concrete_fields:
        if name in (field.name, field.attname):
            return field
    raise ValueError(f"{model.__name__} no tiene el campo [{name}].")


def _adapter(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """What turns a Python value into the driver's; SQLite's driver takes dates as text only."""
    if isinstance(field, models.JSONField):
        return lambda value: json.dumps(value, ensure_ascii=False)
    if connection.vendor == "sqlite":
        if isinstance(field, models.DateTimeField):
            return lambda value: value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
        if isinstance(field, models.DateField):
            return lambda value: value if isinstance(value, str) else value.isoformat()
    return None


def _adapted(row: Sequence[Any], adapters: list[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    values = list(row)
    for place, adapt in adapters:
        if values[place] is not None:
            values[place] = adapt(values[place])
    return values


def _copy(table: str, columns: list[str], rows: Iterable[Sequence[Any]]) -> int:
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    count = 0
    statement = f"COPY {connection.ops.quote_name(table)} ({names}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _many_values(table: str, columns: list[str], rows: Iterable[Sequence[Any]]) -> int:
    """Several hundred rows a statement: one row a statement costs SQLite three times as much (its key sequence)."""
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    marks = f"({', '.join('?' for _ in columns)})"
    statement = f"INSERT INTO {connection.ops.quote_name(table)} ({names}) VALUES "
    full = statement + ", ".join([marks] * ROWS_A_STATEMENT)
    count = 0
    with connection.cursor() as cursor, connection.wrap_database_errors:
        # The driver's own cursor: Django's would format every row's placeholders again.
        raw = cursor.cursor.connection.cursor()
        for some in batched(rows, ROWS_A_STATEMENT):
            whole = full if len(some) == ROWS_A_STATEMENT else statement + ", ".join([marks] * len(some))
            raw.execute(whole, list(chain.from_iterable(some)))
            count += len(some)
    return count

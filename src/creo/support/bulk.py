"""Inserts of many rows at the speed of the database: many rows a statement on SQLite, COPY on PostgreSQL.

Only commands call it, inside their transaction, and they write their ledger entries like any other command.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from itertools import batched, chain
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from creo.support.scoping.acting import ground

if TYPE_CHECKING:
    import polars as pl

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
    # PostgreSQL refuses COPY into a table with row security, whatever its policies say: requests insert by statement.
    if connection.vendor == "postgresql" and ground() is None:
        return _copy(model._meta.db_table, names, prepared)
    return _many_values(model._meta.db_table, names, batched(prepared, ROWS_A_STATEMENT))


def insert_frames(model: type[models.Model], fields: Sequence[str], frames: Iterable[pl.DataFrame]) -> int:
    """Inserts whole frames (columns in the order of `fields`) and returns how many rows; constraints hold.

    Dates are Date columns, moments the text that `stored` gives, JSON its text. The next frame is made while the
    database writes the one before: the iterable runs in another thread and must not touch the database.
    """
    names = [str(_field(model, name).column) for name in fields]
    table = model._meta.db_table
    if connection.vendor == "postgresql" and ground() is None:
        return _copy_frames(table, names, frames)
    rows = ahead(_statement_rows(frame) for frame in frames)
    return _many_values(table, names, chain.from_iterable(rows))


def stored(model: type[models.Model], field: str, value: Any) -> Any:
    """A value of a field as the driver takes it: what a frame holds for a moment or a date of one day."""
    adapt = _adapter(_field(model, field))
    if adapt is not None:
        return adapt(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def ahead[Item](items: Iterable[Item]) -> Iterator[Item]:
    """The items, each made in another thread while the one before is used. A fault while making one comes out here."""
    end = object()
    source = iter(items)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as pool:
        coming = pool.submit(next, source, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(next, source, end)
            yield item  # type: ignore[misc]


def next_id(model: type[models.Model]) -> int:
    """The first free primary key, inside the writing transaction (SQLite locks itself; on PostgreSQL lock a row)."""
    last = model._base_manager.aggregate(last=models.Max("pk"))["last"]
    return (last or 0) + 1


def numbered(frames: Iterable[pl.DataFrame], first: int) -> Iterator[pl.DataFrame]:
    """The frames with a first column `id` that counts on from `first`; only while nobody else writes in the table."""
    import polars as pl

    for frame in frames:
        yield frame.select(pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias("id"), *frame.columns)
        first += frame.height


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


def _copy_frames(table: str, columns: list[str], frames: Iterable[pl.DataFrame]) -> int:
    """COPY from CSV that polars writes: a blank is null, an empty text is quoted."""
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    statement = f"COPY {connection.ops.quote_name(table)} ({names}) FROM STDIN (FORMAT csv)"
    count = 0
    texts = ahead((frame.height, frame.write_csv(include_header=False, null_value="")) for frame in frames)
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for height, text in texts:
            copy.write(text)
            count += height
    return count


def _statement_rows(frame: pl.DataFrame) -> list[tuple[tuple[Any, ...], ...]]:
    """The rows of a frame as SQLite takes them, by statement."""
    import polars.selectors as cs

    plain = frame.with_columns(cs.date().dt.to_string("%Y-%m-%d"))
    return list(batched(plain.rows(), ROWS_A_STATEMENT))


def _many_values(table: str, columns: list[str], batches: Iterable[Sequence[Sequence[Any]]]) -> int:
    """Several hundred rows a statement: one row a statement costs SQLite three times as much (its key sequence)."""
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    mark = "%s" if connection.vendor == "postgresql" else "?"
    marks = f"({', '.join(mark for _ in columns)})"
    statement = f"INSERT INTO {connection.ops.quote_name(table)} ({names}) VALUES "
    full = statement + ", ".join([marks] * ROWS_A_STATEMENT)
    count = 0
    with connection.cursor() as cursor, connection.wrap_database_errors:
        # The driver's own cursor: Django's would format every row's placeholders again.
        raw = cursor.cursor.connection.cursor()
        for some in batches:
            whole = full if len(some) == ROWS_A_STATEMENT else statement + ", ".join([marks] * len(some))
            raw.execute(whole, list(chain.from_iterable(some)))
            count += len(some)
    return count

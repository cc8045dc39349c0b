"""For migrations: texts of existing rows become sealed values, and no trace of them stays in the database file.

In a migration, in this order: RunPython(wipe_freed); AddField seal_id (null, not unique, without a default: SQLite
would give every row the same); RunPython(fill_seals(...)); AlterField seal_id (unique); RemoveConstraint of what looks
inside the texts; AlterField of each column; RunPython(seal_texts(...)); AddConstraint. Afterwards, out of any
transaction, `creo keys scrub`; `creo prepare` does it by itself when texts were sealed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from django.conf import settings

from creo.support.secrets import cipher
from creo.support.secrets.fields import new_seal

ROWS = 500
PATIENCE, LOOKS_A_SECOND = 60, 4  # seconds that a rewriting waits for others' transactions
Step = Callable[[Any, Any], None]
PENDING = "scrub-pending"  # in the data folder: tables still to be rewritten, one a line


def wipe_freed(apps: Any, schema_editor: Any) -> None:
    """From here on SQLite writes zeros over what it frees: tables made again leave their texts behind otherwise."""
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
            cursor.fetchall()


def check_at_once(schema_editor: Any) -> None:
    """Before rows are changed: what PostgreSQL would check at the end keeps it from altering the table after them."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def rewritten(table: str) -> None:
    """Notes that texts of a table are no longer there: `scrub_rewritten` makes it true on the disk.

    In a file, for the run that goes on where this one was cut short.
    """
    tables = _pending()
    if table not in tables:
        _pending_file().write_text("\n".join([*tables, table]))


def scrub_rewritten(connection: Any) -> bool | None:
    """`scrub` of what migrations changed, this run's or one before; False when nothing waits for it, None when it
    still waits for others' transactions."""
    tables = _pending()
    if not tables:
        return False
    if not scrub(connection, tables=tables):
        return None
    _pending_file().unlink()
    return True


def _pending_file() -> Path:
    return Path(settings.CREO_DATA_DIR) / PENDING


def _pending() -> list[str]:
    try:
        return _pending_file().read_text().splitlines()
    except FileNotFoundError:
        return []


def fill_seals(label: str) -> Step:
    """Gives each row of a table («register.Document») its own seal."""

    def run(apps: Any, schema_editor: Any) -> None:
        table = schema_editor.quote_name(apps.get_model(label)._meta.db_table)
        check_at_once(schema_editor)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {table} WHERE seal_id IS NULL OR seal_id = ''")
            for (key,) in cursor.fetchall():
                cursor.execute(f"UPDATE {table} SET seal_id = %s WHERE id = %s", [new_seal(), key])

    return run


def seal_texts(label: str, *columns: str) -> Step:
    """Seals the texts of some columns, row by row; a value sealed already stays. SQLite wipes what it replaces."""
    return _each(label, columns, _sealed)


def unseal_texts(label: str, *columns: str) -> Step:
    """The way back."""
    return _each(label, columns, _unsealed)


def _each(label: str, columns: tuple[str, ...], change: Callable[[str, str], str]) -> Step:
    def run(apps: Any, schema_editor: Any) -> None:
        quote, connection = schema_editor.quote_name, schema_editor.connection
        table, lower = quote(apps.get_model(label)._meta.db_table), label.lower()
        names = ", ".join(map(quote, columns))
        sets = ", ".join(f"{quote(name)} = %s" for name in columns)
        wipe_freed(apps, schema_editor)
        check_at_once(schema_editor)
        with connection.cursor() as cursor:
            last = 0
            while True:
                cursor.execute(
                    f"SELECT id, seal_id, {names} FROM {table} WHERE id > %s ORDER BY id LIMIT {ROWS}", [last]
                )
                rows = cursor.fetchall()
                if not rows:
                    return
                for key, seal, *texts in rows:
                    belong = [f"{lower}.{name}/{seal}" for name in columns]
                    new = [change(text, where) for text, where in zip(texts, belong, strict=True)]
                    if new != texts:
                        cursor.execute(f"UPDATE {table} SET {sets} WHERE id = %s", [*new, key])
                rewritten(apps.get_model(label)._meta.db_table)
                last = rows[-1][0]

    return run


def _sealed(text: str, belongs: str) -> str:
    return text if text.startswith(f"{cipher.VERSION}.k") else cipher.seal(text, belongs)


def _unsealed(text: str, belongs: str) -> str:
    return str(cipher.unseal(text, belongs))


def scrub(connection: Any, tables: Collection[str] = ()) -> bool:
    """Rewrites the database so that no page keeps what a row said before. Not inside a transaction.

    On PostgreSQL `tables`, or else every table with a sealed column; nobody reads one while it is rewritten. False,
    and nothing done, while a transaction that may still see the rows of before goes on for longer than `PATIENCE`.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return True
        from creo.support.secrets.queries import sealed_models

        if not _others_ended(cursor):
            return False
        for table in tables or [model._meta.db_table for model in sealed_models()]:
            cursor.execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(table)}")
        # The planner's samples of each column: what it had of the texts stays there in dead rows.
        cursor.execute("VACUUM FULL pg_catalog.pg_statistic")
        return True


def _others_ended(cursor: Any) -> bool:
    """Waits for whoever was at work anywhere on the server: PostgreSQL copies dead rows that they might still see."""
    cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    (now,) = cursor.fetchone()
    for _again in range(PATIENCE * LOOKS_A_SECOND):
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= %s", [now])
        if cursor.fetchone()[0]:
            return True
        time.sleep(1 / LOOKS_A_SECOND)
    return False

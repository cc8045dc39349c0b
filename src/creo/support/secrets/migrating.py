"""For migrations: texts of existing rows become sealed values, and no trace of them stays in the database file.

In a migration, in this order: AddField seal_id (null, not unique); RunPython(fill_seals(...)); AlterField seal_id
(unique); RemoveConstraint of what looks inside the texts; AlterField of each column; RunPython(seal_texts(...));
AddConstraint. Afterwards, out of any transaction, `creo keys scrub`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from creo.support.secrets import cipher
from creo.support.secrets.fields import new_seal

ROWS = 500
Step = Callable[[Any, Any], None]


def fill_seals(label: str) -> Step:
    """Gives each row of a table («register.Document») its own seal."""

    def run(apps: Any, schema_editor: Any) -> None:
        table = schema_editor.quote_name(apps.get_model(label)._meta.db_table)
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
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA secure_delete = ON")
                cursor.fetchall()
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
                last = rows[-1][0]

    return run


def _sealed(text: str, belongs: str) -> str:
    return text if text.startswith(f"{cipher.VERSION}.k") else cipher.seal(text, belongs)


def _unsealed(text: str, belongs: str) -> str:
    return str(cipher.unseal(text, belongs))


def scrub(connection: Any) -> None:
    """Rewrites the database so that no page keeps what a row said before. Not inside a transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        from creo.support.secrets.queries import sealed_models

        for model in sealed_models():
            cursor.execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(model._meta.db_table)}")

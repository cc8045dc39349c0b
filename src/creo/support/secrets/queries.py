"""Which key seals what: numbers alone, never a key nor a text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db import connection, models

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.secrets import ring, vault
from creo.support.secrets.cipher import VERSION
from creo.support.secrets.fields import sealed_columns


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key of the ring, and how many values and files it opens. `known` is False for one that the ring lacks."""

    id: str
    state: str
    made_at: datetime | None
    replaced_at: datetime | None
    retired_at: datetime | None
    values: int
    files: int
    known: bool = True

    @property
    def used(self) -> int:
        """Everything that would not open without it."""
        return self.values + self.files


def sealed_models() -> list[type[models.Model]]:
    """Every table with sealed columns, in the order of their names."""
    found = [model for model in apps.get_models() if model._meta.managed and sealed_columns(model)]
    return sorted(found, key=lambda model: str(model._meta.label_lower))


def column_uses() -> dict[tuple[str, str], int]:
    """How many values each key seals in each column: one query over all of them."""
    parts: list[str] = []
    names: list[str] = []
    quote, start = connection.ops.quote_name, len(VERSION) + 2
    for model in sealed_models():
        table = quote(model._meta.db_table)
        for field in sealed_columns(model):
            column = quote(str(field.column))
            names.append(field.belongs)
            parts.append(
                f"SELECT {len(names) - 1} AS place, SUBSTR({column}, {start}, {ring.ID_LENGTH}) AS key_id, COUNT(*) "
                f"FROM {table} WHERE {column} <> '' GROUP BY SUBSTR({column}, {start}, {ring.ID_LENGTH})"
            )
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return {(names[place], key_id): count for place, key_id, count in cursor.fetchall()}


def keys(reader: Reader) -> list[KeyRow]:
    """Every key, newest first, with what it opens; keys that values name and the ring lacks come first of all."""
    reader.require(Permission.MANAGE_KEYS)
    values: dict[str, int] = {}
    for (_column, key_id), count in column_uses().items():
        values[key_id] = values.get(key_id, 0) + count
    files, known = vault.uses(), ring.load().keys
    lost = sorted((set(values) | set(files)) - {key.id for key in known})
    return [
        *(KeyRow(each, "", None, None, None, values.get(each, 0), files.get(each, 0), known=False) for each in lost),
        *(
            KeyRow(
                key.id, key.state, key.made_at, key.replaced_at, key.retired_at,
                values.get(key.id, 0), files.get(key.id, 0),
            )
            for key in reversed(known)
        ),
    ]  # fmt: skip


def columns(reader: Reader) -> list[tuple[str, int]]:
    """Each sealed column with how many values it holds."""
    reader.require(Permission.MANAGE_KEYS)
    counted = {field.belongs: 0 for model in sealed_models() for field in sealed_columns(model)}
    for (column, _key), count in column_uses().items():
        counted[column] += count
    return list(counted.items())

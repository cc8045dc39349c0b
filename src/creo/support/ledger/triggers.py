"""The database's own guards, on both engines: rows of the ledger are refused any change, rows of ours tell theirs.

Made again after every migration from the tables as they are; a guard that is missing or altered is told by `faults`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction

from creo.support.ledger import guards, triggers_postgresql, triggers_sqlite
from creo.support.ledger.exempt import EXEMPT, HIDDEN, HIDDEN_NAMES, TECHNICAL, WATCHED_OTHERS

ENGINES: Mapping[str, Any] = {"sqlite": triggers_sqlite, "postgresql": triggers_postgresql}
OURS = "creo."


@dataclass(frozen=True, slots=True)
class Watched:
    """A table whose row changes are told: its key, its columns, and how each is told."""

    table: str
    key: str
    columns: tuple[str, ...]
    hidden: frozenset[str] = frozenset()
    binary: frozenset[str] = frozenset()
    technical: frozenset[str] = frozenset()
    append_only: bool = False


def our_tables() -> list[type[models.Model]]:
    """Every model of ours with a table, those of many-to-many relations too."""
    found = apps.get_models(include_auto_created=True)
    return [
        model
        for model in found
        if model._meta.app_config.name.startswith(OURS) and model._meta.managed and not model._meta.proxy
    ]


def others_tables() -> list[type[models.Model]]:
    """Every model of the libraries with a table."""
    ours = set(our_tables())
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model not in ours and model._meta.managed and not model._meta.proxy]


def watched(connection: Any) -> list[Watched]:
    """What is watched, by the columns that the tables have now. Tables that do not exist yet are left out."""
    return _watched(ENGINES[connection.vendor].columns(connection))


def _watched(standing: Mapping[str, Sequence[str]]) -> list[Watched]:
    found = []
    for model in (*our_tables(), *(each for each in others_tables() if each._meta.db_table in WATCHED_OTHERS)):
        table = model._meta.db_table
        if table not in standing or table in EXEMPT:
            continue
        fields = {str(field.column): field for field in model._meta.local_concrete_fields}
        columns = tuple(standing[table])
        found.append(
            Watched(
                table,
                str(model._meta.pk.column),
                columns,
                HIDDEN.get(table, frozenset())
                | {name for name in columns if any(word in name for word in HIDDEN_NAMES)},
                frozenset(n for n in columns if n in fields and isinstance(fields[n], models.BinaryField)),
                TECHNICAL.get(table, frozenset()),
                table in guards.append_only(),
            )
        )
    return found


def wanted(connection: Any) -> dict[tuple[str, str], str]:
    """(table, trigger) -> the statement that makes it, for every table that exists."""
    engine = ENGINES[connection.vendor]
    standing = engine.columns(connection)
    made: dict[tuple[str, str], str] = {}
    if "ledger_change" not in standing:
        return made
    for table in guards.append_only():
        if table in standing:
            made |= {(table, name): sql for name, sql in engine.refusals(table).items()}
    made |= {(each.table, each.trigger): engine.guard(each) for each in guards.declared() if each.table in standing}
    for each in _watched(standing):
        triggers = engine.row_changes(each)
        if each.append_only:
            triggers = {name: sql for name, sql in triggers.items() if name.endswith("insert")}
        made |= {(each.table, name): sql for name, sql in triggers.items()}
    return made


def install(connection: Any) -> int:
    """Makes the guards that are missing or different and returns how many; repeating it changes nothing."""
    engine = ENGINES[connection.vendor]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        target = wanted(connection)
        if not target:
            return 0
        made = engine.prepare(cursor)
        present = engine.present(connection)
        for place in present:
            if place not in target:
                cursor.execute(engine.drop(*place))
        for place, sql in target.items():
            if present.get(place) == engine.seen(sql):
                continue
            if place in present:
                cursor.execute(engine.drop(*place))
            for statement in sql.split(engine.BETWEEN):
                cursor.execute(statement)
            made += 1
    return int(made)


def remove(connection: Any) -> None:
    """Takes every guard away: before a migration, which changes the tables under them."""
    engine = ENGINES[connection.vendor]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for place in engine.present(connection):
            cursor.execute(engine.drop(*place))


@contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """No guards meanwhile, for databases that are thrown away afterwards: measures and the tests' own cleaning."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def faults(connection: Any) -> list[str]:
    """What is missing, altered or switched off, one line each; empty when every guard stands."""
    engine = ENGINES[connection.vendor]
    target, present = wanted(connection), engine.present(connection)
    found = [*engine.function_faults(connection)]
    for place, sql in target.items():
        if place not in present:
            found.append(f"{place[0]}: falta {place[1]}")
        elif present[place] != engine.seen(sql):
            found.append(f"{place[0]}: {place[1]} está alterado o apagado")
    return found


@contextmanager
def quiet_inserts(connection: Any, tables: Sequence[type[models.Model]]) -> Iterator[None]:
    """Inside a command and its transaction: rows of a first load are told by its entries, no trigger asks row by row.

    Only where nobody else writes in those tables until the end: SQLite, or tables locked by the caller.
    """
    engine = ENGINES[connection.vendor]
    names = {model._meta.db_table for model in tables}
    ours = {
        place: sql for place, sql in wanted(connection).items() if place[0] in names and place[1].endswith("insert")
    }
    with connection.cursor() as cursor:
        for place in ours:
            cursor.execute(engine.hush(*place))
    yield
    with connection.cursor() as cursor:
        for place, sql in ours.items():
            cursor.execute(engine.unhush(*place, sql))


def before_migrations(sender: Any = None, *, plan: Any = (), using: str, **_more: Any) -> None:
    """Signal: migrations that will run find tables without guards."""
    from django.db import connections

    if plan and connections[using].vendor in ENGINES:
        remove(connections[using])


def after_migrations(sender: Any = None, *, using: str, **_more: Any) -> None:
    """Signal: every guard stands again."""
    from django.db import connections

    if connections[using].vendor in ENGINES:
        install(connections[using])

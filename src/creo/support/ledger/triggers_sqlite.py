"""The guards as SQLite writes them. They ask `creo_pack()`, which only our connections know: others cannot write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from creo.support.ledger.guards import Guard
    from creo.support.ledger.triggers import Watched

BETWEEN = "\x00"
REFUSED = "Lo registrado no se modifica ni se borra."
_NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"


def columns(connection: Any) -> dict[str, list[str]]:
    """Every table with its columns, in order."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c"
            " WHERE m.type = 'table' ORDER BY m.name, c.cid"
        )
        for table, column in cursor.fetchall():
            found.setdefault(table, []).append(column)
    return found


def present(connection: Any) -> dict[tuple[str, str], str]:
    """Every trigger of ours that stands, with its text."""
    with connection.cursor() as cursor:
        cursor.execute(
            r"SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'creo\_%' ESCAPE '\'"
        )
        return {(table, name.partition("__")[0]): sql for table, name, sql in cursor.fetchall()}


def seen(sql: str) -> str:
    """How a trigger that stands as wanted is shown."""
    return sql


def prepare(_cursor: Any) -> int:
    """The functions belong to each connection (see `running.teach`)."""
    return 0


def function_faults(_connection: Any) -> list[str]:
    """Nothing is kept in the database."""
    return []


def drop(table: str, name: str) -> str:
    """Takes a trigger away."""
    return f'DROP TRIGGER "{name}__{table}"'


def hush(table: str, name: str) -> str:
    """For a first load: away until the end of the same transaction."""
    return drop(table, name)


def unhush(_table: str, _name: str, sql: str) -> str:
    """Back again."""
    return sql


def refusals(table: str) -> dict[str, str]:
    """Nothing is changed or removed; a row put over another is a removal too (REPLACE fires no DELETE trigger)."""
    raised = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    over = f'NEW.id > 0 AND EXISTS (SELECT 1 FROM "{table}" WHERE id = NEW.id)'
    return {
        "creo_no_update": f'CREATE TRIGGER "creo_no_update__{table}" BEFORE UPDATE ON "{table}" {raised}',
        "creo_no_delete": f'CREATE TRIGGER "creo_no_delete__{table}" BEFORE DELETE ON "{table}" {raised}',
        "creo_no_replace": f'CREATE TRIGGER "creo_no_replace__{table}" BEFORE INSERT ON "{table}" WHEN {over} {raised}',
    }


def guard(asked: Guard) -> str:
    """What a slice asked for."""
    return (
        f'CREATE TRIGGER "{asked.trigger}__{asked.table}" BEFORE {asked.event} ON "{asked.table}" WHEN {asked.refused}'
        f" BEGIN SELECT RAISE(ABORT, '{asked.why}'); END"
    )


def row_changes(watched: Watched) -> dict[str, str]:
    """What tells each change of a row; inserts only outside of commands, whose entries tell of theirs."""
    table = watched.table
    differs = " OR ".join(f'OLD."{c}" IS NOT NEW."{c}"' for c in watched.columns if c not in watched.technical)
    old, new, added = _row(watched, "OLD"), _row(watched, "NEW"), _row(watched, "NEW", alone=True)
    started = {
        "insert": f'AFTER INSERT ON "{table}" WHEN creo_pack() IS NULL {_told(watched, "NEW", "I", "NULL", added)}',
        "update": f'AFTER UPDATE ON "{table}" WHEN {differs} {_told(watched, "NEW", "U", old, new)}',
        "delete": f'AFTER DELETE ON "{table}" {_told(watched, "OLD", "D", old, "NULL")}',
    }
    return {f"creo_row_{name}": f'CREATE TRIGGER "creo_row_{name}__{table}" {rest}' for name, rest in started.items()}


def _told(watched: Watched, side: str, operation: str, old: str, new: str) -> str:
    return (
        'BEGIN INSERT INTO ledger_change ("at", "table", "key", "operation", "before", "after", "pack", "actor") '
        f"VALUES ({_NOW}, '{watched.table}', CAST({side}.\"{watched.key}\" AS TEXT), '{operation}', {old}, {new}, "
        "creo_pack(), creo_actor()); END"
    )


def _row(watched: Watched, side: str, *, alone: bool = False) -> str:
    """One side as JSON: at most 127 values a call, more than any table of ours has columns."""
    return f"json_object({', '.join(f"'{c}', {_value(watched, side, c, alone)}" for c in watched.columns)})"


def _value(watched: Watched, side: str, column: str, alone: bool) -> str:
    if column in watched.hidden and alone:
        return "'(oculto, nuevo)'"
    if column in watched.hidden:
        changed = f'OLD."{column}" IS NOT NEW."{column}"'
        return f"CASE WHEN {changed} THEN '(oculto, nuevo)' ELSE '(oculto)' END" if side == "NEW" else "'(oculto)'"
    if column in watched.binary:
        return f"length({side}.\"{column}\") || ' bytes'"
    return f'{side}."{column}"'

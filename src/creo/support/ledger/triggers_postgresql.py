"""The guards as PostgreSQL writes them: two functions, one more for each guard that a slice asks for, and a few lines a
table. They fire in every session, a replica's too (ENABLE ALWAYS)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creo.support.ledger import guards

if TYPE_CHECKING:
    from creo.support.ledger.guards import Guard
    from creo.support.ledger.triggers import Watched

BETWEEN = "\x00"
REFUSED = "Lo registrado no se modifica ni se borra."
_OUTSIDE = "(NULLIF(current_setting('creo.pack'::text, true), ''::text) IS NULL)"
_FUNCTIONS = {
    "creo_refuse": f"""
BEGIN
  RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'integrity_constraint_violation';
END
""",
    # Arguments: the key's column; hidden, binary and technical columns, each as an array.
    "creo_row_changed": """
DECLARE
  old_row jsonb; new_row jsonb; name text;
  running text := NULLIF(current_setting('creo.pack', true), '');
BEGIN
  IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD); END IF;
  IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW); END IF;
  IF TG_OP = 'UPDATE' AND (old_row - TG_ARGV[3]::text[]) = (new_row - TG_ARGV[3]::text[]) THEN RETURN NULL; END IF;
  FOREACH name IN ARRAY TG_ARGV[1]::text[] LOOP
    new_row := new_row || jsonb_build_object(name,
      CASE WHEN old_row -> name IS DISTINCT FROM new_row -> name THEN '(oculto, nuevo)' ELSE '(oculto)' END);
    old_row := old_row || jsonb_build_object(name, '(oculto)');
  END LOOP;
  FOREACH name IN ARRAY TG_ARGV[2]::text[] LOOP
    new_row := new_row || jsonb_build_object(name, (length(new_row ->> name) - 2) / 2 || ' bytes');
    old_row := old_row || jsonb_build_object(name, (length(old_row ->> name) - 2) / 2 || ' bytes');
  END LOOP;
  INSERT INTO ledger_change ("at", "table", "key", "operation", "before", "after", "pack", "actor")
  VALUES (clock_timestamp(), TG_TABLE_NAME, COALESCE(new_row, old_row) ->> TG_ARGV[0], left(TG_OP, 1),
    old_row, new_row, running::bigint,
    CASE WHEN running IS NULL THEN session_user::text ELSE current_setting('creo.actor', true) END);
  RETURN NULL;
END
""",
}


# A guard that a slice asks for: a WHEN of a trigger may not ask other tables, a function may.
_GUARD = """
BEGIN
  IF {refused} THEN RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
  RETURN {row};
END
"""


def _functions() -> dict[str, str]:
    """Every function of ours by name."""
    asked = {
        each.trigger: _GUARD.format(refused=each.refused, why=each.why, row="OLD" if each.event == "DELETE" else "NEW")
        for each in guards.declared()
    }
    return _FUNCTIONS | asked


def columns(connection: Any) -> dict[str, list[str]]:
    """Every table with its columns, in order."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace"
            " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum"
        )
        for table, column in cursor.fetchall():
            found.setdefault(table, []).append(column)
    return found


def present(connection: Any) -> dict[tuple[str, str], str]:
    """Every trigger of ours that stands, with its text as the database tells it; '' when it is switched off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, t.tgenabled, replace(pg_get_triggerdef(t.oid),"
            " ' ON ' || quote_ident(current_schema()) || '.', ' ON ')"
            " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            r" WHERE NOT t.tgisinternal AND t.tgname LIKE 'creo\_%' AND c.relnamespace = current_schema()::regnamespace"
        )
        return {(table, name): text if enabled == "A" else "" for table, name, enabled, text in cursor.fetchall()}


def seen(sql: str) -> str:
    """How a trigger that stands as wanted is shown: our statements are written as the database writes them."""
    return sql.partition(BETWEEN)[0]


def prepare(cursor: Any) -> int:
    """Makes the functions where they are missing or different; returns how many it made."""
    made = 0
    for name, body in _functions().items():
        cursor.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = %s AND pronamespace = current_schema()::regnamespace", [name]
        )
        if cursor.fetchone() == (body,):
            continue
        cursor.execute("SELECT quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
            f" SET search_path = {schema}, pg_temp AS $body${body}$body$"
        )
        made += 1
    return made


def function_faults(connection: Any) -> list[str]:
    """A function that is missing or says something else."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, prosrc FROM pg_proc"
            " WHERE proname = ANY(%s) AND pronamespace = current_schema()::regnamespace",
            [list(_FUNCTIONS)],
        )
        there = dict(cursor.fetchall())
    missing = [f"falta la función {name}" for name in _FUNCTIONS if name not in there]
    altered = [f"la función {name} está alterada" for name, body in _FUNCTIONS.items() if there.get(name, body) != body]
    return missing + altered


def drop(table: str, name: str) -> str:
    """Takes a trigger away."""
    return f'DROP TRIGGER "{name}" ON "{table}"'


def hush(table: str, name: str) -> str:
    """For a first load, whose caller has the table to itself."""
    return f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"'


def unhush(table: str, name: str, _sql: str) -> str:
    """On again, for every session."""
    return f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"'


def refusals(table: str) -> dict[str, str]:
    """Nothing is changed, removed or emptied."""
    made = f"BEFORE DELETE OR UPDATE OR TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION creo_refuse()"
    return {"creo_no_change": _always(table, "creo_no_change", made)}


def guard(asked: Guard) -> str:
    """What a slice asked for."""
    made = f"BEFORE {asked.event} ON {asked.table} FOR EACH ROW EXECUTE FUNCTION {asked.trigger}()"
    return _always(asked.table, asked.trigger, made)


def row_changes(watched: Watched) -> dict[str, str]:
    """What tells each change of a row; inserts only outside of commands, whose entries tell of theirs."""
    arguments = ", ".join(
        [
            f"'{watched.key}'",
            *(f"'{{{','.join(sorted(names))}}}'" for names in (watched.hidden, watched.binary, watched.technical)),
        ]
    )
    call = f"EXECUTE FUNCTION creo_row_changed({arguments})"
    on = f"ON {watched.table} FOR EACH ROW"
    started = {
        "creo_row_insert": f"AFTER INSERT {on} WHEN ({_OUTSIDE}) {call}",
        "creo_row_update": f"AFTER UPDATE {on} WHEN ((old.* IS DISTINCT FROM new.*)) {call}",
        "creo_row_delete": f"AFTER DELETE {on} {call}",
    }
    return {name: _always(watched.table, name, rest) for name, rest in started.items()}


def _always(table: str, name: str, rest: str) -> str:
    """The trigger, then on for every session: a replica's too."""
    return BETWEEN.join([f"CREATE TRIGGER {name} {rest}", f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"'])

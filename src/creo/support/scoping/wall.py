"""Raises the wall after every migration on PostgreSQL and takes it away before. The declarations say all of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from creo.support.scoping.registry import declared, how_held
from creo.support.scoping.walls import DOWN, NATION, READ_ONLY, WEB, Architect, Walled

# Roles belong to the whole server: two databases may make them at once, and one of them finds them made.
_ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN
    CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$"""


def wanted(connection: BaseDatabaseWrapper) -> bool:
    """True when this database keeps rows to their places by itself: PostgreSQL, with CREO_RLS."""
    return bool(settings.CREO_RLS) and connection.vendor == "postgresql"


def architect(existing: Collection[str]) -> Architect | None:
    """The one who writes the wall of the declared tables that exist; None until those that say who is held do."""
    held = how_held()
    roots = (held.person, held.place, held.stay, held.step[0], held.pair[0])
    if not {root._meta.db_table for root in roots} <= set(existing):
        return None
    tables = [(each, each.table) for each in declared() if each.table and each.model._meta.db_table in existing]
    walled = [Walled(each.model, table) for each, table in tables if table.walled and not table.append_only]
    append_only = [each.model._meta.db_table for each, table in tables if table.append_only]
    read_only = [name for name in READ_ONLY if name in existing]
    return Architect(held, walled, append_only, read_only)


def lower(using: str = "default", **kwargs: Any) -> None:
    """Before a migration: views and policies go, so that columns may change. Until they are back nobody sees a row."""
    connection = connections[using]
    if wanted(connection):
        _run(connection, [DOWN])


def raise_again(using: str = "default", **kwargs: Any) -> None:
    """After the migrations: roles, views, grants and policies as declared, in one transaction; safe to repeat."""
    connection = connections[using]
    if not wanted(connection):
        return
    found = architect(connection.introspection.table_names())
    if found is not None:
        roles = [_ROLE.format(role=role) for role in (WEB, NATION)]
        _run(connection, [*roles, f"GRANT {WEB}, {NATION} TO CURRENT_USER", *found.build()])


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(";\n".join(statements))

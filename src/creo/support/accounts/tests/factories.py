"""Readers and users for tests: the smallest that can do what a test needs."""

from __future__ import annotations

from datetime import date

from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import Permission, permissions_of
from creo.support.accounts.readers import NATION, Reader, Scope

START = date(2026, 1, 1)


def reader(*permissions: Permission, scope: Scope | None = None, user_id: int = 1, name: str = "Alicia") -> Reader:
    """Somebody with some permissions, national unless said otherwise."""
    return Reader(user_id, name, frozenset(permissions), (scope or Scope(NATION),), ())


def reader_as(role: str, scope: Scope | None = None, user_id: int = 1) -> Reader:
    """Somebody who holds a role."""
    return Reader(user_id, f"{role} de prueba", permissions_of(role), (scope or Scope(NATION),), (role,))


def user(username: str = "alicia", role: str = "", scope_kind: str = "nation", scope_code: str = "") -> User:
    """A user who can sign in with the password "clave-de-prueba", holding one role when given."""
    made = User.objects.create_user(username, username.title(), "clave-de-prueba")
    if role:
        RoleGrant.objects.create(user=made, role=role, scope_kind=scope_kind, scope_code=scope_code, valid_from=START)
    return made

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
        grant(made, role, scope_code, scope_kind=scope_kind)
    return made


def grant(
    holder: User,
    role: str,
    scope_code: str = "",
    *,
    scope_kind: str = "",
    valid_from: date = START,
    valid_to: date | None = None,
    reviewed_on: date | None = None,
) -> RoleGrant:
    """A role held, of a prison when a code is given; reviewed today unless said otherwise."""
    kind = scope_kind or ("facility" if scope_code else "nation")
    reviewed = {"reviewed_on": reviewed_on} if reviewed_on else {}
    return RoleGrant.objects.create(
        user=holder,
        role=role,
        scope_kind=kind,
        scope_code=scope_code,
        valid_from=valid_from,
        valid_to=valid_to,
        **reviewed,
    )

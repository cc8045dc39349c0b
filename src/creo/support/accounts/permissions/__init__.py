"""Every permission, and the roles as readable lists of them. A role is held at a place and for a period."""

from __future__ import annotations

from creo.support.accounts.permissions import control, headquarters, prison, treatment
from creo.support.accounts.permissions.permission import (
    PERMISSION_WORDS,
    Permission,
    Role,
    apart,
)

ROLES: dict[str, Role] = {
    role.code: role for group in (headquarters, prison, treatment, control) for role in group.ROLES
}


def permissions_of(role: str) -> frozenset[Permission]:
    """What a role may do; an unknown role may do nothing (it fails closed, and says so in the reader)."""
    known = ROLES.get(role)
    return known.permissions if known else frozenset()


__all__ = ["PERMISSION_WORDS", "ROLES", "Permission", "Role", "apart", "permissions_of"]

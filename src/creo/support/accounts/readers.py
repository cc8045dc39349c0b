"""Who is asking: the first argument of every query. No scope, no rows; no permission, no act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import ROLES, Permission, permissions_of
from creo.support.refusals import Forbidden

NATION = "nation"


@dataclass(frozen=True, slots=True)
class Scope:
    """A place a role is held at: the nation, a regional office or a prison, by code."""

    kind: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """A person (or the system itself) with what they may do and where."""

    user_id: int | None
    name: str
    permissions: frozenset[Permission] = frozenset()
    scopes: tuple[Scope, ...] = ()
    roles: tuple[str, ...] = ()
    _known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def once[Found](self, what: str, look: Callable[[], Found]) -> Found:
        """What `look` answered the first time: a reader lives as long as one request or one job, and so does this."""
        if what not in self._known:
            self._known[what] = look()
        found: Found = self._known[what]
        return found

    @property
    def national(self) -> bool:
        """True when some role is held for the whole country."""
        return any(scope.kind == NATION for scope in self.scopes)

    @property
    def role_label(self) -> str:
        """The roles held, in words."""
        return " · ".join(str(ROLES[role].title) for role in self.roles if role in ROLES) or _("Sin rol")

    @property
    def scope_label(self) -> str:
        """The places looked at, in words."""
        if self.national:
            return _("Nacional")
        return ", ".join(scope.code for scope in self.scopes) or _("Sin ámbito")

    def can(self, permission: Permission) -> bool:
        """True when the permission is held at some place."""
        return permission in self.permissions and bool(self.scopes)

    def require(self, permission: Permission) -> None:
        """Raises Forbidden unless the permission is held."""
        if not self.can(permission):
            raise Forbidden(_("Su rol no permite este acto. Pídalo a quien administra los accesos."))


NOBODY = Reader(user_id=None, name="")


def system(name: str = "sistema") -> Reader:
    """The system acting by itself (command line, demonstration, worker): everything, everywhere, under its own name."""
    return Reader(None, name, frozenset(Permission), (Scope(NATION),), ("system",))


def reader_for(user: User, on: date) -> Reader:
    """The reader for a signed-in user on a day: grants that have ended or not begun give nothing. One query.

    Permissions are joined over the grants; commands that act at one place check that place too.
    """
    if not user.is_active:
        return NOBODY
    grants = list(
        RoleGrant.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), user_id=user.pk, valid_from__lte=on).order_by(
            "pk"
        )
    )
    permissions: frozenset[Permission] = frozenset().union(*(permissions_of(grant.role) for grant in grants))
    scopes = tuple(dict.fromkeys(Scope(grant.scope_kind, grant.scope_code) for grant in grants if grant.role in ROLES))
    roles = tuple(dict.fromkeys(grant.role for grant in grants))
    return Reader(user.pk, user.name, permissions, scopes, roles)

"""Who is asking: the first argument of every query. No scope, no rows; no permission, no act."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import ROLES, Permission, permissions_of
from creo.support.accounts.rules import GIVING
from creo.support.refusals import Forbidden

NATION = "nation"


@dataclass(frozen=True, slots=True)
class Scope:
    """A place a role is held at: the nation, a regional office or a prison, by code."""

    kind: str
    code: str = ""

    def covers(self, other: Scope) -> bool:
        """True when whoever works here works there too, as far as the two names alone can tell."""
        return self == other or self.kind == NATION


@dataclass(frozen=True, slots=True)
class Held:
    """What one grant gives: some permissions at one place."""

    permissions: frozenset[Permission]
    scope: Scope


@dataclass(frozen=True, slots=True)
class Reader:
    """A person (or the system itself) with what they may do and where.

    `held` tells the grants apart where they differ from place to place: see `at_places_of`.
    """

    user_id: int | None
    name: str
    permissions: frozenset[Permission] = frozenset()
    scopes: tuple[Scope, ...] = ()
    roles: tuple[str, ...] = ()
    held: tuple[Held, ...] = ()
    _known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def once[Found](self, what: str, look: Callable[[], Found]) -> Found:
        """What `look` answered the first time: a reader lives as long as one request or one job, and so does this."""
        if what not in self._known:
            self._known[what] = look()
        found: Found = self._known[what]
        return found

    def at_places_of(self, permission: Permission) -> Reader:
        """The same reader at the places where a permission is held, with nothing that is not held at each of them.

        A psychologist of one prison who is also a registrar of another reads no assessment in the second. Pages and
        commands see their reader only like this.
        """
        if len({grant.permissions for grant in self.held}) <= 1:
            return self
        scopes = tuple(dict.fromkeys(grant.scope for grant in self.held if permission in grant.permissions))
        everywhere = frozenset(each for each in self.permissions if all(self._holds(each, scope) for scope in scopes))
        return replace(self, permissions=everywhere if scopes else frozenset(), scopes=scopes, _known={})

    def _holds(self, permission: Permission, scope: Scope) -> bool:
        return any(permission in grant.permissions and grant.scope.covers(scope) for grant in self.held)

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


def grants_of(user: User, on: date) -> list[RoleGrant]:
    """The grants that give somebody something on a day, in the order they were made. One query; nobody's when disabled.

    What ended, has not begun, or was not reviewed in six months (DS 016-2024-JUS art. 46) gives nothing.
    """
    if not user.is_active:
        return []
    rows = RoleGrant.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), user_id=user.pk, valid_from__lte=on)
    return giving_among(rows.order_by("pk"), on)


def giving_among(grants: Iterable[RoleGrant], on: date) -> list[RoleGrant]:
    """Those of some grants that give something on a day."""
    return [grant for grant in grants if grant.state(on) in GIVING]


def places_in(grants: Iterable[RoleGrant]) -> tuple[Scope, ...]:
    """The places of some grants, each once; a role that does not exist any more has none."""
    known = (Scope(grant.scope_kind, grant.scope_code) for grant in grants if grant.role in ROLES)
    return tuple(dict.fromkeys(known))


def reader_for(user: User, on: date, place: Scope | None = None) -> Reader:
    """The reader for a signed-in user on a day: grants that have ended or not begun give nothing. One query.

    With a place, the reader works there: only the grants that cover it, and only at it; one more query when a regional
    grant may. Permissions are joined over the grants for the menu; pages and commands keep to the places of theirs.
    """
    return NOBODY if not user.is_active else reader_of(user, grants_of(user, on), place)


def reader_of(user: User, grants: Sequence[RoleGrant], place: Scope | None = None) -> Reader:
    """The reader that some grants make of their holder, at all their places or working at one."""
    if place is None:
        held = tuple(Held(permissions_of(grant.role), Scope(grant.scope_kind, grant.scope_code)) for grant in grants)
        scopes = places_in(grants)
    else:
        grants = [grant for grant in grants if grant.role in ROLES and _covers(grant, place)]
        held = tuple(Held(permissions_of(grant.role), place) for grant in grants)
        scopes = (place,) if grants else ()
    permissions: frozenset[Permission] = frozenset().union(*(one.permissions for one in held))
    roles = tuple(dict.fromkeys(grant.role for grant in grants))
    return Reader(user.pk, user.name, permissions, scopes, roles, held)


def _covers(grant: RoleGrant, place: Scope) -> bool:
    """True when a grant is held over a place; only the table of places knows the office of a prison."""
    scope = Scope(grant.scope_kind, grant.scope_code)
    if scope.kind != "region" or place.kind != "facility":
        return scope.covers(place)
    office = Reader(None, "", scopes=(scope,))
    return any(each.code == place.code for each in import_string(settings.CREO_PLACES)(office))

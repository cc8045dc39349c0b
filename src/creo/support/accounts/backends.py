"""Who a session belongs to, read with their roles in one question: both are asked anew at each request."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from creo.support import clock
from creo.support.accounts.models import RoleGrant, User
from creo.support.bulk import stored

# What decides whether a grant gives something, and what: the rest of its row is read by whoever asks for it.
_GRANT = (
    "id",
    "user_id",
    "role",
    "scope_kind",
    "scope_code",
    "valid_from",
    "valid_to",
    "ended_on",
    "reviewed_on",
    "last_used_on",
)
# Written out, for every page begins with it: putting it together each time takes longer than its answer.
_FOUND = f"""
    SELECT u.id, u.password, u.last_login, u.username, u.name, u.is_active,
           {", ".join(f"g.{name} AS held_{name}" for name in _GRANT)}
    FROM accounts_user u LEFT JOIN accounts_rolegrant g
      ON g.user_id = u.id AND g.valid_from <= %s AND (g.valid_to IS NULL OR g.valid_to > %s)
    WHERE u.id = %s ORDER BY g.id
"""


class WithGrants(ModelBackend):
    """Passwords as Django weighs them. Whoever it finds again knows the grants that were read with them."""

    def get_user(self, user_id: int) -> User | None:
        """The account of a session, None when it is closed; see `taken`. One query."""
        today = stored(RoleGrant, "valid_from", clock.today())
        rows = list(User.objects.raw(_FOUND, [today, today, user_id]))
        if not rows:
            return None
        grants = [tuple(getattr(row, f"held_{name}") for name in _GRANT) for row in rows]
        user = rows[0]
        # An account without grants has one row, of an empty one.
        user.read_with = [RoleGrant.from_db("default", _GRANT, values) for values in grants if values[0] is not None]  # type: ignore[attr-defined]
        return user if self.user_can_authenticate(user) else None


def taken(user: User) -> list[RoleGrant] | None:
    """The grants that an account was read with, begun and not ended that day; once: they are no one's memory."""
    found: list[RoleGrant] | None = getattr(user, "read_with", None)
    if found is not None:
        del user.read_with  # type: ignore[attr-defined]
    return found

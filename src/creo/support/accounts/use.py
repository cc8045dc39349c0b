"""The day on which a role was last used, for its review. Written with what a session writes anyway, never by a look."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from creo.support.accounts.models import RoleGrant
from creo.support.accounts.queries.scoped import giving


def mark(grants: Collection[int], today: date) -> None:
    """Some grants were worked with today. One query for those that do not say so yet, none when there are none."""
    if grants:
        RoleGrant.objects.filter(_unmarked(today), pk__in=grants).update(last_used_on=today)


def mark_signed_in(user_id: int, today: date) -> None:
    """Whoever signs in works with all that gives them something, until they choose a place. One query."""
    RoleGrant.objects.filter(_unmarked(today), giving(today), user_id=user_id).update(last_used_on=today)


def _unmarked(today: date) -> Q:
    return Q(last_used_on=None) | ~Q(last_used_on=today)

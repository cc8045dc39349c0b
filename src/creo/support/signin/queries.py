"""Reads of sign-in: one's own, and an administrator's of the accounts at their places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import Q

from creo.support import clock
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.queries.scoped import giving
from creo.support.accounts.readers import Reader, reader_for
from creo.support.refusals import NotFound
from creo.support.signin import factors, limits, sessions
from creo.support.signin.devices import device
from creo.support.signin.models import Credential, Notice


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One open session, as its owner recognises it."""

    id: int
    device: str
    address: str
    began_at: datetime
    used_at: datetime
    own: bool


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory of an institution that people may sign in with."""

    id: str
    name: str


def open_sessions(user_id: int, present: str | None = None) -> list[SessionRow]:
    """Somebody's open sessions; `present` is the key of the one that asks. One query."""
    return [
        SessionRow(
            each.pk,
            device(each.user_agent),
            each.ip if each.ip != sessions.NOWHERE else "",
            each.created_at,
            each.last_seen_at,
            each.session_key == present,
        )
        for each in sessions.open_sessions(user_id, clock.now())
    ]


def must_change(user_id: int) -> bool:
    """True when the present password was given by an administrator. One query."""
    return Credential.objects.filter(user_id=user_id, must_change=True).exists()


def first_password_over(user_id: int, at: datetime) -> bool:
    """True when a password given by an administrator is too old to be used for the first time. One query."""
    return Credential.objects.filter(user_id=user_id, must_change=True, expires_at__lte=at).exists()


def password_changed_at(user_id: int) -> datetime | None:
    """When somebody last chose a password; None when that was never recorded. One query."""
    return Credential.objects.filter(user_id=user_id).values_list("changed_at", flat=True).first()


def known_name(typed: str) -> str:
    """The name when such an account exists, empty otherwise: what was typed may have been a password."""
    return User.objects.filter(username=typed).values_list("username", flat=True).first() or ""


def notices(user_id: int) -> list[Notice]:
    """The last ten things somebody was told about their access. One query."""
    return list(Notice.objects.filter(user_id=user_id).order_by("-id")[:10])


def grants(user_id: int) -> list[RoleGrant]:
    """Somebody's roles and places in force today. One query."""
    held = RoleGrant.objects.filter(giving(clock.today()), user_id=user_id)
    return list(held.order_by("role", "scope_kind", "scope_code"))


def account(by: Reader, username: str) -> User:
    """An account that an administrator may act on: all its roles are at their places. NotFound otherwise."""
    at = by.at_places_of(Permission.MANAGE_ACCESS)
    user = User.objects.filter(username=username).first()
    if user is None or not at.can(Permission.MANAGE_ACCESS):
        raise NotFound
    theirs = reader_for(user, clock.today()).scopes
    if not at.national and not (theirs and all(any(mine.covers(each) for mine in at.scopes) for each in theirs)):
        raise NotFound
    return user


def accounts(by: Reader, text: str, after: str, size: int) -> list[User]:
    """Accounts of the whole house by user name, after one, at most `size`; nothing for who administers a part of it."""
    if not by.at_places_of(Permission.MANAGE_ACCESS).national:
        return []
    found = User.objects.filter(Q(username__icontains=text) | Q(name__icontains=text)) if text else User.objects.all()
    return list(found.filter(username__gt=after).order_by("username")[:size])


def sessions_of(user_ids: list[int]) -> dict[int, int]:
    """How many sessions each has open. One query."""
    now = clock.now()
    found = UserSession.objects.filter(
        user_id__in=user_ids, last_seen_at__gt=now - limits.IDLE, created_at__gt=now - limits.ABSOLUTE
    ).values_list("user_id", flat=True)
    counts: dict[int, int] = {}
    for user_id in found:
        counts[user_id] = counts.get(user_id, 0) + 1
    return counts


def with_factor(user_ids: list[int]) -> frozenset[int]:
    """Who of them has a second factor. One query."""
    return factors.enrolled(user_ids)


def directories() -> list[Directory]:
    """The directories of this installation; none by default. No query."""
    apps = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return [Directory(app["provider_id"], app["name"]) for app in apps]


def links(user_id: int) -> list[tuple[str, str]]:
    """The directories' subjects that enter an account: (directory, subject). One query."""
    return list(SocialAccount.objects.filter(user_id=user_id).order_by("id").values_list("provider", "uid"))

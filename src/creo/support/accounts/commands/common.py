"""What the commands of access share: every reason beside its field, accounts under lock, nobody on themselves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import ROLES, Permission
from creo.support.accounts.queries.scoped import giving, within
from creo.support.accounts.readers import NATION, Reader
from creo.support.refusals import NotFound, Refused

REASON = 300


@dataclass
class Refusals:
    """Collects every reason before refusing, each beside its form field when it has one."""

    messages: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)

    def add(self, message: str, name: str = "") -> None:
        """One more reason."""
        self.messages.append(message)
        if name:
            self.fields[name] = "\n".join(filter(None, (self.fields.get(name), message)))

    def text(self, value: str, name: str, missing: str, most: int = REASON) -> str:
        """A text without its blank ends; a reason more when it is missing or too long."""
        value = value.strip()
        if not value:
            self.add(missing, name)
        elif len(value) > most:
            self.add(_("Escriba %(most)d letras como máximo.") % {"most": most}, name)
        return value

    def raise_if_any(self) -> None:
        """Refused with all of them, or nothing."""
        if self.messages:
            raise Refused(self.messages, fields=self.fields)


def locked_account(by: Reader, username: str) -> User:
    """An account within the reader's places, locked until the command ends. NotFound outside them."""
    user = User.objects.select_for_update().filter(username=username).first()
    if user is None or not (by.national or RoleGrant.objects.filter(within(by), user=user).exists()):
        raise NotFound
    return user


def whole_account(by: Reader, username: str, on: date) -> User:
    """The same, for acts on the account itself: NotFound when it also holds roles where the reader manages nothing."""
    user = locked_account(by, username)
    held = RoleGrant.objects.filter(giving(on), user=user)
    if not by.national and held.exclude(pk__in=held.filter(within(by)).values("pk")).exists():
        raise NotFound
    return user


def not_oneself(by: Reader, user: User, refusals: Refusals) -> None:
    """Nobody manages their own access."""
    if by.user_id == user.pk:
        refusals.add(_("Nadie administra su propio acceso: lo hace otra persona."))


def leaves_an_administrator(on: date, refusals: Refusals, *, without: Collection[int] = (), user: int = 0) -> None:
    """Refuses what would leave nobody to administer access for the nation."""
    roles = [role.code for role in ROLES.values() if Permission.MANAGE_ACCESS in role.permissions]
    grants = RoleGrant.objects.filter(giving(on), role__in=roles, scope_kind=NATION).exclude(pk__in=list(without))
    others = User.objects.filter(Exists(grants.filter(user=OuterRef("pk"))), is_active=True).exclude(pk=user)
    if not others.exists():
        refusals.add(_("Nadie quedaría para administrar los accesos: otorgue antes el rol a otra persona."))

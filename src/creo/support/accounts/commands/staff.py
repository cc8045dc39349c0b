"""Accounts: made with a first password that serves once, disabled, enabled."""

from __future__ import annotations

import re
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from creo.support.accounts.commands.common import (
    Refusals,
    leaves_an_administrator,
    not_oneself,
    whole_account,
)
from creo.support.accounts.models import User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, Refused
from creo.support.signin.commands import give_first_password

USERNAME = re.compile(r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*")


@ledger.command(permission=Permission.MANAGE_ACCESS)
def make_account(*, by: Reader, username: str, name: str, reason: str) -> tuple[str, str]:
    """A new account without any role; returns its user name and first password, which is kept nowhere.

    Forbidden out of the nation: an account belongs to no place until it holds a role. Refused with every reason.
    """
    if not by.national:
        raise Forbidden(_("Las cuentas se hacen en la sede central: pídala a la administración nacional de accesos."))
    refusals = Refusals()
    username = refusals.text(username, "username", _("Escriba el usuario."), 64).casefold()
    name = refusals.text(" ".join(name.split()), "name", _("Escriba nombres y apellidos."), 120)
    reason = refusals.text(reason, "reason", _("Escriba el documento que pide la cuenta."))
    if username and not (len(username) >= 3 and USERNAME.fullmatch(username)):
        refusals.add(
            _("Use de 3 a 64 letras minúsculas sin tilde o números, separados por punto, guion o guion bajo."),
            "username",
        )
    taken = _("El usuario [%(username)s] ya existe.") % {"username": username}
    if User.objects.filter(username__iexact=username).exists():
        refusals.add(taken, "username")
    refusals.raise_if_any()
    try:
        with transaction.atomic():
            User.objects.create_user(username, name)
    except IntegrityError:
        # Somebody else made it a moment before.
        raise Refused(taken, fields={"username": taken}) from None
    ledger.record(act="accounts.made", subject=("user", username), reason=reason, after={"name": name})
    return username, give_first_password(by=by, username=username, reason=reason)


@ledger.command(permission=Permission.MANAGE_ACCESS)
def disable(*, by: Reader, username: str, reason: str, today: date) -> None:
    """Closes an account from this moment, open sessions too; its roles stay written. Nothing is deleted."""
    user, reason = _begin(by, username, reason, today, ends=True)
    if not user.is_active:
        raise Refused(_("La cuenta ya está inhabilitada."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    ledger.record(
        act="accounts.disabled",
        subject=("user", username),
        reason=reason,
        before={"active": True},
        after={"active": False},
    )


@ledger.command(permission=Permission.MANAGE_ACCESS)
def enable(*, by: Reader, username: str, reason: str, today: date) -> None:
    """Opens a closed account again, with the roles that are still in force."""
    user, reason = _begin(by, username, reason, today)
    if user.is_active:
        raise Refused(_("La cuenta ya está habilitada."))
    user.is_active = True
    user.save(update_fields=["is_active"])
    ledger.record(
        act="accounts.enabled",
        subject=("user", username),
        reason=reason,
        before={"active": False},
        after={"active": True},
    )


def _begin(by: Reader, username: str, reason: str, today: date, *, ends: bool = False) -> tuple[User, str]:
    user, refusals = whole_account(by, username, today), Refusals()
    not_oneself(by, user, refusals)
    if ends:
        leaves_an_administrator(today, refusals, user=user.pk)
    reason = refusals.text(reason, "reason", _("Escriba el motivo o el documento que lo pide."))
    refusals.raise_if_any()
    return user, reason

"""People who sign in for tests: with a password of their own, and with factors when asked."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.tests.factories import START

PASSWORD = "siete gatos miran el río"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def account(username: str = "rosa", role: str = "registry", scope_kind: str = "nation", scope_code: str = "") -> User:
    """Somebody of the staff with PASSWORD."""
    made = User.objects.create_user(username, username.title(), PASSWORD)
    if role:
        RoleGrant.objects.create(user=made, role=role, scope_kind=scope_kind, scope_code=scope_code, valid_from=START)
    return made


def with_totp(user: User) -> User:
    """Gives somebody an application of codes over SECRET."""
    totp.TOTP.activate(user, SECRET)
    return user


def code(seconds: int = 0) -> str:
    """The code of SECRET now, or some seconds away."""
    return totp.format_hotp_value(totp.hotp_value(SECRET, int(time.time() + seconds) // 30))


def enter(client: Client, username: str = "rosa", password: str = PASSWORD, **more: Any) -> Any:
    """Sends the sign-in form."""
    return client.post("/entrar/", {"username": username, "password": password}, **more)


def signed_in(username: str = "rosa", **more: Any) -> Client:
    """A browser that entered with the password alone."""
    client = Client()
    assert enter(client, username, **more).status_code == 302
    return client

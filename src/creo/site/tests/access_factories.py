"""The staff of the tests of access: who administers, who agrees, who directs a prison; and the form of a role."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client

from creo.support.accounts.commands import GrantData
from creo.support.accounts.models import User
from creo.support.accounts.readers import Reader, reader_for
from creo.support.accounts.tests.factories import user

TODAY = date(2026, 11, 23)
NOON = "2026-11-23 17:00:00Z"


def who(username: str, role: str, prison: str = "") -> User:
    """Somebody with a role for the nation, or at a prison."""
    return user(username, role, "facility" if prison else "nation", prison)


def as_reader(somebody: User, on: date = TODAY) -> Reader:
    """They, as a reader of a day."""
    return reader_for(somebody, on)


def signed_in(somebody: User) -> Client:
    """They, before the pages."""
    client = Client()
    client.force_login(somebody)
    return client


def data(username: str = "marta", role: str = "teacher", prison: str = "EP-PIURA", **other: Any) -> GrantData:
    """A role that may be granted."""
    values: dict[str, Any] = {
        "username": username,
        "role": role,
        "scope_kind": "facility" if prison else "nation",
        "scope_code": prison,
        "valid_from": TODAY,
        "valid_to": date(2027, 11, 23),
        "reason": "Designación",
        "resolution": "RD 1-2026",
    }
    return GrantData(**(values | other))

"""Keys for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from creo.support.accounts.permissions import Permission
from creo.support.accounts.tests.factories import reader_as
from creo.support.api import commands

TODAY = date(2026, 11, 23)
ALL = (Permission.VIEW_TERRITORY, Permission.VIEW_PEOPLE, Permission.EDIT_PEOPLE)


def make_key(*permissions: Permission, scope: tuple[str, str] = ("nation", ""), **other: Any) -> tuple[int, str]:
    """A key in force, national and with everything a key may hold unless said otherwise; its number and its text."""
    values: dict[str, Any] = {
        "institution": "Poder Judicial de prueba",
        "purpose": "Comunicar mandatos y libertades",
        "permissions": [permission.value for permission in permissions or ALL],
        "scope_kind": scope[0],
        "scope_code": scope[1],
        "expires_on": date(2027, 5, 1),
        "today": TODAY,
    }
    return commands.create_key(by=reader_as("administrator"), **(values | other))

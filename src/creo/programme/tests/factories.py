"""The smallest programme data that a test needs: CREO loaded, a draft of it, two people who are not the same."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from creo.programme import commands, queries, rules
from creo.programme.queries import VersionRow
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, reader_for, system
from creo.support.accounts.tests import factories as accounts

FOLDER = Path(__file__).parents[1] / "designs" / "creo"
OTHER = Path(__file__).parent / "designs" / "rutas"
DAY = date(2026, 11, 23)
SYSTEM = system("pruebas")
VIEWER = accounts.reader(Permission.VIEW_PROGRAMME)


@cache
def creo() -> rules.Design:
    """The shipped design, read once."""
    return rules.load_design(FOLDER)


def loaded() -> VersionRow:
    """CREO in the database, in force since 2014."""
    commands.load_design(by=SYSTEM, design=creo())
    found = queries.in_force(SYSTEM, DAY)
    assert found is not None
    return found


def person(username: str, role: str) -> tuple[User, Reader]:
    """A user with a role in the nation, and the reader they are; without password, which takes long to make."""
    user = User.objects.create_user(username, username.title())
    RoleGrant.objects.create(user=user, role=role, scope_kind="nation", valid_from=accounts.START)
    return user, reader_for(user, DAY)


def draft(by: Reader, **fields: str) -> int:
    """A draft of version 1; CREO must be loaded."""
    return commands.start_draft(by=by, based_on=1, **fields)

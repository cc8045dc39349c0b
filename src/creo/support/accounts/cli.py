"""`creo access first`: the first two people of access, made by whoever installs the system; nobody else can."""

from __future__ import annotations

import argparse
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts import commands, rules
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions.permission import NATION
from creo.support.accounts.queries.scoped import giving
from creo.support.accounts.readers import system
from creo.support.refusals import Refused

# One grants, the other agrees: from these two on, everything is done on the pages, by two people.
FIRST = ("administrator", "data_officer")


def add_commands(commands_: Any) -> None:
    """Adds `creo access`."""
    access = commands_.add_parser("access", help="quién entra al sistema")
    wanted = access.add_subparsers(dest="what", required=True, metavar="qué")
    words = wanted.add_parser(
        "first", help="hacer la primera cuenta de administración de accesos o de datos personales"
    )
    words.add_argument("role", choices=FIRST)
    words.add_argument("username", help="usuario: minúsculas sin tilde, «nombre.apellido»")
    words.add_argument("name", help="nombres y apellidos")
    words.add_argument("--resolution", required=True, help="resolución o documento que la designa")
    words.set_defaults(run=_first)


@transaction.atomic
def _first(parsed: argparse.Namespace) -> int:
    today = clock.today()
    held = RoleGrant.objects.filter(giving(today), role=parsed.role, scope_kind=NATION, user__is_active=True)
    if held.exists():
        raise Refused(_("Alguien ya tiene ese rol: pida la cuenta en «Personal y accesos»."))
    by, reason = system("instalación"), _("Primera cuenta de la instalación")
    password = ""
    if not User.objects.filter(username=parsed.username).exists():
        parsed.username, password = commands.make_account(
            by=by, username=parsed.username, name=parsed.name, reason=reason
        )
    data = commands.GrantData(
        username=parsed.username,
        role=parsed.role,
        scope_kind=NATION,
        scope_code="",
        valid_from=today,
        valid_to=rules.last_day_out(parsed.role, today),
        reason=reason,
        resolution=parsed.resolution,
    )
    commands.grant_role(by=by, data=data, today=today)
    print(_("Usuario: %(username)s") % {"username": parsed.username})
    if password:
        print(_("Contraseña, solo para poner otra: %(password)s") % {"password": password})
    return 0

"""A kind of import whose columns people may describe, and which tells what it would change: staff again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from creo.support.accounts.models import User
from creo.support.imports.checks import Field
from creo.support.imports.kinds import CheckResult, Difference
from creo.support.imports.tests.factories import StaffKind

NAMED, GONE = "named", "gone"


class OpenStaffKind(StaffKind):
    """Staff with fields to be found in unknown columns; accounts that exist with another name are differences."""

    code = "open"
    title = "Personal, de cualquier formato"

    def fields(self, as_of: dt.date) -> Sequence[Field]:
        """What a row may hold."""
        return (
            Field("username", "Usuario", required=True, max_length=64, pattern="[a-z0-9.]+"),
            Field("name", "Nombre", required=True, max_length=120),
            Field("active", "Activo", "boolean"),
            Field("since", "Desde", "date"),
        )

    def check(self, **about: Any) -> CheckResult:
        """As staff, and who is called otherwise or is not in the file."""
        found = super().check(**about)
        named = {username: name for username, name, _active in found.prepared}
        differences = [
            Difference(2, user.username, NAMED, "Nombre", user.name, named.get(user.username, "otro"))
            for user in User.objects.order_by("id")
        ]
        gone = [each.left_to_a_person("No está en la lista.") for each in differences[:1]]
        return replace(found, differences=(*differences, *(replace(each, kind=GONE, row=None) for each in gone)))

    def difference_words(self) -> Mapping[str, str]:
        """In words."""
        return {NAMED: "Nombre distinto", GONE: "No está"}

    def subject_url(self, subject: str) -> str:
        """Where somebody is."""
        return f"/personal/{subject}/"


OPEN = OpenStaffKind()
KINDS = {
    "staff": "creo.support.imports.tests.factories.STAFF",
    "open": "creo.support.imports.tests.factories_open.OPEN",
}

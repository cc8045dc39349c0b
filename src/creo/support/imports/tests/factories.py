"""A small kind of import for tests: the staff of an office, written as users. Small, and all of it real."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from creo.support.accounts.models import User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.accounts.tests.factories import reader
from creo.support.imports import checks, commands
from creo.support.imports.kinds import CheckResult, Option
from creo.support.imports.mapping import SourceMapping, parse_mapping
from creo.support.imports.models import ImportBatch
from creo.support.imports.reading import ROW, Sheet
from creo.support.jobs.progress import Report
from creo.support.ledger import commands as ledger

STAFF_LIST = parse_mapping(
    {
        "code": "personal",
        "title": "Lista de personal",
        "columns": {
            "username": {"from": ["USUARIO", "CUENTA"]},
            "name": {"from": "NOMBRE"},
            "active": {"from": "ACTIVO", "required": False, "default": "sí"},
        },
    }
)


class StaffKind:
    """Imports users; `fail_after` makes `apply` break after that many rows, as a killed worker would."""

    code = "staff"
    title = "Personal"
    permission = Permission.IMPORT_REGISTER
    fail_after: int | None = None

    def mappings(self) -> Sequence[SourceMapping]:
        """One source."""
        return [STAFF_LIST]

    def options(self) -> Sequence[Option]:
        """The office they work in, and since when."""
        offices = (("lima", "Lima"), ("sur", "Sur"))
        return [Option("office", "Oficina", "choice", choices=offices), Option("since", "Desde", "date")]

    def check(
        self,
        *,
        sheet: Sheet,
        mapping: SourceMapping,
        options: Mapping[str, str],
        reader: Reader,
        as_of: dt.date,
        progress: Report,
    ) -> CheckResult:
        """Names, accounts that nobody has yet."""
        fields = [
            checks.Field("username", "Usuario", required=True, max_length=64, pattern="[a-z0-9.]+"),
            checks.Field("name", "Nombre", required=True, max_length=120),
            checks.Field("active", "Activo", "boolean"),
        ]
        found = checks.read_fields(sheet, mapping, fields, progress)
        taken = list(User.objects.values_list("username", flat=True))
        known = pl.col("username").is_in(taken)
        found.errors.add_where(found.frame, known, found.headers["username"], "Ya existe.", "username")
        return CheckResult(
            errors=found.errors,
            rows_ok=sheet.height - found.errors.rows,
            summary=(f"{sheet.height} cuentas",),
            counts={"users": sheet.height},
            preview_columns=("Usuario", "Nombre"),
            preview=tuple(found.frame.select("username", "name").head(3).rows()),
            prepared=found.frame.drop(ROW).rows(),
        )

    def apply(
        self,
        *,
        checked: CheckResult,
        mapping: SourceMapping,
        options: Mapping[str, str],
        reader: Reader,
        as_of: dt.date,
        batch_id: int,
        progress: Report,
    ) -> Mapping[str, int]:
        """One user a row."""
        for number, (username, name, active) in enumerate(checked.prepared):
            if self.fail_after is not None and number >= self.fail_after:
                raise RuntimeError("el trabajador murió")
            User.objects.create(username=username, name=name, is_active=active)
        ledger.record(act="staff.imported", subject=("import", str(batch_id)), after={"users": len(checked.prepared)})
        return {"users": len(checked.prepared)}


STAFF = StaffKind()
KINDS = {"staff": "creo.support.imports.tests.factories.STAFF"}

GOOD = "Usuario;Nombre;Activo;Anexo\r\nana;Ana Quispe;sí;101\r\nbeto;Beto Ñahui;no;102\r\n"
BAD = "Usuario;Nombre;Activo\r\nana;=1+1;sí\r\nBETO;;quizá\r\n"


def somebody(**changes: Any) -> Reader:
    """Who may import."""
    return reader(Permission.IMPORT_REGISTER, **changes)


def staged(
    content: str = GOOD, *, by: Reader | None = None, filename: str = "personal.csv", **options: str
) -> ImportBatch:
    """A file just uploaded."""
    blocks: Iterable[bytes] = [content.encode()]
    return commands.stage(
        by=by or somebody(), kind="staff", mapping="", filename=filename, content=blocks, options=options
    )


def checked(content: str = GOOD, *, by: Reader | None = None) -> ImportBatch:
    """A file uploaded and checked."""
    by = by or somebody()
    return commands.check(by=by, batch_id=staged(content, by=by).pk)

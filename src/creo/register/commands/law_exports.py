"""What leaves the register about law: printed sheets and the catalogue, each written down (DS 016-2024-JUS)."""

from __future__ import annotations

from datetime import date

from creo.register.queries.law_sheet import PenologicalSheet, penological_sheet
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger


@ledger.command(permission=Permission.EXPORT)
def print_sheet(*, by: Reader, person_code: str, as_of: date) -> PenologicalSheet:
    """Somebody's penological sheet to print, and the entry that it was. NotFound outside the scope."""
    sheet = penological_sheet(by, person_code, as_of)
    ledger.record(
        act="register.sheet_printed",
        subject=("person", sheet.file.code),
        after={"kind": "pdf", "scope": by.scope_label},
    )
    return sheet


@ledger.command(permission=Permission.EXPORT)
def record_catalogue_export(*, by: Reader, filters: str, kind: str, rows: int) -> None:
    """Writes down that the catalogue was taken out; `filters` in words."""
    ledger.record(
        act="register.catalogue_exported",
        subject=("catalogue", "offences"),
        reason=filters,
        after={"kind": kind, "rows": rows},
    )

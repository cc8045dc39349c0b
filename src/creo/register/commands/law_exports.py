"""What leaves the register about law: printed sheets and the catalogue, each written down (DS 016-2024-JUS)."""

from __future__ import annotations

from creo.register.queries.scope import person_in_scope
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger


@ledger.command(permission=Permission.EXPORT)
def record_sheet_print(*, by: Reader, person_code: str) -> None:
    """Writes down that somebody's penological sheet was printed. NotFound outside the scope."""
    person = person_in_scope(by, person_code)
    ledger.record(
        act="register.sheet_printed", subject=("person", person.code), after={"kind": "pdf", "scope": by.scope_label}
    )


@ledger.command(permission=Permission.EXPORT)
def record_catalogue_export(*, by: Reader, filters: str, kind: str, rows: int) -> None:
    """Writes down that the catalogue was taken out; `filters` in words."""
    ledger.record(
        act="register.catalogue_exported",
        subject=("catalogue", "offences"),
        reason=filters,
        after={"kind": kind, "rows": rows},
    )

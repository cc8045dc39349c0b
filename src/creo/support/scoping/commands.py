"""The one act of this house: the reference of protected data taken away as a file."""

from __future__ import annotations

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger


@ledger.command(permission=Permission.VIEW_LEDGER)
def record_export(*, by: Reader, kind: str, rows: int) -> None:
    """The line that says who took the reference, and how much of it."""
    ledger.record(act="scoping.exported", subject=("list", "protection"), after={"kind": kind, "rows": rows})

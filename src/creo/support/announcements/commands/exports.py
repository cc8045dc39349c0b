"""Lists that leave the system: who took which, with how many rows (DS 016-2024-JUS art. 46: exports are recorded)."""

from __future__ import annotations

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger


@ledger.command(permission=Permission.EXPORT)
def record_export(*, by: Reader, what: str, filters: str, kind: str, rows: int) -> None:
    """Writes down that a list was taken out; `what` names the list, `filters` are in words."""
    ledger.record(
        act="announcements.list_exported",
        subject=("list", what),
        reason=filters,
        after={"kind": kind, "rows": rows, "scope": by.scope_label},
    )

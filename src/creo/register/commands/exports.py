"""Lists that leave the system: who took which, with how many rows (DS 016-2024-JUS, art. 46: exports are recorded)."""

from __future__ import annotations

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger


@ledger.command(permission=Permission.EXPORT)
def record_export(*, by: Reader, filters: str, kind: str, rows: int) -> None:
    """Writes down that a list of people was taken out; `filters` in words."""
    ledger.record(
        act="register.people_exported",
        subject=("list", "people"),
        reason=filters,
        after={"kind": kind, "rows": rows, "scope": by.scope_label},
    )


@ledger.command(permission=Permission.EXPORT)
def record_movements_export(*, by: Reader, filters: str, kind: str, rows: int) -> None:
    """The same of a list of movements."""
    ledger.record(
        act="register.movements_exported",
        subject=("list", "movements"),
        reason=filters,
        after={"kind": kind, "rows": rows, "scope": by.scope_label},
    )


@ledger.command(permission=Permission.VIEW_PEOPLE)
def record_api_read(*, by: Reader, subject: tuple[str, str], rows: int) -> None:
    """Writes down that another institution's system looked: at a list, or at one person's file."""
    ledger.record(act="register.read_by_api", subject=subject, after={"rows": rows, "scope": by.scope_label})

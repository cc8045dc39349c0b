"""What other institutions' systems read: recorded (DS 016-2024-JUS, art. 46). Lists: `creo.support.exports`."""

from __future__ import annotations

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger


@ledger.command(permission=Permission.VIEW_PEOPLE)
def record_api_read(*, by: Reader, subject: tuple[str, str], rows: int) -> None:
    """Writes down that another institution's system looked: at a list, or at one person's file."""
    ledger.record(act="register.read_by_api", subject=subject, after={"rows": rows, "scope": by.scope_label})

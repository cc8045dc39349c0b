"""What leaves the register about law: printed sheets, each with its number (DS 016-2024-JUS)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from creo.register.commands.sheets import PENOLOGICAL, look
from creo.register.queries.law_sheet import PenologicalSheet, penological_sheet
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.exports.commands import Paper, hand_out
from creo.support.exports.listings import PDF, Mark
from creo.support.ledger import commands as ledger


@ledger.command(permission=Permission.VIEW_LEGAL)
def look_at_sheet(*, by: Reader, person_code: str, as_of: date, purpose: str = "") -> PenologicalSheet:
    """Somebody's penological sheet, for a purpose; each look is an entry. NotFound outside the scope."""
    sheet = penological_sheet(by, person_code, as_of)
    look(by=by, code=sheet.file.code, sheet=PENOLOGICAL, place=_place(sheet), purpose=purpose)
    return sheet


@ledger.command(permission=Permission.EXPORT)
def print_sheet(*, by: Reader, person_code: str, as_of: date, purpose: str = "") -> tuple[PenologicalSheet, Mark]:
    """Somebody's penological sheet to print, for a purpose, its mark, and the entry that it was.

    NotFound outside the scope.
    """
    sheet = penological_sheet(by, person_code, as_of)
    look(by=by, code=sheet.file.code, sheet=PENOLOGICAL, place=_place(sheet), purpose=purpose)
    paper = Paper(
        act="register.sheet_printed",
        subject=("person", sheet.file.code),
        title=_("Hoja penológica"),
        kind=PDF,
        name=f"hoja-penologica-{sheet.file.code}",
        place=_place(sheet),
    )
    return sheet, hand_out(by=by, paper=paper)


def _place(sheet: PenologicalSheet) -> str:
    return sheet.file.held.facility if sheet.file.held is not None else ""

"""The register's sensitive sheets (Ley 29733 art. 2.5, Regl. CEP art. 13, Mandela Rules 9, 26), and looks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from creo.kernel.access import Access
from creo.register import rules
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.looking import commands as looking
from creo.support.looking.sheets import Sheet

PROTECTED, MEDICAL, EVALUATIONS, PENOLOGICAL, OWN_FILE = (
    "protected",
    "medical",
    "evaluations",
    "penological",
    "own_file",
)
OPENED = "register.document_opened"
SHEETS: tuple[Sheet, ...] = (
    Sheet(PROTECTED, Access.HEALTH, Permission.VIEW_PROTECTED, _("Datos protegidos"), "register.protected_viewed"),
    Sheet(MEDICAL, Access.HEALTH, Permission.VIEW_MEDICAL, _("Documentos de salud"), OPENED),
    Sheet(EVALUATIONS, Access.ASSESSMENT, Permission.VIEW_EVALUATIONS, _("Evaluaciones"), OPENED),
    Sheet(PENOLOGICAL, Access.LEGAL, Permission.VIEW_LEGAL, _("Hoja penológica"), "register.sheet_viewed"),
    Sheet(OWN_FILE, Access.CONFIDENTIAL, Permission.HANDLE_RIGHTS, _("Expediente propio"), "register.own_file_viewed"),
)
# Documents of these classes are sheets; general ones open with the file.
DOCUMENT_SHEETS = {
    rules.DocumentAccess.MEDICAL: MEDICAL,
    rules.DocumentAccess.EVALUATION: EVALUATIONS,
}


def look(*, by: Reader, code: str, sheet: str, place: str, purpose: str = "", **more: Any) -> str:
    """One look, by the command that reads, at a sheet of a person already found in scope."""
    return looking.record_look(by=by, kind="person", code=code, sheet=sheet, place=place, purpose=purpose, **more)

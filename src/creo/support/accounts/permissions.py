"""Every permission, and the roles as readable lists of them. A role is held at a place and for a period."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """One thing a person may do."""

    VIEW_PROGRAMME = "view_programme"
    EDIT_DESIGN = "edit_design"
    APPROVE_DESIGN = "approve_design"
    VIEW_TERRITORY = "view_territory"
    EDIT_TERRITORY = "edit_territory"
    VIEW_PEOPLE = "view_people"
    EDIT_PEOPLE = "edit_people"
    IMPORT_REGISTER = "import_register"
    REVIEW_DUPLICATES = "review_duplicates"
    MANAGE_CATALOGUE = "manage_catalogue"
    VIEW_PROTECTED = "view_protected"
    EDIT_PROTECTED = "edit_protected"
    VIEW_FILES = "view_files"
    EDIT_FILES = "edit_files"
    VIEW_MEDICAL = "view_medical"
    VIEW_EVALUATIONS = "view_evaluations"
    HANDLE_RIGHTS = "handle_rights"
    VIEW_QUALITY = "view_quality"
    MANAGE_QUALITY = "manage_quality"
    VIEW_TARGETING = "view_targeting"
    RUN_TARGETING = "run_targeting"
    ENROL = "enrol"
    EXPORT = "export"
    VIEW_LEDGER = "view_ledger"
    MANAGE_ACCESS = "manage_access"


@dataclass(frozen=True)
class Role:
    """A named set of permissions; `bottom` are the four places of its bar on a phone (names of menu items)."""

    code: str
    title: Any
    permissions: frozenset[Permission]
    bottom: tuple[str, ...]


_READ = frozenset({Permission.VIEW_PROGRAMME, Permission.VIEW_TERRITORY})

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role(
            "planner",
            _("Planificación y presupuesto"),
            _READ
            | {
                Permission.EDIT_DESIGN,
                Permission.VIEW_TARGETING,
                Permission.RUN_TARGETING,
                Permission.VIEW_QUALITY,
                Permission.EXPORT,
            },
            ("today", "chain", "targeting", "versions"),
        ),
        Role(
            "technical_lead",
            _("Responsable técnico (DTP)"),
            _READ
            | {
                Permission.EDIT_DESIGN,
                Permission.APPROVE_DESIGN,
                Permission.EDIT_TERRITORY,
                Permission.VIEW_PEOPLE,
                Permission.MANAGE_CATALOGUE,
                Permission.VIEW_QUALITY,
                Permission.MANAGE_QUALITY,
                Permission.VIEW_TARGETING,
                Permission.RUN_TARGETING,
                Permission.ENROL,
                Permission.EXPORT,
            },
            ("today", "targeting", "people", "chain"),
        ),
        Role(
            "registry",
            _("Registro Penitenciario"),
            _READ
            | {
                Permission.VIEW_PEOPLE,
                Permission.EDIT_PEOPLE,
                Permission.IMPORT_REGISTER,
                Permission.REVIEW_DUPLICATES,
                Permission.MANAGE_CATALOGUE,
                Permission.VIEW_PROTECTED,
                Permission.EDIT_PROTECTED,
                Permission.VIEW_FILES,
                Permission.EDIT_FILES,
                Permission.HANDLE_RIGHTS,
                Permission.VIEW_TARGETING,
                Permission.VIEW_QUALITY,
                Permission.MANAGE_QUALITY,
                Permission.EXPORT,
            },
            ("today", "people", "imports", "quality"),
        ),
        Role(
            "treatment_body",
            _("Órgano Técnico de Tratamiento (OTT)"),
            _READ
            | {
                Permission.VIEW_PEOPLE,
                Permission.VIEW_PROTECTED,
                Permission.VIEW_FILES,
                Permission.EDIT_FILES,
                Permission.VIEW_EVALUATIONS,
                Permission.VIEW_TARGETING,
                Permission.ENROL,
            },
            ("today", "people", "targeting", "chain"),
        ),
        Role(
            "health",
            _("Área de salud"),
            _READ
            | {
                Permission.VIEW_PEOPLE,
                Permission.VIEW_PROTECTED,
                Permission.EDIT_PROTECTED,
                Permission.EDIT_FILES,
                Permission.VIEW_MEDICAL,
            },
            ("today", "people", "inbox", "territory"),
        ),
        Role(
            "regional_office",
            _("Oficina regional"),
            _READ
            | {
                Permission.VIEW_PEOPLE,
                Permission.VIEW_FILES,
                Permission.VIEW_TARGETING,
                Permission.RUN_TARGETING,
                Permission.VIEW_QUALITY,
                Permission.EXPORT,
            },
            ("today", "targeting", "people", "territory"),
        ),
        Role(
            "auditor",
            _("Auditoría"),
            _READ | {Permission.VIEW_TARGETING, Permission.VIEW_LEDGER, Permission.VIEW_QUALITY, Permission.EXPORT},
            ("today", "ledger", "targeting", "chain"),
        ),
        Role(
            "administrator",
            _("Administración de accesos"),
            _READ | {Permission.MANAGE_ACCESS},
            ("today", "keys", "territory", "chain"),
        ),
    )
}


def permissions_of(role: str) -> frozenset[Permission]:
    """What a role may do; an unknown role may do nothing (it fails closed, and says so in the reader)."""
    known = ROLES.get(role)
    return known.permissions if known else frozenset()

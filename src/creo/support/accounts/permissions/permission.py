"""What a person may do, one word each, and what a role is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

NATION, REGION, FACILITY = "nation", "region", "facility"


class Permission(StrEnum):
    """One thing a person may do."""

    VIEW_PROGRAMME = "view_programme"
    EDIT_DESIGN = "edit_design"
    APPROVE_DESIGN = "approve_design"
    VIEW_TERRITORY = "view_territory"
    EDIT_TERRITORY = "edit_territory"
    VIEW_PEOPLE = "view_people"
    VIEW_LEGAL = "view_legal"
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
    VERIFY_LEDGER = "verify_ledger"
    MANAGE_ACCESS = "manage_access"
    REVIEW_ACCESS = "review_access"
    BREAK_GLASS = "break_glass"
    REVIEW_LOOKS = "review_looks"
    DECIDE_PROPOSALS = "decide_proposals"
    VIEW_INCIDENTS = "view_incidents"
    MANAGE_INCIDENTS = "manage_incidents"
    MANAGE_KEYS = "manage_keys"
    PUBLISH_FIGURES = "publish_figures"


# What every permission opens, for who grants, reviews and audits access.
PERMISSION_WORDS = {
    Permission.VIEW_PROGRAMME: _("Ver el diseño del programa"),
    Permission.EDIT_DESIGN: _("Cambiar borradores del diseño"),
    Permission.APPROVE_DESIGN: _("Aprobar el diseño"),
    Permission.VIEW_TERRITORY: _("Ver establecimientos y oficinas"),
    Permission.EDIT_TERRITORY: _("Cambiar establecimientos, pabellones y capacidad"),
    Permission.VIEW_PEOPLE: _("Ver la ficha de las personas"),
    Permission.VIEW_LEGAL: _("Ver lo que resolvieron los jueces y la hoja penológica"),
    Permission.EDIT_PEOPLE: _("Registrar ingresos, movimientos y correcciones"),
    Permission.IMPORT_REGISTER: _("Importar listas del registro"),
    Permission.REVIEW_DUPLICATES: _("Revisar y unir fichas duplicadas"),
    Permission.MANAGE_CATALOGUE: _("Mantener el catálogo de delitos"),
    Permission.VIEW_PROTECTED: _("Ver los datos protegidos"),
    Permission.EDIT_PROTECTED: _("Registrar los datos protegidos"),
    Permission.VIEW_FILES: _("Abrir los documentos del legajo"),
    Permission.EDIT_FILES: _("Agregar documentos al legajo"),
    Permission.VIEW_MEDICAL: _("Abrir los documentos médicos"),
    Permission.VIEW_EVALUATIONS: _("Abrir las evaluaciones profesionales"),
    Permission.HANDLE_RIGHTS: _("Atender solicitudes de derechos"),
    Permission.VIEW_QUALITY: _("Ver la calidad de los datos"),
    Permission.MANAGE_QUALITY: _("Fijar límites y excepciones de calidad"),
    Permission.VIEW_TARGETING: _("Ver la focalización"),
    Permission.RUN_TARGETING: _("Correr la focalización"),
    Permission.ENROL: _("Incorporar personas al programa"),
    Permission.EXPORT: _("Descargar listas"),
    Permission.VIEW_LEDGER: _("Leer el registro de actos"),
    Permission.VERIFY_LEDGER: _("Verificar el registro de actos"),
    Permission.MANAGE_ACCESS: _("Administrar cuentas y roles"),
    Permission.REVIEW_ACCESS: _("Revisar los accesos y decidir los que necesitan una segunda persona"),
    Permission.BREAK_GLASS: _("Abrir una ficha cerrada en una emergencia"),
    Permission.REVIEW_LOOKS: _("Revisar las consultas de fichas"),
    Permission.DECIDE_PROPOSALS: _("Decidir propuestas"),
    Permission.VIEW_INCIDENTS: _("Ver los incidentes de seguridad de datos"),
    Permission.MANAGE_INCIDENTS: _("Llevar los incidentes de seguridad de datos"),
    Permission.MANAGE_KEYS: _("Rotar las claves de cifrado"),
    Permission.PUBLISH_FIGURES: _("Publicar cifras"),
}

# Why separation of duties: whoever manages access or keys never opens what these open; whoever audits never does them.
PEOPLES_RECORDS = frozenset(
    {
        Permission.VIEW_PEOPLE,
        Permission.VIEW_LEGAL,
        Permission.EDIT_PEOPLE,
        Permission.IMPORT_REGISTER,
        Permission.REVIEW_DUPLICATES,
        Permission.VIEW_PROTECTED,
        Permission.EDIT_PROTECTED,
        Permission.VIEW_FILES,
        Permission.EDIT_FILES,
        Permission.VIEW_MEDICAL,
        Permission.VIEW_EVALUATIONS,
        Permission.HANDLE_RIGHTS,
        Permission.ENROL,
        Permission.BREAK_GLASS,
    }
)
POWER_OVER_ACCESS = frozenset({Permission.MANAGE_ACCESS, Permission.MANAGE_KEYS})
READS_ONLY = frozenset(
    {
        Permission.VIEW_PROGRAMME,
        Permission.VIEW_TERRITORY,
        Permission.VIEW_QUALITY,
        Permission.VIEW_TARGETING,
        Permission.VIEW_LEDGER,
        Permission.VERIFY_LEDGER,
        Permission.VIEW_INCIDENTS,
        Permission.EXPORT,
    }
)
# What a second person must agree to before anybody gets it: health, legal and protected data, and power over access.
NEEDS_A_SECOND_PERSON = POWER_OVER_ACCESS | {
    Permission.REVIEW_ACCESS,
    Permission.VIEW_PROTECTED,
    Permission.EDIT_PROTECTED,
    Permission.VIEW_FILES,
    Permission.EDIT_FILES,
    Permission.VIEW_MEDICAL,
    Permission.VIEW_EVALUATIONS,
    Permission.VIEW_LEDGER,
    Permission.BREAK_GLASS,
}


@dataclass(frozen=True)
class Role:
    """A named set of permissions; `bottom` are the four places of its bar on a phone (names of menu items).

    `levels` are the kinds of place it may be held at; `reason` says in a line what it is for, `source` where that is
    written.
    """

    code: str
    title: Any
    permissions: frozenset[Permission]
    bottom: tuple[str, ...]
    levels: tuple[str, ...] = (NATION, REGION, FACILITY)
    reason: Any = ""
    source: str = ""

    @property
    def needs_a_second_person(self) -> bool:
        """True when nobody grants it alone."""
        return bool(self.permissions & NEEDS_A_SECOND_PERSON)


# The programme and its places are no secret to anybody of the house.
EVERYBODY = frozenset({Permission.VIEW_PROGRAMME, Permission.VIEW_TERRITORY})


def apart(one: frozenset[Permission], other: frozenset[Permission]) -> bool:
    """True when one person must not hold both at once.

    Power over access stays apart from people's records and from the review of access; whoever proves the ledger does
    nothing that it tells of. Source: ISO/IEC 27001:2022 A.5.3 (separation of duties), the standard of DS 016-2024-JUS
    art. 47.
    """
    for mine, theirs in ((one, other), (other, one)):
        if mine & POWER_OVER_ACCESS and theirs & (PEOPLES_RECORDS | {Permission.REVIEW_ACCESS}):
            return True
        if Permission.VERIFY_LEDGER in mine and theirs - READS_ONLY:
            return True
    return False

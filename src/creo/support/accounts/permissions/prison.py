"""Roles of a prison's authorities, its boards, its register and its gates, and of the community office."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from creo.support.accounts.permissions.permission import EVERYBODY, FACILITY, NATION, REGION, Permission, Role

# The director answers for the prison: sees, decides, reviews who has access and who looked; registers nothing alone.
FACILITY_DIRECTOR = Role(
    "facility_director",
    _("Dirección del establecimiento"),
    EVERYBODY
    | {
        Permission.VIEW_PEOPLE,
        Permission.VIEW_LEGAL,
        Permission.VIEW_FILES,
        Permission.VIEW_TARGETING,
        Permission.VIEW_QUALITY,
        Permission.REVIEW_ACCESS,
        Permission.REVIEW_LOOKS,
        Permission.BREAK_GLASS,
        Permission.DECIDE_PROPOSALS,
        Permission.VIEW_INCIDENTS,
        Permission.EXPORT,
    },
    ("today", "people", "access_review", "quality"),
    (FACILITY,),
    _("Máxima autoridad del establecimiento: decide, y revisa los accesos de su personal cada seis meses."),
    "TUO del CEP arts. 116–119; Reglamento arts. 218–224; DS 016-2024-JUS art. 46",
)

# Decides the facility: the same sheets as the OTT, where disability may call for a lower floor; enrols nobody.
CLASSIFICATION_BOARD = Role(
    "classification_board",
    _("Junta Técnica de Clasificación (JTC)"),
    EVERYBODY
    | {
        Permission.VIEW_PEOPLE,
        Permission.VIEW_LEGAL,
        Permission.VIEW_PROTECTED,
        Permission.VIEW_FILES,
        Permission.VIEW_EVALUATIONS,
        Permission.VIEW_TARGETING,
        Permission.DECIDE_PROPOSALS,
    },
    ("today", "people", "movements", "territory"),
    (REGION, FACILITY),
    _("Abogado, psicólogo y trabajador social: deciden el establecimiento de quien ingresa."),
    "Reglamento del CEP arts. 41, 47–49",
)

# Decides progression and benefit files on the semi-annual evaluations; it does not write them.
TECHNICAL_COUNCIL = Role(
    "technical_council",
    _("Consejo Técnico Penitenciario (CTP)"),
    EVERYBODY
    | {
        Permission.VIEW_PEOPLE,
        Permission.VIEW_LEGAL,
        Permission.VIEW_FILES,
        Permission.VIEW_EVALUATIONS,
        Permission.VIEW_TARGETING,
        Permission.DECIDE_PROPOSALS,
    },
    ("today", "inbox", "people", "targeting"),
    (FACILITY,),
    _("Disciplina, progresión y expedientes de beneficios, sobre las evaluaciones del OTT."),
    "TUO del CEP arts. 119–120; Reglamento arts. 225–233",
)

SECURITY = Role(
    "security",
    _("Seguridad penitenciaria"),
    EVERYBODY | {Permission.VIEW_PEOPLE},
    ("today", "people", "movements", "territory"),
    (NATION, REGION, FACILITY),
    _("Seguridad integral: sabe a quién custodia y dónde está; no abre su legajo."),
    "ROF del INPE arts. 53–57; S-135",
)

GATE = Role(
    "gate",
    _("Puerta y control de visitas"),
    EVERYBODY | {Permission.VIEW_PEOPLE},
    ("today", "people", "inbox", "territory"),
    (FACILITY,),
    _("Comprueba a quién se visita y quién entra o sale."),
    "Reglamento del CEP arts. 20, 29; TUO arts. 43–44",
)

# The register is the one writer of who is where, and why; medical papers and evaluations stay closed to it.
REGISTRY = Role(
    "registry",
    _("Registro Penitenciario"),
    EVERYBODY
    | {
        Permission.VIEW_PEOPLE,
        Permission.VIEW_LEGAL,
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
    (NATION, REGION, FACILITY),
    _("Ingresos, egresos, situación jurídica y conservación de los legajos."),
    "ROF del INPE arts. 51–52; Reglamento del CEP arts. 13–14, 45, 51",
)

COMMUNITY_OFFICER = Role(
    "community_officer",
    _("Agente de Medio Libre"),
    EVERYBODY | {Permission.VIEW_PEOPLE, Permission.VIEW_LEGAL, Permission.VIEW_TARGETING},
    ("today", "people", "enrolments", "territory"),
    (REGION, FACILITY),
    _("Controla las reglas de conducta y acompaña a cada liberado."),
    "Reglamento del CEP arts. 187–192; S-76, S-135",
)

ROLES = (
    FACILITY_DIRECTOR,
    CLASSIFICATION_BOARD,
    TECHNICAL_COUNCIL,
    SECURITY,
    GATE,
    REGISTRY,
    COMMUNITY_OFFICER,
)

"""Roles of the central office: who leads, plans, pays for and studies the programme."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from creo.support.accounts.permissions.permission import EVERYBODY, NATION, REGION, Permission, Role

# The DTP conducts treatment and answers for the programme: it decides the design, never a single record.
TECHNICAL_LEAD = Role(
    "technical_lead",
    _("Responsable técnico (DTP)"),
    EVERYBODY
    | {
        Permission.EDIT_DESIGN,
        Permission.APPROVE_DESIGN,
        Permission.EDIT_TERRITORY,
        Permission.VIEW_PEOPLE,
        Permission.VIEW_LEGAL,
        Permission.MANAGE_CATALOGUE,
        Permission.VIEW_QUALITY,
        Permission.MANAGE_QUALITY,
        Permission.VIEW_TARGETING,
        Permission.RUN_TARGETING,
        Permission.ENROL,
        Permission.DECIDE_PROPOSALS,
        Permission.PUBLISH_FIGURES,
        Permission.EXPORT,
    },
    ("today", "targeting", "people", "chain"),
    (NATION,),
    _("Conduce el tratamiento y responde por el diseño y los resultados del programa."),
    "ROF del INPE (DS 009-2007-JUS) arts. 44–50; S-05, S-135",
)

# The DML follows those who were released; it looks at people, and changes nothing of what the prison wrote.
COMMUNITY_LEAD = Role(
    "community_lead",
    _("Dirección de Medio Libre (DML)"),
    EVERYBODY
    | {
        Permission.VIEW_PEOPLE,
        Permission.VIEW_LEGAL,
        Permission.VIEW_TARGETING,
        Permission.VIEW_QUALITY,
        Permission.DECIDE_PROPOSALS,
        Permission.EXPORT,
    },
    ("today", "people", "enrolments", "chain"),
    (NATION,),
    _("Conduce la asistencia pospenitenciaria y responde por el producto 5."),
    "ROF del INPE arts. 58–59; S-76, S-88, S-135",
)

REGIONAL_OFFICE = Role(
    "regional_office",
    _("Oficina regional"),
    EVERYBODY
    | {
        Permission.VIEW_PEOPLE,
        Permission.VIEW_LEGAL,
        Permission.VIEW_FILES,
        Permission.VIEW_TARGETING,
        Permission.RUN_TARGETING,
        Permission.VIEW_QUALITY,
        Permission.DECIDE_PROPOSALS,
        Permission.EXPORT,
    },
    ("today", "targeting", "people", "territory"),
    (REGION,),
    _("Supervisa los establecimientos de su ámbito y resuelve lo que estos elevan."),
    "ROF del INPE (DS 009-2007-JUS); S-88, S-135",
)

# Planning programmes targets over counted people: it needs no name.
PLANNER = Role(
    "planner",
    _("Planificación y presupuesto"),
    EVERYBODY
    | {
        Permission.EDIT_DESIGN,
        Permission.VIEW_TARGETING,
        Permission.RUN_TARGETING,
        Permission.VIEW_QUALITY,
        Permission.PUBLISH_FIGURES,
        Permission.EXPORT,
    },
    ("today", "chain", "targeting", "versions"),
    (NATION,),
    _("Formula el diseño y las metas con cifras, sin nombres."),
    "DL 1440 art. 16; S-135",
)

BUDGET = Role(
    "budget",
    _("Oficina de presupuesto"),
    EVERYBODY | {Permission.EXPORT},
    ("today", "chain", "targets", "indicators"),
    (NATION, REGION),
    _("Programa y sigue el gasto por producto, actividad y meta; no ve a las personas."),
    "DL 1440 art. 16; S-135",
)

# Statistical use is only without identification.
EVALUATOR = Role(
    "evaluator",
    _("Evaluación y estudios"),
    EVERYBODY | {Permission.VIEW_TARGETING, Permission.VIEW_QUALITY, Permission.EXPORT},
    ("today", "targeting", "indicators", "chain"),
    (NATION,),
    _("Mide resultados con datos que no identifican a nadie."),
    "Reglamento del CEP art. 13; S-135",
)

ROLES = (TECHNICAL_LEAD, COMMUNITY_LEAD, REGIONAL_OFFICE, PLANNER, BUDGET, EVALUATOR)

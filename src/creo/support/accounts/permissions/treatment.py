"""Roles of treatment: the OTT and its professions, health, education and work."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from creo.support.accounts.permissions.permission import EVERYBODY, FACILITY, REGION, Permission, Role

_PRISON = (FACILITY,)

# The body evaluates, proposes and enrols; it may be itinerant, so it is held at a regional office too.
TREATMENT_BODY = Role(
    "treatment_body",
    _("Órgano Técnico de Tratamiento (OTT)"),
    EVERYBODY
    | {
        Permission.VIEW_PEOPLE,
        Permission.VIEW_LEGAL,
        Permission.VIEW_PROTECTED,
        Permission.VIEW_FILES,
        Permission.EDIT_FILES,
        Permission.VIEW_EVALUATIONS,
        Permission.VIEW_TARGETING,
        Permission.ENROL,
        Permission.BREAK_GLASS,
    },
    ("today", "people", "targeting", "chain"),
    (REGION, FACILITY),
    _("Clasifica, evalúa y propone; incorpora al programa."),
    "Reglamento del CEP arts. 98, 100, 234–237",
)

# Writes and reads evaluations; the protected sheet and enrolment belong to the body, not to one profession.
PSYCHOLOGIST = Role(
    "psychologist",
    _("Psicología"),
    EVERYBODY
    | {
        Permission.VIEW_PEOPLE,
        Permission.VIEW_LEGAL,
        Permission.VIEW_FILES,
        Permission.EDIT_FILES,
        Permission.VIEW_EVALUATIONS,
        Permission.VIEW_TARGETING,
    },
    ("today", "people", "targeting", "inbox"),
    _PRISON,
    _("Evalúa y trata; sus informes son evaluaciones profesionales."),
    "Reglamento del CEP arts. 98, 234–237; art. 51.9",
)

# Family, language, community membership: the protected sheet is the social worker's trade.
SOCIAL_WORKER = Role(
    "social_worker",
    _("Trabajo social"),
    EVERYBODY
    | {
        Permission.VIEW_PEOPLE,
        Permission.VIEW_LEGAL,
        Permission.VIEW_PROTECTED,
        Permission.VIEW_FILES,
        Permission.EDIT_FILES,
        Permission.VIEW_EVALUATIONS,
        Permission.VIEW_TARGETING,
    },
    ("today", "people", "targeting", "inbox"),
    _PRISON,
    _("Vínculo con la familia y la comunidad, de la entrada a la salida."),
    "Reglamento del CEP arts. 47–49, 234–237",
)

TEACHER = Role(
    "teacher",
    _("Educación"),
    EVERYBODY | {Permission.VIEW_PEOPLE},
    ("today", "people", "inbox", "territory"),
    _PRISON,
    _("Enseña y registra asistencia y notas; no abre legajos."),
    "DS 025-2017-JUS arts. 11–12; Reglamento del CEP art. 110; S-135",
)

WORKSHOP_OFFICER = Role(
    "workshop_officer",
    _("Trabajo y talleres"),
    EVERYBODY | {Permission.VIEW_PEOPLE},
    ("today", "people", "inbox", "territory"),
    _PRISON,
    _("Dirige los talleres y lleva la planilla de control; no abre legajos."),
    "Reglamento del CEP arts. 110, 122; S-135",
)

# The medical file is separate and confidential: health alone opens it, and opens little else.
HEALTH = Role(
    "health",
    _("Área de salud"),
    EVERYBODY
    | {
        Permission.VIEW_PEOPLE,
        Permission.VIEW_PROTECTED,
        Permission.EDIT_PROTECTED,
        Permission.EDIT_FILES,
        Permission.VIEW_MEDICAL,
        Permission.BREAK_GLASS,
    },
    ("today", "people", "inbox", "territory"),
    (REGION, FACILITY),
    _("Examen de ingreso y atención; la historia médica es solo suya."),
    "TUO del CEP art. 6; Reglas Mandela 26 y 31",
)

ROLES = (TREATMENT_BODY, PSYCHOLOGIST, SOCIAL_WORKER, TEACHER, WORKSHOP_OFFICER, HEALTH)

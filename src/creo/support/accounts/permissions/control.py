"""Roles that watch: data officer, auditor, and whoever administers access. None of them opens a person's record."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from creo.support.accounts.permissions.permission import EVERYBODY, FACILITY, NATION, REGION, Permission, Role

_NATION = (NATION,)

# The second person of national access: decides and reviews what the administrator grants, and grants nothing.
DATA_OFFICER = Role(
    "data_officer",
    _("Oficial de datos personales"),
    EVERYBODY
    | {
        Permission.VIEW_QUALITY,
        Permission.VIEW_LEDGER,
        Permission.REVIEW_ACCESS,
        Permission.REVIEW_LOOKS,
        Permission.DECIDE_PROPOSALS,
        Permission.VIEW_INCIDENTS,
        Permission.MANAGE_INCIDENTS,
        Permission.EXPORT,
    },
    ("today", "access_review", "ledger", "quality"),
    _NATION,
    _("Vela por los datos personales: accesos, consultas e incidentes; no abre fichas."),
    "Ley 29733; DS 016-2024-JUS arts. 34–37, 46–47",
)

# Reads and proves; changes nothing, so that its word is its own.
AUDITOR = Role(
    "auditor",
    _("Auditoría"),
    EVERYBODY
    | {
        Permission.VIEW_TARGETING,
        Permission.VIEW_LEDGER,
        Permission.VERIFY_LEDGER,
        Permission.VIEW_QUALITY,
        Permission.VIEW_INCIDENTS,
        Permission.EXPORT,
    },
    ("today", "ledger", "targeting", "chain"),
    (NATION, REGION, FACILITY),
    _("Lee y verifica el registro de actos; no cambia nada."),
    "DS 016-2024-JUS art. 46; S-135",
)

# Gives keys to doors it cannot open itself.
ADMINISTRATOR = Role(
    "administrator",
    _("Administración de accesos"),
    EVERYBODY
    | {
        Permission.MANAGE_ACCESS,
        Permission.MANAGE_KEYS,
        Permission.VIEW_INCIDENTS,
        Permission.EXPORT,
    },
    ("today", "staff", "keys", "territory"),
    _NATION,
    _("Hace cuentas y otorga roles con su resolución; no ve a las personas privadas de libertad."),
    "DS 016-2024-JUS art. 46; ISO/IEC 27001:2022 A.5.3, A.5.15–5.18",
)

ROLES = (DATA_OFFICER, AUDITOR, ADMINISTRATOR)

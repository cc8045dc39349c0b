"""Demonstration accounts: one per role of S-135 at the five sites, with one password made for this installation."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings

from creo.support import clock
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import ROLES
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger


@dataclass(frozen=True)
class DemoAccount:
    """A made-up member of staff."""

    username: str
    name: str
    role: str
    scope_kind: str
    scope_code: str = ""

    @property
    def title(self) -> str:
        """Role and place in words."""
        place = {"nation": "Nacional"}.get(self.scope_kind, self.scope_code)
        return f"{ROLES[self.role].title} · {place}"


_NATION, _REGION, _PRISON = "nation", "region", "facility"

ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount("planificacion", "Planificación (demostración)", "planner", _NATION),
    DemoAccount("dtp", "Dirección de Tratamiento (demostración)", "technical_lead", _NATION),
    DemoAccount("registro", "Registro Penitenciario (demostración)", "registry", _NATION),
    DemoAccount("registro.piura", "Registro de Piura (demostración)", "registry", _PRISON, "EP-PIURA"),
    DemoAccount("oficina.norte", "Oficina Regional Norte (demostración)", "regional_office", _REGION, "NORTE"),
    DemoAccount("ott.piura", "OTT de Piura (demostración)", "treatment_body", _PRISON, "EP-PIURA"),
    DemoAccount("salud.piura", "Área de salud de Piura (demostración)", "health", _PRISON, "EP-PIURA"),
    DemoAccount("auditoria", "Auditoría (demostración)", "auditor", _NATION),
    DemoAccount("administracion", "Administración de accesos (demostración)", "administrator", _NATION),
    DemoAccount("dml", "Dirección de Medio Libre (demostración)", "community_lead", _NATION),
    DemoAccount("presupuesto", "Oficina de Presupuesto (demostración)", "budget", _NATION),
    DemoAccount("evaluacion", "Evaluación y Estudios (demostración)", "evaluator", _NATION),
    DemoAccount("datos", "Oficial de Datos Personales (demostración)", "data_officer", _NATION),
    DemoAccount("direccion.piura", "Dirección de Piura (demostración)", "facility_director", _PRISON, "EP-PIURA"),
    DemoAccount(
        "jtc.lurigancho", "Junta de Lurigancho (demostración)", "classification_board", _PRISON, "EP-LURIGANCHO"
    ),
    DemoAccount("ctp.huancayo", "Consejo de Huancayo (demostración)", "technical_council", _PRISON, "EP-HUANCAYO"),
    DemoAccount("psicologia.arequipa", "Psicología de Arequipa (demostración)", "psychologist", _PRISON, "EP-AREQUIPA"),
    DemoAccount(
        "social.pucallpa", "Trabajo social de Pucallpa (demostración)", "social_worker", _PRISON, "EP-PUCALLPA"
    ),
    DemoAccount("docente.huancayo", "Educación de Huancayo (demostración)", "teacher", _PRISON, "EP-HUANCAYO"),
    DemoAccount(
        "taller.lurigancho", "Talleres de Lurigancho (demostración)", "workshop_officer", _PRISON, "EP-LURIGANCHO"
    ),
    DemoAccount("seguridad.arequipa", "Seguridad de Arequipa (demostración)", "security", _PRISON, "EP-AREQUIPA"),
    DemoAccount("puerta.pucallpa", "Puerta de Pucallpa (demostración)", "gate", _PRISON, "EP-PUCALLPA"),
    DemoAccount("medio.libre.norte", "Medio Libre Norte (demostración)", "community_officer", _REGION, "NORTE"),
)


@dataclass(frozen=True)
class DemoGrant:
    """A further role of a demonstration account; days are counted from the day it is made."""

    username: str
    role: str
    scope_code: str
    since: int
    until: int
    reviewed: int
    resolution: str


# What makes the pages of access live: two places to choose from, one expired, one ending, one to review, one lapsed.
FURTHER: tuple[DemoGrant, ...] = (
    DemoGrant("psicologia.arequipa", "psychologist", "EP-HUANCAYO", -40, 325, -40, "RD 014-2026-INPE/DTP"),
    DemoGrant("ott.piura", "treatment_body", "EP-TUMBES", -400, -35, -200, "RD 102-2025-INPE/ORNCH"),
    DemoGrant("docente.huancayo", "workshop_officer", "EP-HUANCAYO", -353, 12, -60, "RD 118-2025-INPE/DTP"),
    DemoGrant("docente.huancayo", "teacher", "EP-PIURA", -165, 200, -165, "RD 063-2026-INPE/DTP"),
    DemoGrant("puerta.pucallpa", "gate", "EP-PIURA", -330, 35, -210, "RD 007-2026-INPE/ORNCH"),
)


def password_file() -> Path:
    """Where this installation keeps its demonstration password."""
    return Path(settings.CREO_DATA_DIR) / "demo-password"


def demo_accounts() -> list[DemoAccount]:
    """The accounts, when they have been made."""
    return list(ACCOUNTS) if password_file().exists() else []


@ledger.command(permission=None)
def make_demo_accounts(*, by: Reader) -> str:
    """Makes the accounts that are missing and returns their password. Refuses outside the demonstration."""
    if settings.CREO_MODE != "demo":
        raise SystemExit("Las cuentas de demostración solo existen con CREO_MODE=demo.")
    path = password_file()
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(f"creo-{secrets.token_hex(4)}")
    password = path.read_text().strip()
    made = [account.username for account in ACCOUNTS if _make(account, password)]
    if made:
        ledger.record(act="accounts.demo_made", subject=("accounts", "demo"), after={"usernames": made})
    else:
        ledger.nothing_to_do("las cuentas ya existen")
    return password


def _make(account: DemoAccount, password: str) -> bool:
    if User.objects.filter(username=account.username).exists():
        return False
    today = clock.today()
    user = User.objects.create_user(account.username, account.name, password)
    RoleGrant.objects.create(
        user=user,
        role=account.role,
        scope_kind=account.scope_kind,
        scope_code=account.scope_code,
        valid_from=today,
        reason="Demostración",
    )
    for further in FURTHER:
        if further.username == account.username:
            _make_further(user, further, today)
    return True


def _make_further(user: User, further: DemoGrant, today: date) -> None:
    RoleGrant.objects.create(
        user=user,
        role=further.role,
        scope_kind=_PRISON,
        scope_code=further.scope_code,
        valid_from=today + timedelta(days=further.since),
        valid_to=today + timedelta(days=further.until),
        reviewed_on=today + timedelta(days=further.reviewed),
        resolution=further.resolution,
        granted_by="Administración de accesos (demostración)",
        reason="Demostración",
    )

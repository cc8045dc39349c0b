"""Demonstration accounts: one per role met so far, with one password made for this installation."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
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


ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount("planificacion", "Planificación (demostración)", "planner", "nation"),
    DemoAccount("dtp", "Dirección de Tratamiento (demostración)", "technical_lead", "nation"),
    DemoAccount("registro", "Registro Penitenciario (demostración)", "registry", "nation"),
    DemoAccount("registro.piura", "Registro de Piura (demostración)", "registry", "facility", "EP-PIURA"),
    DemoAccount("oficina.norte", "Oficina Regional Norte (demostración)", "regional_office", "region", "NORTE"),
    DemoAccount("ott.piura", "OTT de Piura (demostración)", "treatment_body", "facility", "EP-PIURA"),
    DemoAccount("salud.piura", "Área de salud de Piura (demostración)", "health", "facility", "EP-PIURA"),
    DemoAccount("auditoria", "Auditoría (demostración)", "auditor", "nation"),
    DemoAccount("administracion", "Administración de accesos (demostración)", "administrator", "nation"),
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
    user = User.objects.create_user(account.username, account.name, password)
    RoleGrant.objects.create(
        user=user,
        role=account.role,
        scope_kind=account.scope_kind,
        scope_code=account.scope_code,
        valid_from=clock.today(),
    )
    return True

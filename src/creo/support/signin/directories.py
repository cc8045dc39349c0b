"""Directories of institutions (OpenID Connect) that this installation trusts, from a file of the operator.

    [[directory]]
    id = "minjus"                                   # part of the return address: /entrar/oidc/minjus/login/callback/
    name = "Ministerio de Justicia"
    issuer = "https://ingreso.minjus.gob.pe/realms/personal"
    client_id = "creo"
    secret_file = "/etc/creo/minjus.secret"         # readable by the server's own user alone
    authorization_origin = "https://…"              # only when it differs from the issuer's

Plain Python: read by the settings, before Django.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

NEEDED = ("id", "name", "issuer", "client_id", "secret_file")


def read(path: Path | None) -> list[dict[str, Any]]:
    """The directories, none without a file. SystemExit with the fault when the file is not as described above."""
    if path is None:
        return []
    try:
        listed = tomllib.loads(path.read_text("utf-8"))["directory"]
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise SystemExit(f"Configuración: CREO_DIRECTORIES no se puede leer: {error}") from None
    return [_checked(each) for each in listed]


def _checked(each: dict[str, Any]) -> dict[str, Any]:
    missing = [name for name in NEEDED if not each.get(name)]
    if missing:
        raise SystemExit(f"Configuración: CREO_DIRECTORIES: falta {', '.join(missing)}.")
    if not re.fullmatch(r"[a-z0-9-]{1,40}", each["id"]):
        raise SystemExit("Configuración: CREO_DIRECTORIES: «id» lleva minúsculas, números y guiones.")
    here = urlsplit(each["issuer"]).hostname in ("localhost", "127.0.0.1")
    if not each["issuer"].startswith("https://") and not here:
        raise SystemExit("Configuración: CREO_DIRECTORIES: «issuer» empieza con https://.")
    secret = Path(each["secret_file"])
    if not secret.is_file() or secret.stat().st_mode & 0o077:
        raise SystemExit(f"Configuración: CREO_DIRECTORIES: {secret} debe existir con permiso 0600.")
    return each


def apps(directories: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, as allauth takes them."""
    return [
        {
            "provider_id": each["id"],
            "name": each["name"],
            "client_id": each["client_id"],
            "secret": Path(each["secret_file"]).read_text().strip(),
            "settings": {"server_url": each["issuer"], "oauth_pkce_enabled": True, "uid_field": "sub"},
        }
        for each in directories
    ]


def origins(directories: list[dict[str, Any]]) -> list[str]:
    """Where the form of each may lead: the policy of the pages allows no other place."""
    found = []
    for each in directories:
        parts = urlsplit(each.get("authorization_origin") or each["issuer"])
        found.append(f"{parts.scheme}://{parts.netloc}")
    return found

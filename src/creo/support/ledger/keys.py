"""The keys of the seals, in a file of their own outside the database: HMAC for blocks, Ed25519 for the anchors' sheets.

Whoever has the database and not this file can seal nothing; whoever has both is found by the anchors.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

NAME = "ledger-keys.json"


@dataclass(frozen=True, slots=True)
class Key:
    """A key with its name; the newest one seals, all of them verify."""

    code: str
    mac: bytes
    sign: bytes


class NoKeys(RuntimeError):
    """The file is missing or damaged where it must exist."""


def path() -> Path:
    """Where the keys are."""
    told = getattr(settings, "CREO_LEDGER_KEYS", None)
    return Path(told) if told else Path(settings.CREO_DATA_DIR) / NAME


def ring() -> tuple[Key, ...]:
    """Every key, newest first; made with its file the first time. NoKeys when the file cannot be read."""
    file = path()
    if not file.exists():
        _put(file, [_new(1)], replace=False)
    status = file.stat()
    return _read(file, status.st_mtime_ns, status.st_size)


def rotate() -> Key:
    """A new key seals from now on; the old ones stay to verify what they sealed."""
    kept = [_told(key) for key in ring()]
    made = _new(len(kept) + 1)
    _put(path(), [made, *kept], replace=True)
    return ring()[0]


def by_code() -> dict[str, Key]:
    """Key by its name."""
    return {key.code: key for key in ring()}


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int, _size: int) -> tuple[Key, ...]:
    try:
        rows = json.loads(file.read_text())["keys"]
        found = tuple(Key(row["code"], bytes.fromhex(row["mac"]), bytes.fromhex(row["sign"])) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoKeys(f"El archivo de claves del registro de actos no se puede leer: {file}") from error
    if not found:
        raise NoKeys(f"El archivo de claves del registro de actos está vacío: {file}")
    return found


def _new(number: int) -> dict[str, Any]:
    return {"code": f"k{number}", "mac": secrets.token_hex(32), "sign": secrets.token_hex(32)}


def _told(key: Key) -> dict[str, Any]:
    return {"code": key.code, "mac": key.mac.hex(), "sign": key.sign.hex()}


def _put(file: Path, rows: list[dict[str, Any]], *, replace: bool) -> None:
    """Whole or not at all, readable by its owner alone; two that make the first one at once keep the same."""
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump({"keys": rows}, out)
        out.flush()
        os.fsync(out.fileno())
    if replace:
        aside.replace(file)
        return
    try:
        os.link(aside, file)
    except FileExistsError:
        pass
    finally:
        aside.unlink()

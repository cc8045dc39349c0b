"""The ring of keys: one file, outside the database and its backups, readable by the server's own user alone.

A key is `current` (everything new is sealed with it), `old` (it still opens what it sealed) or `retired` (its bytes are
gone; the number and the dates stay). The index key makes blind indexes and never changes with the others.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.refusals import Refused

KEY_BYTES = 32
ID_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"
ID_LENGTH = 8
CURRENT, OLD, RETIRED = "current", "old", "retired"
# Between two keys: what was being written with the one before has been written.
SETTLED = timedelta(minutes=10)


class KeysUnreadable(RuntimeError):
    """The ring is missing, damaged or open to others: nothing is sealed nor opened."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its number, its dates, and its bytes, which no text shows. Retired ones have none."""

    id: str
    made_at: datetime
    secret: bytes = field(repr=False)
    replaced_at: datetime | None = None
    retired_at: datetime | None = None

    @property
    def state(self) -> str:
        """CURRENT, OLD or RETIRED."""
        if self.retired_at is not None:
            return RETIRED
        return OLD if self.replaced_at is not None else CURRENT


@dataclass(frozen=True, slots=True)
class Ring:
    """Every key, oldest first, and the key of the blind indexes."""

    keys: tuple[Key, ...]
    index: bytes = field(repr=False)

    @property
    def current(self) -> Key:
        """The key of whatever is sealed from now on."""
        return next(key for key in self.keys if key.state == CURRENT)

    def find(self, key_id: str) -> Key | None:
        """A key that still opens; None for an unknown or retired one."""
        return next((key for key in self.keys if key.id == key_id and key.state != RETIRED), None)


def path() -> Path:
    """Where the file is: CREO_KEYS, or beside the database in the demonstration."""
    return Path(settings.CREO_KEYS)


def load() -> Ring:
    """The ring as the file has it now: another process's new key is seen at the next use.

    Outside production a missing ring is made. KeysUnreadable when it cannot be trusted.
    """
    where = path()
    try:
        found = where.stat()
    except FileNotFoundError:
        if settings.CREO_MODE == "production":
            raise KeysUnreadable("No hay archivo de claves: restáurelo antes de seguir.") from None
        make()
        found = where.stat()
    return _read(str(where), found.st_mtime_ns, found.st_ino, found.st_size)


def problem_of(where: Path) -> str:
    """Why a file cannot be the ring, in words; empty when it can."""
    try:
        found = where.stat()
    except OSError:
        return f"no existe o no se puede leer [{where}]: hágalo con «creo keys new»."
    if stat.S_IMODE(found.st_mode) & 0o077:
        return f"[{where}] lo pueden leer otros usuarios: póngale permiso 0600."
    try:
        _parsed(where)
    except KeysUnreadable as fault:
        return str(fault)
    return ""


def make() -> bool:
    """Makes the file with its first key unless it is there; True when it did."""
    where = path()
    where.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(where):
        if where.exists():
            return False
        _write(where, Ring((_new_key(),), secrets.token_bytes(KEY_BYTES)))
        return True


def add() -> Key:
    """A new key, current from now on; the one before still opens. Refused when the file cannot be written."""
    make()
    where = path()
    with _alone(where):
        ring, made = _parsed(where), _new_key()
        now = clock.now()
        kept = tuple(replace(key, replaced_at=now) if key.state == CURRENT else key for key in ring.keys)
        _write(where, Ring((*kept, made), ring.index))
    return made


def destroy(key_id: str) -> None:
    """Takes the bytes of an old key away for good. Only `commands.retire` calls it, once nothing uses it."""
    where = path()
    with _alone(where):
        ring = _parsed(where)
        gone = tuple(
            replace(key, secret=b"", retired_at=clock.now()) if key.id == key_id and key.state == OLD else key
            for key in ring.keys
        )
        _write(where, Ring(gone, ring.index))


def _new_key() -> Key:
    number = "k" + "".join(secrets.choice(ID_LETTERS) for _letter in range(ID_LENGTH - 1))
    return Key(number, clock.now(), secrets.token_bytes(KEY_BYTES))


@lru_cache(maxsize=8)
def _read(where: str, _changed: int, _inode: int, _size: int) -> Ring:
    if settings.CREO_MODE == "production" and (problem := problem_of(Path(where))):
        raise KeysUnreadable(problem)
    return _parsed(Path(where))


def _parsed(where: Path) -> Ring:
    try:
        told = json.loads(where.read_text(encoding="utf-8"))
        ring = Ring(tuple(_key(each) for each in told["keys"]), base64.b64decode(told["index"], validate=True))
    except (OSError, ValueError, KeyError, TypeError):
        # Without the cause: a traceback must not carry what the file says.
        raise KeysUnreadable("El archivo de claves no se entiende: restáurelo de su copia.") from None
    whole = all(len(key.secret) == (0 if key.state == RETIRED else KEY_BYTES) for key in ring.keys)
    numbers = {key.id for key in ring.keys}
    one = sum(key.state == CURRENT for key in ring.keys) == 1 and len(numbers) == len(ring.keys)
    if not whole or not one or len(ring.index) != KEY_BYTES or any(len(number) != ID_LENGTH for number in numbers):
        raise KeysUnreadable("El archivo de claves está incompleto: restáurelo de su copia.")
    return ring


def _key(told: dict[str, Any]) -> Key:
    replaced, retired = told.get("replaced_at"), told.get("retired_at")
    return Key(
        str(told["id"]),
        datetime.fromisoformat(told["made_at"]),
        base64.b64decode(told["secret"], validate=True),
        datetime.fromisoformat(replaced) if replaced else None,
        datetime.fromisoformat(retired) if retired else None,
    )


def _write(where: Path, ring: Ring) -> None:
    """All of it or nothing, on disk before it counts, never readable by others."""
    told = {
        "keys": [
            {
                "id": key.id,
                "made_at": key.made_at.isoformat(),
                "replaced_at": key.replaced_at and key.replaced_at.isoformat(),
                "retired_at": key.retired_at and key.retired_at.isoformat(),
                "secret": base64.b64encode(key.secret).decode(),
            }
            for key in ring.keys
        ],
        "index": base64.b64encode(ring.index).decode(),
    }
    fresh = where.with_name(f".{where.name}.{secrets.token_hex(6)}")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(told, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(where)
        folder = os.open(where.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError:
        with suppress(OSError):
            fresh.unlink()
        raise Refused(
            _("El archivo de claves no se puede escribir: use «creo keys» con el usuario que lo guarda.")
        ) from None


@contextmanager
def _alone(where: Path) -> Iterator[None]:
    """One process at a time changes the ring."""
    try:
        handle = os.open(where.with_name(f".{where.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        raise Refused(
            _("El archivo de claves no se puede escribir: use «creo keys» con el usuario que lo guarda.")
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)

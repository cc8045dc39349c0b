"""Sealed files: each with a key of its own, kept inside the file under a key of the ring.

A file is `<name>.<key number>.sealed`: the folder itself tells which key each needs, and a new ring key costs a new
head and not the whole file again. The name is authenticated: a file put in the place of another does not open.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from creo.support.secrets import cipher, ring

SUFFIX = ".sealed"
HEAD = cipher.NONCE + ring.KEY_BYTES + 16
FOLDERS = ("files", "downloads")


def seal(data: bytes, name: str) -> tuple[str, bytes]:
    """The sealed bytes of a file, and the full name under which they are kept."""
    key, own, nonce = ring.load().current, AESGCM.generate_key(256), os.urandom(cipher.NONCE)
    body = nonce + AESGCM(own).encrypt(nonce, data, _belongs(name).encode())
    return f"{name}.{key.id}{SUFFIX}", cipher.encrypt(key, own, _belongs(name)) + body


def unseal(kept: str, data: bytes) -> bytes:
    """The bytes of a sealed file, by its full name. Unopened when it was changed, renamed or cut."""
    name, key_id = _read_name(kept)
    own = cipher.decrypt(key_id, data[:HEAD], _belongs(name))
    nonce, body = data[HEAD : HEAD + cipher.NONCE], data[HEAD + cipher.NONCE :]
    try:
        return AESGCM(own).decrypt(nonce, body, _belongs(name).encode())
    except (InvalidTag, ValueError):
        raise cipher.Unopened("El archivo cifrado fue cambiado: no se abre.") from None


def find(folder: Path, name: str) -> Path | None:
    """Where a sealed file is, None when there is none."""
    return next(iter(sorted(folder.glob(f"{name}.*{SUFFIX}"))), None)


def read(folder: Path, name: str) -> bytes | None:
    """The bytes of a sealed file; None when there is none. Read again when it was sealed anew meanwhile."""
    for _try in range(3):
        where = find(folder, name)
        if where is None:
            return None
        try:
            return unseal(where.name, where.read_bytes())
        except FileNotFoundError:
            continue
    return None


def write(folder: Path, name: str, data: bytes) -> Path:
    """Keeps a file sealed; on disk when it answers."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept, sealed = seal(data, name)
    return _put(folder / kept, sealed)


def reseal(where: Path) -> bool:
    """Puts a file's own key under the current key of the ring; True when it was under another. It stays readable."""
    name, key_id = _read_name(where.name)
    key = ring.load().current
    if key_id == key.id:
        return False
    try:
        data = where.read_bytes()
    except FileNotFoundError:
        return False
    own = cipher.decrypt(key_id, data[:HEAD], _belongs(name))
    _put(where.with_name(f"{name}.{key.id}{SUFFIX}"), cipher.encrypt(key, own, _belongs(name)) + data[HEAD:])
    where.unlink(missing_ok=True)
    return True


def every() -> Iterator[Path]:
    """Every sealed file of this installation."""
    for folder in FOLDERS:
        yield from sorted((Path(settings.CREO_DATA_DIR) / folder).rglob(f"*{SUFFIX}"))


def uses() -> dict[str, int]:
    """How many files each key opens."""
    counted: dict[str, int] = {}
    for where in every():
        _name, key_id = _read_name(where.name)
        counted[key_id] = counted.get(key_id, 0) + 1
    return counted


def plain_name(kept: str) -> str:
    """The name of a file without the marks of its key; any other name as it is."""
    return _read_name(kept)[0] if kept.endswith(SUFFIX) else kept


def _put(where: Path, data: bytes) -> Path:
    fresh = where.with_name(f"incoming-{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(where)
    folder = os.open(where.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return where


def _read_name(kept: str) -> tuple[str, str]:
    name, _dot, key_id = kept.removesuffix(SUFFIX).rpartition(".")
    return name, key_id


def _belongs(name: str) -> str:
    return f"file/{name}"

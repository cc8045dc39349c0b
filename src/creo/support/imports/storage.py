"""The private folder of files that people sent: each under the hash of its content, readable by the server alone."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from creo.support.imports import guards, reading
from creo.support.refusals import Refused

BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class Kept:
    """A file kept: its hash, its size and its name as people know it."""

    sha256: str
    size: int
    filename: str


def folder() -> Path:
    """Where the files are, outside whatever the web serves."""
    path = Path(settings.CREO_DATA_DIR) / "imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(sha256: str) -> Path:
    """The place of a file by its hash."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError(f"No es un SHA-256: [{sha256}].")
    return folder() / sha256


def keep(filename: str, content: Iterable[bytes]) -> Kept:
    """Writes a file to disk after the guards have looked at it. Refused (nothing kept) for what they do not accept."""
    name = _shown_name(filename)
    handle, temporary = tempfile.mkstemp(dir=folder(), prefix="incoming-")
    try:
        with os.fdopen(handle, "wb") as target:
            sha256, size = _write(target, content)
            target.flush()
            os.fsync(target.fileno())
        reading.look(Path(temporary), name)
        Path(temporary).replace(path_of(sha256))
        _sync_folder()
    finally:
        Path(temporary).unlink(missing_ok=True)
    return Kept(sha256, size, name)


def open_again(sha256: str) -> Path:
    """The file as it was sent. Refused when it is gone or is no longer the same."""
    path = path_of(sha256)
    if not path.exists():
        raise Refused(_("El archivo ya no está en el servidor: súbalo de nuevo."))
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise Refused(_("El archivo guardado fue alterado: súbalo de nuevo y avise a soporte."))
    return path


def forget(sha256: str) -> None:
    """Removes a file that no import needs any more."""
    path_of(sha256).unlink(missing_ok=True)


def _write(target: object, content: Iterable[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    most = max(guards.MAX_BYTES.values())
    for block in content:
        size += len(block)
        if size > most:
            raise Refused(_("El archivo pesa más de %(most)d MB. Divídalo.") % {"most": most // 2**20})
        digest.update(block)
        target.write(block)  # type: ignore[attr-defined]
    return digest.hexdigest(), size


def _shown_name(filename: str) -> str:
    """The last part of the name, without control characters: only ever shown, never a path."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in last if letter.isprintable()).strip()
    return plain[-255:] or "archivo"


def _sync_folder() -> None:
    handle = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

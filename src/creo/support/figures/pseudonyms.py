"""Names for analysis that lead back to nobody: a keyed hash of the person's code, with a key of each release.

The keys lie in the data folder, outside the database and its backups. Two releases do not share one, so that nobody
joins what was given out twice; a key destroyed makes its release anonymous for good.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from base64 import b32encode
from pathlib import Path

from django.conf import settings

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
LETTERS = 16
"""80 bits: among a million people two share a pseudonym once in two billion releases."""


class Pseudonyms:
    """The pseudonyms of one release."""

    def __init__(self, release: str) -> None:
        """Opens the release's key, or makes it. ValueError for a name that is no plain word."""
        self._key = _key(release)

    def of(self, code: str) -> str:
        """The pseudonym of a person in this release: always the same here, another one in every other release."""
        digest = hmac.new(self._key, code.encode(), "sha256").digest()
        return "S-" + b32encode(digest).decode()[:LETTERS]


def destroy_key(release: str) -> bool:
    """Destroys a release's key: nobody makes or finds its pseudonyms again. False when there was none."""
    path = _path(release)
    if not path.exists():
        return False
    path.unlink()
    return True


def _key(release: str) -> bytes:
    path = _path(release)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text())
    with os.fdopen(handle, "w") as file:
        key = secrets.token_bytes(32)
        file.write(key.hex())
    return key


def _path(release: str) -> Path:
    if not _NAME.fullmatch(release):
        raise ValueError("El nombre de una entrega tiene letras minúsculas, cifras y guiones.")
    return Path(settings.CREO_DATA_DIR) / "pseudonyms" / f"{release}.key"

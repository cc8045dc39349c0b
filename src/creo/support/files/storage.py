"""The private folder of uploaded documents: each under the hash of its content, readable by the server alone.

Medical reports and evaluations are kept sealed (`creo.support.secrets.vault`): no plain byte of them is written here.

Files are written first and rows after: a crash between them leaves a file that no row names, and `sweep` takes it away.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.files import content as contents
from creo.support.files import limits
from creo.support.refusals import Refused
from creo.support.secrets import vault
from creo.support.secrets.cipher import Unopened

BLOCK = 2**20
GRACE = 24 * 3600  # seconds that a file without a row stays: its command may still be running
INCOMING = "incoming-"


class Altered(Refused):
    """A kept file is gone or is no longer what it was."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file kept: its hash and size as stored, its kind, the hash of what was sent, its name as a label."""

    sha256: str
    size: int
    media: str
    sent_sha256: str
    label: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that passed and waits in a temporary place until `keep`."""

    kept: Kept
    temporary: Path
    name: str

    def keep(self) -> Kept:
        """Moves the file to its place for good; the same content twice is one file."""
        target = path_of(self.kept.sha256).with_name(self.name)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        self.temporary.replace(target)
        _sync(target.parent)
        _sync(folder())
        return self.kept


def folder() -> Path:
    """Where the files are, outside whatever the web serves."""
    path = Path(settings.CREO_DATA_DIR) / "files"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(sha256: str) -> Path:
    """The place of a file by its hash. ValueError for what is no hash."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError(f"No es un SHA-256: [{sha256}].")
    return folder() / sha256[:2] / sha256


@contextmanager
def incoming(filename: str, pieces: Iterable[bytes], *, sealed: bool = False) -> Iterator[Arrived]:
    """Streams an upload to disk, looks at it and cleans it; nothing stays unless `keep` is called. May refuse.

    A `sealed` one waits in memory (it is at most as large as `limits` allows) and touches the disk sealed.
    """
    handle, name = tempfile.mkstemp(dir=folder(), prefix=INCOMING)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w+b") as target:
            first: BinaryIO = io.BytesIO() if sealed else target
            sent = _write(first, pieces)
            first.seek(0)
            looked = contents.look(first.read())
            sha256 = place = hashlib.sha256(looked.content).hexdigest()
            if sealed:
                place, content = vault.seal(looked.content, sha256)
                target.write(content)
            elif sha256 != sent:
                target.seek(0)
                target.truncate()
                target.write(looked.content)
            target.flush()
            os.fsync(target.fileno())
        kept = Kept(sha256, len(looked.content), looked.media.value, sent, clean_label(filename, looked.media))
        yield Arrived(kept, temporary, place)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def opened(sha256: str) -> Iterator[BinaryIO]:
    """The file, hashed through the same handle that is read; closed at the end. Altered when it is gone or changed."""
    file = open_checked(sha256)
    try:
        yield file
    finally:
        file.close()


def open_checked(sha256: str) -> BinaryIO:
    """The same handle for an answer that closes it when it was sent. A sealed file is opened in memory alone."""
    altered = _("El archivo guardado no es el que se registró: fue alterado. No se entrega; quedó constancia.")
    place = path_of(sha256)
    try:
        opened = vault.read(place.parent, sha256)
        file: BinaryIO = place.open("rb") if opened is None else io.BytesIO(opened)
    except FileNotFoundError:
        raise Altered(_("El archivo ya no está en el servidor. Avise a soporte: quedó constancia.")) from None
    except Unopened:
        raise Altered(altered) from None
    if hashlib.file_digest(file, "sha256").hexdigest() != sha256:  # type: ignore[arg-type]  # a file in memory too
        file.close()
        raise Altered(altered)
    file.seek(0)
    return file


def sweep(known: Collection[str], *, grace: float = GRACE) -> int:
    """Removes the files that no row names and that are older than `grace` seconds; answers how many.

    `known` are the hashes of every row of every chapter that keeps files here, read just before.
    """
    before = clock.now().timestamp() - grace
    removed = 0
    for path in sorted(folder().rglob("*")):
        if not path.is_file() or path.stat().st_mtime > before:
            continue
        if path.name.startswith(INCOMING) or vault.plain_name(path.name) not in known:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def seal_kept(sha256: str, *, keep_plain: bool) -> bool:
    """Seals a file that was kept unsealed; True when it did. `keep_plain`: an open document shows it too.

    May be cut short anywhere and repeated: the plain file goes only after the sealed one opened and said the same.
    """
    place = path_of(sha256)
    if not place.exists():
        return False
    plain = place.read_bytes()
    if vault.find(place.parent, sha256) is None:
        vault.write(place.parent, sha256, plain)
    elif keep_plain:
        return False
    if not keep_plain:
        if vault.read(place.parent, sha256) != plain:
            raise Altered(_("Hay dos archivos distintos con el mismo nombre: [%(name)s].") % {"name": sha256[:12]})
        place.unlink(missing_ok=True)
        _sync(place.parent)
    return True


def unseal_kept(sha256: str) -> bool:
    """The way back of `seal_kept`, for the release before it; True when there was something to do."""
    place = path_of(sha256)
    where = vault.find(place.parent, sha256)
    if where is None:
        return False
    if not place.exists():
        handle, name = tempfile.mkstemp(dir=folder(), prefix=INCOMING)
        with os.fdopen(handle, "wb") as target:
            target.write(vault.unseal(where.name, where.read_bytes()))
            target.flush()
            os.fsync(target.fileno())
        Path(name).replace(place)
        _sync(place.parent)
    where.unlink(missing_ok=True)
    return True


def clean_label(filename: str, media: contents.Media) -> str:
    """The name as people know it, only ever shown: no path, no control signs, no second extension, the true suffix."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*;%`$')
    stem = plain.strip(" .").split(".")[0].strip()[:100]
    return (stem or "documento") + media.suffix


def _write(target: BinaryIO, pieces: Iterable[bytes]) -> str:
    digest, size, most = hashlib.sha256(), 0, limits.most_bytes()
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise Refused(limits.too_big())
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

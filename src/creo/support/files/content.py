"""What the bytes are. The name and the type that the browser declares are never asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from creo.support.files import images, pdf
from creo.support.refusals import Refused


class Media(StrEnum):
    """The kinds of file accepted: what scanners and telephones make."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"

    @property
    def content_type(self) -> str:
        """The type of the answer."""
        return {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}[self.value]

    @property
    def suffix(self) -> str:
        """The end of the name of the file that is given back."""
        return {"pdf": ".pdf", "jpeg": ".jpg", "png": ".png"}[self.value]


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that passed: its kind and the bytes to keep, cleaned."""

    media: Media
    content: bytes


_STARTS = ((b"%PDF-", Media.PDF), (b"\xff\xd8\xff", Media.JPEG), (b"\x89PNG\r\n\x1a\n", Media.PNG))
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "un archivo comprimido o de Office"),
    (b"PK\x05\x06", "un archivo comprimido"),
    (b"\xd0\xcf\x11\xe0", "un documento de Office antiguo"),
    (b"GIF8", "una imagen GIF"),
    (b"II*\x00", "una imagen TIFF"),
    (b"MM\x00*", "una imagen TIFF"),
    (b"RIFF", "un archivo multimedia"),
    (b"\x1f\x8b", "un archivo comprimido"),
    (b"7z\xbc\xaf", "un archivo comprimido"),
    (b"Rar!", "un archivo comprimido"),
    (b"MZ", "un programa"),
    (b"\x7fELF", "un programa"),
    (b"#!", "un programa"),
    (b"SQLite format 3", "una base de datos"),
)
_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|script|svg|iframe|\?php|\?xml)[\s>/]", re.IGNORECASE)
# A browser that guesses looks at the first kilobyte; a program that unpacks looks at the last 66.
_GUESSED = 1024
_ZIP_TAIL = 65_557


def look(content: bytes) -> Looked:
    """The kind of some bytes, and the bytes without metadata. Refused for what is not accepted, with what to do."""
    if not content:
        raise Refused(_("El archivo está vacío."))
    media = next((media for start, media in _STARTS if content.startswith(start)), None)
    if media is None:
        raise Refused(_not_accepted(content))
    if _MARKUP.search(content, 0, _GUESSED) or is_zip(content):
        raise Refused(_("El archivo se hace pasar por otro: es a la vez una página web o un comprimido."))
    match media:
        case Media.PDF:
            pdf.check(content)
        case Media.JPEG:
            content = images.clean_jpeg(content)
        case Media.PNG:
            content = images.clean_png(content)
    return Looked(media, content)


def _not_accepted(content: bytes) -> str:
    what = next((words for start, words in _OTHERS if content.startswith(start)), "")
    if not what and _MARKUP.search(content, 0, _GUESSED):
        what = "una página web o una imagen SVG"
    if what:
        return _("El archivo es %(what)s. Se aceptan PDF, JPEG y PNG: guárdelo o escanéelo como PDF.") % {"what": what}
    return _("El contenido no es un PDF ni una imagen JPEG o PNG, aunque el nombre lo diga.")


def is_zip(content: bytes) -> bool:
    """True when a program that unpacks would find an archive in the bytes, wherever it begins."""
    tail = content[-_ZIP_TAIL:]
    place = tail.rfind(b"PK\x05\x06")
    while place >= 0:
        comment = int.from_bytes(tail[place + 20 : place + 22], "little")
        if place + 22 + comment <= len(tail) and (b"PK\x01\x02" in content or comment == len(tail) - place - 22):
            return True
        place = tail.rfind(b"PK\x05\x06", 0, place)
    return False

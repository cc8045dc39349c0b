"""PDFs that only show pages. What runs, opens, sends or carries something else is refused; nothing is repaired.

A reader of PDF may be told to look anywhere in the file, so the names are searched in all of it, also where they are
written with `#xx`, and inside the packed object streams, which are unpacked here within bounds.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from django.utils.translation import gettext as _

from creo.support.refusals import Refused

MAX_STREAMS = 20_000
WORK = 256 * 2**20  # bytes put in or taken out while unpacking
STEP = 4_096
BLOCK = 2**18
OVERLAP = 64

_WORDS: dict[bytes, str] = {
    b"JavaScript": "código JavaScript",
    b"Launch": "órdenes que abren programas",
    b"EmbeddedFile": "archivos adjuntos",
    b"EmbeddedFiles": "archivos adjuntos",
    b"EF": "archivos adjuntos",
    b"FileAttachment": "archivos adjuntos",
    b"Collection": "archivos adjuntos",
    b"RichMedia": "contenido multimedia",
    b"Rendition": "contenido multimedia",
    b"XFA": "un formulario dinámico",
    b"SubmitForm": "un formulario que envía datos",
    b"ImportData": "un formulario que lee datos",
    b"GoToE": "vínculos a otros archivos",
    b"GoToR": "vínculos a otros archivos",
    b"Encrypt": "una contraseña o cifrado",
}
# Short names appear by chance in packed images: they are searched in unpacked structure only.
_LONG = b"|".join(re.escape(word) for word in _WORDS if len(word) > 3)
_SHORT = b"|".join(re.escape(word) for word in _WORDS)
_END = rb"(?=[\s/<>\[\]()%]|$)"
_ANYWHERE = re.compile(rb"/(" + _LONG + rb")" + _END)
_IN_STRUCTURE = re.compile(rb"/(" + _SHORT + rb")" + _END)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream(?:\r\n|\n|\r)")  # begins with its letters: searched at the speed of memory
_FILTER = re.compile(rb"/(?:Filter|F)(?![A-Za-z])\s*(\[[^\]]*\]|/\w+|\S+)")
_PAIRS = re.compile(rb"\s*\d+\s+\d+\s")


def check(content: bytes) -> None:
    """Refused, with every reason, for a PDF that does more than show its pages or that cannot be looked at whole."""
    found: set[str] = set()
    if not re.match(rb"%PDF-[12]\.\d", content):
        raise Refused(_("El archivo empieza como un PDF pero no lo es."))
    if not content.rstrip(b"\x00\t\n\f\r ").endswith(b"%%EOF"):
        raise Refused(_("El PDF está cortado o lleva algo después de su final: ábralo e imprímalo de nuevo como PDF."))
    plain = _unescaped(content)
    found |= {_WORDS[match[1]] for match in _ANYWHERE.finditer(plain)}
    for part in _structure(content):
        found |= {_WORDS[match[1]] for match in _IN_STRUCTURE.finditer(_unescaped(part))}
    for dictionary in _outside_streams(plain):
        found |= {_WORDS[match[1]] for match in _IN_STRUCTURE.finditer(dictionary)}
    if found:
        raise Refused(
            _("El PDF lleva %(what)s. Imprímalo de nuevo como PDF y suba esa copia.")
            % {"what": ", ".join(sorted(found))}
        )


def _unescaped(data: bytes) -> bytes:
    """Names as they are meant: `/J#61vaScript` is `/JavaScript`."""
    return _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), data) if b"#" in data else data


def _streams(content: bytes) -> list[tuple[int, int]]:
    """Where the word of each stream begins, and where its data does. Refused when there are too many."""
    found: list[tuple[int, int]] = []
    for match in _STREAM.finditer(content):
        if content[match.start() - 3 : match.start()] == b"end":
            continue
        if len(found) >= MAX_STREAMS:
            raise Refused(_("El PDF tiene demasiadas partes: imprímalo de nuevo como PDF."))
        found.append((match.start(), match.end()))
    return found


def _outside_streams(content: bytes) -> Iterator[bytes]:
    """The parts of the file between its streams: dictionaries, tables, the trailer."""
    place = 0
    for word, data in _streams(content):
        if word < place:
            continue
        yield content[place:word]
        end = content.find(b"endstream", data)
        place = len(content) if end < 0 else end
    yield content[place:]


def _structure(content: bytes) -> Iterator[bytes]:
    """Every stream that may hold objects, unpacked, by pieces. Refused when one cannot be, or grows too much."""
    work = _Work(WORK)
    for word, data in _streams(content):
        head = _unescaped(content[max(0, word - 2_048) : word])
        head = head[head.rfind(b"obj") + 3 :]
        named = b"/ObjStm" in head or (b"/First" in head and b"/N" in head)
        if named and not _simple(head):
            raise Refused(_("El PDF guarda su estructura de un modo que no se puede revisar: imprímalo como PDF."))
        if named and b"/FlateDecode" not in head:
            end = content.find(b"endstream", data)
            yield content[data : end if end >= 0 else len(content)]
            continue
        tail = b""
        for piece in _inflated(content, data, work):
            if not tail and not named and not _PAIRS.match(piece):
                break  # pages and pictures: nothing in them is an object
            yield tail + piece
            tail = piece[-OVERLAP:]


def _simple(head: bytes) -> bool:
    """True for structure packed by Flate alone or not at all, without predictors: what this module can read."""
    if b"/Predictor" in head or b"/DecodeParms" in head:
        return False
    found = _FILTER.search(head)
    return found is None or re.findall(rb"[^\s\[\]]+", found[1]) == [b"/FlateDecode"]


class _Work:
    """What unpacking may still cost."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, size: int) -> None:
        """Refused when nothing is left."""
        self.left -= size
        if self.left < 0:
            raise Refused(_("El PDF se expande demasiado al abrirlo: imprímalo de nuevo como PDF."))


def _inflated(content: bytes, start: int, work: _Work) -> Iterator[bytes]:
    """What Flate unpacks from a place on, by pieces, up to its end or its first fault; nothing when it is not Flate."""
    engine, place, step = zlib.decompressobj(), start, 1_024
    while not engine.eof and place < len(content):
        whole = piece = content[place : place + step]
        work.spend(len(piece))
        place, step, spare = place + step, BLOCK, engine.copy()
        try:
            while piece:
                out = engine.decompress(piece, BLOCK)
                work.spend(len(out))
                if out:
                    yield out
                piece = engine.unconsumed_tail
        except zlib.error:
            # The engine gives nothing of a piece with a fault; a lenient reader shows what stands before it.
            yield _before_the_fault(spare, whole, work)
            return


def _before_the_fault(engine: zlib._Decompress, piece: bytes, work: _Work) -> bytes:
    """What a piece gives up to its fault, found by halves."""
    pieces, step = [], STEP
    while step and piece:
        spare = engine.copy()
        work.spend(STEP)
        try:
            out = engine.decompress(piece[:step])
        except zlib.error:
            engine, step = spare, step // 2
        else:
            work.spend(len(out))
            pieces.append(out)
            piece = piece[step:]
    return b"".join(pieces)

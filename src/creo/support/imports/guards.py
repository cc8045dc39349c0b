"""What a file must be before anything opens it: its size, its kind by content, and a workbook that is no bomb.

Every figure here is a ceiling far over an honest list (a million rows by fifteen columns) and far under harm.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from django.utils.translation import gettext as _

from creo.support.refusals import Refused

Kind = Literal["csv", "xlsx"]

MAX_BYTES: dict[Kind, int] = {"csv": 300 * 2**20, "xlsx": 64 * 2**20}
MAX_ENTRIES = 500
MAX_DIRECTORY = 256 * 2**10
MAX_UNPACKED = 1_200 * 2**20
MAX_STRINGS = 300 * 2**20
MAX_OTHER_PART = 16 * 2**20
MAX_RATIO = 100  # honest sheets pack 10 to 30 times; deflate can reach 1,032
RATIO_FROM = 2**20
BLOCK = 2**20

WORKBOOK_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MARKUP = b"<!DOCTYPE", b"<!ENTITY"
ASCII_LIKE = {b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}
ARCHIVES = (".zip", ".xlsx", ".xlsm", ".xlsb", ".docx", ".jar", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".cab")
FOREIGN = {
    "xl/externallinks/": "vínculos a otros libros",
    "xl/embeddings/": "objetos incrustados",
    "xl/activex/": "controles",
    "xl/connections.xml": "conexiones a datos externos",
    "xl/vbaproject": "macros",
    "xl/macrosheets/": "macros",
}
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "un libro de Excel antiguo (.xls) o protegido con contraseña"),
    (b"%PDF", "un PDF"),
    (b"\x89PNG", "una imagen"),
    (b"\xff\xd8\xff", "una imagen"),
    (b"GIF8", "una imagen"),
    (b"\x1f\x8b", "un archivo comprimido"),
    (b"7z\xbc\xaf", "un archivo comprimido"),
    (b"Rar!", "un archivo comprimido"),
    (b"MZ", "un programa"),
    (b"\x7fELF", "un programa"),
    (b"SQLite format 3", "una base de datos"),
)
_TAG = rb"((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>"
_RELATION = re.compile(rb"<(?:[^\s<>/:=\"']+:)?Relationship(?=[\s/>])" + _TAG)
_ENCODING = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_ENDRECORD = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that passed: its worksheets in order, as (name, part), those a person sees first."""

    sheets: tuple[tuple[str, str], ...]
    unpacked: int


def kind_of(path: Path, filename: str) -> Kind:
    """csv or xlsx, by content; the name must agree. Refused for anything else, with what to do."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise Refused(_("El archivo está vacío."))
    suffix = Path(filename).suffix.lower()
    for signature, what in SIGNATURES:
        if head.startswith(signature):
            raise Refused(_("El archivo es %(what)s. Guárdelo como .xlsx sin contraseña o como .csv.") % {"what": what})
    packed = head.startswith(b"PK")
    if suffix == ".xlsx" and packed:
        return "xlsx"
    if suffix == ".xlsx":
        raise Refused(_("El nombre termina en .xlsx pero el contenido no es un libro de Excel."))
    if packed:
        raise Refused(_("El contenido es un libro de Excel o un comprimido: su nombre debe terminar en .xlsx."))
    if suffix not in (".csv", ".txt", ".tsv"):
        raise Refused(_("Se aceptan archivos .csv y .xlsx; este termina en «%(suffix)s».") % {"suffix": suffix})
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|table|svg)", head, re.IGNORECASE):
        raise Refused(_("El archivo es una página web o XML con otro nombre. Ábralo en Excel y guárdelo como .xlsx."))
    return "csv"


def check_size(kind: Kind, size: int) -> None:
    """Refused when the file is larger than what its kind may be."""
    if size > MAX_BYTES[kind]:
        raise Refused(
            _("El archivo pesa %(size)d MB y el máximo es %(most)d MB. Divídalo o guárdelo como CSV.")
            % {"size": -(-size // 2**20), "most": MAX_BYTES[kind] // 2**20}
        )


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Book]]:
    """Opens a workbook after checking its directory: number and names of parts, sizes, ratios. Refused otherwise.

    Nothing large is unpacked here; who reads a part does so through `part_blocks`, which counts.
    """
    _check_directory(path)
    try:
        with zipfile.ZipFile(path) as packed:
            _check_entries(packed)
            yield packed, _book(packed)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError, OSError) as error:
        raise Refused(_("El libro de Excel está dañado: ábralo en Excel y guárdelo de nuevo.")) from error


def part_blocks(packed: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The bytes of a part by blocks, never more than its directory declared; Refused on a DTD or an odd encoding."""
    declared = packed.getinfo(name).file_size
    seen, tail = 0, b""
    with packed.open(name) as part:
        while block := part.read(BLOCK):
            if not seen:
                _check_opening(name, block)
            seen += len(block)
            if seen > declared:
                raise Refused(_("El libro declara un tamaño falso."))
            if any(mark in tail + block for mark in MARKUP):
                raise Refused(_("El libro trae definiciones de entidades (DTD): no se acepta."))
            tail = block[-16:]
            yield block


def inspect(path: Path) -> Book:
    """Unpacks and looks at every part but the worksheets' cells. Refused for what may do harm."""
    with opened(path) as (packed, book):
        sheets = {part for _name, part in book.sheets}
        for info in packed.infolist():
            if info.filename in sheets or info.is_dir():
                continue
            if info.filename.endswith(".rels"):
                _check_relations(b"".join(part_blocks(packed, info.filename)))
            else:
                for _block in part_blocks(packed, info.filename):
                    pass
    return book


def _check_directory(path: Path) -> None:
    """The end record says how many parts there are: read it before anything builds a list of them."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _ENDRECORD.size))
        end = file.read()
    if len(end) < _ENDRECORD.size or not end.startswith(b"PK\x05\x06"):
        raise Refused(_("El libro de Excel está dañado o cortado: ábralo en Excel y guárdelo de nuevo."))
    _sign, _disk, _start, _here, entries, directory, _offset, comment = (*_ENDRECORD.unpack(end),)[:8]
    if entries > MAX_ENTRIES or directory > MAX_DIRECTORY or comment:
        raise Refused(_("El libro trae demasiadas partes (%(n)d): no es una lista.") % {"n": entries})


def _check_entries(packed: zipfile.ZipFile) -> None:
    infos = packed.infolist()
    names = [info.filename.lower() for info in infos]
    if len(infos) > MAX_ENTRIES or len(set(names)) != len(names):
        raise Refused(_("El libro trae partes repetidas o demasiadas: no es una lista."))
    for info in infos:
        _check_entry(info)
    if sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise Refused(_too_big())


def _check_entry(info: zipfile.ZipInfo) -> None:
    name = info.filename.lower()
    unsafe = name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")
    link = stat.S_ISLNK(info.external_attr >> 16)
    if unsafe or link or info.flag_bits & 0x1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(_("El libro trae partes con nombres o formas que Excel no escribe, o tiene contraseña."))
    if name.endswith(ARCHIVES):
        raise Refused(_("El libro trae otro archivo comprimido adentro: no se acepta."))
    for start, what in FOREIGN.items():
        if name.startswith(start):
            raise Refused(_("El libro trae %(what)s. Copie los datos como valores a un libro nuevo.") % {"what": what})
    most = MAX_STRINGS if name.endswith("sharedstrings.xml") else MAX_OTHER_PART
    is_sheet = re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)
    if not is_sheet and info.file_size > most:
        raise Refused(_too_big())
    if info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * max(1, info.compress_size):
        raise Refused(_too_big())


def _too_big() -> str:
    return _("El libro se expande demasiado al abrirlo (%(most)d MB como máximo). Guárdelo como CSV.") % {
        "most": MAX_UNPACKED // 2**20
    }


def _check_opening(name: str, block: bytes) -> None:
    """What the first bytes of a part tell: archives inside, and encodings that hide marks from a byte search."""
    if block.startswith(b"PK\x03\x04"):
        raise Refused(_("El libro trae otro archivo comprimido adentro: no se acepta."))
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return
    found = _ENCODING.search(block[:400])
    hidden = b"\x00" in block[:400] or (found is not None and found[1].lower() not in ASCII_LIKE)
    if hidden:
        raise Refused(_("El libro usa una codificación que Excel no escribe."))


def _check_relations(data: bytes) -> None:
    for found in _RELATION.finditer(data):
        outside = re.search(rb"TargetMode\s*=\s*[\"']External", found[1])
        if outside and not re.search(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']", found[1]):
            raise Refused(_("El libro trae vínculos a archivos externos. Copie los valores a un libro nuevo."))


def _book(packed: zipfile.ZipFile) -> Book:
    """The worksheets, from the workbook's own small parts."""
    from xml.etree import ElementTree

    def small(name: str) -> bytes:
        if name not in packed.namelist():
            raise Refused(_("El archivo no es un libro de Excel: le falta «%(name)s».") % {"name": name})
        return b"".join(part_blocks(packed, name))

    if WORKBOOK_TYPE not in small("[Content_Types].xml"):
        raise Refused(_("El libro no es un .xlsx corriente (¿plantilla, macros o binario?). Guárdelo como .xlsx."))
    # Both parts were searched for DTDs and are 16 MB at most, so the standard parser is safe here.
    try:
        relations = ElementTree.fromstring(small("xl/_rels/workbook.xml.rels"))
        workbook = ElementTree.fromstring(small("xl/workbook.xml"))
    except ElementTree.ParseError as error:
        raise Refused(_("El libro de Excel está dañado: ábralo en Excel y guárdelo de nuevo.")) from error
    targets = {item.get("Id"): item.get("Target", "") for item in relations}
    seen: list[tuple[bool, str, str]] = []
    for sheet in workbook.iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        relation = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
        target = targets.get(relation, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part.startswith("xl/worksheets/") and part in packed.namelist():
            seen.append((sheet.get("state", "visible") != "visible", sheet.get("name", ""), part))
    if not seen:
        raise Refused(_("El libro no tiene hojas de datos."))
    ordered = sorted(seen, key=lambda item: item[0])
    return Book(tuple((name, part) for _hidden, name, part in ordered), sum(i.file_size for i in packed.infolist()))

"""Where the cells of a worksheet are, seen in its bytes before any reader lays them out in memory.

The reader of XLSX makes a full rectangle: one value in XFD1048576 would ask for 17 thousand million cells and end the
process. So the extent is measured first, together with what a list may not hold: formulas and error values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from creo.support.refusals import Refused

MAX_COLUMN = 500
MAX_ROW = 1_048_576
MAX_AREA = 20_000_000  # the reader takes about 100 bytes a cell
SPARSE_AREA = 2_000_000
SPARSENESS = 10
MAX_TAIL = 4 * 2**20
KEPT = 10_000

_PREFIX = rb"(?:[^\s<>/:=\"']+:)?"
_CANON_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})\d{1,7}"(?: [a-qs-z][a-z]?="\w*")*>')
_CANON_ROW = re.compile(rb'<c r="[A-Z]{1,3}(\d{1,7})"(?: [a-qs-z][a-z]?="\w*")*>')
_CANON_BLANK = re.compile(rb'<c r="[A-Z]{1,3}\d{1,7}"(?: [a-qs-z][a-z]?="\w*")* ?/>')
_UNUSUAL = b"<f", b":c", b":f", b":row", b't="e"'
_TAG = re.compile(rb"<(/?)([^\s<>/=\"'?!]+)((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>")
_DECLARATION = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\?>")
_ATTRIBUTE = re.compile(rb"(?<!\S)([^\s=<>\"']++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_ROW_END = re.compile(rb"</" + _PREFIX + rb"row\s*>")
_PLACE = re.compile(rb"([A-Za-z]{1,3})(\d{1,7})")
_LATE_CELL = re.compile(rb"[<:]c[\s/>]")
_END = re.compile(rb"</" + _PREFIX + rb"sheetData\s*>")
_DIMENSION = re.compile(rb"<" + _PREFIX + rb"dimension\s[^>]*?ref\s*=\s*[\"']([^\"']*)[\"']")


@dataclass(slots=True)
class Extent:
    """What a worksheet's bytes say of its filled cells: how far they go, how many, and where the unwelcome ones are.

    Cells with a format and no content do not count: the reader skips them too.
    """

    cells: int = 0
    first_column: int = MAX_COLUMN
    last_column: int = 0
    last_row: int = 0
    formulas: list[tuple[int, int]] = field(default_factory=list)
    formulas_total: int = 0
    faults: list[tuple[int, int]] = field(default_factory=list)
    faults_total: int = 0


def measure(blocks: Iterable[bytes], report: Callable[[int], None] = lambda row: None) -> Extent:
    """The extent of a worksheet, block by block. Refused when it is absurd or written as no program writes it.

    `report` hears the last row seen.
    """
    scan = _Scan()
    for piece in _pieces(blocks):
        scan.feed(piece)
        _check(scan.extent)
        report(scan.extent.last_row)
    _check_area(scan.extent)
    return scan.extent


def column_number(letters: bytes | str) -> int:
    """A -> 1, XFD -> 16384."""
    text = letters.decode() if isinstance(letters, bytes) else letters
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 -> A, 16384 -> XFD."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _pieces(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The sheet's data cut after a row's end, so that no cell is seen in halves; stops where the data end.

    All blocks are consumed, so that the checks of who gives them see the whole part; a cell after the end is refused,
    because then the end was not the end.
    """
    tail, first, ended = b"", True, False
    for block in blocks:
        data = tail + block
        if ended:
            _check_late(data)
            tail = data[-8:]
            continue
        _check_marks(data, first)
        end = _END.search(data) if b"sheetData" in data else None
        if end:
            ended, tail = True, data[-8:]
            _check_late(data[end.start() :])
            yield data[: end.start()]
            continue
        cut = _last_row_end(data)
        if cut:
            yield data[:cut]
            data, first = data[cut:], False
        tail = data
        if len(tail) > MAX_TAIL:
            raise Refused(_("La hoja está mal formada: una fila ocupa demasiado."))
    if tail and not ended:
        yield tail


def _last_row_end(data: bytes) -> int:
    """Where the last row ends, 0 when none does."""
    plain = data.rfind(b"</row>")
    if plain >= 0:
        return plain + len(b"</row>")
    return max((found.end() for found in _ROW_END.finditer(data)), default=0)


def _check_late(data: bytes) -> None:
    if _LATE_CELL.search(data):
        raise Refused(_malformed())


def _check_marks(data: bytes, first: bool) -> None:
    """Comments, CDATA and instructions could hide cells from this reading; no spreadsheet writes them in a sheet."""
    if b"<!" in data or b"<?" in (data[5:] if first else data):
        raise Refused(_("La hoja trae marcas que Excel no escribe. Ábrala en Excel y guárdela de nuevo."))
    found = _DIMENSION.search(data[:4096]) if first else None
    if found:
        ends = [_PLACE.fullmatch(end) for end in found[1].split(b":")[-1:]]
        if ends and ends[0] and column_number(ends[0][1]) * int(ends[0][2]) > 4 * MAX_AREA:
            raise Refused(_absurd(found[1].decode("ascii", "replace")))


class _Scan:
    """Follows the cells as the reader of XLSX does: a row without a number is the next one, and so is a cell.

    The reader forgives tags out of order, which could hide cells from a count. So either every cell of a piece tells
    its place in the usual writing, or every tag of the piece must be in order; and a cell without its place is accepted
    only where all pieces before were followed tag by tag.
    """

    def __init__(self) -> None:
        self.extent = Extent()
        self._row = 1  # the row that a cell without a reference would stand in
        self._followed = True
        self._first = True
        self._place = (0, 0)  # row and column of the last cell

    def feed(self, piece: bytes) -> None:
        """Adds a piece that ends where a row ends."""
        columns = _CANON_COLUMN.findall(piece)
        unexplained = piece.count(b"<c") - len(columns)
        if unexplained:
            unexplained -= len(_CANON_BLANK.findall(piece))
        if unexplained or any(mark in piece for mark in _UNUSUAL):
            self._slowly(piece)
        else:
            self._followed = False
            self._quickly(piece, columns)
        self._first = False

    def _quickly(self, piece: bytes, columns: list[bytes]) -> None:
        if not columns:
            return
        extent = self.extent
        numbers = [column_number(letters) for letters in set(columns)]
        extent.cells += len(columns)
        extent.first_column = min(extent.first_column, *numbers)
        extent.last_column = max(extent.last_column, *numbers)
        extent.last_row = max(extent.last_row, *map(int, set(_CANON_ROW.findall(piece))))

    def _slowly(self, piece: bytes) -> None:
        """Tag by tag: prefixes, cells without a reference, formulas, error values."""
        piece = _DECLARATION.sub(b"", piece) if self._first else piece
        tags = _TAG.findall(piece)
        if len(tags) != piece.count(b"<"):
            raise Refused(_malformed())
        path: list[bytes] = []
        for closing, full_name, attributes in tags:
            name = full_name.rpartition(b":")[2]
            if closing:
                if not path or path.pop() != full_name:
                    raise Refused(_malformed())
                if name == b"row":
                    self._row += 1
                continue
            if name in (b"row", b"c", b"f"):
                self._open(name, attributes, path)
            if not attributes.endswith(b"/"):
                path.append(full_name)
            elif name == b"row":
                self._row += 1
        local = [name.rpartition(b":")[2] for name in path]
        if local and not (self._first and local == [b"worksheet", b"sheetData"]):
            raise Refused(_malformed())

    def _open(self, name: bytes, attributes: bytes, path: list[bytes]) -> None:
        """A row outside the rows, a cell right inside a row, a formula."""
        above = [tag.rpartition(b":")[2] for tag in path]
        if name == b"f":
            self.extent.formulas_total += 1
            if len(self.extent.formulas) < KEPT:
                self.extent.formulas.append(self._place)
        elif name == b"row" and b"row" not in above:
            ref = _attributes(attributes).get(b"r")
            if ref is not None and (not ref.isdigit() or len(ref) > 7):
                raise Refused(_("La hoja está mal formada: una fila se llama «%(ref)s».") % {"ref": _shown(ref)})
            self._row = int(ref) if ref is not None else self._row
            self._place = (self._row, 0)
        elif name == b"c" and above[-1:] == [b"row"]:
            self._cell(attributes)
        else:
            raise Refused(_malformed())

    def _cell(self, attributes: bytes) -> None:
        named = _attributes(attributes)
        ref = named.get(b"r")
        if ref is None:
            if not self._followed:
                raise Refused(_malformed())
            self._place = (self._row, self._place[1] + 1)
        else:
            place = _PLACE.fullmatch(ref)
            if place is None:
                raise Refused(_("La hoja está mal formada: una celda se llama «%(ref)s».") % {"ref": _shown(ref)})
            self._place = (int(place[2]), column_number(place[1]))
        if attributes.endswith(b"/"):
            return
        row, column = self._place
        extent = self.extent
        extent.cells += 1
        extent.first_column = min(extent.first_column, column)
        extent.last_column = max(extent.last_column, column)
        extent.last_row = max(extent.last_row, row)
        if named.get(b"t") == b"e":
            extent.faults_total += 1
            if len(extent.faults) < KEPT:
                extent.faults.append(self._place)


def _malformed() -> str:
    return _("La hoja está mal formada. Ábrala en Excel y guárdela de nuevo.")


def _attributes(text: bytes) -> dict[bytes, bytes]:
    """Attributes by name. Refused when one comes twice or something else stands between them."""
    found = _ATTRIBUTE.findall(text)
    named = {name: double or single for name, double, single in found}
    if len(named) != len(found) or _ATTRIBUTE.sub(b"", text).strip(b" \t\r\n/"):
        raise Refused(_malformed())
    return named


def _shown(ref: bytes) -> str:
    return ref[:20].decode("ascii", "replace")


def _absurd(place: str) -> str:
    return _("La hoja dice llegar hasta «%(place)s». Copie solo los datos a un libro nuevo.") % {"place": place}


def _check(extent: Extent) -> None:
    if extent.last_column > MAX_COLUMN or extent.last_row > MAX_ROW:
        raise Refused(_absurd(f"{column_letters(extent.last_column)}{extent.last_row}"))


def _check_area(extent: Extent) -> None:
    area = extent.last_row * max(0, extent.last_column - extent.first_column + 1)
    if area > max(SPARSE_AREA, SPARSENESS * extent.cells):
        raise Refused(_absurd(f"{column_letters(extent.last_column)}{extent.last_row}"))
    if area > MAX_AREA:
        raise Refused(
            _("La hoja tiene %(n)d millones de celdas y el máximo es %(most)d. Guárdela como CSV.")
            % {"n": -(-area // 10**6), "most": MAX_AREA // 10**6}
        )

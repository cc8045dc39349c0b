"""CSV as offices write it: encodings, delimiters, line ends, quotes; every row counted as a spreadsheet counts it."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from django.utils.translation import gettext as _

from creo.support.bulk import ahead
from creo.support.imports import quoted
from creo.support.imports.headers import ROW, CellError, Header
from creo.support.jobs.progress import Report
from creo.support.refusals import Refused

if TYPE_CHECKING:
    import polars as pl

BLOCK = 4 * 2**20  # bytes; also the longest line
PIECE = 4 * 2**20  # characters
DELIMITERS = ";,\t|"
KEPT = 10_000
LARGE = 32 * 2**20  # bytes; above it a column of few different texts is kept as numbers, a quarter of the memory
FEW = 0.2
# What Spanish accents look like in the old DOS page and in the Windows page: the more frequent set tells which it is.
DOS_LETTERS = bytes([0xA0, 0x82, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0x90, 0xB5, 0xD6, 0xE0])
WINDOWS_LETTERS = "áéíóúñÁÉÍÓÚÑüÜ°º".encode("cp1252")
NOT_WINDOWS = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D])
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Form:
    """How a text file is written."""

    encoding: str
    delimiter: str
    quoted: bool
    size: int


@dataclass(slots=True)
class Rows:
    """What has been read so far: frames of whole rows, and the rows that do not fit the header."""

    frames: list[pl.DataFrame] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    errors_total: int = 0
    count: int = 0
    large: bool = False
    repeated: tuple[str, ...] = ()
    full: set[str] = field(default_factory=set)

    def add(self, frame: pl.DataFrame) -> None:
        """Keeps rows: blank cells as null, blank rows left out. Of a large file, repeated texts as numbers."""
        import polars as pl

        names = [name for name in frame.columns if name != ROW]
        texts, first = pl.col(names), pl.col(names[0])
        frame = frame.with_columns(pl.when(texts != "").then(texts))
        # A row whose first cell says something is not blank: the others are few, and looked at whole.
        doubtful = frame.filter(first.is_null() | (first.str.strip_chars() == ""))
        blank = doubtful.filter(pl.all_horizontal(texts.str.strip_chars().fill_null("") == ""))[ROW]
        if len(blank):
            frame = frame.filter(~pl.col(ROW).is_in(blank.implode()))
        if self.large and not self.frames:
            counts = frame.select(texts.n_unique()).row(0)
            few = max(2, int(frame.height * FEW))
            self.repeated = tuple(name for name, count in zip(names, counts, strict=True) if count <= few)
        self.frames.append(frame.with_columns(pl.col(self.repeated).cast(pl.Categorical)))


def form_of(path: Path) -> Form:
    """Encoding and delimiter of a text file, from all its bytes. Refused when it is not text."""
    encoding, quoted = _encoding(path)
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        sample = file.read(64 * 1024)
    return Form(encoding, _delimiter(sample), quoted, path.stat().st_size)


def _encoding(path: Path) -> tuple[str, bool]:
    with path.open("rb") as file:
        head = file.read(4)
    if head in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        raise Refused(_("El archivo está en UTF-32: guárdelo como CSV UTF-8."))
    marked = next((name for mark, name in BYTE_ORDER_MARKS if head.startswith(mark)), "")
    quoted, utf8 = False, codecs.getincrementaldecoder("utf-8")()
    readable, dos, windows, odd = True, 0, 0, 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            quoted = quoted or b'"' in block
            if len(block) == BLOCK and b"\n" not in block and b"\r" not in block:
                raise Refused(_("El archivo tiene una línea demasiado larga: no es una lista."))
            if marked == "utf-16":
                continue
            if b"\x00" in block:
                raise Refused(_("El archivo tiene bytes nulos: no es texto. Guárdelo como CSV UTF-8."))
            if readable:
                try:
                    utf8.decode(block)
                    continue
                except UnicodeDecodeError:
                    readable = False
            dos += _count(block, DOS_LETTERS)
            windows += _count(block, WINDOWS_LETTERS)
            odd += _count(block, NOT_WINDOWS)
    if marked:
        return marked, quoted
    if readable and _ends_whole(utf8):
        return "utf-8", quoted
    if dos > windows:
        return "cp850", quoted
    return ("latin-1" if odd else "cp1252"), quoted


def _ends_whole(decoder: codecs.IncrementalDecoder) -> bool:
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _count(block: bytes, letters: bytes) -> int:
    return len(block) - len(block.translate(None, letters))


def _delimiter(sample: str) -> str:
    """The delimiter that cuts the first rows most evenly, and into most cells."""
    lines = sample.splitlines()[:60]
    if lines and len(lines[0]) == 5 and lines[0].lower().startswith("sep="):
        return lines[0][4]
    if len(sample) >= 64 * 1024 and len(lines) > 1:
        lines = lines[:-1]
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        score = (round(sum(width == widths[0] for width in widths) / len(widths), 1), widths[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best


def read_rows(path: Path, form: Form, header: Header, most: int, progress: Report) -> Rows:
    """Every row under the header. Refused over `most` rows; a row of another width is an error of its own."""
    rows = Rows(large=form.size > LARGE)
    try:
        with path.open(encoding=form.encoding, newline="" if form.quoted else None) as file:
            # The next piece is cut while the rows of the one before are put away.
            for first, lines in ahead(_chunks(file, form, header)):
                _add(rows, header, first, lines)
                if rows.count > most:
                    raise Refused(_("El archivo tiene más de %(n)d filas: divídalo.") % {"n": most})
                # Rows in all, guessed from the bytes gone by.
                share = max(1, cast("IO[bytes]", file.buffer).tell()) / max(1, form.size)
                progress(rows.count, max(rows.count, int(rows.count / share)), _("Leyendo el archivo"))
    except UnicodeError as error:
        raise Refused(_("El texto está cortado o mal codificado. Guárdelo como CSV UTF-8.")) from error
    return rows


def _chunks(file: IO[str], form: Form, header: Header) -> Iterator[tuple[int, pl.DataFrame | list[list[str]]]]:
    if form.quoted:
        return quoted.chunks(file, form.delimiter, header.row, header.names)
    return _plain(file, form, header)


def _plain(file: IO[str], form: Form, header: Header) -> Iterator[tuple[int, pl.DataFrame | list[list[str]]]]:
    """Chunks of a file without quotes, cut by polars; a chunk with uneven rows is given as lists."""
    import polars as pl

    number, tail = 0, ""
    for _line in islice(file, header.row):
        number += 1
    while True:
        block = file.read(PIECE)
        text = tail + block
        cut = text.rfind("\n") + 1 if block else len(text)
        whole, tail = text[:cut].removesuffix("\n"), text[cut:]
        if cut:
            lines = pl.Series("line", [whole]).str.split("\n").explode()
            even = (lines.str.count_matches(form.delimiter, literal=True) == len(header.names) - 1).all()
            if even and len(header.names) > 1:
                cells = lines.to_frame().select(pl.col("line").str.split_exact(form.delimiter, len(header.names) - 1))
                yield number + 1, cells.unnest("line")
            else:
                yield number + 1, [line.split(form.delimiter) if line else [] for line in lines.to_list()]
            number += len(lines)
        if not block:
            return


def _add(rows: Rows, header: Header, first: int, lines: pl.DataFrame | list[list[str]]) -> None:
    import polars as pl

    if isinstance(lines, pl.DataFrame):
        numbered = lines.rename(dict(zip(lines.columns, header.names, strict=True)))
        frame = numbered.with_row_index(ROW, offset=first).with_columns(pl.col(ROW).cast(pl.Int64))
    else:
        numbers, kept = _fitting(rows, header, first, lines)
        columns = list(zip(*kept, strict=True)) or [()] * len(header.names)
        frame = pl.DataFrame(
            [pl.Series(ROW, numbers, dtype=pl.Int64)]
            + [pl.Series(name, cells, dtype=pl.String) for name, cells in zip(header.names, columns, strict=True)]
        )
    rows.count += frame.height
    rows.add(frame)


def _fitting(rows: Rows, header: Header, first: int, lines: list[list[str]]) -> tuple[list[int], list[Sequence[str]]]:
    """The rows as wide as the header (blank cells too many are dropped), with their numbers; the others are errors."""
    width = len(header.names)
    numbers: list[int] = []
    kept: list[Sequence[str]] = []
    for number, cells in enumerate(lines, first):
        if len(cells) != width:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) < width or any(cell.strip() for cell in cells[width:]):
                _uneven(rows, number, len(cells), width)
                continue
        numbers.append(number)
        kept.append(cells[:width])
    return numbers, kept


def _uneven(rows: Rows, number: int, found: int, expected: int) -> None:
    rows.errors_total += 1
    rows.count += 1
    if len(rows.errors) < KEPT:
        message = _("La fila tiene %(found)d celdas y el encabezado %(expected)d: sobra o falta un separador.")
        rows.errors.append(CellError(number, "", "", message % {"found": found, "expected": expected}))

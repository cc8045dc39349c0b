"""A file somebody sent, as a sheet of texts: CSV in the encodings and delimiters seen in offices, or XLSX."""

from __future__ import annotations

import csv
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext as _

from creo.support.imports import cells, delimited, guards
from creo.support.imports.headers import ROW, UNNAMED, CellError, Header, header_of
from creo.support.imports.strings import check_text
from creo.support.jobs.progress import Report, silent
from creo.support.refusals import Refused

if TYPE_CHECKING:
    import polars as pl

__all__ = ["ROW", "CellError", "Sheet", "read_table"]

MAX_ROWS = 2_000_000
HEADER_WITHIN = 50
NAMES = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252", "cp850": "DOS (850)"}
LOOK_INSIDE = 64 * 2**20


@dataclass(slots=True)
class Sheet:
    """A table of texts: `frame` has ROW (Int64) and a column per header; blank cells are null, blank rows gone.

    In a large file, columns of few different texts are Categorical; `texts` gives any column as String. `source` says
    in words how the file was read. `errors` are the faults of the sheet itself: formulas, uneven rows. A sheet read to
    be used `once` lets each column go when it has been read: a national list needs the room.
    """

    columns: tuple[str, ...]
    frame: pl.DataFrame
    first_row_number: int
    source: str = ""
    errors: Sequence[CellError] = ()
    errors_total: int = 0
    once: bool = False

    def texts(self, header: str) -> pl.Series:
        """A column as String."""
        import polars as pl

        return self.frame[header].cast(pl.String)

    def let_go(self, header: str) -> None:
        """Drops a column of a sheet that is used once."""
        if self.once:
            self.frame = self.frame.drop(header)

    @property
    def height(self) -> int:
        """How many rows there are, the header apart."""
        return int(self.frame.height)


def look(path: Path, filename: str) -> guards.Kind:
    """A first look, quick enough for a page: kind, size, text or workbook, header. Refused like `read_table`.

    The cells of a workbook over 64 MB unpacked are left to the worker, which measures them before reading them.
    """
    kind = guards.kind_of(path, filename)
    guards.check_size(kind, path.stat().st_size)
    if kind == "csv":
        _csv_header(path, delimited.form_of(path))
        return kind
    book = guards.inspect(path)
    if book.unpacked <= LOOK_INSIDE:
        with guards.opened(path) as (packed, _book):
            cells.measure(guards.part_blocks(packed, book.sheets[0][1]))
    return kind


def first_rows(path: Path, filename: str, most: int) -> tuple[tuple[str, ...], list[list[str | None]]]:
    """The headers of a file and its first rows, as texts. Refused like `read_table`; a long workbook is not opened."""
    kind = guards.kind_of(path, filename)
    if kind == "csv":
        form = delimited.form_of(path)
        header = _csv_header(path, form)
        with path.open(encoding=form.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=form.delimiter)
            lines = list(islice(reader, header.row, header.row + most)) if most else []
        width = len(_named(header))
        blank: list[str | None] = [None] * width
        return _named(header), [[*line, *blank][:width] for line in lines]
    if guards.inspect(path).unpacked > LOOK_INSIDE:
        raise Refused(_("El libro es demasiado grande para mostrar sus columnas aquí: guárdelo como CSV."))
    sheet = read_table(path, filename)
    return sheet.columns, [list(row) for row in sheet.frame.head(most).drop(ROW).iter_rows()]


def read_table(path: Path, filename: str = "", *, sheet: str = "", progress: Report = silent) -> Sheet:
    """Reads a file as texts. Refused for what is not a list: hostile, damaged, without header, without rows, too large.

    `sheet` names a worksheet; the first visible one otherwise. Dates of a workbook arrive as 2026-11-23.
    """
    kind = guards.kind_of(path, filename or path.name)
    guards.check_size(kind, path.stat().st_size)
    found = _read_csv(path, progress) if kind == "csv" else _read_xlsx(path, sheet, progress)
    if not found.height and not found.errors_total:
        raise Refused(_("El archivo no tiene filas debajo del encabezado."))
    return found


def _read_csv(path: Path, progress: Report) -> Sheet:
    import polars as pl

    form = delimited.form_of(path)
    header = _csv_header(path, form)
    rows = delimited.read_rows(path, form, header, MAX_ROWS, progress)
    frame = _without_unnamed(pl.concat(rows.frames) if rows.frames else _nothing(header), header)
    delimiter = _("tabulador") if form.delimiter == "\t" else f"«{form.delimiter}»"
    source = _("CSV, %(encoding)s, separado por %(delimiter)s.") % {
        "encoding": NAMES.get(form.encoding, "Latin-1"),
        "delimiter": delimiter,
    }
    return Sheet(_named(header), frame, header.row + 1, source, tuple(rows.errors), rows.errors_total)


def _named(header: Header) -> tuple[str, ...]:
    return tuple(name for name in header.names if name not in header.unnamed)


def _csv_header(path: Path, form: delimited.Form) -> Header:
    with path.open(encoding=form.encoding, newline="") as file:
        try:
            reader = csv.reader(file, delimiter=form.delimiter, strict=True)
            for number, row in enumerate(reader, 1):
                hint = number == 1 and len(row) <= 2 and "".join(row)[:4].lower() == "sep="
                if any(cell.strip() for cell in row) and not hint:
                    return header_of(number, row)
                if number > HEADER_WITHIN:
                    break
        except (csv.Error, UnicodeError) as error:
            raise Refused(_("La primera fila no se entiende: revise comillas y codificación.")) from error
    return header_of(1, [])


def _nothing(header: Header) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(schema={ROW: pl.Int64} | dict.fromkeys(header.names, pl.String))


def _tidy(frame: pl.DataFrame, header: Header) -> pl.DataFrame:
    """Blank cells become null; blank rows and blank columns without a name go. Refused when a nameless one has data."""
    import polars as pl

    texts = pl.col(pl.String)
    frame = _without_unnamed(frame.with_columns(pl.when(texts != "").then(texts)), header)
    blank = pl.all_horizontal(texts.str.strip_chars().fill_null("") == "")
    return frame.filter(~blank)


def _without_unnamed(frame: pl.DataFrame, header: Header) -> pl.DataFrame:
    """Blank columns without a name go. Refused when one has data."""
    full = [name.removeprefix(UNNAMED) for name in header.unnamed if frame[name].null_count() < frame.height]
    if full:
        raise Refused(_("Hay datos en columnas sin nombre: la %(places)s.") % {"places": ", ".join(full)})
    return frame.drop(header.unnamed)


def _read_xlsx(path: Path, wanted: str, progress: Report) -> Sheet:
    import polars as pl

    guards.inspect(path)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="xlsx-") as folder:
        clean = Path(folder) / "clean.xlsx"
        name, extent, others = _clean_copy(path, clean, wanted, progress)
        progress(0, 0, _("Leyendo la hoja"))
        frame = _load(clean, name)
    if frame.height == 0 or frame.width == 0:
        return Sheet((), frame, 1)
    names = [column for column in frame.columns if column != ROW]
    head = frame.head(HEADER_WITHIN).filter(pl.any_horizontal(pl.col(names).is_not_null()))
    header = header_of(int(head[ROW][0]), list(head.row(0)[1:])) if head.height else header_of(1, [])
    rest = names[len(header.names) :]
    body = frame.filter(pl.col(ROW) > header.row)
    if rest and body.select(pl.any_horizontal(pl.col(rest).is_not_null().any())).item():
        raise Refused(_("Hay datos en columnas sin nombre, después de «%(last)s».") % {"last": header.names[-1]})
    body = body.select(pl.col(ROW), *(pl.col(old).alias(new) for old, new in zip(names, header.names, strict=False)))
    iso = pl.col(pl.String).str.replace(r"^(\d{4}-\d{2}-\d{2}) 00:00:00$", "$1")
    body = _tidy(body.with_columns(iso.str.replace(r"^1899-12-3[01] (\d{2}:\d{2}:\d{2})$", "$1")), header)
    source = _("Libro de Excel, hoja «%(name)s»%(others)s.") % {
        "name": name,
        "others": _(" (las otras %(n)d hojas no se leen)") % {"n": others} if others else "",
    }
    errors, total = _cell_errors(extent, header)
    return Sheet(_named(header), body, header.row + 1, source, tuple(errors), total)


def _clean_copy(path: Path, clean: Path, wanted: str, progress: Report) -> tuple[str, cells.Extent, int]:
    """Copies the looked-at parts into a new workbook, so that what was checked is exactly what is read."""
    with guards.opened(path) as (packed, book):
        name, part = _chosen(book, wanted)
        with zipfile.ZipFile(clean, "w", zipfile.ZIP_STORED, strict_timestamps=False) as copy:
            for other in packed.namelist():
                if other != part and _needed(other):
                    with copy.open(zipfile.ZipInfo(other), "w") as target:
                        target.writelines(guards.part_blocks(packed, other))
            with copy.open(zipfile.ZipInfo(part), "w") as target:
                extent = _measured(packed, part, target, progress)
        shared = next((other for other in packed.namelist() if other.lower().endswith("sharedstrings.xml")), None)
        check_text(
            (lambda: guards.part_blocks(packed, shared)) if shared else None,
            lambda: guards.part_blocks(packed, part),
            extent.cells,
        )
    return name, extent, len(book.sheets) - 1


def _measured(packed: zipfile.ZipFile, part: str, target: IO[bytes], progress: Report) -> cells.Extent:
    """Copies the worksheet while its cells are measured."""
    size, done = max(1, packed.getinfo(part).file_size), 0

    def copied() -> Iterator[bytes]:
        nonlocal done
        for block in guards.part_blocks(packed, part):
            target.write(block)
            done += len(block)
            yield block

    def report(row: int) -> None:
        progress(row, max(row, row * size // max(1, done)), _("Revisando el libro"))

    return cells.measure(copied(), report)


def _needed(name: str) -> bool:
    wanted = ("[content_types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml")
    return name.lower() in wanted or name.lower().endswith("sharedstrings.xml")


def _chosen(book: guards.Book, wanted: str) -> tuple[str, str]:
    if not wanted:
        return book.sheets[0]
    for name, part in book.sheets:
        if name.strip().casefold() == wanted.strip().casefold():
            return name, part
    found = ", ".join(f"«{name}»" for name, _part in book.sheets[:20])
    raise Refused(_("El libro no tiene la hoja «%(name)s»; tiene: %(found)s.") % {"name": wanted, "found": found})


def _load(path: Path, name: str) -> pl.DataFrame:
    """The worksheet as texts with its row numbers, through the Rust reader."""
    import fastexcel
    import polars as pl

    try:
        loaded = fastexcel.read_excel(path).load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        frame = loaded.to_polars()
    except fastexcel.FastExcelError as error:
        raise Refused(_("El libro de Excel está dañado: ábralo en Excel y guárdelo de nuevo.")) from error
    frame = frame.rename({old: f"c{place}" for place, old in enumerate(frame.columns)})
    return frame.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))


def _cell_errors(extent: cells.Extent, header: Header) -> tuple[list[CellError], int]:
    """Formulas and Excel's own error values, by row and column, header row apart."""

    def named(column: int) -> str:
        place = column - extent.first_column
        return header.names[place] if 0 <= place < len(header.names) else cells.column_letters(column)

    formula = _("La celda contiene una fórmula; pegue el valor.")
    fault = _("La celda muestra un error de Excel (como #N/D); escriba el valor.")
    errors = [CellError(row, named(column), "", formula) for row, column in extent.formulas]
    both = set(extent.formulas)
    errors += [CellError(row, named(column), "", fault) for row, column in extent.faults if (row, column) not in both]
    hidden = extent.formulas_total - len(extent.formulas)
    return errors, len(errors) + hidden

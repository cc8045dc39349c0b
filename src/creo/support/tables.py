"""What every list shares: pages by keyset, and files that a spreadsheet opens without running anything in them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from creo.support.clock import LIMA
from creo.support.refusals import Refused
from creo.support.ui.parts import Cell, Column, Row

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

PAGE_SIZE = 50
MAX_XLSX_ROWS = 1_048_575
MAX_CELL = 32_767
CSV_CHUNK = 2_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMERIC_TEXT = re.compile(r"[+-]?(?:\d{1,3}(?:[ ,]\d{3})+|\d+)(?:[.,]\d+)?%?")
# Number formats of the columns; Excel shows the separators of the reader's own country, the months in Spanish.
FORMATS = {
    "text": "@",
    "number": "#,##0",
    "decimal": "#,##0.0",
    "percent": "0.0%",
    "soles": '"S/" #,##0.00',
    "day": "dd/mm/yyyy",
    "month": "[$-280A]mmm yyyy",
    "moment": "dd/mm/yyyy hh:mm",
    "years": "0",
}

Heading = Column | str


# Pages ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TablePage[T]:
    """Some rows of a list, and the cursors of its neighbours (None at the ends)."""

    rows: list[T]
    next_cursor: str | None = None
    prev_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Keyset:
    """An order that pages through a list of any length at the same cost.

    `name` tells lists apart; `fields` are the columns of the order ("-" first for descending), never null, the last one
    unique. An index over them makes each page one seek.
    """

    name: str
    fields: tuple[str, ...]

    def page[M: Model](self, rows: QuerySet[M, Any], cursor: str | None = "", size: int = PAGE_SIZE) -> TablePage[Any]:
        """The page at a cursor (the first without one). Refused when it was altered or belongs to another list."""
        if not cursor:
            return self._forward(rows.order_by(*self.fields), None, size)
        back, place = self._read(cursor)
        if not back:
            return self._forward(rows.order_by(*self.fields).filter(self._after(place, back=False)), place, size)
        reverse = [name[1:] if name.startswith("-") else f"-{name}" for name in self.fields]
        found = list(rows.order_by(*reverse).filter(self._after(place, back=True))[: size + 1])
        more, kept = len(found) > size, found[:size][::-1]
        return TablePage(
            kept,
            next_cursor=self._cursor(kept[-1], back=False) if kept else None,
            prev_cursor=self._cursor(kept[0], back=True) if more else None,
        )

    def _forward(self, rows: QuerySet[Any, Any], place: list[Any] | None, size: int) -> TablePage[Any]:
        found = list(rows[: size + 1])
        more, kept = len(found) > size, found[:size]
        return TablePage(
            kept,
            next_cursor=self._cursor(kept[-1], back=False) if more else None,
            prev_cursor=self._cursor(kept[0], back=True) if place is not None and kept else None,
        )

    def _after(self, place: list[Any], *, back: bool) -> Q:
        """Rows beyond a place: (a > x) or (a = x and b > y) or…"""
        condition, equal = Q(), Q()
        for name, value in zip(self.fields, place, strict=True):
            plain = name.removeprefix("-")
            rising = name.startswith("-") == back
            condition |= equal & Q(**{f"{plain}__{'gt' if rising else 'lt'}": value})
            equal &= Q(**{plain: value})
        return condition

    def _cursor(self, row: Any, *, back: bool) -> str:
        place = [_json(_value_of(row, name.removeprefix("-"))) for name in self.fields]
        return self._signer().sign_object([back, *place])

    def _read(self, cursor: str) -> tuple[bool, list[Any]]:
        try:
            back, *place = self._signer().unsign_object(cursor)
        except (signing.BadSignature, ValueError, TypeError):
            back, place = None, []
        if not isinstance(back, bool) or len(place) != len(self.fields):
            raise Refused(_("La dirección de esta página no es válida: vuelva al inicio de la lista."))
        return back, place

    def _signer(self) -> signing.Signer:
        return signing.Signer(salt=f"keyset:{self.name}:{','.join(self.fields)}")


def _value_of(row: Any, name: str) -> Any:
    if isinstance(row, dict):
        return row[name]
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def _json(value: Any) -> Any:
    if value is None:
        raise ValueError("Un orden por clave no admite columnas nulas.")
    return value if isinstance(value, int | str) else value.isoformat() if isinstance(value, dt.date) else str(value)


# Files ----------------------------------------------------------------------------------------------------------------


def export_csv(columns: Sequence[Heading], rows: Iterable[Any], *, delimiter: Literal[";", ","] = ";") -> bytes:
    """The list as CSV: UTF-8 with BOM, CRLF, and no cell that a spreadsheet would run as a formula."""
    return b"".join(stream_csv(columns, rows, delimiter=delimiter))


def stream_csv(
    columns: Sequence[Heading], rows: Iterable[Any], *, delimiter: Literal[";", ","] = ";"
) -> Iterator[bytes]:
    """The same by pieces, for lists that should not stand in memory."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([_safe(_label(column)) for column in columns])
    yield b"\xef\xbb\xbf"
    for number, row in enumerate(rows, 1):
        writer.writerow([_csv_text(value) for value in _cells(row)])
        if number % CSV_CHUNK == 0:
            yield _drain(buffer)
    yield _drain(buffer)


def _drain(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")


def export_xlsx(
    columns: Sequence[Heading],
    rows: Iterable[Any],
    *,
    title: str = "",
    facts: Sequence[tuple[str, object]] = (),
    mark: str = "",
) -> bytes:
    """The list as a workbook, row by row in constant memory. Refused over the rows that a sheet holds.

    With `facts` (who, when, filters…) a first sheet tells them under the title; the list stands in the next one. Texts
    stay texts: leading zeros are kept, and nothing becomes a formula or a link. `mark` is printed on every page.
    """
    import xlsxwriter

    target = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    book = xlsxwriter.Workbook(target, options)
    book.set_properties({"title": title[:255], "company": "CREO"})
    name = _sheet_name(title)
    if facts:
        _write_facts(book, title, facts, _("Ficha") if name.casefold() != _("Ficha").casefold() else _("Datos"))
    _write_rows(book, book.add_worksheet(name), columns, rows)
    if mark:
        _print_mark(book, mark)
    book.close()
    return target.getvalue()


def _print_mark(book: Workbook, mark: str) -> None:
    """On the head and foot of each printed page; an ampersand would be an order to the printer: it goes as a letter."""
    said = mark.replace("&", "＆")[:230]  # the letter that looks like it
    for sheet in book.worksheets():
        sheet.set_header(f"&C&8{said}")
        sheet.set_footer(f"&L&8{said}&R&8&P / &N")


def _write_facts(book: Workbook, title: str, facts: Sequence[tuple[str, object]], name: str) -> None:
    sheet = book.add_worksheet(name)
    heading, label = book.add_format({"bold": True, "font_size": 14}), book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "align": "left"})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 80)
    sheet.write_string(0, 0, title[:MAX_CELL], heading)
    for number, (what, value) in enumerate(facts, 2):
        sheet.write_string(number, 0, str(what)[:MAX_CELL], label)
        sheet.write_string(number, 1, _plain_text(value)[:MAX_CELL], wrapped)


def _write_rows(book: Workbook, sheet: Worksheet, columns: Sequence[Heading], rows: Iterable[Any]) -> None:
    formats = {kind: book.add_format({"num_format": code}) for kind, code in FORMATS.items()}
    kinds = [column.kind if isinstance(column, Column) else "" for column in columns]
    header = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#E3F0EE"})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, min(40, max(11, len(_label(column)) + 2)))
        sheet.write_string(0, place, _label(column), header)
    sheet.freeze_panes(1, 0)
    number = 0
    for number, row in enumerate(rows, 1):
        if number > MAX_XLSX_ROWS:
            book.close()
            raise Refused(_("La lista tiene más filas de las que caben en una hoja de Excel: descárguela como CSV."))
        for place, value in enumerate(_cells(row)):
            _write_cell(sheet, number, place, value, kinds[place] if place < len(kinds) else "", formats)
    if number and columns:
        sheet.autofilter(0, 0, number, len(columns) - 1)


def _write_cell(sheet: Worksheet, row: int, place: int, value: Any, kind: str, formats: dict[str, Format]) -> None:
    value = _bare(value)
    if value is None or value == "":
        return
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | dt.date):
        sheet.write_string(row, place, _plain_text(value)[:MAX_CELL], formats["text"])
    elif isinstance(value, dt.datetime):
        local = value.astimezone(LIMA).replace(tzinfo=None) if value.tzinfo else value
        sheet.write_datetime(row, place, local, formats[kind if kind in ("day", "month") else "moment"])
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, place, value, formats["month" if kind == "month" else "day"])
    else:
        sheet.write_number(row, place, value, formats[kind] if kind in formats and kind != "text" else None)


def _sheet_name(title: str) -> str:
    """A name that Excel takes: 31 letters, none of []:*?/\\, no quote at the ends."""
    plain = " ".join(re.sub(r"[\[\]:*?/\\\x00-\x1f]+", " ", title).split()).strip("'")[:31].strip(" '")
    return plain if plain and plain.casefold() != "history" else _("Datos")


def _cells(row: Any) -> Sequence[Any]:
    return row.cells if isinstance(row, Row) else row


def _label(column: Heading) -> str:
    return str(column.label if isinstance(column, Column) else column)


def _bare(value: Any) -> Any:
    """The value of a cell: a component's word when it has one, a Money's amount."""
    if isinstance(value, Cell):
        value = value.word or value.value
    return getattr(value, "amount", value)


def _plain_text(value: Any) -> str:
    value = _bare(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Sí") if value else _("No")
    if isinstance(value, dt.datetime):
        return (value.astimezone(LIMA) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M")
    return str(value)


def _csv_text(value: Any) -> str:
    bare = _bare(value)
    text = _plain_text(bare)
    return text if isinstance(bare, int | float | Decimal) else _safe(text)


def _safe(text: str) -> str:
    """Text that a spreadsheet shows and does not run: an apostrophe goes before signs that begin formulas."""
    if text.startswith(FORMULA_STARTS) and not NUMERIC_TEXT.fullmatch(text):
        return f"'{text}"
    return text

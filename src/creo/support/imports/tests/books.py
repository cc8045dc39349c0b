"""Workbooks made by hand for tests: honest ones, and ones that no program would write."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SHEET = "xl/worksheets/sheet1.xml"
CONTENT_TYPES = (
    f'{XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
ROOT_RELS = (
    f'{XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
BOOK_RELS = (
    f'{XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{RELS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
BOOK = (
    f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{RELS}">'
    '<sheets><sheet name="Lista" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


def sheet_xml(rows: str, before: str = "", after: str = "") -> str:
    """A worksheet around its rows."""
    return f'{XML}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def text_cell(ref: str, text: str) -> str:
    """A cell with its text inside."""
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


def parts(sheet: str = "", **others: str | bytes) -> dict[str, str | bytes]:
    """The parts of a small workbook, in order; `others` are more parts or replaced ones (name with / as __)."""
    plain = sheet or sheet_xml(f'<row r="1">{text_cell("A1", "DNI")}</row><row r="2">{text_cell("A2", "1")}</row>')
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": ROOT_RELS,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": BOOK_RELS,
        SHEET: plain,
    }
    return found | {name.replace("__", "/"): content for name, content in others.items()}


def write(path: Path, content: Mapping[str, str | bytes]) -> Path:
    """Packs parts into a file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in content.items():
            packed.writestr(name, data)
    return path


def lying(path: Path, part: str, content: Mapping[str, str | bytes], declared: int) -> Path:
    """A workbook whose directory and header declare a false size for one part."""
    write(path, content)
    raw = bytearray(path.read_bytes())
    name = part.encode()
    for signature, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        start = raw.find(signature)
        while start >= 0:
            if raw[start + name_at : start + name_at + len(name)] == name:
                raw[start + size_at : start + size_at + 4] = struct.pack("<I", declared)
            start = raw.find(signature, start + 4)
    path.write_bytes(raw)
    return path


def excel(path: Path, rows: Sequence[Sequence[Any]], formulas: Mapping[tuple[int, int], str] | None = None) -> Path:
    """A workbook as Excel's own library for Python writes it: values by type, formulas where asked (from 0)."""
    import datetime as dt

    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"strings_to_urls": False, "strings_to_formulas": False})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("Lista")
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(number, place, value, day)
            elif value is not None:
                sheet.write(number, place, value)
    for (number, place), formula in (formulas or {}).items():
        sheet.write_formula(number, place, formula, None, 7)
    book.close()
    return path


def zipped(name: str, data: bytes) -> bytes:
    """A small archive, to be hidden in another."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, data)
    return target.getvalue()

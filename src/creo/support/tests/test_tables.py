"""Lists: pages by keyset that nobody can forge, and files in which nothing runs."""

from __future__ import annotations

import datetime as dt
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from creo.support import clock
from creo.support.ledger.models import Entry
from creo.support.ledger.triggers import lifted
from creo.support.refusals import Refused
from creo.support.tables import Keyset, export_csv, export_xlsx, stream_csv
from creo.support.ui.parts import Cell, Column, Row

# Keyset ---------------------------------------------------------------------------------------------------------------

LEDGER = Keyset("prueba", ("act", "-id"))


@pytest.fixture
def entries(db: object) -> list[tuple[str, int]]:
    """Twenty-three acts of three kinds, in the order of LEDGER."""
    now = clock.now()
    made = [
        Entry.objects.create(at=now, actor="Alicia", act=f"acto-{number % 3}", subject_kind="x", subject_code="y")
        for number in range(23)
    ]
    return sorted(((entry.act, entry.pk) for entry in made), key=lambda pair: (pair[0], -pair[1]))


def keys(rows: list[Any]) -> list[tuple[str, int]]:
    return [(row.act, row.pk) for row in rows]


@pytest.mark.parametrize("size", [1, 4, 22, 23, 50])
def test_every_row_comes_once_forwards_and_back(entries: list[tuple[str, int]], size: int) -> None:
    pages, cursor = [], ""
    while cursor is not None:
        page = LEDGER.page(Entry.objects.all(), cursor, size)
        pages.append(page)
        cursor = page.next_cursor
    assert [key for page in pages for key in keys(page.rows)] == entries
    assert pages[0].prev_cursor is None
    back = [keys(pages[-1].rows)]
    cursor = pages[-1].prev_cursor
    while cursor is not None:
        page = LEDGER.page(Entry.objects.all(), cursor, size)
        back.insert(0, keys(page.rows))
        assert page.next_cursor is not None
        cursor = page.prev_cursor
    assert back == [keys(page.rows) for page in pages]


def test_rows_that_come_or_go_do_not_shift_the_pages(entries: list[tuple[str, int]]) -> None:
    first = LEDGER.page(Entry.objects.all(), "", 5)
    with lifted(connection):
        Entry.objects.filter(pk=entries[0][1]).delete()
        connection.check_constraints()  # while something waits for the end, PostgreSQL alters no trigger
    now = clock.now()
    Entry.objects.create(at=now, actor="Beto", act="acto-0", subject_kind="x", subject_code="y")
    second = LEDGER.page(Entry.objects.all(), first.next_cursor, 5)
    assert keys(second.rows) == entries[5:10]


def test_the_order_may_hold_dates_and_rows_may_be_dicts(entries: list[tuple[str, int]]) -> None:
    order = Keyset("fechas", ("-at", "id"))
    rows = Entry.objects.values("id", "at")
    first = order.page(rows, "", 10)
    second = order.page(rows, first.next_cursor, 20)
    assert len({row["id"] for row in [*first.rows, *second.rows]}) == 23


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["x", "WzFd:x", "[false,1]", "é" * 40, "a:b:c", "\x00"])
def test_a_forged_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Refused, match="no es válida"):
        LEDGER.page(Entry.objects.all(), cursor)


def test_a_cursor_of_another_list_or_order_is_refused(entries: list[tuple[str, int]]) -> None:
    cursor = LEDGER.page(Entry.objects.all(), "", 5).next_cursor
    for other in (Keyset("otra", LEDGER.fields), Keyset(LEDGER.name, ("act", "id"))):
        with pytest.raises(Refused):
            other.page(Entry.objects.all(), cursor)
    assert cursor is not None
    for place in range(0, len(cursor), 3):
        changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        with pytest.raises(Refused):
            LEDGER.page(Entry.objects.all(), changed)


@pytest.mark.django_db
def test_an_empty_list_has_no_neighbours() -> None:
    page = LEDGER.page(Entry.objects.all())
    assert (page.rows, page.next_cursor, page.prev_cursor) == ([], None, None)


# CSV ------------------------------------------------------------------------------------------------------------------


def test_csv_opens_in_a_spreadsheet_with_its_accents() -> None:
    columns = [Column("Penal"), Column("Población", "number"), "Fecha"]
    rows = [["E.P. Áncash; anexo", 1210, dt.date(2026, 11, 23)], Row([Cell("x", word="Sí"), None, True])]
    assert export_csv(columns, rows) == (
        b'\xef\xbb\xbfPenal;Poblaci\xc3\xb3n;Fecha\r\n"E.P. \xc3\x81ncash; anexo";1210;2026-11-23\r\n'
        b"S\xc3\xad;;S\xc3\xad\r\n"
    )
    assert export_csv(["A", "B"], [[1, "x,y"]], delimiter=",") == b'\xef\xbb\xbfA,B\r\n1,"x,y"\r\n'


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("-5", "-5"),
        ("+51", "+51"),
        ("-1 234,50", "-1 234,50"),
        ("-12,5%", "-12,5%"),
        (-5, "-5"),
        (Decimal("-1.50"), "-1.50"),
        ("00123456", "00123456"),
        ("a=b", "a=b"),
        ("-", "'-"),
    ],
)
def test_nothing_in_a_csv_is_a_formula(value: object, written: str) -> None:
    assert export_csv(["A"], [[value]]).decode("utf-8-sig") == f"A\r\n{written}\r\n"


def test_headings_are_made_safe_too() -> None:
    assert export_csv(["=A"], []).decode("utf-8-sig") == "'=A\r\n"


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=8), min_size=2, max_size=4))
def test_no_text_comes_out_as_a_formula_or_loses_its_content(cells: list[str]) -> None:
    import csv
    import io

    text = export_csv([f"c{n}" for n in range(len(cells))], [cells]).decode("utf-8-sig")
    _header, row = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    for cell, original in zip(row, cells, strict=True):
        assert cell in (original, f"'{original}")
        assert not cell.startswith(("=", "@", "\t", "\r", "\n"))


def test_a_long_list_is_written_by_pieces() -> None:
    given_out: list[int] = []

    def rows() -> Iterator[list[object]]:
        for number in range(10_000):
            given_out.append(number)
            yield [number, "x" * 50]

    pieces = stream_csv(["A", "B"], rows())
    next(pieces)
    next(pieces)
    assert len(given_out) < 5_000
    assert sum(piece.count(b"\r\n") for piece in pieces) > 7_000


# XLSX -----------------------------------------------------------------------------------------------------------------


def read(content: bytes, tmp_path: Path, sheet: str = "") -> list[tuple[Any, ...]]:
    """The workbook as our own reader sees it, header first."""
    from creo.support.imports.reading import ROW, read_table

    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    table = read_table(path, sheet=sheet)
    assert table.errors_total == 0, "la hoja tiene fórmulas"
    return [table.columns, *table.frame.drop(ROW).rows()]


def test_a_workbook_keeps_texts_zeros_dates_and_numbers(tmp_path: Path) -> None:
    columns = [
        Column("DNI"),
        Column("Nacimiento", "day"),
        Column("Población", "number"),
        Column("Parte", "percent"),
        "Nota",
    ]
    rows = [
        ["00123456", dt.date(1990, 1, 5), 103_717, 0.125, '=HYPERLINK("x")'],
        Row([Cell("1e5"), None, Decimal("1.5"), -0.5, "http://x.example"]),
        ["", None, None, None, True],
    ]
    assert read(export_xlsx(columns, rows, title="Penales"), tmp_path) == [
        ("DNI", "Nacimiento", "Población", "Parte", "Nota"),
        ("00123456", "1990-01-05", "103717", "0.125", '=HYPERLINK("x")'),
        ("1e5", None, "1.5", "-0.5", "http://x.example"),
        (None, None, None, None, "Sí"),
    ]


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_nothing_in_a_workbook_is_a_formula_or_a_link() -> None:
    hostile = ["=1+1", "{=A1}", "+1", "@x", "http://x.example", "mailto:x@example.org", "internal:A1", "file:///etc"]
    xml = parts(export_xlsx(["A"] * len(hostile), [hostile]))
    assert "<f" not in xml["xl/worksheets/sheet1.xml"]
    assert "hyperlink" not in "".join(xml.values())


def test_the_first_sheet_tells_what_the_list_is(tmp_path: Path) -> None:
    facts = [("Pedido por", "Alicia"), ("Corte", dt.date(2026, 11, 23)), ("Filtro", "=penal"), ("Hora", clock.now())]
    content = export_xlsx(["DNI"], [["1"]], title="Personas/elegibles: [nación]", facts=facts)
    assert read(content, tmp_path, sheet="Personas elegibles nación") == [("DNI",), ("1",)]
    first = parts(content)["xl/worksheets/sheet1.xml"]
    assert "Personas/elegibles: [nación]" in first
    assert "2026-11-23" in first
    assert "=penal" in first
    assert "<f" not in first


def test_the_header_is_bold_frozen_and_filtered() -> None:
    xml = parts(export_xlsx([Column("A", "number"), Column("B")], [[1, "x"], [2, "y"]]))
    sheet = xml["xl/worksheets/sheet1.xml"]
    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in sheet
    assert '<autoFilter ref="A1:B3"/>' in sheet
    assert "<b/>" in xml["xl/styles.xml"]
    assert 'formatCode="#,##0"' in xml["xl/styles.xml"] or 'numFmtId="3"' in xml["xl/styles.xml"]


@pytest.mark.parametrize("title", ["", "History", "''", "a" * 60, "[]:*?/\\", "Ficha", "\x01"])
def test_any_title_makes_a_sheet_that_opens(title: str, tmp_path: Path) -> None:
    content = export_xlsx(["DNI"], [["1"]], title=title, facts=[("Quién", "Alicia")])
    path = tmp_path / "b.xlsx"
    path.write_bytes(content)
    import fastexcel

    names = fastexcel.read_excel(path).sheet_names
    assert len(names) == len(set(names)) == 2
    assert all(0 < len(name) <= 31 for name in names)


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("creo.support.tables.MAX_XLSX_ROWS", 3)
    assert export_xlsx(["A"], ([n] for n in range(3)))
    with pytest.raises(Refused, match="CSV"):
        export_xlsx(["A"], ([n] for n in range(4)))


def test_values_that_are_not_numbers_do_not_break_the_file(tmp_path: Path) -> None:
    content = export_xlsx(["A", "B", "C"], [[float("nan"), float("inf"), "x" * 40_000]])
    assert content.startswith(b"PK")


def test_twenty_thousand_rows_are_written_in_seconds_and_little_memory() -> None:
    columns = [Column(f"C{n}") for n in range(10)]
    tracemalloc.start()
    began = time.process_time()
    content = export_xlsx(columns, (["00123456", "texto", *range(8)] for _ in range(20_000)))
    elapsed = time.process_time() - began
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert elapsed < 20
    assert peak < 20 * 2**20
    assert len(content) > 100_000

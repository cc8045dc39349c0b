"""The extent of a sheet is never less than what the reader of XLSX would lay out, however strangely it is written."""

from __future__ import annotations

import tempfile
from pathlib import Path

import fastexcel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creo.support.imports import cells
from creo.support.imports.tests.books import parts, sheet_xml, text_cell, write
from creo.support.refusals import Refused

# What hid a cell from an earlier version of this reading, or might: small places, so that a miss does no harm.
FRAGMENTS = """
<row r="2">|<row>|</row>|<row r="800">|<row r="500"/>|<row spans="1:2" r="300" >|<x:row r="400">|</x:row>|<row r="x">
<c r="B2">|<c r="C90" >|<c r="A1"/>|<c r="ZZ5"  t="n">|<c>|</c>|<c r="I9" t="e">|<c r="J3" s="1" />
<c s="/" r="K30">|<c s="/>" r="L40">|<c s=">" r="M50">|<c s="<" r="N60">|<c r="O77"x="1">|<c r ="P88">|<c r= "Q99">
<c xr="A1" r="R66">|<c r="s55">|<C r="T44">|<c r="U33" r="V22">|<c r="">|<c r="W">|<c r="11">|<c r="X0">|<c r="Y-1">
<c r="$AA$6">|<c r="AB007">|<x:c r="H80">|</x:c>|<x:v>1</x:v>|<c:c r="AJ15"><c:v>1</c:v></c:c>|<c/r="AK16">|<cc r="AH5">
<v>1</v>|<v>|</v>|<v/>|<is><t>a</t></is>|<f>1</f>|text|&amp;|"|'|=|/>|</sheetData>|<sheetData>|<q a="</row>|<q a="">
<!---->|<?a?>|<![CDATA[<c r="AC500"><v>1</v></c>]]>|<mergeCells/>
"""
PIECES = [piece for line in FRAGMENTS.strip().splitlines() for piece in line.split("|")]
ROW = st.sampled_from(
    [
        '<row r="3"><c r="A3" s="1"><v>0</v></c><c r="B3" s="1"/></row>',
        "<row><c><v>1</v></c><c><v>1</v></c></row>",
        '<row r="7"><c><v>1</v></c></row>',
        "<row><c><v>1</v></c><c><v>1</v></c><c><v>1</v></c><c><v>1</v></c></row>",
    ]
)
HIDDEN = [
    '<row r="1"></x:row><c><v>3</v></c></row>',
    '<row r="1"><c r="D4" t="inlineStr"><is><t>q</t></is></c><c r="U33" r="V22"><v>3</v></c></row>',
    '<row r="1"><row r="500"/><c><v>3</v></c></row>',
    '<row><c><v>1</v></c><c><v><c r="A1"/>1</v></c><c><v>1</v></c><c><v>1</v></c></row><row r="2"><c r="A2"/></row>',
    '<row><c><v>1</v></c><c:c r="AJ15"><c:v>1</c:v></c:c><c><v>1</v><v></row><row r="2"><c r="A2"/></row><row><c> </c>1'
    "</v></c><c><v>1</v></c><c><v>1</v></c><c><v>1</v></c></row>",
    '<row r="900"><c r="A900"><v>1</v></c></row><q a="</row><row r="1"><c r="A1"><f/></c></row>"/><row><c><v>1</v></c>'
    "</row>",
    '<row r="1"><c r="A1"><v>0</v></c></row><row r="2"><c r="A2"><v></x:c>0</v></c><c r="B2"></row>1</v></c><v><row>'
    '<c><v>1</v></c><c><v>1</v></c><c><v>1</v></c><c><v>1</v></c></row><row r="4"><c r="A4"/></row>',
]


def never_less(rows: str, block: int) -> None:
    """Refused, or measured at least as large as what the reader makes of it."""
    data = sheet_xml(rows).encode()
    try:
        extent = cells.measure(data[at : at + block] for at in range(0, len(data), block))
    except Refused:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "a.xlsx", parts(data.decode()))
        try:
            sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
        except fastexcel.FastExcelError:
            return
        height, width = sheet.height, sheet.width
    assert not height or height <= extent.last_row
    assert not width or width <= extent.last_column - extent.first_column + 1


@settings(max_examples=400, deadline=None)
@given(
    rows=st.lists(ROW | st.sampled_from(PIECES), min_size=1, max_size=9),
    block=st.sampled_from([30, 70, 150, 2**20]),
)
def test_no_writing_hides_a_cell(rows: list[str], block: int) -> None:
    never_less("".join(rows), block)


@pytest.mark.parametrize("block", [30, 70, 150, 2**20])
@pytest.mark.parametrize("rows", HIDDEN)
def test_what_once_hid_a_cell_does_so_no_more(rows: str, block: int) -> None:
    never_less(rows, block)


def test_cells_without_their_place_are_followed_row_by_row() -> None:
    rows = '<row><c/><c><v>1</v></c></row><row/><row r="7"><c><v>1</v></c></row><row><c/><c/><c><v>1</v></c></row>'
    extent = cells.measure([sheet_xml(rows).encode()])
    assert (extent.cells, extent.first_column, extent.last_column, extent.last_row) == (3, 1, 3, 8)


def test_cells_are_measured_alike_however_the_bytes_are_cut() -> None:
    rows = "".join(
        f'<row r="{n}">{text_cell(f"B{n}", "x")}<c r="D{n}" s="1"/><c r="AA{n}" t="e"><f>1/0</f><v>#N/A</v></c></row>'
        for n in range(1, 40)
    )
    data = sheet_xml(rows, after="<mergeCells><mergeCell ref='A1:B1'/></mergeCells>").encode()
    whole = cells.measure([data])
    assert (whole.cells, whole.first_column, whole.last_column, whole.last_row) == (78, 2, 27, 39)
    assert whole.formulas[:2] == [(1, 27), (2, 27)]
    assert (whole.formulas_total, whole.faults_total) == (39, 39)
    for size in (7, 50, 113, 1000):
        assert cells.measure(data[at : at + size] for at in range(0, len(data), size)) == whole


@pytest.mark.parametrize(("letters", "number"), [("A", 1), ("Z", 26), ("AA", 27), ("SF", 500), ("XFD", 16384)])
def test_columns_have_letters_and_numbers(letters: str, number: int) -> None:
    assert cells.column_number(letters) == cells.column_number(letters.lower()) == number
    assert cells.column_letters(number) == letters

"""A sheet that repeats a long string in every cell is refused before it becomes gigabytes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from creo.support.imports import reading, strings
from creo.support.imports.strings import check_text
from creo.support.imports.tests.books import MAIN, parts, sheet_xml, write
from creo.support.refusals import Refused


def shared(*texts: str) -> bytes:
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<sst xmlns="{MAIN}" count="9" uniqueCount="9">{items}</sst>'.encode()
    )


def rows(*values: object) -> bytes:
    return "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{v}</v></c></row>' for n, v in enumerate(values, 1)).encode()


def blocks(data: bytes, size: int = 2**20) -> strings.Blocks:
    return lambda: (data[at : at + size] for at in range(0, len(data), size))


@pytest.fixture
def true_limits() -> None:
    """Asked for by the tests that keep the limits of production."""


@pytest.fixture(autouse=True)
def _small_limits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "true_limits" not in request.fixturenames:
        monkeypatch.setattr(strings, "SAFE_TEXT", 100)
        monkeypatch.setattr(strings, "MAX_TEXT", 200)


def test_the_longest_string_in_every_cell_is_the_first_bound() -> None:
    check_text(blocks(shared("x" * 10, "y")), blocks(b"not read"), 10)
    with pytest.raises(Refused):
        check_text(blocks(shared("x" * 10, "y")), blocks(rows(*[0] * 21)), 21)


@pytest.mark.parametrize("size", [5, 33, 2**20])
def test_then_each_cell_counts_with_its_own_string(size: int) -> None:
    texts = blocks(shared("x" * 50, "y", "z" * 9), size)
    check_text(texts, blocks(rows(0, 0, 0, *[1] * 40, 7), size), 44)
    with pytest.raises(Refused):
        check_text(texts, blocks(rows(0, 0, 0, *[1] * 40, 2, 0), size), 45)


def test_rich_strings_count_whole_and_keep_their_turn() -> None:
    rich = "<r><rPr><b/></rPr><t>" + "x" * 60 + "</t></r><r><t>y</t></r>"
    part = shared("a").replace(b"</sst>", f"<si>{rich}</si><si><t/></si><si><t>b</t></si></sst>".encode())
    check_text(blocks(part), blocks(rows(0, 3, 3, 3, 2)), 5)
    with pytest.raises(Refused):
        check_text(blocks(part), blocks(rows(1, 1)), 2)


@pytest.mark.parametrize(
    "part",
    [
        shared("x" * 60).replace(b"<si>", b"<x:si>").replace(b"</si>", b"</x:si>"),
        shared("x" * 60).replace(b"<si>", b"<si/><si>"),
        shared("x" * 60).replace(b"<t>", b'<t a="</si>">'),
        shared("x" * 60).replace(b"xxxx", b'xx<q a="></si>"/>xx'),
        shared("x" * 60).replace(b"<sst", b"<!-- --><sst"),
        shared("x" * 60).replace(b"<t>", b"<t><t>"),
        shared("x" * 60).replace(b"</t>", b"</u>"),
        b"<other>" + shared("x" * 60),
    ],
)
def test_strings_written_in_strange_ways_count_as_one(part: bytes) -> None:
    with pytest.raises(Refused):
        check_text(blocks(part), blocks(rows(0, 0)), 2)


@pytest.mark.parametrize("value", ["<v> 0</v>", "<v>+0</v>", "<v>&#48;</v>", "<x:v>0</x:v>", "<v a=''>0</v><v/>"])
def test_places_written_in_strange_ways_are_refused(value: str) -> None:
    with pytest.raises(Refused):
        check_text(blocks(shared("x" * 60)), blocks(rows(9) + f"<row><c>{value}</c></row>".encode()), 2)


def test_numbers_and_words_in_cells_are_not_strings() -> None:
    check_text(blocks(shared("x" * 60)), blocks(rows("1.5", "-0", "1e5", "hola", "", 1, 99999999999999)), 7)


@pytest.mark.usefixtures("true_limits")
def test_the_bomb_of_one_long_string_is_refused_at_once(tmp_path: Path) -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 200_001))
    content = parts(sheet_xml(cells), **{"xl/sharedStrings.xml": shared(" ".join(str(n) for n in range(9_000)))})
    path = write(tmp_path / "a.xlsx", content)
    began = time.process_time()
    with pytest.raises(Refused, match="demasiado texto"):
        reading.read_table(path)
    assert time.process_time() - began < 3
    assert path.stat().st_size < 2_000_000


@pytest.mark.usefixtures("true_limits")
def test_an_honest_list_with_one_long_note_is_read(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for row in range(20_001):
        for column in range(4):
            sheet.write_string(row, column, f"C{column}" if not row else "SENTENCIADO")
    sheet.write_string(7, 3, "nota " * 6_000)
    book.close()
    assert reading.read_table(path).height == 20_000

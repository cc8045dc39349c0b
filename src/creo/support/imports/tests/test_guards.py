"""Every hostile or mistaken file is refused at once, with little memory, before anything opens it."""

from __future__ import annotations

import contextlib
import stat
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from creo.support.imports import cells, guards, reading
from creo.support.imports.tests import books
from creo.support.imports.tests.books import SHEET, parts, sheet_xml, text_cell, write
from creo.support.refusals import Refused

SECONDS = 0.5
MEMORY = 16 * 2**20

Maker = Callable[[Path], object]


@pytest.fixture(scope="module", autouse=True)
def _warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Loading the libraries is not the file's fault."""
    folder = tmp_path_factory.mktemp("warm")
    reading.read_table(write(folder / "warm.xlsx", parts()))
    (folder / "warm.csv").write_bytes(b"DNI;N\n1;2\n")
    reading.read_table(folder / "warm.csv")


def _bomb(path: Path) -> object:
    row = '<row r="1"><c r="A1"><v>1</v></c></row>'
    return write(path, parts(sheet_xml(row * 3_000_000)))


def _strings_bomb(path: Path) -> object:
    return write(
        path, parts(xl__sharedStrings_xml="", **{"xl/sharedStrings.xml": "<sst>" + " " * 150_000_000 + "</sst>"})
    )


def _many_parts(path: Path) -> object:
    return write(path, parts(**{f"xl/media/{n}.txt": "" for n in range(5_000)}))


def _symbolic_link(path: Path) -> object:
    write(path, parts())
    with zipfile.ZipFile(path, "a") as packed:
        link = zipfile.ZipInfo("xl/secret.xml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
    return path


def _twice(path: Path) -> object:
    write(path, parts())
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("xl/Worksheets/SHEET1.xml", sheet_xml(text_cell("A1", "otra")))
    return path


def _relation(target: str, kind: str) -> str:
    relation = f'<Relationship Id="r9" Type="{books.RELS}/{kind}" Target="{target}" TargetMode="External"/>'
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relation}</Relationships>'


def _sheet(xml: str) -> Maker:
    return lambda path: write(path, parts(xml))


def _rows(rows: str) -> Maker:
    return _sheet(sheet_xml(rows))


def _with(**others: str | bytes) -> Maker:
    return lambda path: write(path, parts(**others))


HEAD = f'<row r="1">{text_cell("A1", "DNI")}</row>'
DTD = '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;">]>'
UTF16_DTD = f'<?xml version="1.0" encoding="UTF-16"?>{DTD}<sst/>'.encode("utf-16")

HOSTILE: dict[tuple[str, str], Maker] = {
    ("a million attributes in a cell", "mal formada"): _rows(HEAD + f"<row><c {'a' * 900_000}><v>1</v></c></row>"),
    ("a million equals in a cell", "mal formada"): _rows(HEAD + f"<row><c {'a= ' * 300_000}><v>1</v></c></row>"),
    ("a sheet that unpacks a thousand times", "expande"): _bomb,
    ("strings that unpack a thousand times", "expande"): _strings_bomb,
    ("thousands of parts", "demasiadas partes"): _many_parts,
    ("one value in the last cell", "XFD1048576"): _rows(HEAD + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    ("a value far below and another far right", "NA1048576"): _rows(
        HEAD + f'<row r="1048576">{text_cell("NA1048576", "x")}</row>'
    ),
    ("a last cell without its reference", "OJ1048576"): _rows(
        HEAD + '<row r="1048576">' + "<c><v>1</v></c>" * 400 + "</row>"
    ),
    ("a last cell whose row lies", "XFC1048576"): _rows(HEAD + '<row r="2"><c r="XFC1048576"><v>1</v></c></row>'),
    ("a row beyond all rows", "A9999999"): _rows(HEAD + '<row r="9999999"><c><v>1</v></c></row>'),
    ("a row number of forty digits", "fila se llama"): _rows(HEAD + f'<row r="{"9" * 40}"><c><v>1</v></c></row>'),
    ("a column of four letters", "AAAA2"): _rows(HEAD + '<row r="2"><c r="AAAA2"><v>1</v></c></row>'),
    ("a last cell in single quotes", "XFD1048576"): _rows(
        HEAD + "<row r='2'><c s='1' r='XFD1048576'><v>1</v></c></row>"
    ),
    ("a last cell with a prefix", "XFD1048576"): _rows(
        HEAD + '<y:row xmlns:y="z" r="2"><y:c r="XFD1048576"><y:v>1</y:v></y:c></y:row>'
    ),
    ("a last cell behind a false attribute", "XFD1048576"): _rows(
        HEAD + """<row><c q=" r='A1' " r="XFD1048576"><v>1</v></c></row>"""
    ),
    ("a last cell behind a false end", "mal formada"): _rows(
        HEAD + '<row q="</sheetData>" r="2"><c r="XFD1048576"><v>1</v></c></row>'
    ),
    ("a last cell behind a broken tag", "mal formada"): _rows(
        HEAD + '<row r="2"><c q="<" r="XFD1048576"><v>1</v></c></row>'
    ),
    ("a cell with two references", "mal formada"): _rows(
        HEAD + '<row r="2"><c t="n" r="A2" r="XFD1048576"><v>1</v></c></row>'
    ),
    ("a cell referred to by an entity", "celda se llama"): _rows(
        HEAD + '<row r="2"><c r="&#88;FD1048576"><v>1</v></c></row>'
    ),
    ("a false end in a comment", "marcas"): _rows(
        HEAD + '<!-- </sheetData> --><row r="2"><c r="XFD9"><v>1</v></c></row>'
    ),
    ("a false end in an instruction", "marcas"): _rows(
        HEAD + '<?x </sheetData> ?><row r="2"><c r="XFD9"><v>1</v></c></row>'
    ),
    ("a dimension of the whole sheet", "A1:XFD1048576"): _sheet(
        sheet_xml(HEAD, before='<dimension ref="A1:XFD1048576"/>')
    ),
    ("a row that never ends", "ocupa demasiado"): _rows(
        HEAD + "".join(f"<x{n * 7919 % 10**7}>" for n in range(1_300_000))
    ),
    ("entities in the sheet", "entidades"): _sheet(DTD + sheet_xml(HEAD)),
    ("entities in the strings", "entidades"): _with(**{"xl/sharedStrings.xml": f"{DTD}<sst/>"}),
    ("entities in the workbook", "entidades"): _with(**{"xl/workbook.xml": DTD + books.BOOK.removeprefix(books.XML)}),
    ("entities hidden in UTF-16", "codificación"): _with(**{"xl/sharedStrings.xml": UTF16_DTD}),
    ("entities hidden in UTF-7", "codificación"): _with(
        **{"xl/styles.xml": '<?xml version="1.0" encoding="UTF-7"?><a/>'}
    ),
    ("an archive inside", "comprimido"): _with(**{"xl/media/image1.zip": books.zipped("a", b"b")}),
    ("an archive inside under another name", "comprimido"): _with(**{"xl/media/image1.png": books.zipped("a", b"b")}),
    ("links to other books", "otros libros"): _with(**{"xl/externalLinks/externalLink1.xml": "<externalLink/>"}),
    ("an external relation", "archivos externos"): _with(
        **{"xl/worksheets/_rels/sheet1.xml.rels": _relation("file:///x", "oleObject")}
    ),
    ("macros", "macros"): _with(**{"xl/vbaProject.bin": b"\x00"}),
    ("connections", "conexiones"): _with(**{"xl/connections.xml": "<connections/>"}),
    ("embedded objects", "incrustados"): _with(**{"xl/embeddings/oleObject1.bin": b"\x00"}),
    ("a path that climbs", "nombres o formas"): _with(**{"../../etc/cron.d/x": "x"}),
    ("an absolute path", "nombres o formas"): _with(**{"/etc/cron.d/x": "x"}),
    ("a path with backslashes", "nombres o formas"): _with(**{"xl\\worksheets\\sheet1.xml": "x"}),
    ("a symbolic link", "nombres o formas"): _symbolic_link,
    ("a part twice", "repetidas"): _twice,
    ("a false size", "dañado"): lambda path: books.lying(path, SHEET, parts(sheet_xml(HEAD + " " * 50_000)), 400),
    ("no workbook inside", "le falta"): lambda path: write(path, {"word/document.xml": "<a/>"}),
    ("no sheets", "no tiene hojas"): _with(
        **{"xl/workbook.xml": f'<workbook xmlns="{books.MAIN}"><sheets/></workbook>'}
    ),
    ("a workbook that is not XML", "dañado"): _with(**{"xl/workbook.xml": "hola"}),
    ("a template", "corriente"): _with(
        **{"[Content_Types].xml": books.CONTENT_TYPES.replace("sheet.main", "template.main")}
    ),
    ("text with another name", "no es un libro"): lambda path: path.write_bytes(b"DNI;NOMBRE\r\n1;A\r\n"),
    ("a cut file", "cortado"): lambda path: path.write_bytes(write(path, parts()).read_bytes()[:-40]),
    ("a file with a tail", "cortado"): lambda path: path.write_bytes(write(path, parts()).read_bytes() + b"tail"),
    ("nothing", "vacío"): lambda path: path.write_bytes(b""),
    ("an old workbook", "antiguo"): lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)),
}


@pytest.mark.parametrize(("name", "reason"), HOSTILE)
def test_a_hostile_workbook_is_refused_at_once_with_little_memory(name: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "lista.xlsx"
    HOSTILE[name, reason](path)
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(Refused, match=reason):
        reading.read_table(path)
    elapsed = time.process_time() - began
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert elapsed < SECONDS, f"{elapsed:.2f} s"
    assert peak < MEMORY, f"{peak / 2**20:.1f} MB"
    with pytest.raises(Refused, match=reason):
        reading.look(path, path.name)


def test_the_honest_workbook_that_the_hostile_ones_are_made_from_is_read(tmp_path: Path) -> None:
    sheet = reading.read_table(write(tmp_path / "a.xlsx", parts()))
    assert sheet.columns == ("DNI",)
    assert sheet.frame["DNI"].to_list() == ["1"]


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/worksheets/_rels/sheet1.xml.rels", '<Relationship "' * 65_000),
        ("xl/sharedStrings.xml", f'<sst xmlns="{books.MAIN}">' + "<si>" * 250_000),
        ("xl/sharedStrings.xml", f'<sst xmlns="{books.MAIN}"><si>' + "<t>" * 250_000 + "</si></sst>"),
        ("xl/sharedStrings.xml", '<sst a="' + "<si>" * 250_000),
        ("xl/styles.xml", "<?xml " + "encoding " * 100_000),
    ],
)
def test_no_writing_makes_a_search_slow(part: str, content: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", parts(**{part: content}))
    began = time.process_time()
    with contextlib.suppress(Refused):
        reading.read_table(path)
    assert time.process_time() - began < SECONDS


def test_hyperlinks_in_cells_are_not_links_to_other_books(tmp_path: Path) -> None:
    links = {"xl/worksheets/_rels/sheet1.xml.rels": _relation("mailto:a@example.org", "hyperlink")}
    assert reading.read_table(write(tmp_path / "a.xlsx", parts(**links))).height == 1


def test_cells_with_format_and_no_content_do_not_make_a_sheet_large(tmp_path: Path) -> None:
    rows = HEAD + f'<row r="2">{text_cell("A2", "1")}</row><row r="1048576"><c r="ND1048576" s="0"/></row>'
    found = reading.read_table(write(tmp_path / "a.xlsx", parts(sheet_xml(rows))))
    assert found.frame["DNI"].to_list() == ["1"]


@pytest.mark.parametrize(
    "rows",
    [
        "<row><c t='inlineStr'><is><t>DNI</t></is></c></row><row><c><v>1</v></c></row>",
        '<x:row xmlns:x="{main}"><x:c r="A1" t="str"><x:v>DNI</x:v></x:c></x:row><x:row xmlns:x="{main}" r="2">'
        '<x:c s="0" r="A2"><x:v>1</x:v></x:c></x:row>',
    ],
)
def test_other_programs_ways_of_writing_cells_are_measured_and_read(rows: str, tmp_path: Path) -> None:
    sheet = reading.read_table(write(tmp_path / "a.xlsx", parts(sheet_xml(rows.replace("{main}", books.MAIN)))))
    assert sheet.frame["DNI"].to_list() == ["1"]


def test_a_full_sheet_that_is_too_large_for_memory_is_sent_to_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = books.excel(tmp_path / "a.xlsx", [["DNI", "N"], *([str(n), "x"] for n in range(9))])
    monkeypatch.setattr(cells, "MAX_AREA", 20)
    assert reading.read_table(path).height == 9
    monkeypatch.setattr(cells, "MAX_AREA", 19)
    with pytest.raises(Refused, match="Guárdela como CSV"):
        reading.read_table(path)


TEXTS: dict[str, tuple[str, bytes, str]] = {
    "a program": ("a.csv", b"MZ\x90\x00", "un programa"),
    "a PDF": ("a.csv", b"%PDF-1.7", "PDF"),
    "a page": ("a.csv", b"\xef\xbb\xbf <html><table>", "página web"),
    "a workbook named csv": ("a.csv", b"PK\x03\x04", "debe terminar en .xlsx"),
    "another ending": ("a.exe", b"DNI\r\n1\r\n", "«.exe»"),
    "null bytes": ("a.csv", b"DNI;N\r\n1;\x00\r\n", "bytes nulos"),
    "null bytes after megabytes": ("a.csv", b"DNI;N\r\n" + b"1;A\r\n" * 1_200_000 + b"\x00", "bytes nulos"),
    "UTF-32": ("a.csv", "DNI\n1\n".encode("utf-32"), "UTF-32"),
    "UTF-16 cut": ("a.csv", "DNI\n1\n".encode("utf-16")[:-1], "cortado"),
    "nothing": ("a.csv", b"", "vacío"),
    "only a header": ("a.csv", b"DNI;NOMBRE\r\n", "no tiene filas"),
    "only blank lines": ("a.csv", b"\r\n;;\r\n\r\n", "encabezado"),
    "a header and blank rows": ("a.csv", b"DNI;NOMBRE\r\n;\r\n\r\n", "no tiene filas"),
    "the same column twice": ("a.csv", b"DNI;Nombre;dn\xc3\xad\r\n1;A;2\r\n", "mismo nombre"),
    "an open quote": ("a.csv", b'DNI;N\r\n1;"A\r\n2;B\r\n', "comillas"),
    "an open quote in the header": ("a.csv", b'DNI;"N\r\n1;A\r\n', "comillas"),
    "data without a title": ("a.csv", b"DNI;;N\r\n1;2;3\r\n", "sin nombre: la 2"),
    "six hundred columns": ("a.csv", b";".join(b"c%d" % n for n in range(600)) + b"\n", "500 columnas"),
    "an endless line": ("a.csv", b"DNI;N\r\n" + b"x" * 9_000_000, "demasiado larga"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_is_not_a_list_is_refused_with_the_reason(name: str, tmp_path: Path) -> None:
    filename, content, reason = TEXTS[name]
    path = tmp_path / filename
    path.write_bytes(content)
    began = time.process_time()
    with pytest.raises(Refused, match=reason):
        reading.read_table(path)
    assert time.process_time() - began < SECONDS


def test_a_file_over_its_size_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(guards.MAX_BYTES, "csv", 10)
    path = tmp_path / "a.csv"
    path.write_bytes(b"DNI;NOMBRE\r\n1;A\r\n")
    with pytest.raises(Refused, match="máximo"):
        reading.read_table(path)


def test_a_list_over_the_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    path = tmp_path / "a.csv"
    path.write_bytes(b"DNI\n1\n2\n3\n")
    assert reading.read_table(path).height == 3
    path.write_bytes(b"DNI\n1\n2\n3\n4\n")
    with pytest.raises(Refused, match="más de 3 filas"):
        reading.read_table(path)

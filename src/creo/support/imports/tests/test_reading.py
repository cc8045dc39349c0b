"""Files as offices write them are read letter for letter, row by row."""

from __future__ import annotations

import csv
import datetime as dt
import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creo.support.imports import reading
from creo.support.imports.reading import ROW, CellError
from creo.support.imports.tests.books import excel
from creo.support.refusals import Refused

LIST = "DNI;Apellido;Región\r\n01234567;Ñahui;Áncash\r\n12345678;Güere;Junín\r\n"


def read(tmp_path: Path, content: bytes | str, name: str = "lista.csv") -> reading.Sheet:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return reading.read_table(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp850"])
def test_every_usual_encoding_keeps_its_accents(encoding: str, tmp_path: Path) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    sheet = read(tmp_path, mark + LIST.encode(encoding))
    assert sheet.columns == ("DNI", "Apellido", "Región")
    assert sheet.frame.rows() == [(2, "01234567", "Ñahui", "Áncash"), (3, "12345678", "Güere", "Junín")]


def test_bytes_that_windows_does_not_have_are_read_as_latin_1(tmp_path: Path) -> None:
    sheet = read(tmp_path, "DNI;N\n1;Peña \x81\n".encode("latin-1"))
    assert sheet.frame["N"].to_list() == ["Peña \x81"]
    assert "Latin-1" in sheet.source


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiters_and_line_ends_are_found(delimiter: str, end: str, tmp_path: Path) -> None:
    text = LIST.replace(";", delimiter).replace("\r\n", end)
    sheet = read(tmp_path, text)
    assert sheet.frame.rows() == [(2, "01234567", "Ñahui", "Áncash"), (3, "12345678", "Güere", "Junín")]


def test_decimal_commas_do_not_pass_for_delimiters(tmp_path: Path) -> None:
    sheet = read(tmp_path, "Código;Peso;Talla\n1;70,5;1,68\n2;81,2;1,70\n")
    assert sheet.frame["Peso"].to_list() == ["70,5", "81,2"]


def test_the_hint_of_excel_is_followed(tmp_path: Path) -> None:
    sheet = read(tmp_path, "sep=|\r\nA|B\r\n1;2|3\r\n")
    assert sheet.columns == ("A", "B")
    assert sheet.frame.rows() == [(3, "1;2", "3")]


def test_quotes_keep_delimiters_and_line_ends_inside(tmp_path: Path) -> None:
    sheet = read(tmp_path, 'DNI;Nota\r\n1;"uno; ""dos""\r\ntres"\r\n2;x\r\n')
    assert sheet.frame["Nota"].to_list() == ['uno; "dos"\r\ntres', "x"]
    assert sheet.frame[ROW].to_list() == [2, 3]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    text = "\r\nDNI;N\r\n\r\n1;a\r\n;\r\n   ;\r\n2;b\r\n\r\n"
    for content in (text, text.replace("a", '"a"')):
        sheet = read(tmp_path, content)
        assert (sheet.first_row_number, sheet.frame[ROW].to_list()) == (3, [4, 7])


def test_a_row_of_another_width_is_an_error_with_its_number_and_the_others_are_read(tmp_path: Path) -> None:
    text = "DNI;N;R\n1;a;x\n2;b\n3;c;y;z\n4;d;w\n5;e;v;;\n"
    for content in (text, text.replace("a", '"a"')):
        sheet = read(tmp_path, content)
        assert sheet.frame.rows() == [(2, "1", "a", "x"), (5, "4", "d", "w"), (6, "5", "e", "v")]
        assert [(error.row, error.column) for error in sheet.errors] == [(3, ""), (4, "")]
        assert "2 celdas y el encabezado 3" in sheet.errors[0].message
        assert sheet.errors_total == 2


def test_a_file_of_uneven_rows_alone_still_tells_its_errors(tmp_path: Path) -> None:
    sheet = read(tmp_path, "DNI;N\n1\n2\n")
    assert (sheet.height, sheet.errors_total) == (0, 2)


def test_blank_columns_without_a_name_are_dropped(tmp_path: Path) -> None:
    sheet = read(tmp_path, "DNI;;N;;\n1;;a;;\n2; ;b;;\n".replace("; ;", ";;"))
    assert sheet.columns == ("DNI", "N")
    assert sheet.frame.rows() == [(2, "1", "a"), (3, "2", "b")]


def test_one_column_is_a_list_too(tmp_path: Path) -> None:
    assert read(tmp_path, "DNI\n1\n\n2\n").frame.rows() == [(2, "1"), (4, "2")]


def test_blocks_cut_rows_anywhere_without_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(n, f"{n:08d}", f"Ñandú {n}") for n in range(2, 500)]
    text = "DNI;N\r\n" + "".join(f"{dni};{name}\r\n" for _n, dni, name in rows)
    for size in (11, 64, 1000):
        monkeypatch.setattr(reading.delimited, "PIECE", size)
        assert read(tmp_path, text).frame.rows() == rows


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs",)), max_size=12)
TABLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=8)
)


@settings(max_examples=150, deadline=None)
@given(
    table=TABLES,
    delimiter=st.sampled_from(";,\t|"),
    end=st.sampled_from(["\r\n", "\n"]),
    encoding=st.sampled_from(["utf-8", "utf-16"]),
)
def test_what_a_program_writes_as_csv_is_read_back(
    table: list[list[str]], delimiter: str, end: str, encoding: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    width = len(table[0])
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, lineterminator=end)
    writer.writerow([f"columna {n}" for n in range(width)])
    writer.writerows(table)
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(target.getvalue().encode(encoding))
    filled = [[cell or None for cell in row] for row in table]
    expected = [(number, *row) for number, row in enumerate(filled, 2) if any((cell or "").strip() for cell in row)]
    if not expected:
        with pytest.raises(Refused, match="no tiene filas"):
            reading.read_table(path)
        return
    assert reading.read_table(path).frame.rows() == expected


# Workbooks ------------------------------------------------------------------------------------------------------------


def test_a_workbook_gives_its_values_as_texts(tmp_path: Path) -> None:
    rows = [
        ["DNI", "Nacimiento", "Edad", "Talla", "Activo", "Nota"],
        ["01234567", dt.date(1990, 1, 5), 34.0, 1.68, True, "uno\ndos"],
        [12345678, dt.datetime.fromisoformat("2026-11-23T14:05"), 1e-7, 1234567.5, False, None],
    ]
    sheet = reading.read_table(excel(tmp_path / "a.xlsx", rows))
    assert sheet.columns == ("DNI", "Nacimiento", "Edad", "Talla", "Activo", "Nota")
    assert sheet.frame.rows() == [
        (2, "01234567", "1990-01-05", "34", "1.68", "true", "uno\ndos"),
        (3, "12345678", "2026-11-23 14:05:00", "0.0000001", "1234567.5", "false", None),
    ]
    assert "«Lista»" in sheet.source


def test_a_list_that_begins_further_down_keeps_its_row_numbers(tmp_path: Path) -> None:
    rows = [[], [], [None, None, "DNI", "N"], [None, None, "1", "a"], [], [None, None, "2", "b"]]
    sheet = reading.read_table(excel(tmp_path / "a.xlsx", rows, {(5, 3): "=1+1"}))
    assert sheet.frame.rows() == [(4, "1", "a"), (6, "2", "7")]
    assert sheet.errors == (CellError(6, "N", "", "La celda contiene una fórmula; pegue el valor."),)


def test_formulas_and_error_values_are_told_by_row_and_column(tmp_path: Path) -> None:
    rows = [["DNI", "N"], ["1", "a"], ["2", "b"], ["3", "c"]]
    sheet = reading.read_table(excel(tmp_path / "a.xlsx", rows, {(1, 0): "=1+6", (3, 1): '=HYPERLINK("x")'}))
    assert [(error.row, error.column) for error in sheet.errors] == [(2, "DNI"), (4, "N")]
    assert sheet.errors_total == 2


def test_data_beside_the_titles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="sin nombre"):
        reading.read_table(excel(tmp_path / "a.xlsx", [["DNI", "N"], ["1", "a", "suelto"]]))


def test_a_workbook_without_rows_is_refused(tmp_path: Path) -> None:
    for rows in ([], [["DNI", "N"]], [["DNI", "N"], [], []]):
        with pytest.raises(Refused, match=r"no tiene (filas|encabezado)"):
            reading.read_table(excel(tmp_path / "a.xlsx", rows))


def test_the_sheet_asked_for_is_read_and_the_first_visible_one_otherwise(tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    for name in ("Oculta", "Enero", "Febrero"):
        sheet = book.add_worksheet(name)
        sheet.write_column(0, 0, ["Mes", name])
        if name == "Oculta":
            sheet.hide()
        if name == "Enero":
            sheet.activate()
            sheet.set_first_sheet()
    book.close()
    path = tmp_path / "a.xlsx"
    assert reading.read_table(path).frame["Mes"].to_list() == ["Enero"]
    assert reading.read_table(path, sheet=" febrero ").frame["Mes"].to_list() == ["Febrero"]
    with pytest.raises(Refused, match="«Enero», «Febrero», «Oculta»"):
        reading.read_table(path, sheet="Marzo")


# Speed ----------------------------------------------------------------------------------------------------------------


def test_two_hundred_thousand_rows_are_read_in_seconds_with_their_progress(tmp_path: Path) -> None:
    line = ";".join(["{n:08d}", "Nombre", "Apellido", "1990-01-05", *(f"dato {n}" for n in range(11))])
    path = tmp_path / "a.csv"
    with path.open("w", newline="") as file:
        file.write(";".join(f"C{n}" for n in range(15)) + "\r\n")
        file.writelines(line.format(n=n) + "\r\n" for n in range(200_000))
    seen: list[tuple[int, int]] = []
    began = time.process_time()
    sheet = reading.read_table(path, progress=lambda done, total, note="": seen.append((done, total)))
    assert time.process_time() - began < 4
    assert sheet.height == 200_000
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert seen[-1][0] == 200_000
    assert all(0 < done <= total < 300_000 for done, total in seen)

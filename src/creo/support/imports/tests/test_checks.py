"""Texts become typed columns; each wrong cell says where it is and what is expected."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.support.imports import checks
from creo.support.imports.checks import ErrorList, Field, FieldRows, Wrong, read_date, read_fields
from creo.support.imports.mapping import USUAL_DATES, parse_mapping
from creo.support.imports.reading import ROW, CellError, Sheet
from creo.support.jobs.progress import silent


def sheet(**columns: Sequence[str | None]) -> Sheet:
    height = len(next(iter(columns.values())))
    frame = pl.DataFrame(
        {ROW: range(2, height + 2)} | columns, schema={ROW: pl.Int64} | dict.fromkeys(columns, pl.String)
    )
    return Sheet(tuple(columns), frame, 2)


def read(field: Field, texts: Sequence[str | None], rule: Mapping[str, Any] | None = None) -> FieldRows:
    mapping = parse_mapping({"code": "a", "title": "A", "columns": {field.name: {"from": "COL", **(rule or {})}}})
    return read_fields(sheet(COL=texts), mapping, [field], silent)


def values(found: FieldRows, name: str = "x") -> list[Any]:
    return found.frame[name].to_list()


def wrong(found: FieldRows) -> list[tuple[int, str, str]]:
    return [(error.row, error.value, error.message) for error in found.errors.items]


def test_texts_are_trimmed_and_composed() -> None:
    found = read(Field("x", "X"), ["  Ana \u00a0 Mari\u0301a ", None, "\u200bPeña", "-5", "+51 999 888", "O'Higgins"])
    assert values(found) == ["Ana María", None, "Peña", "-5", "+51 999 888", "O'Higgins"]
    assert found.errors.total == 0
    assert found.headers == {"x": "COL"}


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("x")', "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1)"])
def test_a_text_that_looks_like_a_formula_is_refused(text: str) -> None:
    found = read(Field("x", "X"), [text])
    assert values(found) == [None]
    assert wrong(found)[0][:2] == (2, text)
    assert "parece una fórmula" in wrong(found)[0][2]


@pytest.mark.parametrize("text", ["PeÃ±a", "Ã‘ahui", "Pe\ufffda", "Â¿Quien?", "donâ€™t"])
def test_damaged_accents_are_refused_and_true_ones_are_not(text: str) -> None:
    assert "letras dañadas" in wrong(read(Field("x", "X"), [text]))[0][2]
    assert read(Field("x", "X"), ["Peña", "JOÃO", "Ângela", "¿Ñandú?"]).errors.total == 0


def test_control_characters_length_and_pattern() -> None:
    found = read(
        Field("x", "X", max_length=5, pattern=r"\d+", expected="Solo dígitos."), ["1\x01", "123456", "12a", "12"]
    )
    assert values(found) == [None, None, None, "12"]
    assert [message for _row, _value, message in wrong(found)] == [
        "Tiene caracteres de control que no se ven. Bórrelos.",
        "Tiene más de 5 letras.",
        "Solo dígitos.",
    ]


def test_integers_as_spreadsheets_and_statistics_programs_write_them() -> None:
    found = read(
        Field("x", "X", "integer", lowest=0, highest=120), ["1.0", "34", "1,00", "1.5", "mil", "-1", "121", None]
    )
    assert values(found) == [1, 34, 1, None, None, None, None, None]
    assert [row for row, _value, _message in wrong(found)] == [5, 6, 7, 8]
    assert wrong(found)[2][2] == "Es menor que 0."
    assert found.frame["x"].dtype == pl.Int64


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23", dt.date(2026, 11, 23)),
        ("2026-11-23 00:00:00", dt.date(2026, 11, 23)),
        ("2026-11-23T13:05", dt.date(2026, 11, 23)),
        ("23/11/2026", dt.date(2026, 11, 23)),
        ("3/4/2026", dt.date(2026, 4, 3)),
        ("23-11-2026", dt.date(2026, 11, 23)),
        ("46349", dt.date(2026, 11, 23)),
        ("46349.58", dt.date(2026, 11, 23)),
        ("29/02/2024", dt.date(2024, 2, 29)),
    ],
)
def test_dates_in_the_usual_forms(text: str, expected: dt.date) -> None:
    assert read_date(text, USUAL_DATES) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("23-11-26", "ambiguo"),
        ("11/12/05", "ambiguo"),
        ("31/02/2026", "no existe en el calendario"),
        ("29/02/2025", "no existe en el calendario"),
        ("2026-13-01", "no existe en el calendario"),
        ("0000-01-01", "no existe en el calendario"),
        ("ayer", "Se espera 2026-11-23 o 23/11/2026"),
        ("20261123", "Se espera"),
        ("23.11.2026", "Se espera"),
        ("1990", "Se espera"),
    ],
)
def test_dates_that_are_refused_say_why(text: str, reason: str) -> None:
    found = read_date(text, USUAL_DATES)
    assert isinstance(found, Wrong)
    assert reason in found


def test_other_forms_of_dates_when_the_mapping_says_so() -> None:
    assert read_date("20261123", ["yyyymmdd"]) == dt.date(2026, 11, 23)
    assert read_date("11/23/2026", ["mm/dd/yyyy"]) == dt.date(2026, 11, 23)
    assert read_date("23.11.2026", ["dd.mm.yyyy"]) == dt.date(2026, 11, 23)


@given(st.dates(min_value=dt.date(1900, 3, 1)), st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"]))
def test_every_date_is_read_as_it_was_written(day: dt.date, form: str) -> None:
    assert read_date(day.strftime(form), USUAL_DATES) == day


@given(st.text(max_size=20))
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    assert isinstance(read_date(text, list(checks.DATE_FORMATS)), dt.date | Wrong)


def test_dates_out_of_bounds_name_the_bound() -> None:
    field = Field("x", "X", "date", lowest=dt.date(1900, 1, 1), highest=dt.date(2026, 11, 23))
    found = read(field, ["24/11/2026", "1899-12-31", "23/11/2026"])
    assert values(found) == [None, None, dt.date(2026, 11, 23)]
    assert [message for _row, _value, message in wrong(found)] == [
        "La fecha es posterior al 23/11/2026.",
        "La fecha es anterior al 01/01/1900.",
    ]


def test_choices_codes_and_booleans_forgive_case_and_accents() -> None:
    sex = Field("x", "Sexo", "choice", choices={"Masculino": "male", "Femenino": "female", "M": "male", "F": "female"})
    found = read(sex, ["MASCULINO", "f", " Femenino ", "Z"])
    assert values(found) == ["male", "female", "female", None]
    assert wrong(found) == [
        (5, "Z", "No existe en el catálogo. Se espera: «Masculino», «Femenino», «M», «F»."),
    ]
    prison = Field("x", "Penal", "code", codes={"E.P. Áncash": 7, "EP-02": 9})
    assert values(read(prison, ["e.p. ancash", "ep 02", "otro"])) == [7, 9, None]
    flag = Field("x", "Activo", "boolean")
    found = read(flag, ["Sí", "NO", "1", "0", "true", "quizá", None])
    assert values(found) == [True, False, True, False, True, None, None]
    assert found.errors.total == 1


def test_a_field_of_codes_without_any_good_text_is_all_null() -> None:
    found = read(Field("x", "Penal", "code", codes={"a": 1}), ["b", None])
    assert values(found) == [None, None]


def test_what_is_required_is_asked_for_row_by_row() -> None:
    found = read(Field("x", "Fecha", "date", required=True), ["2026-11-23", None, "  ", "NEP"], {"missing": ["nep"]})
    assert [(row, value) for row, value, _message in wrong(found)] == [(3, ""), (4, "  "), (5, "NEP")]
    assert "Falta este dato. Se espera una fecha como" in wrong(found)[0][2]


def test_the_rows_of_the_census_become_data() -> None:
    mapping = parse_mapping(
        {
            "code": "censo",
            "title": "Censo",
            "missing": ["", "NEP"],
            "columns": {
                "number": {"from": "CUEST_NRO", "format": "integer"},
                "place": {"from": "P201_CCDD", "format": "integer", "missing": ["99"]},
                "status": {"from": "P218", "values": {"Procesado?": "unsentenced", "Sentenciado?": "sentenced"}},
                "document": {"from": "DNI", "format": "digits", "width": 8, "missing": ["0"]},
                "release": {"from": "MOTIVO", "default": "unknown"},
            },
            "constants": {"nationality": "PE"},
        }
    )
    data = sheet(
        CUEST_NRO=["1.0", "3.0", "4.0"],
        P201_CCDD=["99", "99.0", "5"],
        P218=["Procesado?", "¿SENTENCIADO?", "NEP"],
        DNI=["1234567", "01234567", "1234567.0"],
    )
    fields = [
        Field("number", "Cuestionario", "integer"),
        Field("place", "Departamento", "integer"),
        Field("status", "Situación", "choice", choices={"unsentenced": "unsentenced", "sentenced": "sentenced"}),
        Field("document", "DNI", pattern=r"\d{8}"),
        Field("release", "Motivo"),
        Field("nationality", "Nacionalidad", max_length=2),
        Field("absent", "Lo que nadie trae", "date"),
    ]
    found = read_fields(data, mapping, fields, silent)
    assert found.errors.total == 0
    assert found.frame.drop(ROW).rows() == [
        (1, None, "unsentenced", "01234567", "unknown", "PE", None),
        (3, None, "sentenced", "01234567", "unknown", "PE", None),
        (4, 5, None, "01234567", "unknown", "PE", None),
    ]
    assert found.headers["absent"] == "Lo que nadie trae"


def test_the_sheets_own_errors_count_too() -> None:
    base = sheet(COL=["a", "b"])
    faulty = Sheet(base.columns, base.frame, 2, errors=(CellError(9, "COL", "", "Fórmula."),), errors_total=40_000)
    mapping = parse_mapping({"code": "a", "title": "A", "columns": {"x": "COL"}})
    found = read_fields(faulty, mapping, [Field("x", "X")], silent)
    assert found.errors.total == 40_000
    assert found.errors.rows == 1


def test_errors_keep_the_first_rows_and_the_true_total() -> None:
    errors = ErrorList(stored=3)
    frame = pl.DataFrame({ROW: [9, 3, 7, 5, 2], "v": ["a", "b", None, "d", "e"]})
    assert errors.add_where(frame, pl.col(ROW) > 2, "COL", "Mal.", "v") == 4
    errors.add(1, "", None, "Primera.")
    assert errors.total == 5
    assert [(error.row, error.value) for error in errors.items] == [(1, ""), (3, "b"), (5, "d")]
    assert errors.bad_rows() == {1, 3, 5, 7, 9}
    for row in range(100, 200):
        errors.add(row, "", "x" * 500, "Muchas.")
    assert errors.total == 105
    assert errors.kinds == {("COL", "Mal."): 4, ("", "Primera."): 1, ("", "Muchas."): 100}
    assert [error.row for error in errors.items] == [1, 3, 5]


def test_an_empty_mask_adds_nothing() -> None:
    errors = ErrorList()
    frame = pl.DataFrame({ROW: [1, 2], "v": ["a", None]})
    assert errors.add_where(frame, pl.col("v") == "z", "COL", "Mal.") == 0
    assert (errors.total, errors.items, errors.kinds) == (0, [], {})


def test_a_million_cells_are_checked_in_seconds() -> None:
    count = 250_000
    data = sheet(
        NAME=["Ana María"] * count,
        BORN=[f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/{1950 + n % 50}" for n in range(count)],
        SEX=["Masculino", "Femenino"] * (count // 2),
        AGE=[str(n % 90) for n in range(count)],
    )
    columns = {"name": "NAME", "born": "BORN", "sex": "SEX", "age": "AGE"}
    mapping = parse_mapping({"code": "a", "title": "A", "columns": columns})
    fields = [
        Field("name", "N"),
        Field("born", "B", "date", highest=dt.date(1990, 1, 1)),
        Field("sex", "S", "choice", choices={"Masculino": "m"}),
        Field("age", "A", "integer"),
    ]
    began = time.process_time()
    found = read_fields(data, mapping, fields, silent)
    assert time.process_time() - began < 4
    late = sum(dt.date(1950 + n % 50, n % 12 + 1, n % 28 + 1) > dt.date(1990, 1, 1) for n in range(count))
    assert found.errors.total == count // 2 + late
    assert len(found.errors.items) == checks.STORED

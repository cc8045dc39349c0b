from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from creo.kernel.periods import completed_years
from creo.register import commands, queries, rules
from creo.register.imports import KIND
from creo.register.models import (
    Custody,
    CustodyOffence,
    Identity,
    Movement,
    NameKey,
    NameWord,
    Offence,
    Person,
)
from creo.register.reports import template
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY, reader_at
from creo.register.tests.importing import apply, check, errors, only_error
from creo.support.accounts.permissions import Permission
from creo.support.imports.kinds import ImportKind
from creo.support.imports.reading import read_table
from creo.support.ledger.models import Entry
from creo.support.refusals import Refused

pytestmark = pytest.mark.django_db
GOOD = {
    "tipo_documento": "DNI",
    "numero_documento": "00000041",
    "nombres": "Rosa",
    "primer_apellido": "Quispe",
    "segundo_apellido": "Ñaupari",
    "fecha_nacimiento": "14/03/2003",
    "sexo": "mujer",
    "nacionalidad": "peruana",
    "establecimiento": "E.P. de Piura",
    "fecha_ingreso": "2026-03-14",
    "situacion_juridica": "Procesada",
    "fecha_situacion": "2026-03-14",
    "delito": "Robo agravado",
    "tentativa": "no",
    "crimen_organizado": "no",
}
HEADERS = template()[0]


@pytest.fixture(autouse=True)
def _reference() -> None:
    make.places()
    commands.load_offences(by=BY)


@pytest.fixture
def sheet_of(tmp_path: Path) -> Callable[..., Any]:
    """A list as a file of the template's columns; each row is the good one with some changes."""

    def write(*changes: dict[str, str], name: str = "lista.csv") -> Any:
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(HEADERS)
            for change in changes:
                row = GOOD | change
                writer.writerow([row.get(header, "") for header in HEADERS])
        return read_table(path)

    return write


def test_the_kind_is_one_that_the_engine_knows() -> None:
    assert isinstance(KIND, ImportKind)
    assert [mapping.code for mapping in KIND.mappings()] == ["creo", "inpe_censo_2016_862"]


def test_a_good_row_becomes_a_person_with_an_episode(sheet_of: Callable[..., Any]) -> None:
    checked = check(sheet_of({"segundo_delito": "279-G", "referencia": "INT-9", "mandato": "Resolución 4"}))
    assert errors(checked) == []
    assert (checked.rows_ok, checked.counts["new_people"], checked.counts["episodes"]) == (1, 1, 1)
    assert apply(checked) == {"persons": 1, "custodies": 1}
    file = queries.person(BY, "P-0000001", TODAY, with_sources=True)
    identity = file.identity
    assert (identity.name, identity.birth_date, identity.sex, identity.nationality, identity.status) == (
        "Quispe Ñaupari, Rosa",
        date(2003, 3, 14),
        "female",
        "PE",
        "provisional",
    )
    held = file.held
    assert held is not None
    assert (held.facility, held.admitted_on, held.legal_status, held.organised_crime, held.mandate) == (
        "EP-PIURA",
        date(2026, 3, 14),
        "unsentenced",
        False,
        "Resolución 4",
    )
    assert [(row.code, row.is_main, row.attempt) for row in held.offences] == [
        ("CP-189", True, False),
        ("CP-279-G", False, None),
    ]
    assert file.references == (("creo", "INT-9"),)
    assert [(move.kind, move.to_code) for move in held.movements] == [("admission", "EP-PIURA")]
    entry = Entry.objects.get(act="register.episode_imported")
    assert (entry.subject_code, entry.place, entry.after["batch"], entry.after["row"]) == (
        "P-0000001",
        "EP-PIURA",
        "creo#7",
        2,
    )
    assert queries.people_page(BY, queries.PeopleFilters(search="naupari")).rows[0].code == "P-0000001"


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"fecha_ingreso": "31/02/2026"}, "fecha_ingreso", "no existe en el calendario"),
        ({"fecha_ingreso": "ayer"}, "fecha_ingreso", "No es una fecha"),
        ({"fecha_ingreso": ""}, "fecha_ingreso", "Falta la fecha de ingreso"),
        ({"fecha_ingreso": "2026-11-24"}, "fecha_ingreso", "posterior"),
        ({"fecha_nacimiento": "2026-12-01"}, "fecha_nacimiento", "posterior"),
        ({"fecha_nacimiento": "1890-01-01"}, "fecha_nacimiento", "anterior"),
        ({"fecha_ingreso": "2003-03-13", "fecha_situacion": ""}, "fecha_ingreso", "anterior a la fecha de nacimiento"),
        ({"fecha_egreso": "2026-03-13"}, "fecha_egreso", "egreso es anterior al ingreso"),
        ({"tipo_egreso": "Absolución"}, "fecha_egreso", "falta su fecha"),
        ({"tipo_egreso": "vuelo", "fecha_egreso": "2026-05-01"}, "tipo_egreso", "No existe en el catálogo"),
        ({"tipo_egreso": "annulled", "fecha_egreso": "2026-03-14"}, "tipo_egreso", "No existe en el catálogo"),
        ({"tipo_egreso": "Ingreso anulado", "fecha_egreso": "2026-03-14"}, "tipo_egreso", "No existe en el catálogo"),
        ({"digito_verificador": "9"}, "numero_documento", "le corresponde"),
        ({"numero_documento": "123456789"}, "numero_documento", "ocho dígitos"),
        ({"numero_documento": "ABC"}, "numero_documento", "ocho dígitos"),
        ({"tipo_documento": "pasaporte", "numero_documento": "A1"}, "numero_documento", "de 5 a 20"),
        ({"tipo_documento": "no tiene", "referencia": "R1"}, "tipo_documento", "no se indicó de qué documento"),
        ({"tipo_documento": "brevete"}, "tipo_documento", "DNI, documento extranjero"),
        ({"tipo_documento": "", "numero_documento": ""}, "referencia", "no se reconoce a la persona"),
        ({"nombres": "…"}, "nombres", "ninguna letra"),
        ({"sexo": "M"}, "sexo", "ambiguo"),
        ({"nacionalidad": "marciana"}, "nacionalidad", "código de dos letras"),
        ({"establecimiento": "E.P. de Piurra"}, "establecimiento", "¿Quiso decir «E.P. de Piura»"),
        ({"establecimiento": "Hotel"}, "establecimiento", "nombre oficial"),
        ({"establecimiento": ""}, "establecimiento", "Falta el establecimiento"),
        ({"delito": "Robo agravadísimo"}, "delito", "¿Quiso decir «art. 189 · Robo agravado»"),
        ({"delito": "9999"}, "delito", "el artículo (189)"),
        ({"delito": "Robo agravado grado tentativa"}, "tentativa", "dice que no"),
        ({"delito": "Homicidio culposo", "tentativa": "sí"}, "tentativa", "no admite tentativa"),
        ({"segundo_delito": "CP-189"}, "segundo_delito", "mismo delito"),
        ({"delito": "", "tentativa": "", "segundo_delito": "298"}, "delito", "falta el principal"),
        ({"situacion_juridica": ""}, "situacion_juridica", "no se indicó cuál"),
        ({"situacion_juridica": "libre"}, "situacion_juridica", "procesado o sentenciado"),
        ({"identidad_confirmada": "sí", "fecha_nacimiento": ""}, "fecha_nacimiento", "confirmada"),
        ({"identidad_confirmada": "sí", "sexo": ""}, "sexo", "confirmada"),
        ({"identidad_confirmada": "tal vez"}, "identidad_confirmada", "«sí» o «no»"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column_with_the_right_form(
    sheet_of: Callable[..., Any], change: dict[str, str], column: str, words: str
) -> None:
    checked = check(sheet_of({"numero_documento": "00000040"}, change))
    row, found, message = only_error(checked)
    assert (row, found) == (3, column)
    assert words in message
    assert checked.rows_ok == 1
    assert Person.objects.count() == 0


def test_every_wrong_cell_of_a_row_is_named(sheet_of: Callable[..., Any]) -> None:
    checked = check(sheet_of({"sexo": "M", "establecimiento": "Hotel", "delito": "9999", "fecha_ingreso": "ayer"}))
    assert {column for _row, column, _words in errors(checked)} == {
        "sexo",
        "establecimiento",
        "delito",
        "fecha_ingreso",
    }


def test_the_check_digit_says_the_right_one_for_each_document(sheet_of: Callable[..., Any]) -> None:
    numbers = ["17801146", "00000001", "45678912"]
    rows = [{"numero_documento": number, "digito_verificador": "x"} for number in numbers]
    right = [rules.dni_check_digit(number) for number in numbers]
    wrong = [{**row, "digito_verificador": str((int(digit) + 1) % 10)} for row, digit in zip(rows, right, strict=True)]
    assert [
        f"le corresponde {digit}." in text
        for digit, (_r, _c, text) in zip(right, errors(check(sheet_of(*wrong))), strict=True)
    ] == [True] * 3
    good = [{**row, "digito_verificador": digit} for row, digit in zip(rows, right, strict=True)]
    assert errors(check(sheet_of(*good))) == []
    joined = [
        {**row, "digito_verificador": "", "numero_documento": f"{row['numero_documento']}-{digit}"}
        for row, digit in zip(rows, right, strict=True)
    ]
    assert errors(check(sheet_of(*joined))) == []


def test_a_dni_that_lost_its_zeros_gets_them_back(sheet_of: Callable[..., Any]) -> None:
    checked = check(sheet_of({"tipo_documento": "", "numero_documento": "41"}, {"numero_documento": "123456"}))
    assert [column for _row, column, _words in errors(checked)] == ["tipo_documento"]
    checked = check(sheet_of({"tipo_documento": "", "numero_documento": "123456"}))
    assert (errors(checked), checked.counts["padded_documents"]) == ([], 1)
    apply(checked)
    assert Identity.objects.get().document_number == "00123456"


def test_a_very_young_age_is_kept_and_counted(sheet_of: Callable[..., Any]) -> None:
    checked = check(sheet_of({"fecha_nacimiento": "2012-01-01"}))
    assert (errors(checked), checked.counts["too_young"]) == ([], 1)
    assert completed_years(date(2012, 1, 1), date(2026, 3, 14)) < 16


def test_repeated_rows_and_crossed_dates_of_one_person_are_found(sheet_of: Callable[..., Any]) -> None:
    old = {"fecha_ingreso": "2018-08-01", "fecha_egreso": "2020-02-01", "fecha_situacion": ""}
    assert only_error(check(sheet_of({}, {"establecimiento": "EP-TUMBES"})))[2].startswith("Repite a la persona")
    assert "fila 2" in only_error(check(sheet_of({}, {}, old)))[2]
    assert "episodio abierto" in only_error(check(sheet_of({}, {"fecha_ingreso": "2026-04-01"})))[2]
    crossed = old | {"fecha_ingreso": "2019-01-01", "fecha_egreso": "2021-01-01"}
    assert "se cruzan" in only_error(check(sheet_of(old, crossed)))[2]
    assert errors(check(sheet_of({}, old))) == []
    touching = old | {"fecha_ingreso": "2020-02-01", "fecha_egreso": "2020-03-01"}
    assert errors(check(sheet_of({}, touching, old))) == []


def test_rows_of_one_person_say_the_same_of_who_they_are(sheet_of: Callable[..., Any]) -> None:
    old = {"fecha_ingreso": "2018-08-01", "fecha_egreso": "2020-02-01", "fecha_situacion": ""}
    checked = check(sheet_of({}, old | {"fecha_nacimiento": "2000-01-01", "sexo": "hombre"}))
    assert [(row, column) for row, column, _words in errors(checked)] == [(3, "fecha_nacimiento"), (3, "sexo")]
    assert errors(check(sheet_of({}, old | {"fecha_nacimiento": "", "sexo": ""}))) == []


def test_a_person_with_several_episodes_gets_them_in_order(sheet_of: Callable[..., Any]) -> None:
    old = {
        "fecha_ingreso": "2018-08-01",
        "fecha_egreso": "2020-02-01",
        "tipo_egreso": "Pena cumplida",
        "fecha_situacion": "",
        "fecha_nacimiento": "",
        "delito": "Robo agravado grado tentativa",
        "tentativa": "",
    }
    apply(check(sheet_of({}, old)))
    file = queries.person(BY, "P-0000001", TODAY)
    assert [(row.number, row.admitted_on.year, row.release_kind) for row in file.custodies] == [
        (2, 2026, ""),
        (1, 2018, "sentence_completed"),
    ]
    assert file.identity.birth_date == date(2003, 3, 14)
    assert file.custodies[1].offences[0].attempt is True
    assert file.admissions == 2
    assert list(Movement.objects.filter(custody__number=1).values_list("kind", flat=True)) == ["admission", "release"]


def test_new_people_are_compared_with_everybody_in_the_background(sheet_of: Callable[..., Any]) -> None:
    from creo.support.jobs.models import Job

    apply(check(sheet_of({})))
    asked = Job.objects.get()
    assert (asked.kind, asked.arguments) == ("register.find_duplicates", {})
    apply(check(sheet_of({})))
    assert Job.objects.count() == 1, "nobody new, nothing to compare"


def test_the_same_list_twice_adds_nothing(sheet_of: Callable[..., Any]) -> None:
    rows = ({}, {"tipo_documento": "no tiene", "numero_documento": "", "referencia": "R-2", "nombres": "Ana"})
    apply(check(sheet_of(*rows)))
    again = check(sheet_of(*rows))
    assert (errors(again), again.counts["repeated"], again.counts["episodes"]) == ([], 2, 0)
    before = (Person.objects.count(), Custody.objects.count(), Entry.objects.count())
    assert apply(again) == {"persons": 0, "custodies": 0}
    assert (Person.objects.count(), Custody.objects.count(), Entry.objects.count()) == before


def test_a_new_episode_goes_to_the_record_that_has_the_document(sheet_of: Callable[..., Any]) -> None:
    old = {"fecha_ingreso": "2018-08-01", "fecha_egreso": "2020-02-01", "fecha_situacion": ""}
    apply(check(sheet_of({})))
    checked = check(sheet_of(old))
    assert (checked.counts["new_people"], checked.counts["known_people"]) == (0, 1)
    apply(checked)
    file = queries.person(BY, "P-0000001", TODAY)
    assert [(row.number, row.admitted_on.year) for row in file.custodies] == [(2, 2026), (1, 2018)]
    assert Person.objects.count() == 1


def test_an_open_episode_in_the_register_stops_another(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({})))
    assert "episodio abierto" in only_error(check(sheet_of({"fecha_ingreso": "2026-05-01"})))[2]
    crossed = {"fecha_ingreso": "2026-04-01", "fecha_egreso": "2026-04-20"}
    assert "se cruzan" in only_error(check(sheet_of(crossed)))[2]


def test_the_register_and_the_file_disagree_on_who_somebody_is(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({"referencia": "R-1"})))
    later = {"fecha_ingreso": "2018-08-01", "fecha_egreso": "2020-02-01", "fecha_situacion": ""}
    _row, column, words = only_error(check(sheet_of(later | {"fecha_nacimiento": "1999-01-01"})))
    assert (column, "otra fecha de nacimiento" in words) == ("fecha_nacimiento", True)
    apply(check(sheet_of({"numero_documento": "00000042", "referencia": "R-2"})))
    _row, column, words = only_error(check(sheet_of(later | {"referencia": "R-2"})))
    assert (column, "dos personas distintas" in words) == ("referencia", True)
    twice = check(
        sheet_of(later, later | {"numero_documento": "00000042", "referencia": "X"}, later | {"referencia": "X"})
    )
    assert {"más de un documento" in text for _row, column, text in errors(twice) if column == "referencia"} == {True}


def test_a_document_in_two_records_is_not_guessed(sheet_of: Callable[..., Any]) -> None:
    for number in (1, 2):
        make.identity(make.person(number), document_number="00000041", status="provisional", birth_date=None)
    _row, column, words = only_error(check(sheet_of({})))
    assert (column, "únalas" in words) == ("numero_documento", True)


def test_people_are_recognised_across_the_whole_nation(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({})))
    official = reader_at("EP-TUMBES")
    _row, _column, words = only_error(
        check(sheet_of({"establecimiento": "EP-TUMBES", "fecha_ingreso": "2026-06-01"}), reader=official)
    )
    assert "episodio abierto" in words
    assert "Piura" not in words


def test_a_prison_outside_the_scope_is_unknown(sheet_of: Callable[..., Any]) -> None:
    __row, column, words = only_error(check(sheet_of({}), reader=reader_at("EP-TUMBES")))
    assert column == "establecimiento"
    assert "Piura" not in words


def test_the_option_gives_the_prison_that_rows_leave_out(sheet_of: Callable[..., Any]) -> None:
    checked = check(sheet_of({"establecimiento": ""}), facility="Tumbes")
    assert errors(checked) == []
    apply(checked)
    assert Custody.objects.get().facility.code == "EP-TUMBES"
    with pytest.raises(Refused) as refusal:
        check(sheet_of({}), facility="Hotel")
    assert "facility" in refusal.value.fields


@pytest.mark.parametrize("day", ["2026-11-24", "18/01/2016", "ayer"])
def test_the_day_of_custody_is_a_past_day(sheet_of: Callable[..., Any], day: str) -> None:
    with pytest.raises(Refused) as refusal:
        check(sheet_of({}), observed_on=day)
    assert "observed_on" in refusal.value.fields


def test_the_template_passes_its_own_check(tmp_path: Path) -> None:
    from creo.support.tables import export_csv
    from creo.territory.tests.factories import prison

    prison("EP-MUJERES-DE-TRUJILLO", "E.P. de Mujeres de Trujillo")
    path = tmp_path / "plantilla.csv"
    path.write_bytes(export_csv(*template()))
    checked = check(read_table(path))
    assert errors(checked) == []
    assert apply(checked) == {"persons": 2, "custodies": 2}


def test_a_list_in_latin_1_with_windows_line_ends_and_other_headers_is_read(tmp_path: Path) -> None:
    path = tmp_path / "lista.csv"
    path.write_bytes(
        "DNI;Apellido Paterno;Prenombres;Penal;Fecha de ingreso;Delito principal\r\n"
        "00000041;Ñaupari;José;PENAL DE PIURA;14/03/2026;VIOLACIÓN SEXUAL\r\n".encode("latin-1")
    )
    checked = check(read_table(path))
    assert errors(checked) == []
    apply(checked)
    assert Identity.objects.get().first_surname == "Ñaupari"
    assert CustodyOffence.objects.get().offence.code == "CP-170"


def test_a_list_without_its_columns_is_refused_naming_them(tmp_path: Path) -> None:
    path = tmp_path / "lista.csv"
    path.write_text("apellido\nQuispe\n")
    with pytest.raises(Refused, match="fecha_ingreso"):
        check(read_table(path))


def test_many_rows_are_checked_by_columns(tmp_path: Path) -> None:
    """The same answers over many rows as over one: documents, prisons, offences and dates."""
    path = tmp_path / "lista.csv"
    frame = pl.DataFrame(
        {
            "numero_documento": [f"{number:08d}" for number in range(20_000)],
            "digito_verificador": [rules.dni_check_digit(f"{number:08d}") for number in range(20_000)],
            "establecimiento": ["E.P. de Piura", "tumbes"] * 10_000,
            "fecha_ingreso": ["2026-03-14"] * 20_000,
            "delito": ["Robo agravado", "122-B", "298", "nada"] * 5_000,
        }
    )
    frame.write_csv(path)
    checked = check(read_table(path))
    assert (checked.errors.total, checked.errors.rows, checked.rows_ok) == (5_000, 5_000, 15_000)
    assert len(checked.errors.items) == 5_000


def test_without_the_catalogue_nothing_is_checked(sheet_of: Callable[..., Any]) -> None:
    Offence.objects.all().delete()
    with pytest.raises(Refused, match="creo prepare"):
        check(sheet_of({}))


def test_only_who_may_import_imports(sheet_of: Callable[..., Any]) -> None:
    checked = check(sheet_of({}))
    looker = reader_at("EP-PIURA", permissions=frozenset({Permission.VIEW_PEOPLE}))
    from creo.support.refusals import Forbidden

    with pytest.raises(Forbidden):
        apply(checked, reader=looker)
    assert Person.objects.count() == 0


def test_people_of_a_list_are_found_by_the_words_of_their_names(sheet_of: Callable[..., Any]) -> None:
    names = [
        {"nombres": "José Luis", "primer_apellido": "De la Cruz", "segundo_apellido": "Ñaupari"},
        {"nombres": "De", "primer_apellido": "La", "segundo_apellido": ""},
        {"nombres": "Quispe", "primer_apellido": "Quispe", "segundo_apellido": "Qispe"},
    ]
    apply(check(sheet_of(*(name | {"numero_documento": f"0000005{n}"} for n, name in enumerate(names)))))
    for number, name in enumerate(names, start=1):
        keys = rules.name_keys(*name.values())
        assert set(NameKey.objects.filter(person_id=number).values_list("sound", "word")) == set(keys)
        assert NameWord.objects.filter(word__in=[word for _sound, word in keys]).count() == len(keys)


def test_the_movements_of_a_list_say_how_the_episode_began_and_ended(sheet_of: Callable[..., Any]) -> None:
    ended = {"fecha_egreso": "2026-05-01", "tipo_egreso": "Absolución", "mandato": "Resolución 7"}
    escaped = {"numero_documento": "00000042", "fecha_egreso": "2026-05-01", "tipo_egreso": "escape"}
    apply(check(sheet_of(ended, escaped)))
    rows = Movement.objects.order_by("custody_id", "sequence").values_list("kind", "detail", "note")
    assert list(rows) == [
        ("admission", "mandate", "Resolución 7"),
        ("release", "acquittal", ""),
        ("admission", "mandate", ""),
        ("escape", "", ""),
    ]


def test_an_annulled_admission_is_no_episode_that_the_register_has(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({})))
    commands.annul_movement(by=BY, person_code="P-0000001", custody=1, sequence=1, reason="Se registró por error")
    again = check(sheet_of({}))
    assert (errors(again), again.counts["episodes"], again.counts["repeated"]) == ([], 1, 0)
    apply(again)
    rows = Custody.objects.order_by("number").values_list("number", "release_kind", "released_on")
    assert list(rows) == [(1, "annulled", date(2026, 3, 14)), (2, "", None)]

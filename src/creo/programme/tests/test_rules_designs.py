"""Reading any design: another programme loads without a change of code, and a wrong file says where and what."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from creo.kernel.criteria import parse_criteria
from creo.kernel.verdicts import Outcome
from creo.programme.rules import (
    Design,
    DesignError,
    DesignErrors,
    check,
    design_from_document,
    load_design,
    print_tables,
    variant_changes,
)

DESIGNS = Path(__file__).parent / "designs"
CREO = Path(__file__).parents[1] / "designs" / "creo"


@pytest.fixture
def rutas() -> Design:
    return load_design(DESIGNS / "rutas")


@pytest.fixture
def folder(tmp_path):
    """A copy of the CREO design that a test may spoil."""
    shutil.copytree(CREO, tmp_path / "creo")
    return tmp_path / "creo"


def spoil(folder: Path, file: str, old: str, new: str) -> int:
    """Replace a text once and return the number of the line where it stands."""
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) >= 1, old
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def errors_of(folder: Path) -> list[DesignError]:
    with pytest.raises(DesignErrors) as caught:
        load_design(folder)
    return list(caught.value.errors)


def test_another_programme_with_two_products_and_other_rules_loads_and_is_checked(rutas):
    report = check(rutas).as_json()
    assert report["products"] == 2
    assert report["articulation"] == {"GN": 1, "GL": 2}
    assert report["targets"] == {"R1": 300}
    assert report["unbound"] == [{"fact": "F-2", "reason": "el pago no es parte del diseño"}]


def test_another_programme_decides_with_its_own_facts(rutas):
    criteria = parse_criteria(rutas.criteria_items(date(2026, 4, 1)))
    pupil = {"birth_date": date(2018, 1, 1), "distance_m": 1500, "quintile": 4, "has_road": False}
    assert criteria.explain(pupil, date(2026, 4, 1)).outcome is Outcome.MET
    assert criteria.explain({**pupil, "distance_m": 400}, date(2026, 4, 1)).outcome is Outcome.NOT_MET


def test_a_design_without_its_own_tables_prints_the_standard_ones(rutas):
    tables = {table.code: table for table in print_tables(rutas, "treated")}
    assert list(tables) == ["cover", "chain", "articulation", "indicators", "targets"]
    assert ("Actividad R1.a", "Brigadas de acompañantes") in [row.cells for row in tables["chain"].rows]
    assert tables["articulation"].rows[0].cells[-2:] == ("", "X")


def test_a_variant_of_another_programme_is_worded_with_its_own_names(rutas):
    (change,) = variant_changes(rutas, "hasta-13")
    assert change.title == "Rangos de edad · Edad escolar · edad máxima"
    assert (change.before, change.after) == (11, 13)


def test_the_rules_name_no_programme():
    for file in (Path(__file__).parents[1] / "rules").glob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert not [word for word in ("INPE", "1210", "Pucallpa", "PROPERTY", "SEXUAL") if word in text], file.name


def test_a_document_and_its_folder_are_the_same_design(rutas):
    again = design_from_document(rutas.document())
    assert again == rutas
    assert again.digest == rutas.digest


def test_a_missing_field_says_which_item_lacks_it_and_where_the_item_is(folder):
    line = spoil(folder, "conclusions.yaml", '  - {code: "4", printed: ', '  - {code: "4", note: ')
    (error,) = errors_of(folder)
    assert (error.file, error.line, error.item) == ("conclusions.yaml", line, "conclusions/4/printed")
    assert error.problem == "falta el campo «printed»"


def test_a_wrong_type_says_what_was_found_and_what_is_expected(folder):
    line = spoil(folder, "targets.yaml", "value: 1210", "value: mil doscientos")
    errors = errors_of(folder)
    assert [(e.file, e.line, e.item) for e in errors] == [("targets.yaml", line, "targets/P4/value")]
    assert errors[0].problem == "«mil doscientos» no es del tipo debido"
    assert errors[0].expected == "un número entero"


def test_a_number_between_quotes_is_not_taken_for_a_number(folder):
    spoil(folder, "targets.yaml", "value: 1210", 'value: "1210"')
    assert errors_of(folder)[0].expected == "un número entero"


def test_a_line_outside_the_source_is_refused(folder):
    line = spoil(folder, "targets.yaml", "lines: [217]", "lines: [2170]")
    (error,) = errors_of(folder)
    assert (error.line, error.item) == (line, "targets/P5/lines")
    assert error.problem == "la fuente no tiene la línea 2170"
    assert error.expected == "líneas entre 1 y 278"


def test_lines_written_backwards_are_refused(folder):
    line = spoil(folder, "chain.yaml", 'lines: ["89-94"]', 'lines: ["94-89"]')
    errors = errors_of(folder)
    assert (errors[0].file, errors[0].line) == ("chain.yaml", line)
    assert "no es un número de línea ni un tramo" in errors[0].problem


def test_an_unknown_reference_names_the_candidates(folder):
    line = spoil(folder, "chain.yaml", "product: P2\n", "product: P9\n")
    errors = errors_of(folder)
    wrong = next(error for error in errors if error.item == "activities/A2.1/product")
    assert wrong.line == line
    assert wrong.problem == "«product:P9» no existe en el diseño"
    assert wrong.expected.startswith("una de: product:P1, product:P2")


def test_a_reversed_age_band_is_refused(folder):
    spoil(folder, "population.yaml", "min: 18\n    max: 34", "min: 34\n    max: 18")
    (error,) = errors_of(folder)
    assert error.item == "age_bands/population/min"
    assert error.problem == "la edad mínima (34) es mayor que la máxima (18)"


def test_errors_of_several_files_are_told_together_and_in_order(folder):
    spoil(folder, "targets.yaml", "value: 1210", "value: -3")
    spoil(folder, "contradictions.yaml", "severity: H", "severity: X")
    spoil(folder, "population.yaml", 'articles: ["298"]', 'articles: ["doscientos"]')
    spoil(folder, "chain.yaml", "product: P2\n", "product: P9\n")
    errors = errors_of(folder)
    assert {error.file for error in errors} == {
        "targets.yaml",
        "contradictions.yaml",
        "population.yaml",
        "chain.yaml",
    }
    assert errors == sorted(errors, key=lambda e: (e.file, e.line, e.item, e.problem))
    assert "uno de: 'H', 'M', 'L'" in next(e.expected for e in errors if e.file == "contradictions.yaml").replace(
        " o ", ", "
    )


def test_an_item_that_cannot_be_read_is_not_blamed_on_those_that_mention_it(folder):
    spoil(folder, "chain.yaml", "  - code: P4\n    short:", "  - code: P4\n    shrt:")
    errors = errors_of(folder)
    assert {error.item.rsplit("/", 1)[0] for error in errors} == {"products/P4"}


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("targets.yaml", "split: null", "split: {LIMA: 1}", "el reparto nombra LIMA"),
        (
            "targets.yaml",
            "split: null",
            "split: {LIMA: 1, PIURA: 1, HUANCAYO: 1, AREQUIPA: 1, PUCALLPA: 1}",
            "el reparto por sede suma 5 y la meta es 1210",
        ),
        ("population.yaml", 'articles: ["185-208"]', 'articles: ["208-185"]', "El rango «208-185» está al revés"),
        ("population.yaml", "age_band: population", "age_band: nadie", "«nadie» no está en age_bands"),
        ("population.yaml", "family: PROPERTY", "family: NADA", "«NADA» no está en offence_families"),
        ("population.yaml", "equals: 1}", "igual: 1}", "el dato «admission_count» lleva una sola prueba"),
        ("population.yaml", "de {edad:population}, por", "de {edad:nadie}, por", "no existe el parámetro {edad:nadie}"),
        ("population.yaml", "valid_from: 2026-02-12", "valid_from: 12/02/2026", "«12/02/2026» no es del tipo debido"),
        ("variants.yaml", "age_bands/P1/max", "age_bands/P7/max", "la ruta «age_bands/P7/max» no existe"),
        ("variants.yaml", "value: 39", "value: 12", "la edad mínima (18) es mayor que la máxima (12)"),
        ("tables.yaml", "@product:P1", "@product:P8", "«product:P8» no existe en el diseño"),
        ("tables.yaml", "@articulation:A1.1/GN", "@articulation:A1.1/GX", "no tiene la parte «GX»"),
        ("design.yaml", 'expected: 13, lines: ["43-72"]', "expected: 14, lines: [43]", "el diseño tiene 13 (activity)"),
        ("design.yaml", "status: in_force", "status: vigente", "«vigente» no es un valor permitido"),
        ("conclusions.yaml", 'code: "5"', 'code: "4"', "el código «4» está repetido"),
        ("articulation.yaml", "code: A5.4", "code: A5.3", "el código «A5.3» está repetido"),
        ("chain.yaml", "code: A1.1", "code: A1.9", "la actividad no está en la articulación territorial"),
        ("articulation.yaml", "contradictions: [C-07]", "note: nada", "no dice qué contradicción lo explica"),
        ("sheets.yaml", "- code: place", "- code: lugar", "la ficha necesita los nueve campos"),
        ("identity.yaml", "holder: null", "holder: Una Persona", "«Una Persona» no es del tipo debido"),
        ("facts.yaml", "facts:\n", "hechos:\n", "no se conoce esta sección"),
    ],
)
def test_each_kind_of_slip_is_told_with_its_file(folder, file, old, new, problem):
    spoil(folder, file, old, new)
    errors = errors_of(folder)
    assert [error for error in errors if error.file == file and problem in error.problem], [str(e) for e in errors]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("design: [", "el YAML no se puede leer"),
        ("design: &a {x: 1}\nlevels: *a\n", "el YAML no se puede leer"),
        ("design: {code: A, code: B}\n", "la clave «code» está repetida"),
        ("- 1\n- 2\n", "no es un grupo de secciones"),
        ("{}", "falta la sección «design»"),
        ("levels: 3\n", "la sección no es una lista"),
        ("design: " + "[" * 40 + "]" * 40, "hay más de 30 niveles"),
    ],
)
def test_a_file_that_is_not_a_design_is_refused_without_crashing(tmp_path, content, problem):
    (tmp_path / "design.yaml").write_text(content, encoding="utf-8")
    assert any(problem in error.problem for error in errors_of(tmp_path)), [str(e) for e in errors_of(tmp_path)]


def test_bytes_that_are_not_utf8_are_told_with_their_line(tmp_path):
    (tmp_path / "design.yaml").write_bytes("design:\n  title: año\n".encode("latin-1"))
    (error,) = errors_of(tmp_path)
    assert error.line == 2
    assert error.expected == "un archivo en UTF-8"


def test_an_enormous_file_is_refused_before_it_is_parsed(tmp_path):
    (tmp_path / "design.yaml").write_text("# " + "x" * 2_100_000, encoding="utf-8")
    (error,) = errors_of(tmp_path)
    assert "el límite es 2000000" in error.problem


def test_an_empty_folder_is_an_error_and_not_an_empty_design(tmp_path):
    (error,) = errors_of(tmp_path)
    assert error.problem == "no hay archivos .yaml"


def test_a_section_may_not_be_split_between_files(folder):
    (folder / "otra.yaml").write_text("targets: []\n", encoding="utf-8")
    errors = errors_of(folder)
    assert any(error.item == "targets" and "también en" in error.problem for error in errors)


def test_a_fact_whose_reference_does_not_exist_is_reported_as_unbound(folder):
    spoil(folder, "facts.yaml", '["problem:main"]', '["problem:otro"]')
    report = check(load_design(folder))
    assert [(item.code, item.reason) for item in report.unbound] == [("S-08", "no existe problem:otro")]


def test_an_item_without_lines_or_citation_is_counted_as_uncited(folder):
    spoil(folder, "conclusions.yaml", "lines: [272]", "note: sin cita")
    assert check(load_design(folder)).uncited == ("conclusion:4",)

"""Module 862 of the prison census of 2016: people without a name, and what they said of themselves."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from creo.register import commands, queries
from creo.register.models import Custody, Identity, PersonReference, Statement
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY
from creo.register.tests.importing import apply, check, errors, only_error
from creo.support.imports.reading import read_table
from creo.support.refusals import Refused

pytestmark = pytest.mark.django_db
SAMPLE = Path("shared/data/peru/censo2016/muestra_mod862_primeras_filas.csv")


@pytest.fixture(autouse=True)
def _reference() -> None:
    make.places()
    commands.load_offences(by=BY)


CENSUS_ROWS = """ID_CARATULA;P216;P219;P219A;P220;P220A;OMICAP200
1.0;Procesado?;;;;;No
2.0;Sentenciado?;Sí;2.0;Sí;3.0;No
3.0;Sentenciado?;No;;Sí;99.0;No
99.0;;;;;;Si
"""


def census(tmp_path: Path, text: str = CENSUS_ROWS) -> Any:
    path = tmp_path / "censo.csv"
    path.write_text(text)
    return read_table(path)


def test_the_census_gives_unknown_people_under_its_own_key(tmp_path: Path) -> None:
    checked = check(census(tmp_path), "inpe_censo_2016_862", observed_on="2016-01-18")
    assert errors(checked) == []
    assert apply(checked, "inpe_censo_2016_862") == {"persons": 4, "custodies": 4}
    assert list(PersonReference.objects.order_by("id").values_list("source", "reference")) == [
        ("inpe-censo-2016", number) for number in ("1", "2", "3", "99")
    ]
    assert set(Identity.objects.values_list("first_surname", "document_kind", "status")) == {
        ("", "unknown", "provisional")
    }
    assert list(Custody.objects.order_by("id").values_list("legal_status", "facility", "admitted_on_known")) == [
        ("unsentenced", None, False),
        ("sentenced", None, False),
        ("sentenced", None, False),
        ("", None, False),
    ]


def test_what_people_told_the_census_is_kept_and_counts_for_nothing(tmp_path: Path) -> None:
    apply(check(census(tmp_path), "inpe_censo_2016_862", observed_on="2016-01-18"), "inpe_censo_2016_862")
    said = Statement.objects.order_by("person_id", "kind").values_list("person__code", "kind", "answer")
    assert list(said) == [
        ("P-0000002", "prior_effective", "yes, 3"),
        ("P-0000002", "prior_suspended", "yes, 2"),
        ("P-0000003", "prior_effective", "yes"),
        ("P-0000003", "prior_suspended", "no"),
    ]
    found = queries.facts_for(BY, "P-0000002", TODAY)
    assert found.facts["admission_count"] is None
    assert found.facts["main_article"] is None


def test_the_census_twice_adds_nobody(tmp_path: Path) -> None:
    apply(check(census(tmp_path), "inpe_censo_2016_862", observed_on="2016-01-18"), "inpe_censo_2016_862")
    again = check(census(tmp_path), "inpe_censo_2016_862", observed_on="2016-01-18")
    assert (errors(again), again.counts["repeated"]) == ([], 4)


def test_the_census_needs_the_day_and_takes_a_prison(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="día en que las personas") as refusal:
        check(census(tmp_path), "inpe_censo_2016_862")
    assert "observed_on" in refusal.value.fields
    checked = check(census(tmp_path), "inpe_censo_2016_862", observed_on="2016-01-18", facility="EP-PIURA")
    apply(checked, "inpe_censo_2016_862")
    assert set(Custody.objects.values_list("facility__code", flat=True)) == {"EP-PIURA"}


def test_an_answer_that_the_census_did_not_have_is_an_error(tmp_path: Path) -> None:
    text = CENSUS_ROWS.replace("Procesado?", "Libre?")
    row, column, _words = only_error(check(census(tmp_path, text), "inpe_censo_2016_862", observed_on="2016-01-18"))
    assert (row, column) == (2, "P216")


def real_sample() -> Path:
    """The thirty real rows, kept outside the project."""
    for parent in Path(__file__).resolve().parents:
        for name in ("", "..", "../.."):
            found = parent / name / SAMPLE
            if found.exists():
                return found
    pytest.skip("las 30 filas reales del censo no están en esta máquina")


def test_the_thirty_real_rows_of_the_census_come_in(tmp_path: Path) -> None:
    sheet = read_table(real_sample())
    checked = check(sheet, "inpe_censo_2016_862", observed_on="2016-01-18")
    assert errors(checked) == []
    assert (sheet.height, checked.counts["new_people"]) == (30, 30)
    apply(checked, "inpe_censo_2016_862")
    legal = list(Custody.objects.values_list("legal_status", flat=True))
    with real_sample().open(encoding="utf-8") as file:
        printed = [row["P216"] for row in csv.DictReader(file, delimiter=";")]
    assert legal.count("unsentenced") == printed.count("Procesado?") > 0
    assert legal.count("sentenced") == printed.count("Sentenciado?") > 0
    assert legal.count("") == printed.count("") == 1

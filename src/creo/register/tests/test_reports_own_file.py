"""The person's own file: every item of Mandela Rules 7 and 8 is there or said to be empty; evaluations never are."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import time_machine

from creo.register import commands, queries, reports, rules
from creo.register.models import DetentionMandate
from creo.register.queries.own_file import OwnFile
from creo.register.tests import factories_files as files
from creo.register.tests.factories import BY, TODAY
from creo.register.tests.factories_files import ask, at_piura, fact, somebody
from creo.support.refusals import Forbidden, NotFound

pytestmark = pytest.mark.django_db
SECRET, DIAGNOSIS = "Perfil psicológico reservado", "Diagnóstico reservado"


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


@pytest.fixture
def found() -> OwnFile:
    """The file of somebody with a bit of everything."""
    code = somebody()
    files.add(code, "evaluations", SECRET)
    files.add(code, "medical_report", DIAGNOSIS, dated_on=date(2025, 1, 10))
    files.add(code, "conduct_record", "Récord de conducta de prueba")
    commands.record_protected(
        by=BY, person_code=code, fact=fact(value="Aimara"), since=TODAY, source="La persona", today=TODAY
    )
    inside = rules.ProtectedValue("children_inside", "yes", number=1, day=date(2025, 3, 3))
    commands.record_protected(by=BY, person_code=code, fact=inside, since=TODAY, source="Acta", today=TODAY)
    alias = commands.AliasData("nickname", nickname="Chaski", source="La persona")
    commands.add_alias(by=BY, person_code=code, alias=alias, on=TODAY, today=TODAY)
    file = queries.person(BY, code, TODAY)
    DetentionMandate.objects.create(
        custody_id=file.custodies[0].id,
        court="Juzgado de prueba",
        case_number="123-2025",
        received_on=date(2025, 1, 10),
    )
    ask(code)
    commands.look_at_protected(by=at_piura("health"), person_code=code, purpose="health")
    return queries.own_file(at_piura("registry"), code, TODAY)


def data_of(found: OwnFile) -> dict[str, object]:
    return reports.own_file_data(found, on=TODAY, receiver="Rosa", by="Registro")


def test_every_item_of_the_rules_is_present_or_marked_empty(found: OwnFile) -> None:
    items = {item["title"]: item["lines"] for item in data_of(found)["items"]}  # type: ignore[attr-defined]
    assert set(items) == {item.title for item in rules.OWN_FILE_ITEMS}
    assert all(lines and all(lines) for lines in items.values())
    empty = {title for title, lines in items.items() if lines == ["No consta."]}
    by_code = {item.code: item.title for item in rules.OWN_FILE_ITEMS}
    assert by_code["belongings"] in empty and by_code["arrest"] in empty
    for code in ("identity", "mandate", "admission", "injuries", "family", "proceedings", "conduct", "complaints"):
        assert by_code[code] not in empty, code


def test_somebody_with_nothing_recorded_still_gets_every_item() -> None:
    code = somebody(given_names="", first_surname="", second_surname="", birth_date=None, sex="", status="provisional",
                    document_kind="unknown", document_number="", nationality="")  # fmt: skip
    items = data_of(queries.own_file(BY, code, TODAY))["items"]
    assert len(items) == len(rules.OWN_FILE_ITEMS) and all(item["lines"] for item in items)  # type: ignore[arg-type]


def test_professional_evaluations_and_medical_titles_stay_out(found: OwnFile) -> None:
    told = json.dumps(data_of(found), ensure_ascii=False)
    assert SECRET not in told and DIAGNOSIS not in told
    assert "Se guardan aparte: 1 documento." in told, "that they exist is no secret to the person"
    assert "Informe médico de ingreso" in told and "Récord de conducta de prueba" in told


def test_it_tells_what_is_known_and_who_looked_without_their_names(found: OwnFile) -> None:
    told = json.dumps(data_of(found), ensure_ascii=False).replace("\xa0", " ").replace("\u202f", " ")
    for words in (
        "Chaski",
        "Aimara",
        "Juzgado de prueba",
        "123-2025",
        "2026-0001",
        "Mi segundo apellido",
        "03 mar 2025",
        "Documento de identidad: DNI",
        "Estado de la identidad: Identidad confirmada",
        "Episodio 1, situación jurídica: ",
    ):
        assert words in told, words
    looks = data_of(found)["tables"][-1]["rows"]  # type: ignore[index]
    assert [row[1:] for row in looks] == [["Datos protegidos consultados", "E.P. de Piura", "Atención de salud"]]
    assert "health de prueba" not in told


def test_only_who_handles_rights_in_that_prison_makes_it(found: OwnFile) -> None:
    code = found.heading.code
    for role in ("treatment_body", "health", "regional_office", "technical_lead"):
        with pytest.raises(Forbidden):
            queries.own_file(at_piura(role), code, TODAY)
    from creo.register.tests.factories import reader_at

    with pytest.raises(NotFound):
        queries.own_file(reader_at("EP-TUMBES"), code, TODAY)


def test_a_text_is_never_markup_in_the_document() -> None:
    code = somebody(given_names='#panic("x") = $ * _', first_surname="\\ ] [ #sys")
    pdf = reports.own_file_pdf(queries.own_file(BY, code, TODAY), on=TODAY, receiver="*x*", by="#y")
    assert pdf.startswith(b"%PDF")


def test_the_pdf_says_what_the_data_says(found: OwnFile, tmp_path: Path) -> None:
    pdf = reports.own_file_pdf(found, on=TODAY, receiver="Rosa", by="Registro")
    assert pdf.startswith(b"%PDF") and len(pdf) > 10_000
    again = reports.own_file_pdf(found, on=TODAY, receiver="Rosa", by="Registro")
    assert abs(len(again) - len(pdf)) < 64
    if shutil.which("pdftotext") is None:
        return  # the data behind it is tested above on every machine
    (tmp_path / "own.pdf").write_bytes(pdf)
    shown = subprocess.run(["pdftotext", "-layout", "own.pdf", "-"], cwd=tmp_path, capture_output=True, check=True)
    text = " ".join(shown.stdout.decode().split())
    for item in rules.OWN_FILE_ITEMS:
        assert item.title.split(",")[0] in text, item.title
    assert SECRET not in text and "Chaski" in text and found.heading.code in text

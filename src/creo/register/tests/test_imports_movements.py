from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from creo.register import commands, queries
from creo.register.imports import MOVEMENTS
from creo.register.models import Custody, Movement
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY, reader_at
from creo.support.imports.kinds import CheckResult, Holding, ImportKind, Rehearsing
from creo.support.imports.reading import read_table
from creo.support.jobs.progress import silent
from creo.support.ledger.models import Entry
from creo.support.refusals import Refused

pytestmark = pytest.mark.django_db
HEADERS = (
    "codigo_persona", "tipo_documento", "numero_documento", "referencia", "movimiento", "fecha", "hora", "origen",
    "destino", "detalle", "lugar", "horas", "orden", "juzgado", "clave",
)  # fmt: skip
TRANSFER = {
    "codigo_persona": "P-0000001",
    "movimiento": "Traslado",
    "fecha": "2026-11-20",
    "hora": "09:30",
    "origen": "E.P. de Piura",
    "destino": "E.P. de Arequipa",
    "orden": "RD 12-2026",
}
ESCORT = {
    "codigo_persona": "P-0000001",
    "movimiento": "diligencia",
    "fecha": "2026-11-20",
    "hora": "11:00",
    "lugar": "Juzgado de Arequipa",
    "orden": "Oficio 4",
}
RETURN = {"codigo_persona": "P-0000001", "movimiento": "retorno", "fecha": "2026-11-20", "hora": "15:00"}


@pytest.fixture(autouse=True)
def _held() -> None:
    places = make.places()
    commands.load_offences(by=BY)
    for number in (1, 2):
        person = make.person(number)
        make.identity(person)
        make.custody(person, places["EP-PIURA"])


@pytest.fixture
def sheet_of(tmp_path: Path) -> Callable[..., Any]:
    def made(*rows: dict[str, str]) -> Any:
        path = tmp_path / "movimientos.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, HEADERS)
            writer.writeheader()
            writer.writerows(rows)
        return read_table(path)

    return made


def check(sheet: Any, reader: Any = BY) -> CheckResult:
    mapping = MOVEMENTS.mappings()[0]
    return MOVEMENTS.check(sheet=sheet, mapping=mapping, options={}, reader=reader, as_of=TODAY, progress=silent)


def apply(checked: CheckResult) -> dict[str, int]:
    mapping = MOVEMENTS.mappings()[0]
    counts = MOVEMENTS.apply(
        checked=checked, mapping=mapping, options={}, reader=BY, as_of=TODAY, batch_id=7, progress=silent
    )
    return dict(counts)


def errors(checked: CheckResult) -> list[tuple[int, str, str]]:
    return [(error.row, error.column, error.message) for error in checked.errors.items]


def kinds_of(number: int) -> list[str]:
    found = Movement.objects.filter(custody__person_id=number).order_by("custody__number", "sequence")
    return list(found.values_list("kind", flat=True))


def test_it_is_a_kind_that_holds_the_register_while_it_applies() -> None:
    assert isinstance(MOVEMENTS, ImportKind)
    assert isinstance(MOVEMENTS, Holding)


def test_the_rows_are_recorded_in_the_order_in_which_they_happened(sheet_of: Callable[..., Any]) -> None:
    checked = check(sheet_of(RETURN, ESCORT, TRANSFER))
    assert errors(checked) == []
    assert Movement.objects.count() == 2  # a check writes nothing
    assert apply(checked) == {"movements": 3}
    assert kinds_of(1) == ["admission", "transfer", "escort", "return"]
    held = Custody.objects.get(person_id=1)
    assert (held.facility.code if held.facility else "", held.absence) == ("EP-AREQUIPA", "")
    acts = Entry.objects.filter(subject_code="P-0000001").order_by("id").values_list("act", "place")
    assert [act for act, _place in acts][-3:] == [
        "register.person_transferred",
        "register.person_left",
        "register.person_returned",
    ]


def test_the_same_rows_again_change_nothing(sheet_of: Callable[..., Any]) -> None:
    keyed = ESCORT | {"clave": "INPE-77"}
    apply(check(sheet_of(TRANSFER, keyed, RETURN)))
    before = (Movement.objects.count(), Entry.objects.count())
    again = check(sheet_of(TRANSFER, keyed, RETURN))
    assert (errors(again), again.counts["movements"], again.counts["repeated"]) == ([], 0, 3)
    assert apply(again) == {"movements": 0}
    assert (Movement.objects.count(), Entry.objects.count()) == before


def test_a_row_twice_in_one_file_is_recorded_once(sheet_of: Callable[..., Any]) -> None:
    checked = check(sheet_of(TRANSFER, TRANSFER))
    assert (errors(checked), checked.counts["movements"], checked.counts["repeated"]) == ([], 1, 1)
    apply(checked)
    assert kinds_of(1) == ["admission", "transfer"]


def test_a_key_that_comes_back_with_other_content_is_an_error(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of(ESCORT | {"clave": "INPE-77", "fecha": "2026-11-19"})))
    checked = check(sheet_of(ESCORT | {"clave": "INPE-77", "fecha": "2026-11-18"}))
    assert [(row, column) for row, column, _message in errors(checked)] == [(2, "clave")]
    assert checked.prepared is None


def test_a_late_row_takes_its_place_when_it_is_possible(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of(TRANSFER)))
    apply(check(sheet_of(ESCORT | {"fecha": "2026-11-02"}, RETURN | {"fecha": "2026-11-02"})))
    assert kinds_of(1) == ["admission", "escort", "return", "transfer"]
    impossible = check(sheet_of(ESCORT | {"fecha": "2026-11-04"}))
    assert errors(impossible)[0][:2] == (2, "fecha")


def test_who_is_not_in_the_register_is_listed_and_the_file_refused(sheet_of: Callable[..., Any]) -> None:
    stranger = TRANSFER | {"codigo_persona": "", "tipo_documento": "DNI", "numero_documento": "87654321"}
    checked = check(sheet_of(stranger, TRANSFER))
    assert errors(checked) == [
        (2, "numero_documento", "Esa persona no está en el registro: ingrésela antes de registrar sus movimientos.")
    ]
    assert (checked.counts["unknown_people"], checked.prepared) == (1, None)
    assert any("87654321" in line for line in checked.summary)


def test_people_are_found_by_document_and_a_contradiction_is_named(sheet_of: Callable[..., Any]) -> None:
    by_document = TRANSFER | {"codigo_persona": "", "tipo_documento": "", "numero_documento": "2"}
    apply(check(sheet_of(by_document | {"numero_documento": "00000002"})))
    assert kinds_of(2) == ["admission", "transfer"]
    both = ESCORT | {"tipo_documento": "DNI", "numero_documento": "00000002"}
    assert "no son de la misma persona" in errors(check(sheet_of(both)))[0][2]


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"origen": "E.P. de Tumbes"}, "origen", "no está en ese establecimiento"),
        ({"destino": "E.P. de Piura"}, "destino", "ya está en ese establecimiento"),
        ({"destino": "Marte"}, "destino", "No se conoce ese establecimiento"),
        ({"fecha": "2026-12-01"}, "fecha", "posterior"),
        ({"movimiento": "vuelo"}, "movimiento", "No existe en el catálogo"),
        ({"hora": "25:00"}, "hora", "08:30"),
        ({"movimiento": "egreso", "detalle": "", "destino": ""}, "detalle", "no está en la lista"),
        ({"movimiento": "egreso", "detalle": "Absolución", "orden": ""}, "orden", "orden de libertad"),
        ({"movimiento": "permiso", "lugar": "Domicilio", "horas": ""}, "horas", "horas"),
        ({"movimiento": "retorno"}, "", "no ha salido"),
    ],
)
def test_what_the_single_command_refuses_the_file_refuses_beside_its_cell(
    sheet_of: Callable[..., Any], change: dict[str, str], column: str, words: str
) -> None:
    checked = check(sheet_of(TRANSFER | change))
    found = errors(checked)
    assert found, checked
    assert any(where == column and words in message for _row, where, message in found), found
    assert checked.prepared is None


def test_a_release_ends_the_episode_and_an_admission_begins_the_next(sheet_of: Callable[..., Any]) -> None:
    out = TRANSFER | {"movimiento": "egreso", "destino": "", "detalle": "Absolución", "juzgado": "2.º Juzgado"}
    back = TRANSFER | {
        "movimiento": "ingreso",
        "fecha": "2026-11-22",
        "origen": "",
        "destino": "E.P. de Tumbes",
        "orden": "Resolución 9",
    }
    assert apply(check(sheet_of(back, out))) == {"movements": 2}
    file = queries.person(BY, "P-0000001", TODAY)
    assert [(row.admitted_on, row.released_on) for row in file.custodies] == [
        (date(2026, 11, 22), None),
        (date(2025, 1, 10), date(2026, 11, 20)),
    ]


def test_people_of_other_prisons_stay_out_of_reach(sheet_of: Callable[..., Any]) -> None:
    checked = check(sheet_of(TRANSFER), reader=reader_at("EP-TUMBES"))
    assert errors(checked) == [(2, "codigo_persona", "La persona no está en su ámbito.")]


def test_if_a_row_cannot_be_when_it_is_applied_nothing_is_recorded(sheet_of: Callable[..., Any]) -> None:
    other = TRANSFER | {"codigo_persona": "P-0000002", "fecha": "2026-11-10"}
    checked = check(sheet_of(other, TRANSFER))
    commands.release(
        by=BY, person_code="P-0000001", on=date(2026, 11, 15), kind="acquittal", reason="Orden 1", today=TODAY
    )
    before = Movement.objects.count()
    with pytest.raises(Refused, match="Fila 3"):
        apply(checked)
    assert Movement.objects.count() == before


def test_when_it_is_applied_each_movement_is_tried_once_and_refused_there(sheet_of: Callable[..., Any]) -> None:
    assert isinstance(MOVEMENTS, Rehearsing)
    sheet = sheet_of(RETURN)
    again = MOVEMENTS.recheck(
        sheet=sheet, mapping=MOVEMENTS.mappings()[0], options={}, reader=BY, as_of=TODAY, progress=silent
    )
    assert errors(again) == []  # the check itself refuses it
    assert "no ha salido" in errors(check(sheet_of(RETURN)))[0][2]
    with pytest.raises(Refused, match="no ha salido"):
        apply(again)

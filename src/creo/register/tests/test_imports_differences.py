from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from creo.register import commands
from creo.register.imports import KIND
from creo.register.models import Custody, CustodyOffence, Identity, Movement
from creo.register.reports import template
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY
from creo.register.tests.importing import apply, check, errors
from creo.support.imports.kinds import Comparing, Difference, Outcome
from creo.support.imports.reading import read_table
from creo.support.ledger.models import Entry
from creo.support.refusals import Refused

pytestmark = pytest.mark.django_db
HEADERS = template()[0]
ROW = {
    "tipo_documento": "DNI",
    "numero_documento": "00000041",
    "nombres": "Rosa",
    "primer_apellido": "Quispe",
    "segundo_apellido": "Ñaupari",
    "fecha_nacimiento": "2003-03-14",
    "sexo": "mujer",
    "establecimiento": "E.P. de Piura",
    "fecha_ingreso": "2026-03-14",
    "situacion_juridica": "Procesada",
    "fecha_situacion": "2026-03-14",
    "delito": "Robo agravado",
    "tentativa": "no",
}


@pytest.fixture(autouse=True)
def _reference() -> None:
    make.places()
    commands.load_offences(by=BY)


@pytest.fixture
def sheet_of(tmp_path: Path) -> Callable[..., Any]:
    def made(*changes: dict[str, str]) -> Any:
        path = tmp_path / "lista.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, HEADERS)
            writer.writeheader()
            writer.writerows(ROW | change for change in changes)
        return read_table(path)

    return made


def told(found: list[Difference]) -> list[tuple[str, str, str, str, str]]:
    return [(each.kind, each.field, each.before, each.after, each.outcome.value) for each in found]


def only(found: Any) -> Difference:
    assert len(found.differences) == 1, found.differences
    return found.differences[0]


def test_it_is_a_kind_that_compares() -> None:
    assert isinstance(KIND, Comparing)
    assert KIND.subject_url("P-0000001").endswith("/P-0000001/")


def test_the_same_list_again_says_nothing_otherwise(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({})))
    shouted = {"nombres": "ROSA", "primer_apellido": "quispe", "segundo_apellido": "NAUPARI", "sexo": ""}
    assert check(sheet_of({})).differences == []
    assert check(sheet_of(shouted)).differences == []


def test_a_provisional_identity_is_completed_and_corrected_with_its_history(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({"segundo_apellido": "", "sexo": ""})))
    later = check(sheet_of({"nombres": "Rosa María"}))
    assert told(list(later.differences)) == [
        ("identity", "Nombres", "Rosa", "Rosa María", "applies"),
        ("identity", "Segundo apellido", "", "Ñaupari", "applies"),
        ("identity", "Sexo", "", "Mujer", "applies"),
    ]
    assert Identity.objects.count() == 1  # shown, not done
    assert apply(later) == {"persons": 0, "custodies": 0, "identity": 1}
    old, new = Identity.objects.order_by("id")
    assert (old.given_names, old.valid_to is not None, new.given_names, new.second_surname) == (
        "Rosa",
        True,
        "Rosa María",
        "Ñaupari",
    )
    entry = Entry.objects.get(act="register.identity_corrected")
    assert "fila 2" in entry.reason
    assert check(sheet_of({"nombres": "Rosa María"})).differences == []


def test_blanks_never_erase(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({})))
    blank = dict.fromkeys(
        ("segundo_apellido", "sexo", "situacion_juridica", "fecha_situacion", "delito", "tentativa"), ""
    )
    assert check(sheet_of(blank)).differences == []


def test_a_confirmed_identity_is_left_to_a_person(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({"identidad_confirmada": "sí"})))
    later = check(sheet_of({"fecha_nacimiento": "2001-01-01"}))
    assert errors(later) == []
    found = only(later)
    assert (found.kind, found.outcome) == ("identity", Outcome.CHOICE)
    assert "confirmada" in found.why
    assert apply(later) == {"persons": 0, "custodies": 0}
    assert Identity.objects.get().birth_date == date(2003, 3, 14)


def test_a_later_legal_status_becomes_an_act(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({})))
    later = check(sheet_of({"situacion_juridica": "Sentenciada", "fecha_situacion": "2026-09-01"}))
    found = only(later)
    assert (found.kind, found.outcome) == ("legal_status", Outcome.APPLIES)
    assert apply(later)["legal_status"] == 1
    held = Custody.objects.get()
    assert (held.legal_status, held.legal_status_on) == ("sentenced", date(2026, 9, 1))


def test_a_legal_status_without_its_day_is_left_to_a_person(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({})))
    later = check(sheet_of({"situacion_juridica": "Sentenciada", "fecha_situacion": ""}))
    assert only(later).outcome == Outcome.CHOICE
    assert apply(later) == {"persons": 0, "custodies": 0}


def test_another_offence_becomes_the_main_one(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({})))
    later = check(sheet_of({"delito": "Hurto agravado"}))
    assert only(later).kind == "offence"
    apply(later)
    now = CustodyOffence.objects.get(is_main=True, valid_to=None).offence
    assert now is not None
    assert now.code == "CP-186"
    assert check(sheet_of({"delito": "Hurto agravado"})).differences == []


def test_another_prison_is_a_transfer_of_the_day_of_the_list(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({})))
    later = check(sheet_of({"establecimiento": "E.P. de Tumbes"}), observed_on="2026-11-01")
    assert only(later).kind == "transfer"
    apply(later)
    moved = Movement.objects.get(kind="transfer")
    assert (moved.on, moved.to_facility and moved.to_facility.code) == (date(2026, 11, 1), "EP-TUMBES")


def test_a_release_in_the_list_ends_the_open_episode(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({})))
    later = check(sheet_of({"fecha_egreso": "2026-10-05", "tipo_egreso": "Absolución"}))
    assert only(later).kind == "release"
    apply(later)
    ended = Custody.objects.get()
    assert (ended.released_on, ended.release_kind) == (date(2026, 10, 5), "acquittal")
    assert check(sheet_of({"fecha_egreso": "2026-10-05", "tipo_egreso": "Absolución"})).differences == []


def test_an_escape_in_the_list_is_recorded_as_one(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({})))
    later = check(sheet_of({"fecha_egreso": "2026-10-05", "tipo_egreso": "Fuga"}))
    assert (only(later).kind, only(later).why) == ("release", "")
    apply(later)
    assert list(Movement.objects.order_by("sequence").values_list("kind", "detail")) == [
        ("admission", "mandate"),
        ("escape", ""),
    ]
    assert Custody.objects.get().release_kind == "escape"


def test_a_list_that_still_holds_who_was_released_is_left_to_a_person(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({"fecha_egreso": "2026-10-05", "tipo_egreso": "Absolución"})))
    assert (only(check(sheet_of({}))).kind, only(check(sheet_of({}))).outcome) == ("release", Outcome.CHOICE)


def test_what_the_command_refuses_is_left_to_a_person_with_its_reason(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({})))
    too_early = {"fecha_egreso": "2026-10-05", "tipo_egreso": "Absolución"}
    commands.transfer(
        by=BY,
        person_code="P-0000001",
        from_facility="EP-PIURA",
        to_facility="EP-TUMBES",
        on=date(2026, 11, 2),
        reason="RD 1",
        today=TODAY,
    )
    found = list(check(sheet_of(too_early | {"establecimiento": "E.P. de Tumbes"})).differences)
    assert [(each.kind, each.outcome) for each in found] == [("release", Outcome.CHOICE)]
    assert found[0].why


def test_who_is_missing_from_a_whole_list_is_shown_and_stays(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({}, {"numero_documento": "00000042", "nombres": "Ana"})))
    whole = check(sheet_of({}), whole="yes")
    found = only(whole)
    assert (found.kind, found.subject, found.outcome) == ("missing", "P-0000002", Outcome.CHOICE)
    apply(whole)
    assert Custody.objects.filter(released_on=None).count() == 2
    assert check(sheet_of({})).differences == []  # only a list that says that it is whole


def test_changes_that_cannot_be_any_more_undo_the_whole_list(sheet_of: Callable[..., Any]) -> None:
    apply(check(sheet_of({}, {"numero_documento": "00000042", "nombres": "Ana"})))
    later = {"fecha_egreso": "2026-10-05", "tipo_egreso": "Absolución"}
    checked = check(sheet_of(later, later | {"numero_documento": "00000042", "nombres": "Ana"}))
    commands.release(
        by=BY, person_code="P-0000002", on=date(2026, 10, 1), kind="acquittal", reason="Orden 3", today=TODAY
    )
    with pytest.raises(Refused, match="Fila 3"):
        apply_at_once(checked)
    assert Custody.objects.filter(released_on=None).count() == 1


def apply_at_once(checked: Any) -> None:
    """As the import does it: one transaction."""
    from django.db import transaction

    with transaction.atomic():
        apply(checked)

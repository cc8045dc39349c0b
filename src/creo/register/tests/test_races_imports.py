"""Files that meet: two lists at once, the same list twice, two files of movements. One waits, nobody is there twice."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from creo.register import commands
from creo.register.models import Custody, Identity, Movement, Person
from creo.register.reports import template
from creo.register.tests import factories as make
from creo.register.tests.factories import BY
from creo.register.tests.test_races_merging import together
from creo.support.imports import commands as imports
from creo.support.imports.models import ImportBatch
from creo.support.ledger.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 300


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CREO_DATA_DIR", tmp_path)


def checked(name: str, *, first: int = 1, people: int = PEOPLE) -> int:
    """A list of made-up people, sent and checked; their identities are provisional, so that no constraint helps."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, template()[0])
    writer.writeheader()
    for number in range(first, first + people):
        writer.writerow(
            {
                "tipo_documento": "DNI",
                "numero_documento": f"{number:08d}",
                "nombres": "Nombre",
                "primer_apellido": "Ejemplo",
                "establecimiento": "E.P. de Piura",
                "fecha_ingreso": "2026-03-14",
                "mandato": name,
            }
        )
    batch = imports.stage(
        by=BY, kind="register", mapping="creo", filename=f"{name}.csv", content=[file.getvalue().encode()]
    )
    assert imports.check(by=BY, batch_id=batch.pk).state == "checked"
    return int(batch.pk)


def moved(name: str) -> int:
    """A file of one movement without a key, sent and checked."""
    text = (
        f"codigo_persona,movimiento,fecha,hora,lugar,orden,clave\nP-0000001,diligencia,2026-11-20,09:00,Juzgado,{name},"
    )
    batch = imports.stage(by=BY, kind="register.movements", mapping="", filename=f"{name}.csv", content=[text.encode()])
    assert imports.check(by=BY, batch_id=batch.pk).state == "checked"
    return int(batch.pk)


def apply(batch: int) -> object:
    return imports.apply(by=BY, batch_id=batch)


def nobody_twice(people: int) -> None:
    assert Person.objects.count() == Identity.objects.count() == Custody.objects.count() == people
    assert Identity.objects.values("document_number").distinct().count() == people
    audited = Entry.objects.filter(act="register.episode_imported").values("subject_code").distinct().count()
    assert audited == people


if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):  # races do not show on SQLite: one writer at a time

    @pytest.fixture(autouse=True)
    def places() -> dict[str, Any]:
        commands.load_offences(by=BY)
        return make.places()

    def test_two_lists_of_the_same_people_at_once_bring_them_in_once() -> None:
        one, two = checked("lista uno"), checked("lista dos")
        ends = together(lambda: apply(one), lambda: apply(two))
        assert ends == ["done", "done"]
        nobody_twice(PEOPLE)

    def test_lists_that_share_some_people_bring_all_of_them_in_once() -> None:
        one, two = checked("lista uno"), checked("lista dos", first=1 + PEOPLE // 2)
        assert together(lambda: apply(one), lambda: apply(two)) == ["done", "done"]
        nobody_twice(PEOPLE + PEOPLE // 2)

    def test_the_same_file_applied_twice_at_once_is_applied_once() -> None:
        one, again = checked("lista"), checked("lista")
        ends = together(lambda: apply(one), lambda: apply(again))
        assert sorted(end == "done" for end in ends) == [False, True], ends
        assert ImportBatch.objects.filter(state="applied").count() == 1
        nobody_twice(PEOPLE)

    def test_two_files_with_the_same_movement_at_once_record_it_once(places: dict[str, Any]) -> None:
        who = make.person(1)
        make.identity(who)
        make.custody(who, places["EP-PIURA"])
        one, two = moved("Oficio 1"), moved("Oficio 2")
        together(lambda: apply(one), lambda: apply(two))
        assert Movement.objects.filter(kind="escort").count() == 1

"""A merge takes the files, facts, references and requests of the duplicate along, and gives them back."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import time_machine

from creo.register import commands, queries, rules
from creo.register.commands.file_dependents import DEPENDENTS
from creo.register.demo import files as demo
from creo.register.models import BiometricReference, Document, Person, ProtectedFact, RightsRequest
from creo.register.queries.hanging import found_of
from creo.register.rules import Joining
from creo.register.tests import factories_files as files
from creo.register.tests.factories import BY, TODAY
from creo.register.tests.factories_files import ask, fact, somebody
from creo.support.files import storage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


def holders() -> dict[str, list[str]]:
    """Whose each record is, by table."""
    tables = (Document, ProtectedFact, BiometricReference, RightsRequest)
    return {
        table.__name__: list(table.objects.order_by("id").values_list("person__code", flat=True)) for table in tables
    }


def test_every_record_passes_and_comes_back_but_an_answer_that_is_there_stays() -> None:
    kept, duplicate = somebody(1), somebody(2)
    record = {"by": BY, "since": TODAY, "source": "La persona", "today": TODAY}
    commands.record_protected(person_code=kept, fact=fact(), **record)
    commands.record_protected(person_code=duplicate, fact=fact(value="Aimara"), **record)
    commands.record_protected(person_code=duplicate, fact=fact("community", value="Comunidad"), **record)
    files.add(duplicate, text="Título que no se cuenta")
    ask(duplicate)
    data = commands.BiometricData("AFIS", "marks", "AFIS-0001")
    commands.add_biometric(by=BY, person_code=duplicate, data=data, today=TODAY)
    before = holders()
    first, second = Person.objects.get(code=kept), Person.objects.get(code=duplicate)
    joining = Joining(second.pk, duplicate, first.pk, kept, TODAY)
    found = found_of(DEPENDENTS, joining)
    lines = [line for item in DEPENDENTS for line in item.preview(joining, found)]
    assert [line.fate for line in lines if line.fate == rules.Fate.CLOSED] == [rules.Fate.CLOSED], "the language"
    assert "Título que no se cuenta" not in str(lines) and "Aimara" not in str(lines)
    memory = {item.code: item.apply(joining, found) for item in DEPENDENTS}
    assert holders() == {
        "Document": [kept],
        "ProtectedFact": [kept, duplicate, kept],
        "BiometricReference": [kept],
        "RightsRequest": [kept],
    }
    found = found_of(DEPENDENTS, joining)
    assert [item.obstacles(joining, memory[item.code], found) for item in DEPENDENTS] == [[], [], [], []]
    for item in reversed(DEPENDENTS):
        item.undo(joining, memory[item.code])
    assert holders() == before


def test_every_key_to_a_person_of_this_chapter_is_answered_for() -> None:
    tables = (Document, ProtectedFact, BiometricReference, RightsRequest)
    wanted = {
        f"{table._meta.label}.{field.name}"
        for table in tables
        for field in table._meta.local_fields
        if field.is_relation and field.related_model is Person
    }
    assert {name for item in DEPENDENTS for name in item.covers} == wanted


def test_the_demonstration_meets_every_state_and_one_request_past_its_deadline() -> None:
    for number in range(1, 10):
        somebody(number, sex="female" if number % 3 == 0 else "male")
    context = SimpleNamespace(by=BY, seed=1, as_of=TODAY, scale=0.01, progress=lambda *_args: None)
    made = demo.load(context)
    assert made["people"] == demo.PEOPLE_A_SITE and made["documents"] == Document.objects.count() - made["requests"] - 2
    found = queries.requests_page(BY, queries.RequestFilters(situation=queries.REQUESTS_ALL), TODAY).rows
    assert len(found) == made["requests"] == demo.PEOPLE_A_SITE
    assert {row.state for row in found} == {"received", "in_review", "accepted"}
    assert [row.state for row in found if row.late] == ["in_review"]
    for row in Document.objects.all():
        with storage.opened(row.sha256) as file:
            assert file.read(5) == b"%PDF-"


def test_the_daily_sweep_reports_and_is_the_systems_own_act() -> None:
    from creo.register.commands import perform_sweep_files

    steps: list[str] = []
    job = SimpleNamespace(progress=lambda _done, _total, note: steps.append(note), reader=None, arguments={})
    assert perform_sweep_files(job) == {"removed": 0}  # type: ignore[arg-type]
    assert steps == ["Buscando archivos sin ficha"]

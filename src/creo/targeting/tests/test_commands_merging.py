from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine

from creo.register.queries.hanging import found_of
from creo.register.rules import Fate, Found, Joining
from creo.support.clock import now
from creo.targeting.commands.merging import DEPENDENTS, Enrolments
from creo.targeting.models import Enrolment, TargetingResult

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
ONE, OTHER = "P-0000001", "P-0000002"
JOINING = Joining(1, ONE, 2, OTHER, TODAY, "Ana", "Mismas huellas")
WORK = Enrolments()


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


@pytest.fixture
def facility() -> Any:
    """A prison and the two people of the merge."""
    from django.apps import apps

    from creo.territory.tests.factories import office, prison

    for number, code in ((1, ONE), (2, OTHER)):
        apps.get_model("register.Person").objects.create(pk=number, code=code)
    return prison("EP-PIURA", "E.P. de Piura", regional_office=office())


def enrolled(code: str, facility: Any, on: date, programme: str = "creo", ended_on: date | None = None) -> Enrolment:
    ended = {"ended_on": ended_on, "exit_reason": "completed", "ended_by": "Ana"} if ended_on else {}
    return Enrolment.objects.create(
        person_id=code,
        facility=facility,
        enrolled_on=on,
        programme=programme,
        design_version=1,
        design_digest="d",
        verdict={},
        decided_by="Ana",
        decided_at=now(),
        **ended,
    )


def rows() -> list[dict[str, object]]:
    return list(Enrolment.objects.order_by("pk").values())


def found() -> Found:
    return found_of(DEPENDENTS, JOINING)


def fates() -> list[tuple[str, str]]:
    return [(line.which, line.fate.value) for line in WORK.preview(JOINING, found())]


def test_enrolments_pass_to_the_record_that_goes_on_and_come_back(facility: Any) -> None:
    enrolled(ONE, facility, date(2025, 1, 1), ended_on=date(2025, 6, 1))
    enrolled(ONE, facility, date(2026, 1, 1))
    enrolled(OTHER, facility, date(2024, 1, 1), ended_on=date(2024, 6, 1))
    before = rows()
    assert [fate for _which, fate in fates()] == ["repointed", "repointed"]
    memory = WORK.apply(JOINING, found())
    assert set(Enrolment.objects.values_list("person_id", flat=True)) == {OTHER}
    assert WORK.obstacles(JOINING, memory, found()) == []
    WORK.undo(JOINING, memory)
    assert rows() == before


@pytest.mark.parametrize(
    ("mine", "theirs"), [(date(2026, 3, 1), date(2026, 1, 1)), (date(2026, 1, 1), date(2026, 3, 1))]
)
def test_of_two_open_enrolments_the_later_closes_as_a_duplicate(facility: Any, mine: date, theirs: date) -> None:
    first, second = enrolled(ONE, facility, mine), enrolled(OTHER, facility, theirs)
    enrolled(OTHER, facility, date(2026, 2, 1), programme="otro")
    before = rows()
    assert "closed" in {line.fate.value for line in WORK.preview(JOINING, found())}
    memory = WORK.apply(JOINING, found())
    later, earlier = (first, second) if mine > theirs else (second, first)
    later.refresh_from_db(), earlier.refresh_from_db()
    assert (later.ended_on, later.exit_reason, later.ended_by, later.person_id) == (TODAY, "mistake", "Ana", OTHER)
    assert "Duplicada" in later.exit_note and ONE in later.exit_note
    assert (earlier.ended_on, earlier.person_id) == (None, OTHER)
    assert Enrolment.objects.filter(person_id=OTHER, ended_on=None).count() == 2
    WORK.undo(JOINING, memory)
    assert rows() == before


def test_enrolments_of_other_programmes_stay_open(facility: Any) -> None:
    enrolled(ONE, facility, date(2026, 1, 1), programme="otro")
    enrolled(OTHER, facility, date(2026, 1, 1))
    WORK.apply(JOINING, found())
    assert Enrolment.objects.filter(person_id=OTHER, ended_on=None).count() == 2


def test_an_enrolment_made_since_stops_the_undoing(facility: Any) -> None:
    enrolled(ONE, facility, date(2025, 1, 1), ended_on=date(2025, 6, 1))
    memory = WORK.apply(JOINING, found())
    enrolled(OTHER, facility, date(2026, 11, 23))
    assert (
        "23" in WORK.obstacles(JOINING, memory, found())[0]
        and "después de la unión" in WORK.obstacles(JOINING, memory, found())[0]
    )


def test_enrolments_that_went_elsewhere_stop_the_undoing(facility: Any) -> None:
    enrolled(ONE, facility, date(2025, 1, 1), ended_on=date(2025, 6, 1))
    memory = WORK.apply(JOINING, found())
    Enrolment.objects.update(person_id=ONE)
    assert "ya no están" in WORK.obstacles(JOINING, memory, found())[0]


def test_answers_of_runs_stay_as_history(facility: Any) -> None:
    from creo.targeting.tests.test_models import a_run

    run = a_run()
    TargetingResult.objects.create(run=run, person_id=1, outcome=1, criteria="1", facts="[]")
    results = next(item for item in DEPENDENTS if item.code == "targeting_results")
    (line,) = results.preview(JOINING, found())
    assert (line.which, line.fate) == ("1", Fate.CLOSED)
    assert results.apply(JOINING, found()) == {} and TargetingResult.objects.get().person_id == 1
    assert next(item for item in DEPENDENTS if item.code == "targeting_reevaluations").preview(JOINING, found()) == []

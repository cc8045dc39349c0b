"""The tables defend themselves: each constraint has somebody who tries to break it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from creo.register.tests import factories as register
from creo.support import clock
from creo.targeting.models import Enrolment, TargetingResult, TargetingRun
from creo.targeting.tests import factories as make

pytestmark = pytest.mark.django_db


def a_run(**other: Any) -> TargetingRun:
    values: dict[str, Any] = {
        "scope_kind": "nation",
        "as_of": make.TODAY,
        "programme": "CREO",
        "design_version": 1,
        "design_digest": "d",
        "rule": {"title": ""},
        "meanings": [],
        "criteria_codes": [],
        "inputs_hash": "i",
        "answers_hash": "a",
        "people": 3,
        "eligible": 1,
        "undecided": 1,
        "not_eligible": 1,
        "totals": {},
        "comparisons": {},
        "started_by": "pruebas",
        "created_at": clock.now(),
        "duration_ms": 1,
    }
    return TargetingRun.objects.create(**(values | other))


def an_enrolment(code: str, facility: Any, **other: Any) -> Enrolment:
    values: dict[str, Any] = {
        "person_id": code,
        "facility": facility,
        "enrolled_on": date(2026, 1, 10),
        "programme": "CREO",
        "design_version": 1,
        "design_digest": "d",
        "verdict": {},
        "decided_by": "pruebas",
        "decided_at": clock.now(),
    }
    return Enrolment.objects.create(**(values | other))


@pytest.fixture
def place() -> Any:
    return register.places()["EP-PIURA"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope_code": "EP-PIURA"},
        {"scope_kind": "facility"},
        {"scope_kind": "planet"},
        {"people": 4},
        {"inputs_hash": ""},
        {"answers_hash": ""},
        {"design_digest": ""},
    ],
)
def test_a_run_names_its_place_adds_up_and_has_its_hashes(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        a_run(**wrong)
    a_run()
    a_run(scope_kind="facility", scope_code="EP-PIURA")


def test_a_person_has_one_known_answer_per_run(place: Any) -> None:
    make.person(1, place)
    run = a_run()
    values = {"run": run, "person_id": 1, "facility": place, "criteria": "2", "facts": "1"}
    TargetingResult.objects.create(outcome=2, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        TargetingResult.objects.create(outcome=1, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        TargetingResult.objects.create(outcome=3, **(values | {"run": a_run()}))
    with pytest.raises(ProtectedError):
        run.delete()


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": 1},
        {"outcome": 0},
        {"decided_by": ""},
        {"ended_on": date(2026, 2, 1)},
        {"ended_on": date(2026, 2, 1), "exit_reason": "voluntary"},
        {"ended_on": date(2026, 2, 1), "ended_by": "pruebas"},
        {"ended_on": date(2026, 2, 1), "exit_reason": "boredom", "ended_by": "pruebas"},
        {"ended_on": date(2026, 1, 9), "exit_reason": "voluntary", "ended_by": "pruebas"},
        {"exit_reason": "voluntary"},
        {"exit_note": "algo"},
        {"ended_by": "pruebas"},
    ],
)
def test_an_enrolment_is_of_an_eligible_person_and_ends_whole(place: Any, wrong: dict[str, Any]) -> None:
    code = make.person(1, place)
    with pytest.raises(IntegrityError), transaction.atomic():
        an_enrolment(code, place, **wrong)
    an_enrolment(code, place, ended_on=date(2026, 1, 10), exit_reason="voluntary", ended_by="pruebas")


def test_a_person_is_enrolled_once_at_a_time_in_each_programme(place: Any) -> None:
    code = make.person(1, place)
    an_enrolment(code, place, ended_on=date(2026, 1, 10), exit_reason="voluntary", ended_by="pruebas")
    an_enrolment(code, place)
    an_enrolment(code, place, programme="SEMILLAS")
    with pytest.raises(IntegrityError), transaction.atomic():
        an_enrolment(code, place)

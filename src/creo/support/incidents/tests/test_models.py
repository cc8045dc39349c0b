"""The tables refuse what the commands never write, on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from creo.support import clock
from creo.support.incidents.models import Incident, IncidentContact, IncidentEvent
from creo.support.incidents.tests.factories import NOW, person, report

pytestmark = pytest.mark.django_db


def broken(work: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        work()


@pytest.mark.parametrize(
    "change",
    [
        {"state": "lost"},
        {"state": "closed"},
        {"closed_at": NOW},
        {"kind": "x"},
        {"severity": "x"},
        {"personal_data": ""},
        {"digital": "maybe"},
        {"title": ""},
        {"description": ""},
        {"number": 0},
        {"known_at": NOW - timedelta(days=900)},
    ],
)
def test_an_incident_cannot_say_what_no_rule_says(change: dict[str, Any]) -> None:
    made = report(person("ana"))
    broken(lambda: Incident.objects.filter(pk=made.pk).update(**change))


def test_a_number_stands_once_a_year() -> None:
    ana = person("ana")
    first, second = report(ana), report(ana)
    broken(lambda: Incident.objects.filter(pk=second.pk).update(number=first.number))


@pytest.mark.parametrize(
    "other",
    [
        {"what": "x"},
        {"text": ""},
        {"what": "annulled"},
        {"what": "reported"},
        {"at": clock.now() + timedelta(days=2)},
    ],
)
def test_an_event_is_known_said_past_and_annuls_one(other: dict[str, Any]) -> None:
    ana = person("ana")
    made = report(ana)
    values: dict[str, Any] = {
        "incident": made,
        "what": "measure",
        "at": NOW,
        "text": "x",
        "recorded_by_id": ana.user_id,
        "recorded_at": clock.now(),
    }
    broken(lambda: IncidentEvent.objects.create(**(values | other)))
    target = IncidentEvent.objects.create(**values)
    broken(lambda: IncidentEvent.objects.create(**(values | {"annuls": target})))
    IncidentEvent.objects.create(**(values | {"what": "annulled", "annuls": target}))
    broken(lambda: IncidentEvent.objects.create(**(values | {"what": "annulled", "annuls": target})))
    with pytest.raises(ProtectedError):
        made.delete()


@pytest.mark.parametrize(
    "other", [{"slot": "x"}, {"name": ""}, {"detail": ""}, {"source": ""}, {"valid_to": date(2026, 1, 1)}]
)
def test_a_contact_is_whole_and_one_at_a_time(other: dict[str, Any]) -> None:
    values: dict[str, Any] = {
        "slot": "officer",
        "name": "n",
        "detail": "d",
        "source": "s",
        "valid_from": date(2026, 1, 1),
        "set_by_id": person("ana").user_id,
        "set_at": clock.now(),
    }
    broken(lambda: IncidentContact.objects.create(**(values | other)))
    IncidentContact.objects.create(**values)
    broken(lambda: IncidentContact.objects.create(**values))

"""Behind the wall of the database an emergency opens what it opens without it, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creo.register import queries
from creo.register.tests import factories as make
from creo.support import clock
from creo.support.accounts import permissions
from creo.support.accounts.models import User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.tests.factories import user
from creo.support.looking.models import Emergency, Look
from creo.support.scoping.acting import standing
from tests.scoping.canaries import Canary, plant

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
REASON = "Traslado urgente al hospital: falta su grupo sanguíneo"
NURSE = {
    Permission.VIEW_PEOPLE,
    Permission.BREAK_GLASS,
    Permission.VIEW_FILES,
    Permission.VIEW_PROTECTED,
    Permission.VIEW_LEGAL,
}
TABS = ("person", "identification", "documents", "legal", "sheet")


@pytest.fixture
def nurse(wall: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A nurse of Piura in a browser, before the wall; she may open files in an emergency."""
    role = permissions.Role("nurse", "Enfermera", frozenset(NURSE), ())
    monkeypatch.setitem(permissions.ROLES, "nurse", role)
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        made = Client()
        make.cast()
        made.force_login(user("nurse", "nurse", "facility", "EP-PIURA"))
        yield made


@pytest.fixture
def canary(nurse: Client) -> Canary:
    """Somebody of Arequipa, with a row in every table; nothing of theirs ever was in Piura."""
    from creo.territory.models import Facility

    return plant(Facility.objects.get(code="EP-AREQUIPA"))


def url(name: str, code: str) -> str:
    return reverse(f"register:{name}", args=[code])


def break_glass(nurse: Client, file: str) -> Any:
    return nurse.post(reverse("looking:open_emergency"), {"file": file, "reason": REASON})


@pytest.mark.parametrize("by", ["code", "document_number"])
def test_the_opened_file_is_read_for_an_hour_and_no_other(nurse: Client, canary: Canary, by: str) -> None:
    other = make.person(70)
    make.identity(other)
    make.custody(other, make.Custody.objects.get(person_id=canary.person_id).facility)
    assert {nurse.get(url(name, canary.code)).status_code for name in TABS} == {404}
    assert break_glass(nurse, getattr(canary, by)).status_code == 302
    for name in TABS:
        answer = nurse.get(url(name, canary.code))
        assert answer.status_code == 200, name
        assert "Identity.first_surname" in canary.found_in(answer.content.decode()), name
    assert nurse.get(url("person", other.code)).status_code == 404
    looks = Look.objects.filter(emergency=Emergency.objects.get())
    assert {look.place for look in looks} == {"EP-AREQUIPA"}
    assert looks.count() == len(TABS)
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        nurse.force_login(User.objects.get(username="nurse"))
        assert {nurse.get(url(name, canary.code)).status_code for name in TABS} == {404}


def test_who_once_came_through_the_prison_opens_whole_in_an_emergency_too(nurse: Client) -> None:
    from creo.register import commands
    from creo.register.models import Custody, LegalStatusPeriod

    code = Custody.objects.filter(facility__code="EP-PIURA", released_on=None).first().person.code  # type: ignore[union-attr]
    ways = {"from_facility": "EP-PIURA", "to_facility": "EP-AREQUIPA"}
    commands.transfer(by=make.BY, person_code=code, **ways, on=make.TODAY, reason="Oficio", today=make.TODAY)
    assert nurse.get(url("person", code)).status_code == 404
    assert break_glass(nurse, code).status_code == 302
    assert nurse.get(url("person", code)).status_code == 200
    held = User.objects.get(username="nurse")
    with standing(_reader(held)):
        queries.person(_reader(held), code, make.TODAY)
        assert Custody.objects.filter(person__code=code).exists()
        periods = LegalStatusPeriod.objects.filter(custody__person__code=code).count()
    assert periods == LegalStatusPeriod.objects.filter(custody__person__code=code).count()


def _reader(who: User) -> Any:
    from creo.support.accounts.readers import reader_for

    return reader_for(who, clock.today())


def test_a_refused_look_tells_whether_the_file_exists_elsewhere(nurse: Client, canary: Canary) -> None:
    assert nurse.get(url("person", canary.code)).status_code == nurse.get(url("person", "P-9999999")).status_code == 404
    refused = Look.objects.filter(refused=True).order_by("id")
    assert [(look.subject_code, look.outside) for look in refused] == [(canary.code, True), ("P-9999999", False)]


def test_an_ordinary_file_costs_no_question_more(nurse: Client) -> None:
    mine = make.Custody.objects.filter(facility__code="EP-PIURA", released_on=None).first()
    assert mine is not None
    address = url("person", mine.person.code)
    with CaptureQueriesContext(connection) as seen:
        assert nurse.get(address).status_code == 200
    asked = [query["sql"] for query in seen.captured_queries]
    assert sum("set_config" in sql for sql in asked) == 2, "to arrive and, in a test, to leave"
    assert not [sql for sql in asked if "looking_emergency" in sql]


def test_a_register_with_people_elsewhere_is_not_empty(nurse: Client, canary: Canary) -> None:
    from creo.register.models import Person

    with standing(make.reader_at("EP-TUMBES")):
        Person.objects.count()
        assert not queries.is_empty()

"""R7: a weak link loses answers: what is sent again is done once. Through the web and through the API."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from creo.register.models import Person
from creo.register.tests import factories as make
from creo.support.accounts.tests.factories import user
from creo.support.api import idempotency
from creo.support.api.models import ApiKey, RememberedCall
from creo.support.api.tests.factories import make_key
from creo.support.ledger.models import Entry

pytestmark = pytest.mark.django_db
MANDATE = {"facility": "EP-PIURA", "admitted_on": "2026-11-20", "mandate": "Resolución 4"}


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel("2026-11-23 15:00:00Z", tick=False):
        make.places()
        make.offence()
        yield


def browser() -> Client:
    """A browser that brings back the token of its page."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(user("registro", "registry"))
    return client


def token_of(client: Client, path: str) -> str:
    page = client.get(path).content.decode()
    return re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[-1]


def surname(number: int) -> str:
    """A surname of its own for each, so that nobody is taken for somebody else."""
    return "".join(chr(97 + int(digit)) for digit in f"{number:03}") + "qwert"


def test_R7_sixty_admissions_by_api_in_some_hundred_and_sixty_tries_are_sixty_records() -> None:
    chance, tries = random.Random(7), 0
    client = Client(headers={"Authorization": f"Bearer {make_key()[1]}"})
    for number in range(60):
        body = json.dumps({**MANDATE, "identity": {"first_surname": surname(number), "given_names": "Rosa"}})
        answers = set()
        for _try in range(1 + chance.randrange(5)):
            tries += 1
            headers = {"Idempotency-Key": f"ingreso-{number:05}"}
            answer = client.post("/api/v1/people", body, content_type="application/json", headers=headers)
            answers.add((answer.status_code, answer.content))
        assert len(answers) == 1
    assert tries > 150
    assert Person.objects.count() == 60
    assert Entry.objects.filter(act="register.person_admitted").count() == 60


def test_R7_a_form_sent_again_by_a_browser_is_done_once() -> None:
    client, tries = browser(), 0
    for number in range(6):
        typed = {
            "csrfmiddlewaretoken": token_of(client, "/personas/ingreso/"),
            "first_surname": surname(number),
            "given_names": "Rosa",
            "document_kind": "unknown",
            "nationality": "PE",
            "entry_kind": "mandate",
            "facility": "EP-PIURA",
            "admitted_on": "2026-11-20",
            "mandate": "Resolución 4",
        }
        answers = set()
        for _try in range(3):
            tries += 1
            answer = client.post("/personas/ingreso/", typed)
            answers.add((answer.status_code, answer.get("Location")))
        assert len(answers) == 1
        assert next(iter(answers))[0] == 302, answer.content.decode()[-3000:]
    assert (tries, Person.objects.count()) == (18, 6)


def test_R7_two_openings_of_a_form_are_two_acts() -> None:
    client = browser()
    assert token_of(client, "/personas/ingreso/") != token_of(client, "/personas/ingreso/")


def test_R7_a_key_of_access_is_made_once_and_shown_once() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user("administracion", "administrator"))
    typed = {
        "csrfmiddlewaretoken": token_of(client, "/claves/nueva/"),
        "institution": "Poder Judicial",
        "purpose": "Mandatos",
        "permissions": ["view_people"],
        "place": "nation",
        "expires_on": "2027-01-01",
    }
    first, again = client.post("/claves/nueva/", typed), client.post("/claves/nueva/", typed)
    assert (first.status_code, again.status_code) == (200, 302)
    assert ApiKey.objects.count() == 1


def test_R7_remembered_calls_are_forgotten_after_a_month() -> None:
    client = Client(headers={"Authorization": f"Bearer {make_key()[1]}"})
    body = json.dumps({**MANDATE, "identity": {"first_surname": "Quispe"}})
    headers = {"Idempotency-Key": "ingreso-00001"}
    assert client.post("/api/v1/people", body, content_type="application/json", headers=headers).status_code == 201
    assert idempotency.prune(called_before=datetime(2026, 11, 23, tzinfo=UTC)) == 0
    assert idempotency.prune(called_before=datetime(2026, 11, 24, tzinfo=UTC)) == 1
    assert not RememberedCall.objects.exists()

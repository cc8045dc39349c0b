"""The pages of public figures: to see, to publish what was seen, to take away; a hidden cell says so in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creo.support.accounts import permissions
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, Scope
from creo.support.accounts.tests.factories import user
from creo.support.figures import commands, queries
from creo.support.figures.models import Release
from creo.support.figures.tables import digest
from creo.support.figures.tests.factories import TODAY
from creo.support.ledger.models import Entry

pytestmark = pytest.mark.django_db
PUBLISHERS = [code for code, role in permissions.ROLES.items() if Permission.PUBLISH_FIGURES in role.permissions]


@pytest.fixture(autouse=True)
def _counting(settings: Any) -> None:
    settings.CREO_FIGURES = "creo.support.figures.tests.factories.counting"


def client_as(role: str, *place: str) -> Client:
    """Somebody of a role, for the whole nation unless said otherwise."""
    client = Client()
    client.force_login(user(f"prueba.{role}", role, *place))
    return client


def published() -> int:
    """A release that is there already."""
    by = Reader(7, "Datos", frozenset(Permission), (Scope("nation"),))
    seen = digest(queries.prepared(by, TODAY))
    return commands.publish(by=by, today=TODAY, reason="Calendario", seen=seen)


def test_some_role_publishes() -> None:
    assert PUBLISHERS


def test_an_empty_list_says_why_it_is_empty() -> None:
    assert "Todavía no se publicó nada" in client_as("planner").get(reverse("figures:list")).content.decode()


def test_a_hidden_cell_is_told_by_sign_and_word_and_its_number_is_nowhere() -> None:
    number = published()
    client = client_as("planner")
    assert "Publicación 1" in client.get(reverse("figures:list")).content.decode()
    page = reverse("figures:release", args=[number])
    assert f"{page}?tabla=by-group" in client.get(page).content.decode()
    with CaptureQueriesContext(connection) as seen:
        text = client.get(page, {"tabla": "by-group"}).content.decode()
    assert len(seen) <= 12
    assert "Oculto" in text and "pocas" in text and "resta" in text
    assert "Una casilla de 1 a 9 personas no se publica" in text


def test_a_table_is_taken_as_csv_with_its_line() -> None:
    number = published()
    answer = client_as("planner").get(reverse("figures:export", args=[number, "by-group"]))
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Establecimiento;G0;G1;G2;Total"
    assert "Oculto: menos personas que el mínimo" in lines[1]
    assert Entry.objects.get(act="figures.exported").after == {"table": "by-group"}


def test_a_table_or_release_that_does_not_exist_is_not_found() -> None:
    number = published()
    client = client_as("planner")
    assert client.get(reverse("figures:export", args=[number, "otra"])).status_code == 404
    assert client.get(reverse("figures:release", args=[99])).status_code == 404
    assert not Entry.objects.filter(act="figures.exported").exists()


@pytest.mark.parametrize("role", PUBLISHERS)
def test_what_is_seen_is_published_and_a_form_without_reason_comes_back(role: str) -> None:
    client, url = client_as(role), reverse("figures:new")
    page = client.get(url)
    assert "Lo que se publicará" in page.content.decode()
    seen = page.context["form"].initial["seen"]
    assert client.post(url, {"reason": "", "seen": seen}).status_code == 422
    assert not Release.objects.exists()
    answer = client.post(url, {"reason": "Calendario de noviembre", "seen": seen})
    assert answer.status_code == 302
    assert Release.objects.get().digest == seen


@pytest.mark.parametrize("role", PUBLISHERS)
def test_a_form_older_than_the_records_is_refused(role: str, settings: Any) -> None:
    client, url = client_as(role), reverse("figures:new")
    seen = client.get(url).context["form"].initial["seen"]
    settings.CREO_FIGURES = "creo.support.figures.tests.factories.nearly_the_same"
    answer = client.post(url, {"reason": "Calendario", "seen": seen})
    assert answer.status_code == 422
    assert "véalas otra vez" in answer.content.decode()
    assert not Release.objects.exists()


def test_who_only_sees_the_programme_does_not_publish() -> None:
    client = client_as("treatment_body", "facility", "EP-PIURA")
    assert client.get(reverse("figures:new")).status_code == 403
    assert "Nueva publicación" not in client.get(reverse("figures:list")).content.decode()

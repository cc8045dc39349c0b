"""The reference of the data protection officer: whole, narrowed, as a file, and closed to others."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from creo.support.accounts.tests.factories import user
from creo.support.ledger.models import Entry
from creo.support.scoping.registry import declared

pytestmark = pytest.mark.django_db


def client_as(role: str) -> Client:
    """Somebody of a role for the whole nation."""
    client = Client()
    client.force_login(user(f"prueba.{role}", role))
    return client


def test_the_page_lists_every_field_with_its_class_and_its_place() -> None:
    answer = client_as("auditor").get(reverse("scoping:tables"))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert len(answer.context["rows"]) == sum(len(each.fields) for each in declared())
    assert "register.ProtectedFact" in text
    assert "Sin clase" not in text


def test_a_class_and_a_slice_narrow_it_and_an_invented_one_does_not() -> None:
    client, url = client_as("auditor"), reverse("scoping:tables")
    narrowed = client.get(url, {"clase": "health", "capitulo": "register"}).context["rows"]
    assert narrowed
    assert {row[0].value.split(".")[0] for row in narrowed} == {"register"}
    assert len(client.get(url, {"clase": "inventada"}).context["rows"]) > len(narrowed)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_leaves_its_line(kind: str) -> None:
    answer = client_as("auditor").get(reverse("scoping:export", args=[kind]), {"clase": "health"})
    assert answer.status_code == 200
    entry = Entry.objects.get(act="scoping.exported")
    assert entry.after["kind"] == kind
    assert entry.after["rows"] > 3
    if kind == "csv":
        assert "ProtectedFact" in answer.content.decode("utf-8-sig")


def test_an_unknown_kind_of_file_does_not_exist() -> None:
    assert client_as("auditor").get(reverse("scoping:export", args=["exe"])).status_code == 404


def test_it_is_closed_to_who_does_not_watch() -> None:
    client = client_as("planner")
    assert client.get(reverse("scoping:tables")).status_code == 403
    assert client.get(reverse("scoping:export", args=["csv"])).status_code == 403

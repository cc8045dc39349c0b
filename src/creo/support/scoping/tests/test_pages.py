"""The reference of the data protection officer: whole, narrowed, as a file, and closed to others."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from creo.kernel.access import Access
from creo.support.accounts.tests.factories import user
from creo.support.ledger.models import Entry
from creo.support.scoping.registry import declared

pytestmark = pytest.mark.django_db


def client_as(role: str) -> Client:
    """Somebody of a role for the whole nation."""
    client = Client()
    client.force_login(user(f"prueba.{role}", role))
    return client


def test_the_page_counts_every_field_of_each_chapter_by_its_class() -> None:
    answer = client_as("auditor").get(reverse("scoping:tables"))
    assert answer.status_code == 200
    rows = answer.context["rows"]
    assert sum(sum(row[2:]) for row in rows) == sum(len(each.fields) for each in declared())
    assert sum(row[1] for row in rows) == len(declared())
    assert f"{reverse('scoping:tables')}?capitulo=register" in answer.content.decode()


def test_a_chapter_shows_every_table_with_its_fields_their_classes_and_its_place() -> None:
    answer = client_as("auditor").get(reverse("scoping:tables"), {"capitulo": "register"})
    text = answer.content.decode()
    wanted = [each for each in declared() if each.app.label == "register"]
    assert len(answer.context["rows"]) == len(wanted)
    assert all(field in text for each in wanted for field in each.fields)
    assert "register.ProtectedFact" in text
    assert "Sin clase" not in text


def test_a_class_and_a_slice_narrow_it_and_an_invented_one_does_not() -> None:
    client, url = client_as("auditor"), reverse("scoping:tables")
    narrowed = client.get(url, {"clase": "health", "capitulo": "register"}).context["rows"]
    assert narrowed
    assert {row[0].value.split(".")[0] for row in narrowed} == {"register"}
    everything = client.get(url).context["rows"]
    assert [row[1:] for row in client.get(url, {"clase": "inventada"}).context["rows"]] == [
        row[1:] for row in everything
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_leaves_its_line(kind: str) -> None:
    answer = client_as("auditor").get(reverse("scoping:export", args=[kind]), {"clase": "health"})
    assert answer.status_code == 200
    entry = Entry.objects.get(act="scoping.exported")
    assert entry.after["kind"] == kind
    kept = [each.table.classes[field] for each in declared() if each.table for field in each.fields]
    assert entry.after["rows"] == kept.count(Access.HEALTH) > 0
    if kind == "csv":
        assert "ProtectedFact" in answer.content.decode("utf-8-sig")


def test_an_unknown_kind_of_file_does_not_exist() -> None:
    assert client_as("auditor").get(reverse("scoping:export", args=["exe"])).status_code == 404


def test_it_is_closed_to_who_does_not_watch() -> None:
    client = client_as("planner")
    assert client.get(reverse("scoping:tables")).status_code == 403
    assert client.get(reverse("scoping:export", args=["csv"])).status_code == 403

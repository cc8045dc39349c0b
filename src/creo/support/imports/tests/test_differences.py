"""What a file tells otherwise is shown before it is applied, by kind, and can be taken away as CSV."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from creo.support.accounts.models import User
from creo.support.accounts.tests.factories import user
from creo.support.imports import commands
from creo.support.imports.models import DifferenceRow, ImportBatch
from creo.support.imports.tests.factories import somebody
from creo.support.imports.tests.test_pages import text_of
from creo.support.ledger.models import Entry

pytestmark = pytest.mark.django_db
FILE = "Usuario;Nombre\r\nana;Ana Quispe\r\n"


@pytest.fixture(autouse=True)
def _kinds(_own_folder_and_kinds: None, settings: Settings) -> None:
    settings.CREO_IMPORT_KINDS = "creo.support.imports.tests.factories_open.KINDS"


@pytest.fixture
def alicia() -> Client:
    client = Client()
    client.force_login(user("alicia", role="registry"))
    return client


@pytest.fixture
def batch(alicia: Client) -> ImportBatch:
    staged = commands.stage(by=somebody(), kind="open", mapping="", filename="a.csv", content=[FILE.encode()])
    done = commands.check(by=somebody(), batch_id=staged.pk)
    ImportBatch.objects.update(uploaded_by_id=User.objects.get(username="alicia").pk)
    return done


def test_the_differences_are_kept_with_the_file_and_counted_on_its_page(alicia: Client, batch: ImportBatch) -> None:
    assert (batch.summary["differences"], batch.summary["choices"]) == ({"named": 1, "gone": 1}, 1)
    shown = alicia.get(reverse("imports:detail", args=[batch.pk]))
    assert "Diferencias con el registro" in text_of(shown)
    assert "?clase=named" in shown.content.decode()
    commands.check(by=somebody(), batch_id=batch.pk)
    assert DifferenceRow.objects.count() == 2  # a second check replaces them


def test_the_page_filters_by_kind_and_by_what_becomes_of_them(alicia: Client, batch: ImportBatch) -> None:
    here = reverse("imports:differences", args=[batch.pk])
    whole = alicia.get(here)
    assert "/personal/alicia/" in whole.content.decode()
    assert "No está en la lista." in text_of(whole)
    assert "Debe decidir una persona" in text_of(alicia.get(here, {"clase": "gone"}))
    only = alicia.get(here, {"destino": "applies", "clase": "named"}).content.decode()
    assert only.count("/personal/alicia/") == 1
    empty = alicia.get(here, {"destino": "applies", "clase": "gone"})
    assert "No hay diferencias que mostrar" in text_of(empty)
    assert alicia.get(here, {"clase": "otra"}).status_code == 200


def test_they_are_taken_away_as_csv_with_an_entry(alicia: Client, batch: ImportBatch) -> None:
    response = alicia.get(reverse("imports:differences_file", args=[batch.pk]), {"clase": "gone"})
    lines = response.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("alicia;No está;Nombre")
    entry = Entry.objects.get(act="imports.differences_downloaded")
    assert entry.after["filters"] == "clase=gone" and lines[1].endswith(entry.after["number"])


def test_the_page_asks_the_database_little(
    alicia: Client, batch: ImportBatch, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        alicia.get(reverse("imports:differences", args=[batch.pk]))


def test_who_did_not_send_the_file_does_not_see_them(batch: ImportBatch) -> None:
    other = Client()
    other.force_login(user("berta"))
    assert other.get(reverse("imports:differences", args=[batch.pk])).status_code in (403, 404)


def test_giving_the_file_up_removes_them(batch: ImportBatch) -> None:
    commands.cancel(by=somebody(), batch_id=batch.pk, reason="Era otra lista")
    assert not DifferenceRow.objects.exists()


@pytest.mark.parametrize("changes", [{"outcome": "otro"}, {"kind": ""}, {"subject": ""}])
def test_the_database_refuses_a_difference_that_says_nothing(batch: ImportBatch, changes: dict[str, Any]) -> None:
    plain = {"batch": batch, "subject": "ana", "kind": "named", "field": "Nombre", "outcome": "applies"}
    with pytest.raises(IntegrityError), transaction.atomic():
        DifferenceRow.objects.create(**plain | changes)

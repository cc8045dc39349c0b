"""Behind the wall of the database, too, a prison reads the documents that it registered of people who left it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction

from creo.register import commands, queries
from creo.register.models import Document, Identity, LegalStatusPeriod, ProtectedFact
from creo.register.queries import KeptFilters
from creo.register.tests import factories as make
from creo.register.tests import factories_files as files
from creo.register.tests.factories import BY, TODAY
from creo.register.tests.test_pages import client_as, text_of
from creo.register.tests.test_pages_kept import url
from creo.support.scoping.acting import standing

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
PIURA, TUMBES = make.reader_at("EP-PIURA"), make.reader_at("EP-TUMBES")


@pytest.fixture
def gone(wall: None) -> Iterator[dict[str, Any]]:
    """Somebody transferred from Piura to Tumbes, with a document of each and a protected fact."""
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        code = files.somebody()
        made = {"code": code, "old": files.add(code, text="Mandato de Piura")}
        commands.record_protected(
            by=BY, person_code=code, fact=files.fact(), since=TODAY, source="La persona", today=TODAY
        )
        ways = {"from_facility": "EP-PIURA", "to_facility": "EP-TUMBES"}
        commands.transfer(by=BY, person_code=code, **ways, on=TODAY, reason="Oficio 1", today=TODAY)
        yield made | {"new": files.add(code, text="Acta de Tumbes")}


def test_the_old_prison_reads_its_own_documents_and_no_other_row(gone: dict[str, Any]) -> None:
    with standing(PIURA):
        assert list(Document.objects.values_list("pk", flat=True)) == [gone["old"]]
        assert not ProtectedFact.objects.exists() and not LegalStatusPeriod.objects.exists()
        rows = queries.kept_page(PIURA, KeptFilters()).rows
        assert [(row.code, row.document.title) for row in rows] == [(gone["code"], "Mandato de Piura")]
        assert queries.document(PIURA, gone["code"], gone["old"])[0].name
    with standing(TUMBES):
        assert Document.objects.count() == 2 and ProtectedFact.objects.exists()
        assert queries.kept_page(TUMBES, KeptFilters()).rows == []
    with standing(make.reader_at("EP-AREQUIPA")):
        assert not Document.objects.exists() and not Identity.objects.exists()


def test_the_old_prison_changes_none_of_them(gone: dict[str, Any]) -> None:
    with standing(PIURA):
        assert Document.objects.update(media="png") == 0
        assert Document.objects.filter(pk=gone["old"]).delete()[0] == 0
        row = Document.objects.get()
        row.pk, row.seal_id = None, "f" * 32
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            row.save(force_insert=True)
    assert Document.objects.count() == 2


def test_the_pages_show_the_same(gone: dict[str, Any]) -> None:
    client = client_as("registry", "facility", "EP-PIURA")
    listed = text_of(client.get(url("kept_documents")))
    assert "Mandato de Piura" in listed and "Acta de Tumbes" not in listed
    assert "Mandato de Piura" in text_of(client.get(url("document", gone["code"], gone["old"])))
    assert b"".join(client.get(url("document_file", gone["code"], gone["old"]))).startswith(b"%PDF")
    for address in (url("document", gone["code"], gone["new"]), url("person", gone["code"])):
        assert client.get(address).status_code == 404


def test_answers_given_again_stay_where_they_were_given_and_go_with_the_person(gone: dict[str, Any]) -> None:
    from creo.targeting import queries as targeting
    from creo.targeting.models import Reevaluation
    from creo.territory.models import Facility

    for number, place in enumerate(("EP-PIURA", "EP-TUMBES"), 1):
        Reevaluation.objects.create(
            person_id=gone["code"], programme="creo", design_version=1, design_digest="d", as_of=TODAY,
            made_at=f"2026-11-23 1{number}:00:00Z", facility=Facility.objects.get(code=place), in_custody=True,
            outcome=number, verdict={}, cause_act="register.identity_corrected", cause_entry=number,
        )  # fmt: skip
    for reader, seen, newest in ((PIURA, 1, "EP-PIURA"), (TUMBES, 2, "EP-TUMBES")):
        told = Reevaluation.objects.filter(targeting.told_to(reader)).distinct().count()
        with standing(reader):
            assert Reevaluation.objects.count() == told == seen, "the wall and the queries say the same"
            row = Reevaluation.objects.filter(targeting.told_to(reader)).select_related("facility").order_by("-id")[0]
            assert row.facility is not None and row.facility.code == newest

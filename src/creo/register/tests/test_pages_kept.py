"""A transfer takes the file away; what the prison itself registered stays readable there, and nothing newer does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creo.register import commands, queries
from creo.register.models import Document
from creo.register.queries import KeptFilters
from creo.register.tests import factories as make
from creo.register.tests import factories_files as files
from creo.register.tests.factories import BY, TODAY
from creo.register.tests.test_pages import client_as, text_of
from creo.support.accounts.permissions import Permission
from creo.support.ledger.models import Entry
from creo.support.looking import commands as looking
from creo.support.looking.models import Look
from creo.support.refusals import Forbidden, NotFound

pytestmark = pytest.mark.django_db
EVERYTHING = KeptFilters()
PIURA, TUMBES = make.reader_at("EP-PIURA"), make.reader_at("EP-TUMBES")


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


@pytest.fixture
def gone() -> dict[str, Any]:
    """Somebody transferred from Piura to Tumbes, with documents of both; and somebody who stayed in Piura."""
    code = files.somebody()
    stayed = files.somebody(2)
    made = {"code": code, "old": files.add(code, text="Mandato de Piura"), "health": files.add(code, "medical_report")}
    files.add(stayed, text="De quien se quedó")
    move(code, "EP-PIURA", "EP-TUMBES")
    made["new"] = files.add(code, text="Acta de Tumbes")
    return made


def move(code: str, origin: str, target: str) -> None:
    ways = {"from_facility": origin, "to_facility": target}
    commands.transfer(by=BY, person_code=code, **ways, on=TODAY, reason="Oficio 1", today=TODAY)


def url(name: str, *args: object) -> str:
    return reverse(f"register:{name}", args=args)


def titles(reader: Any, filters: KeptFilters = EVERYTHING) -> list[str]:
    return sorted(row.document.title for row in queries.kept_page(reader, filters).rows)


def test_the_old_prison_reads_what_it_registered_and_nothing_newer(gone: dict[str, Any]) -> None:
    code = gone["code"]
    with pytest.raises(NotFound):
        queries.person_documents(PIURA, code, queries.DocumentFilters())
    health = Document.objects.get(pk=gone["health"]).title
    assert titles(PIURA) == sorted([health, "Mandato de Piura"])
    head, row = queries.document(PIURA, code, gone["old"])
    assert (row.title, row.kept, head.outside, head.facility) == ("Mandato de Piura", True, True, "")
    for hidden in (gone["new"], 999_999):
        with pytest.raises(NotFound):
            queries.document(PIURA, code, hidden)
    assert commands.open_document(by=PIURA, person_code=code, document_id=gone["old"]).file.read()


def test_the_new_prison_has_the_whole_file_and_others_nothing(gone: dict[str, Any]) -> None:
    for document in ("old", "new"):
        head, row = queries.document(TUMBES, gone["code"], gone[document])
        assert not row.kept and not head.outside
    assert titles(TUMBES) == [], "whoever holds the person reads the file itself"
    assert titles(make.reader_at("EP-AREQUIPA")) == []
    with pytest.raises(NotFound):
        queries.document(make.reader_at("EP-AREQUIPA"), gone["code"], gone["old"])
    with pytest.raises(Forbidden):
        queries.document(make.reader_at(), gone["code"], gone["old"])


def test_the_list_follows_the_person_there_and_back(gone: dict[str, Any]) -> None:
    move(gone["code"], "EP-TUMBES", "EP-AREQUIPA")
    assert titles(TUMBES) == ["Acta de Tumbes"]
    with pytest.raises(NotFound):
        queries.document(TUMBES, gone["code"], gone["old"])
    move(gone["code"], "EP-AREQUIPA", "EP-PIURA")
    assert titles(PIURA) == []
    assert queries.document(PIURA, gone["code"], gone["new"])[1].title == "Acta de Tumbes"


def test_a_release_leaves_it_too_and_the_nation_sees_all_that_was_left(gone: dict[str, Any]) -> None:
    nation = make.Reader(9, "Nación", make.ALL, (make.Scope("nation"),))
    assert len(titles(nation)) == 2 and "Acta de Tumbes" not in titles(nation)
    commands.release(
        by=BY,
        person_code="P-0000002",
        on=TODAY,
        kind="sentence_completed",
        reason="x",
        today=TODAY,
    )
    assert "De quien se quedó" in titles(PIURA)
    assert titles(PIURA, KeptFilters(place="EP-TUMBES")) == []
    assert len(titles(PIURA, KeptFilters(kind="mandate"))) == queries.kept_count(PIURA, KeptFilters("mandate")) == 2


def test_what_others_did_since_is_not_told(gone: dict[str, Any]) -> None:
    newer = commands.replace_document(
        by=BY, person_code=gone["code"], document_id=gone["old"], upload=files.upload("De Tumbes, corregido"),
        reason="Fecha errada", today=TODAY,
    )  # fmt: skip
    _head, chain = queries.document_versions(PIURA, gone["code"], gone["old"])
    assert [(row.title, row.replaced) for row in chain] == [("Mandato de Piura", False)]
    with pytest.raises(NotFound):
        queries.document(PIURA, gone["code"], newer)
    assert len(queries.document_versions(TUMBES, gone["code"], gone["old"])[1]) == 2


def test_classes_stay_closed_and_nothing_is_changed(gone: dict[str, Any]) -> None:
    code = gone["code"]
    registry = files.at_piura("registry")
    with pytest.raises(Forbidden):
        queries.document(registry, code, gone["health"])
    assert [row.document.id for row in queries.kept_page(registry, KeptFilters()).rows] == [gone["old"]]
    with pytest.raises(Forbidden):
        queries.kept_page(make.reader_at("EP-PIURA", permissions=frozenset({Permission.VIEW_PEOPLE})), KeptFilters())
    with pytest.raises(NotFound):
        files.add(code, text="Otro", by=PIURA)
    with pytest.raises(NotFound):
        commands.withdraw_document(by=PIURA, person_code=code, document_id=gone["old"], reason="x", today=TODAY)
    with pytest.raises(NotFound):
        commands.replace_document(
            by=PIURA, person_code=code, document_id=gone["old"], upload=files.upload("Otro"), reason="x", today=TODAY
        )
    client = at_piura("registry")
    for name in ("replace_document", "withdraw_document"):
        assert client.get(url(name, code, gone["old"])).status_code == 404
        assert client.post(url(name, code, gone["old"]), {"reason": "x"}).status_code == 404


def at_piura(role: str) -> Client:
    return client_as(role, "facility", "EP-PIURA")


def test_the_pages_lead_there_within_their_budget_and_each_look_is_written(gone: dict[str, Any]) -> None:
    client, code = at_piura("registry"), gone["code"]
    assert url("kept_documents") in client.get("/").content.decode()
    with CaptureQueriesContext(connection) as seen:
        listed = client.get(url("kept_documents"))
    assert len(seen) <= 12
    address = url("document", code, gone["old"])
    assert "Mandato de Piura" in text_of(listed) and address in listed.content.decode()
    assert "Acta de Tumbes" not in text_of(listed)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(address)
    assert len(seen) <= 12 and answer.status_code == 200
    assert "ya no está en su establecimiento" in text_of(answer) and "Subir una versión" not in text_of(answer)
    assert f'href="{url("person", code)}"' not in answer.content.decode(), "no way into the file"
    look = Look.objects.get()
    assert (look.subject_code, look.place, look.refused) == (code, "EP-PIURA", False)
    got = client.get(url("document_file", code, gone["old"]))
    assert b"".join(got.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert Entry.objects.get(act="register.document_opened").place == "EP-PIURA"
    assert client.get(url("documents", code)).status_code == client.get(url("person", code)).status_code == 404
    looking.tell_looks()


def test_a_document_of_health_asks_its_purpose_there_too(gone: dict[str, Any]) -> None:
    client, address = at_piura("health"), url("document", gone["code"], gone["health"])
    assert "¿Para qué consulta" in text_of(client.get(address))
    client.post(address, {"purpose": "health"})
    assert client.get(address).status_code == 200
    entry = Entry.objects.filter(act="register.document_viewed").latest("id")
    assert (entry.place, entry.after["purpose"]) == ("EP-PIURA", "health")


def test_the_list_is_handed_out_without_what_health_papers_are_called(gone: dict[str, Any]) -> None:
    client = client_as("registry")
    text = b"".join(client.get(url("kept_documents_export", "csv"))).decode()
    assert "Mandato de Piura" in text and "Acta de Tumbes" not in text
    assert Entry.objects.filter(act="register.kept_exported").count() == 1

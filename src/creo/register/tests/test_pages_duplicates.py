from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creo.register import commands, rules
from creo.register.models import DuplicatePair, Merge, Person
from creo.register.tests import factories as make
from creo.register.tests.acting import ENTRY, WHO, admit
from creo.register.tests.factories import BY, TODAY
from creo.register.tests.test_pages import client_as, text_of, url
from creo.support.jobs.models import Job
from creo.support.ledger.models import Entry

pytestmark = pytest.mark.django_db

SEEN = replace(WHO, first_surname="Kispe", second_surname="", document_kind="none", document_number="")


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


@pytest.fixture
def registry() -> Client:
    return client_as("registry")


@pytest.fixture
def pair() -> DuplicatePair:
    """Rosa held in Piura, and the same Rosa out since 2021, found by the search."""
    make.places()
    admit()
    again = admit(replace(ENTRY, admitted_on=date(2020, 1, 1)), SEEN)
    commands.release(by=BY, person_code=again, on=date(2021, 1, 1), kind="acquittal", reason="Orden", today=TODAY)
    commands.find_duplicates(by=BY, today=TODAY)
    return DuplicatePair.objects.select_related("first", "second").get()


def test_the_list_says_who_looks_like_whom_and_why(pair: DuplicatePair, registry: Client) -> None:
    text = text_of(registry.get(url("duplicates")))
    assert "1 pareja por revisar" in text
    assert pair.first.code in text and pair.second.code in text
    assert "El nombre de una ficha es parte del de la otra" in text
    assert "Fichas comparadas: 2. Parejas halladas: 1" in text
    assert "0 parejas" in text_of(registry.get(url("duplicates"), {"estado": "distinct"}))
    assert "1 pareja" in text_of(registry.get(url("duplicates"), {"estado": "todas", "persona": f"p {pair.first_id}"}))
    assert registry.get(url("duplicates"), {"estado": "tal vez"}).status_code == 422
    assert registry.get(url("duplicates"), {"persona": "Rosa"}).status_code == 422


def test_groups_too_large_are_told_on_the_list(
    pair: DuplicatePair, registry: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "fichas están en grupos de homónimos demasiado grandes"
    assert told not in text_of(registry.get(url("duplicates")))
    narrow = replace(rules.matching_on(TODAY), largest_block=1)
    monkeypatch.setattr(rules, "matching_on", lambda day: narrow)
    commands.find_duplicates(by=BY, today=TODAY)
    assert f"2 {told}" in text_of(registry.get(url("duplicates")))


def test_the_list_is_taken_out_with_an_entry(pair: DuplicatePair, registry: Client) -> None:
    answer = registry.get(url("duplicates_export", "csv"), {"nivel": "probable"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + (pair.score >= 70)
    book = registry.get(url("duplicates_export", "xlsx"))
    assert zipfile.ZipFile(io.BytesIO(book.content)).testzip() is None
    entries = Entry.objects.filter(act="register.duplicates_exported").order_by("id")
    assert [entry.reason for entry in entries] == ["Coincidencia: Probable", ""]
    assert registry.get(url("duplicates_export", "pdf")).status_code == 404


def test_both_records_stand_side_by_side_with_what_differs_in_words(pair: DuplicatePair, registry: Client) -> None:
    text = text_of(registry.get(url("duplicate", pair.pk)))
    assert "¿Son la misma persona?" in text
    assert re.search(r"Primer apellido\W+Difiere", text)
    assert "Falta en una de las dos." in text
    assert not re.search(r"Nombres\W+Difiere", text)
    assert "01 ene 2020 – 01 ene 2021" in text
    assert "Son la misma persona…" in text and "Son personas distintas…" in text


def test_two_people_are_told_apart_from_the_page(pair: DuplicatePair, registry: Client) -> None:
    address = url("duplicate_distinct", pair.pk)
    blank = registry.post(address, {"reason": ""})
    assert blank.status_code == 422
    done = registry.post(address, {"reason": "Huellas distintas"}, follow=True)
    assert "son personas distintas" in text_of(done) and "Volver a revisar" in text_of(done)
    pair.refresh_from_db()
    assert pair.state == "distinct"
    again = registry.post(address, {"reason": "Otra vez"})
    assert again.status_code == 422 and "ya se decidió" in text_of(again)
    registry.post(url("duplicate_reopen", pair.pk), {"reason": "Apareció un oficio"})
    pair.refresh_from_db()
    assert pair.state == "open"


def test_a_merge_goes_through_its_preview_and_back(pair: DuplicatePair, registry: Client) -> None:
    address = url("duplicate_merge", pair.pk)
    page = registry.get(address)
    text = text_of(page)
    assert "Todavía no se hizo nada" in text and "Pasa a la que queda" in text
    form = page.context["form"]
    sent = {"queda": form.initial["queda"], "visto": form.initial["visto"]}
    assert sent["queda"] == pair.first.code
    assert registry.post(address, sent | {"reason": ""}).status_code == 422
    assert registry.post(address, sent | {"reason": "x", "visto": "otra"}).status_code == 422
    assert registry.post(address, sent | {"reason": "x", "queda": "P-0009999"}).status_code == 422
    assert not Merge.objects.exists()
    done = registry.post(address, sent | {"reason": "Mismas huellas"}, follow=True)
    assert f"Las dos fichas son ahora una: {pair.first.code}" in text_of(done)
    assert registry.get(url("person", pair.second.code)).headers["Location"] == url("person", pair.first.code)
    assert registry.get(address).headers["Location"] == url("duplicate", pair.pk)
    merge = Merge.objects.get()
    history = text_of(registry.get(url("merges")))
    assert "Mismas huellas" in history and "Vigente" in history and "Deshacer…" in history
    undo = url("merge_undo", merge.pk)
    assert "Cada registro vuelve a la ficha" in text_of(registry.get(undo))
    assert registry.post(undo, {"reason": ""}).status_code == 422
    back = text_of(registry.post(undo, {"reason": "Huellas distintas"}, follow=True))
    assert f"{pair.second.code} es otra vez una ficha" in back and "Deshecha" in back
    assert "Ya no se puede deshacer" in text_of(registry.get(undo))


def test_the_other_record_may_be_the_one_that_goes_on(pair: DuplicatePair, registry: Client) -> None:
    page = registry.get(url("duplicate_merge", pair.pk), {"queda": pair.second.code})
    sent = {name: page.context["form"].initial[name] for name in ("queda", "visto")}
    registry.post(url("duplicate_merge", pair.pk), sent | {"reason": "Mismas huellas"})
    assert Person.objects.get(pk=pair.first_id).merged_into_id == pair.second_id


def test_a_merge_that_cannot_be_says_which_record_stops_it_and_has_no_button(
    pair: DuplicatePair, registry: Client
) -> None:
    commands.admit(
        by=BY, admission=replace(ENTRY, facility_code="EP-TUMBES"), today=TODAY, person_code=pair.second.code
    )
    text = text_of(registry.get(url("duplicate_merge", pair.pk)))
    assert "No se pueden unir así" in text and "Impide la unión" in text and "episodio abierto" in text
    assert "Unir las dos fichas </button>" not in text and "Motivo y sustento" not in text


def test_a_search_becomes_a_job(pair: DuplicatePair, registry: Client) -> None:
    assert "Apellidos que suenan igual" in text_of(registry.get(url("duplicates_search")))
    answer = registry.post(url("duplicates_search"))
    job = Job.objects.get(kind="register.find_duplicates")
    assert answer.headers["Location"] == f"/trabajos/{job.pk}/"


def test_two_records_are_compared_on_request(pair: DuplicatePair, registry: Client) -> None:
    other = admit(identity=replace(WHO, given_names="Ana", document_number="00000077"))
    address = url("duplicates_propose")
    assert f'value="{other}"' in registry.get(address, {"persona": other}).content.decode()
    bad = registry.post(address, {"one_code": "Rosa", "other_code": other, "reason": "x"})
    assert bad.status_code == 422 and "P-0001234" in text_of(bad)
    gone = registry.post(address, {"one_code": "P-0999999", "other_code": other, "reason": "x"})
    assert gone.status_code == 422 and "alguna no existe" in text_of(gone)
    sent = {"one_code": pair.first.code, "other_code": other, "reason": "Mismas huellas"}
    assert (
        "La propuso una persona" in text_of(registry.get(url("duplicates")))
        or registry.post(address, sent, follow=True).status_code == 200
    )
    assert DuplicatePair.objects.filter(proposed_by__gt="").exists()


def test_an_admission_warns_of_duplicates_and_joins_nothing(pair: DuplicatePair, registry: Client) -> None:
    typed = {
        "given_names": "Rosa", "first_surname": "Quispi", "second_surname": "Ñaupari", "birth_date": "2003-03-14",
        "sex": "female", "document_kind": "none", "nationality": "PE", "entry_kind": "mandate",
        "facility": "EP-PIURA", "admitted_on": "2026-11-20", "mandate": "Resolución 9, Juzgado de prueba",
    }  # fmt: skip
    done = registry.post(url("admit"), typed, follow=True)
    assert done.status_code == 200
    assert "Posibles duplicados: 1" in text_of(done) or "Posibles duplicados: 2" in text_of(done)
    assert not Person.objects.exclude(merged_into=None).exists()


def test_a_correction_warns_too_and_the_file_says_how_many(pair: DuplicatePair, registry: Client) -> None:
    DuplicatePair.objects.all().delete()
    code = pair.second.code
    registry.post(url("birth_date", code), {"birth_date": "2003-03-15", "reason": "Partida"})
    assert "Posibles duplicados: 1" in text_of(registry.get(url("person", pair.first.code)))
    assert (
        "Posibles duplicados"
        not in text_of(client_as("treatment_body").get(url("person", pair.first.code))).split("Actos")[-1]
    )


def test_the_tab_of_a_person_lists_pairs_and_merges(pair: DuplicatePair, registry: Client) -> None:
    commands.merge_people(
        by=BY, duplicate_code=pair.second.code, into_code=pair.first.code, reason="Mismas huellas", today=TODAY
    )
    text = text_of(registry.get(url("person_duplicates", pair.first.code)))
    assert "Unidas" in text and "Mismas huellas" in text and "Fichas unidas a esta" in text
    assert registry.get(url("person_duplicates", pair.second.code)).status_code == 302


def test_the_names_of_a_merged_record_are_read_in_the_one_that_goes_on(pair: DuplicatePair, registry: Client) -> None:
    commands.merge_people(
        by=BY, duplicate_code=pair.second.code, into_code=pair.first.code, reason="Mismas huellas", today=TODAY
    )
    for address in (url("person", pair.first.code) + "?parte=identidad", url("identification", pair.first.code)):
        with CaptureQueriesContext(connection) as seen:
            text = text_of(registry.get(address))
        assert f"de la ficha unida {pair.second.code}" in text
        assert len(seen) <= 12
    assert "de la ficha unida" not in text_of(registry.get(url("person", pair.first.code)))


def test_only_reviewers_open_these_pages_and_each_at_their_place(pair: DuplicatePair) -> None:
    names = ("duplicates", "duplicates_search", "duplicates_propose", "merges")
    addresses = [*map(url, names), url("duplicate", pair.pk), url("duplicate_merge", pair.pk)]
    looker, tumbes, piura = (
        client_as("treatment_body"),
        client_as("registry", "facility", "EP-TUMBES"),
        client_as("registry", "facility", "EP-PIURA"),
    )
    assert {looker.get(address).status_code for address in addresses} == {403}
    assert tumbes.get(url("duplicate", pair.pk)).status_code == 404
    assert tumbes.get(url("duplicate_merge", pair.pk)).status_code == 404
    assert "0 parejas" in text_of(tumbes.get(url("duplicates")))
    assert {piura.get(address).status_code for address in addresses} == {200}


@pytest.mark.parametrize("place", [("nation", ""), ("facility", "EP-PIURA")])
def test_the_pages_read_little(pair: DuplicatePair, place: tuple[str, str]) -> None:
    client, gone, kept = client_as("registry", *place), pair.first.code, pair.second.code
    pages = [url("duplicates"), url("duplicate", pair.pk), url("duplicate_distinct", pair.pk), url("merges")]
    _read_little(client, *pages, url("duplicate_merge", pair.pk), url("person_duplicates", gone))
    # A confirmed document is looked for elsewhere before it comes back.
    commands.confirm_identity(by=BY, person_code=gone, reason="Huellas")
    merge = commands.merge_people(by=BY, duplicate_code=gone, into_code=kept, reason="Mismas huellas", today=TODAY)
    _read_little(client, url("merges"), url("merge_undo", merge), url("person_duplicates", kept))


def _read_little(client: Client, *addresses: str) -> None:
    for address in addresses:
        client.get(address)  # a new connection asks SQLite once what it can do
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        assert len(seen) <= 12, (address, [query["sql"][:90] for query in seen])

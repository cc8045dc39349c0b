"""Documents: kept whole or not at all, opened only by their class, never changed unseen; every step in the ledger."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date

import pytest
import time_machine
from pytest_django import Settings

from creo.register import commands, queries
from creo.register.commands import documents as module
from creo.register.models import Document
from creo.register.tests import factories as make
from creo.register.tests import factories_files as files
from creo.register.tests.acting import acts
from creo.register.tests.factories import BY, TODAY
from creo.register.tests.factories_files import at_piura, somebody, upload
from creo.support import clock
from creo.support.files import storage
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = pytest.mark.django_db
KINDS = {"general": "mandate", "medical": "medical_report", "evaluation": "evaluations"}
PURPOSES = {"general": "", "medical": "health", "evaluation": "treatment"}


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


@pytest.fixture
def code() -> str:
    return somebody()


def kept_files() -> list[str]:
    return sorted(path.name for path in storage.folder().rglob("*") if path.is_file())


def refused(act: Callable[[], object], **fields: str) -> None:
    """Refused beside these fields, and neither row, nor entry, nor file is left."""
    before = (Document.objects.count(), Entry.objects.count(), kept_files())
    with pytest.raises(Refused) as refusal:
        act()
    for field, words in fields.items():
        assert words in refusal.value.fields[field]
    assert (Document.objects.count(), Entry.objects.count(), kept_files()) == before


# Adding ---------------------------------------------------------------------------------------------------------------


def test_a_document_is_kept_with_its_hash_in_the_ledger(code: str) -> None:
    key = files.add(code, dated_on=date(2025, 1, 9), custody_number=1)
    row = Document.objects.get(pk=key)
    assert (row.kind, row.access, row.version, row.title) == ("mandate", "general", 1, "mandate de P-0000001")
    assert row.custody is not None and row.place == "EP-PIURA" and row.label == "mandato.pdf"
    assert kept_files() == [row.sha256]
    entry = Entry.objects.get(act="register.document_added")
    assert entry.subject_code == code and entry.after["sha256"] == row.sha256 == entry.after["sent_sha256"]
    assert "title" not in entry.after, "a title may tell what its class protects"


def test_every_reason_is_told_at_once_beside_its_field_and_no_file_stays(code: str) -> None:
    bad = upload(pieces=[b"<html>"], dated_on=date(2027, 1, 1), custody_number=9)
    refused(
        lambda: commands.add_document(by=BY, person_code=code, kind="mandate", upload=bad, today=TODAY),
        dated_on="posterior",
        custody="no tiene ese episodio",
        file="página web",
    )
    late = upload(dated_on=date(2027, 1, 1))
    refused(
        lambda: commands.add_document(by=BY, person_code=code, kind="mandate", upload=late, today=TODAY),
        dated_on="posterior",
    )
    refused(
        lambda: commands.add_document(by=BY, person_code=code, kind="letter", upload=upload(), today=TODAY),
        kind="[letter]",
    )


def test_a_day_has_its_quota_for_each_person(code: str, settings: Settings) -> None:
    settings.CREO_FILE_DAY_BYTES = 1_000
    reader = at_piura("registry")
    files.add(code, by=reader)
    refused(lambda: files.add(code, by=reader, text="otro"), file="máximo por persona y día")
    files.add(code, by=at_piura("registry", user_id=8), text="de otra persona")
    with time_machine.travel("2026-11-24 06:00:00+00:00", tick=False):
        files.add(code, by=reader, text="mañana")


def test_two_rows_may_name_one_file(code: str) -> None:
    other = somebody(2)
    first, second = files.add(code, text="Igual"), files.add(other, text="Igual")
    assert Document.objects.get(pk=first).sha256 == Document.objects.get(pk=second).sha256
    assert len(kept_files()) == 1


def test_a_crash_between_file_and_row_leaves_a_file_that_nobody_sees_and_the_sweep_takes(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_arguments: object) -> int:
        raise RuntimeError("se fue la luz")

    with monkeypatch.context() as patch:
        patch.setattr(module, "_add", broken)
        with pytest.raises(RuntimeError):
            files.add(code)
    assert len(kept_files()) == 1 and Document.objects.count() == 0
    assert queries.person_documents(BY, code, queries.DocumentFilters()).count == 0
    stays = files.add(code, text="Este sí")
    assert commands.sweep_files(by=BY) == 0, "another command may still be writing its row"
    long_ago = clock.now().timestamp() - 2 * storage.GRACE
    for path in storage.folder().rglob("*"):
        os.utime(path, (long_ago, long_ago))
    assert commands.sweep_files(by=BY) == 1
    assert kept_files() == [Document.objects.get(pk=stays).sha256]
    assert Entry.objects.get(act="register.files_swept").after == {"removed": 1}
    with pytest.raises(Forbidden):
        commands.sweep_files(by=at_piura("registry"))


# Classes --------------------------------------------------------------------------------------------------------------

MATRIX = {
    "registry": {"general"},
    "treatment_body": {"general", "evaluation"},
    "health": {"medical"},
    "regional_office": {"general"},
    "technical_lead": set(),
}
WRITERS = {"registry", "treatment_body", "health"}


@pytest.mark.parametrize("role", MATRIX)
@pytest.mark.parametrize("access", KINDS)
def test_each_class_opens_to_its_roles_alone(role: str, access: str, code: str) -> None:
    reader, kind = at_piura(role), KINDS[access]
    key = files.add(code, kind)
    before = Entry.objects.count()
    if access in MATRIX[role]:
        if access != "general":
            refused(lambda: commands.open_document(by=reader, person_code=code, document_id=key), purpose="para qué")
        found = commands.open_document(by=reader, person_code=code, document_id=key, purpose=PURPOSES[access])
        assert found.file.read().startswith(b"%PDF")
        found.file.close()
        assert Entry.objects.order_by("-id")[0].act == "register.document_opened"
        assert queries.document(reader, code, key)[1].kind == kind
    else:
        with pytest.raises(Forbidden):
            commands.open_document(by=reader, person_code=code, document_id=key)
        with pytest.raises(Forbidden):
            queries.document(reader, code, key)
        assert Entry.objects.count() == before
    if access in MATRIX[role] and role in WRITERS:
        assert files.add(code, kind, "otro", by=reader)
    else:
        with pytest.raises(Forbidden):
            files.add(code, kind, "otro", by=reader)


@pytest.mark.parametrize("role", MATRIX)
def test_whoever_may_not_open_a_class_sees_at_most_that_it_exists(role: str, code: str) -> None:
    for access, kind in KINDS.items():
        files.add(code, kind, f"Título {access}")
    found = queries.person_documents(at_piura(role), code, queries.DocumentFilters())
    assert {row.access for row in found.page.rows} == MATRIX[role]
    assert found.closed == {access: 1 for access in KINDS if access not in MATRIX[role]}
    assert {item.kind.code for item in found.checklist if item.presence == "there"} == set(KINDS.values())
    every = queries.person_documents(at_piura(role), code, queries.DocumentFilters(versions=queries.EVERY_VERSION))
    assert {row.access for row in every.page.rows} == MATRIX[role]


def test_outside_the_prison_a_document_does_not_exist(code: str) -> None:
    key = files.add(code)
    outside = make.reader_at("EP-TUMBES")
    for act in (
        lambda: queries.person_documents(outside, code, queries.DocumentFilters()),
        lambda: commands.open_document(by=outside, person_code=code, document_id=key),
        lambda: files.add(code, by=outside),
        lambda: commands.withdraw_document(by=outside, person_code=code, document_id=key, reason="x", today=TODAY),
    ):
        with pytest.raises(NotFound):
            act()
    other = somebody(2)
    with pytest.raises(NotFound):
        commands.open_document(by=BY, person_code=other, document_id=key)


# Versions -------------------------------------------------------------------------------------------------------------


def test_a_correction_replaces_and_the_earlier_version_stays(code: str) -> None:
    first = files.add(code, text="Con error")
    change = {"by": BY, "person_code": code, "upload": upload("Corregido"), "reason": "Error", "today": TODAY}
    second = commands.replace_document(document_id=first, **change)
    _head, rows = queries.document_versions(BY, code, first)
    assert [(row.id, row.version, row.in_force) for row in rows] == [(second, 2, True), (first, 1, False)]
    assert len(kept_files()) == 2
    listed = queries.person_documents(BY, code, queries.DocumentFilters())
    assert [row.id for row in listed.page.rows] == [second]
    entry = Entry.objects.get(act="register.document_replaced")
    assert entry.before["document"] == first and entry.after["version"] == 2 and entry.reason == "Error"
    refused(lambda: commands.replace_document(document_id=first, **change))
    refused(lambda: commands.replace_document(document_id=second, **{**change, "reason": " "}), reason="motivo")
    old = commands.open_document(by=BY, person_code=code, document_id=first)
    assert b"Con error" in old.file.read()
    old.file.close()


def test_a_withdrawn_document_stays_with_its_reason(code: str) -> None:
    key = files.add(code)
    withdraw = {"by": BY, "person_code": code, "document_id": key, "today": TODAY}
    refused(lambda: commands.withdraw_document(reason="", **withdraw), reason="motivo")
    commands.withdraw_document(reason="Es de otra persona", **withdraw)
    found = queries.person_documents(BY, code, queries.DocumentFilters())
    assert (found.count, found.checklist[0].presence) == (0, "missing")
    every = queries.person_documents(BY, code, queries.DocumentFilters(versions=queries.EVERY_VERSION))
    assert [row.withdrawn_reason for row in every.page.rows] == ["Es de otra persona"]
    refused(lambda: commands.withdraw_document(reason="Otra vez", **withdraw))
    assert acts(code) == ["register.document_added", "register.document_withdrawn"]


# Looking --------------------------------------------------------------------------------------------------------------


def test_a_changed_file_is_refused_and_that_is_written_down(code: str) -> None:
    key = files.add(code)
    path = storage.path_of(Document.objects.get(pk=key).sha256)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(Refused, match="fue alterado"):
        commands.open_document(by=at_piura("registry"), person_code=code, document_id=key)
    path.unlink()
    with pytest.raises(Refused, match="ya no está"):
        commands.open_document(by=at_piura("registry"), person_code=code, document_id=key)
    assert acts(code) == ["register.document_added", *["register.document_found_altered"] * 2]


def test_each_look_is_an_entry(code: str) -> None:
    key = files.add(code)
    for _time in range(3):
        commands.open_document(by=at_piura("registry"), person_code=code, document_id=key).file.close()
    looks = Entry.objects.filter(act="register.document_opened")
    assert [(look.actor, look.after["document"]) for look in looks] == [("registry de prueba", key)] * 3


def test_the_checklist_follows_what_happened_to_the_person(code: str) -> None:
    found = queries.person_documents(BY, code, queries.DocumentFilters())
    presence = {item.kind.code: item.presence for item in found.checklist}
    assert presence["sentence"] == "missing", "sentenced"
    assert presence["transfer_orders"] == presence["release_orders"] == "not_due"


def test_a_list_of_documents_pages_by_key(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(60):
        files.add(code, text=f"Documento {number}")
    first = queries.person_documents(BY, code, queries.DocumentFilters())
    assert (first.count, len(first.page.rows)) == (60, 50)
    second = queries.person_documents(BY, code, queries.DocumentFilters(), first.page.next_cursor or "")
    assert len(second.page.rows) == 10
    assert {row.id for row in first.page.rows} & {row.id for row in second.page.rows} == set()

"""What the register says of health, assessments and complaints cannot be read from the disk (security.md S10, S11)."""

from __future__ import annotations

import base64
import io
import json
import logging
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from creo.register import commands, queries, rules
from creo.register.models import Document, ProtectedFact, RightsRequest
from creo.register.queries import protected
from creo.register.tests.factories import BY, TODAY
from creo.register.tests.factories_files import add, fact, somebody
from creo.register.tests.test_pages import client_as, text_of
from creo.support.accounts.permissions import Permission
from creo.support.accounts.tests.factories import reader
from creo.support.files import storage
from creo.support.files.making import plain_pdf
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused
from creo.support.secrets import commands as keys
from creo.support.secrets import queries as key_queries
from creo.support.secrets import ring, vault
from creo.support.secrets.cipher import Unopened

CANARY = "canario-amarillo-7731"
NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)
WHY = "Cambio anual"


@pytest.fixture(autouse=True)
def _own_ring(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.CREO_KEYS = tmp_path / "keys.json"
    with time_machine.travel(NOON, tick=True):
        yield


def told(code: str) -> None:
    """The canary wherever somebody writes about health, an assessment or a complaint."""
    add_fact(code, fact("pregnancy", value="", needs=CANARY))
    about: dict[str, Any] = {"by": BY, "person_code": code, "today": TODAY}
    annulled = add_fact(code, fact("language", value=CANARY), source=CANARY)
    commands.annul_protected(fact_id=annulled, reason=CANARY, **about)
    for kind in ("medical_report", "evaluations"):
        kept = add(code, kind, f"{CANARY} {kind}", filename=f"{CANARY}.pdf")
        commands.withdraw_document(document_id=kept, reason=CANARY, **about)
        add(code, kind, f"{CANARY} otra {kind}", filename=f"{CANARY}.pdf")
    data = commands.RequestData("rectification", CANARY, TODAY, "lawyer", CANARY)
    number = commands.file_request(by=BY, person_code=code, data=data, today=TODAY)
    commands.assign_request(by=BY, number=number, assigned_to="Registro")
    commands.answer_request(by=BY, number=number, act="reject", answer=CANARY, on=TODAY, entry_id=None, today=TODAY)


def add_fact(code: str, value: rules.ProtectedValue, source: str = "La persona") -> int:
    return commands.record_protected(by=BY, person_code=code, fact=value, since=TODAY, source=source, today=TODAY)


def rows() -> Iterator[Any]:
    for model in key_queries.sealed_models():
        yield from model._base_manager.order_by("pk")


@pytest.mark.django_db(transaction=True)
def test_the_canary_is_in_no_file_no_journal_no_copy_no_ledger_and_no_log(
    tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        code = somebody()
        told(code)
        repr(list(rows()))
        repr([fact.__dict__ for fact in ProtectedFact.objects.all()])
        logging.getLogger("creo").warning("%r", list(Document.objects.values()))
    whole = io.BytesIO()
    if connection.vendor == "sqlite":
        copy = sqlite3.connect(tmp_path / "copia.sqlite3")
        connection.ensure_connection()
        connection.connection.backup(copy)
        copy.close()
        named = connection.settings_dict["NAME"]
        if "memory" not in str(named):
            for end in ("", "-wal", "-journal"):
                where = Path(f"{named}{end}")
                whole.write(where.read_bytes() if where.exists() else b"")
    else:
        with connection.cursor() as cursor:
            for model in (*key_queries.sealed_models(), Entry):
                cursor.execute(f"SELECT t::text FROM {connection.ops.quote_name(model._meta.db_table)} AS t")
                whole.write("\n".join(row[0] for row in cursor.fetchall()).encode())
    for where in sorted(tmp_path.rglob("*")):
        whole.write(where.read_bytes() if where.is_file() else b"")
    kept = whole.getvalue()
    assert len(kept) > 4_000 and b"register" in kept
    assert CANARY.encode() not in kept and CANARY[:10].encode() not in kept
    assert CANARY not in caplog.text
    entries = Entry.objects.values_list("reason", "before", "after")
    assert entries.count() >= 10 and CANARY not in json.dumps(list(entries), default=str)
    sheet = commands.look_at_protected(by=BY, person_code=code, purpose="health")
    assert CANARY in [row.fact.needs for row in sheet.present.values() if row is not None]
    assert CANARY not in repr(sheet) and CANARY not in repr(
        queries.person_documents(BY, code, queries.DocumentFilters())
    )


@pytest.mark.django_db
def test_what_is_sealed_is_read_as_always(client: Client) -> None:
    code = somebody()
    told(code)
    found = queries.person_documents(BY, code, queries.DocumentFilters(versions=queries.EVERY_VERSION))
    assert {row.title.split()[0] for row in found.page.rows} == {CANARY}
    assert {row.withdrawn_reason for row in found.page.rows} == {CANARY, ""}
    _head, requests = queries.requests_of(BY, code, TODAY)
    assert [(row.what, row.answer, row.asker_name) for row in requests] == [(CANARY, CANARY, CANARY)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "column"),
    [
        (ProtectedFact, "said"),
        (ProtectedFact, "source"),
        (Document, "title"),
        (Document, "label"),
        (RightsRequest, "what"),
    ],
)
def test_the_database_itself_refuses_a_plain_text(model: Any, column: str) -> None:
    told(somebody())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET {column} = 'texto'")


@pytest.mark.django_db
def test_one_persons_fact_put_in_anothers_place_does_not_open() -> None:
    rosa, ana = somebody(), somebody(2)
    first = add_fact(rosa, fact("language", value="Quechua"))
    second = add_fact(ana, fact("language", value="Aimara"))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE register_protectedfact SET said = "
            "(SELECT said FROM register_protectedfact AS other WHERE other.id = %s) WHERE id = %s",
            [first, second],
        )
    with pytest.raises(Unopened):
        protected.protected_sheet(BY, ana)
    assert protected.protected_sheet(BY, rosa).present["language"] is not None


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "sealed"), [("medical_report", True), ("evaluations", True), ("mandate", False)])
def test_files_of_health_and_assessment_are_sealed_on_the_disk_and_given_as_they_came(kind: str, sealed: bool) -> None:
    code = somebody()
    key = add(code, kind, CANARY)
    row = Document.objects.get(pk=key)
    kept = [where for where in storage.folder().rglob("*") if where.is_file()]
    assert len(kept) == 1 and (kept[0].suffix == ".sealed") is sealed
    assert (CANARY.encode() in kept[0].read_bytes()) is not sealed
    purpose = "order" if sealed else ""
    opened = commands.open_document(by=BY, person_code=code, document_id=key, purpose=purpose)
    assert opened.file.read() == plain_pdf([CANARY]) and opened.label.endswith(".pdf")
    if sealed:
        kept[0].write_bytes(kept[0].read_bytes()[:-1] + b"x")
        with pytest.raises(Refused, match="alterado"):
            commands.open_document(by=BY, person_code=code, document_id=key, purpose=purpose)
    assert storage.sweep({row.sha256}, grace=-30 * 86_400) == 0
    assert storage.sweep(set(), grace=-30 * 86_400) == 1


@pytest.mark.django_db
def test_files_kept_before_are_sealed_and_an_open_one_that_says_the_same_stays() -> None:
    code = somebody()
    plain = add(code, "mandate", CANARY)
    sha256 = Document.objects.get(pk=plain).sha256
    assert storage.seal_kept(sha256, keep_plain=True) and not storage.seal_kept(sha256, keep_plain=True)
    assert storage.path_of(sha256).exists() and vault.find(storage.path_of(sha256).parent, sha256) is not None
    assert storage.seal_kept(sha256, keep_plain=False) and not storage.path_of(sha256).exists()
    assert commands.open_document(by=BY, person_code=code, document_id=plain).file.read() == plain_pdf([CANARY])
    assert not storage.seal_kept("0" * 64, keep_plain=False)


# The life of a key ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_key_is_changed_in_steps_and_destroyed_only_when_nothing_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "ROWS_A_STEP", 2)
    code = somebody()
    told(code)
    first = ring.load().current.id
    before = [(type(row), row.pk, [getattr(row, f.name) for f in row._meta.fields]) for row in rows()]
    number = keys.new_key(by=BY, reason=WHY)
    with pytest.raises(Refused) as early:
        keys.retire(by=BY, key_id=first, reason=WHY)
    assert len(early.value.messages) == 2 and "Todavía abre" in early.value.messages[1]
    said: list[tuple[int, int]] = []
    result = keys.reseal(by=BY, progress=lambda done, total, _note="": said.append((done, total)))
    assert result["key"] == number and result["damaged"] == 0
    assert result["values"] == len(before) and result["files"] == 4
    assert said[-1][0] == said[-1][1] == len(before) + 4 and len(said) > 4
    after = [(type(row), row.pk, [getattr(row, f.name) for f in row._meta.fields]) for row in rows()]
    assert after == before
    assert {key for _column, key in key_queries.column_uses()} == {number}
    steps = Entry.objects.filter(act="secrets.resealed")
    assert sum(entry.after.get("rows", 0) for entry in steps) == len(before) and steps.count() > len(before) / 2
    with pytest.raises(Refused, match="diez minutos"):
        keys.retire(by=BY, key_id=first, reason=WHY)
    with time_machine.travel(NOON + timedelta(minutes=30)):
        keys.retire(by=BY, key_id=first, reason=WHY)
    assert ring.load().find(first) is None
    assert [(type(row), row.pk, [getattr(row, f.name) for f in row._meta.fields]) for row in rows()] == before
    assert keys.reseal(by=BY)["values"] == 0


@pytest.mark.django_db
def test_a_row_that_does_not_open_stops_nobody_and_keeps_its_key_from_being_destroyed() -> None:
    rosa, ana = somebody(), somebody(2)
    broken = add_fact(rosa, fact("language", value="Quechua"))
    add_fact(ana, fact("language", value="Aimara"))
    first = ring.load().current.id
    with connection.cursor() as cursor:
        cursor.execute("UPDATE register_protectedfact SET seal_id = 'otro' WHERE id = %s", [broken])
    keys.new_key(by=BY, reason=WHY)
    result = keys.reseal(by=BY)
    assert (result["values"], result["damaged"]) == (1, 1)
    with time_machine.travel(NOON + timedelta(hours=1)), pytest.raises(Refused, match="Todavía abre 2 textos"):
        keys.retire(by=BY, key_id=first, reason=WHY)
    assert protected.protected_sheet(BY, ana).present["language"] is not None


@pytest.mark.django_db
def test_only_who_manages_keys_for_the_whole_country_touches_them() -> None:
    first = ring.load().current.id
    nobody = reader(*(set(Permission) - {Permission.MANAGE_KEYS}))
    for act in (
        lambda: keys.new_key(by=nobody, reason=WHY),
        lambda: keys.rotate(by=nobody, reason=WHY),
        lambda: keys.resume(by=nobody),
        lambda: keys.reseal(by=nobody),
        lambda: keys.retire(by=nobody, key_id=first, reason=WHY),
        lambda: key_queries.keys(nobody),
        lambda: key_queries.columns(nobody),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(NotFound):
        keys.retire(by=BY, key_id="knadie22", reason=WHY)
    with pytest.raises(Refused, match="vigente"):
        keys.retire(by=BY, key_id=first, reason=WHY)
    with pytest.raises(Refused, match="por qué"):
        keys.new_key(by=BY, reason=" ")
    assert ring.load().current.id == first


@pytest.mark.django_db
def test_what_is_written_between_two_steps_is_neither_lost_nor_left_under_the_old_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keys, "ROWS_A_STEP", 2)
    codes = [somebody(number) for number in range(1, 6)]
    for code in codes:
        add_fact(code, fact("community", value=f"Antes {code}"))
    first, waiting = ring.load().current.id, list(codes)

    def meanwhile(_done: int, _total: int, _note: str = "") -> None:
        if waiting:
            code = waiting.pop()
            add_fact(code, fact("language", value=f"Durante {code}"))
            changed(code)

    keys.new_key(by=BY, reason=WHY)
    keys.reseal(by=BY, progress=meanwhile)
    written(codes[len(waiting) :], first)


def changed(code: str) -> None:
    """Somebody adds to an answer meanwhile."""
    rows = ProtectedFact.objects.filter(person__code=code, kind="community")
    rows.update(said=rules.protected_told(replace(rows.get().fact, needs=f"Cambió {code}")))


def written(codes: list[str], gone: str) -> None:
    """Everything that was written is there, and nothing under the key that was changed."""
    assert codes and gone not in {key for _column, key in key_queries.column_uses()}
    for code in codes:
        present = protected.protected_sheet(BY, code).present
        language, community = present["language"], present["community"]
        assert language is not None and language.fact.value == f"Durante {code}"
        assert community is not None and community.fact.value == f"Antes {code}"
        assert community.fact.needs == f"Cambió {code}"


if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):  # on SQLite nobody else writes meanwhile

    @pytest.mark.django_db(transaction=True)
    def test_people_go_on_writing_while_the_key_changes(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keys, "ROWS_A_STEP", 3)
        codes = [somebody(number) for number in range(1, 9)]
        for code in codes:
            add_fact(code, fact("community", value=f"Antes {code}"))
        first, faults = ring.load().current.id, []

        def write() -> None:
            try:
                for code in codes:
                    add_fact(code, fact("language", value=f"Durante {code}"))
                    changed(code)
            except Exception as fault:  # told by the test's own thread
                faults.append(fault)
            finally:
                connection.close()

        writer = threading.Thread(target=write)
        keys.new_key(by=BY, reason=WHY)
        writer.start()
        keys.reseal(by=BY)
        writer.join()
        keys.reseal(by=BY)
        assert faults == []
        written(codes, first)


@pytest.mark.django_db
def test_the_page_of_keys_shows_numbers_and_never_a_key(client: Client) -> None:
    told(somebody())
    secret = ring.load().current.secret
    manager = client_as("administrator")
    page = manager.get(reverse("secrets:keys"))
    shown = text_of(page)
    assert ring.load().current.id in shown and "Vigente" in shown and "register.Document" in shown
    assert base64.b64encode(secret).decode() not in page.content.decode() and secret.hex() not in page.content.decode()
    assert manager.post(reverse("secrets:rotate"), {"reason": ""}).status_code == 422
    first = ring.load().current.id
    assert manager.post(reverse("secrets:rotate"), {"reason": WHY}).status_code == 302
    assert ring.load().current.id != first
    assert "Destruir" in text_of(manager.get(reverse("secrets:keys")))
    assert "Todavía abre" in text_of(manager.post(reverse("secrets:retire", args=(first,)), {"reason": WHY}))
    assert manager.get(reverse("secrets:retire", args=("knadie22",))).status_code == 404
    assert client_as("registry").get(reverse("secrets:keys")).status_code == 403

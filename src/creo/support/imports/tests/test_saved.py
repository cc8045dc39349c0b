"""Formats that people describe themselves: saved in versions, recognised by the columns of the next file."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from creo.support import clock
from creo.support.accounts.models import User
from creo.support.accounts.tests.factories import user
from creo.support.imports import commands, saved
from creo.support.imports.kinds import Mappable, kind_for, mapping_for
from creo.support.imports.models import ImportBatch, SavedMapping
from creo.support.imports.tests.factories import somebody
from creo.support.imports.tests.test_pages import text_of, work
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = pytest.mark.django_db
HEADERS = ("Login", "Persona", "¿Trabaja?")
FOREIGN = "Login;Persona;¿Trabaja?\r\nana;Ana Quispe;SIGUE\r\nbeto;Beto Ñahui;CESÓ\r\n"
RULES: dict[str, Any] = {
    "missing": [""],
    "columns": {
        "username": {"from": "Login"},
        "name": {"from": "Persona"},
        "active": {"from": "¿Trabaja?", "values": {"SIGUE": "sí", "CESÓ": "no"}},
    },
    "constants": {},
}


@pytest.fixture(autouse=True)
def _kinds(_own_folder_and_kinds: None, settings: Settings) -> None:
    settings.CREO_IMPORT_KINDS = "creo.support.imports.tests.factories_open.KINDS"


def save(**changes: Any) -> SavedMapping:
    about: dict[str, Any] = {
        "kind": "open",
        "name": "Lista de la sede",
        "rules": RULES,
        "headers": HEADERS,
        "reason": "Así la manda la sede",
    }
    return saved.save_mapping(by=somebody(), **about | changes)


def sent(content: str = FOREIGN, kind: str = "open", mapping: str = "") -> ImportBatch:
    return commands.stage(by=somebody(), kind=kind, mapping=mapping, filename="sede.csv", content=[content.encode()])


def test_only_a_kind_that_tells_its_fields_lets_its_columns_be_described() -> None:
    assert isinstance(kind_for("open"), Mappable)
    assert not isinstance(kind_for("staff"), Mappable)


def test_a_saved_format_is_recognised_by_the_columns_of_the_next_file() -> None:
    kept = save()
    batch = sent()
    assert batch.mapping == saved.code_of(kept)
    done = commands.check(by=somebody(), batch_id=batch.pk)
    assert (done.state, done.rows_ok) == ("checked", 2), done.summary
    commands.apply(by=somebody(), batch_id=batch.pk)
    assert list(User.objects.order_by("username").values_list("username", "is_active")) == [
        ("ana", True),
        ("beto", False),
    ]


def test_the_order_case_and_accents_of_the_columns_do_not_matter() -> None:
    kept = save()
    again = "trabaja;PERSONA;login\r\nSIGUE;Ana;ana\r\n"
    assert sent(again).mapping == saved.code_of(kept)
    assert sent("Login;Persona\r\nana;Ana\r\n").mapping == "personal"


def test_a_shipped_format_that_finds_its_columns_is_recognised_too() -> None:
    assert sent("Cuenta;Nombre\r\nana;Ana\r\n").mapping == "personal"
    chosen = sent("Login;Persona;¿Trabaja?\r\nana;Ana;SIGUE\r\n", mapping="personal")
    assert commands.check(by=somebody(), batch_id=chosen.pk).state == "refused"


def test_saving_again_is_a_new_version_and_the_old_one_stays_as_it_was() -> None:
    first = save()
    changed = {**RULES, "constants": {}, "columns": {**RULES["columns"], "active": {"from": "¿Trabaja?"}}}
    second = save(rules=changed, reason="Ya escriben sí y no")
    first.refresh_from_db()
    assert (first.version, first.rules, first.ended_at is None) == (1, RULES, False)
    assert (second.version, second.ended_at) == (2, None)
    assert mapping_for(kind_for("open"), saved.code_of(first)).rule("active") is not None
    assert [mapping.code for mapping in saved.offered("open")] == [saved.code_of(second)]
    acts = Entry.objects.filter(act="imports.mapping_saved").order_by("id").values_list("reason", flat=True)
    assert list(acts) == ["Así la manda la sede", "Ya escriben sí y no"]


def test_saving_the_same_again_changes_nothing() -> None:
    assert save().pk == save().pk
    assert SavedMapping.objects.count() == 1


def test_a_format_that_ended_is_offered_no_more_and_its_files_keep_it() -> None:
    kept = save()
    batch = sent()
    with pytest.raises(Refused, match="motivo"):
        saved.end_mapping(by=somebody(), kind="open", number=kept.pk, reason=" ")
    saved.end_mapping(by=somebody(), kind="open", number=kept.pk, reason="La sede cambió de sistema")
    assert saved.offered("open") == []
    assert sent("Login;Persona;¿Trabaja?\r\nrosa;Rosa;SIGUE\r\n").mapping == "personal"
    assert commands.check(by=somebody(), batch_id=batch.pk).state == "checked"
    with pytest.raises(NotFound):
        saved.end_mapping(by=somebody(), kind="open", number=999, reason="x")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "nombre para el formato"),
        ({"name": "x" * 61}, "más de 60"),
        ({"reason": ""}, "motivo"),
        ({"rules": {**RULES, "columns": {}}}, "al menos una columna"),
        ({"rules": {**RULES, "columns": {"username": {"from": "Login"}}}}, "«Nombre»"),
        ({"rules": {**RULES, "columns": {**RULES["columns"], "name": {"from": "Otra"}}}}, "«Otra»"),
        ({"rules": {**RULES, "columns": {**RULES["columns"], "salary": {"from": "Login"}}}}, "salary"),
        ({"rules": {**RULES, "constants": {"active": "quizá"}, "columns": {
            "username": {"from": "Login"}, "name": {"from": "Persona"}}}}, "quizá"),
        ({"rules": {**RULES, "columns": {**RULES["columns"], "active": {"from": "¿Trabaja?", "values": {"S": "tal"}}}}},
         "tal"),
    ],
)  # fmt: skip
def test_a_format_that_says_nothing_sensible_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused) as refusal:
        save(**changes)
    assert any(words in message for message in refusal.value.messages), refusal.value.messages
    assert not SavedMapping.objects.exists()


def test_who_may_not_import_saves_no_format() -> None:
    from creo.support.accounts.tests.factories import reader

    with pytest.raises(Forbidden):
        saved.save_mapping(by=reader(), kind="open", name="x", rules=RULES, headers=HEADERS, reason="x")


@pytest.mark.parametrize(
    "changes",
    [{"name": ""}, {"reason": ""}, {"version": 0}, {"ended": "before"}, {"twice": "version"}, {"twice": "force"}],
)
def test_the_database_refuses_a_format_that_makes_no_sense(changes: dict[str, Any]) -> None:
    now = clock.now()
    plain: dict[str, Any] = {
        "kind": "open", "name": "A", "version": 1, "rules": RULES, "fingerprint": "f", "reason": "x", "made_by": "Ana",
        "made_at": now,
    }  # fmt: skip
    if "twice" in changes:
        SavedMapping.objects.create(**plain)
        plain |= {"version": 2} if changes["twice"] == "force" else {"ended_at": now}
    elif "ended" in changes:
        plain["ended_at"] = now.replace(year=2000)
    else:
        plain |= changes
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedMapping.objects.create(**plain)


# Pages ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def alicia() -> Client:
    client = Client()
    client.force_login(user("alicia", role="registry"))
    return client


def filled(**changes: str) -> dict[str, str]:
    return {
        "name": "Lista de la sede",
        "reason": "Así la manda la sede",
        "username__columna": "Login",
        "name__columna": "Persona",
        "active__columna": "¿Trabaja?",
        "active__palabras": "SIGUE = sí; CESÓ = no",
    } | changes


def uploaded(alicia: Client) -> ImportBatch:
    data = {"mapping": "", "file": SimpleUploadedFile("sede.csv", FOREIGN.encode())}
    response = alicia.post(reverse("imports:new") + "?tipo=open", data)
    assert response.status_code == 302, text_of(response)
    work()
    return ImportBatch.objects.latest("id")


def test_an_unknown_file_is_described_on_a_page_and_checked_with_it(alicia: Client) -> None:
    batch = uploaded(alicia)
    assert batch.state == "refused"
    here = reverse("imports:detail", args=[batch.pk])
    page = reverse("imports:columns", args=[batch.pk])
    assert page in alicia.get(here).content.decode()
    shown = text_of(alicia.get(page))
    assert "Ana Quispe" in shown
    assert "¿Trabaja?" in shown
    assert alicia.post(page, filled()).status_code == 302
    work()
    batch.refresh_from_db()
    assert (batch.state, batch.mapping) == ("checked", saved.code_of(SavedMapping.objects.get()))
    listed = text_of(alicia.get(reverse("imports:formats") + "?tipo=open"))
    assert "Lista de la sede" in listed
    assert "Vigente" in listed


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "nombre para el formato"),
        ({"active__palabras": "SIGUE"}, "PROC = procesado"),
        ({"name__siempre": "Ana"}, "no las dos cosas"),
        ({"username__columna": ""}, "Usuario"),
        ({"active__palabras": "SIGUE = quizá"}, "quizá"),
    ],
)
def test_a_form_that_is_wrong_comes_back_as_it_was(alicia: Client, changes: dict[str, str], words: str) -> None:
    batch = uploaded(alicia)
    response = alicia.post(reverse("imports:columns", args=[batch.pk]), filled(**changes))
    assert response.status_code == 422
    assert words in text_of(response)
    assert 'value="Así la manda la sede"' in response.content.decode()
    assert not SavedMapping.objects.exists()


def test_a_format_is_ended_from_its_page(alicia: Client) -> None:
    kept = save()
    response = alicia.post(reverse("imports:format_end", args=["open", kept.pk]), {"reason": "Ya no se usa"})
    assert response.status_code == 302
    assert "Reemplazado" in text_of(alicia.get(reverse("imports:formats") + "?tipo=open"))


def test_the_columns_of_an_applied_file_are_not_described_again(alicia: Client) -> None:
    save()
    batch = sent()
    commands.check(by=somebody(), batch_id=batch.pk)
    commands.apply(by=somebody(), batch_id=batch.pk)
    ImportBatch.objects.filter(pk=batch.pk).update(uploaded_by_id=User.objects.get(username="alicia").pk)
    assert alicia.get(reverse("imports:columns", args=[batch.pk])).status_code == 422

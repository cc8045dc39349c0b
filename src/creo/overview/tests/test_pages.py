"""Pages that cross chapters: they show each reader only what the chapters would."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from creo.overview.pages.changes import changes
from creo.overview.queries import folded
from creo.support.accounts.models import User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.accounts.tests.factories import reader, user
from creo.support.ledger import commands as ledger

pytestmark = pytest.mark.django_db


def signed_in(role: str, **place: str) -> Client:
    """A browser of somebody who holds a role."""
    client = Client()
    client.force_login(user("alicia", role=role, **place))
    return client


@ledger.command(permission=None)
def note(*, by: Reader, code: str) -> None:
    """An act to look for."""
    ledger.record(act="test.noted", subject=("person", code), reason="prueba", before={"a": 1}, after={"a": 2})


@ledger.command(permission=None)
def record_export(*, by: Reader) -> None:
    """An act that has words."""
    ledger.record(act="register.people_exported", subject=("list", "people"), after={"rows": 3})


def test_an_empty_house_asks_for_the_first_run_and_nothing_else() -> None:
    page = signed_in("planner").get("/").content.decode()
    assert "Hacer la primera corrida de focalización" in page
    assert page.count('class="due ') == 1


def test_nothing_is_due_for_somebody_who_may_do_nothing() -> None:
    client = Client()
    client.force_login(User.objects.create_user("nadie", "Nadie"))
    assert "Nada pendiente" in client.get("/").content.decode()


def test_a_search_needs_two_letters_and_says_so() -> None:
    client = signed_in("planner")
    assert "al menos dos letras" in client.get("/buscar/", {"q": "a"}).content.decode()
    assert "Sin resultados" in client.get("/buscar/", {"q": "zzzz"}).content.decode()


def test_a_search_text_is_shown_and_never_run() -> None:
    page = signed_in("planner").get("/buscar/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize(("text", "plain"), [("Ñandú", "nandu"), ("ÁÉÍ", "aei"), ("Straße", "strasse")])
def test_searches_forgive_accents_and_capitals(text: str, plain: str) -> None:
    assert folded(text) == plain


def test_only_the_auditor_reads_the_record_of_acts() -> None:
    note(by=reader(Permission.EDIT_PEOPLE), code="P-0000001")
    assert signed_in("auditor").get("/actos/").content.decode().count("test.noted") == 1
    client = Client()
    client.force_login(user("berta", role="planner"))
    assert client.get("/actos/").status_code == 403


def test_the_record_of_acts_is_narrowed_and_paged_and_shows_what_changed() -> None:
    for number in range(60):
        note(by=reader(Permission.EDIT_PEOPLE), code=f"P-{number:07d}")
    client = signed_in("auditor")
    first = client.get("/actos/", {"act": "test."}).content.decode()
    assert first.count("test.noted") == 50
    assert "a: 1 → 2" in first
    assert client.get("/actos/", {"subject": "P-0000003"}).content.decode().count("test.noted") == 1
    assert client.get("/actos/", {"cursor": "drop table"}).status_code == 422


def test_acts_on_a_person_outside_the_scope_do_not_exist() -> None:
    note(by=reader(Permission.EDIT_PEOPLE), code="P-0000001")
    client = signed_in("treatment_body", scope_kind="facility", scope_code="EP-PIURA")
    assert client.get(reverse("overview:person_acts", args=("P-0000001",))).status_code == 404


def test_the_board_says_that_there_is_no_run_yet() -> None:
    assert "Todavía no hay corridas" in signed_in("planner").get("/nacion/").content.decode()


def test_what_an_act_wrote_is_said_in_words_and_nothing_that_is_empty() -> None:
    before = {"facility": "EP-PIURA", "status": "provisional", "absence": "", "sha256": "ab" * 32}
    after = {"facility": "EP-ICA", "status": "confirmed", "absence": None, "on": "2026-11-23", "offences": ["A", "<b>"]}
    text = changes("register.identity_corrected", before, after, {"EP-PIURA": "E.P. de Piura"})
    assert "Establecimiento: E.P. de Piura → EP-ICA" in text
    assert "Estado: Identidad por confirmar → Identidad confirmada" in text
    assert "Fecha: 23\xa0nov\xa02026" in text
    assert "Delitos: A, &lt;b&gt;" in text
    assert f'<abbr title="{"ab" * 32}">{"ab" * 6}…</abbr>' in text
    assert "Ausencia" not in text
    assert "None" not in text
    assert changes("register.people_exported", {}, {}, {}) == ""


def test_a_code_without_words_and_a_field_without_a_name_are_shown_as_they_are() -> None:
    assert "Tipo: mystery" in changes("register.alias_added", {}, {"kind": "mystery"}, {})
    assert "puzzle: 7" in changes("register.alias_added", {}, {"puzzle": 7}, {})


def test_an_act_is_shown_in_words_to_the_auditor_with_its_code() -> None:
    record_export(by=reader(Permission.EXPORT))
    page = signed_in("auditor").get("/actos/").content.decode()
    assert "Lista de personas descargada" in page
    assert page.count("register.people_exported") == 1

"""What an administrator may do about somebody's sign-in, and what one person alone may not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from creo.support import clock
from creo.support.accounts.models import User
from creo.support.accounts.readers import Scope
from creo.support.accounts.tests.factories import reader_as
from creo.support.ledger.models import Entry
from creo.support.refusals import NotFound
from creo.support.signin import commands, queries
from creo.support.signin.tests.factories import PASSWORD, account, code, enter, signed_in, with_totp

pytestmark = pytest.mark.django_db
WHY = {"reason": "Lo pidió en persona, con su documento"}


@pytest.fixture
def chief() -> Client:
    account("jefa", role="administrator")
    return signed_in("jefa")


def given(answer: object) -> str:
    return re.search(r'<p class="code">([a-z0-9-]+)</p>', answer.content.decode())[1]


def test_accounts_are_listed_and_found(chief: Client) -> None:
    with_totp(account())
    page = chief.get("/ingresos/?q=ros").content.decode()
    assert "/ingresos/rosa/" in page
    assert "/ingresos/jefa/" not in page.split("<main")[1]


def test_somebodys_sessions_are_ended_with_a_reason(chief: Client) -> None:
    account()
    theirs = signed_in()
    assert chief.post("/ingresos/rosa/sesiones/", {"reason": ""}).status_code == 422
    assert theirs.get("/cuenta/").status_code == 200
    assert chief.post("/ingresos/rosa/sesiones/", WHY).status_code == 302
    assert theirs.get("/cuenta/").status_code == 302
    entry = Entry.objects.get(act="accounts.sessions_ended")
    assert (entry.actor, entry.subject_code, entry.reason) == ("Jefa", "rosa", WHY["reason"])
    assert "cerró sus sesiones" in signed_in().get("/cuenta/sesiones/").content.decode()


def test_a_first_password_is_random_shown_once_and_must_be_changed(chief: Client) -> None:
    account()
    words = {given(chief.post("/ingresos/rosa/contrasena/", {"reason": f"Olvido {n}"})) for n in range(3)}
    assert len(words) == 3
    assert not any(word in str(list(Entry.objects.values())) for word in words)
    assert enter(Client()).status_code == 422
    last = given(chief.post("/ingresos/rosa/contrasena/", WHY))
    client = Client()
    assert enter(client, password=last).status_code == 302
    assert client.get("/cuenta/")["Location"] == "/cuenta/contrasena/"


def test_a_reset_never_skips_the_second_factor(chief: Client) -> None:
    with_totp(account())
    word = given(chief.post("/ingresos/rosa/contrasena/", WHY))
    client = Client()
    assert enter(client, password=word)["Location"] == "/entrar/segundo-factor/"
    assert client.get("/cuenta/").status_code == 302
    assert client.post("/entrar/segundo-factor/", {"code": code()}).status_code == 302


@pytest.mark.parametrize("first", ["contrasena", "factores"])
def test_one_person_alone_never_opens_an_account(chief: Client, first: str) -> None:
    with_totp(account())
    second = {"contrasena": "factores", "factores": "contrasena"}[first]
    assert chief.post(f"/ingresos/rosa/{first}/", WHY).status_code in (200, 302)
    assert chief.post(f"/ingresos/rosa/{second}/", WHY).status_code == 422
    account("otra", role="administrator")
    assert signed_in("otra").post(f"/ingresos/rosa/{second}/", WHY).status_code in (200, 302)
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("act", ["contrasena", "factores", "sesiones"])
def test_nobody_attends_their_own_account(chief: Client, act: str) -> None:
    with_totp(User.objects.get(username="jefa"))
    answer = chief.post(f"/ingresos/jefa/{act}/", WHY)
    assert answer.status_code == 422
    assert "Su propia cuenta la atiende otra persona" in answer.content.decode()


@pytest.mark.parametrize("path", ["", "sesiones/", "contrasena/", "factores/", "directorio/"])
def test_nobody_else_opens_these_pages_and_an_unknown_account_is_not_found(chief: Client, path: str) -> None:
    account()
    assert signed_in().get(f"/ingresos/rosa/{path}").status_code == 403
    assert chief.get(f"/ingresos/nadie/{path}").status_code == 404


def test_an_administrator_of_one_place_reaches_only_accounts_of_that_place() -> None:
    account("nacional", role="auditor")
    account("piura", scope_kind="facility", scope_code="EP-PIURA")
    account("trujillo", scope_kind="facility", scope_code="EP-TRUJILLO")
    account("suelta", role="")
    by = reader_as("administrator", Scope("facility", "EP-PIURA"), user_id=99)
    assert queries.account(by, "piura").username == "piura"
    for name in ("nacional", "trujillo", "suelta", "nadie"):
        with pytest.raises(NotFound):
            commands.end_sessions_of(by=by, username=name, reason="x")
    assert queries.accounts(by, "", "", 50) == []


class TestDirectory:
    @pytest.fixture(autouse=True)
    def _one_directory(self, settings) -> None:
        app = {"provider_id": "minjus", "name": "Ministerio", "client_id": "creo", "secret": "s", "settings": {}}
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}

    def test_a_subject_is_linked_and_unlinked(self, chief: Client) -> None:
        account()
        typed = {"directory": "minjus", "subject": "sub-1", **WHY}
        assert chief.post("/ingresos/rosa/directorio/", typed).status_code == 302
        account("ana")
        answer = chief.post("/ingresos/ana/directorio/", typed)
        assert answer.status_code == 422
        assert "ya abre una cuenta" in answer.content.decode()
        theirs = signed_in()
        assert chief.post("/ingresos/rosa/directorio/minjus/sub-1/", WHY).status_code == 302
        assert not SocialAccount.objects.exists()
        assert theirs.get("/cuenta/").status_code == 302


def test_ones_own_page_shows_only_the_roles_that_give_something_today() -> None:
    today = clock.today()
    rosa, day = account(), timedelta(days=1)
    held = rosa.grants
    assert [row.role for row in queries.grants(rosa.pk)] == ["registry"]
    for change in (
        {"ended_on": today, "ended_by": "Ana", "end_reason": "Cambió de puesto"},
        {"ended_on": None, "ended_by": "", "end_reason": "", "valid_to": today},
        {"valid_to": None, "valid_from": today + day},
        {"valid_from": today - 300 * day, "reviewed_on": today - 183 * day},
    ):
        held.update(**change)
        assert queries.grants(rosa.pk) == [], change
    held.update(reviewed_on=today - 182 * day)
    assert [row.role for row in queries.grants(rosa.pk)] == ["registry"]


def test_the_password_of_tests_is_one_that_the_rules_take() -> None:
    from django.contrib.auth.password_validation import validate_password

    validate_password(PASSWORD, account())

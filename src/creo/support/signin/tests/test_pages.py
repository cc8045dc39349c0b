"""Every page of sign-in: opens, within its budget of queries, and keeps the strict policy."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creo.support.signin import factors, telling
from creo.support.signin.tests.factories import account, signed_in, with_totp

pytestmark = pytest.mark.django_db
OWN = (
    "/cuenta/",
    "/cuenta/confirmar/",
    "/cuenta/contrasena/",
    "/cuenta/sesiones/",
    "/cuenta/sesiones/cerrar/",
    "/cuenta/segundo-factor/",
    "/cuenta/segundo-factor/aplicacion/",
    "/cuenta/segundo-factor/llave/",
    "/cuenta/segundo-factor/codigos/",
)
STAFF = (
    "/ingresos/",
    "/ingresos/rosa/",
    "/ingresos/rosa/sesiones/",
    "/ingresos/rosa/contrasena/",
    "/ingresos/rosa/factores/",
    "/ingresos/rosa/directorio/",
)


@pytest.fixture
def chief() -> Client:
    rosa = with_totp(account())
    factors.make_codes(rosa)
    account("jefa", role="administrator")
    return signed_in("jefa")


@pytest.mark.parametrize("path", (*OWN, *STAFF))
def test_each_opens_within_its_budget_and_the_policy(chief: Client, path: str) -> None:
    chief.get("/cuenta/")
    with CaptureQueriesContext(connection) as asked:
        answer = chief.get(path)
    assert answer.status_code == 200
    assert len(asked) <= 12, [query["sql"] for query in asked]
    page = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|<style", page)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", OWN)
def test_nobody_is_led_to_the_door_and_back(path: str) -> None:
    assert Client().get(path)["Location"] == f"/entrar/?next={path}"


def test_mine_shows_roles_places_and_what_happened_to_the_account() -> None:
    user = account("piura", scope_kind="facility", scope_code="EP-PIURA")
    telling.leave(user.pk, telling.NEW_DEVICE, address="203.0.113.9", device="Chrome · Linux")
    page = signed_in("piura").get("/cuenta/").content.decode()
    for words in ("Registro Penitenciario", "EP-PIURA", "203.0.113.9", "Mis sesiones", "Cambiar la contraseña"):
        assert words in page


def test_the_menu_of_the_account_leads_there() -> None:
    account()
    assert '<a class="account-item" href="/cuenta/">' in signed_in().get("/cuenta/sesiones/").content.decode()


def test_a_list_of_accounts_goes_on_where_it_ended(chief: Client) -> None:
    for number in range(55):
        account(f"persona{number:02}", role="")
    first = chief.get("/ingresos/").content.decode()
    assert "persona47" in first
    after = re.search(r"cursor=([\w.]+)", first)[1]
    assert "persona54" in chief.get(f"/ingresos/?cursor={after}").content.decode()


def test_the_lists_cost_no_more_for_many_accounts(chief: Client) -> None:
    for number in range(40):
        account(f"persona{number:02}", role="")
    with CaptureQueriesContext(connection) as asked:
        chief.get("/ingresos/")
    assert len(asked) <= 12

"""Passkeys with Chromium's own virtual authenticator: made, shown as second factor, alone at the door, asked again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from creo.support.ledger.models import Entry
from creo.support.signin.tests.factories import PASSWORD, account

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(live_server: LiveServer) -> str:
    """The site by a name: browsers give passkeys to no number."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def keyed(page: Page) -> Iterator[Page]:
    """A browser with a machine that verifies its owner by fingerprint."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield page


def enter(page: Page, house: str) -> None:
    page.goto(f"{house}/entrar/")
    page.get_by_label("Usuario").fill("rosa")
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Entrar", exact=True).click()


def leave(page: Page) -> None:
    page.locator("details.account summary").click()
    page.get_by_role("button", name="Cerrar sesión").click()
    expect(page.get_by_role("heading", name="Entrar a CREO")).to_be_visible()


def make_key(page: Page, house: str) -> None:
    page.goto(f"{house}/cuenta/segundo-factor/llave/")
    page.get_by_label("Nombre de la llave").fill("Huella del celular")
    page.get_by_role("button", name="Hacer la llave").click()
    expect(page.get_by_text("Llave de acceso agregada.")).to_be_visible()


def test_a_passkey_from_its_making_to_a_sign_in_without_password(keyed: Page, house: str, settings: Any) -> None:
    settings.CREO_SECOND_FACTOR = "required"
    account(role="administrator")
    faults: list[str] = []
    keyed.on("pageerror", lambda error: faults.append(str(error)))
    keyed.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)

    enter(keyed, house)
    expect(keyed.get_by_text("necesita una llave de acceso antes de la primera página")).to_be_visible()
    make_key(keyed, house)
    keyed.goto(f"{house}/cuenta/segundo-factor/codigos/")
    keyed.get_by_role("button", name="Hacer los códigos").click()
    expect(keyed.locator("main li.code")).to_have_count(10)
    keyed.goto(f"{house}/cuenta/segundo-factor/")
    expect(keyed.get_by_text("Huella del celular")).to_be_visible()
    keyed.goto(f"{house}/cuenta/")
    expect(keyed.get_by_role("heading", name="Mi cuenta")).to_be_visible()
    leave(keyed)

    enter(keyed, house)
    expect(keyed.get_by_role("heading", name="Segundo factor")).to_be_visible()
    keyed.get_by_role("button", name="Usar la llave de acceso").click()
    expect(keyed.locator("details.account")).to_be_visible()
    keyed.goto(f"{house}/cuenta/")
    expect(keyed.get_by_role("heading", name="Mi cuenta")).to_be_visible()
    leave(keyed)

    keyed.get_by_role("button", name="Entrar con una llave de acceso").click()
    expect(keyed.locator("details.account")).to_be_visible()
    keyed.goto(f"{house}/cuenta/confirmar/?next=/cuenta/sesiones/")
    keyed.get_by_role("button", name="Usar la llave de acceso").click()
    expect(keyed.get_by_role("heading", name="Mis sesiones")).to_be_visible()
    assert faults == []

    methods = [entry.after["methods"] for entry in Entry.objects.filter(act="accounts.signed_in").order_by("id")]
    assert methods == [["password"], ["password", "mfa:webauthn"], ["mfa:webauthn"]]
    credential = Authenticator.objects.get(type="webauthn").data
    assert "privateKey" not in str(credential)


def test_a_machine_that_verifies_nobody_makes_no_passkey(page: Page, house: str) -> None:
    account()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": False,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    enter(page, house)
    page.goto(f"{house}/cuenta/segundo-factor/llave/")
    page.get_by_label("Nombre de la llave").fill("Llave sin PIN")
    page.get_by_role("button", name="Hacer la llave").click()
    expect(page.get_by_text("El navegador no hizo la llave")).to_be_visible()
    assert not Authenticator.objects.exists()

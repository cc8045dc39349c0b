"""The pages of keys: made, seen once, revoked."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from creo.support.accounts.tests.factories import user
from creo.support.api import queries
from creo.support.api.models import ApiKey
from creo.support.api.tests.factories import TODAY, make_key
from creo.territory.tests.factories import prison

pytestmark = pytest.mark.django_db
FORM = {
    "institution": "RENIEC de prueba",
    "purpose": "Confirmar identidades, convenio 12",
    "permissions": ["view_people"],
    "place": "facility:EP-PIURA",
    "expires_on": "2027-05-01",
}


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel("2026-11-23 15:00:00Z", tick=False):
        prison("EP-PIURA", "E.P. de Piura")
        yield


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(user("administracion", "administrator"))
    return client


def test_a_key_made_on_the_page_works_at_its_place(administrator: Client) -> None:
    answer = administrator.post("/claves/nueva/", FORM)
    assert answer.status_code == 200
    text = re.search(r"creo_[0-9a-f]{10}_[\w-]{43}", answer.content.decode())
    assert text is not None
    key = queries.key_for(text[0], TODAY)
    assert key is not None
    assert (key.scope_kind, key.scope_code, key.permissions) == ("facility", "EP-PIURA", ["view_people"])


def test_the_text_of_a_key_is_never_shown_again(administrator: Client) -> None:
    key_id, text = make_key()
    for path in ("/claves/", f"/claves/{key_id}/"):
        page = administrator.get(path).content.decode()
        assert "Poder Judicial de prueba" in page
        assert text not in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"institution": ""}, "Institución"),
        ({"permissions": []}, "Permisos"),
        ({"place": "facility:EP-NINGUNO"}, "Ámbito"),
        ({"expires_on": "2028-12-01"}, "un año como máximo"),
        ({"expires_on": "2026-11-23"}, "vencer después de hoy"),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(administrator: Client, wrong: dict[str, Any], words: str) -> None:
    answer = administrator.post("/claves/nueva/", {**FORM, **wrong})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "Confirmar identidades, convenio 12" in page
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_on_its_page_with_a_reason(administrator: Client) -> None:
    key_id, text = make_key()
    assert administrator.post(f"/claves/{key_id}/", {"reason": ""}).status_code == 422
    assert administrator.post(f"/claves/{key_id}/", {"reason": "Fin del convenio"}).status_code == 302
    assert queries.key_for(text, TODAY) is None
    page = administrator.get(f"/claves/{key_id}/").content.decode()
    assert "Fin del convenio" in page
    assert 'name="reason"' not in page


@pytest.mark.parametrize("role", ["registry", "auditor", "technical_lead"])
def test_nobody_else_opens_the_keys(role: str) -> None:
    key_id, _text = make_key()
    client = Client()
    client.force_login(user("alguien", role))
    for path in ("/claves/", "/claves/nueva/", f"/claves/{key_id}/"):
        assert client.get(path).status_code == 403


def test_a_key_that_does_not_exist_is_not_found(administrator: Client) -> None:
    assert administrator.get("/claves/99/").status_code == 404

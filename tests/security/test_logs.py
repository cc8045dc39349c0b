"""S11, v5.0.0-16.2.5, 16.5.1: what somebody typed is in no log line and on no error page; a fault shows no inside."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from creo.register.tests import factories as make
from creo.site import urls as site
from creo.support.accounts.permissions import Permission
from creo.support.accounts.tests.factories import user
from creo.support.api.tests.factories import make_key
from creo.support.pages import page

pytestmark = pytest.mark.django_db
CANARIES = ("CANARIO-NOMBRE", "71829304", "clave-CANARIO-99", "diagnóstico CANARIO")


@page(Permission.VIEW_PEOPLE)
def broken(request: HttpRequest) -> HttpResponse:
    """A page with a fault of ours in it."""
    secret = request.POST.get("secret", "")
    raise RuntimeError(f"fault {len(secret)}")


urlpatterns = [path("rota/", broken, name="broken"), path("", include(site.urlpatterns))]
handler400, handler403, handler404, handler500 = site.handler400, site.handler403, site.handler404, site.handler500


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel("2026-11-23 15:00:00Z", tick=False):
        make.places()
        make.offence()
        yield


def registry() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user("registro", "registry"))
    return client


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Every line that any part of the program writes."""
    caplog.set_level(logging.DEBUG)
    return caplog


def written(caplog: pytest.LogCaptureFixture) -> str:
    formatter = logging.Formatter("%(name)s %(levelname)s %(message)s")
    return "\n".join(formatter.format(record) for record in caplog.records if record.name != "django.db.backends")


def test_S11_nothing_typed_is_logged(lines: pytest.LogCaptureFixture) -> None:
    client = registry()
    typed = {"given_names": CANARIES[0], "document_kind": "dni", "document_number": CANARIES[1], "mandate": CANARIES[3]}
    client.post("/personas/ingreso/", typed)
    client.get("/personas/", {"q": CANARIES[0]})
    client.get("/personas/no-existe/", {"q": CANARIES[1]})
    Client().post("/entrar/", {"username": "registro", "login": "registro", "password": CANARIES[2]})
    key = make_key()[1]
    other = Client(headers={"Authorization": f"Bearer {key}"})
    other.get("/api/v1/people", {"q": CANARIES[0]})
    other.post("/api/v1/people", {"identity": {"given_names": CANARIES[0]}}, content_type="application/json")
    said = written(lines)
    assert [canary for canary in CANARIES if canary in said] == []
    assert key not in said


@override_settings(ROOT_URLCONF=__name__)
def test_S11_v5_0_0_16_5_1_a_fault_shows_nothing_of_its_inside(lines: pytest.LogCaptureFixture) -> None:
    answer = registry().post("/rota/", {"secret": CANARIES[3]})
    page = answer.content.decode()
    assert answer.status_code == 500
    for inside in ("Traceback", "RuntimeError", "fault", ".py", "creo.support", "django", "SELECT", *CANARIES):
        assert inside not in page, inside
    assert [canary for canary in CANARIES if canary in written(lines)] == []


@pytest.mark.parametrize("address", ["/no-existe/{}", "/personas/{}/", "/claves/7/?x={}", "/api/v1/people/{}"])
@pytest.mark.parametrize("text", ["CANARIO", "<script>CANARIO</script>", "%0d%0aSet-Cookie: x=CANARIO"])
def test_v5_0_0_13_4_6_what_is_not_found_repeats_nothing_and_names_no_version(address: str, text: str) -> None:
    answer = registry().get(address.format(text))
    page = answer.content.decode()
    assert 300 < answer.status_code < 500
    assert "<script>CANARIO" not in page
    assert "Set-Cookie: x=CANARIO" not in str(answer.headers)
    for inside in ("Traceback", "django", "Django", "urlpatterns", "Python"):
        assert inside not in page, inside


@pytest.mark.parametrize("name", ["ana\nERROR root: FALSA", "ana\r\n2026-11-23 ERROR FALSA", "ana\x1b[2J"])
def test_v5_0_0_16_4_1_a_name_with_a_new_line_forges_no_line(name: str, lines: pytest.LogCaptureFixture) -> None:
    Client().post("/entrar/", {"username": name, "login": name, "password": "x"})
    client = registry()
    client.get("/" + name.replace("\n", "%0a").replace("\r", "%0d").replace("\x1b", "%1b") + "/")
    for record in lines.records:
        assert "\nERROR root: FALSA" not in record.getMessage()
        assert "\n2026-11-23 ERROR FALSA" not in record.getMessage()


def test_S11_settings_hide_secrets_from_reports() -> None:
    from django.conf import settings
    from django.views.debug import SafeExceptionReporterFilter

    shown: dict[str, Any] = SafeExceptionReporterFilter().get_safe_settings()
    for name in ("SECRET_KEY", "CREO_KEYS"):
        assert shown.get(name) != getattr(settings, name) or not getattr(settings, name)

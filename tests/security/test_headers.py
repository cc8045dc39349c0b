"""S14, v5.0.0-3.3 and 3.4: what answers say to the browser; 3.5.8, 4.1.3, 4.1.4: what is believed of a call."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from creo.site.guards import OnlyOurProxy
from creo.support.accounts.tests.factories import user

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer() -> HttpResponse:
    """A page of somebody signed in."""
    client = Client()
    client.force_login(user("registro", "registry"))
    return client.get("/personas/")


def policy(answer: HttpResponse) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";")]
    return {name: value for name, _space, value in parts}


# The sixteen of S14: what is looked at, and what it must be.
CHECKS: dict[str, Any] = {
    "v5.0.0-3.4.3 scripts only of our own": lambda it: policy(it)["script-src"] == "'self'",
    "v5.0.0-3.4.3 nothing else of another site": lambda it: policy(it)["default-src"] == "'self'",
    "v5.0.0-3.4.3 no unsafe source": lambda it: "unsafe" not in it["Content-Security-Policy"],
    "v5.0.0-3.4.3 no plug-ins": lambda it: policy(it)["object-src"] == "'none'",
    "v5.0.0-3.4.3 no other base": lambda it: policy(it)["base-uri"] == "'none'",
    "v5.0.0-3.4.3 forms go nowhere else": lambda it: policy(it)["form-action"] == "'self'",
    "v5.0.0-3.4.6 framed by nobody": lambda it: policy(it)["frame-ancestors"] == "'none'",
    "v5.0.0-3.4.6 framed by nobody, older browsers": lambda it: it["X-Frame-Options"] == "DENY",
    "v5.0.0-3.4.7 refusals are reported to us": lambda it: (
        policy(it)["report-to"] == "policy" and "/politica/informes/" in it["Reporting-Endpoints"]
    ),
    "v5.0.0-3.4.4 no guessing of types": lambda it: it["X-Content-Type-Options"] == "nosniff",
    "v5.0.0-3.4.5 no address told to others": lambda it: it["Referrer-Policy"] == "same-origin",
    "v5.0.0-3.4.8 no window of another site": lambda it: it["Cross-Origin-Opener-Policy"] == "same-origin",
    "v5.0.0-3.5.8 embedded by nobody": lambda it: it["Cross-Origin-Resource-Policy"] == "same-origin",
    "v5.0.0-14.3.2 not kept": lambda it: "no-store" in it["Cache-Control"],
    "S14 no camera, place or microphone": lambda it: all(
        f"{name}=()" in it["Permissions-Policy"] for name in ("camera", "geolocation", "microphone", "usb")
    ),
    "v5.0.0-13.4.6 no name or version of the server": lambda it: (
        not {"server", "x-powered-by", "via"} & {name.lower() for name in it.headers}
    ),
}


@pytest.mark.parametrize("check", CHECKS)
def test_S14_headers(check: str, answer: HttpResponse) -> None:
    assert CHECKS[check](answer), dict(answer.headers)


def test_S14_there_are_sixteen() -> None:
    assert len(CHECKS) == 16


def test_S14_sheets_and_pictures_are_for_our_own_pages_too() -> None:
    """v5.0.0-3.4.2: no other site is told that it may read them."""
    found = Client().get("/estaticos/ui/creo.css")
    assert found.status_code == 200
    assert not found.has_header("Access-Control-Allow-Origin")
    assert found["Cross-Origin-Resource-Policy"] == "same-origin"
    assert found["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/entrar/", "/no-existe/", "/api/v1/people", "/salud/", "/politica/informes/"])
def test_S14_refusals_and_strangers_get_the_same_headers(path: str) -> None:
    found = Client(raise_request_exception=False).get(path)
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Cross-Origin-Resource-Policy"):
        assert found.has_header(name), (path, name)
    assert "no-store" in found["Cache-Control"]
    assert not found.has_header("Access-Control-Allow-Origin")


def test_S14_cookies_are_of_this_site_and_out_of_reach_of_scripts() -> None:
    """v5.0.0-3.3.2 and 3.3.4; the production names and Secure are asked of production settings (test_settings)."""
    user("registro", "registry")
    client = Client()
    client.get("/entrar/")
    client.post("/entrar/", {"username": "registro", "password": "clave-de-prueba"})
    client.post("/idioma/setlang/", {"language": "en"})
    assert {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] in ("Lax", "Strict"), name
        assert not cookie["domain"], name


def test_v5_0_0_14_3_1_signing_out_leaves_nothing_in_the_browser() -> None:
    client = Client()
    client.force_login(user("registro", "registry"))
    gone = client.post("/salir/")
    assert gone["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/personas/").status_code == 302


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND", "X"])
@pytest.mark.parametrize("path", ["/", "/entrar/", "/personas/", "/salud/"])
def test_v5_0_0_4_1_4_methods_that_nobody_uses_are_refused(method: str, path: str) -> None:
    answer = Client().generic(method, path)
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PUT", "DELETE", "CONNECT"])
def test_v5_0_0_4_1_4_methods_that_the_api_does_not_use_are_refused(method: str) -> None:
    assert Client().generic(method, "/api/v1/people").status_code == 405


CALLS = [
    ("GET", {"site": "cross-site", "mode": "navigate", "dest": "document"}, True),  # a link in a letter
    ("GET", {"site": "same-site", "mode": "navigate", "dest": "document"}, True),
    ("GET", {"site": "none", "mode": "navigate", "dest": "document"}, True),
    ("GET", {"site": "same-origin", "mode": "cors", "dest": "empty"}, True),  # htmx
    ("GET", {"site": "cross-site", "mode": "navigate", "dest": "iframe"}, False),
    ("GET", {"site": "cross-site", "mode": "no-cors", "dest": "image"}, False),
    ("GET", {"site": "cross-site", "mode": "cors", "dest": "empty"}, False),
    ("POST", {"site": "same-origin", "mode": "navigate", "dest": "document"}, True),
    ("POST", {"site": "cross-site", "mode": "navigate", "dest": "document"}, False),
    ("POST", {"site": "same-site", "mode": "navigate", "dest": "document"}, False),
]


@pytest.mark.parametrize(("method", "said", "let_in"), CALLS)
def test_v5_0_0_3_5_8_another_site_may_lead_here_and_nothing_else(
    method: str, said: dict[str, str], let_in: bool
) -> None:
    client = Client(headers={f"Sec-Fetch-{name.title()}": value for name, value in said.items()})
    client.force_login(user("registro", "registry"))
    answer = client.generic(method, "/trabajos/" if method == "GET" else "/idioma/setlang/")
    assert (answer.status_code != 403) == let_in


def test_v5_0_0_3_5_1_a_form_of_elsewhere_is_refused_in_words_and_does_nothing() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user("registro", "registry"))
    answer = client.post("/personas/ingreso/", {"first_surname": "Quispe"})
    assert answer.status_code == 403
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "localhost:80:80", "127.0.0.1@evil"])
def test_v5_0_0_4_1_3_a_host_that_is_not_ours_is_refused_and_not_repeated(host: str) -> None:
    answer = Client(headers={"Host": host}, raise_request_exception=False).get("/entrar/")
    assert answer.status_code == 400
    assert b"evil" not in answer.content


FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "444",
    "Forwarded": "for=203.0.113.9;host=evil.example",
    "X-Real-IP": "203.0.113.9",
    "X-Original-URL": "/claves/",
    "X-Rewrite-URL": "/claves/",
}


def test_v5_0_0_4_1_3_forwarded_headers_of_anybody_have_no_effect() -> None:
    plain, forged = Client().get("/personas/"), Client(headers=FORGED).get("/personas/")
    assert (forged.status_code, forged["Location"]) == (plain.status_code, plain["Location"])
    seen: list[Any] = []
    OnlyOurProxy(lambda request: seen.append(request) or HttpResponse())(
        RequestFactory(headers=FORGED, REMOTE_ADDR="198.51.100.7").get("/")
    )
    assert seen[0].META["REMOTE_ADDR"] == "198.51.100.7"
    assert not [name for name in seen[0].META if "FORWARDED" in name or "REAL_IP" in name or "ORIGINAL" in name]


@override_settings(CREO_PROXIES=frozenset({"10.0.0.1", "10.0.0.2"}))
@pytest.mark.parametrize(
    ("passed", "caller"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.2.3.4, 203.0.113.9", "203.0.113.9"),  # the first one anybody may write
        ("203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("", "10.0.0.1"),
    ],
)
def test_v5_0_0_4_1_3_our_proxy_is_believed_about_who_called_it(passed: str, caller: str) -> None:
    seen: list[Any] = []
    request = RequestFactory(headers={"X-Forwarded-For": passed}, REMOTE_ADDR="10.0.0.1").get("/")
    OnlyOurProxy(lambda it: seen.append(it) or HttpResponse())(request)
    assert seen[0].META["REMOTE_ADDR"] == caller


HIDDEN = (
    "/.git/config", "/.env", "/.well-known/openapi.json", "/admin/", "/admin/login/", "/debug/", "/__debug__/",
    "/metrics", "/server-status", "/phpinfo.php", "/api/", "/api/v1/docs", "/api/v1/redoc", "/api/v1/openapi.yaml",
    "/api/docs", "/swagger.json", "/graphql", "/backup.sql", "/creo.sqlite3", "/var/creo.sqlite3", "/secret-key",
    "/settings.py", "/manage.py", "/requirements.txt", "/pyproject.toml", "/estaticos/../settings.py",
    "/estaticos/%2e%2e/secret-key", "/estaticos/", "/media/", "/console", "/actuator/health", "/robots.txt.bak",
)  # fmt: skip


@pytest.mark.parametrize("path", HIDDEN)
def test_v5_0_0_13_4_5_what_is_not_a_page_is_not_found(path: str) -> None:
    answer = Client(raise_request_exception=False).get(path)
    assert answer.status_code == 404, path
    assert b"Traceback" not in answer.content
    assert b"django" not in answer.content.lower()


def test_v5_0_0_3_4_7_a_report_is_a_line_without_the_address_of_a_person(caplog: pytest.LogCaptureFixture) -> None:
    told = {
        "effectiveDirective": "script-src\nFALSA",
        "blockedURL": "https://evil.example/x?token=CANARIO-7",
        "documentURL": "http://testserver/personas/P-0001234/protegidos/?q=CANARIO-8",
    }
    with caplog.at_level(logging.WARNING, logger="creo.policy"):
        answer = Client(enforce_csrf_checks=True).post(
            "/politica/informes/", [{"type": "csp-violation", "body": told}], content_type="application/json"
        )
    assert answer.status_code == 204
    line = caplog.messages[-1]
    assert line == "política: script-srcFALSA no admite evil.example en /personas"


@pytest.mark.parametrize("body", ["", "{", "[1, null, []]", '{"csp-report": 3}', '"x"' * 9_000, "[" * 10_000])
def test_v5_0_0_3_4_7_what_is_no_report_is_nothing(body: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = Client().post("/politica/informes/", body, content_type="application/reports+json")
    assert answer.status_code == 204
    assert not [line for line in caplog.messages if "política" in line]

"""An institution's directory: a real exchange (OpenID Connect, code with PKCE) with one served on this machine."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from creo.support.accounts.models import User
from creo.support.ledger.models import Entry
from creo.support.signin import directories
from creo.support.signin.tests.factories import account, code, with_totp

pytestmark = pytest.mark.django_db


class Directory(ThreadingHTTPServer):
    """Answers like a directory for one subject; refuses a code without its proof (PKCE)."""

    subject = "sub-rosa"
    challenge = ""
    asked: list[str]

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Directory

    def do_GET(self) -> None:
        house = self.server.issuer
        found: dict[str, Any] = {
            "/.well-known/openid-configuration": {
                "issuer": house,
                "authorization_endpoint": f"{house}/authorize",
                "token_endpoint": f"{house}/token",
                "userinfo_endpoint": f"{house}/userinfo",
                "jwks_uri": f"{house}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            "/userinfo": {"sub": self.server.subject, "email": "rosa@example.org", "preferred_username": "rosa"},
        }
        self.say(found[urlsplit(self.path).path])

    def do_POST(self) -> None:
        typed = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        digest = hashlib.sha256(typed["code_verifier"][0].encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        self.server.asked.append(typed["client_secret"][0])
        if proof != self.server.challenge:
            self.say({"error": "invalid_grant"}, 400)
            return
        now = int(time.time())
        claims = {"iss": self.server.issuer, "aud": "creo", "sub": self.server.subject, "iat": now, "exp": now + 60}
        token = jwt.encode(claims, "clave-del-directorio-de-prueba-de-32-letras", algorithm="HS256")
        self.say({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def say(self, what: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Silent."""


@pytest.fixture
def directory(settings: Any, tmp_path: Path) -> Iterator[Directory]:
    server = Directory(("127.0.0.1", 0), Answers)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    file = written(tmp_path, server.issuer)
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": directories.apps(directories.read(file))}}
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def written(folder: Path, issuer: str, mode: int = 0o600, **more: str) -> Path:
    """The operator's file, with its secret beside it."""
    secret = folder / "minjus.secret"
    secret.write_text("secreto-del-cliente\n")
    secret.chmod(mode)
    values = {
        "id": "minjus",
        "name": "Ministerio",
        "issuer": issuer,
        "client_id": "creo",
        "secret_file": str(secret),
        **more,
    }
    file = folder / "directories.toml"
    file.write_text("[[directory]]\n" + "\n".join(f'{name} = "{value}"' for name, value in values.items() if value))
    return file


def through(client: Client, directory: Directory) -> Any:
    """Presses the button, comes back from the directory as a browser would."""
    leaving = client.post("/entrar/oidc/minjus/login/", {"next": "/cuenta/"})
    assert leaving["Location"].startswith(f"{directory.issuer}/authorize?")
    asked = parse_qs(urlsplit(leaving["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    directory.challenge = asked["code_challenge"][0]
    return client.get("/entrar/oidc/minjus/login/callback/", {"code": "c", "state": asked["state"][0]})


def link(username: str = "rosa") -> User:
    user = account(username)
    SocialAccount.objects.create(user=user, provider="minjus", uid="sub-rosa")
    return user


def test_a_linked_subject_enters(directory: Directory) -> None:
    link()
    client = Client()
    assert "Entrar con Ministerio" in client.get("/entrar/").content.decode()
    assert through(client, directory)["Location"] == "/cuenta/"
    assert client.get("/cuenta/").status_code == 200
    assert directory.asked == ["secreto-del-cliente"]
    assert Entry.objects.get(act="accounts.signed_in").after["methods"] == ["socialaccount"]


def test_the_second_factor_is_still_asked_for(directory: Directory) -> None:
    with_totp(link())
    client = Client()
    assert through(client, directory)["Location"] == "/entrar/segundo-factor/"
    assert client.get("/cuenta/").status_code == 302
    assert client.post("/entrar/segundo-factor/", {"code": code()})["Location"] == "/cuenta/"


def test_an_unknown_subject_gets_nothing_even_with_a_name_that_exists(directory: Directory) -> None:
    account("rosa")
    client = Client()
    answer = through(client, directory)
    assert answer.status_code == 403
    assert "no abre ninguna cuenta" in answer.content.decode()
    assert client.get("/cuenta/").status_code == 302
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)
    assert Entry.objects.get(act="accounts.sign_in_refused").subject_code == "desconocida"


def test_a_disabled_account_is_not_entered(directory: Directory) -> None:
    link()
    User.objects.update(is_active=False)
    assert through(Client(), directory).status_code == 403


def test_somebody_signed_in_links_nothing_by_passing_through(directory: Directory) -> None:
    user = account()
    client = Client()
    client.force_login(user)
    assert through(client, directory).status_code == 403
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("wrong", [{"error": "access_denied"}, {"code": "c", "state": "de-otro"}, {"code": "c"}])
def test_an_answer_that_nobody_asked_for_opens_nothing(directory: Directory, wrong: dict[str, str]) -> None:
    link()
    client = Client()
    client.post("/entrar/oidc/minjus/login/")
    answer = client.get("/entrar/oidc/minjus/login/callback/", wrong)
    assert answer.status_code in (302, 403)
    assert client.get("/cuenta/").status_code == 302


def test_a_stolen_code_without_its_proof_opens_nothing(directory: Directory) -> None:
    link()
    client = Client()
    leaving = client.post("/entrar/oidc/minjus/login/")
    directory.challenge = "de-otro"
    state = parse_qs(urlsplit(leaving["Location"]).query)["state"][0]
    answer = client.get("/entrar/oidc/minjus/login/callback/", {"code": "c", "state": state})
    assert answer.status_code == 403
    assert client.get("/cuenta/").status_code == 302


def test_a_directory_that_does_not_answer_is_told_in_words(directory: Directory) -> None:
    link()
    client = Client()
    directory.shutdown()
    directory.server_close()
    answer = client.post("/entrar/oidc/minjus/login/")
    assert answer.status_code == 503
    assert "no responde" in answer.content.decode()


def test_none_is_configured_by_default() -> None:
    assert directories.read(None) == []
    assert Client().post("/entrar/oidc/minjus/login/").status_code == 404


@pytest.mark.parametrize(
    ("more", "mode", "words"),
    [
        ({"issuer": "http://ingreso.example"}, 0o600, "https://"),
        ({"client_id": ""}, 0o600, "falta client_id"),
        ({"id": "Con Espacio"}, 0o600, "minúsculas"),
        ({}, 0o644, "0600"),
    ],
)
def test_a_careless_file_stops_the_start(tmp_path: Path, more: dict[str, str], mode: int, words: str) -> None:
    with pytest.raises(SystemExit, match=words):
        directories.read(written(tmp_path, **{"issuer": "https://ingreso.example/x", "mode": mode, **more}))


def test_the_policy_of_the_pages_lets_the_form_go_there_and_nowhere_else(tmp_path: Path) -> None:
    known = directories.read(written(tmp_path, "https://ingreso.example/realms/x"))
    assert directories.origins(known) == ["https://ingreso.example"]

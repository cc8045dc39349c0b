"""S15, v5.0.0-13.2.3, 13.4.2, 12.3: production starts only with what it must have; what Django's checks do not see."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from creo.site.settings import kept_secret, read_environment, verified
from creo.support.secrets import ring

STRONG = "uN4-muestra-que-solo-vive-en-las-pruebas-de-CREO-0123456789"
ROOT = Path(__file__).parents[2]
POSTGRES = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def production(folder: Path, **changed: str | None) -> dict[str, str]:
    """The environment of an installation in production; None leaves a variable out."""
    keys = folder / "keys.json"
    with override_settings(CREO_KEYS=keys):
        ring.make()
    wanted: dict[str, str | None] = {
        "CREO_MODE": "production",
        "CREO_SECRET_KEY": STRONG,
        "CREO_DATA_DIR": str(folder / "data"),
        "CREO_HOSTS": "creo.example.pe",
        "CREO_KEYS": str(keys),
        "CREO_PROXIES": "127.0.0.1",
        "DATABASE_URL": "postgres://creo@localhost/creo",
        "DJANGO_SETTINGS_MODULE": "creo.site.settings",
        **changed,
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {name: value for name, value in wanted.items() if value is not None}


def run(code: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A process of its own: settings are read once in each."""
    return subprocess.run(
        [sys.executable, *code], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def test_S15_deploy_checks_find_nothing_in_production_settings(tmp_path: Path) -> None:
    code = ["-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    done = run(code, production(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    assert "0 silenced" in done.stdout


ASKED = (
    "DEBUG",
    "ALLOWED_HOSTS",
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME",
    "LANGUAGE_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "LANGUAGE_COOKIE_SECURE",
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_SSL_REDIRECT",
    "SECURE_PROXY_SSL_HEADER",
    "USE_X_FORWARDED_HOST",
    "PASSWORD_HASHERS",
    "SECURE_CSP",
    "INSTALLED_APPS",
    "SILENCED_SYSTEM_CHECKS",
)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The settings of production, read there."""
    code = f"""
import json, django
from django.conf import settings
django.setup()
print(json.dumps({{name: getattr(settings, name) for name in {ASKED!r}}}))"""
    done = run(["-c", code], production(tmp_path_factory.mktemp("live")))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_v5_0_0_3_3_1_cookies_of_production_are_bound_to_this_host_over_tls(live: dict[str, Any]) -> None:
    for name in ("SESSION", "CSRF", "LANGUAGE"):
        assert live[f"{name}_COOKIE_NAME"].startswith("__Host-")
        assert live[f"{name}_COOKIE_SECURE"] is True


def test_v5_0_0_3_4_1_a_year_of_https_with_subdomains(live: dict[str, Any]) -> None:
    assert live["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert live["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
    assert live["SECURE_SSL_REDIRECT"] is True
    assert live["SECURE_CSP"]["upgrade-insecure-requests"] is True


def test_v5_0_0_13_4_2_no_debug_no_admin_site_no_silenced_check(live: dict[str, Any]) -> None:
    assert live["DEBUG"] is False
    assert not [app for app in live["INSTALLED_APPS"] if "admin" in app or "debug" in app]
    assert live["SILENCED_SYSTEM_CHECKS"] == []


def test_v5_0_0_11_4_2_passwords_are_hashed_by_argon2(live: dict[str, Any]) -> None:
    assert live["PASSWORD_HASHERS"][0].endswith("Argon2PasswordHasher")


def test_v5_0_0_4_1_3_the_scheme_is_believed_only_with_a_proxy_named(live: dict[str, Any], tmp_path: Path) -> None:
    assert live["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert live["USE_X_FORWARDED_HOST"] is False
    code = "import django; from django.conf import settings; print(settings.SECURE_PROXY_SSL_HEADER)"
    assert run(["-c", code], production(tmp_path, CREO_PROXIES=None)).stdout.strip() == "None"


REFUSED = [
    ({"CREO_SECRET_KEY": None}, "CREO_SECRET_KEY"),
    ({"CREO_SECRET_KEY": "corta"}, "CREO_SECRET_KEY"),
    ({"CREO_SECRET_KEY": "a" * 80}, "CREO_SECRET_KEY"),
    ({"CREO_SECRET_KEY": "django-insecure-" + STRONG}, "CREO_SECRET_KEY"),
    ({"CREO_DEBUG": "1"}, "CREO_DEBUG"),
    ({"CREO_KEYS": None}, "CREO_KEYS"),
    ({"DATABASE_URL": None}, "DATABASE_URL"),
    ({"CREO_PROXIES": "proxy.example"}, "CREO_PROXIES"),
    ({"DATABASE_URL": "postgres://creo@10.1.2.3/creo"}, "sslmode=verify-full"),
    ({"DATABASE_URL": "postgres://creo@db.example/creo?sslmode=require"}, "sslmode=verify-full"),
]


@pytest.mark.parametrize(
    ("changed", "said"), REFUSED, ids=[f"{next(iter(each))}-{n}" for n, (each, _) in enumerate(REFUSED)]
)
def test_v5_0_0_13_2_3_production_does_not_start_with_less(
    changed: dict[str, str | None], said: str, tmp_path: Path
) -> None:
    done = run(["-c", "import creo.site.settings"], production(tmp_path, **changed))
    assert done.returncode != 0
    assert said in done.stderr.partition("Variables que existen")[0]
    assert "Traceback" not in done.stderr


def test_v5_0_0_12_3_2_a_database_on_another_machine_shows_its_certificate() -> None:
    away: dict[str, Any] = {"HOST": "db.example", "OPTIONS": {"sslmode": "verify-full"}}
    assert verified(away) is away
    for host in ("", "localhost", "127.0.0.1", "::1", "/run/postgresql"):
        verified({"HOST": host, "OPTIONS": {}})
    for mode in (None, "disable", "prefer", "require", "verify-ca"):
        with pytest.raises(SystemExit, match="verify-full"):
            verified({"HOST": "db.example", "OPTIONS": {"sslmode": mode}})


def test_v5_0_0_13_3_1_a_key_that_others_can_read_stops_the_start(tmp_path: Path) -> None:
    made = kept_secret(tmp_path)
    assert len(made) >= 50
    assert kept_secret(tmp_path) == made
    for mode in (0o640, 0o604, 0o660):
        (tmp_path / "secret-key").chmod(mode)
        with pytest.raises(SystemExit, match="chmod 600"):
            kept_secret(tmp_path)


def test_v5_0_0_13_3_1_a_new_data_folder_is_of_its_owner_alone(tmp_path: Path) -> None:
    assert run(["-c", "import creo.site.settings"], production(tmp_path)).returncode == 0
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_v5_0_0_13_2_3_debug_cannot_be_asked_for() -> None:
    assert settings.DEBUG is False
    with pytest.raises(SystemExit, match="CREO_DEBUG"):
        read_environment({"CREO_DEBUG": "true"})


@pytest.mark.django_db
def test_R3_the_database_answers_after_the_disk() -> None:
    with connection.cursor() as cursor:
        if POSTGRES:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone()[0] == "on"
            return
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "foreign_keys")}
    assert found == {"synchronous": 2, "foreign_keys": 1}  # 2 is FULL
    assert settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.django_db
def test_v5_0_0_5_2_1_what_is_sent_has_limits() -> None:
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE <= 3 * 2**20
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS <= 2_000
    assert settings.DATA_UPLOAD_MAX_NUMBER_FILES <= 20
    client = Client(raise_request_exception=False)
    many = "&".join(f"campo{n}=1" for n in range(2_100))
    assert client.post("/entrar/", many, content_type="application/x-www-form-urlencoded").status_code == 400
    large = "username=" + "x" * (3 * 2**20)
    assert client.post("/entrar/", large, content_type="application/x-www-form-urlencoded").status_code in (400, 413)

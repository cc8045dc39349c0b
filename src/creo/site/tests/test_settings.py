"""A bad setting stops the start with a line that names it."""

from __future__ import annotations

import pytest

from creo.site.settings import database, read_environment

STRONG = "uN4-muestra-que-solo-vive-en-las-pruebas-de-CREO-0123456789"


def test_the_default_is_the_demonstration() -> None:
    assert read_environment({"HOME": "/x"}).mode == "demo"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"CREO_MDOE": "demo"}, "CREO_MDOE"),
        ({"CREO_MODE": "prueba"}, "CREO_MODE"),
        ({"CREO_SECRET_KEY": "corta"}, "50 caracteres"),
        ({"CREO_PORT": "noventa"}, "CREO_PORT"),
        ({"CREO_PORT": "99999"}, "CREO_PORT"),
        ({"CREO_WORKERS": "0"}, "CREO_WORKERS"),
        ({"CREO_MODE": "production"}, "CREO_SECRET_KEY"),
        ({"CREO_MODE": "production", "CREO_SECRET_KEY": STRONG}, "DATABASE_URL"),
        (
            {"CREO_MODE": "production", "CREO_SECRET_KEY": STRONG, "DATABASE_URL": "postgres://localhost/creo"},
            "CREO_KEYS",
        ),
    ],
)
def test_an_unknown_or_bad_setting_is_named(source: dict[str, str], said: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        read_environment(source)
    assert said in str(stopped.value).partition("Variables que existen")[0]


@pytest.mark.parametrize("url", ["mysql://x/y", "esto no es"])
def test_a_database_we_do_not_serve_is_refused(url: str, tmp_path: object) -> None:
    with pytest.raises(SystemExit, match="DATABASE_URL"):
        database(url, tmp_path)


def test_sqlite_writes_are_on_disk_before_they_are_answered(tmp_path: object) -> None:
    assert "synchronous=FULL" in database("", tmp_path)["OPTIONS"]["init_command"]

"""S10, R17: a database of the release before sealed texts comes forward, whole, and nothing plain stays in it."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from creo.register.tests.upgrading import OPEN, WORD

POSTGRES = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
FACTS = [
    ["pregnancy", "yes", "", WORD, None, None, "2027-05-01"],
    ["disability", "yes", "psychosocial", WORD, None, None, None],
    ["language", "yes", WORD, "", True, None, None],
    ["children", "yes", "", "", None, 3, None],
    ["community", "none", "", "", None, None, None],
    ["community", "yes", "ñ" * 160, "", None, None, None],
]


def alone(test: str) -> bool:
    """On PostgreSQL, runs a test of this file again on a server of its own: rows that a transaction of another test
    might still see are not wiped. True where the test goes on: on SQLite, and on that server."""
    if not POSTGRES or "ON_ITS_OWN_SERVER" in os.environ:
        return True
    tools = Path(__file__).parents[4] / "tools"
    command = ["bash", str(tools / "with-postgres.sh"), sys.executable, "-m", "pytest", "-q", "-n0", "-p"]
    done = subprocess.run(
        [*command, "no:cacheprovider", f"{__file__}::{test}"],
        env=os.environ | {"ON_ITS_OWN_SERVER": "1"},
        cwd=tools.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout[-3_000:] + done.stderr[-1_000:]
    return False


@pytest.fixture
def own(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation of its own, on the engine of this run."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("CREO_", "DATABASE_URL"))}
    kept |= {"CREO_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "creo.site.settings"}
    if not POSTGRES:
        yield kept
        return
    import psycopg

    url, name = os.environ["DATABASE_URL"], f"upgrade_{secrets.token_hex(4)}"
    server = url.rpartition("/")[0]
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    yield kept | {"DATABASE_URL": f"{server}/{name}"}
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(own: dict[str, str], act: str, **more: str) -> Any:
    """What an act of `upgrading` prints; None when it was killed."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "creo.register.tests.upgrading", act],
        env=own | more,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if more and done.returncode == 9:
        return None
    assert done.returncode == 0, done.stderr[-3_000:]
    return json.loads(done.stdout.splitlines()[-1])


def holding(folder: Path) -> list[str]:
    """Files of an installation whose bytes hold the word."""
    return [
        str(where.relative_to(folder))
        for where in sorted(folder.rglob("*"))
        if where.is_file() and WORD.encode() in where.read_bytes()
    ]


def in_tables(own: dict[str, str]) -> list[str]:
    """On PostgreSQL, files of the database's own folder that hold the word; it is the suite's private server."""
    if not POSTGRES:
        return []
    import psycopg

    with psycopg.connect(own["DATABASE_URL"], autocommit=True) as admin:
        admin.execute("CHECKPOINT")
        found = admin.execute(
            "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert found is not None
    return holding(Path(found[0]) / "base" / str(found[1]))


def whole(told: dict[str, Any], corrects: str = WORD) -> None:
    """Everything that was written is read, the ledger is whole, and the tables tell none of it.

    Why a document of health was corrected has no place in the release before: the way back loses it.
    """
    assert told["facts"] == FACTS
    assert told["annulled"] == ["", "", "", "", "", WORD]
    assert [row for row in told["documents"] if row[1] != "x"] == [
        ["medical", WORD, "", WORD],
        ["medical", WORD, corrects, ""],
        ["evaluation", WORD, "", WORD],
        ["evaluation", WORD, corrects, ""],
        ["general", OPEN, "", OPEN],
        ["general", OPEN, OPEN, ""],
    ]
    assert sorted(told["files"])[-1] == "motivo-abierto-4410 mandate 2" and len(told["files"]) == 8
    assert told["requests"] == [[WORD, WORD, WORD]]
    assert [reason for _act, reason in told["reasons"]][:6] == ["", "", "", "", OPEN, OPEN]
    assert told["faults"] == [] and told["found"] == []


def test_S10_R17_forward_back_and_forward_again_and_no_plain_word_stays(own: dict[str, str], tmp_path: Path) -> None:
    if not alone("test_S10_R17_forward_back_and_forward_again_and_no_plain_word_stays"):
        return
    assert run(own, "plant") == {"facts": 6}
    planted = holding(tmp_path)
    assert len([name for name in planted if name.startswith("files/")]) == 4
    assert in_tables(own) if POSTGRES else "creo.sqlite3" in planted
    assert run(own, "upgrade") == {"scrubbed": True}
    assert holding(tmp_path) == [] and in_tables(own) == []
    whole(run(own, "read"))
    then = run(own, "back")
    assert [fact[:7] for fact in then["facts"]] == FACTS
    assert then["titles"].count(WORD) == 4 and then["plain"] is True
    assert run(own, "upgrade") == {"scrubbed": True}
    assert holding(tmp_path) == [] and in_tables(own) == []
    whole(run(own, "read"), corrects="")
    assert run(own, "upgrade") == {"scrubbed": False}


def test_S10_killed_between_a_sealed_file_and_its_plain_one_it_goes_on(own: dict[str, str], tmp_path: Path) -> None:
    if not alone("test_S10_killed_between_a_sealed_file_and_its_plain_one_it_goes_on"):
        return
    run(own, "plant")
    assert run(own, "upgrade", UPGRADE_DIES="1") is None
    files = [name for name in holding(tmp_path) if name.startswith("files/")]
    assert len(files) == 4 and list((tmp_path / "files").rglob("*.sealed"))
    assert run(own, "upgrade") == {"scrubbed": True}
    assert holding(tmp_path) == []
    whole(run(own, "read"))

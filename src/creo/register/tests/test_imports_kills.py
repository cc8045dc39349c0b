"""An import killed without warning leaves nothing half done, and running it again finishes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

TIMES, PEOPLE = 2, 1_000


def test_a_killed_import_loses_repeats_and_hides_nobody(tmp_path: Path) -> None:
    """The measure itself, small: two kills on a database file of its own."""
    words = ["bench", "import-kills", "--times", str(TIMES), "--people", str(PEOPLE), "--json"]
    environment = {name: text for name, text in os.environ.items() if name != "DATABASE_URL"}
    ended = subprocess.run(
        [sys.executable, "-m", "creo.site.cli", *words],
        env=environment | {"CREO_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2_000:]
    told = json.loads(ended.stdout.splitlines()[-1])
    assert (told["times"], told["people"], told["whole"]) == (TIMES, PEOPLE, True)
    assert {name: told[name] for name in ("lost", "unaudited", "duplicated", "left_half_done")} == {
        "lost": 0,
        "unaudited": 0,
        "duplicated": 0,
        "left_half_done": 0,
    }
    assert all(each["after_the_kill"] in (0, PEOPLE) for each in told["rounds"])

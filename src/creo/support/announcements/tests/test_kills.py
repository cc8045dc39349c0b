"""A worker that dies at any moment leaves an effect with its mark, or neither."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from creo.support.announcements import commands
from creo.support.announcements.models import Delivery
from creo.support.announcements.tests import wires

PEOPLE = 30


class Killed(BaseException):
    """What no code may catch: the process is gone."""


class DiesAt:
    """Raises before the n-th statement, once; the statements that undo the transaction pass."""

    def __init__(self, n: int) -> None:
        self.left, self.dead = n, False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not self.dead:
            self.left -= 1
            if self.left < 0:
                self.dead = True
                raise Killed
        return execute(sql, params, many, context)


@pytest.mark.django_db
def test_killed_before_each_statement_in_turn_it_still_takes_effect_exactly_once() -> None:
    moments = 0
    while True:
        code = f"P-{moments}"
        wires.act(by=wires.BY, codes=[code])
        killer = DiesAt(moments)
        try:
            with connection.execute_wrapper(killer):
                commands.deliver_all()
        except Killed:
            pass
        row = Delivery.objects.get(subject_code=code)
        happened = [pair for pair in wires.effects() if pair[0] == code]
        assert (row.state == "done") == (len(happened) == 1), moments
        commands.deliver_all()
        assert [pair for pair in wires.effects() if pair[0] == code] == [(code, row.entry_id)], moments
        if not killer.dead:
            break
        moments += 1
    assert moments >= 8  # look, lock, effect, mark…: every one of them was a moment to die


WORKER = """
import django, os, sys
django.setup()
from django.conf import settings
from creo.support.announcements.tests import wires
settings.CREO_REACTIONS = wires.__name__ + ".REACTIONS"
settings.CREO_ACT_WORDS = wires.__name__ + ".ACT_WORDS"
from creo.support.announcements import commands
from creo.support.announcements.models import Delivery
what = sys.argv[1]
if what == "prepare":
    from django.db import connection
    from creo.support.announcements.models import InboxItem
    from creo.support.ledger.models import Entry, Pack
    with connection.schema_editor() as editor:
        for table in (Entry, Pack, Delivery, InboxItem):
            editor.create_model(table)
    wires.act(by=wires.BY, codes=[f"P-{n % 20}" for n in range(int(sys.argv[2]))])
elif what == "deliver":
    print("ready", flush=True)
    commands.deliver_all()
    print(len(wires.effects()), Delivery.objects.exclude(state="done").count(),
          sorted(wires.effects()) == sorted(wires.announced()), flush=True)
"""


def worker(folder: Path, *words: str) -> subprocess.Popen[str]:
    """A process of its own over a database of its own."""
    own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    settings_module = "creo.site.settings"
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", WORKER, *words],
        env=own
        | {
            "CREO_DATA_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": settings_module,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        },
        stdout=subprocess.PIPE,
        text=True,
    )


def test_killed_again_and_again_with_signal_9_nothing_is_lost_and_nothing_happens_twice(tmp_path: Path) -> None:
    chance = random.Random(9)
    assert worker(tmp_path, "prepare", str(PEOPLE)).wait(timeout=120) == 0
    for _ in range(2):
        dying = worker(tmp_path, "deliver")
        assert dying.stdout is not None and dying.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.15))
        dying.send_signal(signal.SIGKILL)
        dying.wait(timeout=30)
    told, _ = worker(tmp_path, "deliver").communicate(timeout=120)
    assert told.split() == ["ready", str(PEOPLE), "0", "True"]

"""`creo demo`: builds the synthetic programme, chapter by chapter, and reports every margin's deviation."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from creo.site.wiring import DEMOS
from creo.support.refusals import Refused

SEED = 20_261_123


def add_commands(commands: Any) -> None:
    """Adds `creo demo` to the command line."""
    words = commands.add_parser("demo", help="construir la población sintética y un programa en marcha")
    words.add_argument("--seed", type=int, default=SEED, help="la misma semilla da la misma población")
    words.add_argument("--scale", type=float, default=1.0, help="parte de la nación, de 0.01 a 1")
    words.add_argument("--json", action="store_true", help="resultado como JSON")
    words.set_defaults(run=_command)


def _command(parsed: argparse.Namespace) -> int:
    from creo.site.running import prepare

    if not 0.01 <= parsed.scale <= 1:
        raise Refused("--scale va de 0.01 a 1.")
    prepare()
    report = build(seed=parsed.seed, scale=parsed.scale, quiet=parsed.json)
    if parsed.json:
        print(json.dumps(report, ensure_ascii=False, default=str))
    # A hundredth of the nation cannot hold every margin: rounding alone moves its small rows.
    return 0 if parsed.scale < 1 or report["register"]["within"] else 1


@dataclass
class DemoContext:
    """What each chapter's demonstration gets: who acts, the seed, the day, how much, and where to report."""

    by: Any
    seed: int
    as_of: Any
    scale: float
    progress: Any


def build(*, seed: int, scale: float, quiet: bool) -> dict[str, Any]:
    """Runs every chapter's demonstration in order and returns what each reports. Refuses over existing people."""
    from creo.site.accounts import make_demo_accounts
    from creo.support import clock
    from creo.support.accounts.readers import system

    by = system("demostración")
    started = time.perf_counter()
    make_demo_accounts(by=by)
    report: dict[str, Any] = {"seed": seed, "scale": scale}
    with _bar(quiet) as progress:
        context = DemoContext(by, seed, clock.today(), scale, progress)
        for name in DEMOS:
            chapter = name.split(".")[1]
            begun = time.perf_counter()
            report[chapter] = import_module(name).load(context)
            report[chapter]["seconds"] = round(time.perf_counter() - begun, 2)
        report["announcements"] = _announced()
    report["seconds"] = round(time.perf_counter() - started, 2)
    return report


def _announced() -> dict[str, Any]:
    """Delivers what the demonstration announced, so that its pages open with what people must decide."""
    from creo.support.announcements.commands import deliver_all

    begun = time.perf_counter()
    tally = deliver_all()
    seconds = round(time.perf_counter() - begun, 2)
    return {"delivered": tally.done, "waiting": tally.waiting, "parked": tally.parked, "seconds": seconds}


def build_if_empty() -> None:
    """Builds the demonstration on a new database; an existing one is left as it is."""
    from creo.register.queries import is_empty

    if is_empty():
        print("Construyendo la demostración nacional (una sola vez, alrededor de un minuto)…", flush=True)
        build(seed=SEED, scale=1.0, quiet=False)


class _bar:
    """A progress bar on a terminal, plain silence elsewhere. Callable as a job's report."""

    def __init__(self, quiet: bool) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            disable=quiet or not sys.stderr.isatty(),
            console=_stderr(),
        )
        self._task = self._bar.add_task("Preparando", total=None)

    def __enter__(self) -> _bar:
        self._bar.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._bar.stop()

    def __call__(self, done: int, total: int, note: str = "") -> None:
        self._bar.update(self._task, completed=done, total=total or None, description=note or "Trabajando")


def _stderr() -> Any:
    from rich.console import Console

    return Console(stderr=True)

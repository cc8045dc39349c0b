"""What is left when the importing process is killed without warning, again and again, at random moments.

`creo bench import-kills --times 20 --people 20000 --json` runs it, on SQLite or on PostgreSQL with DATABASE_URL, in a
database of its own. Each time a child process, with everything loaded already, applies the whole list and receives
SIGKILL at a moment of its work: the span of a whole import is cut in as many parts as times, with one kill at random in
each. The child says in a file where it is, so that kills are counted by phase: `during_check` (reading and checking
again, inside the transaction), `during_apply` (writing, keys, commit) and `after_commit` (done, and not yet told). Then
the same import is run again until it ends. Somebody is lost when a row of the list has no person, episode or identity,
or any table has fewer rows than an import that nobody interrupted leaves; unaudited when an episode has no entry in the
ledger, or an entry no episode; duplicated when anything is there twice.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

SEED = 20_261_123
WHO = "medición"
PHASES = ("during_check", "during_apply", "after_commit")
BEYOND = 1.06  # of the usual time: the last kills find the import committed and its process not yet gone
LINGER = 60.0  # seconds, at most, that a child waits for its kill after the commit
PATIENCE = 120.0  # seconds


def run(times: int, people: int, progress: Callable[[int, int, str], None]) -> dict[str, Any]:
    """Kills and runs again; `whole` is False when anything was lost, unaudited or duplicated after any of them."""
    bench = neighbour("importing")
    chance = random.Random(SEED)
    rounds: list[dict[str, Any]] = []
    with bench.scratch() as folder:
        path = folder / "lista.csv"
        bench.made(path, people)
        with bench.database(folder):
            prepared(bench)
            # A whole run first: it says how long an import takes here, what it leaves, and that the list is good.
            usual = finished(staged(bench, path), folder)
            expected = bench.counted()
            check_whole = told(bench, people, expected)
            emptied(bench)
            for turn in range(times):
                progress(turn, times, "Interrumpiendo la importación")
                batch = staged(bench, path)
                moment = (turn + chance.random()) / times * BEYOND * usual
                found = killed(batch, folder, moment)
                after = left()
                finished(batch, folder)
                rounds.append({**found, "after_the_kill": after, **told(bench, people, expected)})
                emptied(bench)
            engine = bench.told_engine()
    totals = {name: sum(each[name] for each in rounds) for name in ("lost", "unaudited", "duplicated")}
    halves = sum(each["after_the_kill"] not in (0, people) for each in rounds)
    return {
        "times": times,
        "people": people,
        "seconds_of_an_import": round(usual, 2),
        "killed_while_importing": sum(each["killed"] for each in rounds),
        **{phase: sum(each["killed"] and each["phase"] == phase for each in rounds) for phase in PHASES},
        **totals,
        "left_half_done": halves,
        "whole": not halves and not any(totals.values()) and not any(check_whole.values()),
        "rounds": rounds,
        "load": [round(value, 2) for value in os.getloadavg()],
        "database": engine,
    }


def neighbour(name: str) -> Any:
    """Another file of this folder, as a module."""
    spec = spec_from_file_location(f"creo_bench_{name}", Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise RuntimeError(f"Falta benchmarks/{name}.py.")
    found = module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def prepared(bench: Any) -> None:
    """The reference tables that a list needs."""
    from creo.register import commands as register
    from creo.support.accounts.readers import system
    from creo.territory import commands as territory

    territory.load_reference(by=system(WHO))
    register.load_offences(by=system(WHO))


def staged(bench: Any, path: Path) -> int:
    """The list, sent and checked; its batch."""
    from creo.support.accounts.readers import system
    from creo.support.imports import commands

    by = system(WHO)
    batch = commands.stage(by=by, kind="register", mapping="creo", filename=path.name, content=bench.blocks(path))
    checked = commands.check(by=by, batch_id=batch.pk)
    if checked.state != "checked":
        raise RuntimeError(f"La lista de la medición tiene errores: {checked.summary.get('error_kinds')}")
    return int(batch.pk)


def child(batch: int, folder: Path, linger: float) -> subprocess.Popen[bytes]:
    """A process that applies the batch on the database of the measure, about to begin: it has said that it is ready."""
    from django.db import connection

    connection.close()
    phase = folder / "phase"
    phase.unlink(missing_ok=True)
    settings = {"BENCH_DATABASE": str(connection.settings_dict["NAME"]), "CREO_DATA_DIR": str(folder)}
    words = [sys.executable, str(Path(__file__)), str(batch), str(phase), str(linger)]
    process = subprocess.Popen(words, env=os.environ | settings)
    while not phase.exists() and process.poll() is None:
        time.sleep(0.001)
    return process


def killed(batch: int, folder: Path, after: float) -> dict[str, Any]:
    """Starts the import and kills it some seconds after its work began; says in which phase it was."""
    from creo.support.imports.models import ImportBatch

    process = child(batch, folder, LINGER)
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    code = process.wait()
    gone()
    committed = ImportBatch.objects.get(pk=batch).state == "applied"
    phase = PHASES[2] if committed else PHASES[min(1, len((folder / "phase").read_bytes()) - 1)]
    return {"killed": code == -signal.SIGKILL, "phase": phase, "after_seconds": round(after, 3)}


def gone() -> None:
    """Waits until the server has noticed that the killed process is not there: no transaction of its own is left."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return
    until = time.perf_counter() + PATIENCE
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        while time.perf_counter() < until:
            cursor.execute(others + " AND backend_type = 'client backend' AND state <> 'idle'")
            if not cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise RuntimeError("El servidor no suelta la conexión del proceso interrumpido.")


def finished(batch: int, folder: Path) -> float:
    """Runs the import to its end and returns its seconds. One that had ended before says that it is applied already."""
    from creo.support.imports.models import ImportBatch

    process = child(batch, folder, 0)
    begun = time.perf_counter()
    code = process.wait()
    seconds = time.perf_counter() - begun
    if code not in (0, 3) or ImportBatch.objects.get(pk=batch).state != "applied":
        raise RuntimeError(f"La importación no terminó: {code}, {seconds:.1f} s.")
    return seconds


def left() -> int:
    """How many people are there."""
    from creo.register.models import Person

    return Person.objects.count()


def told(bench: Any, people: int, expected: dict[str, int]) -> dict[str, int]:
    """Who is lost, unaudited or duplicated once the import was run again."""
    from django.db.models import Count

    from creo.register.models import Custody, Identity, Person
    from creo.support.imports.models import ImportBatch
    from creo.support.ledger.models import Entry

    persons, identities, custodies = Person.objects.count(), Identity.objects.count(), Custody.objects.count()
    entries = Entry.objects.filter(act="register.episode_imported")
    audited = set(entries.values_list("subject_code", flat=True))
    codes = set(Person.objects.values_list("code", flat=True))
    found = bench.counted()
    twice = Identity.objects.exclude(document_number="").values("document_kind", "document_number", "nationality")
    return {
        "lost": sum(max(0, people - there) for there in (persons, identities, custodies))
        + sum(max(0, wanted - found[name]) for name, wanted in expected.items()),
        "unaudited": len(codes ^ audited) + abs(entries.count() - custodies),
        "duplicated": max(0, persons - people)
        + sum(max(0, found[name] - wanted) for name, wanted in expected.items())
        + twice.annotate(times=Count("id")).filter(times__gt=1).count()
        + abs(ImportBatch.objects.filter(state="applied").count() - 1),
    }


def emptied(bench: Any) -> None:
    """No people, entries nor batches again. Inside the measure only: nothing in the programme deletes them."""
    from django.db import connection, transaction

    from creo.support.imports.models import ImportBatch
    from creo.support.ledger.models import Entry
    from creo.support.ledger.triggers import lifted

    with lifted(connection), transaction.atomic():
        bench.emptied()
        Entry.objects.all().delete()
        ImportBatch.objects.all().delete()


def apply_in_this_process(batch: int, phase: Path, linger: float) -> int:
    """The child's work: 0 when it applied the batch, 3 when the batch was applied already.

    One mark in the file for each phase begun. After the commit it stays, as a worker that has still to tell.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "creo.site.settings")
    import django

    django.setup()
    import polars as pl
    from django.db import connection

    from creo.register.commands.loading import notes
    from creo.support.accounts.readers import system
    from creo.support.imports import commands
    from creo.support.refusals import Refused

    connection.settings_dict["NAME"] = os.environ["BENCH_DATABASE"]
    connection.ensure_connection()
    pl.DataFrame({"text": ["a"]}).select(pl.col("text").cast(pl.Categorical)).write_csv()
    writing = notes()["persons"]
    marks = os.open(phase, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.write(marks, b"1")

    def note(_done: int, _total: int, words: str) -> None:
        nonlocal writing
        if words == writing:
            writing = ""
            os.write(marks, b"2")

    try:
        commands.apply(by=system(WHO), batch_id=batch, progress=note)
    except Refused:
        return 3
    os.write(marks, b"3")
    time.sleep(linger)
    return 0


if __name__ == "__main__":
    sys.exit(apply_in_this_process(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])))

"""How fast a national list of people enters the register, from the stored file to the commit, beside two peers.

`creo bench import --people 1000000 --json` runs it on SQLite, or on PostgreSQL with DATABASE_URL, in a database of its
own that is dropped at the end. What is timed is the worker's own command, `imports.commands.apply`: reading the stored
file, validation, recognition of people already known, crossed dates, every table with its constraints and keys, and one
ledger entry for each episode. The first check, which people look at before they apply, is told apart. `path` says how
the tables were filled: `first_load` (empty tables on PostgreSQL: keys and indexes made after the rows, in the same
transaction) or `populated` (every row through every index). `--into 200000` imports that many people before, untimed,
and measures the list that comes on top of them. The load of the machine and the processor time of this process and of
the server's are told beside the figure, which means little on a busy machine.

The peers write the rows that ours wrote, in the same run: `orm` saves them through Django's bulk_create, `sql` copies
them back from the database's own text (the floor: nothing is read, checked or derived). Neither validates anything.
"""

from __future__ import annotations

import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import batched, islice
from pathlib import Path
from typing import Any

SAMPLE = 10_000
WHO = "medición"
MEBIBYTE = 1024
BLOCK = 2**20

Progress = Callable[[int, int, str], None]


def run(people: int, progress: Progress, into: int = 0) -> dict[str, Any]:
    """Everything measured, as plain data. `whole` is False when some person, episode or entry is missing.

    `into`: how many other people are there already; the peers, who fill empty tables, are then left out.
    """
    with scratch() as folder:
        path = folder / "lista.csv"
        progress(0, 0, "Fabricando la lista")
        rows = made(path, people + into) - into
        before = folder / "antes.csv"
        divide(path, before, into)
        with database(folder):
            prepare()
            if into:
                brought(before, progress)
            measured = measure(path, rows, into, progress)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEBIBYTE
            progress(0, 0, "Comparando")
            peers = {} if into else compared(rows, folder)
            engine = told_engine()
    return {
        "people": rows,
        "into": into,
        **measured,
        "peak_memory_mb": memory,
        "peers": peers,
        "machine": {
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "processors": os.cpu_count(),
            "database": engine,
        },
    }


def prepare() -> None:
    """The reference tables that a list needs."""
    from creo.register import commands as register
    from creo.support.accounts.readers import system
    from creo.territory import commands as territory

    territory.load_reference(by=system(WHO))
    register.load_offences(by=system(WHO))


def divide(path: Path, before: Path, rows: int) -> None:
    """Moves the first rows of a list into another with the same header."""
    if not rows:
        return
    whole = path.with_name("entera.csv")
    path.rename(whole)
    with whole.open("rb") as source, before.open("wb") as first, path.open("wb") as second:
        header = source.readline()
        first.write(header)
        first.writelines(islice(source, rows))
        second.write(header)
        shutil.copyfileobj(source, second)
    whole.unlink()


def brought(path: Path, progress: Progress) -> Any:
    """A list sent, checked and applied; its batch."""
    from creo.support.accounts.readers import system
    from creo.support.imports import commands

    batch = checked(path, progress)
    return commands.apply(by=system(WHO), batch_id=batch.pk, progress=progress)


def checked(path: Path, progress: Progress) -> Any:
    """A list sent and checked, ready to be applied."""
    from creo.support.accounts.readers import system
    from creo.support.imports import commands

    by = system(WHO)
    batch = commands.stage(by=by, kind="register", mapping="creo", filename=path.name, content=blocks(path))
    batch = commands.check(by=by, batch_id=batch.pk, progress=progress)
    if batch.state != "checked":
        raise RuntimeError(f"La lista de la medición tiene errores: {batch.summary.get('error_kinds')}")
    return batch


def measure(path: Path, rows: int, into: int, progress: Progress) -> dict[str, Any]:
    """The check and the apply of one list, as the worker does them, and whether everything arrived."""
    from django.db import connection

    from creo.support.accounts.readers import system
    from creo.support.imports import commands

    started = time.perf_counter()
    batch = checked(path, progress)
    check_seconds = time.perf_counter() - started
    watch = Watch()
    load, own, server = os.getloadavg(), time.process_time(), server_seconds()
    started = time.perf_counter()
    with connection.execute_wrapper(watch):
        commands.apply(by=system(WHO), batch_id=batch.pk, progress=progress)
    seconds = time.perf_counter() - started
    spent = {"own": round(time.process_time() - own, 2)}
    if server is not None:
        spent["server"] = round((server_seconds() or server) - server, 2)
    counts = counted()
    total = rows + into
    arrived = {"persons": total, "identities": total, "custodies": total, "entries": total}
    return {
        "people_per_second": round(rows / seconds),
        "seconds": round(seconds, 2),
        "processor_seconds": spent,
        "load": {"before": told_load(load), "after": told_load(os.getloadavg())},
        "path": "first_load" if watch.rebuilt else "populated",
        "check_seconds": round(check_seconds, 2),
        "file_mb": round(path.stat().st_size / 2**20),
        "rows_by_table": counts,
        "whole": all(counts[name] == wanted for name, wanted in arrived.items()),
    }


class Watch:
    """Sees in the statements that go by whether the tables' indexes were made again after their rows."""

    def __init__(self) -> None:
        self.rebuilt = False

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        """One statement."""
        self.rebuilt |= isinstance(sql, str) and sql.startswith("CREATE ") and " INDEX " in sql
        return execute(sql, params, many, context)


def told_load(load: tuple[float, float, float]) -> list[float]:
    """The load of the machine, as printed."""
    return [round(value, 2) for value in load]


def server_seconds() -> float | None:
    """Processor time of the server's process that serves us, where it runs on this machine; None where unknown."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return None
    connection.ensure_connection()
    try:
        told = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text()
    except OSError:
        return None
    fields = told.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def counted() -> dict[str, int]:
    """Rows of every table the import writes, and its ledger entries."""
    from creo.support.ledger.models import Entry

    found = {name: model.objects.count() for name, model in tables().items()}
    return found | {"entries": Entry.objects.filter(act="register.episode_imported").count()}


def tables() -> dict[str, Any]:
    """The tables the import writes, each after those it refers to."""
    from creo.register import models

    return {
        "persons": models.Person,
        "identities": models.Identity,
        "name_keys": models.NameKey,
        "name_words": models.NameWord,
        "custodies": models.Custody,
        "movements": models.Movement,
        "offences": models.CustodyOffence,
        "references": models.PersonReference,
    }


def blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, block by block."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


# Peers ----------------------------------------------------------------------------------------------------------------


def compared(rows: int, folder: Path) -> dict[str, Any]:
    """Both peers, without the guards of the ledger: they write outside of commands, and empty it."""
    from django.db import connection

    from creo.support.ledger.triggers import lifted

    with lifted(connection):
        return {"orm_bulk_create": orm(min(rows, SAMPLE)), "sql_floor": floor(folder)}


def orm(people: int) -> dict[str, Any]:
    """The same rows of some people through Django's own objects and bulk_create, in one transaction taken back."""
    from django.db import transaction

    from creo.support.ledger.models import Entry

    kept = rows_of(people)
    entries = list(Entry.objects.filter(act="register.episode_imported").order_by("id").values()[:people])
    seconds = 0.0
    with transaction.atomic():
        emptied()
        started = time.perf_counter()
        for model, rows in kept:
            for some in batched(rows, 2_000):
                model.objects.bulk_create([model(**row) for row in some])
        for some in batched(entries, 2_000):
            Entry.objects.bulk_create([Entry(**{**row, "id": None}) for row in some])
        checked_now()
        seconds = time.perf_counter() - started
        transaction.set_rollback(True)
    return {"people": people, "seconds": round(seconds, 2), "people_per_second": round(people / seconds)}


def rows_of(people: int) -> list[tuple[Any, list[dict[str, Any]]]]:
    """The rows of the first people in every table, and the vocabulary."""
    found = []
    for name, model in tables().items():
        rows = model.objects.all()
        if name == "persons":
            rows = rows.filter(pk__lte=people)
        elif name in ("identities", "name_keys", "custodies", "references"):
            rows = rows.filter(person_id__lte=people)
        elif name in ("movements", "offences"):
            rows = rows.filter(custody__person_id__lte=people)
        found.append((model, list(rows.order_by().values())))
    return found


def emptied() -> None:
    """No row in any of the tables, inside the caller's transaction."""
    from django.db import connection

    names = [connection.ops.quote_name(model._meta.db_table) for model in reversed(tables().values())]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(names)} CASCADE")
            return
        for name in names:
            cursor.execute(f"DELETE FROM {name}")


def checked_now() -> None:
    """Every deferred key is checked before the clock stops, as a commit would; SQLite counts them row by row."""
    from django.db import connection

    if connection.vendor == "postgresql":
        connection.check_constraints()


def floor(folder: Path) -> dict[str, Any]:
    """Every row back into the same tables with their keys and indexes, from the database's own text or file."""
    from django.db import connection

    people = tables()["persons"].objects.count()
    seconds = copied_back(folder) if connection.vendor == "postgresql" else selected_back(folder)
    return {"people": people, "seconds": round(seconds, 2), "people_per_second": round(people / seconds)}


def with_ledger() -> list[str]:
    """The names of the tables and the ledger's."""
    from creo.support.ledger.models import Entry

    return [model._meta.db_table for model in (*tables().values(), Entry)]


def copied_back(folder: Path) -> float:
    """COPY of each table from a file, one transaction, deferred keys checked at its commit."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        for name in with_ledger():
            with (folder / name).open("wb") as file, cursor.copy(f'COPY "{name}" TO STDOUT') as copy:
                for block in copy:
                    file.write(block)
        names = ", ".join(f'"{name}"' for name in with_ledger())
        cursor.execute(f"TRUNCATE {names} CASCADE")
        started = time.perf_counter()
        with transaction.atomic():
            for name in with_ledger():
                with cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
                    for block in blocks(folder / name):
                        copy.write(block)
        return time.perf_counter() - started


def selected_back(folder: Path) -> float:
    """INSERT … SELECT of each table from a copy of the database, one transaction."""
    from django.db import connection, transaction

    copy = folder / "copy.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
        cursor.execute("ATTACH DATABASE %s AS kept", [str(copy)])
        for name in reversed(with_ledger()):
            cursor.execute(f'DELETE FROM "{name}"')
        started = time.perf_counter()
        with transaction.atomic():
            for name in with_ledger():
                cursor.execute(f'INSERT INTO main."{name}" SELECT * FROM kept."{name}"')
        seconds = time.perf_counter() - started
        cursor.execute("DETACH DATABASE kept")
    return seconds


# A place of its own ---------------------------------------------------------------------------------------------------


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for the files of the measure, where the server keeps its own too; gone afterwards."""
    from django.conf import settings

    before = settings.CREO_DATA_DIR
    folder = Path(tempfile.mkdtemp(prefix="creo-bench-"))
    settings.CREO_DATA_DIR = folder
    try:
        yield folder
    finally:
        settings.CREO_DATA_DIR = before
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(folder: Path) -> Iterator[None]:
    """A new database beside the configured one, with every table; dropped afterwards."""
    from django.db import connection

    before = connection.settings_dict["NAME"]
    name = str(folder / "bench.sqlite3") if connection.vendor == "sqlite" else f"creo_bench_{os.getpid()}"
    connection.settings_dict["TEST"] = {**connection.settings_dict.get("TEST", {}), "NAME": name}
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.close()
        connection.creation.destroy_test_db(before, verbosity=0)


def made(path: Path, people: int) -> int:
    """The list, made in a process of its own: what it takes to make it is no part of what the import takes."""
    maker = Path(__file__).with_name("importing_data.py")
    subprocess.run([sys.executable, str(maker), str(path), str(people)], check=True)
    return people


def told_engine() -> str:
    """The database and its version."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW server_version")
            return f"PostgreSQL {cursor.fetchone()[0]}"
        cursor.execute("SELECT sqlite_version()")
        return f"SQLite {cursor.fetchone()[0]}"


if __name__ == "__main__":
    raise SystemExit("Ejecute «creo bench import» desde la raíz del repositorio.")

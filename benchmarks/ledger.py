"""What the record of acts costs: acts through the web, entries in bulk, sealed and verified, each beside its floor.

`creo bench ledger --json` runs it on SQLite with full sync, or on PostgreSQL with DATABASE_URL, in a database of its
own that is dropped at the end. Web: a real server with two processes and two clients on the same machine; each request
is a form whose act writes its rows and its entry, with one sync. Its floor is one row changed by plain SQL with the
same sync, one process. In bulk, the floor copies the same entries from the table into itself. The age of
unsealed entries is watched while the sealer works beside the writers. Verification is `creo ledger verify`'s own, of
one process; its floor reads the same rows and does nothing with them.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CLIENTS = 2
FLOORS = {"web_writes_per_second": 100, "bulk_entries_per_second": 20_000, "verified_per_second": 150_000}
MOST_UNSEALED_SECONDS = 5.0
PASSWORD = "clave-de-medición"

Say = Callable[[str], None]


def run(entries: int, writes: int, say: Say) -> dict[str, Any]:
    """Everything measured, as plain data; `within`: every promise of security.md S4 and R19 was kept."""
    sys.path.insert(0, str(Path(__file__).parent))
    import importing

    with importing.scratch() as folder, importing.database(folder):
        load = os.getloadavg()[0]
        say("Actos por la web")
        web = through_the_web(folder, writes)
        say("Asientos en lote")
        bulk = in_bulk(entries)
        say("Verificación")
        verified = verification()
        engine = importing.told_engine()
    result = {**web, **bulk, **verified, "database": engine, "load": round(load, 2), "processors": os.cpu_count()}
    result["within"] = (
        all(result[name] >= least for name, least in FLOORS.items())
        and result["oldest_unsealed_seconds"] < MOST_UNSEALED_SECONDS
        and result["sound"]
    )
    return result


# Through the web ------------------------------------------------------------------------------------------------------


def through_the_web(folder: Path, writes: int) -> dict[str, Any]:
    """Forms a second through the server, and how old unsealed entries became meanwhile."""
    from django.db import connection

    from creo.support.ledger.models import Entry

    prepared()
    connection.close()
    port, server = serving(folder)
    stop = threading.Event()
    oldest: list[float] = []
    watcher = threading.Thread(target=watched, args=(stop, oldest))
    try:
        # Each signs in before the clock starts; both start together.
        ready = threading.Barrier(CLIENTS + 1)
        clients = [
            threading.Thread(target=sending, args=(port, f"medidor{n}", writes // CLIENTS, ready))
            for n in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        ready.wait(120)
        watcher.start()
        before, started = Entry.objects.filter(act="jobs.started").count(), time.perf_counter()
        for client in clients:
            client.join()
        seconds = time.perf_counter() - started
    finally:
        stop.set()
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
    watcher.join()
    done = Entry.objects.filter(act="jobs.started").count() - before
    return {
        "web_writes": done,
        "web_writes_per_second": round(done / seconds),
        "web_floor_per_second": floor_of_writes(min(writes, 500)),
        "oldest_unsealed_seconds": round(max(oldest, default=0.0), 2),
    }


def prepared() -> None:
    """Prisons, and accounts that may ask for a verification."""
    import importing

    from creo.support.accounts.models import RoleGrant, User
    from creo.support.ledger import sealing

    importing.prepare()
    for number in range(CLIENTS):
        user = User.objects.create_user(f"medidor{number}", f"Medidor {number}", PASSWORD)
        RoleGrant.objects.create(user=user, role="auditor", scope_kind="nation", valid_from="2020-01-01")
    sealing.seal_due()


def serving(folder: Path) -> tuple[int, subprocess.Popen[bytes]]:
    """The server of `creo serve` on the measure's database; its port and its process."""
    import socket

    from django.conf import settings
    from django.db import connection

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    name = str(connection.settings_dict["NAME"])
    address = f"sqlite:///{name}" if connection.vendor == "sqlite" else _renamed(os.environ["DATABASE_URL"], name)
    environment = os.environ | {
        "CREO_DATA_DIR": str(folder), "CREO_PORT": str(port), "CREO_WORKERS": "2", "DATABASE_URL": address,
        "CREO_SECRET_KEY": settings.SECRET_KEY,
    }  # fmt: skip
    subprocess.run(
        [sys.executable, "-m", "creo.site.cli", "manage", "collectstatic", "--noinput", "-v", "0"],
        env=environment, check=True,
    )  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "-m", "creo.site.cli", "serve"],
        env=environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    for _try in range(120):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return port, server
        except OSError:
            time.sleep(0.25)
    os.killpg(server.pid, signal.SIGTERM)
    raise RuntimeError("El servidor de la medición no arrancó.")


def _renamed(url: str, name: str) -> str:
    return re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", url, count=1) if url.count("/") > 2 else f"{url}/{name}"


def sending(port: int, who: str, writes: int, ready: threading.Barrier) -> None:
    """One signed-in person who asks for a verification over and over."""
    from django.db import connections

    session, token = signed_in(who)
    connections.close_all()
    from http.client import HTTPConnection
    from urllib.parse import urlencode

    link = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Cookie": f"sessionid={session}; csrftoken={token}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Referer": f"http://127.0.0.1:{port}/",
        "Host": f"127.0.0.1:{port}",
    }
    ready.wait(120)
    for number in range(writes):
        # Each form is another one: the same one sent twice has one effect.
        body = urlencode({"csrfmiddlewaretoken": token, "number": f"{who}-{number}"})
        link.request("POST", ADDRESS, body, headers)
        answer = link.getresponse()
        content = answer.read()
        if answer.status != 302 or not answer.headers["Location"].startswith("/trabajos/"):
            raise RuntimeError(f"{answer.status}: {content[:300]!r}")


# A form whose act writes two rows (a job, its place in the queue) and its entry; nobody takes the jobs meanwhile.
ADDRESS = "/actos/integridad/verificar/"


def signed_in(who: str) -> tuple[str, str]:
    """A session made as the sign-in makes it, and the token of its forms."""
    from django.test import Client

    from creo.support.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username=who))
    return client.cookies["sessionid"].value, "a" * 32


def watched(stop: threading.Event, oldest: list[float]) -> None:
    """The sealer beside the writers, every second, and the age of the oldest entry without seal just before it."""
    from django.db import connections

    from creo.support.ledger import sealing, status

    while not stop.wait(1.0):
        oldest.append(status.unsealed_age())
        sealing.seal_due()
    connections.close_all()


def floor_of_writes(writes: int) -> int:
    """One row changed by plain SQL, each time in a transaction of its own, with the same sync."""
    from django.db import connection

    from creo.support.ledger.triggers import lifted

    with lifted(connection), connection.cursor() as cursor:
        started = time.perf_counter()
        for number in range(writes):
            cursor.execute("UPDATE territory_facility SET name = name || '' WHERE id = %s", [1 + number % 2])
        return round(writes / (time.perf_counter() - started))


# In bulk --------------------------------------------------------------------------------------------------------------


def in_bulk(entries: int) -> dict[str, Any]:
    """Entries of one command at 69 places, then the sealer over all of them."""
    from django.db import connection, transaction

    from creo.support.accounts.readers import Reader, system
    from creo.support.ledger import commands as ledger
    from creo.support.ledger import sealing
    from creo.support.ledger.triggers import lifted

    @ledger.command(permission=None)
    def many(*, by: Reader) -> None:
        told = {"kind": "first", "on": "2026-11-23", "legal_status": "sentenced"}
        ledger.record_many(
            {"act": "bench.noted", "subject": ("person", f"P-{n:07d}"), "place": f"EP-{n % 69}", "after": told}
            for n in range(entries)
        )

    started = time.perf_counter()
    many(by=system("medición"))
    written = time.perf_counter() - started
    started = time.perf_counter()
    sealed = sealing.seal_due()
    sealing_seconds = time.perf_counter() - started
    columns = "at, actor, act, subject_kind, subject_code, place, reason, before, after, pack, context"
    with lifted(connection), transaction.atomic(), connection.cursor() as cursor:
        started = time.perf_counter()
        cursor.execute(
            f"INSERT INTO ledger_entry ({columns}) SELECT {columns} FROM ledger_entry WHERE act = 'bench.noted'"
        )
        floor = time.perf_counter() - started
        transaction.set_rollback(True)
    return {
        "bulk_entries": entries,
        "bulk_entries_per_second": round(entries / written),
        "bulk_floor_per_second": round(entries / floor),
        "sealed_per_second": round(sealed / sealing_seconds),
    }


def verification() -> dict[str, Any]:
    """Every block and entry verified; the floor reads the same rows."""
    from django.db import connection

    from creo.support.ledger import chain, verifying

    processor = time.process_time()
    report = verifying.verify()
    spent = time.process_time() - processor
    started = time.perf_counter()
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT id, {chain.canonical(connection.vendor)} FROM ledger_entry e ORDER BY id")
        while cursor.fetchmany(5_000):
            pass
    return {
        "verified": report.entries,
        "verified_per_second": round(report.entries / report.seconds),
        "verified_per_processor_second": round(report.entries / spent),
        "verification_floor_per_second": round(report.entries / (time.perf_counter() - started)),
        "sound": report.sound,
    }


if __name__ == "__main__":
    raise SystemExit("Ejecute «creo bench ledger» desde la raíz del repositorio.")

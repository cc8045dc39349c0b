"""`creo run`, `serve`, `worker`, `prepare`: from a data folder to an address to open."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

STALE_SECONDS = 90
QUEUE_DAYS = 30
BUILDING = "import django; django.setup(); from creo.site.demo import build_if_empty; build_if_empty()"
LOOKS_SECONDS = 20  # an invented person who is looked at raises an alert within the minute
SCRUB_WAITS = (
    "Lo que se cifró sigue en filas muertas de la base de datos: hay transacciones abiertas que todavía las ven. "
    "Ciérrelas y repita «creo prepare»."
)


def add_commands(commands: Any) -> None:
    """Adds the words of this module to the command line."""
    prepare_words = commands.add_parser("prepare", help="crear o actualizar la base de datos y los archivos estáticos")
    prepare_words.set_defaults(run=lambda parsed: prepare())
    run_words = commands.add_parser("run", help="preparar, cargar la demostración si está vacío, y servir")
    run_words.set_defaults(run=lambda parsed: run())
    serve_words = commands.add_parser("serve", help="solo el servidor web")
    serve_words.set_defaults(run=lambda parsed: subprocess.call(_server()))
    worker_words = commands.add_parser("worker", help="solo el trabajador")
    worker_words.add_argument("--until-empty", action="store_true", help="terminar cuando no queden trabajos")
    worker_words.set_defaults(run=lambda parsed: work(until_empty=parsed.until_empty))


def prepare() -> int:
    """Migrates, compiles the English catalogue, gathers static files, loads reference tables; safe to repeat."""
    from django.core.management import call_command
    from django.db import connection

    from creo.site.translations import compile_catalogues
    from creo.support.secrets.migrating import scrub_rewritten

    compile_catalogues()
    make_keys()
    call_command("migrate", verbosity=0, interactive=False)
    scrubbed = scrub_rewritten(connection)
    # Not among the results: `creo demo --json` prepares too.
    if scrubbed:
        print("Los textos que se cifraron ya no quedan en las páginas libres.", file=sys.stderr, flush=True)
    elif scrubbed is None:
        print(SCRUB_WAITS, file=sys.stderr, flush=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    _load_reference()
    return 0


def make_keys() -> None:
    """The first start makes the keys and says where they are: whoever has them opens everything, nobody else does."""
    from creo.support.ledger import keys as ledger_keys
    from creo.support.secrets import ring

    made = []
    if ring.make():
        made.append(f"Claves de cifrado: {ring.path()}")
    if not ledger_keys.path().exists() and ledger_keys.ring():
        made.append(f"Claves del registro de actos: {ledger_keys.path()}")
    if made:
        lines = [
            *made,
            "Solo su dueño las lee (permiso 600). Guarde una copia aparte de la base de datos y de sus respaldos:",
            "sin ellas no se abre lo cifrado, y quien las tenga junto a un respaldo lo abre todo.",
        ]
        print("\n".join(lines), file=sys.stderr, flush=True)


def _load_reference() -> None:
    """Territory and offence catalogue: reference tables every installation needs; a second load changes nothing."""
    from creo.register import commands as register
    from creo.support.accounts.readers import system
    from creo.support.jobs.progress import silent
    from creo.territory import commands as territory

    by = system("preparación")
    territory.load_reference(by=by)
    register.load_offences(by=by)
    register.index_names_if_missing(by=by, progress=silent)


def run() -> int:
    """The newcomer's command: everything up, the address and the accounts printed, until Ctrl+C."""
    from django.conf import settings

    prepare()
    # In a process of its own: what the building takes of memory is given back before anybody is served.
    if settings.CREO_MODE == "demo" and subprocess.call([sys.executable, "-c", BUILDING]) != 0:
        return 1
    children = [subprocess.Popen(_server()), subprocess.Popen([sys.executable, "-m", "creo.site.cli", "worker"])]
    try:
        _wait_until_it_answers(settings.CREO_PORT, children[0])
        print(_welcome(), flush=True)
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
    except KeyboardInterrupt:
        pass
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            child.wait(timeout=15)
    return 0


def work(*, until_empty: bool = False) -> int:
    """Runs queued jobs and, beside them, delivers announcements, starts daily work and takes back lost jobs."""
    from creo.support.jobs.rounds import Rounds
    from creo.support.ledger.rounds import sealing

    if until_empty:
        return _work_until_empty()
    _take_back()
    # The sealer goes round by itself: a long delivery must not make an entry wait for its seal.
    threads = [Rounds(_tasks()), Rounds(sealing())]
    for rounds in threads:
        rounds.start()
    try:
        _queued(batch=False)
    finally:
        for rounds in threads:
            rounds.stop()
    return 0


def _work_until_empty() -> int:
    """Announcements make jobs and jobs make announcements: until neither is left. Nothing new is started."""
    from creo.support.announcements.commands import deliver_all
    from creo.support.jobs.models import Job
    from creo.support.ledger.sealing import seal_due

    _take_back()
    while True:
        delivered = deliver_all().total
        _queued(batch=True)
        if not delivered and not Job.objects.filter(state=Job.State.QUEUED).exists():
            seal_due()
            return 0


def _tasks() -> list[Any]:
    """What the worker does beside its jobs, and every how many seconds. Announcements arrive within about a second."""
    from datetime import timedelta

    from creo.support import clock
    from creo.support.accounts.readers import system
    from creo.support.announcements.commands import deliver_due
    from creo.support.approvals.commands import lapse_due
    from creo.support.incidents.commands import remind_due
    from creo.support.jobs import schedule
    from creo.support.jobs.commands import prune
    from creo.support.jobs.rounds import BEAT_SECONDS, Task, beat
    from creo.support.ledger import rounds as ledger_rounds
    from creo.support.looking.commands import watch

    return [
        Task("beat", BEAT_SECONDS, beat),
        Task("announcements", 0.5, lambda going: deliver_due(going=going)),
        Task("schedule", 30, lambda going: schedule.start_due()),
        *ledger_rounds.watching(),
        Task("looks", LOOKS_SECONDS, lambda going: watch(now=clock.now(), going=going)),
        Task("proposals", 300, lambda going: lapse_due(by=system("plazos"), today=clock.today(), going=going)),
        Task("incidents", 60, lambda going: remind_due(by=system("plazos"), now=clock.now(), going=going)),
        Task("lost jobs", 30, lambda going: _take_back()),
        Task("repeated", 3600, lambda going: _forget()),
        Task("queue", 3600, lambda going: prune(ended_before=clock.now() - timedelta(days=QUEUE_DAYS))),
    ]


def _forget() -> None:
    """Lets go of what only served to answer a repeated call or form: see their `KEPT`."""
    from creo.support import clock
    from creo.support.api import idempotency as calls
    from creo.support.idempotency import commands as forms
    from creo.support.signin import sessions

    now = clock.now()
    sessions.prune(now)
    calls.prune(called_before=now - calls.KEPT)
    forms.prune(sent_before=now - forms.KEPT)


def _take_back() -> None:
    """Queues again the jobs whose worker has given no sign of life."""
    from creo.support import clock
    from creo.support.jobs.commands import reap

    reap(stale_before=clock.now().timestamp() - STALE_SECONDS)


def _queued(*, batch: bool) -> None:
    from django.core.management import call_command

    call_command("db_worker", interval=0.5, batch=batch, startup_delay=False, reload=False, verbosity=0)


def _server() -> list[str]:
    from django.conf import settings

    # One thread a process: on SQLite more threads only wait for each other (docs/decisions/0002).
    return [
        str(Path(sys.executable).parent / "granian"),
        "--interface", "wsgi",
        "--host", "127.0.0.1",
        "--port", str(settings.CREO_PORT),
        "--workers", str(settings.CREO_WORKERS),
        "--blocking-threads", "1",
        "--log-level", "warning",
        "creo.site.wsgi:application",
    ]  # fmt: skip


def _wait_until_it_answers(port: int, server: subprocess.Popen[bytes]) -> None:
    from http.client import HTTPConnection

    for _ in range(240):
        if server.poll() is not None:
            raise SystemExit(f"El servidor no arrancó: ¿está ocupado el puerto {port}? Use CREO_PORT=8001 make run.")
        connection = HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/salud/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.25)
        finally:
            connection.close()
    raise SystemExit("El servidor no respondió en un minuto.")


def _welcome() -> str:
    from django.conf import settings

    from creo.site.accounts import demo_accounts, password_file

    lines = ["", f"CREO está listo: http://localhost:{settings.CREO_PORT}/", ""]
    accounts = demo_accounts()
    if accounts:
        lines.append(f"Cuentas de demostración (contraseña: {password_file().read_text().strip()})")
        lines += [f"  {account.username:<15} {account.title}" for account in accounts]
    lines += ["", "Ctrl+C para detener."]
    return "\n".join(lines)

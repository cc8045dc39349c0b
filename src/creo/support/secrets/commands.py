"""The life of a key: made, put to use everywhere in steps, destroyed once nothing needs it. Every step is recorded."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.jobs.commands import JobHandle, start
from creo.support.jobs.progress import Report, silent
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound, Refused
from creo.support.secrets import queries, ring, vault
from creo.support.secrets.cipher import Unopened
from creo.support.secrets.fields import sealed_columns, stale

ROWS_A_STEP = 200
FILES_A_STEP = 50
KIND = "secrets.reseal"


@ledger.command(permission=Permission.MANAGE_KEYS)
def new_key(*, by: Reader, reason: str) -> str:
    """Makes a key, current from now on, and returns its number; what is sealed already stays under its own."""
    if not reason.strip():
        message = _("Escriba por qué se cambia la clave.")
        raise Refused(message, fields={"reason": message})
    before = ring.load().current.id
    made = ring.add()
    ledger.record(
        act="secrets.key_made",
        subject=("key", made.id),
        reason=reason.strip(),
        before={"current": before},
        after={"current": made.id},
    )
    return made.id


def rotate(*, by: Reader, reason: str) -> tuple[str, int]:
    """A new key, and the work of sealing everything anew in the worker: the key's number and the job's."""
    with transaction.atomic():
        number = new_key(by=by, reason=reason)
        job = start(by=by, kind=KIND, title=_("Cambio de la clave de cifrado"), arguments={})
    return number, job.pk


def resume(*, by: Reader) -> int:
    """The same work again, for what was left under old keys; the number of its job."""
    by.require(Permission.MANAGE_KEYS)
    return start(by=by, kind=KIND, title=_("Cambio de la clave de cifrado"), arguments={}).pk


def perform_reseal(job: JobHandle) -> dict[str, Any]:
    """The work in the worker."""
    return reseal(by=job.reader, progress=job.progress)


def reseal(*, by: Reader, progress: Report = silent) -> dict[str, Any]:
    """Puts every value and file under the current key, in steps that each end; may be stopped and begun again.

    Meanwhile everything opens and is written as always. Answers how many were changed, and how many do not open.
    """
    by.require(Permission.MANAGE_KEYS)
    todo = [(model, model._base_manager.filter(stale(model)).count()) for model in queries.sealed_models()]
    total = sum(count for _model, count in todo) + _stale_files()
    done = damaged = 0
    for model, _count in todo:
        last: Any = None
        while (step := _reseal_rows(by=by, model=model, after=last)) is not None:
            last, changed, bad = step
            done, damaged = done + changed, damaged + bad
            progress(done, max(total, done), _("Cifrando de nuevo los textos"))
    files, bad_files = _reseal_files(by=by, progress=progress, done=done, total=total)
    progress(done + files, max(total, done + files), _("Terminado"))
    return {"values": done, "files": files, "damaged": damaged + bad_files, "key": ring.load().current.id}


@ledger.command(permission=Permission.MANAGE_KEYS)
def _reseal_rows(*, by: Reader, model: type[models.Model], after: Any) -> tuple[Any, int, int] | None:
    """One step of a table: the last row looked at, rows changed, rows that do not open. None at its end."""
    names = [field.name for field in sealed_columns(model)]
    waiting = model._base_manager.filter(stale(model)).order_by("pk")
    if after is not None:
        waiting = waiting.filter(pk__gt=after)
    # The keys alone first: a row that does not open must not stop the others.
    keys = list(waiting.select_for_update().values_list("pk", flat=True)[:ROWS_A_STEP])
    if not keys:
        ledger.nothing_to_do("nada queda bajo otra clave")
        return None
    changed, bad = 0, 0
    for key in keys:
        try:
            row = model._base_manager.only("pk", "seal_id", *names).get(pk=key)
        except Unopened:
            bad += 1
            continue
        row.save(update_fields=names)
        changed += 1
    ledger.record(
        act="secrets.resealed",
        subject=("table", str(model._meta.label_lower)),
        after={"key": ring.load().current.id, "rows": changed, "damaged": bad},
    )
    return keys[-1], changed, bad


def _stale_files() -> int:
    current = ring.load().current.id
    return sum(count for key, count in vault.uses().items() if key != current)


def _reseal_files(*, by: Reader, progress: Report, done: int, total: int) -> tuple[int, int]:
    waiting = [where for where in vault.every() if f".{ring.load().current.id}." not in where.name]
    changed = bad = 0
    for place in range(0, len(waiting), FILES_A_STEP):
        some = _reseal_some(by=by, places=waiting[place : place + FILES_A_STEP])
        changed, bad = changed + some[0], bad + some[1]
        progress(done + changed, max(total, done + changed), _("Cifrando de nuevo los archivos"))
    return changed, bad


@ledger.command(permission=Permission.MANAGE_KEYS)
def _reseal_some(*, by: Reader, places: list[Any]) -> tuple[int, int]:
    changed = bad = 0
    for where in places:
        try:
            changed += vault.reseal(where)
        except Unopened:
            bad += 1
    ledger.record(
        act="secrets.resealed",
        subject=("table", "files"),
        after={"key": ring.load().current.id, "files": changed, "damaged": bad},
    )
    return changed, bad


@ledger.command(permission=Permission.MANAGE_KEYS)
def retire(*, by: Reader, key_id: str, reason: str) -> None:
    """Destroys an old key, after proving that no value and no file needs it. Earlier backups do: keep a copy apart.

    Refused for the current key, for one replaced a moment ago (something may be on its way to the database), and for
    one that still opens something.
    """
    if not by.national:
        raise Refused(_("Solo quien ve todo el país puede probar que una clave ya no se usa."))
    row = next((each for each in queries.keys(by) if each.id == key_id), None)
    if row is None or not row.known:
        raise NotFound
    problems = []
    if not reason.strip():
        problems.append(_("Escriba por qué se destruye la clave."))
    if row.state == ring.CURRENT:
        problems.append(_("Es la clave vigente: primero cámbiela."))
    if row.state == ring.RETIRED:
        problems.append(_("Esa clave ya fue destruida."))
    if row.replaced_at is not None and clock.now() - row.replaced_at < ring.SETTLED:
        problems.append(
            _("La clave se cambió hace menos de diez minutos: espere a que termine lo que se está escribiendo.")
        )
    if row.used:
        problems.append(
            _("Todavía abre %(values)d textos y %(files)d archivos: termine el cambio de clave.")
            % {"values": row.values, "files": row.files}
        )
    if problems:
        raise Refused(problems, fields={} if reason.strip() else {"reason": problems[0]})
    ring.destroy(key_id)
    ledger.record(
        act="secrets.key_retired", subject=("key", key_id), reason=reason.strip(), after={"values": 0, "files": 0}
    )

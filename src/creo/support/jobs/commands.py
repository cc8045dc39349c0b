"""Start background work, and run it in the worker with the reader who asked for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from creo.support import clock
from creo.support.accounts.models import User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import NOBODY, Reader, reader_for, system
from creo.support.jobs import progress
from creo.support.jobs.models import Job
from creo.support.jobs.progress import Reporter
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, NotFound, Refused

log = logging.getLogger("creo.jobs")
MAX_ATTEMPTS = 3


@dataclass(frozen=True)
class JobHandle:
    """What a job's function gets: its arguments, who asked, and where to report progress."""

    job_id: int
    arguments: Mapping[str, Any]
    reader: Reader
    progress: Callable[[int, int, str], None]


def start(*, by: Reader, kind: str, title: str, arguments: Mapping[str, Any]) -> Job:
    """Queues work of a known kind and returns its job. KeyError for a kind nobody wired in site/wiring.py."""
    handler_path(kind)
    return _start(by=by, kind=kind, title=title, arguments=arguments)


@ledger.command(permission=None)
def _start(*, by: Reader, kind: str, title: str, arguments: Mapping[str, Any]) -> Job:
    if by.user_id is None and by.roles != ("system",):
        raise Forbidden(_("Inicie sesión para pedir este trabajo."))
    job = Job.objects.create(
        kind=kind, title=title, arguments=dict(arguments), user_id=by.user_id, actor=by.name, created_at=clock.now()
    )
    ledger.record(act="jobs.started", subject=("job", str(job.pk)), after={"kind": kind, "arguments": dict(arguments)})
    perform.enqueue(job.pk)
    return job


def handler_path(kind: str) -> str:
    """The dotted path of the function that does a kind of work, from the wiring table."""
    wiring: dict[str, str] = import_string(settings.CREO_JOBS)
    return wiring[kind]


@task()
def perform(job_id: int) -> None:
    """Runs one job in the worker: its function, then how it ended. A refusal ends it with its reasons for people."""
    job = Job.objects.get(pk=job_id)
    if job.state in (Job.State.DONE, Job.State.FAILED):
        return
    Job.objects.filter(pk=job_id).update(state=Job.State.RUNNING, started_at=clock.now(), attempts=job.attempts + 1)
    report = Reporter(job_id)
    report(0, 0, "")
    handle = JobHandle(job_id, job.arguments, _reader_of(job), report)
    try:
        with progress.alive(job_id):
            result = import_string(handler_path(job.kind))(handle)
    except (Refused, Forbidden) as refusal:
        messages = refusal.messages if isinstance(refusal, Refused) else [refusal.message]
        _finish(job_id, Job.State.FAILED, error="\n".join(messages))
    except Exception:
        log.exception("job %s %s failed", job_id, job.kind)
        _finish(
            job_id,
            Job.State.FAILED,
            error=_("El trabajo se detuvo por una falla nuestra. No se aplicó nada; avise a soporte."),
        )
    else:
        _finish(job_id, Job.State.DONE, result=result)


def _reader_of(job: Job) -> Reader:
    """The asker as of now: a role lost while the job waited is lost for the job too."""
    if job.user_id is None:
        return system(job.actor)
    user = User.objects.filter(pk=job.user_id).first()
    return reader_for(user, clock.today()) if user else NOBODY


def _finish(job_id: int, state: str, *, result: Any = None, error: str = "") -> None:
    Job.objects.filter(pk=job_id).update(state=state, finished_at=clock.now(), result=result, error=error)


def reap(*, stale_before: float) -> int:
    """Queues again the jobs whose worker died (no heartbeat since a moment in epoch seconds); returns how many.

    Jobs are all-or-nothing, so a second run is safe; after three tries the job fails with a clear line.
    """
    revived = 0
    for job in Job.objects.filter(state=Job.State.RUNNING):
        if progress.last_sign(job.pk) > stale_before:
            continue
        with transaction.atomic():
            # Another worker may have taken it back, or it may have ended, a moment before: only a running one is ours.
            if not Job.objects.select_for_update().filter(pk=job.pk, state=Job.State.RUNNING).exists():
                continue
            if job.attempts >= MAX_ATTEMPTS:
                _finish(job.pk, Job.State.FAILED, error=_("El trabajo se interrumpió tres veces. No se aplicó nada."))
            else:
                Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(state=Job.State.QUEUED)
                perform.enqueue(job.pk)
                revived += 1
    return revived


def prune(*, ended_before: datetime) -> int:
    """Removes the queue's own rows of work that ended before a moment; returns how many.

    Only the machine's: the jobs themselves, which people see and the ledger names, stay.
    """
    old = DBTaskResult.objects.finished().filter(finished_at__lt=ended_before)
    removed, _by_table = old.delete()
    return removed


def job_for(reader: Reader, job_id: int) -> Job:
    """One's own job; the system's own too for who watches over it; any, for the system. NotFound otherwise."""
    jobs = Job.objects.filter(pk=job_id)
    if reader.roles != ("system",):
        own = Q(user_id=reader.user_id)
        watches = reader.can(Permission.VIEW_LEDGER) or reader.can(Permission.MANAGE_ACCESS)
        jobs = jobs.filter(own | Q(user_id=None) if watches else own)
    job = jobs.first() if reader.user_id or reader.roles == ("system",) else None
    if job is None:
        raise NotFound
    return job


def recent_jobs(reader: Reader, limit: int = 20) -> list[Job]:
    """One's own latest jobs, newest first."""
    if reader.user_id is None:
        return []
    return list(Job.objects.filter(user_id=reader.user_id).order_by("-id")[:limit])

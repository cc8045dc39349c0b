"""Background work: asked by somebody, done once, and its end told in words."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django_tasks_db.models import DBTaskResult

from creo.support import clock
from creo.support.accounts.models import RoleGrant
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import NOBODY, reader_for, system
from creo.support.accounts.tests.factories import user
from creo.support.jobs import commands, progress
from creo.support.jobs.commands import JobHandle
from creo.support.jobs.models import Job
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = pytest.mark.django_db
SEEN: list[JobHandle] = []


def well(job: JobHandle) -> dict[str, int]:
    """A job that works."""
    SEEN.append(job)
    job.progress(5, 10, "a la mitad")
    return {"answer": 42}


def refused(job: JobHandle) -> None:
    """A job with an anticipated no."""
    raise Refused(["Falta el penal.", "Falta la fecha."])


def broken(job: JobHandle) -> None:
    """A job with a fault of ours."""
    raise ZeroDivisionError


WIRING = {f"test.{name}": f"{__name__}.{name}" for name in ("well", "refused", "broken")}


@pytest.fixture(autouse=True)
def _wired(settings: object) -> None:
    settings.CREO_JOBS = f"{__name__}.WIRING"  # type: ignore[attr-defined]
    SEEN.clear()


def start(kind: str) -> Job:
    """Asks for a job as the system."""
    return commands.start(by=system("prueba"), kind=kind, title="Prueba", arguments={"n": 1})


def run(job: Job) -> Job:
    """Does in place what the worker does."""
    commands.perform.func(job.pk)
    job.refresh_from_db()
    return job


def test_a_job_is_queued_with_its_ledger_entry_and_done_by_the_worker() -> None:
    job = start("test.well")
    assert job.state == "queued"
    assert DBTaskResult.objects.count() == 1
    done = run(job)
    assert (done.state, done.result, done.attempts) == ("done", {"answer": 42}, 1)
    assert SEEN[0].arguments == {"n": 1}
    assert progress.read(job.pk).percent == 50


def test_a_job_that_is_delivered_twice_runs_once() -> None:
    job = run(start("test.well"))
    run(job)
    assert len(SEEN) == 1


def test_a_refusal_ends_the_job_with_every_reason() -> None:
    job = run(start("test.refused"))
    assert (job.state, job.error) == ("failed", "Falta el penal.\nFalta la fecha.")


def test_a_fault_of_ours_is_told_without_its_traceback() -> None:
    job = run(start("test.broken"))
    assert job.state == "failed"
    assert "falla nuestra" in job.error
    assert "ZeroDivision" not in job.error


def test_unknown_work_is_not_queued() -> None:
    with pytest.raises(KeyError):
        start("test.unknown")
    assert not Job.objects.exists()


def test_nobody_starts_no_work() -> None:
    with pytest.raises(Forbidden):
        commands.start(by=NOBODY, kind="test.well", title="x", arguments={})


def test_the_job_runs_with_what_its_asker_holds_now() -> None:
    somebody = user(role="planner")
    asker = reader_for(somebody, clock.today())
    job = commands.start(by=asker, kind="test.well", title="x", arguments={})
    RoleGrant.objects.filter(user=somebody).update(valid_to=clock.today())
    run(job)
    assert not SEEN[0].reader.can(Permission.EDIT_DESIGN)


def test_a_job_whose_worker_died_is_taken_back_and_after_three_tries_fails() -> None:
    job = start("test.well")
    Job.objects.filter(pk=job.pk).update(state="running", attempts=1)
    now = clock.now().timestamp()
    assert commands.reap(stale_before=now) == 1
    Job.objects.filter(pk=job.pk).update(state="running", attempts=3)
    assert commands.reap(stale_before=now) == 0
    job.refresh_from_db()
    assert job.state == "failed"
    assert "tres veces" in job.error


def test_a_job_that_still_beats_is_left_alone() -> None:
    job = start("test.well")
    Job.objects.filter(pk=job.pk).update(state="running")
    progress.Reporter(job.pk)(1, 10, "va")
    assert commands.reap(stale_before=clock.now().timestamp() - 60) == 0


def test_people_see_their_own_jobs_only() -> None:
    mine = reader_for(user("ana", role="planner"), clock.today())
    other = reader_for(user("berta", role="planner"), clock.today())
    job = commands.start(by=mine, kind="test.well", title="x", arguments={})
    assert commands.job_for(mine, job.pk) == job
    assert commands.recent_jobs(other) == []
    with pytest.raises(NotFound):
        commands.job_for(other, job.pk)


@pytest.mark.parametrize("fields", [{"state": "done"}, {"state": "queued", "finished_at": clock.now()}])
def test_the_database_refuses_an_end_without_a_time(fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="k", title="t", actor="a", created_at=clock.now(), **fields)

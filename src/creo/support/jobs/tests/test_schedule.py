"""Daily work starts once a day, whatever the number of workers; a missed day is not made up for."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import reader_for
from creo.support.accounts.tests.factories import reader, user
from creo.support.jobs import commands, progress, rounds, schedule
from creo.support.jobs.models import Job, ScheduledStart
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound

pytestmark = pytest.mark.django_db
JOBS = {"test.board": f"{__name__}.work", "test.other": f"{__name__}.work"}
SCHEDULE = (("test.board", "02:30", "Tablero de calidad"),)
BAD_HOUR = (("test.board", "2:30", "Tablero"),)
UNKNOWN = (("test.nobody", "02:30", "Nadie"),)
NIGHT = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)  # 02:30 in Lima


def work(job: commands.JobHandle) -> dict[str, int]:
    """The work itself."""
    return {"found": 3}


@pytest.fixture(autouse=True)
def _wired(settings: Any) -> None:
    settings.CREO_JOBS = f"{__name__}.JOBS"
    settings.CREO_SCHEDULE = f"{__name__}.SCHEDULE"


def test_it_starts_at_its_hour_of_lima_once_a_day_as_the_system() -> None:
    with time_machine.travel(NIGHT - timedelta(minutes=1), tick=False) as moment:
        assert schedule.start_due() == []
        moment.move_to(NIGHT)
        (job,) = schedule.start_due()
        assert schedule.start_due() == []
        assert (job.kind, job.title, job.user_id, job.actor) == (
            "test.board",
            "Tablero de calidad",
            None,
            "programación diaria",
        )
        moment.shift(timedelta(hours=21))  # 23:30 of the same day in Lima, the next one in Greenwich
        assert schedule.start_due() == []
        moment.move_to(NIGHT + timedelta(days=1))
        assert len(schedule.start_due()) == 1
    assert [str(row.day) for row in ScheduledStart.objects.order_by("day")] == ["2026-11-23", "2026-11-24"]
    assert Entry.objects.filter(act="jobs.started").count() == 2


def test_missed_days_are_not_made_up_for_and_a_late_start_is_of_its_own_day() -> None:
    with time_machine.travel(NIGHT, tick=False) as moment:
        schedule.start_due()
        moment.shift(timedelta(days=5, hours=9))
        assert len(schedule.start_due()) == 1
        assert schedule.start_due() == []
    assert Job.objects.count() == 2


def test_before_its_hour_nothing_is_asked_and_after_it_one_read() -> None:
    with time_machine.travel(NIGHT - timedelta(hours=1), tick=False), CaptureQueriesContext(connection) as asked:
        schedule.start_due()
    assert len(asked) == 0
    with time_machine.travel(NIGHT, tick=False):
        schedule.start_due()
        with CaptureQueriesContext(connection) as asked:
            schedule.start_due()
    assert len(asked) == 1


def test_the_database_refuses_a_second_start_on_a_day() -> None:
    with time_machine.travel(NIGHT, tick=False):
        schedule.start_due()
        mark = ScheduledStart.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            ScheduledStart.objects.create(kind=mark.kind, day=mark.day, started_at=mark.started_at)
        # A worker that read before the other wrote finds the row taken, and starts nothing.
        assert schedule._start(schedule.dailies()[0], mark.day) is None
    assert Job.objects.count() == 1
    assert DBTaskResult.objects.count() == 1


@pytest.mark.parametrize(("table", "fault"), [("BAD_HOUR", ValueError), ("UNKNOWN", KeyError)])
def test_a_wrong_line_of_the_table_stops_with_its_name(settings: Any, table: str, fault: type[Exception]) -> None:
    settings.CREO_SCHEDULE = f"{__name__}.{table}"
    with pytest.raises(fault, match=r"test\.(board|nobody)"):
        schedule.dailies()


def test_the_page_tells_the_last_result_and_the_next_start_to_who_watches(monkeypatch: Any) -> None:
    monkeypatch.setattr(rounds, "last_beat", lambda: None)
    with time_machine.travel(NIGHT, tick=False):
        (job,) = schedule.start_due()
        commands.perform.func(job.pk)
        (state,) = schedule.schedule_for(reader(Permission.VIEW_LEDGER))
        assert state.job is not None
        assert (state.job.state, state.job.result) == ("done", {"found": 3})
        assert state.next_at == (NIGHT + timedelta(days=1)).astimezone(clock.LIMA)
        with pytest.raises(Forbidden):
            schedule.schedule_for(reader(Permission.EDIT_PEOPLE))
    pages = {}
    for role in ("auditor", "administrator", "registry"):
        client = Client()
        client.force_login(user(role, role=role))
        pages[role] = client.get("/trabajos/").content.decode()
        assert (client.get(f"/trabajos/{job.pk}/").status_code == 200) == (role != "registry")
    assert "Tablero de calidad" in pages["auditor"]
    assert "Tablero de calidad" in pages["administrator"]
    assert "Tablero de calidad" not in pages["registry"]
    assert "El trabajador no responde" in pages["auditor"]


def test_the_page_knows_when_the_worker_is_alive() -> None:
    rounds.beat(lambda: True)
    client = Client()
    client.force_login(user("ana", role="auditor"))
    assert "El trabajador no responde" not in client.get("/trabajos/").content.decode()


def test_the_jobs_of_others_stay_their_own_even_for_who_watches() -> None:
    somebody = user("berta", role="planner")
    mine = commands.start(by=reader_for(somebody, clock.today()), kind="test.other", title="x", arguments={})
    with pytest.raises(NotFound):
        commands.job_for(reader(Permission.VIEW_LEDGER, user_id=999), mine.pk)


def test_a_long_job_that_reports_nothing_is_not_taken_back_while_its_worker_lives(monkeypatch: Any) -> None:
    monkeypatch.setattr(progress, "ALIVE_SECONDS", 0.02)
    job = commands.start(by=reader(Permission.EDIT_PEOPLE), kind="test.other", title="x", arguments={})
    Job.objects.filter(pk=job.pk).update(state="running", attempts=1)
    with progress.alive(job.pk):
        begun = clock.now().timestamp()
        waited = threading.Event()
        while progress.last_sign(job.pk) <= begun:  # the heart beats by itself
            waited.wait(0.01)
        assert commands.reap(stale_before=begun) == 0
    assert commands.reap(stale_before=clock.now().timestamp() + 1) == 1
    assert commands.reap(stale_before=clock.now().timestamp() + 1) == 0


def test_old_rows_of_the_queue_go_and_the_jobs_stay() -> None:
    job = commands.start(by=reader(Permission.EDIT_PEOPLE), kind="test.other", title="x", arguments={})
    commands.start(by=reader(Permission.EDIT_PEOPLE), kind="test.other", title="y", arguments={})
    ended = DBTaskResult.objects.order_by("enqueued_at")[0]
    DBTaskResult.objects.filter(pk=ended.pk).update(status="SUCCESSFUL", finished_at=clock.now() - timedelta(days=40))
    assert commands.prune(ended_before=clock.now() - timedelta(days=30)) == 1
    assert commands.prune(ended_before=clock.now() - timedelta(days=30)) == 0
    assert DBTaskResult.objects.count() == 1
    assert Job.objects.filter(pk=job.pk).exists()


def test_rounds_go_on_after_a_fault_and_end_when_told() -> None:
    calls: list[str] = []
    seen = threading.Event()

    def breaks(going: Any) -> None:
        calls.append("breaks")
        raise ZeroDivisionError

    def works(going: Any) -> None:
        calls.append("works")
        if calls.count("works") >= 3:
            seen.set()

    thread = rounds.Rounds([rounds.Task("a", 0, breaks), rounds.Task("b", 0, works), rounds.Task("c", 3600, works)])
    thread.start()
    assert seen.wait(timeout=30)
    thread.stop()
    assert not thread.is_alive()
    assert calls.count("breaks") >= 2


if configured.DATABASES["default"]["ENGINE"].endswith(
    "postgresql"
):  # races do not show on SQLite: one writer at a time

    @pytest.mark.django_db(transaction=True)
    def test_of_four_workers_at_the_same_moment_one_starts_it() -> None:
        barrier, started = threading.Barrier(4), []

        def go() -> None:
            barrier.wait()
            try:
                started.extend(schedule.start_due())
            finally:
                connections.close_all()

        with time_machine.travel(NIGHT, tick=False):
            threads = [threading.Thread(target=go) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=60)
        assert len(started) == 1
        assert Job.objects.count() == 1

"""From upload to application: all or nothing, once, by who may, with a line in the ledger for every step."""

from __future__ import annotations

import stat
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from creo.support.accounts.models import User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Scope, system
from creo.support.accounts.tests.factories import reader, user
from creo.support.imports import commands, queries, storage
from creo.support.imports.models import CellErrorRow, ImportBatch
from creo.support.imports.tests import books
from creo.support.imports.tests.factories import BAD, GOOD, STAFF, checked, somebody, staged
from creo.support.jobs import commands as jobs
from creo.support.jobs.models import Job
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = pytest.mark.django_db
State = ImportBatch.State


def acts() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("act", flat=True))


def test_a_good_file_is_uploaded_checked_and_applied() -> None:
    by = somebody()
    batch = staged(by=by, office="sur", since="2026-01-01")
    assert (batch.state, batch.mapping, batch.options) == (
        "uploaded",
        "personal",
        {"office": "sur", "since": "2026-01-01"},
    )
    batch = commands.check(by=by, batch_id=batch.pk)
    assert (batch.state, batch.rows_total, batch.rows_ok, batch.errors_total) == ("checked", 2, 2, 0)
    assert batch.columns == ["Usuario", "Nombre", "Activo", "Anexo"]
    assert batch.summary["unused"] == ["Anexo"]
    assert batch.summary["lines"] == ["2 cuentas"]
    assert batch.summary["preview"] == [["ana", "Ana Quispe"], ["beto", "Beto Ñahui"]]
    assert not User.objects.exists()
    batch = commands.apply(by=by, batch_id=batch.pk)
    assert batch.state == "applied"
    assert batch.summary["applied"] == {"users": 2}
    assert list(User.objects.order_by("username").values_list("username", "name", "is_active")) == [
        ("ana", "Ana Quispe", True),
        ("beto", "Beto Ñahui", False),
    ]
    assert acts() == ["imports.uploaded", "imports.checked", "staff.imported", "imports.applied"]


def test_a_file_with_errors_is_refused_with_each_of_them_and_cannot_be_applied() -> None:
    by = somebody()
    batch = checked(BAD, by=by)
    assert (batch.state, batch.rows_total, batch.rows_ok, batch.errors_total) == ("refused", 2, 0, 4)
    found = [(e.row, e.column, e.value) for e in queries.errors(by, batch.pk).rows]
    assert found == [(2, "Nombre", "=1+1"), (3, "Usuario", "BETO"), (3, "Nombre", ""), (3, "Activo", "quizá")]
    with pytest.raises(Refused, match="tiene errores"):
        commands.apply(by=by, batch_id=batch.pk)
    with pytest.raises(Refused, match="tiene errores"):
        commands.request_apply(by=by, batch_id=batch.pk)
    assert not User.objects.exists()


def test_a_file_without_its_columns_is_refused_with_what_was_found() -> None:
    batch = checked("Cuenta;Correo\r\nana;x\r\n")
    assert batch.state == "refused"
    assert "«NOMBRE»" in batch.summary["messages"][0]
    assert "«Cuenta», «Correo»" in batch.summary["messages"][1]


def test_only_a_checked_file_is_applied() -> None:
    batch = staged()
    with pytest.raises(Refused, match="Primero revise"):
        commands.apply(by=somebody(), batch_id=batch.pk)
    with pytest.raises(Refused, match="Primero revise"):
        commands.request_apply(by=somebody(), batch_id=batch.pk)


def test_the_file_is_kept_private_under_its_hash_and_its_name_is_only_shown() -> None:
    batch = staged(filename="../../etc/cron.d/personal\x00.csv")
    path = Path(settings.CREO_DATA_DIR) / "imports" / batch.sha256
    assert path.read_bytes().decode() == GOOD
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert batch.filename == "personal.csv"
    assert [entry.name for entry in path.parent.iterdir()] == [batch.sha256]


def test_a_hostile_file_leaves_nothing_behind(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="XFD1048576"><v>1</v></c></row>'
    bomb = books.write(tmp_path / "b.xlsx", books.parts(books.sheet_xml(rows))).read_bytes()
    with pytest.raises(Refused, match="XFD1048576"):
        commands.stage(by=somebody(), kind="staff", mapping="", filename="b.xlsx", content=[bomb])
    assert not list(storage.folder().iterdir())
    assert not ImportBatch.objects.exists()
    assert not Entry.objects.exists()


def test_an_endless_upload_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(storage.guards.MAX_BYTES, "csv", 2_000_000)
    monkeypatch.setitem(storage.guards.MAX_BYTES, "xlsx", 2_000_000)
    taken: list[int] = []

    def endless() -> object:
        while True:
            taken.append(1)
            yield b"a;b\r\n" * 20_000

    with pytest.raises(Refused, match="pesa más de"):
        commands.stage(by=somebody(), kind="staff", mapping="", filename="a.csv", content=endless())
    assert len(taken) < 25
    assert not list(storage.folder().iterdir())


def test_the_same_file_is_not_applied_twice_and_the_earlier_import_is_named() -> None:
    by = somebody()
    first, second = checked(by=by), checked(by=by)
    commands.apply(by=by, batch_id=first.pk)
    for refused in (
        lambda: staged(by=by, filename="otra.csv"),
        lambda: commands.request_apply(by=by, batch_id=second.pk),
        lambda: commands.apply(by=by, batch_id=second.pk),
    ):
        with pytest.raises(
            Refused, match=rf"ya se aplicó el .* \(importación {first.pk}, «personal.csv», por Alicia\)"
        ):
            refused()
    with pytest.raises(Refused, match="no se aplica dos veces"):
        commands.apply(by=by, batch_id=first.pk)
    second.refresh_from_db()
    assert second.state == "checked"
    assert User.objects.count() == 2


def test_a_death_in_the_middle_applies_nothing_and_a_second_try_applies_all() -> None:
    by = somebody()
    batch = checked(by=by)
    STAFF.fail_after = 1
    with pytest.raises(RuntimeError):
        commands.apply(by=by, batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.applied_at) == ("checked", None)
    assert not User.objects.exists()
    assert "imports.applied" not in acts()
    STAFF.fail_after = None
    assert commands.apply(by=by, batch_id=batch.pk).state == "applied"
    assert User.objects.count() == 2


def test_what_changed_since_the_check_is_seen_when_applying() -> None:
    by = somebody()
    batch = checked(by=by)
    user("ana")
    with pytest.raises(Refused, match="ahora hay 1 errores"):
        commands.apply(by=by, batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.state == "checked"
    assert User.objects.count() == 1


def test_a_file_altered_or_lost_on_disk_is_refused() -> None:
    by = somebody()
    batch = checked(by=by)
    path = storage.path_of(batch.sha256)
    path.write_bytes(GOOD.replace("ana", "eva").encode())
    with pytest.raises(Refused, match="alterado"):
        commands.apply(by=by, batch_id=batch.pk)
    path.unlink()
    with pytest.raises(Refused, match="ya no está"):
        commands.apply(by=by, batch_id=batch.pk)


def test_a_second_check_replaces_the_first() -> None:
    by = somebody()
    user("ana")
    batch = checked(by=by)
    assert (batch.state, CellErrorRow.objects.count()) == ("refused", 1)
    User.objects.all().delete()
    batch = commands.check(by=by, batch_id=batch.pk)
    assert (batch.state, CellErrorRow.objects.count()) == ("checked", 0)


def test_more_errors_than_are_stored_are_counted() -> None:
    content = "USUARIO;NOMBRE\n" + "".join(f"MAL{n};=x\n" for n in range(7_000))
    batch = checked(content)
    assert batch.errors_total == 14_000
    assert batch.summary["bad_rows"] == 7_000
    stored = CellErrorRow.objects.order_by("id")
    assert stored.count() == 10_000
    assert list(stored.values_list("row", flat=True)) == sorted(stored.values_list("row", flat=True))


def test_a_cancelled_file_is_deleted_with_its_errors_and_its_reason_stays() -> None:
    by = somebody()
    batch = checked(BAD, by=by)
    with pytest.raises(Refused, match="motivo"):
        commands.cancel(by=by, batch_id=batch.pk, reason="  ")
    with pytest.raises(Refused):
        commands.cancel(by=by, batch_id=batch.pk, reason="")
    batch = commands.cancel(by=by, batch_id=batch.pk, reason="Lista equivocada")
    assert batch.state == "cancelled"
    assert not CellErrorRow.objects.exists()
    assert Entry.objects.get(act="imports.cancelled").reason == "Lista equivocada"
    for refused in (commands.check, commands.apply, commands.request_check):
        with pytest.raises(Refused):
            refused(by=by, batch_id=batch.pk)


@pytest.mark.django_db(transaction=True)
def test_cancelling_forgets_the_content_unless_another_import_needs_it() -> None:
    by = somebody()
    first, second = staged(by=by), staged(by=by)
    path = storage.path_of(first.sha256)
    commands.cancel(by=by, batch_id=first.pk, reason="Repetida")
    assert path.exists()
    commands.cancel(by=by, batch_id=second.pk, reason="También")
    assert not path.exists()


def test_an_applied_file_is_not_cancelled() -> None:
    by = somebody()
    batch = checked(by=by)
    commands.apply(by=by, batch_id=batch.pk)
    with pytest.raises(Refused, match="ya terminó"):
        commands.cancel(by=by, batch_id=batch.pk, reason="Tarde")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "otro"}, r"\[otro\]; existen: staff"),
        ({"mapping": "otro"}, r"\[otro\]; existen: personal"),
        ({"options": {"office": "norte"}}, r"«Oficina».*\[norte\]"),
        ({"options": {"since": "23/11/2026"}}, "«Desde»: escriba una fecha"),
        ({"options": {"color": "rojo"}}, "«color»"),
    ],
)
def test_unknown_kinds_formats_and_answers_are_named(change: dict[str, object], message: str) -> None:
    wanted = {"kind": "staff", "mapping": "", "filename": "a.csv", "content": [GOOD.encode()]} | change
    with pytest.raises(Refused, match=message):
        commands.stage(by=somebody(), **wanted)
    assert not ImportBatch.objects.exists()


def test_who_may_not_import_does_nothing() -> None:
    batch = staged()
    outsider = reader(Permission.VIEW_PEOPLE)
    with pytest.raises(Forbidden):
        staged(by=outsider)
    for act in (commands.request_check, commands.check, commands.apply, commands.request_apply):
        with pytest.raises(NotFound):
            act(by=outsider, batch_id=batch.pk)
    with pytest.raises(NotFound):
        commands.cancel(by=outsider, batch_id=batch.pk, reason="No")
    with pytest.raises(NotFound):
        commands.note_download(by=outsider, batch_id=batch.pk)


def test_a_regional_reader_sees_only_their_own_files() -> None:
    carlos = somebody(scope=Scope("region", "sur"), user_id=2)
    mine, other = staged(by=carlos), staged(by=somebody())
    assert [batch.pk for batch in queries.batches(carlos).rows] == [mine.pk]
    with pytest.raises(NotFound):
        queries.batch(carlos, other.pk)
    assert [batch.pk for batch in queries.batches(somebody()).rows] == [other.pk, mine.pk]


# The worker -----------------------------------------------------------------------------------------------------------


def run(job: Job) -> Job:
    """What the worker does with a queued job."""
    jobs.perform.func(job.pk)
    job.refresh_from_db()
    return job


@pytest.fixture
def alicia() -> object:
    return jobs.reader_for(user("alicia", role="registry"), __import__("datetime").date(2026, 11, 23))


def test_the_worker_checks_and_applies(alicia: object) -> None:
    batch = staged(by=alicia)
    job = commands.request_check(by=alicia, batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.job_id) == ("checking", job.pk)
    with pytest.raises(Refused, match="en curso"):
        commands.request_check(by=alicia, batch_id=batch.pk)
    with pytest.raises(Refused, match="en curso"):
        commands.check(by=alicia, batch_id=batch.pk)
    with pytest.raises(Refused, match="en curso"):
        commands.cancel(by=alicia, batch_id=batch.pk, reason="Ya")
    done = run(job)
    assert (done.state, done.result) == ("done", {"batch_id": batch.pk, "state": "checked", "errors": 0})
    job = commands.request_apply(by=alicia, batch_id=batch.pk)
    with pytest.raises(Refused, match="se está aplicando"):
        commands.request_apply(by=alicia, batch_id=batch.pk)
    with pytest.raises(Refused, match="se está aplicando"):
        commands.apply(by=alicia, batch_id=batch.pk)
    assert run(job).result == {"batch_id": batch.pk, "state": "applied", "users": 2}
    assert User.objects.filter(username__in=["ana", "beto"]).count() == 2


def test_a_job_that_breaks_gives_the_file_back(alicia: object) -> None:
    batch = checked(by=alicia)
    STAFF.fail_after = 1
    job = run(commands.request_apply(by=alicia, batch_id=batch.pk))
    batch.refresh_from_db()
    assert (job.state, batch.state) == ("failed", "checked")
    assert not User.objects.filter(username="ana").exists()
    assert "imports.stopped" in acts()
    STAFF.fail_after = None
    job = run(commands.request_apply(by=alicia, batch_id=batch.pk))
    assert job.state == "done"


def test_a_job_that_died_is_run_again_and_applies_once(alicia: object) -> None:
    batch = checked(by=alicia)
    job = commands.request_apply(by=alicia, batch_id=batch.pk)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempts=1)  # the worker was killed
    assert jobs.reap(stale_before=time.time() + 60) == 1
    assert run(job).state == "done"
    # The worker was killed after the commit and before writing that it had ended: nothing is done twice.
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, finished_at=None, result=None)
    assert run(job).result["users"] == 2
    assert User.objects.filter(username__in=["ana", "beto"]).count() == 2


def test_a_file_whose_job_failed_for_good_is_free_again(alicia: object) -> None:
    batch = checked(by=alicia)
    job = commands.request_apply(by=alicia, batch_id=batch.pk)
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED, finished_at=batch.uploaded_at)
    batch.refresh_from_db()
    assert batch.state == "applying"
    assert commands.apply(by=alicia, batch_id=batch.pk).state == "applied"


def test_the_system_may_import_too() -> None:
    batch = checked(by=system("línea de órdenes"))
    assert commands.apply(by=system("línea de órdenes"), batch_id=batch.pk).state == "applied"


@pytest.mark.parametrize("twins", [False, True])
def test_who_comes_second_while_the_file_is_read_is_refused(twins: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    by = somebody()
    first = checked(by=by)
    second = checked(by=by) if twins else first
    read = commands._read

    def read_slowly(work: commands.Work, progress: object) -> object:
        monkeypatch.setattr(commands, "_read", read)
        assert commands.apply(by=by, batch_id=first.pk).state == "applied"
        return read(work, progress)

    monkeypatch.setattr(commands, "_read", read_slowly)
    with pytest.raises(Refused, match="ya se aplicó"):
        commands.apply(by=by, batch_id=second.pk)
    assert User.objects.count() == 2


if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):  # races do not show on SQLite: one writer at a time

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("twins", [False, True])
    def test_of_two_at_once_one_applies_and_the_other_is_refused(twins: bool) -> None:
        by = somebody()
        first = checked(by=by)
        second = checked(by=by) if twins else first
        barrier, outcomes = threading.Barrier(2), []

        def go(batch_id: int) -> None:
            barrier.wait()
            try:
                outcomes.append(str(commands.apply(by=by, batch_id=batch_id).state))
            except Refused:
                outcomes.append("no")
            finally:
                connections.close_all()

        threads = [threading.Thread(target=go, args=[batch.pk]) for batch in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert sorted(outcomes) == ["applied", "no"]
        assert User.objects.count() == 2

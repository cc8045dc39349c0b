"""Writes of the staged import: upload, check, apply all or nothing, cancel; from a page, the worker or a terminal.

Reading a long file never holds a transaction; applying it is one transaction, in which everything is checked again.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.readers import Reader
from creo.support.bulk import insert_rows
from creo.support.exports.commands import Paper, hand_out
from creo.support.exports.listings import CSV, Mark
from creo.support.imports import queries, saved, storage
from creo.support.imports.kinds import (
    CheckResult,
    Difference,
    Holding,
    ImportKind,
    Outcome,
    Rehearsing,
    kind_for,
    mapping_for,
)
from creo.support.imports.lifecycle import (
    BEFORE_THE_JOB,
    refuse_twice,
    refuse_unless_checkable,
    refuse_unless_checked,
    settled_state,
    working,
)
from creo.support.imports.mapping import SourceMapping
from creo.support.imports.models import CellErrorRow, DifferenceRow, ImportBatch
from creo.support.imports.options import clean_options
from creo.support.imports.reading import Sheet, first_rows, read_table
from creo.support.jobs import commands as jobs
from creo.support.jobs.models import Job
from creo.support.jobs.progress import Report, silent
from creo.support.ledger import commands as ledger
from creo.support.refusals import Refused

State = ImportBatch.State
PREVIEW = 10
ERROR_KINDS = 20
FIXED_SPACES = "\u00a0\u202f"  # of dates and figures: not printable for Python, harmless


@dataclass(frozen=True, slots=True)
class Work:
    """Everything a check or an apply needs, read once."""

    batch: ImportBatch
    kind: ImportKind
    mapping: SourceMapping


def stage(
    *,
    by: Reader,
    kind: str,
    mapping: str,
    filename: str,
    content: Iterable[bytes],
    options: Mapping[str, str] | None = None,
) -> ImportBatch:
    """Keeps a file to be checked. Refused by the guards, for wrong options, or when this very file was applied.

    Without a mapping, the file's columns tell: a saved format of the same columns, else the first that finds its own.
    """
    found = kind_for(kind)
    by.require(found.permission)
    chosen = mapping_for(found, mapping)
    answers = clean_options(found.options(), options or {})
    kept = storage.keep(filename, content)
    if not mapping:
        chosen = _recognised(found, kept) or chosen
    return _stage(by=by, kind=found.code, mapping=chosen.code, kept=kept, options=answers)


def _recognised(kind: ImportKind, kept: storage.Kept) -> SourceMapping | None:
    """The format that these columns had the last time, or the first one that finds all its columns."""
    try:
        headers, _rows = first_rows(storage.path_of(kept.sha256), kept.filename, 0)
    except Refused:
        return None  # the check will say what is wrong with the file
    own = saved.recognised(kind.code, headers)
    return own or next((mapping for mapping in kind.mappings() if mapping.finds(headers)), None)


@ledger.command(permission=None)
def _stage(*, by: Reader, kind: str, mapping: str, kept: storage.Kept, options: dict[str, str]) -> ImportBatch:
    refuse_twice(kind, kept.sha256)
    batch = ImportBatch.objects.create(
        kind=kind,
        mapping=mapping,
        filename=kept.filename,
        size=kept.size,
        sha256=kept.sha256,
        options=options,
        uploaded_by_id=by.user_id,
        uploaded_by=by.name,
        uploaded_at=clock.now(),
    )
    about = {"kind": kind, "mapping": mapping, "filename": kept.filename, "sha256": kept.sha256, "options": options}
    ledger.record(act="imports.uploaded", subject=_subject(batch), after=about)
    return batch


def request_check(*, by: Reader, batch_id: int) -> Job:
    """Queues the check of a file. Refused while another job has it, or when it was applied or cancelled."""
    return _request(by=by, batch_id=batch_id, doing=State.CHECKING, job_kind="imports.check", title=_("Revisar %s"))


def request_apply(*, by: Reader, batch_id: int) -> Job:
    """Queues the application of a checked file. Refused unless it was checked without errors and nobody is at it."""
    return _request(by=by, batch_id=batch_id, doing=State.APPLYING, job_kind="imports.apply", title=_("Aplicar %s"))


@ledger.command(permission=None)
def _request(*, by: Reader, batch_id: int, doing: str, job_kind: str, title: str) -> Job:
    work = _work(by, _locked(by, batch_id))
    if doing == State.APPLYING:
        refuse_unless_checked(work.batch, None)
        refuse_twice(work.batch.kind, work.batch.sha256)
    else:
        refuse_unless_checkable(work.batch, None)
    named = title % work.batch.filename
    job = jobs.start(by=by, kind=job_kind, title=named[:200], arguments={"batch_id": batch_id})
    ImportBatch.objects.filter(pk=batch_id).update(state=doing, job_id=job.pk)
    return job


def check(*, by: Reader, batch_id: int, progress: Report = silent, job_id: int | None = None) -> ImportBatch:
    """Reads and checks a file and keeps what was found: `checked`, or `refused` with its errors. Nothing else."""
    work = _work(by, queries.batch(by, batch_id))
    refuse_unless_checkable(work.batch, job_id)
    sheet: Sheet | None = None
    result: CheckResult | None = None
    messages: list[str] = []
    try:
        sheet = _read(work, progress)
        result = _check(work, sheet, by, progress)
    except Refused as refusal:
        messages = refusal.messages
    return _keep_check(by=by, work=work, job_id=job_id, sheet=sheet, result=result, messages=messages)


@ledger.command(permission=None)
def _keep_check(
    *,
    by: Reader,
    work: Work,
    job_id: int | None,
    sheet: Sheet | None,
    result: CheckResult | None,
    messages: list[str],
) -> ImportBatch:
    batch = _locked(by, work.batch.pk)
    refuse_unless_checkable(batch, job_id)
    CellErrorRow.objects.filter(batch=batch).delete()
    errors = result.errors if result else None
    batch.state = State.CHECKED if errors is not None and not errors.total else State.REFUSED
    batch.checked_at = clock.now()
    batch.columns = list(sheet.columns) if sheet else []
    batch.errors_total = errors.total if errors is not None else 0
    batch.rows_total = sheet.height if sheet else 0
    batch.rows_ok = min(result.rows_ok, batch.rows_total) if result else 0
    batch.summary = _summary(work, sheet, result, messages)
    batch.save()
    if errors is not None:
        rows = ((batch.pk, e.row, e.column[:200], _printable(e.value), e.message[:400]) for e in errors.items)
        insert_rows(CellErrorRow, ("batch_id", "row", "column", "value", "message"), rows)
    DifferenceRow.objects.filter(batch=batch).delete()
    if result is not None and result.differences:
        insert_rows(DifferenceRow, DIFFERENCE, (_difference(batch.pk, each) for each in result.differences))
    after = {"state": batch.state, "rows": batch.rows_total, "errors": batch.errors_total, "messages": messages}
    ledger.record(act="imports.checked", subject=_subject(batch), after=after)
    return batch


def apply(*, by: Reader, batch_id: int, progress: Report = silent, job_id: int | None = None) -> ImportBatch:
    """Applies a checked file: all of it, in one transaction, checked again inside; or nothing (Refused, and why)."""
    work = _work(by, queries.batch(by, batch_id))
    refuse_unless_checked(work.batch, job_id)
    sheet = _read(work, progress)
    return _apply(by=by, batch_id=batch_id, job_id=job_id, sheet=sheet, progress=progress)


@ledger.command(permission=None)
def _apply(*, by: Reader, batch_id: int, job_id: int | None, sheet: Sheet, progress: Report) -> ImportBatch:
    work = _work(by, _locked(by, batch_id))
    refuse_unless_checked(work.batch, job_id)
    _claim(work.batch)
    if isinstance(work.kind, Holding):
        work.kind.hold()
    checked = _check(work, sheet, by, progress, again=True)
    if checked.errors.total:
        raise Refused(
            _("Desde la revisión cambió el registro: ahora hay %(n)d errores. Revise el archivo de nuevo.")
            % {"n": checked.errors.total}
        )
    counts = work.kind.apply(
        checked=checked,
        mapping=work.mapping,
        options=work.batch.options,
        reader=by,
        as_of=clock.today(),
        batch_id=batch_id,
        progress=progress,
    )
    batch = work.batch
    batch.summary = {**batch.summary, "applied": dict(counts)}
    batch.save(update_fields=["summary"])
    about = {"sha256": batch.sha256, "rows": batch.rows_total, "counts": dict(counts)}
    ledger.record(act="imports.applied", subject=_subject(batch), after=about)
    return batch


@ledger.command(permission=None)
def cancel(*, by: Reader, batch_id: int, reason: str) -> ImportBatch:
    """Gives up a file that was not applied; its content is deleted. Refused without a reason or while a job has it."""
    batch = _locked(by, batch_id)
    _work(by, batch)
    if settled_state(batch) in (State.APPLIED, State.CANCELLED):
        raise Refused(_("Esta importación ya terminó: no se puede anular."))
    if working(batch):
        raise Refused(_("Hay un trabajo en curso con este archivo: espere a que termine."))
    if not reason.strip():
        raise Refused(_("Escriba el motivo para anular."), fields={"reason": _("Escriba el motivo.")})
    before = {"state": batch.state}
    batch.state = State.CANCELLED
    batch.save(update_fields=["state"])
    CellErrorRow.objects.filter(batch=batch).delete()
    DifferenceRow.objects.filter(batch=batch).delete()
    ledger.record(act="imports.cancelled", subject=_subject(batch), reason=reason.strip(), before=before)
    transaction.on_commit(lambda: _forget_unused(batch.sha256))
    return batch


def note_download(*, by: Reader, batch_id: int) -> Mark:
    """Leaves a line when somebody takes the errors of a file with them: they quote people's data. Gives their mark."""
    found = queries.batch(by, batch_id)
    paper = Paper(
        act="imports.errors_downloaded",
        subject=_subject(found),
        title=_("Errores de la importación"),
        kind=CSV,
        name=f"errores-importacion-{batch_id}",
        rows=found.errors_total,
        after={"errors": found.errors_total},
    )
    return hand_out(by=by, paper=paper)


def perform_check(job: jobs.JobHandle) -> dict[str, Any]:
    """The worker's check."""
    batch_id = int(job.arguments["batch_id"])
    try:
        batch = check(by=job.reader, batch_id=batch_id, progress=job.progress, job_id=job.job_id)
    except Exception:
        _release(by=job.reader, batch_id=batch_id, job_id=job.job_id)
        raise
    return {"batch_id": batch.pk, "state": batch.state, "errors": batch.errors_total}


def perform_apply(job: jobs.JobHandle) -> dict[str, Any]:
    """The worker's apply. Run again after a crash, it either finds the work done by itself or does it whole."""
    batch_id = int(job.arguments["batch_id"])
    done = ImportBatch.objects.filter(pk=batch_id, job_id=job.job_id, state=State.APPLIED).first()
    if done is None:
        try:
            done = apply(by=job.reader, batch_id=batch_id, progress=job.progress, job_id=job.job_id)
        except Exception:
            _release(by=job.reader, batch_id=batch_id, job_id=job.job_id)
            raise
    return {"batch_id": done.pk, "state": done.state, **done.summary.get("applied", {})}


@ledger.command(permission=None)
def _release(*, by: Reader, batch_id: int, job_id: int) -> None:
    """After a job stopped: the batch goes back to where it was, so that somebody may try again."""
    batch = ImportBatch.objects.select_for_update().filter(pk=batch_id, job_id=job_id).first()
    if batch is None or batch.state not in BEFORE_THE_JOB:
        ledger.nothing_to_do("El lote no estaba en manos de este trabajo.")
        return
    stopped = batch.state
    batch.state = BEFORE_THE_JOB[batch.state]
    batch.save(update_fields=["state"])
    ledger.record(
        act="imports.stopped", subject=_subject(batch), before={"state": stopped}, after={"state": batch.state}
    )


# Inside ---------------------------------------------------------------------------------------------------------------


def _subject(batch: ImportBatch) -> tuple[str, str]:
    return ("import", str(batch.pk))


def _work(by: Reader, batch: ImportBatch) -> Work:
    kind = kind_for(batch.kind)
    by.require(kind.permission)
    return Work(batch, kind, mapping_for(kind, batch.mapping))


def _locked(by: Reader, batch_id: int) -> ImportBatch:
    """The batch, held until the transaction ends. Refused at once when another transaction holds it."""
    batch = queries.batch(by, batch_id)
    nowait = connection.features.has_select_for_update_nowait
    try:
        return ImportBatch.objects.select_for_update(nowait=nowait).get(pk=batch.pk)
    except OperationalError as error:
        raise Refused(_("Otra persona está trabajando con este archivo en este momento.")) from error


def _read(work: Work, progress: Report) -> Sheet:
    path = storage.open_again(work.batch.sha256)
    sheet = read_table(path, work.batch.filename, sheet=work.mapping.sheet, progress=progress)
    sheet.once = True
    return sheet


def _check(work: Work, sheet: Sheet, by: Reader, progress: Report, *, again: bool = False) -> CheckResult:
    check = work.kind.recheck if again and isinstance(work.kind, Rehearsing) else work.kind.check
    return check(
        sheet=sheet,
        mapping=work.mapping,
        options=work.batch.options,
        reader=by,
        as_of=clock.today(),
        progress=progress,
    )


def _claim(batch: ImportBatch) -> None:
    """Marks the batch applied before the long work, so that the database refuses a twin of the same file at once."""
    refuse_twice(batch.kind, batch.sha256)
    batch.state, batch.applied_at = State.APPLIED, clock.now()
    try:
        with transaction.atomic():
            batch.save(update_fields=["state", "applied_at"])
    except IntegrityError as error:
        raise Refused(_("Este mismo archivo se está aplicando en otra importación.")) from error


def _summary(work: Work, sheet: Sheet | None, result: CheckResult | None, messages: list[str]) -> dict[str, Any]:
    summary: dict[str, Any] = {"messages": messages}
    if sheet is not None:
        summary["source"] = sheet.source
        summary["unused"] = work.mapping.unused(sheet.columns) if result else []
    if result is not None:
        summary["lines"] = [str(line) for line in result.summary]
        summary["counts"] = dict(result.counts)
        summary["bad_rows"] = result.errors.rows
        summary["differences"] = dict(Counter(each.kind for each in result.differences))
        summary["choices"] = sum(each.outcome == Outcome.CHOICE for each in result.differences)
        summary["error_kinds"] = [[*kind, count] for kind, count in result.errors.kinds.most_common(ERROR_KINDS)]
        summary["preview_columns"] = [str(name) for name in result.preview_columns]
        summary["preview"] = [[_json(value) for value in row] for row in result.preview[:PREVIEW]]
    return summary


def _json(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _printable(text: str) -> str:
    """What the database and a page can hold: control characters become a visible sign."""
    return "".join(letter if letter.isprintable() or letter in FIXED_SPACES else "�" for letter in text)[:200]


DIFFERENCE = ("batch_id", "row", "subject", "kind", "field", "before", "after", "outcome", "why")


def _difference(batch_id: int, found: Difference) -> tuple[Any, ...]:
    texts = (_printable(found.before), _printable(found.after), found.outcome.value, found.why[:400])
    return (batch_id, found.row, found.subject, found.kind, found.field[:80], *texts)


def _forget_unused(sha256: str) -> None:
    if not ImportBatch.objects.filter(sha256=sha256).exclude(state=State.CANCELLED).exists():
        storage.forget(sha256)

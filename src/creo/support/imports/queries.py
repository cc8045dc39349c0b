"""Reads of the staged imports: whose they are, how far they are, and what is wrong in them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.imports.kinds import kinds
from creo.support.imports.models import CellErrorRow, DifferenceRow, ImportBatch
from creo.support.jobs.models import Job
from creo.support.refusals import NotFound
from creo.support.tables import Keyset, TablePage

BATCHES = Keyset("imports", ("-id",))
ERRORS = Keyset("import-errors", ("id",))
DIFFERENCES = Keyset("import-differences", ("id",))


def _visible(reader: Reader) -> QuerySet[ImportBatch]:
    """One's own imports; those of everybody for who sees the nation. Only of kinds that the reader may import."""
    allowed = [code for code, kind in kinds().items() if reader.can(kind.permission)]
    found = ImportBatch.objects.filter(kind__in=allowed)
    return found if reader.national else found.filter(uploaded_by_id=reader.user_id, uploaded_by_id__isnull=False)


def batches(reader: Reader, cursor: str = "", size: int = 50) -> TablePage[ImportBatch]:
    """A page of imports, newest first. Forbidden without the permission to import."""
    reader.require(Permission.IMPORT_REGISTER)
    return BATCHES.page(_visible(reader), cursor, size)


def batch(reader: Reader, batch_id: int) -> ImportBatch:
    """One import. NotFound when it is not one's own and one does not see the nation."""
    found = _visible(reader).filter(pk=batch_id).first()
    if found is None:
        raise NotFound
    return found


def errors(reader: Reader, batch_id: int, cursor: str = "", size: int = 50) -> TablePage[CellErrorRow]:
    """A page of the wrong cells of an import, in the order of the file. NotFound as in `batch`."""
    return ERRORS.page(CellErrorRow.objects.filter(batch=batch(reader, batch_id)), cursor, size)


def error_rows(reader: Reader, batch_id: int) -> Iterator[tuple[int, str, str, str]]:
    """Every stored wrong cell (row, column, value, message), streamed to be downloaded. NotFound as in `batch`."""
    found = batch(reader, batch_id)
    rows = CellErrorRow.objects.filter(batch=found).order_by("id")
    return rows.values_list("row", "column", "value", "message").iterator(chunk_size=2_000)


def differences(
    reader: Reader, batch_id: int, *, kind: str = "", outcome: str = "", cursor: str = "", size: int = 50
) -> TablePage[DifferenceRow]:
    """A page of what a file tells otherwise, in the order of the file. NotFound as in `batch`."""
    return DIFFERENCES.page(_differences(reader, batch_id, kind, outcome), cursor, size)


def difference_rows(reader: Reader, batch_id: int, *, kind: str = "", outcome: str = "") -> Iterator[DifferenceRow]:
    """Every difference asked for, streamed to be downloaded. NotFound as in `batch`."""
    return _differences(reader, batch_id, kind, outcome).order_by("id").iterator(chunk_size=2_000)


def differences_count(reader: Reader, batch_id: int, *, kind: str = "", outcome: str = "") -> int:
    """How many are asked for. NotFound as in `batch`."""
    return _differences(reader, batch_id, kind, outcome).count()


def _differences(reader: Reader, batch_id: int, kind: str, outcome: str) -> QuerySet[DifferenceRow]:
    rows = DifferenceRow.objects.filter(batch=batch(reader, batch_id))
    asked = {"kind": kind, "outcome": outcome}
    return rows.filter(**{name: value for name, value in asked.items() if value})


def latest_job(found: ImportBatch) -> Job | None:
    """The last job that had it, with how it ended."""
    return Job.objects.filter(pk=found.job_id).first() if found.job_id else None

"""From upload to application: which step may follow which, and who has the file meanwhile."""

from __future__ import annotations

from django.utils.translation import gettext as _

from creo.support.imports.models import ImportBatch
from creo.support.jobs.models import Job
from creo.support.refusals import Refused
from creo.support.ui import formats

State = ImportBatch.State

# What a batch was before a job took it, and is again when that job dies.
BEFORE_THE_JOB: dict[str, str] = {State.CHECKING: State.UPLOADED, State.APPLYING: State.CHECKED}


def working(batch: ImportBatch) -> bool:
    """True while a job is checking or applying it; a job that died does not count."""
    if batch.state not in BEFORE_THE_JOB or batch.job_id is None:
        return False
    return Job.objects.filter(pk=batch.job_id, state__in=[Job.State.QUEUED, Job.State.RUNNING]).exists()


def settled_state(batch: ImportBatch) -> str:
    """The state to act on: that of a batch whose job died is the one before the job."""
    return batch.state if working(batch) else BEFORE_THE_JOB.get(batch.state, batch.state)


def refuse_twice(kind: str, sha256: str) -> None:
    """Refused, naming the earlier import, when this very file was applied before."""
    earlier = ImportBatch.objects.filter(kind=kind, sha256=sha256, state=State.APPLIED).first()
    if earlier is None:
        return
    raise Refused(
        _("Este mismo archivo ya se aplicó el %(when)s (importación %(number)d, «%(name)s», por %(who)s).")
        % {
            "when": formats.moment(earlier.applied_at),
            "number": earlier.pk,
            "name": earlier.filename,
            "who": earlier.uploaded_by,
        },
        fields={"file": _("Este archivo ya se aplicó.")},
    )


def refuse_unless_checkable(batch: ImportBatch, job_id: int | None) -> None:
    """Refused while another job has the file, or when its story has ended."""
    if working(batch) and batch.job_id != job_id:
        raise Refused(_("Ya hay un trabajo en curso con este archivo."))
    if settled_state(batch) in (State.APPLIED, State.CANCELLED):
        raise Refused(_("Esta importación ya terminó: no se puede revisar de nuevo."))


def refuse_unless_checked(batch: ImportBatch, job_id: int | None) -> None:
    """Refused unless the file was checked without errors and no other job has it."""
    if working(batch) and batch.job_id != job_id:
        raise Refused(_("Este archivo ya se está aplicando o revisando."))
    state = settled_state(batch)
    if state == State.APPLIED:
        raise Refused(_("Este archivo ya se aplicó: no se aplica dos veces."))
    if state == State.REFUSED:
        raise Refused(_("El archivo tiene errores: corríjalos y súbalo de nuevo. No se aplica nada a medias."))
    if batch.state != State.APPLYING and state != State.CHECKED:
        raise Refused(_("Primero revise el archivo; solo se aplica lo revisado."))

"""Acts about the ledger itself: verify and anchor it, review changes made outside every act, tell of a clock's jump."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, system
from creo.support.ledger import anchoring, keys, sealing, status, verifying
from creo.support.ledger import commands as ledger
from creo.support.ledger.models import Block
from creo.support.ledger.verifying import Fault, Progress, Report
from creo.support.refusals import Refused

if TYPE_CHECKING:
    from creo.support.jobs.commands import JobHandle

SEALER = "sellador"
JUMP, GAP = timedelta(seconds=60), timedelta(days=1)
SUBJECT = ("ledger", "acts")


def verify(*, by: Reader, against: Path | None = None, progress: Progress | None = None) -> Report:
    """Verifies every entry, block and anchor and records what it saw. `against`: a folder of sheets from elsewhere."""
    by.require(Permission.VERIFY_LEDGER)
    started = time.perf_counter()
    report = verifying.verify(progress) if progress else verifying.verify()
    sheets = [anchoring.in_table()]
    sheets += [
        anchoring.in_folder(place)
        for place in (anchoring.own_place(), against or anchoring.second_place())
        if place and place.is_dir()
    ]
    for some in sheets:
        report.anchors = max(report.anchors, len(some))
        for fault in anchoring.compare(some):
            if fault not in report.faults:
                report.faults.append(fault)
    report.seconds = time.perf_counter() - started
    _verified(by=by, report=report, against=against)
    return report


@ledger.command(permission=Permission.VERIFY_LEDGER)
def _verified(*, by: Reader, report: Report, against: Path | None) -> None:
    first = report.first
    ledger.record(
        act="ledger.verified",
        subject=SUBJECT,
        after={
            "sound": report.sound,
            "entries": report.entries,
            "blocks": report.blocks,
            "anchors": report.anchors,
            "seconds": round(report.seconds, 1),
            "found": len(report.faults),
            **({"broken": first.entry, "detail": told(first)} if first else {}),
            **({"against": str(against)} if against else {}),
        },
    )


def told(fault: Fault) -> str:
    """A fault in words."""
    name = fault.chain or _("nacional")
    words = {"entry": fault.entry, "chain": name, "number": fault.number, "detail": fault.detail}
    return _(verifying.FAULT_WORDS[fault.kind]) % words


def perform_verify(handle: JobHandle) -> dict[str, Any]:
    """The job: nightly, or when somebody asks. Ends in words when something is broken: it is no fault of the job."""
    report = verify(by=handle.reader, progress=handle.progress)
    return {"sound": report.sound, "entries": report.entries, "broken": report.first.entry if report.first else None}


def anchor_now(*, by: Reader) -> Any:
    """Seals what waits, then anchors; the anchor, None while another process does it."""
    by.require(Permission.VERIFY_LEDGER)
    sealing.seal_due()
    return anchoring.anchor()


@ledger.command(permission=Permission.VERIFY_LEDGER)
def review_changes(*, by: Reader, until: int, reason: str) -> int:
    """Somebody looked at the changes made outside every act up to one, and says what they were; returns how many."""
    found = status.unaudited().filter(pk__lte=until)
    count, last = found.count(), found.aggregate(last=Max("pk"))["last"]
    if not reason.strip():
        raise Refused(
            _("Diga qué fueron esos cambios y quién los hizo."), fields={"reason": _("Falta la explicación.")}
        )
    if not count:
        raise Refused(_("No hay cambios por revisar hasta ese número: vuelva a abrir la página."))
    tables = sorted(set(found.values_list("table", flat=True)))
    ledger.record(
        act="ledger.changes_reviewed",
        subject=SUBJECT,
        reason=reason.strip(),
        after={"until": last, "rows": count, "tables": tables},
    )
    return count


@ledger.command(permission=Permission.VERIFY_LEDGER)
def rotate_key(*, by: Reader) -> str:
    """A new key seals from now on; its name. The old ones stay to verify what they sealed."""
    made = keys.rotate()
    ledger.record(act="ledger.key_rotated", subject=SUBJECT, after={"key": made.code})
    return made.code


class Clock:
    """Sees the machine's clock jump: between rounds against a clock that cannot, at start against the last seal."""

    def __init__(self) -> None:
        self._seen: tuple[float, float] | None = None

    def look(self) -> None:
        """Records a jump of more than a minute, or one day without any seal."""
        wall, steady = clock.now(), time.monotonic()
        if self._seen is None:
            last = Block.objects.order_by("-id").values_list("sealed_at", flat=True).first()
            jump = wall - last if last is not None else timedelta()
            jump = jump if jump < -JUMP or jump > GAP else timedelta()
        else:
            jump = timedelta(seconds=(wall.timestamp() - self._seen[0]) - (steady - self._seen[1]))
        self._seen = (wall.timestamp(), steady)
        if abs(jump) > JUMP:
            _jumped(by=system(SEALER), seconds=round(jump.total_seconds()))


@ledger.command(permission=None)
def _jumped(*, by: Reader, seconds: int) -> None:
    ledger.record(act="ledger.clock_jumped", subject=SUBJECT, after={"seconds": seconds})

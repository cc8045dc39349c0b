"""One's own downloads; and any, by the number on a paper, for whoever reads the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.exports.models import HandOut
from creo.support.jobs.models import Job
from creo.support.ledger.models import Entry
from creo.support.tables import Keyset, TablePage

NEWEST = Keyset("handouts", ("-id",))
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class HandOutRow:
    """A download as its owner and the auditors see it. `state` is the table's, or FAILED when the worker gave up."""

    number: str
    made_at: datetime
    actor: str
    roles: str
    scope: str
    title: str
    kind: str
    filters: str
    reason: str
    rows: int | None
    act: str
    subject_kind: str
    subject_code: str
    state: str
    job_id: int | None
    sha256: str
    size: int | None
    expires_at: datetime | None
    fetched_at: datetime | None

    @property
    def can_be_fetched(self) -> bool:
        """True while its file waits."""
        return self.state == HandOut.State.READY and self.expires_at is not None and self.expires_at > clock.now()


def own(reader: Reader, cursor: str = "") -> TablePage[HandOutRow]:
    """One's own downloads, newest first. Two queries."""
    page = NEWEST.page(HandOut.objects.filter(actor_id=reader.user_id or 0), cursor)
    waiting = [row.job_id for row in page.rows if row.state == HandOut.State.ASKED and row.job_id]
    failed = (
        set(Job.objects.filter(pk__in=waiting, state=Job.State.FAILED).values_list("pk", flat=True))
        if waiting
        else set()
    )
    return TablePage([_row(row, row.job_id in failed) for row in page.rows], page.next_cursor, page.prev_cursor)


def waiting(reader: Reader) -> int:
    """How many files of one's own wait to be fetched."""
    rows = HandOut.objects.filter(actor_id=reader.user_id or 0, state=HandOut.State.READY, expires_at__gt=clock.now())
    return rows.count()


def by_number(reader: Reader, number: str) -> tuple[HandOutRow, Entry | None] | None:
    """The download with a number and its entry in the ledger; None for a number that was never given."""
    reader.require(Permission.VIEW_LEDGER)
    found = HandOut.objects.filter(number=number).first()
    if found is None:
        return None
    about = Entry.objects.filter(subject_kind=found.subject_kind, subject_code=found.subject_code, act=found.act)
    return _row(found, False), about.filter(after__number=number).first()


def _row(row: HandOut, failed: bool) -> HandOutRow:
    names = [name for name in HandOutRow.__dataclass_fields__ if name != "state"]
    return HandOutRow(**{name: getattr(row, name) for name in names}, state=FAILED if failed else row.state)

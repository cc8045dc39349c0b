"""What the worker does for the ledger, over and over: seal, look at the clock and at the guards, anchor."""

from __future__ import annotations

from django.db import connection

from creo.support.accounts.readers import Reader, system
from creo.support.jobs.rounds import Task
from creo.support.ledger import anchoring, proving, triggers
from creo.support.ledger import commands as ledger
from creo.support.ledger import sealing as sealer
from creo.support.ledger.models import Entry

SEAL_SECONDS, GUARD_SECONDS, ANCHOR_SECONDS, CLOCK_SECONDS = 1.0, 60, 60, 5
MISSING = "ledger.guards_missing"


def sealing() -> list[Task]:
    """What the sealer's own thread does."""
    watch = proving.Clock()
    return [
        Task("clock", CLOCK_SECONDS, lambda going: watch.look()),
        Task("seal", SEAL_SECONDS, lambda going: sealer.seal_due(going)),
    ]


def watching() -> list[Task]:
    """What can wait a little: anchors go to other machines."""
    return [
        Task("guards", GUARD_SECONDS, lambda going: look_at_guards()),
        Task("anchor", ANCHOR_SECONDS, lambda going: anchoring.anchor_due()),
    ]


def look_at_guards() -> list[str]:
    """Records that guards of the database are missing, once for each thing that is missing; what is missing now."""
    found = triggers.faults(connection)
    if found:
        last = Entry.objects.filter(act=MISSING).order_by("-id").values_list("after", flat=True).first()
        if last is None or last.get("missing") != found:
            _tell(by=system(proving.SEALER), missing=found)
    return found


@ledger.command(permission=None)
def _tell(*, by: Reader, missing: list[str]) -> None:
    ledger.record(act="ledger.guards_missing", subject=proving.SUBJECT, after={"missing": missing})

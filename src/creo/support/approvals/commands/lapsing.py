"""What nobody decided or corrected in time lapses; the worker looks every few minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from creo.support.accounts.readers import Reader
from creo.support.approvals.commands.common import move, say, stop_asking
from creo.support.approvals.models import Proposal
from creo.support.approvals.rules import Event, State
from creo.support.ledger import commands as ledger


def lapse_due(*, by: Reader, today: date, going: Callable[[], bool] = lambda: True) -> int:
    """Closes the open proposals whose last day has passed, each in its own transaction; returns how many.

    Looking takes no lock; a proposal decided in the same moment stays decided.
    """
    lapsed = 0
    for key in list(
        Proposal.objects.filter(closed_at=None, due_on__lt=today).order_by("id").values_list("pk", flat=True)
    ):
        if not going():
            break
        lapsed += _lapse(by=by, proposal_id=key, today=today)
    return lapsed


@ledger.command(permission=None)
def _lapse(*, by: Reader, proposal_id: int, today: date) -> bool:
    found = Proposal.objects.select_for_update().get(pk=proposal_id)
    if found.closed_at is not None or found.due_on >= today:
        ledger.nothing_to_do("otro la cerró o la movió en el mismo momento")
        return False
    waited = found.state == State.PROPOSED
    reason = _("Nadie la decidió dentro del plazo.") if waited else _("No se corrigió dentro del plazo.")
    move(found, Event.LAPSE, today, reason)
    say("approvals.lapsed", found, reason=reason)
    stop_asking(by, found, reason)
    return True

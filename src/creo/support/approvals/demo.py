"""Proposals of the demonstration, each by the same acts that people use, and one delegation.

None has lapsed: that takes days, and what is written down is never given another moment.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from creo.support.accounts.models import User
from creo.support.accounts.readers import Reader, reader_for
from creo.support.approvals import commands
from creo.support.approvals.models import Proposal
from creo.support.quality.checks import check_for
from creo.support.quality.commands import limits_in_force
from creo.support.quality.limiting import HARD_LIMIT, change_limits
from creo.support.quality.rules import LimitKind

MAKER, CHECKER = "dtp", "registro"
# Check, and how the story of its proposal goes.
STORIES = (
    ("mandate_expired", "withdrawn"),
    ("legal_status_old", "rejected"),
    ("birth_date_missing", "approved"),
    ("duplicates_pending", "returned"),
    ("identity_unconfirmed", "revised"),
    ("mandate_missing", "proposed"),
)


def load(today: date) -> dict[str, Any]:
    """Makes the proposals between two demonstration accounts; nothing when these are not there."""
    users = {user.username: user for user in User.objects.filter(username__in=[MAKER, CHECKER])}
    if len(users) < 2:
        return {"proposals": 0}
    maker, checker = reader_for(users[MAKER], today), reader_for(users[CHECKER], today)
    for check, story in STORIES:
        _tell(check, story, maker, checker, today)
    commands.delegate(
        by=maker,
        act=HARD_LIMIT,
        tier=1,
        delegate=CHECKER,
        valid_from=today,
        valid_to=today + timedelta(days=21),
        reason=_("Vacaciones programadas (demostración)"),
        today=today,
    )
    return {"proposals": Proposal.objects.count(), "delegations": 1}


def _tell(check: str, story: str, maker: Reader, checker: Reader, today: date) -> None:
    made = _propose(check, maker, today)
    if story == "withdrawn":
        reason = _("El área pidió esperar el informe (demostración)")
        commands.withdraw(by=maker, proposal_id=made.pk, reason=reason, today=today)
    elif story in ("rejected", "approved", "returned", "revised"):
        decision = "returned" if story == "revised" else story
        reason = {
            "approved": "",
            "rejected": _("El límite actual se cumple: no hay razón para subirlo (demostración)"),
        }.get(decision, _("Falta decir qué oficina lo acordó (demostración)"))
        commands.decide(
            by=checker, proposal_id=made.pk, decision=decision, seen=made.digest, reason=reason, today=today
        )
        if story == "revised":
            text = _("Acuerdo 7 del comité de datos, con el acta adjunta al expediente (demostración)")
            commands.revise(by=maker, proposal_id=made.pk, text=text, today=today)


def _propose(check: str, maker: Reader, today: date) -> Proposal:
    """Half as much again as the present maximum; one more where it is a number of findings."""
    now = limits_in_force(check_for(check), today)
    more = min(now.hard * Decimal("1.5"), Decimal(1)) if now.kind is LimitKind.RATE else now.hard + 1
    made = change_limits(
        by=maker,
        check_code=check,
        soft=now.soft,
        hard=more,
        valid_from=today,
        reason=_("Acuerdo del comité de datos: el registro civil demora más de lo previsto (demostración)"),
        today=today,
    )
    assert made is not None  # the maximum changes
    return made

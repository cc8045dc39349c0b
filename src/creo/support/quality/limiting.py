"""Changing limits: the alert limit by whoever manages quality, the maximum only with a second person.

The maximum is what the office promises not to pass: whoever answers for the data does not move it alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.readers import Reader
from creo.support.approvals import commands as approvals
from creo.support.approvals.models import Proposal
from creo.support.quality import commands, wording
from creo.support.quality.checks import check_for
from creo.support.quality.rules import Limits
from creo.support.ui import formats

HARD_LIMIT = "quality.hard_limit"


def change_limits(
    *,
    by: Reader,
    check_code: str,
    soft: Decimal | None,
    hard: Decimal | None,
    valid_from: date | None,
    reason: str,
    today: date,
    revises: int | None = None,
) -> Proposal | None:
    """Sets the limits at once when the maximum stays; else proposes them, and answers the proposal.

    `revises` is the reader's own proposal that this one corrects. Refused as `set_limits`, with every reason.
    """
    commands.require_limits(by, check_code, soft=soft, hard=hard, valid_from=valid_from, reason=reason, today=today)
    assert soft is not None and hard is not None and valid_from is not None  # refused above
    now = commands.limits_in_force(check_for(check_code), valid_from)
    if now.hard == hard and revises is None:
        commands.set_limits(
            by=by, check_code=check_code, soft=soft, hard=hard, valid_from=valid_from, reason=reason, today=today
        )
        return None
    payload = {
        "check": check_code,
        "soft": format(soft.normalize(), "f"),
        "hard": format(hard.normalize(), "f"),
        "valid_from": valid_from.isoformat(),
        "reason": reason.strip(),
    }
    subject = ("quality_check", check_code)
    if revises is not None:
        return approvals.revise(
            by=by, proposal_id=revises, payload=payload, text=reason, today=today, about=(HARD_LIMIT, subject)
        )
    return approvals.propose(by=by, act=HARD_LIMIT, subject=subject, payload=payload, text=reason, today=today)


def approved_limits(*, by: Reader, payload: Mapping[str, Any]) -> None:
    """Sets limits that a second person approved, under that person. Refused when their first day has passed."""
    commands.set_limits(
        by=by,
        check_code=payload["check"],
        soft=Decimal(payload["soft"]),
        hard=Decimal(payload["hard"]),
        valid_from=date.fromisoformat(payload["valid_from"]),
        reason=payload["reason"],
        today=clock.today(),
    )


def describe_limits(payload: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The limits that would rule beside those in force on their first day."""
    check, day = check_for(payload["check"]), date.fromisoformat(payload["valid_from"])
    now = commands.limits_in_force(check, day)
    then = Limits(now.kind, Decimal(payload["soft"]), Decimal(payload["hard"]), day)
    since = formats.day(now.valid_from) if now.valid_from else _("valores de la casa")
    return [
        (_("Revisión"), str(check.title), str(check.title)),
        (_("Límite máximo"), wording.limit_text(now.kind, now.hard), wording.limit_text(now.kind, then.hard)),
        (_("Límite de alerta"), wording.limit_text(now.kind, now.soft), wording.limit_text(now.kind, then.soft)),
        (_("Rige desde"), since, formats.day(day)),
    ]

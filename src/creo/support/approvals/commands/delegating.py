"""Deciding in somebody's place: for a tier, a period and a reason."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.models import User
from creo.support.accounts.readers import Reader
from creo.support.approvals import rules
from creo.support.approvals.commands.common import person
from creo.support.approvals.models import Delegation
from creo.support.approvals.queries import delegable, possible_delegates
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, NotFound, Refused
from creo.support.ui import formats

REASON = 400


@ledger.command(permission=None)
def delegate(
    *,
    by: Reader,
    act: str,
    tier: int,
    delegate: str,
    valid_from: date | None,
    valid_to: date | None,
    reason: str,
    today: date,
) -> Delegation:
    """Lends a tier of an act to another decider (by user name) from a day until another, which is not included.

    Forbidden for a tier that one does not decide oneself: what was lent is not lent on. Refused with every reason.
    """
    delegator = person(by)
    if (act, tier) not in {(found, number) for found, number, _tier in delegable(by)}:
        raise Forbidden(_("Solo se delega un nivel que usted mismo decide."))
    other = possible_delegates(by, today).filter(username=delegate).first()
    fields = _problems(valid_from, valid_to, reason, today)
    if other is None:
        fields["delegate"] = _("Elija a otra persona que también decida propuestas.")
    elif valid_from and valid_to and _same(act, tier, delegator, other, valid_from, valid_to):
        fields["valid_from"] = _("Esa persona ya tiene este nivel delegado en parte de esos días.")
    if fields:
        raise Refused(list(fields.values()), fields=fields)
    assert other is not None and valid_from is not None and valid_to is not None  # refused above
    made = Delegation.objects.create(
        act=act,
        tier=tier,
        delegator_id=delegator,
        delegate=other,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason.strip(),
        made_at=clock.now(),
    )
    ledger.record(
        act="approvals.delegated",
        subject=("user", other.username),
        reason=made.reason,
        after={"act": act, "tier": tier, "valid_from": valid_from.isoformat(), "valid_to": valid_to.isoformat()},
    )
    return made


@ledger.command(permission=None)
def end_delegation(*, by: Reader, delegation_id: int, reason: str, today: date) -> None:
    """Takes a delegation back before its day; what was decided under it stays. NotFound for anybody else's."""
    found = Delegation.objects.select_for_update().filter(pk=delegation_id, delegator_id=person(by)).first()
    if found is None:
        raise NotFound
    if found.ended_on is not None or found.valid_to <= today:
        raise Refused(_("Esta delegación ya terminó."))
    if not reason.strip():
        message = _("Escriba por qué termina.")
        raise Refused(message, fields={"reason": message})
    found.ended_on, found.end_reason = today, reason.strip()[:REASON]
    found.save(update_fields=["ended_on", "end_reason"])
    ledger.record(
        act="approvals.delegation_ended",
        subject=("user", found.delegate.username),
        reason=found.end_reason,
        before={"act": found.act, "tier": found.tier, "valid_to": found.valid_to.isoformat()},
    )


def _problems(valid_from: date | None, valid_to: date | None, reason: str, today: date) -> dict[str, str]:
    fields: dict[str, str] = {}
    if not reason.strip():
        fields["reason"] = _("Escriba por qué se delega.")
    elif len(reason.strip()) > REASON:
        fields["reason"] = _("El motivo tiene más de %(most)d letras: resúmalo.") % {"most": REASON}
    if valid_from is None or valid_from < today:
        fields["valid_from"] = _("Una delegación empieza hoy o después.")
        return fields
    longest = rules.parameters().on("delegation_longest_days", today)
    if valid_to is None or valid_to <= valid_from:
        fields["valid_to"] = _("Una delegación termina después de empezar: indique el primer día en que ya no rige.")
    elif valid_to > valid_from + timedelta(days=longest):
        fields["valid_to"] = _("Una delegación dura como mucho %(days)s días: hasta el %(day)s.") % {
            "days": formats.number(longest),
            "day": formats.day(valid_from + timedelta(days=longest)),
        }
    return fields


def _same(act: str, tier: int, delegator: int, other: User, valid_from: date, valid_to: date) -> bool:
    rows = Delegation.objects.filter(act=act, tier=tier, delegator=delegator, delegate=other, ended_on=None)
    return rows.filter(valid_from__lt=valid_to, valid_to__gt=valid_from).exists()

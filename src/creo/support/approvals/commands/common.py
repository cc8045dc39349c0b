"""What the commands of approvals share: the locked row, where it moves to, who is asked."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.readers import Reader
from creo.support.announcements.commands import ask, settle
from creo.support.approvals import rules
from creo.support.approvals.acts import PLACE, act_words, wired
from creo.support.approvals.models import Proposal, Revision
from creo.support.approvals.queries import visible
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, NotFound, Refused

TOPIC = "approvals"
TEXT = 2_000


def person(by: Reader) -> int:
    """Whoever acts, by number. Forbidden for the system: a person answers for what is proposed and decided."""
    if by.user_id is None:
        raise Forbidden(_("Solo una persona propone y decide: el sistema no aprueba."))
    return by.user_id


def locked(by: Reader, proposal_id: int, today: date) -> Proposal:
    """A proposal within sight, locked until the transaction ends. NotFound otherwise."""
    found = Proposal.objects.select_for_update().filter(pk=proposal_id).first()
    if found is None or not visible(by, today).filter(pk=proposal_id).exists():
        raise NotFound
    return found


def closed_words(proposal: Proposal) -> str:
    """Why nothing more is done with a proposal, in words."""
    return _("Esta propuesta ya no espera nada: %(state)s.") % {
        "state": str(_(rules.STATE_WORDS[rules.State(proposal.state)])).lower()
    }


def move(proposal: Proposal, event: rules.Event, today: date, reason: str = "") -> None:
    """Takes a proposal to where an event leads, with its new deadline. Refused when the event cannot happen now."""
    now = rules.Standing(rules.State(proposal.state), proposal.revision, proposal.tier)
    then = rules.after(now, event, proposal.tiers)
    if then is None:
        raise Refused(closed_words(proposal))
    proposal.state, proposal.revision, proposal.tier = then.state, then.revision, then.tier
    if then.state is rules.State.PROPOSED:
        days = rules.parameters().tier_days(proposal.act, then.tier, today)
        proposal.due_on = rules.due_on(today, days)
    elif then.state is rules.State.RETURNED:
        proposal.due_on = rules.due_on(today, rules.parameters().on("revise", today))
    else:
        proposal.closed_at, proposal.close_reason = clock.now(), reason
    proposal.save()


def subject_of(proposal: Proposal) -> tuple[str, str]:
    """How the ledger and the inbox call a proposal."""
    return ("proposal", str(proposal.pk))


def say(act: str, proposal: Proposal, *, reason: str = "", after: dict[str, Any] | None = None) -> None:
    """The ledger's entry of something done with a proposal."""
    told = {"act": proposal.act, "about": proposal.subject_code, "revision": proposal.revision, "tier": proposal.tier}
    ledger.record(
        act=act,
        subject=subject_of(proposal),
        place=proposal.place,
        reason=reason,
        after=told | {"digest": proposal.digest, "state": str(proposal.state)} | (after or {}),
    )


def ask_the_tier(by: Reader, proposal: Proposal, revision: Revision) -> None:
    """Puts the present tier before whoever holds it, and takes back what was asked before."""
    stop_asking(by, proposal, _("La propuesta cambió de nivel o de revisión."))
    how = wired()[proposal.act]
    tier = how.tiers[proposal.tier - 1]
    ask(
        by=by,
        key=f"approval:{proposal.pk}:{proposal.revision}:{proposal.tier}",
        topic=TOPIC,
        permission=tier.permission,
        # What only the nation decides is asked of nobody at the prison.
        place=proposal.place if tier.level == PLACE else "",
        subject=subject_of(proposal),
        title=_("Por aprobar: %(act)s") % {"act": act_words(proposal.act)},
        text=revision.text,
        url=reverse("approvals:proposal", args=[proposal.pk]),
    )


def stop_asking(by: Reader, proposal: Proposal, reason: str) -> None:
    """Closes what the inbox still asks about a proposal."""
    settle(by=by, topic=TOPIC, subject=subject_of(proposal), reason=reason)

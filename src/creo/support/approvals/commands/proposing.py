"""Proposing, correcting what came back, withdrawing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.readers import Reader
from creo.support.approvals import rules
from creo.support.approvals.acts import approvable, describe
from creo.support.approvals.authority import at_level, covers, places_of
from creo.support.approvals.commands.common import (
    TEXT,
    ask_the_tier,
    closed_words,
    locked,
    move,
    person,
    say,
    stop_asking,
)
from creo.support.approvals.models import Proposal, Revision
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, NotFound, Refused


@ledger.command(permission=None)
def propose(
    *,
    by: Reader,
    act: str,
    subject: tuple[str, str],
    place: str = "",
    payload: Mapping[str, Any],
    text: str,
    today: date,
) -> Proposal:
    """Puts an act before those who decide it; nothing is done yet. `text` is why, for them to read.

    Forbidden without the act's maker permission; NotFound for a place outside it; Refused without a text, when nothing
    would change, or when the same stands proposed already. LookupError for an act that nobody wired.
    """
    how, maker = approvable(act), person(by)
    at_level(by, how.maker).require(how.maker)
    if not covers(places_of(by, how.maker), place):
        if not place:
            raise Forbidden(_("Este acto rige en todo el país: lo propone alguien con ámbito nacional."))
        raise NotFound
    made = Proposal(act=act, subject_kind=subject[0], subject_code=subject[1], place=place, tiers=len(how.tiers))
    made.made_by_id, made.made_at = maker, clock.now()
    made.due_on = rules.due_on(today, rules.parameters().tier_days(act, 1, today))
    revision = _drafted(made, payload, text)
    _keep(made, revision)
    say("approvals.proposed", made, reason=revision.text, after={"payload": dict(payload)})
    ask_the_tier(by, made, revision)
    return made


@ledger.command(permission=None)
def revise(
    *,
    by: Reader,
    proposal_id: int,
    text: str,
    today: date,
    payload: Mapping[str, Any] | None = None,
    about: tuple[str, tuple[str, str]] | None = None,
) -> Proposal:
    """The maker's new revision of an open proposal; without a payload only the text changes. Approvals so far are void.

    With a payload, `about` is the act and subject it belongs to: NotFound for a proposal of anything else. Refused to
    anybody else, without any change, or when the proposal is closed or its time is over.
    """
    found = locked(by, proposal_id, today)
    if payload is not None and about != (found.act, (found.subject_kind, found.subject_code)):
        raise NotFound
    _maker_only(by, found)
    if found.state not in rules.OPEN:
        raise Refused(closed_words(found))
    if found.due_on < today:
        raise Refused(_("El plazo para corregirla venció: propóngala de nuevo."))
    old = found.revisions.get(number=found.revision)
    before = found.digest
    revision = _drafted(found, old.payload if payload is None else payload, text)
    if found.digest == before:
        raise Refused(_("La revisión dice lo mismo que la anterior: cambie lo que le pidieron corregir."))
    at_level(by, approvable(found.act).maker).require(approvable(found.act).maker)
    found.tiers = len(approvable(found.act).tiers)
    # The tier goes back to the first before the tiers are counted anew.
    move(found, rules.Event.REVISE, today)
    revision.number = found.revision
    _keep(found, revision)
    say("approvals.revised", found, reason=revision.text, after={"payload": revision.payload, "was": before})
    ask_the_tier(by, found, revision)
    return found


@ledger.command(permission=None)
def withdraw(*, by: Reader, proposal_id: int, reason: str, today: date) -> None:
    """The maker takes an open proposal back, with the reason; it stays readable."""
    found = locked(by, proposal_id, today)
    _maker_only(by, found)
    if found.state not in rules.OPEN:
        raise Refused(closed_words(found))
    if not reason.strip():
        message = _("Escriba por qué la retira.")
        raise Refused(message, fields={"reason": message})
    move(found, rules.Event.WITHDRAW, today, reason.strip())
    say("approvals.withdrawn", found, reason=reason.strip())
    stop_asking(by, found, _("Quien la propuso la retiró."))


def _maker_only(by: Reader, found: Proposal) -> None:
    if person(by) != found.made_by_id:
        raise Forbidden(_("Solo quien la propuso corrige o retira una propuesta."))


def _drafted(proposal: Proposal, payload: Mapping[str, Any], text: str) -> Revision:
    """A revision as it would be kept, its fingerprint set on both. Refused with every reason."""
    text = text.strip()
    fields: dict[str, str] = {}
    if not text:
        fields["text"] = _("Escriba por qué lo propone: lo lee quien decide.")
    elif len(text) > TEXT:
        fields["text"] = _("El sustento tiene más de %(most)d letras: resúmalo.") % {"most": TEXT}
    rows = describe(proposal.act, payload)
    problems = [] if any(before != then for _what, before, then in rows) else [_("Nada cambiaría: no hay qué aprobar.")]
    if fields or problems:
        raise Refused([*fields.values(), *problems], fields=fields)
    subject = (proposal.subject_kind, proposal.subject_code)
    try:
        proposal.digest = rules.fingerprint(
            act=proposal.act, subject=subject, place=proposal.place, payload=payload, rows=rows, text=text
        )
    except ValueError as fault:
        raise Refused(str(fault)) from fault
    return Revision(
        number=1,
        payload=dict(payload),
        rows=[list(row) for row in rows],
        text=text,
        digest=proposal.digest,
        made_by_id=proposal.made_by_id,
        made_at=clock.now(),
    )


def _keep(proposal: Proposal, revision: Revision) -> None:
    same = Proposal.objects.filter(digest=proposal.digest, closed_at=None).exclude(pk=proposal.pk)
    try:
        with transaction.atomic():
            proposal.save()
            revision.proposal = proposal
            revision.save()
    except IntegrityError:
        first = same.first()
        if first is None:
            raise
        raise Refused(_("Lo mismo ya está propuesto: es la propuesta n.º %(number)s.") % {"number": first.pk}) from None

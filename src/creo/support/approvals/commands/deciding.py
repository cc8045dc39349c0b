"""Deciding: one person a tier, on exactly what was seen; the last approval does the act in the same transaction."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.readers import Reader
from creo.support.approvals import rules
from creo.support.approvals.acts import describe, execute
from creo.support.approvals.authority import Authority, authority
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
from creo.support.approvals.models import Decision, Proposal, Revision
from creo.support.approvals.queries import intact
from creo.support.approvals.rules import Event, Kind, State
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, NotFound, Refused

EVENTS = {
    Kind.APPROVED: Event.APPROVE,
    Kind.RETURNED: Event.RETURN,
    Kind.REJECTED: Event.REJECT,
    Kind.FAILED: Event.FAIL,
}
ACTS = {
    Kind.APPROVED: "approvals.tier_approved",
    Kind.RETURNED: "approvals.returned",
    Kind.REJECTED: "approvals.rejected",
    Kind.FAILED: "approvals.not_executed",
}


@ledger.command(permission=None)
def decide(
    *,
    by: Reader,
    proposal_id: int,
    decision: str,
    seen: str,
    reason: str = "",
    today: date,
    tier: int | None = None,
) -> Proposal:
    """Decides the present tier of a proposal: "approved", "returned" or "rejected" (these two with a reason).

    `seen` is the fingerprint that the page carried, `tier` the level it showed: anything else means that the proposal
    changed, or somebody was first. The last approval runs the act under the decider; when the act refuses, or what was
    there changed meanwhile, the proposal goes back with those reasons (see its state). NotFound outside the reader's
    sight; Forbidden to its maker and to who does not hold the tier; Refused with every reason otherwise.
    """
    decider = person(by)
    found = locked(by, proposal_id, today)
    if found.made_by_id == decider:
        raise Forbidden(_("Usted la propuso: la decide otra persona."))
    revision = found.revisions.get(number=found.revision)
    _still_as_seen(found, revision, seen, tier, today)
    under = authority(by, found, today)
    if under is None:
        raise Forbidden(_("Este nivel lo decide quien tiene ese permiso en el lugar de la propuesta."))
    kind = _checked(decision, reason)
    reason = reason.strip()
    if kind is Kind.APPROVED:
        reasons = _do(found, revision, under)
        if reasons:
            kind, reason = Kind.FAILED, "\n".join(reasons)
    _write(found, revision, kind, decider, under, reason)
    at = (
        {"decided_tier": found.tier, "delegated_by": under.delegator}
        if under.delegator
        else {"decided_tier": found.tier}
    )
    move(found, EVENTS[kind], today, reason)
    act = "approvals.approved" if found.state == State.APPROVED else ACTS[kind]
    say(act, found, reason=reason, after=at)
    if found.state == State.PROPOSED:
        ask_the_tier(by, found, revision)
    else:
        stop_asking(by, found, _("Se decidió: %(state)s.") % {"state": _(rules.STATE_WORDS[State(found.state)])})
    return found


def _still_as_seen(found: Proposal, revision: Revision, seen: str, tier: int | None, today: date) -> None:
    """Refuses what is closed, late, changed since it was read, decided by another a moment ago, or altered at rest."""
    if found.state != State.PROPOSED:
        raise Refused(closed_words(found))
    if found.due_on < today:
        raise Refused(_("El plazo para decidirla venció: caduca, y quien la hizo puede proponerla de nuevo."))
    if seen != found.digest:
        raise Refused(_("La propuesta cambió desde que usted la abrió: vuelva a leerla antes de decidir."))
    if tier is not None and tier != found.tier:
        raise Refused(_("Otra persona decidió este nivel antes: vuelva a leer la propuesta."))
    if not intact(found, revision):
        raise Refused(
            _("Lo guardado no coincide con la huella de lo propuesto: no se decide. Avise a quien audita el sistema.")
        )


def _checked(decision: str, reason: str) -> Kind:
    fields: dict[str, str] = {}
    if decision not in (Kind.APPROVED, Kind.RETURNED, Kind.REJECTED):
        fields["decision"] = _("Elija qué decide.")
    elif decision != Kind.APPROVED and not reason.strip():
        fields["reason"] = _("Escriba el motivo: lo lee quien la propuso.")
    if len(reason.strip()) > TEXT:
        fields["reason"] = _("El motivo tiene más de %(most)d letras: resúmalo.") % {"most": TEXT}
    if fields:
        raise Refused(list(fields.values()), fields=fields)
    return Kind(decision)


def _do(found: Proposal, revision: Revision, under: Authority) -> list[str]:
    """Does the act when this is its last tier; the reasons when it could not be done, or is not what was seen."""
    shown = [tuple(row) for row in revision.rows]
    try:
        if describe(found.act, revision.payload) != shown:
            return [_("Lo que había cambió desde que se propuso: revísela y propóngala de nuevo.")]
        if found.tier == found.tiers:
            with transaction.atomic():
                execute(found.act, by=under.reader, payload=revision.payload)
    except Refused as refusal:
        return refusal.messages
    except NotFound:
        return [_("Aquello sobre lo que trata ya no existe, o está fuera del ámbito de quien aprueba.")]
    return []


def _write(found: Proposal, revision: Revision, kind: Kind, decider: int, under: Authority, reason: str) -> None:
    try:
        with transaction.atomic():
            Decision.objects.create(
                revision=revision,
                tier=found.tier,
                kind=kind,
                made_by_id=found.made_by_id,
                decided_by_id=decider,
                on_behalf_of_id=under.delegator_id,
                digest=revision.digest,
                reason=reason,
                decided_at=clock.now(),
            )
    except IntegrityError:
        # The same person, or the one they stand for, decided another tier of this revision.
        raise Refused(
            _("Usted, o por quien decide, ya decidió otro nivel de esta propuesta: lo decide otra persona.")
        ) from None

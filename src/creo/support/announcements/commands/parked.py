"""What a person does with a delivery that could not be made: try it again, or set it aside with a reason."""

from __future__ import annotations

from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.readers import Reader
from creo.support.announcements import queries
from creo.support.announcements.commands.delivering import topic
from creo.support.announcements.commands.inbox import settle
from creo.support.announcements.models import Delivery
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, NotFound, Refused

State = Delivery.State


@ledger.command(permission=None)
def retry(*, by: Reader, delivery_id: int) -> Delivery:
    """Tries a failed or parked delivery again from its first attempt; the worker takes it in a moment.

    NotFound outside the reader's part; Forbidden for who may only look; Refused when it does not wait for anybody.
    """
    row = _stuck(by, delivery_id)
    settle(by=by, topic=topic(row), subject=(row.subject_kind, row.subject_code), reason=_("Se vuelve a intentar."))
    before = {"state": row.state, "attempts": row.attempts}
    row.state, row.attempts, row.next_try_at = State.PENDING, 0, clock.now()
    row.save(update_fields=["state", "attempts", "next_try_at"])
    _record(row, "announcements.retried", "", before)
    return row


@ledger.command(permission=None)
def drop(*, by: Reader, delivery_id: int, reason: str) -> Delivery:
    """Sets a failed or parked delivery aside: its reaction will not happen, and what waited behind it goes on.

    NotFound outside the reader's part; Forbidden for who may only look; Refused without a reason, or when it does not
    wait for anybody.
    """
    row = _stuck(by, delivery_id)
    if not reason.strip():
        message = _("Escriba por qué no hace falta entregarlo.")
        raise Refused(message, fields={"reason": message})
    settle(by=by, topic=topic(row), subject=(row.subject_kind, row.subject_code), reason=reason.strip())
    before = {"state": row.state, "attempts": row.attempts}
    row.state, row.done_at = State.DROPPED, clock.now()
    row.save(update_fields=["state", "done_at"])
    _record(row, "announcements.dropped", reason.strip(), before)
    return row


def _stuck(by: Reader, delivery_id: int) -> Delivery:
    row = queries.visible_deliveries(by).select_for_update().filter(pk=delivery_id).first()
    if row is None:
        raise NotFound
    if not queries.may_mend(by, row):
        raise Forbidden(_("Su rol puede ver esta entrega, pero no reintentarla ni descartarla."))
    if row.state not in (State.WAITING, State.PARKED):
        raise Refused(_("Esta entrega no está detenida: ya se hizo, se descartó o se hará en un momento."))
    return row


def _record(row: Delivery, act: str, reason: str, before: dict[str, object]) -> None:
    ledger.record(
        act=act,
        subject=(row.subject_kind, row.subject_code),
        place=row.place,
        reason=reason,
        before=before,
        after={"delivery": row.pk, "entry": row.entry_id, "reaction": row.reaction, "state": row.state},
    )

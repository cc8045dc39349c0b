"""The inbox: asking people for a decision, taking back what needs none any more, and deciding."""

from __future__ import annotations

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements import queries
from creo.support.announcements.models import InboxItem
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, NotFound, Refused

OPEN, DECIDED, CLOSED = InboxItem.State.OPEN, InboxItem.State.DECIDED, InboxItem.State.CLOSED
TITLE, REASON = 200, 500


@ledger.command(permission=None)
def ask(
    *,
    by: Reader,
    key: str,
    permission: Permission,
    place: str,
    subject: tuple[str, str],
    title: str,
    text: str,
    url: str,
    topic: str = "",
    entry_id: int | None = None,
) -> InboxItem:
    """Puts one decision before whoever holds a permission at a prison (no prison: at the nation). Idempotent by key.

    The key names the situation: the same one is asked once. What the system closed opens again when the situation is
    back; what a person decided stays decided. Forbidden for nobody.
    """
    if not by.scopes:
        raise Forbidden(_("Inicie sesión para pedir una decisión."))
    found = InboxItem.objects.select_for_update().filter(key=key).first()
    if found is not None and found.state != CLOSED:
        ledger.nothing_to_do("ya se preguntó")
        return found
    kind, code = subject
    item = found or InboxItem(key=key)
    item.topic, item.permission, item.place, item.subject_kind, item.subject_code = topic, permission, place, kind, code
    item.title, item.text, item.url, item.entry_id = title[:TITLE], text, url, entry_id
    item.state, item.opened_at = OPEN, clock.now()
    item.decision, item.decided_by, item.decided_by_id, item.decided_at, item.reason = "", "", None, None, ""
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError:
        # Another worker asked the same a moment before; any other fault shows as a missing row.
        ledger.nothing_to_do("otro lo preguntó en el mismo momento")
        return InboxItem.objects.get(key=key)
    ledger.record(
        act="inbox.reopened" if found else "inbox.opened",
        subject=subject,
        place=place,
        after={"item": item.pk, "title": item.title, "permission": item.permission},
    )
    return item


@ledger.command(permission=None)
def settle(
    *, by: Reader, topic: str, subject: tuple[str, str], reason: str, keep: Collection[str] = (), prefix: str = ""
) -> int:
    """Closes what the system asked about a subject and needs no decision any more, but the kept keys; returns how many.

    Only open items: what a person decided is theirs. `reason` says why the question is over; `prefix` narrows to keys
    that begin with it.
    """
    kind, code = subject
    rows = InboxItem.objects.select_for_update().filter(
        topic=topic, subject_kind=kind, subject_code=code, decided_at=None
    )
    over = [item for item in rows.order_by("id") if item.key not in keep and item.key.startswith(prefix)]
    if not over:
        ledger.nothing_to_do("nada que cerrar")
        return 0
    for item in over:
        item.state, item.decided_at, item.decided_by, item.reason = CLOSED, clock.now(), by.name, reason[:REASON]
        item.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    ledger.record_many(
        {
            "act": "inbox.closed",
            "subject": subject,
            "place": item.place,
            "reason": reason,
            "after": {"item": item.pk, "title": item.title},
        }
        for item in over
    )
    return len(over)


@ledger.command(permission=None)
def decide(*, by: Reader, item_id: int, decision: str, reason: str) -> InboxItem:
    """Records what a person decided about an item, and why. It stays decided.

    NotFound without its permission or outside its place; Refused without a reason, or when it needs no decision any
    more (somebody was first, or the system closed it).
    """
    if by.user_id is None:
        raise Forbidden(_("Solo una persona decide lo que está en la bandeja."))
    item = queries.visible_items(by).select_for_update().filter(pk=item_id).first()
    if item is None:
        raise NotFound
    messages, fields = [], {}
    if item.state != OPEN:
        messages.append(_("Este asunto ya no espera una decisión: %(who)s lo cerró antes.") % {"who": item.decided_by})
    if decision not in InboxItem.Decision.values:
        fields["decision"] = _("Elija qué decidió.")
    if not reason.strip():
        fields["reason"] = _("Escriba el motivo de su decisión.")
    elif len(reason.strip()) > REASON:
        fields["reason"] = _("El motivo tiene más de %(most)d letras: resúmalo.") % {"most": REASON}
    if messages or fields:
        raise Refused([*messages, *fields.values()], fields=fields)
    item.state, item.decision, item.reason = DECIDED, decision, reason.strip()
    item.decided_by, item.decided_by_id, item.decided_at = by.name, by.user_id, clock.now()
    item.save(update_fields=["state", "decision", "reason", "decided_by", "decided_by_id", "decided_at"])
    ledger.record(
        act="inbox.decided",
        subject=(item.subject_kind, item.subject_code),
        place=item.place,
        reason=item.reason,
        before={"item": item.pk, "title": item.title},
        after={"decision": item.decision},
    )
    return item

"""What a person says about an alert, and the invented people that raise one."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements import commands as inbox
from creo.support.incidents import commands as incidents
from creo.support.ledger import commands as ledger
from creo.support.looking import queries
from creo.support.looking.files import find_file
from creo.support.looking.models import Alert, Canary
from creo.support.looking.rules import RULE_WORDS
from creo.support.refusals import NotFound, Refused

TOPIC = "looking.alert"
ACTS = {Alert.State.EXPLAINED: "looking.alert_explained", Alert.State.ESCALATED: "looking.alert_escalated"}
LONGEST = 500


@ledger.command(permission=Permission.REVIEW_LOOKS)
def decide_alert(*, by: Reader, alert_id: int, decision: str, reason: str, now: datetime) -> Alert:
    """Says that the reading is explained, or that it goes on as an incident, with the reason. It stays decided.

    What is escalated is reported in the register of incidents, in the same transaction. NotFound outside the
    reviewer's places; Refused for one's own reading, without a reason, or when somebody was first.
    """
    row = queries.visible_alerts(by).select_for_update().filter(pk=alert_id).first()
    if row is None:
        raise NotFound
    fields: dict[str, str] = {}
    messages: list[str] = []
    if row.state != Alert.State.OPEN:
        messages.append(_("%(who)s ya lo decidió.") % {"who": row.decided_by})
    if by.user_id is None or row.user_id == by.user_id:
        messages.append(_("Decide otra persona, no la de la cuenta que leyó."))
    if decision not in (Alert.State.EXPLAINED, Alert.State.ESCALATED):
        fields["decision"] = _("Elija qué decidió.")
    if not reason.strip():
        fields["reason"] = _("Escriba el motivo de su decisión.")
    if messages or fields:
        raise Refused([*messages, *fields.values()], fields=fields)
    row.state, row.reason = decision, reason.strip()[:LONGEST]
    row.incident = _reported(by, row, now) if decision == Alert.State.ESCALATED else ""
    row.decided_by_id, row.decided_by, row.decided_at = by.user_id, by.name, now
    row.save()
    ledger.record(
        act=ACTS[Alert.State(decision)],
        subject=("account", str(row.user_id)),
        place=row.place,
        reason=row.reason,
        after={"alert": row.pk, "rule": row.rule, "incident": row.incident},
    )
    inbox.settle(
        by=by,
        topic=TOPIC,
        subject=("account", str(row.user_id)),
        reason=_("La alerta ya fue decidida."),
        prefix=f"{TOPIC}:{row.pk}",
    )
    return row


def _reported(by: Reader, row: Alert, now: datetime) -> str:
    """The number of the incident. Whom it is about stays here: incidents are told without names."""
    words = {"rule": _(RULE_WORDS[row.rule]), "number": row.pk, "reason": row.reason}
    told = incidents.Report(
        kind="disclosure",
        title=_("Consulta indebida de fichas: %(rule)s") % words,
        description=_("Alerta de consulta n.º %(number)s. %(reason)s") % words,
        place=row.place,
        detected_at=row.raised_at,
        known_at=now,
    )
    return incidents.report(by=by, told=told, now=now).code


@ledger.command(permission=Permission.REVIEW_LOOKS)
def set_canary(*, by: Reader, code: str, reason: str, now: datetime) -> Canary:
    """Marks an invented person: from now on each look raises an alert. Refused with every reason."""
    queries.require_national_reviewer(by)
    code, fields = code.strip(), {}
    found = find_file(by, code) if code else None
    if found is None or found.code != code:
        fields["code"] = _("No hay una ficha con ese código.")
    if not reason.strip():
        fields["reason"] = _("Escriba de dónde consta que la persona es inventada.")
    if fields:
        raise Refused(list(fields.values()), fields=fields)
    try:
        with transaction.atomic():
            row = Canary.objects.create(subject_code=code, reason=reason.strip()[:300], set_by=by.name, set_at=now)
    except IntegrityError:
        message = _("Esa ficha ya es de control.")
        raise Refused(message, fields={"code": message}) from None
    # Its code stays out of the entry: who reads the ledger must not learn which files to avoid.
    ledger.record(act="looking.canary_set", subject=("canary", str(row.pk)), reason=row.reason)
    return row


@ledger.command(permission=Permission.REVIEW_LOOKS)
def withdraw_canary(*, by: Reader, canary_id: int, reason: str, now: datetime) -> None:
    """Looks at this person raise no alert any more. It stays in the list, withdrawn."""
    row = queries.canary(by, canary_id)
    if not reason.strip():
        message = _("Escriba el motivo.")
        raise Refused(message, fields={"reason": message})
    row.withdrawn_at, row.withdrawn_by = now, by.name
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    ledger.record(act="looking.canary_withdrawn", subject=("canary", str(row.pk)), reason=reason.strip())

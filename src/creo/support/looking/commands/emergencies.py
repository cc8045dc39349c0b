"""Access in an emergency: opened with a reason for one file, told at once, seen again by another person."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from creo.kernel.calendar import WorkingCalendar
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements import commands as inbox
from creo.support.announcements.places import FACILITY
from creo.support.ledger import commands as ledger
from creo.support.looking import queries
from creo.support.looking.files import FoundFile, find_file
from creo.support.looking.models import Emergency
from creo.support.looking.rules import parameters
from creo.support.refusals import Forbidden, NotFound, Refused
from creo.support.ui import formats

SHORTEST, LONGEST = 10, 500
TOPIC = "looking.emergency"
ACTS = {
    Emergency.State.APPROVED: "looking.emergency_approved",
    Emergency.State.OBJECTED: "looking.emergency_objected",
}


def open_emergency(*, by: Reader, file: str, reason: str, now: datetime) -> Emergency:
    """Opens one file outside the reader's scope, for reading alone and for minutes; chief and headquarters are told.

    `file` is the exact code or document number. Refused with every reason: no such file, already in scope, reason
    missing. A file that is not there is told to the ledger too: who tries numbers is seen.
    """
    by = by.at_places_of(Permission.BREAK_GLASS)
    by.require(Permission.BREAK_GLASS)
    fields = _reason_problems(reason)
    found = find_file(by, file.strip()) if file.strip() else None
    if not file.strip():
        fields["file"] = _("Escriba el código de la ficha o el número de documento.")
    elif found is None:
        fields["file"] = _("No hay una sola ficha con ese código o número de documento. Revíselo.")
        _not_found(by=by)
    elif found.inside:
        fields["file"] = _("Esa ficha está en su ámbito: ábrala desde el Registro.")
    if fields or found is None:
        raise Refused(list(fields.values()), fields=fields)
    return _open(by=by, found=found, reason=reason.strip(), now=now)


def _reason_problems(reason: str) -> dict[str, str]:
    if len(reason.strip()) < SHORTEST:
        return {"reason": _("Escriba el motivo de la emergencia: qué pasó y para qué necesita la ficha.")}
    if len(reason.strip()) > LONGEST:
        return {"reason": _("El motivo tiene más de %(most)d letras: resúmalo.") % {"most": LONGEST}}
    return {}


@ledger.command(permission=Permission.BREAK_GLASS)
def _not_found(*, by: Reader) -> None:
    ledger.record(act="looking.emergency_not_found", subject=("file", "-"))


@ledger.command(permission=Permission.BREAK_GLASS)
def _open(*, by: Reader, found: FoundFile, reason: str, now: datetime) -> Emergency:
    if by.user_id is None:
        raise Forbidden(_("Solo una persona abre una ficha por emergencia."))
    day = now.astimezone(clock.LIMA).date()
    minutes = parameters().on("emergency_minutes", day)
    days = parameters().on("emergency_review_days", day)
    row = Emergency.objects.create(
        user_id=by.user_id,
        actor=by.name,
        subject_kind="person",
        subject_code=found.code,
        place=found.place,
        home=next((scope.code for scope in by.scopes if scope.kind == FACILITY), ""),
        reason=reason,
        opened_at=now,
        until=now + timedelta(minutes=minutes),
        review_due=WorkingCalendar.peru().add_working_days(day, days),
    )
    ledger.record(
        act="looking.emergency_opened",
        subject=("person", found.code),
        place=found.place,
        reason=reason,
        after={"emergency": row.pk, "minutes": minutes, "home": row.home},
    )
    for place in dict.fromkeys((row.place, row.home)):
        _tell_reviewers(by, row, place)
    return row


def _tell_reviewers(by: Reader, row: Emergency, place: str) -> None:
    """The director of the prison and, with every item, headquarters: the nation sees the items of all places."""
    text = _("%(who)s abrió la ficha %(code)s fuera de su ámbito. Motivo: %(reason)s Revíselo a más tardar el %(day)s.")
    inbox.ask(
        by=by,
        key=f"{TOPIC}:{row.pk}:{place}",
        permission=Permission.REVIEW_LOOKS,
        place=place,
        subject=("person", row.subject_code),
        title=_("Acceso de emergencia a la ficha %(code)s") % {"code": row.subject_code},
        text=text
        % {
            "who": row.actor,
            "code": row.subject_code,
            "reason": row.reason.rstrip(".") + ".",
            "day": formats.day(row.review_due),
        },
        url=reverse("looking:emergency", args=(row.pk,)),
        topic=TOPIC,
    )


@ledger.command(permission=Permission.REVIEW_LOOKS)
def review_emergency(*, by: Reader, emergency_id: int, decision: str, reason: str, now: datetime) -> Emergency:
    """Approves an access in an emergency, or objects to it, with the reason. An objection ends what still lasts.

    NotFound outside the reviewer's places; Refused for one's own, without a reason, or when somebody was first.
    """
    row = queries.visible_emergencies(by).select_for_update().filter(pk=emergency_id).first()
    if row is None:
        raise NotFound
    fields: dict[str, str] = {}
    messages: list[str] = []
    if row.state != Emergency.State.OPEN:
        messages.append(_("%(who)s ya lo revisó.") % {"who": row.reviewed_by})
    if by.user_id is None or row.user_id == by.user_id:
        messages.append(_("Lo revisa otra persona, no quien abrió la ficha."))
    if decision not in (Emergency.State.APPROVED, Emergency.State.OBJECTED):
        fields["decision"] = _("Elija si lo aprueba o lo objeta.")
    if not reason.strip():
        fields["reason"] = _("Escriba el motivo de su decisión.")
    if messages or fields:
        raise Refused([*messages, *fields.values()], fields=fields)
    row.state, row.review_reason = decision, reason.strip()[:LONGEST]
    row.reviewed_by_id, row.reviewed_by, row.reviewed_at = by.user_id, by.name, now
    if decision == Emergency.State.OBJECTED and row.until > now:
        row.ended_at = now
    row.save()
    ledger.record(
        act=ACTS[Emergency.State(decision)],
        subject=("person", row.subject_code),
        place=row.place,
        reason=row.review_reason,
        after={"emergency": row.pk},
    )
    subject, why = ("person", row.subject_code), _("El acceso de emergencia ya fue revisado.")
    inbox.settle(by=by, topic=TOPIC, subject=subject, reason=why, prefix=f"{TOPIC}:{row.pk}:")
    return row

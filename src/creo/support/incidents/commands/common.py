"""What the commands of incidents share: the locked row, a new event, what the story says of it afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements.commands import settle
from creo.support.incidents import queries, rules
from creo.support.incidents.models import Incident, IncidentEvent
from creo.support.incidents.rules import Happened, State, What
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, NotFound, Refused

TOPIC = "incidents"
TEXT = 4_000
ACTS = {
    What.REPORTED: "incidents.reported",
    What.ASSESSED: "incidents.assessed",
    What.MEASURE: "incidents.measure",
    What.EVIDENCE: "incidents.evidence",
    What.NOTIFIED: "incidents.notified",
    What.DIGITAL: "incidents.digital",
    What.TOLD: "incidents.told",
    What.CORRECTED: "incidents.corrected",
    What.CLOSED: "incidents.closed",
    What.ANNULLED: "incidents.annulled",
}


def person(by: Reader) -> int:
    """Whoever acts, by number. Forbidden for the system: a person answers for what is written."""
    if by.user_id is None:
        raise Forbidden(_("Solo una persona escribe en el registro de incidentes."))
    return by.user_id


def locked(by: Reader, code: str) -> Incident:
    """An incident that the reader manages, locked. NotFound out of sight; Forbidden to who only looks."""
    person(by)
    seen = queries.by_code(by, code)
    if not queries.handles(by, seen):
        by.at_places_of(Permission.MANAGE_INCIDENTS).require(Permission.MANAGE_INCIDENTS)
        raise NotFound
    return Incident.objects.select_for_update().get(pk=seen.pk)


def story_of(found: Incident) -> list[Happened]:
    """The story so far."""
    return [queries.happened(event) for event in found.events.order_by("id")]


def refuse(reasons: list[str], fields: dict[str, str] | None = None) -> None:
    """Refused with every reason, when there is one."""
    said = [_(rules.REASON_WORDS[reason]) for reason in reasons]
    if said or fields:
        raise Refused([*said, *(fields or {}).values()], fields=fields)


def text_problem(text: str, missing: str) -> str:
    """Why a text cannot be kept; empty when it can."""
    if not text.strip():
        return missing
    return _("El texto tiene más de %(most)d letras: resúmalo.") % {"most": TEXT} if len(text.strip()) > TEXT else ""


def moment_problem(at: datetime | None, after: datetime, now: datetime) -> str:
    """Why a moment cannot be when something was done; empty when it can."""
    if at is None:
        return _("Indique el día y la hora.")
    if at > now:
        return _("Ese momento todavía no llega.")
    return _("Es anterior al momento en que se conoció el incidente.") if at < after else ""


def write(
    by: Reader,
    found: Incident,
    what: What,
    *,
    at: datetime,
    text: str,
    data: dict[str, Any] | None = None,
    annuls: IncidentEvent | None = None,
    before: dict[str, Any] | None = None,
) -> IncidentEvent:
    """Adds an event to the story, brings the incident's row up to it, and records it in the ledger."""
    made = IncidentEvent.objects.create(
        incident=found,
        what=what,
        at=at,
        text=text.strip(),
        data=data or {},
        annuls=annuls,
        recorded_by_id=person(by),
        # The page's moment and the clock's may differ by a blink: what is written is never before it happened.
        recorded_at=max(clock.now(), at),
    )
    bring_up(found)
    ledger.record(
        act=ACTS[what],
        subject=("incident", found.code),
        place=found.place,
        reason=text.strip()[:500],
        before=before,
        after={"event": made.pk, "at": at.isoformat(), "state": str(found.state), **_brief(data or {})},
    )
    subject = ("incident", found.code)
    if what is What.ASSESSED:
        settle(by=by, topic=TOPIC, subject=subject, reason=_("Se evaluó."), prefix=f"incident:{found.pk}:reported")
    if found.notified_at or found.closed_at or found.personal_data == rules.NO:
        settle(by=by, topic=TOPIC, subject=subject, reason=_("El aviso a la autoridad ya no está pendiente."))
    return made


def bring_up(found: Incident) -> None:
    """Tells the incident's row anew from its living events."""
    events = {event.pk: event for event in found.events.all()}
    story = [queries.happened(events[key]) for key in sorted(events)]
    alive = rules.living(story)
    last = rules.assessment(story)
    said = events[last.number].data if last else {}
    found.state = rules.state_of(story)
    found.severity = said.get("severity", "")
    found.personal_data = said.get("personal_data", rules.UNKNOWN)
    found.digital = said.get("digital", rules.UNKNOWN)
    found.data_kinds = said.get("data_kinds", [])
    found.people = said.get("people")
    at = {event.what: event.at for event in alive}
    found.notified_at, found.digital_at, found.told_at = at.get(What.NOTIFIED), at.get(What.DIGITAL), at.get(What.TOLD)
    found.closed_at = at.get(What.CLOSED) if found.state == State.CLOSED else None
    hours = queries.terms_of(found).hours
    found.due_at = found.known_at + timedelta(hours=hours) if hours is not None else None
    found.save()


def _brief(data: dict[str, Any]) -> dict[str, Any]:
    """What the ledger keeps of an event's data: not the list of a search's entries, which the event keeps."""
    return {name: value for name, value in data.items() if name != "entries"}

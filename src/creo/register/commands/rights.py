"""Requests of people about their own data: filed with a number without gaps, assigned, answered; copies handed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from creo.kernel.calendar import WorkingCalendar
from creo.register import rules
from creo.register.commands.common import Refusals, person_for_update
from creo.register.commands.documents import place_of
from creo.register.commands.sheets import OWN_FILE, look
from creo.register.models import Document, RightsRequest
from creo.register.queries import rights as queries
from creo.register.queries.scope import person_in_scope
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.exports.commands import Paper, hand_out, mark_for
from creo.support.exports.listings import PDF, Mark
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound

TWICE = timedelta(minutes=1)  # within it the same delivery again is the same press


@dataclass(frozen=True, slots=True)
class RequestData:
    """What somebody asks. `asker_name` is empty when they ask for themselves; `evidence_id` is a document of theirs."""

    kind: str
    what: str
    received_on: date
    asker: str = rules.RightAsker.PERSON.value
    asker_name: str = ""
    evidence_id: int | None = None


@ledger.command(permission=Permission.HANDLE_RIGHTS)
def file_request(*, by: Reader, person_code: str, data: RequestData, today: date) -> str:
    """Files a request and returns its number, the next of its year; its deadline is that of the day it was received."""
    person = person_for_update(by, person_code)
    refusals = Refusals()
    _check_who(refusals, data)
    if not data.what.strip():
        refusals.add(_("Escriba qué pide la persona, con sus palabras."), "what")
    if data.received_on > today:
        refusals.add(_("La fecha es posterior al día de hoy."), "received_on")
    deadline = None
    if data.kind not in set(rules.RightKind):
        refusals.add(_("Elija qué pide."), "kind")
    else:
        deadline = rules.deadline_on(data.kind, data.received_on)
        if deadline is None:
            refusals.add(_("Ninguna norma registrada da un plazo para esa solicitud en esa fecha."), "received_on")
    if data.evidence_id is not None and not Document.objects.filter(person=person, pk=data.evidence_id).exists():
        refusals.add(_("Ese documento no es de esta persona."), "evidence")
    refusals.raise_if_any()
    assert deadline is not None  # refused above
    row = RightsRequest.objects.create(
        person=person,
        year=data.received_on.year,
        number=_next_number(data.received_on.year),
        kind=data.kind,
        asker=data.asker,
        asker_name=data.asker_name.strip(),
        what=data.what.strip(),
        evidence_id=data.evidence_id,
        received_on=data.received_on,
        due_on=rules.due_on(data.received_on, deadline.working_days, WorkingCalendar.peru()),
    )
    number = rules.request_number(row.year, row.number)
    _record("register.request_filed", row, {"kind": row.kind, "due_on": row.due_on.isoformat()})
    return number


@ledger.command(permission=Permission.HANDLE_RIGHTS)
def assign_request(*, by: Reader, number: str, assigned_to: str) -> None:
    """Puts a request in somebody's hands: it is in review from then on. May be done again until it is answered."""
    row = _for_update(by, number)
    refusals = Refusals()
    state = rules.next_state(row.state, rules.RightAct.ASSIGN)
    if state is None:
        refusals.add(_already(row))
    if not assigned_to.strip():
        refusals.add(_("Escriba quién la revisa."), "assigned_to")
    refusals.raise_if_any()
    before = {"state": row.state, "assigned_to": row.assigned_to}
    row.state, row.assigned_to = str(state), assigned_to.strip()
    row.save(update_fields=["state", "assigned_to"])
    _record("register.request_assigned", row, {"state": row.state, "assigned_to": row.assigned_to}, before)


@ledger.command(permission=Permission.HANDLE_RIGHTS)
def answer_request(
    *, by: Reader, number: str, act: str, answer: str, on: date, entry_id: int | None, today: date
) -> None:
    """Answers a request (Regl. CEP arts. 14 and 53: in writing, with its reasons).

    `entry_id` is the act in the ledger that carried it out: an accepted rectification needs it. Refused with every
    reason.
    """
    row = _for_update(by, number)
    refusals = Refusals()
    if act not in set(rules.RightAct) or act == rules.RightAct.ASSIGN:
        refusals.add(_("Elija la respuesta."), "act")
    state = rules.next_state(row.state, act)
    if row.state == rules.RightState.RECEIVED:
        refusals.add(_("Primero indique quién la revisa."))
    elif row.state in rules.ANSWERED:
        refusals.add(_already(row))
    if not answer.strip():
        refusals.add(_("Escriba la respuesta con sus razones, como se le entregará."), "answer")
    if on > today:
        refusals.add(_("La fecha es posterior al día de hoy."), "on")
    if on < row.received_on:
        refusals.add(_("La respuesta es anterior a la solicitud."), "on")
    _check_entry(refusals, row, act, entry_id, on)
    refusals.raise_if_any()
    before = {"state": row.state}
    row.state, row.answered_on, row.answer, row.answer_entry = str(state), on, answer.strip(), entry_id
    row.save(update_fields=["state", "answered_on", "answer", "answer_entry"])
    after = {"state": row.state, "answered_on": on.isoformat(), "late": on > row.due_on, "entry": entry_id}
    _record("register.request_answered", row, after, before)


@ledger.command(permission=Permission.HANDLE_RIGHTS)
def look_at_own_file(*, by: Reader, person_code: str, purpose: str = "") -> None:
    """Records that a person's whole file is put together to be handed over, for a purpose. NotFound outside the scope.

    Called before the file is read: the copy tells of this look too.
    """
    person = person_in_scope(by, person_code)
    look(by=by, code=person.code, sheet=OWN_FILE, place=place_of(person), purpose=purpose)


@ledger.command(permission=Permission.HANDLE_RIGHTS)
def deliver_own_file(
    *,
    by: Reader,
    person_code: str,
    receiver: str,
    receiver_name: str,
    on: date,
    sha256: str,
    today: date,
    mark: Mark | None = None,
    now: datetime | None = None,
) -> None:
    """Writes down that a copy of a person's own file was handed over: to whom, when, and the hash of the copy.

    With `now`, the same delivery by the same official within a minute is a button pressed twice: nothing is written.
    """
    person = person_for_update(by, person_code)
    refusals = Refusals()
    if receiver not in set(rules.RightAsker):
        refusals.add(_("Elija quién recibe la copia."), "receiver")
    elif receiver != rules.RightAsker.PERSON and not receiver_name.strip():
        refusals.add(_("Escriba el nombre de quien recibe la copia."), "receiver_name")
    if on > today:
        refusals.add(_("La fecha es posterior al día de hoy."), "on")
    refusals.raise_if_any()
    told = {"receiver": receiver, "name": receiver_name.strip(), "on": on.isoformat()}
    last = next(iter(queries.own_file_deliveries(person.code)), None)
    pressed_twice = now is not None and last is not None and last.actor == by.name and now - last.at < TWICE
    if pressed_twice and last is not None and all(last.after.get(name) == value for name, value in told.items()):
        ledger.nothing_to_do(_("Esa entrega se registró hace menos de un minuto."))
        return
    given = mark or mark_for(by)
    paper = Paper(
        act=queries.DELIVERED,
        subject=("person", person.code),
        title=_("Expediente personal: copia para la persona"),
        kind=PDF,
        name=f"expediente-{person.code}-{today:%Y%m%d}",
        place=place_of(person),
        after={**told, "sha256": sha256, "marked_at": given.at.isoformat()},
    )
    hand_out(by=by, paper=paper, mark=given)


def _check_who(refusals: Refusals, data: RequestData) -> None:
    if data.asker not in set(rules.RightAsker):
        refusals.add(_("Elija quién presenta la solicitud."), "asker")
    elif data.asker == rules.RightAsker.PERSON and data.asker_name.strip():
        refusals.add(_("Si la presenta la propia persona, deje vacío el nombre."), "asker_name")
    elif data.asker != rules.RightAsker.PERSON and not data.asker_name.strip():
        refusals.add(_("Escriba el nombre de quien la presenta."), "asker_name")


def _check_entry(refusals: Refusals, row: RightsRequest, act: str, entry_id: int | None, on: date) -> None:
    known = {item.id: item for item in queries.acts_since(row.person.code, row.received_on)}
    if entry_id is None:
        if (row.kind, act) in rules.NEEDS_ACT:
            refusals.add(_("Elija el acto que corrigió el dato. Si todavía no se corrigió, hágalo primero."), "entry")
    elif entry_id not in known:
        refusals.add(_("Ese acto no es de esta persona o es anterior a la solicitud."), "entry")
    elif on < known[entry_id].day:
        refusals.add(_("La respuesta es anterior al acto que corrigió el dato."), "on")


def _already(row: RightsRequest) -> str:
    return _("La solicitud ya fue respondida: %(state)s.") % {"state": _(rules.STATE_WORDS[row.state])}


def _next_number(year: int) -> int:
    """The number after the last of a year. Nobody else takes one until this transaction ends: there are no gaps.

    SQLite has one writer anyway. Rows are never deleted, so that the last one is also the count.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE register_rightsrequest IN SHARE ROW EXCLUSIVE MODE")
    last = RightsRequest.objects.filter(year=year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _for_update(by: Reader, number: str) -> RightsRequest:
    """The request under lock. NotFound when its person is outside the scope."""
    read = rules.read_request_number(number)
    if read is None:
        raise NotFound
    found = RightsRequest.objects.select_related("person").filter(year=read[0], number=read[1]).first()
    if found is None:
        raise NotFound
    person_for_update(by, found.person.code)
    return RightsRequest.objects.select_for_update(of=("self",)).select_related("person").get(pk=found.pk)


def _record(
    act: str, row: RightsRequest, after: Mapping[str, object], before: Mapping[str, object] | None = None
) -> None:
    """The entry of a request. What was asked and answered stays in the request: acts are read more widely."""
    number = rules.request_number(row.year, row.number)
    ledger.record(
        act=act,
        subject=("person", row.person.code),
        place=place_of(row.person),
        before=before,
        after={"request": number, **after},
    )

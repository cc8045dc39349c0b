"""Requests about their own data: the list by deadline, one request, and the acts that may answer it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched

from django.db.models import QuerySet

from creo.kernel.calendar import WorkingCalendar
from creo.register import rules
from creo.register.models import Custody, Identity, RightsRequest
from creo.register.queries.documents import PersonHeading, person_heading
from creo.register.queries.scope import held_in
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, system
from creo.support.clock import LIMA
from creo.support.ledger import queries as ledger
from creo.support.ledger.models import Entry
from creo.support.refusals import NotFound
from creo.support.tables import Keyset, TablePage
from creo.territory import queries as territory

REQUESTS_WAITING, REQUESTS_LATE, REQUESTS_ANSWERED, REQUESTS_ALL = "", "late", "answered", "all"
_BY_DEADLINE = Keyset("rights", ("due_on", "id"))
_BATCH = 500
DELIVERED = "register.own_file_delivered"
# What a correction leaves in the ledger: the acts that can carry out a request.
_CORRECTIONS = (
    "register.identity_corrected",
    "register.alias_",
    "register.movement_",
    "register.main_offence_set",
    "register.offences_changed",
    "register.legal_status_set",
    "register.sentence",
    "register.mandate",
    "register.document_",
    "register.protected_",
    "register.biometric_",
    "register.people_",
)


@dataclass(frozen=True, slots=True)
class RequestFilters:
    """What narrows the list; `situation` is one of the REQUESTS_ constants."""

    situation: str = REQUESTS_WAITING
    kind: str = ""
    facility: str = ""


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request with whom it is about and the working days left (negative: past its deadline; None: answered)."""

    id: int
    number: str
    year: int
    person_id: int
    code: str
    name: str
    facility_name: str
    kind: str
    asker: str
    asker_name: str
    what: str
    evidence_id: int | None
    received_on: date
    due_on: date
    days_left: int | None
    state: str
    assigned_to: str
    answered_on: date | None
    answer: str
    answer_entry: int | None

    @property
    def late(self) -> bool:
        """True when it was answered after its deadline, or was not answered and the deadline has passed."""
        return self.answered_on > self.due_on if self.answered_on else (self.days_left or 0) < 0


@dataclass(frozen=True, slots=True)
class ActRow:
    """An act on a person as the ledger keeps it."""

    id: int
    at: datetime
    act: str
    actor: str
    place: str
    reason: str
    after: dict[str, object]

    @property
    def day(self) -> date:
        """The day of the act in Lima, where deadlines are counted."""
        return self.at.astimezone(LIMA).date()


def requests_page(reader: Reader, filters: RequestFilters, today: date, cursor: str = "") -> TablePage[RequestRow]:
    """A page of the requests about people in the reader's scope, the nearest deadline first. Five queries."""
    page = _BY_DEADLINE.page(_narrowed(reader, filters, today), cursor)
    return TablePage(_rows(page.rows, today), page.next_cursor, page.prev_cursor)


def requests_count(reader: Reader, filters: RequestFilters, today: date) -> int:
    """How many the filters leave."""
    return _narrowed(reader, filters, today).count()


def request_rows(reader: Reader, filters: RequestFilters, today: date) -> Iterator[RequestRow]:
    """The whole filtered list, for a file, in the same order."""
    found = _narrowed(reader, filters, today).order_by("due_on", "id").iterator(chunk_size=_BATCH)
    for some in batched(found, _BATCH):
        yield from _rows(some, today)


def rights_request(reader: Reader, year: int, number: int, today: date) -> tuple[PersonHeading, RequestRow]:
    """One request and whom it is about. NotFound outside the scope."""
    reader.require(Permission.HANDLE_RIGHTS)
    found = RightsRequest.objects.select_related("person").filter(year=year, number=number).first()
    if found is None:
        raise NotFound
    head = person_heading(reader, found.person.code)
    return head, _rows([found], today)[0]


def requests_of(reader: Reader, code: str, today: date) -> tuple[PersonHeading, list[RequestRow]]:
    """Every request of a person, newest first. NotFound outside the scope."""
    reader.require(Permission.HANDLE_RIGHTS)
    head = person_heading(reader, code)
    rows = RightsRequest.objects.select_related("person").filter(person_id=head.id).order_by("-received_on", "-id")
    return head, _rows(rows, today)


def acts_since(code: str, day: date) -> list[ActRow]:
    """Acts on a person since a day that may carry out a request, newest first; the caller has checked the scope."""
    return [row for row in acts_on(code) if row.day >= day and row.act.startswith(_CORRECTIONS)]


def own_file_deliveries(code: str) -> list[ActRow]:
    """Each copy of a person's own file that was handed over, newest first; the caller has checked the scope."""
    return [_act(row) for row in _deliveries(code)]


def own_file_delivery(reader: Reader, code: str, entry_id: int, today: date) -> ActRow:
    """A delivery that the reader recorded today, to give the same copy again. NotFound for any other."""
    reader.require(Permission.HANDLE_RIGHTS)
    for row in _deliveries(code):
        if row.pk == entry_id and row.actor_id == reader.user_id and row.at.astimezone(LIMA).date() == today:
            return _act(row)
    raise NotFound


def _deliveries(code: str) -> list[Entry]:
    wanted = ledger.Search(act=DELIVERED, subject_code=code)
    return ledger.entries(system("expediente propio"), wanted, limit=100).rows


def acts_on(code: str, limit: int = 500) -> list[ActRow]:
    """The acts on a person, newest first; the caller has checked the scope."""
    return [_act(row) for row in ledger.history(("person", code), limit=limit)]


def _act(row: Entry) -> ActRow:
    return ActRow(row.pk, row.at, row.act, row.actor, row.place, row.reason, row.after or {})


def _narrowed(reader: Reader, filters: RequestFilters, today: date) -> QuerySet[RightsRequest]:
    reader.require(Permission.HANDLE_RIGHTS)
    rows = RightsRequest.objects.select_related("person")
    allowed = territory.facility_ids(reader)
    held = Custody.objects.filter(held_in(allowed), released_on=None)
    if filters.facility:
        held = held.filter(facility__code=filters.facility)
    if allowed is not None or filters.facility:
        rows = rows.filter(person_id__in=held.values("person_id"))
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    match filters.situation:
        case "":
            return rows.filter(state__in=rules.PENDING)
        case "late":
            return rows.filter(state__in=rules.PENDING, due_on__lt=today)
        case "answered":
            return rows.filter(state__in=rules.ANSWERED)
        case "all":
            return rows
    raise ValueError(f"Situación desconocida: [{filters.situation}].")


def _rows(found: Iterable[RightsRequest], today: date) -> list[RequestRow]:
    """Names and places for some requests: two queries, however many."""
    rows = list(found)
    people = {row.person_id for row in rows}
    names = {
        person_id: rules.full_name(given, first, second)
        for person_id, given, first, second in Identity.objects.filter(person_id__in=people, valid_to=None).values_list(
            "person_id", "given_names", "first_surname", "second_surname"
        )
    }
    held = Custody.objects.filter(person_id__in=people, released_on=None)
    places = dict(held.values_list("person_id", "facility__name"))
    calendar = WorkingCalendar.peru()
    return [_request(row, names, places, today, calendar) for row in rows]


def _request(
    row: RightsRequest,
    names: dict[int, str],
    places: dict[int, str],
    today: date,
    calendar: WorkingCalendar,
) -> RequestRow:
    open_ = row.state in rules.PENDING
    return RequestRow(
        id=row.pk,
        number=rules.request_number(row.year, row.number),
        year=row.year,
        person_id=row.person_id,
        code=row.person.code,
        name=names.get(row.person_id) or row.person.code,
        facility_name=places.get(row.person_id) or "",
        kind=row.kind,
        asker=row.asker,
        asker_name=row.asker_name,
        what=row.what,
        evidence_id=row.evidence_id,
        received_on=row.received_on,
        due_on=row.due_on,
        days_left=rules.days_left(row.due_on, today, calendar) if open_ else None,
        state=row.state,
        assigned_to=row.assigned_to,
        answered_on=row.answered_on,
        answer=row.answer,
        answer_entry=row.answer_entry,
    )

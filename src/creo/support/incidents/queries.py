"""Reads of incidents. The reader comes first: those they reported, and those of the places where they follow them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.approvals.authority import EVERYWHERE, covers, places_of
from creo.support.clock import LIMA
from creo.support.incidents import rules
from creo.support.incidents.models import Incident, IncidentContact, IncidentEvent
from creo.support.incidents.rules import Clock, Happened, What
from creo.support.ledger.models import Entry
from creo.support.refusals import NotFound
from creo.support.tables import Keyset, TablePage

OPEN, OVERDUE, CLOSED, ALL = "open", "overdue", "closed", ""
_LIST = Keyset("incidents", ("-id",))


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to: a situation, a severity, a place; empty is all."""

    situation: str = ALL
    severity: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The three duties of an incident, each with its clock."""

    authority: Clock
    people: Clock
    digital: Clock


@dataclass(frozen=True, slots=True)
class Sheet:
    """An incident with its story; `handles` is True for who may act on it."""

    incident: Incident
    events: list[IncidentEvent]
    story: list[Happened]
    clocks: Clocks
    handles: bool


@dataclass(frozen=True, slots=True)
class LedgerSearch:
    """What is searched in the ledger as evidence: empty is anything."""

    subject: str = ""
    actor: str = ""
    act: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def empty(self) -> bool:
        """True when nothing narrows the search."""
        return not any((self.subject, self.actor, self.act, self.since, self.until))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a search found: how many entries, the first of them, and their tallies."""

    total: int
    first: list[Entry]
    numbers: list[int] = field(default_factory=list)
    actors: dict[str, int] = field(default_factory=dict)
    acts: dict[str, int] = field(default_factory=dict)
    subjects: int = 0
    digest: str = ""


def visible(reader: Reader) -> QuerySet[Incident]:
    """Incidents within sight: of the places where the reader follows them, and those they reported."""
    seen = Q(reported_by=reader.user_id) if reader.user_id is not None else Q(pk__in=[])
    for permission in (Permission.VIEW_INCIDENTS, Permission.MANAGE_INCIDENTS):
        held = places_of(reader, permission)
        if held is EVERYWHERE:
            return Incident.objects.all()
        seen |= Q(place__in=sorted(held))
    return Incident.objects.filter(seen)


def handles(reader: Reader, incident: Incident) -> bool:
    """True for who acts on an incident: manages them at its place."""
    return covers(places_of(reader, Permission.MANAGE_INCIDENTS), incident.place)


def incidents_page(reader: Reader, filters: Filters, now: datetime, cursor: str = "") -> TablePage[Incident]:
    """A page of incidents, newest first."""
    return _LIST.page(_narrowed(reader, filters, now), cursor)


def incidents_rows(reader: Reader, filters: Filters, now: datetime) -> Iterator[Incident]:
    """Every row, streamed, for exports. Forbidden without the permission to export."""
    reader.require(Permission.EXPORT)
    return _narrowed(reader, filters, now).order_by("-id").iterator(chunk_size=2_000)


def incidents_count(reader: Reader, filters: Filters, now: datetime) -> int:
    """How many incidents the filters leave."""
    return _narrowed(reader, filters, now).count()


def overdue(now: datetime) -> Q:
    """Open incidents whose notice to the authority is owed, or may be, and late."""
    return Q(closed_at=None, notified_at=None, due_at__lt=now) & ~Q(personal_data=rules.NO)


def _narrowed(reader: Reader, filters: Filters, now: datetime) -> QuerySet[Incident]:
    rows = visible(reader)
    if filters.situation == OPEN:
        rows = rows.filter(closed_at=None)
    elif filters.situation == CLOSED:
        rows = rows.filter(closed_at__isnull=False)
    elif filters.situation == OVERDUE:
        rows = rows.filter(overdue(now))
    if filters.severity:
        rows = rows.filter(severity=filters.severity)
    if filters.place:
        rows = rows.filter(place=filters.place)
    return rows


def by_code(reader: Reader, code: str) -> Incident:
    """One incident by its code. NotFound outside the reader's sight, or when the code is none."""
    parts = code.split("-")
    if len(parts) != 3 or parts[0] != "INC" or not all(p.isascii() and p.isdigit() and len(p) < 9 for p in parts[1:]):
        raise NotFound
    found = visible(reader).select_related("reported_by").filter(year=int(parts[1]), number=int(parts[2])).first()
    if found is None or found.code != code:
        raise NotFound
    return found


def sheet(reader: Reader, code: str, now: datetime) -> Sheet:
    """One incident with its story, oldest event first. NotFound outside the reader's sight."""
    found = by_code(reader, code)
    events = list(found.events.select_related("recorded_by").order_by("id"))
    return Sheet(found, events, [happened(event) for event in events], clocks(found, now), handles(reader, found))


def happened(event: IncidentEvent) -> Happened:
    """An event as the rules take it."""
    return Happened(
        event.pk,
        What(event.what),
        event.at,
        event.data.get("personal_data", rules.UNKNOWN),
        event.data.get("digital", rules.UNKNOWN),
        event.annuls_id,
    )


def clocks(found: Incident, now: datetime) -> Clocks:
    """How the three duties of an incident stand at a moment."""
    terms = terms_of(found)
    # A closed incident stopped where it was closed: what was not owed then runs no more.
    at = found.closed_at or now
    return Clocks(
        rules.clock(found.known_at, found.notified_at, found.personal_data, at, terms),
        rules.clock(found.known_at, found.told_at, found.personal_data, at, terms),
        rules.clock(found.known_at, found.digital_at, found.digital, at, terms),
    )


def terms_of(found: Incident) -> rules.Terms:
    """The terms in force on the day the incident was known."""
    return rules.parameters().terms(found.known_at.astimezone(LIMA).date())


# Contacts ---------------------------------------------------------------------------------------------------------


def contacts(on: date) -> dict[str, IncidentContact | None]:
    """Who fills each post on a day; None where nobody was recorded."""
    rows = IncidentContact.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)
    held = {row.slot: row for row in rows}
    return {slot: held.get(slot) for slot in rules.SLOT_WORDS}


def contacts_told() -> list[IncidentContact]:
    """Everybody who filled a post, newest first."""
    return list(IncidentContact.objects.select_related("set_by").order_by("-valid_from", "-id")[:100])


# Evidence ---------------------------------------------------------------------------------------------------------


def search_ledger(reader: Reader, wanted: LedgerSearch, *, most: int, shown: int = 20) -> Evidence:
    """Entries of the ledger at the places where the reader manages incidents; none for an empty search.

    Over `most` only the total and the first are told. Forbidden without the permission.
    """
    reader.require(Permission.MANAGE_INCIDENTS)
    rows = _entries(reader, wanted)
    first = list(rows.order_by("-id")[:shown])
    total = rows.count() if len(first) == shown else len(first)
    if not total or total > most:
        return Evidence(total, first)
    found = list(rows.order_by("id").values_list("id", "actor", "act", "subject_kind", "subject_code", "at"))
    told = [[row[0], row[5].isoformat(), *row[1:5]] for row in found]
    return Evidence(
        total,
        first,
        [row[0] for row in found],
        dict(Counter(row[1] for row in found).most_common(20)),
        dict(Counter(row[2] for row in found).most_common(20)),
        len({(row[3], row[4]) for row in found}),
        hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest(),
    )


def _entries(reader: Reader, wanted: LedgerSearch) -> QuerySet[Entry]:
    if wanted.empty:
        return Entry.objects.none()
    rows = Entry.objects.all()
    held = places_of(reader, Permission.MANAGE_INCIDENTS)
    if held is not EVERYWHERE:
        rows = rows.filter(place__in=sorted(held))
    if wanted.subject:
        rows = rows.filter(subject_code=wanted.subject)
    if wanted.actor:
        rows = rows.filter(actor=wanted.actor)
    if wanted.act:
        rows = rows.filter(act__startswith=wanted.act)
    if wanted.since:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(at__lt=wanted.until + timedelta(minutes=1))
    return rows


def evidence_of(sheet: Sheet) -> list[dict[str, Any]]:
    """The evidence that holds, in order, as it was written."""
    alive = {event.number for event in rules.living(sheet.story)}
    return [event.data for event in sheet.events if event.what == What.EVIDENCE and event.pk in alive]

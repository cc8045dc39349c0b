"""What an import must know of the register: whose document or reference is already here, and their episodes.

Recognising somebody reaches the whole nation, whatever the reader's places: a second record of the same person would
make them primary again. Only keys and dates leave here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from creo.register import rules
from creo.register.models import Custody, CustodyOffence, Identity, Movement, Person, PersonReference
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.territory import queries as territory

BATCH = 10_000
CHUNK = 900  # what one IN list holds on every database
FEW = 20_000  # above it the whole table is read once


def known_documents(
    reader: Reader, numbers: Collection[str] | None
) -> Iterator[tuple[str, str, str, int, date | None]]:
    """Present documents among some numbers (None: all): kind, number, nationality, person key and birth date."""
    reader.require(Permission.IMPORT_REGISTER)
    kinds = [rules.DocumentKind.DNI.value, rules.DocumentKind.FOREIGN.value]
    rows = Identity.objects.filter(valid_to=None, document_kind__in=kinds).order_by()
    names = ("document_kind", "document_number", "nationality", "person_id", "birth_date")
    parts = _parts(rows, "document_number", numbers)
    return (row for part in parts for row in part.values_list(*names).iterator(BATCH))


def known_references(reader: Reader, source: str, references: Collection[str] | None) -> Iterator[tuple[str, int]]:
    """References of a source that are already here (of some, or all), each with its person's key."""
    reader.require(Permission.IMPORT_REGISTER)
    rows = PersonReference.objects.filter(source=source).order_by()
    owner = Coalesce("person__merged_into_id", "person_id")
    parts = _parts(rows, "reference", references)
    return (row for part in parts for row in part.values_list("reference", owner).iterator(BATCH))


def known_codes(reader: Reader, codes: Collection[str]) -> dict[str, int]:
    """Person codes that exist among some, each with the key of the record that goes on."""
    reader.require(Permission.IMPORT_REGISTER)
    owner = Coalesce("merged_into_id", "id")
    parts = _parts(Person.objects.order_by(), "code", codes)
    return {code: key for part in parts for code, key in part.values_list("code", owner) if code in codes}


def known_movements(reader: Reader, person_ids: Collection[int]) -> Iterator[tuple[Any, ...]]:
    """Movements of some people, annulled ones apart: person key, kind, day, hour, prisons and detail."""
    reader.require(Permission.IMPORT_REGISTER)
    parts = _parts(Movement.objects.filter(annulled=False).order_by(), "custody__person_id", person_ids)
    names = ("custody__person_id", "kind", "on", "at", "from_facility__code", "to_facility__code", "detail")
    return (row for part in parts for row in part.values_list(*names).iterator(BATCH))


def known_keys(reader: Reader, keys: Collection[str]) -> set[str]:
    """Keys of movements in their system of origin that are already here, among some."""
    reader.require(Permission.IMPORT_REGISTER)
    parts = _parts(Movement.objects.exclude(source_key="").order_by(), "source_key", keys)
    return {key for part in parts for key in part.values_list("source_key", flat=True) if key in keys}


@dataclass(frozen=True, slots=True)
class PresentIdentity:
    """Who somebody is today, as far as a list may complete it."""

    given_names: str
    first_surname: str
    second_surname: str
    birth_date: date | None
    sex: str
    nationality: str
    document_kind: str
    document_number: str
    status: str


@dataclass(frozen=True, slots=True)
class PresentEpisode:
    """How an episode stands today; places and offences by code, empty where nothing is recorded."""

    released_on: date | None
    release_kind: str
    facility: str
    legal_status: str
    legal_status_on: date | None
    next_hearing_on: date | None
    offence: str
    attempt: bool | None


def present_identities(reader: Reader, person_ids: Collection[int]) -> dict[int, PresentIdentity]:
    """The present identity of some people, by person key."""
    reader.require(Permission.IMPORT_REGISTER)
    names = [item.name for item in fields(PresentIdentity)]
    parts = _parts(Identity.objects.filter(valid_to=None).order_by(), "person_id", person_ids)
    rows = (row for part in parts for row in part.values_list("person_id", *names).iterator(BATCH))
    return {key: PresentIdentity(*values) for key, *values in rows if key in person_ids}


def present_episodes(reader: Reader, person_ids: Collection[int]) -> dict[tuple[int, date], PresentEpisode]:
    """The episodes of some people, by person key and day of admission."""
    reader.require(Permission.IMPORT_REGISTER)
    main = {
        row[0]: (row[1] or "", row[2])
        for part in _parts(
            CustodyOffence.objects.filter(is_main=True, valid_to=None).order_by(), "custody__person_id", person_ids
        )
        for row in part.values_list("custody_id", "offence__code", "attempt").iterator(BATCH)
    }
    names = ("released_on", "release_kind", "facility__code", "legal_status", "legal_status_on", "next_hearing_on")
    found: dict[tuple[int, date], PresentEpisode] = {}
    for part in _parts(Custody.objects.exclude(release_kind="annulled").order_by(), "person_id", person_ids):
        for row in part.values_list("id", "person_id", "admitted_on", *names).iterator(BATCH):
            key, person, admitted, released, kind, place, status, since, hearing = row
            offence, attempt = main.get(key, ("", None))
            found[person, admitted] = PresentEpisode(
                released, kind, place or "", status, since, hearing, offence, attempt
            )
    return found


def held_at(reader: Reader, places: Collection[str]) -> Iterator[tuple[int, str, str]]:
    """Who is held today in some prisons of the reader's scope: person key, name and prison, in order of key."""
    reader.require(Permission.IMPORT_REGISTER)
    inside = Custody.objects.filter(released_on=None, facility__code__in=list(places)).order_by("person_id")
    inside = inside.filter(facility_id__in=[ref.id for ref in territory.facility_refs(reader)])
    names = ("given_names", "first_surname", "second_surname")
    identities = Identity.objects.filter(person_id=OuterRef("person_id"), valid_to=None)
    told = {f"name_{name}": Subquery(identities.values(name)[:1]) for name in names}
    rows = inside.annotate(**told).values_list("person_id", *told, "facility__code")
    for person, *parts, place in rows.iterator(BATCH):
        yield person, rules.full_name(*(part or "" for part in parts)), place


def known_episodes(reader: Reader, person_ids: Collection[int]) -> list[tuple[int, date, date | None]]:
    """Episodes of some people, annulled ones apart: person key, admission and release."""
    reader.require(Permission.IMPORT_REGISTER)
    rows = Custody.objects.exclude(release_kind=rules.ReleaseKind.ANNULLED.value).order_by()
    parts = _parts(rows, "person_id", person_ids)
    return [row for part in parts for row in part.values_list("person_id", "admitted_on", "released_on")]


def _parts(rows: QuerySet[Any], field: str, keys: Collection[Any] | None) -> Iterator[QuerySet[Any]]:
    """The rows with some of the keys, in lists the database takes; with very many keys, all the rows."""
    if keys is None or len(keys) > FEW:
        yield rows
        return
    listed: Sequence[Any] = sorted(keys)
    for start in range(0, len(listed), CHUNK):
        yield rows.filter(**{f"{field}__in": listed[start : start + CHUNK]})

"""Everybody held on a day, read once for all the checks that look at them: what each record says, one row a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from creo.register.models import Custody, Movement, Offence
from creo.register.rules import MovementKind, person_code
from creo.support.accounts.readers import system
from creo.support.quality.checks import Detail, Finding, shared
from creo.territory import queries as territory


class Held(NamedTuple):
    """One open episode on the day with the identity of the day. Empty text, None or 0: not recorded."""

    custody: int
    person: int
    facility: int
    admitted_on: date
    mandate: str
    legal_status: str
    legal_status_on: date | None
    next_hearing_on: date | None
    absence: str
    absent_since: date | None
    identity: int | None
    birth_date: date | None
    document_kind: str
    identity_status: str
    offence: int | None
    place: str

    @property
    def code(self) -> str:
        """The person's code, made from their key."""
        return person_code(self.person)


_SQL = """
SELECT c.id, c.person_id, COALESCE(c.facility_id, 0), {admitted_on}, TRIM(c.mandate), c.legal_status, {legal_status_on},
       {next_hearing_on}, c.absence, {absent_since}, i.id, {birth_date}, COALESCE(i.document_kind, ''),
       COALESCE(i.status, ''), o.offence_id
  FROM register_custody c
  LEFT JOIN register_identity i ON i.person_id = c.person_id AND (i.valid_to IS NULL OR i.valid_to > %(as_of)s)
  LEFT JOIN register_custodyoffence o ON o.custody_id = c.id AND o.is_main AND o.valid_to IS NULL
 WHERE c.admitted_on <= %(as_of)s AND (c.released_on IS NULL OR c.released_on > %(as_of)s)
 ORDER BY c.person_id, i.valid_from
"""


def held(as_of: date) -> list[Held]:
    """Everybody held on a day, by person. Identities are those of the day, the rest what is recorded now."""
    return shared(("register.held", as_of), lambda: list(_read(as_of)))


def _read(as_of: date) -> Iterator[Held]:
    names, moved = place_codes(), places_before(as_of)
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"as_of": as_of})
        last = 0
        while rows := cursor.fetchmany(5000):
            for row in rows:
                # Of several identities since the day, the first is that of the day.
                if row[0] == last:
                    continue
                last = row[0]
                place = names.get(moved.get(last, row[2]), "")
                yield Held._make((*_with_days(row), place))


_DAYS = ("c.admitted_on", "c.legal_status_on", "c.next_hearing_on", "c.absent_since", "i.birth_date")
_PLACES_OF_DAYS = tuple(Held._fields.index(name.partition(".")[2]) for name in _DAYS)


def _with_days(row: Sequence[Any]) -> Sequence[Any]:
    """The row with the days that came as text as days."""
    if not isinstance(row[3], str):
        return row
    values = list(row)
    for place in _PLACES_OF_DAYS:
        if values[place] is not None:
            values[place] = date.fromisoformat(values[place])
    return values


def _statement() -> str:
    """On SQLite days come as text, past the driver's own slow reading of them."""
    plain = "{0} || ''" if connection.vendor == "sqlite" else "{0}"
    return _SQL.format(**{name.partition(".")[2]: plain.format(name) for name in _DAYS})


def place_codes() -> dict[int, str]:
    """Codes of the places that hold people, by key."""
    return shared(("register.places",), _place_codes)


def _place_codes() -> dict[int, str]:
    kinds = ("prison", "reception", "community_office")
    return {ref.id: ref.code for kind in kinds for ref in territory.facility_refs(system(), kind=kind)}


def places_before(as_of: date) -> dict[int, int]:
    """Episodes that changed place after a day, with the place they were at on it (0: not recorded)."""
    live = Movement.objects.filter(annulled=False)
    turns = Q(kind=MovementKind.TRANSFER.value) | Q(kind=MovementKind.RETURN.value, to_facility__isnull=False)
    later = set(live.filter(turns, on__gt=as_of).values_list("custody_id", flat=True))
    if not later:
        return {}
    arrivals = live.filter(turns | Q(kind=MovementKind.ADMISSION.value), on__lte=as_of, custody_id__in=later)
    rows = arrivals.order_by("custody_id", "sequence").values_list("custody_id", "to_facility_id")
    return dict.fromkeys(later, 0) | {custody: place or 0 for custody, place in rows}


def held_by_place(as_of: date) -> Mapping[str, int]:
    """How many are held at each place on a day; place "" where none is recorded."""
    return Counter(row.place for row in held(as_of))


Test = Callable[[Held, date], Detail | None]


def among_held(test: Test) -> Callable[[date], Iterator[Finding]]:
    """A check over everybody held: `test` answers the detail of a finding, or None for a record that is right."""

    def find(as_of: date) -> Iterator[Finding]:
        for row in held(as_of):
            detail = test(row, as_of)
            if detail is not None:
                yield Finding(row.code, row.place, detail)

    return find


class OffenceFacts(NamedTuple):
    """What the checks ask of an offence of the catalogue."""

    label: str
    family: str
    valid_from: date | None
    valid_to: date | None


def offence_facts() -> dict[int, OffenceFacts]:
    """The catalogue by key."""
    fields = ("id", "title", "family", "valid_from", "valid_to")
    return shared(
        ("register.offences",), lambda: {row[0]: OffenceFacts(*row[1:]) for row in Offence.objects.values_list(*fields)}
    )


def held_places(codes: list[str]) -> dict[str, str]:
    """The place where some people are held now, by person code; nobody outside custody."""
    rows = Custody.objects.filter(released_on=None, person__code__in=codes)
    return {code: place or "" for code, place in rows.values_list("person__code", "facility__code")}

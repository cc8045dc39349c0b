"""Facilities and regional offices as lists: capacity in force on a day beside the last published population."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from creo.kernel.periods import Period
from creo.kernel.verdicts import Outcome
from creo.support.accounts.readers import Reader
from creo.territory import rules
from creo.territory.models import Facility, FacilityCapacity, ReferenceFigure, RegionalOffice
from creo.territory.queries.refs import in_scope

Columns = tuple[int, str, str, str, str, str, str, str, str | None, bool]


@dataclass(frozen=True, slots=True)
class FacilityFilter:
    """What a list shows; empty means any. `crowding` is an Outcome."""

    office: str = ""
    department: str = ""
    sex: str = ""
    crowding: Outcome | None = None
    text: str = ""
    kind: str = Facility.Kind.PRISON


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """One facility with its capacity in force and the last published population.

    `occupancy` compares like with like: the published population with the capacity of its own month.
    """

    id: int
    code: str
    name: str
    office: str
    office_name: str
    office_short: str
    department: str
    department_name: str
    sex: str | None
    is_demonstration: bool
    capacity: int | None
    population: int | None
    month: date | None
    occupancy: rules.Occupancy
    type: rules.PrisonType | None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a list: what is known, and how many facilities lack it."""

    facilities: int
    capacity: int
    without_capacity: int
    population: int
    without_population: int
    overcrowded: int


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """A regional office with the totals of its prisons."""

    code: str
    name: str
    seat: str
    totals: Totals
    community_offices: int


def facilities(reader: Reader, as_of: date, wanted: FacilityFilter | None = None) -> list[FacilityRow]:
    """Facilities open on a day, by office and in the order the reports print them. Three queries."""
    wanted = wanted or FacilityFilter()
    rows = open_on(in_scope(reader), as_of).filter(kind=wanted.kind).order_by("regional_office__number", "id")
    found = rows.values_list(
        "id",
        "code",
        "name",
        "regional_office__code",
        "regional_office__name",
        "regional_office__short_name",
        "department__ubigeo",
        "department__name",
        "sex",
        "is_demonstration",
    )
    return narrowed(_with_figures(list(found), as_of), wanted)


def narrowed(rows: Iterable[FacilityRow], wanted: FacilityFilter) -> list[FacilityRow]:
    """The rows a filter keeps, in the same order; the text is sought in names (any spelling) and codes."""
    key = rules.name_key(wanted.text)
    return [
        row
        for row in rows
        if wanted.office in ("", row.office)
        and wanted.department in ("", row.department)
        and wanted.sex in ("", row.sex)
        and (wanted.crowding is None or row.occupancy.overcrowded is wanted.crowding)
        and (key in rules.name_key(row.name) or wanted.text.strip().upper() in row.code)
    ]


def totals(rows: Iterable[FacilityRow]) -> Totals:
    """Sums over rows; a missing figure is counted as missing, never as zero."""
    rows = list(rows)
    return Totals(
        facilities=len(rows),
        capacity=sum(row.capacity or 0 for row in rows),
        without_capacity=sum(row.capacity is None for row in rows),
        population=sum(row.population or 0 for row in rows),
        without_population=sum(row.population is None for row in rows),
        overcrowded=sum(row.occupancy.overcrowded is Outcome.MET for row in rows),
    )


def offices(reader: Reader, as_of: date) -> list[OfficeRow]:
    """Regional offices with a facility in the reader's scope, with their prisons' totals and community offices."""
    prisons: dict[str, list[FacilityRow]] = {}
    for row in facilities(reader, as_of):
        prisons.setdefault(row.office, []).append(row)
    outside: dict[str, int] = {}
    community = open_on(in_scope(reader), as_of).filter(kind=Facility.Kind.COMMUNITY_OFFICE)
    for code in community.values_list("regional_office__code", flat=True):
        outside[code] = outside.get(code, 0) + 1
    found = RegionalOffice.objects.order_by("number").values_list("code", "name", "seat__name")
    return [
        OfficeRow(code, name, seat, totals(prisons.get(code, [])), outside.get(code, 0))
        for code, name, seat in found
        if code in prisons or code in outside
    ]


def capacity_as_of(as_of: date, ids: Sequence[int] | frozenset[int] | None = None) -> dict[int, int]:
    """Places in force on a day by facility key; a facility without known capacity is absent. None is every facility."""
    rows = FacilityCapacity.objects.filter(valid_from__lte=as_of).filter(Q(valid_to=None) | Q(valid_to__gt=as_of))
    if ids is not None:
        rows = rows.filter(facility__in=ids)
    return dict(rows.values_list("facility_id", "places"))


def published_population(as_of: date) -> dict[int, tuple[date, int]]:
    """The last published population up to a day, by facility key: (month, people). Reference, not register."""
    rows = ReferenceFigure.objects.filter(measure=ReferenceFigure.Measure.POPULATION, month__lte=as_of)
    latest: dict[int, tuple[date, int]] = {}
    for facility, month, value in rows.order_by("month").values_list("facility_id", "month", "value"):
        latest[facility] = (month, value)
    return latest


def open_on(rows: QuerySet[Facility], as_of: date) -> QuerySet[Facility]:
    """Facilities open on a day; an unknown opening or closing day does not exclude."""
    return rows.filter(Q(closed=None) | Q(closed__gt=as_of), Q(opened=None) | Q(opened__lte=as_of))


def _with_figures(found: list[Columns], as_of: date) -> list[FacilityRow]:
    people = published_population(as_of)
    spans: dict[int, list[tuple[Period, int]]] = {}
    history = FacilityCapacity.objects.values_list("facility_id", "valid_from", "valid_to", "places")
    for key, start, end, places in history:
        spans.setdefault(key, []).append((Period(start, end), places))

    def places_on(key: int, day: date) -> int | None:
        return next((places for period, places in spans.get(key, ()) if period.contains(day)), None)

    rows = []
    for values in found:
        key = values[0]
        month, population = people.get(key, (None, None))
        day = month or as_of
        occupancy = rules.occupancy(population, places_on(key, day), day)
        kind = rules.prison_type(population, day)
        rows.append(FacilityRow(*values, places_on(key, as_of), population, month, occupancy, kind))
    return rows

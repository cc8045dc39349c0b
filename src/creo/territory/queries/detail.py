"""One facility with its history: capacity in time, published figures, pavilions, other codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from creo.kernel.periods import Period
from creo.support.accounts.readers import Reader
from creo.support.refusals import NotFound
from creo.territory import rules
from creo.territory.models import FacilityAlias, FacilityCapacity, Pavilion, ReferenceFigure
from creo.territory.queries.refs import in_scope

Measure = ReferenceFigure.Measure


@dataclass(frozen=True, slots=True)
class CapacityRow:
    """Places during a period, with who says so."""

    places: int
    valid_from: date
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    """Published people of a month against the capacity of that month. `men` and `women` None: not published by sex."""

    month: date
    population: int
    processed: int | None
    sentenced: int | None
    men: int | None
    women: int | None
    source: str
    occupancy: rules.Occupancy
    type: rules.PrisonType | None


@dataclass(frozen=True, slots=True)
class PavilionRow:
    """A pavilion and its period."""

    id: int
    code: str
    name: str
    capacity: int | None
    valid_from: date
    valid_to: date | None
    is_demonstration: bool


@dataclass(frozen=True, slots=True)
class FacilityDetail:
    """A facility as its page shows it, newest first in every history."""

    id: int
    code: str
    name: str
    kind: str
    office: str
    office_name: str
    department: str
    department_name: str
    province_name: str
    district: str
    district_reniec: str
    district_name: str
    place_printed: str
    place_source: str
    sex: str | None
    sex_source: str
    opened: date | None
    closed: date | None
    is_demonstration: bool
    capacity: int | None
    capacities: tuple[CapacityRow, ...]
    figures: tuple[FigureRow, ...]
    pavilions: tuple[PavilionRow, ...]
    census_codes: tuple[str, ...]
    other_names: tuple[str, ...]


def facility(reader: Reader, code: str, as_of: date) -> FacilityDetail:
    """One facility on a day. NotFound outside the reader's scope. Five queries."""
    found = (
        in_scope(reader)
        .select_related("regional_office", "department", "province", "district")
        .filter(code=code)
        .first()
    )
    if found is None:
        raise NotFound
    capacities = _capacities(found.pk)
    aliases = list(FacilityAlias.objects.filter(facility=found).order_by("code").values_list("scheme", "code"))
    district = found.district
    return FacilityDetail(
        id=found.pk,
        code=found.code,
        name=found.name,
        kind=found.kind,
        office=found.regional_office.code,
        office_name=found.regional_office.name,
        department=found.department.ubigeo,
        department_name=found.department.name,
        province_name=found.province.name if found.province else "",
        district=(district.ubigeo or "") if district else "",
        district_reniec=(district.reniec or "") if district else "",
        district_name=district.name if district else "",
        place_printed=found.place_printed,
        place_source=found.place_source,
        sex=found.sex,
        sex_source=found.sex_source,
        opened=found.opened,
        closed=found.closed,
        is_demonstration=found.is_demonstration,
        capacity=_places_on(capacities, as_of),
        capacities=capacities,
        figures=_figures(found.pk, capacities, as_of),
        pavilions=_pavilions(found.pk, None),
        census_codes=tuple(code for scheme, code in aliases if scheme == FacilityAlias.Scheme.CENSUS_2016),
        other_names=tuple(code for scheme, code in aliases if scheme == FacilityAlias.Scheme.NAME),
    )


def pavilions(reader: Reader, facility_code: str, as_of: date) -> tuple[PavilionRow, ...]:
    """Pavilions of a facility open on a day, by code. NotFound outside the reader's scope."""
    key = in_scope(reader).filter(code=facility_code).values_list("id", flat=True).first()
    if key is None:
        raise NotFound
    return _pavilions(key, as_of)


def _capacities(key: int) -> tuple[CapacityRow, ...]:
    rows = FacilityCapacity.objects.filter(facility=key).order_by("-valid_from")
    return tuple(CapacityRow(*row) for row in rows.values_list("places", "valid_from", "valid_to", "source"))


def _places_on(capacities: tuple[CapacityRow, ...], day: date) -> int | None:
    return next((row.places for row in capacities if Period(row.valid_from, row.valid_to).contains(day)), None)


def _figures(key: int, capacities: tuple[CapacityRow, ...], as_of: date) -> tuple[FigureRow, ...]:
    rows = ReferenceFigure.objects.filter(facility=key, month__lte=as_of)
    months: dict[date, dict[str, int]] = {}
    sources: dict[date, str] = {}
    for month, measure, value, source in rows.order_by("-month").values_list("month", "measure", "value", "source"):
        months.setdefault(month, {})[measure] = value
        sources[month] = source
    return tuple(_figure(month, values, sources[month], capacities) for month, values in months.items())


def _figure(month: date, values: dict[str, int], source: str, capacities: tuple[CapacityRow, ...]) -> FigureRow:
    def both(first: str, second: str) -> int | None:
        return values[first] + values[second] if first in values and second in values else None

    population = values[Measure.POPULATION]
    return FigureRow(
        month=month,
        population=population,
        processed=both(Measure.PROCESSED_MEN, Measure.PROCESSED_WOMEN),
        sentenced=both(Measure.SENTENCED_MEN, Measure.SENTENCED_WOMEN),
        men=both(Measure.PROCESSED_MEN, Measure.SENTENCED_MEN),
        women=both(Measure.PROCESSED_WOMEN, Measure.SENTENCED_WOMEN),
        source=source,
        occupancy=rules.occupancy(population, _places_on(capacities, month), month),
        type=rules.prison_type(population, month),
    )


def _pavilions(key: int, as_of: date | None) -> tuple[PavilionRow, ...]:
    rows = Pavilion.objects.filter(facility=key).order_by("code", "-valid_from")
    if as_of is not None:
        rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=as_of), valid_from__lte=as_of)
    fields = ("id", "code", "name", "capacity", "valid_from", "valid_to", "is_demonstration")
    return tuple(PavilionRow(*row) for row in rows.values_list(*fields))

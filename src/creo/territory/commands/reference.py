"""Loads the reference tables of `data/` into the database; again and again with the same result.

Nothing is deleted. Capacity is only added to: what people changed since stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden
from creo.territory import rules
from creo.territory.models import (
    Department,
    District,
    Facility,
    FacilityAlias,
    FacilityCapacity,
    Province,
    ReferenceFigure,
    RegionalOffice,
)

Rows = Sequence[Mapping[str, Any]]
Keys = Mapping[str, int]
BATCH = 500


@dataclass
class LoadReport:
    """How many rows of each table were made or corrected; both empty when all was already as published."""

    created: dict[str, int] = field(default_factory=dict)
    corrected: dict[str, int] = field(default_factory=dict)


@ledger.command(permission=Permission.EDIT_TERRITORY)
def load_reference(*, by: Reader) -> LoadReport:
    """Makes the tables hold what `data/` says, with one ledger entry for the load and one per changed capacity.

    TableError when a reference file is wrong. Forbidden unless the reader is national.
    """
    if not by.national:
        raise Forbidden(_("Solo el nivel nacional carga las tablas de referencia."))
    tables = rules.load_reference()
    report = LoadReport()
    departments = _load_places(tables, report)
    _sync(report, RegionalOffice, ("code",), [_office(item, departments) for item in tables.offices])
    _sync(report, Facility, ("code",), _prisons(tables, departments))
    _sync(report, Facility, ("code",), _community_offices(tables, departments))
    facilities = _keys(Facility, "code")
    _load_aliases(tables, facilities, report)
    _load_capacities(tables, facilities, report)
    _sync(report, ReferenceFigure, ("facility_id", "measure", "month"), _figures(tables, facilities))
    if not report.created and not report.corrected:
        ledger.nothing_to_do("las tablas de referencia ya estaban cargadas")
    else:
        ledger.record(
            act="territory.reference_loaded",
            subject=("reference", "territory"),
            after={"created": report.created, "corrected": report.corrected},
        )
    return report


def _load_places(tables: rules.Reference, report: LoadReport) -> Keys:
    _sync(
        report,
        Department,
        ("ubigeo",),
        [
            {"ubigeo": item.inei, "reniec": item.reniec, "name": item.name, "capital": item.capital}
            for item in tables.departments
        ],
    )
    departments = _keys(Department, "ubigeo")
    _sync(
        report,
        Province,
        ("ubigeo",),
        [
            {"ubigeo": item.inei, "reniec": item.reniec, "name": item.name, "department_id": departments[item.parent]}
            for item in tables.provinces
        ],
    )
    provinces = _keys(Province, "ubigeo")
    _sync(
        report,
        District,
        ("ubigeo", "reniec"),
        [
            {
                "ubigeo": item.inei,
                "reniec": item.reniec,
                "name": item.name,
                "note": item.note,
                "province_id": provinces[item.parent],
            }
            for item in tables.districts
        ],
    )
    return departments


def _office(item: rules.Office, departments: Keys) -> dict[str, Any]:
    return {
        "code": item.code,
        "name": item.name,
        "short_name": item.short_name,
        "seat_id": departments[item.seat_department],
        "number": item.number,
    }


def _prisons(tables: rules.Reference, departments: Keys) -> list[dict[str, Any]]:
    offices = _keys(RegionalOffice, "code")
    provinces = _keys(Province, "ubigeo")
    districts = _keys(District, "ubigeo")
    sexes = _sexes(tables)
    rows = []
    for item in tables.prisons:
        sex, sex_source = sexes.get(item.code, (None, ""))
        rows.append(
            {
                "code": item.code,
                "kind": Facility.Kind.PRISON,
                "name": item.name,
                "regional_office_id": offices[item.office],
                "department_id": departments[item.department],
                "province_id": provinces[item.province] if item.province else None,
                "district_id": districts[item.district] if item.district else None,
                "place_printed": item.place_printed,
                "place_source": tables.sources[item.place_source].label if item.place_source else "",
                "sex": sex,
                "sex_source": sex_source,
            }
        )
    return rows


def _community_offices(tables: rules.Reference, departments: Keys) -> list[dict[str, Any]]:
    offices = _keys(RegionalOffice, "code")
    return [
        {
            "code": item.code,
            "kind": Facility.Kind.COMMUNITY_OFFICE,
            "name": item.name,
            "regional_office_id": offices[item.office],
            "department_id": departments[item.department],
        }
        for item in tables.community_offices
    ]


def _sexes(tables: rules.Reference) -> dict[str, tuple[str, str]]:
    """Who each prison holds, read from its last figures published by sex, with that source."""
    found = {}
    for item in sorted(tables.populations, key=lambda item: item.month):
        if item.by_status is not None:
            processed_men, processed_women, sentenced_men, sentenced_women = item.by_status
            sex = rules.sex_held(processed_men + sentenced_men, processed_women + sentenced_women)
            if sex is not None:
                found[item.prison] = (sex.value, tables.sources[item.source].label)
    return found


def _load_aliases(tables: rules.Reference, facilities: Keys, report: LoadReport) -> None:
    scheme = FacilityAlias.Scheme
    codes = [(item.prison, scheme.CENSUS_2016, item.code) for item in tables.census if item.prison]
    names = [(item.prison, scheme.NAME, item.name) for item in tables.other_names]
    rows = [
        {"facility_id": facilities[prison], "scheme": kind, "code": code} for prison, kind, code in (*codes, *names)
    ]
    _sync(report, FacilityAlias, ("scheme", "code"), rows)


def _load_capacities(tables: rules.Reference, facilities: Keys, report: LoadReport) -> None:
    """Adds the published spans that begin after what is already there, and closes the one they follow."""
    published: dict[str, list[tuple[date, int, str]]] = {}
    for item in tables.capacities:
        published.setdefault(item.prison, []).append((item.month, item.places, tables.sources[item.source].label))
    known: dict[int, FacilityCapacity] = {}
    for row in FacilityCapacity.objects.order_by("valid_from"):
        known[row.facility_id] = row
    made, closed, entries = [], [], []
    for prison, items in published.items():
        last = known.get(facilities[prison])
        spans = _new_spans(items, last)
        if not spans:
            continue
        if last is not None:
            last.valid_to = spans[0].valid.start
            closed.append(last)
        for span in spans:
            made.append(_capacity(facilities[prison], span))
        entries.append(_capacity_entry(prison, last, spans[-1]))
    FacilityCapacity.objects.bulk_update(closed, ["valid_to"], batch_size=BATCH)
    FacilityCapacity.objects.bulk_create(made, batch_size=BATCH)
    _count(report.created, FacilityCapacity, len(made))
    if entries:
        ledger.record_many(entries)


def _new_spans(items: list[tuple[date, int, str]], last: FacilityCapacity | None) -> tuple[rules.Capacity, ...]:
    """What the publications add to the latest known capacity: nothing older than it, nothing equal to it."""
    if last is None:
        return rules.capacity_spans(items)
    later = [item for item in items if item[0] > last.valid_from]
    return rules.capacity_spans([(last.valid_from, last.places, last.source), *later])[1:]


def _capacity(facility: int, span: rules.Capacity) -> FacilityCapacity:
    return FacilityCapacity(
        facility_id=facility,
        places=span.places,
        valid_from=span.valid.start,
        valid_to=span.valid.end,
        source="; ".join(span.sources),
    )


def _capacity_entry(prison: str, last: FacilityCapacity | None, span: rules.Capacity) -> dict[str, Any]:
    return {
        "act": "territory.capacity_changed",
        "subject": ("facility", prison),
        "place": prison,
        "reason": "tablas de referencia",
        "before": {"places": last.places, "valid_from": last.valid_from.isoformat()} if last else None,
        "after": {"places": span.places, "valid_from": span.valid.start.isoformat(), "source": "; ".join(span.sources)},
    }


def _figures(tables: rules.Reference, facilities: Keys) -> list[dict[str, Any]]:
    measure = ReferenceFigure.Measure
    by_status = (measure.PROCESSED_MEN, measure.PROCESSED_WOMEN, measure.SENTENCED_MEN, measure.SENTENCED_WOMEN)
    rows = []
    for item in tables.populations:
        values = {measure.POPULATION: item.population}
        if item.by_status is not None:
            values |= dict(zip(by_status, item.by_status, strict=True))
        for name, value in values.items():
            rows.append(
                {
                    "facility_id": facilities[item.prison],
                    "measure": name,
                    "month": item.month,
                    "value": value,
                    "source": tables.sources[item.source].label,
                }
            )
    return rows


def _keys(model: type[models.Model], column: str) -> dict[str, int]:
    return dict(model._default_manager.values_list(column, "pk"))


def _sync(report: LoadReport, model: type[models.Model], key: tuple[str, ...], rows: Rows) -> None:
    """Makes the rows that are missing and corrects those that differ, found by `key`."""
    known = {tuple(getattr(item, name) for name in key): item for item in model._default_manager.all()}
    made, corrected = [], []
    for row in rows:
        found = known.get(tuple(row[name] for name in key))
        if found is None:
            made.append(model(**row))
        elif any(getattr(found, name) != value for name, value in row.items()):
            for name, value in row.items():
                setattr(found, name, value)
            corrected.append(found)
    model._default_manager.bulk_create(made, batch_size=BATCH)
    if corrected:
        model._default_manager.bulk_update(corrected, [name.removesuffix("_id") for name in rows[0]], batch_size=BATCH)
    _count(report.created, model, len(made))
    _count(report.corrected, model, len(corrected))


def _count(counts: dict[str, int], model: type[models.Model], number: int) -> None:
    if number:
        name = model._meta.model_name or ""
        counts[name] = counts.get(name, 0) + number

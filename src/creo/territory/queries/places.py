"""Departments, provinces and districts, with both codings. Public geography: any reader who may view the territory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F

from creo.support.accounts.readers import Reader
from creo.support.refusals import NotFound
from creo.territory.models import Department, District, Province
from creo.territory.queries.lists import FacilityFilter, FacilityRow, facilities


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department with its two codes and how many provinces and districts it has."""

    ubigeo: str
    reniec: str
    name: str
    capital: str
    provinces: int
    districts: int


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A district; the code that the source does not give is empty."""

    ubigeo: str
    reniec: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class ProvinceRow:
    """A province with its districts."""

    ubigeo: str
    reniec: str
    name: str
    districts: tuple[DistrictRow, ...]


@dataclass(frozen=True, slots=True)
class DepartmentDetail:
    """A department with its provinces, districts and the reader's prisons in it."""

    ubigeo: str
    reniec: str
    name: str
    capital: str
    provinces: tuple[ProvinceRow, ...]
    prisons: tuple[FacilityRow, ...]


def departments() -> list[DepartmentRow]:
    """The 25 departments by INEI code. One query."""
    rows = Department.objects.annotate(
        provinces_n=Count("provinces", distinct=True), districts_n=Count("provinces__districts", distinct=True)
    )
    fields = ("ubigeo", "reniec", "name", "capital", "provinces_n", "districts_n")
    return [DepartmentRow(*row) for row in rows.order_by("ubigeo").values_list(*fields)]


def department(reader: Reader, ubigeo: str, as_of: date) -> DepartmentDetail:
    """One department by INEI code with everything below it. NotFound for a code that is none. Six queries."""
    found = Department.objects.filter(ubigeo=ubigeo).first()
    if found is None:
        raise NotFound
    below: dict[int, list[DistrictRow]] = {}
    districts = District.objects.filter(province__department=found).order_by(
        "province__ubigeo", F("ubigeo").asc(nulls_last=True), "reniec"
    )
    for province, code, reniec, name, note in districts.values_list("province_id", "ubigeo", "reniec", "name", "note"):
        below.setdefault(province, []).append(DistrictRow(code or "", reniec or "", name, note))
    provinces = tuple(
        ProvinceRow(code, reniec, name, tuple(below.get(key, ())))
        for key, code, reniec, name in Province.objects.filter(department=found)
        .order_by("ubigeo")
        .values_list("id", "ubigeo", "reniec", "name")
    )
    prisons = tuple(facilities(reader, as_of, FacilityFilter(department=ubigeo)))
    return DepartmentDetail(found.ubigeo, found.reniec, found.name, found.capital, provinces, prisons)


def district_codes(codes: Iterable[str], *, scheme: str = "ubigeo") -> dict[str, int]:
    """Keys of districts by code, for an import; `scheme` is `ubigeo` (INEI) or `reniec`. The unknown are absent."""
    if scheme not in ("ubigeo", "reniec"):
        raise ValueError(f"No hay codificación [{scheme}] de distritos.")
    rows = District.objects.filter(**{f"{scheme}__in": set(codes)})
    return {str(code): key for code, key in rows.values_list(scheme, "id")}

"""The reference tables of `data/`: read, checked against each other, and handed over as plain rows.

A wrong table stops with the file, the line and what was expected; nothing is loaded from half a table.
"""

from __future__ import annotations

import csv
import functools
import io
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources

from creo.territory.rules.ubigeo import Level, Scheme, UbigeoError, parse_ubigeo

Fields = Mapping[str, str]


class TableError(ValueError):
    """A reference table is wrong: file, line, what was found and what was expected (Spanish)."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a row comes from, as shown to people."""

    code: str
    label: str
    note: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A department (2 digits), province (4) or district (6). A code the source does not give is None."""

    inei: str | None
    reniec: str | None
    name: str
    parent: str = ""
    capital: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """A regional office of INPE, with the department of its seat."""

    code: str
    name: str
    short_name: str
    seat_department: str
    number: int


@dataclass(frozen=True, slots=True)
class Prison:
    """A prison of the January 2026 table; province and district are None where nothing published gives them."""

    code: str
    name: str
    office: str
    department: str
    province: str | None
    district: str | None
    place_printed: str
    place_source: str


@dataclass(frozen=True, slots=True)
class PublishedCapacity:
    """Places of a prison in the report of a month (its first day)."""

    prison: str
    month: date
    places: int
    source: str


@dataclass(frozen=True, slots=True)
class PublishedPopulation:
    """People held in the report of a month, by legal status and sex where published. Reference, not register."""

    prison: str
    month: date
    population: int
    by_status: tuple[int, int, int, int] | None
    source: str


@dataclass(frozen=True, slots=True)
class CensusCode:
    """A facility code of the 2016 census and our prison, or None with the reason."""

    code: str
    printed_name: str
    prison: str | None
    note: str


@dataclass(frozen=True, slots=True)
class OtherName:
    """Another spelling under which a published table lists a prison."""

    prison: str
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class CommunityOffice:
    """A published community office (medio libre); the list is empty until somebody publishes it."""

    code: str
    name: str
    office: str
    department: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Every reference table, checked."""

    sources: Mapping[str, Source]
    departments: tuple[Place, ...]
    provinces: tuple[Place, ...]
    districts: tuple[Place, ...]
    offices: tuple[Office, ...]
    prisons: tuple[Prison, ...]
    capacities: tuple[PublishedCapacity, ...]
    populations: tuple[PublishedPopulation, ...]
    census: tuple[CensusCode, ...]
    other_names: tuple[OtherName, ...]
    community_offices: tuple[CommunityOffice, ...]


@functools.cache
def load_reference() -> Reference:
    """The tables shipped with this version. TableError names the file and the line that is wrong."""
    folder = resources.files("creo.territory") / "data"
    return parse_reference({item.name: item.read_text(encoding="utf-8") for item in folder.iterdir() if item.is_file()})


def parse_reference(texts: Mapping[str, str]) -> Reference:
    """Reads and checks the tables from their texts by file name."""
    reference = Reference(
        sources=_sources(texts["sources.toml"]),
        departments=_rows(texts, "departments.csv", lambda row: _place(row, Level.DEPARTMENT)),
        provinces=_rows(texts, "provinces.csv", lambda row: _place(row, Level.PROVINCE)),
        districts=_rows(texts, "districts.csv", lambda row: _place(row, Level.DISTRICT)),
        offices=_rows(texts, "regional_offices.csv", _office),
        prisons=_rows(texts, "prisons.csv", _prison),
        capacities=_rows(texts, "capacities.csv", _capacity),
        populations=_rows(texts, "populations.csv", _population),
        census=_rows(texts, "census_2016.csv", _census),
        other_names=_rows(texts, "other_names.csv", lambda row: OtherName(row["prison"], row["name"], row["source"])),
        community_offices=_rows(texts, "community_offices.csv", _community_office),
    )
    _check(reference)
    return reference


def _sources(text: str) -> dict[str, Source]:
    items = tomllib.loads(text)["sources"]
    return {code: Source(code, item["label"], item["note"], tuple(item["files"])) for code, item in items.items()}


def _rows[T](texts: Mapping[str, str], file: str, make: Callable[[Fields], T]) -> tuple[T, ...]:
    made: list[T] = []
    for line, row in enumerate(csv.DictReader(io.StringIO(texts[file])), start=2):
        try:
            if None in row or None in row.values():
                raise ValueError("tiene otro número de columnas que el encabezado")
            made.append(make(row))
        except (ValueError, KeyError) as error:
            raise TableError(f"{file}, línea {line}: {error}") from error
    return tuple(made)


def _code(text: str, scheme: Scheme, level: Level) -> str | None:
    if not text:
        return None
    code = parse_ubigeo(text, scheme)
    if code.level != level:
        raise UbigeoError(f"«{text}» es código de {code.level.word}; se espera {level.word}.")
    return code.code


def _place(row: Fields, level: Level) -> Place:
    inei = _code(row["inei"], Scheme.INEI, level)
    reniec = _code(row["reniec"], Scheme.RENIEC, level)
    if inei is None and reniec is None:
        raise ValueError(f"«{row['name']}» no tiene ningún código")
    if level is Level.DISTRICT:
        parent = row["province"]
        if inei is not None and inei[:4] != parent:
            raise ValueError(f"«{inei}» no empieza por su provincia «{parent}»")
    else:
        parent = (inei or "")[: level - 2]
    return Place(inei, reniec, row["name"], parent, row.get("capital", ""), row.get("note", ""))


def _office(row: Fields) -> Office:
    return Office(row["code"], row["name"], row["short_name"], row["seat_department"], int(row["census_digit"]))


def _prison(row: Fields) -> Prison:
    return Prison(
        row["code"],
        row["name"],
        row["regional_office"],
        row["department"],
        row["province"] or None,
        row["district"] or None,
        row["place_printed"],
        row["place_source"],
    )


def _capacity(row: Fields) -> PublishedCapacity:
    return PublishedCapacity(row["prison"], _month(row["month"]), int(row["capacity"]), row["source"])


def _population(row: Fields) -> PublishedPopulation:
    parts = [row[name] for name in ("processed_men", "processed_women", "sentenced_men", "sentenced_women")]
    total = int(row["population"])
    by_status = None
    if any(parts):
        men, women, sentenced_men, sentenced_women = (int(part) for part in parts)
        by_status = (men, women, sentenced_men, sentenced_women)
        if sum(by_status) != total:
            raise ValueError(f"las cuatro partes suman {sum(by_status)} y el total dice {total}")
    return PublishedPopulation(row["prison"], _month(row["month"]), total, by_status, row["source"])


def _census(row: Fields) -> CensusCode:
    if not row["prison"] and not row["note"]:
        raise ValueError(f"el código «{row['code']}» queda sin penal y sin motivo")
    return CensusCode(row["code"], row["printed_name"], row["prison"] or None, row["note"])


def _community_office(row: Fields) -> CommunityOffice:
    return CommunityOffice(row["code"], row["name"], row["regional_office"], row["department"])


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def _check(reference: Reference) -> None:
    """Every code once, every parent and every source known."""
    departments = _known("departments.csv", (item.inei for item in reference.departments))
    provinces = _known("provinces.csv", (item.inei for item in reference.provinces))
    districts = _known("districts.csv", (item.inei for item in reference.districts if item.inei))
    _known("districts.csv", (item.reniec for item in reference.districts if item.reniec))
    offices = _known("regional_offices.csv", (item.code for item in reference.offices))
    prisons = _known("prisons.csv", (item.code for item in reference.prisons))
    _known("capacities.csv", (f"{item.prison} {item.month}" for item in reference.capacities))
    _known("populations.csv", (f"{item.prison} {item.month}" for item in reference.populations))
    _known("census_2016.csv", (item.code for item in reference.census))
    sources = set(reference.sources)
    _within("provinces.csv", (item.parent for item in reference.provinces), departments)
    _within("districts.csv", (item.parent for item in reference.districts), provinces)
    _within("regional_offices.csv", (item.seat_department for item in reference.offices), departments)
    _within("prisons.csv", (item.office for item in reference.prisons), offices)
    _within("prisons.csv", (item.department for item in reference.prisons), departments)
    _within("prisons.csv", (item.province for item in reference.prisons if item.province), provinces)
    _within("prisons.csv", (item.district for item in reference.prisons if item.district), districts)
    for item in reference.prisons:
        inside = [code for code in (item.province, item.district) if code]
        if any(not code.startswith(item.department) for code in inside):
            raise TableError(f"prisons.csv: [{item.code}] está fuera de su departamento [{item.department}].")
    _within("prisons.csv", (item.place_source for item in reference.prisons if item.place_source), sources)
    _within("capacities.csv", (item.prison for item in reference.capacities), prisons)
    _within("capacities.csv", (item.source for item in reference.capacities), sources)
    _within("populations.csv", (item.prison for item in reference.populations), prisons)
    _within("populations.csv", (item.source for item in reference.populations), sources)
    _known("community_offices.csv", (item.code for item in reference.community_offices))
    _within("community_offices.csv", (item.office for item in reference.community_offices), offices)
    _within("community_offices.csv", (item.department for item in reference.community_offices), departments)
    _within("other_names.csv", (item.prison for item in reference.other_names), prisons)
    _within("other_names.csv", (item.source for item in reference.other_names), sources)
    _within("census_2016.csv", (item.prison for item in reference.census if item.prison), prisons)


def _known(file: str, codes: Iterable[str | None]) -> set[str]:
    seen: set[str] = set()
    for code in codes:
        if code is None or code in seen:
            raise TableError(f"{file}: el código [{code}] falta o está repetido.")
        seen.add(code)
    return seen


def _within(file: str, codes: Iterable[str], known: set[str]) -> None:
    for code in codes:
        if code not in known:
            raise TableError(f"{file}: no existe [{code}].")

"""The reference tables behind the synthetic nation: INPE's published counts, and our assumptions where it prints none.

Every table is a CSV file of `register/data` (its README names sources); this module only reads and checks them.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from creo.register.rules import OffenceEntry, catalogue

DATA = Path(__file__).resolve().parent.parent / "data"

BANDS = ("16-17", "18-19", "20-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50-54", "55-59", "60+")
ADMISSIONS = ("1", "2", "3", "4", "5", "6", "7", "8+")
OTHERS = "Otros delitos"

OffenceKey = tuple[str, bool]
"""Offence code and whether it is an attempt: INPE prints an attempt as a row of its own."""


@dataclass(frozen=True, slots=True)
class Prison:
    """Published counts of a prison: unsentenced men and women, sentenced men and women; foreigners where printed."""

    name: str
    regional_office: str
    department: str
    counts: tuple[int, int, int, int]
    foreigners: int | None


@dataclass(frozen=True, slots=True)
class OffenceRow:
    """A row of the published table of offences by age band and legal status; `key` is None for the remainder row."""

    label: str
    key: OffenceKey | None
    unsentenced: int
    sentenced: int
    ages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AdmissionsRow:
    """People by number of admissions (1 … 7, 8 or more) for one offence, as last published."""

    label: str
    key: OffenceKey
    month: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What the generator assumes of an offence: its part of the remainder row, whom it resembles, sentence, shares."""

    key: OffenceKey
    persons: int | None
    age_like: str
    admissions_like: OffenceKey
    women: float
    years: tuple[float, float]
    organised: float
    extreme: float
    benefits: bool
    minors: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A prison that holds only a certain kind of person (our assumption)."""

    name: str
    minimum_age: int
    offences: frozenset[str]


@dataclass(frozen=True, slots=True)
class SecondOffence:
    """How often one offence comes with another (our assumption)."""

    main: str
    second: str
    share: float


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything the generator reads."""

    prisons: tuple[Prison, ...]
    offence_rows: tuple[OffenceRow, ...]
    admissions_rows: tuple[AdmissionsRow, ...]
    age_shapes: Mapping[str, tuple[int, ...]]
    totals: Mapping[str, Mapping[str, int]]
    offences: Mapping[str, OffenceEntry]
    profiles: tuple[Profile, ...]
    places: tuple[Place, ...]
    second_offences: tuple[SecondOffence, ...]
    nationalities: tuple[tuple[str, float], ...]
    given_names: tuple[tuple[str, str, float], ...]
    surnames: tuple[tuple[str, float], ...]


@cache
def load() -> Tables:
    """Reads the tables once. ValueError when they do not fit together."""
    tables = Tables(
        prisons=_prisons(),
        offence_rows=_offence_rows(),
        admissions_rows=_admissions_rows(),
        age_shapes={row["code"]: (0, *_integers(row, BANDS[1:])) for row in rows("inpe_2015_ages")},
        totals=_totals(),
        offences={offence.code: offence for offence in catalogue()},
        profiles=_profiles(),
        places=tuple(
            Place(row["name"], int(row["minimum_age"]), frozenset(_split(row["offences"])))
            for row in rows("synthetic_places")
        ),
        second_offences=tuple(
            SecondOffence(row["main"], row["second"], float(row["share"])) for row in rows("synthetic_second_offences")
        ),
        nationalities=tuple((row["code"], float(row["weight"])) for row in rows("nationalities")),
        given_names=tuple((row["name"], row["sex"], float(row["weight"])) for row in rows("given_names")),
        surnames=tuple((row["name"], float(row["weight"])) for row in rows("surnames")),
    )
    check(tables)
    return tables


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a reference table, as text."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _prisons() -> tuple[Prison, ...]:
    columns = ("unsentenced_men", "unsentenced_women", "sentenced_men", "sentenced_women")
    return tuple(
        Prison(
            row["name"],
            row["regional_office"],
            row["department"],
            (int(row[columns[0]]), int(row[columns[1]]), int(row[columns[2]]), int(row[columns[3]])),
            int(row["foreigners"]) if row["foreigners"] else None,
        )
        for row in rows("inpe_2026_prisons")
    )


def _offence_rows() -> tuple[OffenceRow, ...]:
    return tuple(
        OffenceRow(
            row["label"],
            (row["code"], row["attempt"] == "yes") if row["code"] else None,
            int(row["unsentenced"]),
            int(row["sentenced"]),
            _integers(row, BANDS),
        )
        for row in rows("inpe_2026_offences")
    )


def _admissions_rows() -> tuple[AdmissionsRow, ...]:
    return tuple(
        AdmissionsRow(row["label"], (row["code"], row["attempt"] == "yes"), row["month"], _integers(row, ADMISSIONS))
        for row in rows("inpe_2017_admissions")
    )


def _profiles() -> tuple[Profile, ...]:
    return tuple(
        Profile(
            key=(row["code"], row["attempt"] == "yes"),
            persons=int(row["persons"]) if row["persons"] else None,
            age_like=row["age_like"],
            admissions_like=parse_key(row["admissions_like"]),
            women=float(row["women"]),
            years=(float(row["years_low"]), float(row["years_high"])),
            organised=float(row["organised"]),
            extreme=float(row["extreme"]),
            benefits=row["benefits"] == "yes",
            minors=row["minors"] == "yes",
        )
        for row in rows("synthetic_offences")
    )


def _totals() -> dict[str, dict[str, int]]:
    totals: dict[str, dict[str, int]] = {}
    for row in rows("inpe_totals"):
        totals.setdefault(row["table"], {})[row["category"]] = int(row["value"])
    return totals


def parse_key(text: str) -> OffenceKey:
    """Reads "CP-189" or, for the attempt, "CP-189:yes"."""
    code, _, attempt = text.partition(":")
    return code, attempt == "yes"


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


def _integers(row: Mapping[str, str], columns: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(int(row[column]) for column in columns)


def check(tables: Tables) -> None:
    """Refuses tables that contradict each other, naming the row."""
    printed = {row.key for row in tables.offence_rows if row.key}
    profiled = {profile.key: profile for profile in tables.profiles}
    for key in printed | {row.key for row in tables.admissions_rows}:
        if key not in profiled:
            raise ValueError(f"synthetic_offences.csv has no row for {key}.")
    for key, profile in profiled.items():
        if key[0] not in tables.offences:
            raise ValueError(f"synthetic_offences.csv: {key[0]} is not in offences.csv.")
        if (profile.persons is None) != (key in printed):
            raise ValueError(f"synthetic_offences.csv: {key} is either printed by INPE or given a number, not both.")
    others = sum(profile.persons or 0 for profile in tables.profiles)
    remainder = sum(sum(row.ages) for row in tables.offence_rows if row.key is None)
    if others != remainder:
        raise ValueError(f"synthetic_offences.csv shares out {others} people; INPE prints {remainder} in «{OTHERS}».")
    held = sum(sum(prison.counts) for prison in tables.prisons)
    for total in (sum(sum(row.ages) for row in tables.offence_rows), sum(tables.totals["admissions"].values())):
        if total != held:
            raise ValueError(f"The published tables disagree: {held} people by prison, {total} in another table.")

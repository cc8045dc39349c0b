"""The dated numbers and purposes of `parameters.toml`."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

from creo.kernel.access import Access
from creo.kernel.citations import Citation
from creo.kernel.periods import Period

NAMES = (
    "purpose_minutes",
    "emergency_minutes",
    "emergency_review_days",
    "pace_files",
    "pace_minutes",
    "many_files",
    "many_minutes",
    "outside_files",
    "outside_minutes",
    "night_files",
    "night_minutes",
    "night_from_hour",
    "night_to_hour",
    "relative_files",
    "emergency_repeated",
    "emergency_repeated_days",
    "export_rows",
)


PURPOSE_WORDS: Mapping[str, str] = {
    "placement": "Ubicación y protección en el establecimiento",
    "health": "Atención de salud",
    "interpreter": "Comunicación en su lengua o por intérprete",
    "treatment": "Diagnóstico y tratamiento",
    "record": "Registro o actualización del dato",
    "rights": "Solicitud de la propia persona",
    "order": "Orden judicial o fiscal",
    "benefit": "Expediente de beneficio penitenciario o egreso",
    "selection": "Focalización e inscripción en el programa",
}


@dataclass(frozen=True, slots=True)
class Purpose:
    """A reason the law knows for opening the sheets of some access classes."""

    code: str
    access: frozenset[Access]
    valid: Period
    citation: Citation


@dataclass(frozen=True, slots=True)
class Parameters:
    """Numbers by name, each with the periods in which it holds, and the list of purposes."""

    values: Mapping[str, tuple[tuple[Period, int], ...]]
    purposes: tuple[Purpose, ...]

    def on(self, name: str, day: date) -> int:
        """The number in force on a day. LookupError when none is."""
        for period, value in self.values[name]:
            if period.contains(day):
                return value
        raise LookupError(f"Ningún valor de [{name}] rige el [{day}].")

    def purposes_for(self, access: str, day: date) -> tuple[Purpose, ...]:
        """The purposes for which sheets of a class may be opened on a day, in the order of the list."""
        return tuple(item for item in self.purposes if access in item.access and item.valid.contains(day))


def parse_parameters(text: str) -> Parameters:
    """Reads the TOML text. ValueError (Spanish) for what is missing, unknown, or said twice for one day."""
    content = tomllib.loads(text)
    unknown = set(content) - {*NAMES, "purpose"}
    if unknown:
        raise ValueError(f"Parámetros desconocidos: {sorted(unknown)}.")
    values = {name: tuple(map(_dated, content.get(name, ()))) for name in NAMES}
    for name, rows in values.items():
        if not rows:
            raise ValueError(f"Falta el parámetro [{name}].")
        if any(one.overlaps(other) for place, (one, _) in enumerate(rows) for other, _ in rows[place + 1 :]):
            raise ValueError(f"Dos periodos del parámetro [{name}] comparten un día.")
    purposes = tuple(map(_purpose, content.get("purpose", ())))
    for place, one in enumerate(purposes):
        if any(one.code == other.code and one.valid.overlaps(other.valid) for other in purposes[place + 1 :]):
            raise ValueError(f"Dos periodos de la finalidad [{one.code}] comparten un día.")
    return Parameters(values, purposes)


def _dated(item: Mapping[str, Any]) -> tuple[Period, int]:
    if not item.get("source"):
        raise ValueError("Todo parámetro dice su fuente.")
    return Period(item["valid_from"], item.get("valid_to")), int(item["value"])


def _purpose(item: Mapping[str, Any]) -> Purpose:
    if item.get("code") not in PURPOSE_WORDS or not item.get("source") or not item.get("access"):
        raise ValueError(f"La finalidad [{item.get('code')}] es de la lista y dice sus clases y su fuente.")
    return Purpose(
        code=item["code"],
        access=frozenset(Access(name) for name in item["access"]),
        valid=Period(item["valid_from"], item.get("valid_to")),
        citation=Citation(item["source"], item.get("locator", "")),
    )


@functools.cache
def parameters() -> Parameters:
    """The parameters that come with the system."""
    return parse_parameters((resources.files("creo.support.looking") / "parameters.toml").read_text("utf-8"))

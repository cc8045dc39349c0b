"""A source mapping: which column of somebody's file is which field of ours, as data.

code: inpe-lista
title: Lista del Registro Penitenciario
missing: ["", "NEP"]                  # texts that mean "no data" in every column (case does not matter)
columns:
  document_number:
    from: [DNI, NRO DOCUMENTO]        # the first name found in the file; case, accents, spaces and signs are forgiven
    missing: ["99"]                   # more texts that mean "no data" in this column
    format: digits                    # see FORMATS; a list for dates
    width: 8                          # digits lost their leading zeros in a spreadsheet: filled again up to this width
  legal_status:
    from: P218
    values: {"Procesado?": unsentenced, "Sentenciado?": sentenced}
  release_kind:
    from: MOTIVO
    required: false                   # the file may lack the column
    default: unknown                  # what an absent column or a cell without data gives
constants: {nationality: PE}          # fields that no column carries
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as of_dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from creo.support.refusals import Refused

_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"  # a time of day may follow; only the day is read
DATE_FORMATS = {
    "yyyy-mm-dd": r"^(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})" + _TIME,
    "dd/mm/yyyy": r"^(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})" + _TIME,
    "dd-mm-yyyy": r"^(?P<day>\d{1,2})-(?P<month>\d{1,2})-(?P<year>\d{4})" + _TIME,
    "dd.mm.yyyy": r"^(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})" + _TIME,
    "mm/dd/yyyy": r"^(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})" + _TIME,
    "yyyymmdd": r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})$",
    # Days since 1899-12-30, what a spreadsheet leaves when a date loses its format; five digits, so that a bare year
    # is never taken for one.
    "excel": r"^[1-9]\d{4}(?:\.\d+)?$",
}
USUAL_DATES = ("yyyy-mm-dd", "dd/mm/yyyy", "dd-mm-yyyy", "excel")
FORMATS = frozenset(DATE_FORMATS) | {"integer", "digits"}

_COLUMN_KEYS = frozenset({"from", "values", "missing", "format", "width", "required", "default"})
_MAPPING_KEYS = frozenset({"code", "title", "description", "sheet", "missing", "columns", "constants"})


def key(text: str) -> str:
    """A header or a value as compared: no case, accents or signs, single spaces; the text itself if it is all signs."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    words = re.sub(r"[^0-9a-z]+", " ", plain).strip()
    return words or text.strip().casefold()


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """Where one field comes from and how its texts are read."""

    field: str
    names: tuple[str, ...]
    values: Mapping[str, str] = of_dataclass(default_factory=dict)
    missing: frozenset[str] = frozenset()
    formats: tuple[str, ...] = ()
    width: int = 0
    required: bool = True
    default: str | None = None

    @property
    def dates(self) -> tuple[str, ...]:
        """The date formats tried, in order."""
        chosen = tuple(name for name in self.formats if name in DATE_FORMATS)
        return chosen or USUAL_DATES


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """The columns of one kind of source file."""

    code: str
    title: str
    columns: tuple[ColumnRule, ...]
    constants: Mapping[str, str] = of_dataclass(default_factory=dict)
    description: str = ""
    sheet: str = ""

    def rule(self, name: str) -> ColumnRule | None:
        """The rule of a field, None when no column carries it."""
        return next((rule for rule in self.columns if rule.field == name), None)

    @property
    def fields(self) -> frozenset[str]:
        """Every field that this source can give."""
        return frozenset(rule.field for rule in self.columns) | frozenset(self.constants)

    def bind(self, headers: Iterable[str]) -> dict[str, str]:
        """Field -> header of the file. Refused, with what was found, when a required column is missing."""
        headers = list(headers)
        by_key = {key(header): header for header in headers}
        bound: dict[str, str] = {}
        lacking: list[str] = []
        for rule in self.columns:
            header = next((by_key[key(name)] for name in rule.names if key(name) in by_key), None)
            if header is not None:
                bound[rule.field] = header
            elif rule.required:
                lacking.append(_(" o ").join(f"«{name}»" for name in rule.names))
        if lacking:
            shown = ", ".join(f"«{header}»" for header in headers[:40])
            raise Refused(
                [
                    _("Falta la columna %(columns)s, que «%(mapping)s» necesita.")
                    % {"columns": ", ".join(lacking), "mapping": self.title},
                    _("Columnas encontradas: %(found)s.") % {"found": shown + ("…" if len(headers) > 40 else "")},
                ]
            )
        return bound

    def finds(self, headers: Iterable[str]) -> bool:
        """True when a file with these headers has every column that it needs, and at least one."""
        try:
            return bool(self.bind(headers))
        except Refused:
            return False

    def unused(self, headers: Iterable[str]) -> list[str]:
        """Headers of the file that no rule reads."""
        headers = list(headers)
        used = set(self.bind(headers).values())
        return [header for header in headers if header not in used]


class BadMapping(ValueError):
    """A mapping file with a fault: says the file, the place and what is expected. A fault of ours, found by tests."""


def load_mapping(path: Path) -> SourceMapping:
    """Reads one mapping file. BadMapping naming the place and what is expected there."""
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise BadMapping(f"{path.name}: no es YAML: {error}") from None
    return parse_mapping(data, path.name)


def parse_mapping(data: Any, where: str = "mapping") -> SourceMapping:
    """A mapping from plain data. BadMapping naming the place and what is expected there."""
    _only(data, _MAPPING_KEYS, where)
    for name in ("code", "title", "columns"):
        if not data.get(name):
            raise BadMapping(f"{where}: falta «{name}».")
    common = _texts(data.get("missing", [""]), f"{where}.missing")
    _only(data["columns"], None, f"{where}.columns")
    rules = tuple(_rule(name, spec, common, f"{where}.columns.{name}") for name, spec in data["columns"].items())
    constants = data.get("constants") or {}
    _only(constants, None, f"{where}.constants")
    both = sorted({rule.field for rule in rules} & set(constants))
    if both:
        raise BadMapping(f"{where}.constants: {both} ya viene de una columna.")
    return SourceMapping(
        code=str(data["code"]),
        title=str(data["title"]),
        description=str(data.get("description", "")),
        sheet=str(data.get("sheet", "")),
        columns=rules,
        constants={str(name): str(value) for name, value in constants.items()},
    )


def _rule(name: str, spec: Any, common: list[str], where: str) -> ColumnRule:
    spec = {"from": spec} if isinstance(spec, str | list) else spec
    _only(spec, _COLUMN_KEYS, where)
    names = _texts(spec.get("from", []), f"{where}.from")
    if not names:
        raise BadMapping(f"{where}.from: se espera el nombre de una columna, o una lista de nombres.")
    formats = _texts(spec.get("format", []), f"{where}.format")
    unknown = [item for item in formats if item not in FORMATS]
    if unknown:
        raise BadMapping(f"{where}.format: {unknown}; existen: {', '.join(sorted(FORMATS))}.")
    width = spec.get("width", 0)
    if not isinstance(width, int) or isinstance(width, bool) or not 0 <= width <= 40:
        raise BadMapping(f"{where}.width: se espera un entero de 0 a 40, no [{width}].")
    values = spec.get("values") or {}
    _only(values, None, f"{where}.values")
    default = spec.get("default")
    required = spec.get("required", default is None)
    if not isinstance(required, bool):
        raise BadMapping(f"{where}.required: se espera true o false, no [{required}].")
    missing = frozenset(text.strip().casefold() for text in [*common, *_texts(spec.get("missing", []), where)])
    return ColumnRule(
        field=str(name),
        names=tuple(names),
        values={key(str(text)): str(value) for text, value in values.items()},
        missing=missing | {""},
        formats=tuple(formats),
        width=width,
        required=required,
        default=None if default is None else str(default),
    )


def _only(data: Any, allowed: frozenset[str] | None, where: str) -> None:
    if not isinstance(data, dict):
        raise BadMapping(f"{where}: se espera un grupo de claves, no [{data}].")
    strange = sorted(str(name) for name in data if allowed is not None and name not in allowed)
    if allowed is not None and strange:
        raise BadMapping(f"{where}: no se conoce {strange}; se espera: {', '.join(sorted(allowed))}.")


def _texts(value: Any, where: str) -> list[str]:
    if isinstance(value, str | int):
        return [str(value)]
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return [str(item) for item in value]
    raise BadMapping(f"{where}: se espera un texto o una lista de textos, no [{value}].")

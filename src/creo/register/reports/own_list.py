"""The files that the register hands out: the template of the list it imports."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from creo.support.imports.mapping import SourceMapping, load_mapping

MAPPINGS = Path(__file__).resolve().parents[1] / "mappings"
OWN_LIST = "creo.yaml"


@cache
def own_list() -> SourceMapping:
    """The columns of our own list."""
    return load_mapping(MAPPINGS / OWN_LIST)


def template() -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The headers of our own list and two made-up rows that pass the check."""
    mapping = own_list()
    headers = tuple(rule.names[0] for rule in mapping.columns)
    examples = (
        {
            "document_kind": "DNI", "document_number": "00000123", "given_names": "Nombre", "first_surname": "Ejemplo",
            "second_surname": "Uno", "birth_date": "1999-03-14", "sex": "hombre", "nationality": "Perú",
            "facility": "E.P. de Piura", "admitted_on": "2026-03-14", "mandate": "Resolución 3, Juzgado de ejemplo",
            "legal_status": "procesado", "legal_status_on": "2026-03-14", "offence": "Robo agravado", "attempt": "no",
        },
        {
            "document_kind": "no tiene", "reference": "EJ-0002", "given_names": "Nombre", "first_surname": "Ejemplo",
            "second_surname": "Dos", "sex": "mujer", "nationality": "Venezuela",
            "facility": "E.P. de Mujeres de Trujillo", "admitted_on": "2024-11-02", "released_on": "2026-01-20",
            "release_kind": "Absolución", "legal_status": "procesado", "offence": "298", "attempt": "no",
        },
    )  # fmt: skip
    rows = tuple(tuple(example.get(rule.field, "") for rule in mapping.columns) for example in examples)
    return headers, rows

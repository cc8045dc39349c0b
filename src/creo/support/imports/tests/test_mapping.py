"""Source mappings: forgiving with other people's headers, strict with our own files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from creo.support.imports.mapping import BadMapping, key, load_mapping, parse_mapping
from creo.support.refusals import Refused

GOOD: dict[str, Any] = {
    "code": "lista",
    "title": "Lista",
    "columns": {
        "document": {"from": ["DNI", "NRO DOCUMENTO"], "format": "digits", "width": 8},
        "born": {"from": "FECHA_NAC", "format": ["dd/mm/yyyy"]},
        "release": {"from": "MOTIVO", "default": "unknown"},
    },
    "constants": {"nationality": "PE"},
}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nro. Documento", "NRO_DOCUMENTO"),
        ("  Situación   jurídica ", "situacion juridica"),
        ("AÑO", "ano"),
        ("¿Procesado?", "Procesado?"),
        ("Situacio\u0301n", "Situación"),
    ],
)
def test_headers_are_compared_without_case_accents_spaces_or_signs(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_signs_alone_are_not_all_the_same() -> None:
    assert key("+") != key("-")


def test_columns_are_found_by_their_first_known_name() -> None:
    mapping = parse_mapping(GOOD)
    headers = ["nro. documento", "Fecha nac", "Otra"]
    assert mapping.bind(headers) == {"document": "nro. documento", "born": "Fecha nac"}
    assert mapping.unused(headers) == ["Otra"]
    assert mapping.fields == {"document", "born", "release", "nationality"}


def test_a_missing_column_is_told_with_what_was_found() -> None:
    with pytest.raises(Refused) as refused:
        parse_mapping(GOOD).bind(["Apellidos", "Nombres"])
    assert "«DNI» o «NRO DOCUMENTO», «FECHA_NAC»" in refused.value.messages[0]
    assert "MOTIVO" not in refused.value.messages[0]
    assert "«Apellidos», «Nombres»" in refused.value.messages[1]


def test_a_file_is_read_with_every_key(tmp_path: Path) -> None:
    path = tmp_path / "censo.yaml"
    path.write_text(
        """
code: censo
title: Censo
missing: ["", NEP]
columns:
  legal_status: {from: P218, missing: [99], values: {"Procesado?": unsentenced}, required: false}
  name: NOMBRE
""",
        encoding="utf-8",
    )
    rule = load_mapping(path).rule("legal_status")
    assert rule is not None
    assert rule.missing == {"", "nep", "99"}
    assert rule.values == {"procesado": "unsentenced"}
    assert not rule.required
    assert load_mapping(path).columns[1].names == ("NOMBRE",)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"code": ""}, "falta «code»"),
        ({"colums": {}}, r"no se conoce \['colums'\]"),
        ({"columns": {"born": {"from": []}}}, r"columns\.born\.from"),
        ({"columns": {"born": {"from": "F", "format": "dd/mm/yy"}}}, r"columns\.born\.format: \['dd/mm/yy'\]"),
        ({"columns": {"born": {"from": "F", "width": "8"}}}, r"columns\.born\.width"),
        ({"columns": {"born": {"from": "F", "required": "no"}}}, r"columns\.born\.required"),
        ({"columns": {"born": {"from": "F", "values": ["a"]}}}, r"columns\.born\.values"),
        ({"columns": {"born": {"from": {"a": "b"}}}}, r"columns\.born\.from"),
        ({"columns": ["born"]}, "columns"),
        ({"constants": {"born": "2000-01-01"}}, r"constants: \['born'\]"),
        ({"missing": {"a": 1}}, "missing"),
    ],
)
def test_a_fault_of_a_mapping_names_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(BadMapping, match=place):
        parse_mapping(GOOD | change, "lista.yaml")


def test_a_file_that_is_not_yaml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "roto.yaml"
    path.write_text("code: [", encoding="utf-8")
    with pytest.raises(BadMapping, match=r"roto\.yaml: no es YAML"):
        load_mapping(path)

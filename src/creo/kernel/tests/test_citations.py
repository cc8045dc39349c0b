"""Citations in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.kernel.citations import Citation, join_numbers


@pytest.mark.parametrize(
    ("citation", "label"),
    [
        (Citation("programa", lines=(30,)), "Programa, línea 30"),
        (Citation("programa", lines=(270, 30, 30)), "Programa, líneas 30 y 270"),
        (Citation("programa", lines=(30, 31, 32, 40, 44)), "Programa, líneas 30-32, 40 y 44"),
        (Citation("Código Penal", "art. 298"), "Código Penal, art. 298"),
        (Citation("TUO del Código de Ejecución Penal", "art. 55"), "TUO del Código de Ejecución Penal, art. 55"),
    ],
)
def test_labels(citation: Citation, label: str) -> None:
    assert citation.label() == label


@given(st.sets(st.integers(1, 300)))
def test_folded_lines_name_every_line_once(lines: set[int]) -> None:
    named: list[int] = []
    for part in filter(None, join_numbers(lines).replace(" y ", ", ").split(", ")):
        first, _, last = part.partition("-")
        named += range(int(first), int(last or first) + 1)
    assert named == sorted(lines)

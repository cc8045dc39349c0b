"""Wrong definitions are refused by name, with what is expected."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from creo.kernel.citations import Citation
from creo.kernel.criteria import ArticleRange, CriteriaError, article_key, parse_criteria
from creo.kernel.periods import Period


def item(**changes: Any) -> dict[str, Any]:
    return {"code": "age", "title": "Edad", "test": {"fact": "birth_date", "age_between": [18, 34]}} | changes


def test_a_criterion_is_read_whole() -> None:
    (criterion,) = parse_criteria(
        [
            item(
                citation={"source": "programa", "lines": [30], "note": "nota"},
                missing="Pedir la partida",
                responsible="Registro",
                valid_from="2014-01-01",
                valid_to=date(2030, 1, 1),
                exclusion=True,
            )
        ]
    )
    assert criterion.citation == Citation("programa", lines=(30,), note="nota")
    assert criterion.valid == Period(date(2014, 1, 1), date(2030, 1, 1))
    assert (criterion.missing, criterion.responsible, criterion.is_exclusion) == ("Pedir la partida", "Registro", True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": ""}, "falta el código"),
        ({"title": None}, "falta el título"),
        ({"test": None}, "la prueba"),
        ({"test": {"fact": "x"}}, "una sola prueba"),
        ({"test": {"fact": "x", "equals": 1, "one_of": [1]}}, "una sola prueba"),
        ({"test": {"fact": "x", "equals": None}}, "se compara con un valor"),
        ({"test": {"fact": "x", "equals": [1]}}, "se compara con un valor"),
        ({"test": {"fact": "x", "equals": 1, "unless": 2}}, "no se conoce «unless»"),
        ({"test": {"fact": "x", "one_of": []}}, "lista de valores"),
        ({"test": {"fact": "x", "one_of": [1, None]}}, "lista de valores"),
        ({"test": {"fact": "x", "between": [1]}}, "dos números enteros"),
        ({"test": {"fact": "x", "between": [2, 1]}}, "pasa del máximo"),
        ({"test": {"fact": "x", "between": [True, 2]}}, "dos números enteros"),
        ({"test": {"fact": "x", "between": [None, None]}}, "al menos un límite"),
        ({"test": {"fact": "x", "age_between": [18, None]}}, "años cumplidos"),
        ({"test": {"fact": "x", "age_between": [18, 131]}}, "años cumplidos"),
        ({"test": {"fact": "x", "articles": "298"}}, "lista de artículos"),
        ({"test": {"fact": "x", "articles": ["208-185"]}}, "al revés"),
        ({"test": {"fact": "x", "articles": ["doscientos"]}}, "no es un artículo"),
        ({"test": {"fact": "", "equals": 1}}, "la prueba debe ser"),
        ({"test": {"all": []}}, "al menos una prueba"),
        ({"test": {"any": "x"}}, "al menos una prueba"),
        ({"test": {"all": [{"not": {"fact": "x"}}]}}, "una sola prueba"),
        ({"test": {"not": {"fact": "x", "equals": 1}, "fact": "x"}}, "no se conoce «fact»"),
        ({"valid_to": "2030-01-01"}, "le falta el inicio"),
        ({"valid_from": "2030-01-01", "valid_to": "2030-01-01"}, "termina antes"),
        ({"valid_from": "ayer"}, "no es una fecha"),
        ({"citation": {"lines": [30]}}, "su fuente"),
        ({"citation": "línea 30"}, "su fuente"),
        ({"citation": {"source": "programa", "lines": ["30"]}}, "números enteros"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(CriteriaError, match=expected) as caught:
        parse_criteria([item(**changes)])
    assert caught.value.item in ("age", "criteria")
    assert str(caught.value).startswith(f"{caught.value.item}: ")


def test_repeated_codes_and_an_empty_list_are_refused() -> None:
    with pytest.raises(CriteriaError, match="repetido"):
        parse_criteria([item(), item()])
    with pytest.raises(CriteriaError, match="al menos un criterio"):
        parse_criteria([])


def test_articles_stand_in_their_printed_order() -> None:
    mixed = ["1000", "122-B", "108", "123", "108-B", "122", "106", "122-A", "121", "108-A"]
    printed = ["106", "108", "108-A", "108-B", "121", "122", "122-A", "122-B", "123", "1000"]
    assert sorted(mixed, key=article_key) == printed


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("298", ["298"], ["297", "298-A", "299"]),
        ("122-B", ["122-B"], ["122", "122-A", "122-C"]),
        ("185-208", ["185", "189-C", "208"], ["184", "208-A", "209"]),
        ("170-178-A", ["170", "176-A", "178-A"], ["169-A", "178-B", "179"]),
        ("122-A-122-C", ["122-A", "122-B", "122-C"], ["122", "122-D"]),
    ],
)
def test_ranges_hold_their_ends(text: str, inside: list[str], outside: list[str]) -> None:
    span = ArticleRange.parse(text)
    assert [article for article in inside + outside if span.holds(article)] == inside

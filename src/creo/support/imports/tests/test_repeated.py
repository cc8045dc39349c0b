"""A column whose texts repeat gives the same values and the same errors as the same column read row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.support.imports.checks import Field, FieldRows, read_fields
from creo.support.imports.mapping import parse_mapping
from creo.support.imports.reading import ROW, Sheet
from creo.support.imports.repeated import repeated
from creo.support.jobs.progress import silent

TEXTS = ("sí", " No ", "1", "12.0", "x", "=1", "2026-11-23", "31/02/2026", "", "s/d", "hombre", "HOMBRE", "PeÃ±a", "-7")
FIELDS: Mapping[str, tuple[Field, Mapping[str, Any]]] = {
    "text": (Field("x", "X", max_length=8), {}),
    "pattern": (Field("x", "X", pattern="[a-z]+"), {}),
    "required": (Field("x", "X", required=True), {}),
    "integer": (Field("x", "X", kind="integer", lowest=0), {}),
    "date": (Field("x", "X", kind="date"), {}),
    "boolean": (Field("x", "X", kind="boolean"), {"default": "no"}),
    "choice": (Field("x", "X", kind="choice", choices={"hombre": "male", "x": "other"}), {"values": {"1": "hombre"}}),
}


def read(field: Field, rule: Mapping[str, Any], column: pl.Series) -> FieldRows:
    frame = pl.DataFrame([pl.Series(ROW, range(2, len(column) + 2), dtype=pl.Int64), column])
    mapping = parse_mapping({"code": "a", "title": "A", "columns": {"x": {"from": "COL", **rule}}})
    return read_fields(Sheet(("COL",), frame, 2), mapping, [field], silent)


@pytest.mark.parametrize("name", FIELDS)
@given(texts=st.lists(st.one_of(st.none(), st.sampled_from(TEXTS), st.text(max_size=3)), min_size=1, max_size=12))
def test_each_text_once_is_the_same_as_row_by_row(name: str, texts: Sequence[str | None]) -> None:
    field, rule = FIELDS[name]
    plain = pl.Series("COL", texts, dtype=pl.String)
    one, other = read(field, rule, plain), read(field, rule, plain.cast(pl.Categorical))
    assert other.frame["x"].to_list() == one.frame["x"].to_list()
    assert other.errors.items == one.errors.items
    assert (other.errors.total, other.errors.kinds) == (one.errors.total, one.errors.kinds)


@given(st.lists(st.one_of(st.none(), st.sampled_from(TEXTS)), max_size=20))
def test_the_different_texts_spread_are_the_column(texts: Sequence[str | None]) -> None:
    # Another column's texts stand in the same table of texts: places are counted among one's own.
    pl.Series(["another", "column"]).cast(pl.Categorical)
    found = repeated(pl.Series("COL", texts, dtype=pl.String).cast(pl.Categorical))
    assert found is not None
    assert found.spread(found.texts).to_list() == list(texts)
    assert (found.texts[0], found.texts.n_unique()) == (None, len(found.texts))


def test_a_column_that_does_not_repeat_is_left_alone() -> None:
    assert repeated(pl.Series(["a", "b"])) is None

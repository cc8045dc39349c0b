"""Reading quoted CSV by whole blocks gives the very records of Python's parser, whatever the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.support.imports import quoted
from creo.support.refusals import Refused

CELLS = st.text(alphabet='ab",\n\r ñ;', max_size=5)
NAMES = ("uno", "dos", "tres")


@contextmanager
def blocks_of(size: int) -> Iterator[None]:
    before, quoted.PIECE = quoted.PIECE, size
    try:
        yield
    finally:
        quoted.PIECE = before


def slow(text: str) -> list[list[str]] | None:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))[1:]
    except csv.Error:
        return None


def fast(text: str, size: int) -> list[list[str]] | None:
    found: list[list[str]] = []
    with blocks_of(size):
        try:
            for number, chunk in quoted.chunks(io.StringIO(text, newline=""), ",", 1, NAMES):
                assert number == 2 + len(found)
                found += [list(row) for row in chunk.rows()] if isinstance(chunk, pl.DataFrame) else chunk
        except Refused:
            return None
    return found


@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=8),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    ending=st.sampled_from(["\n", "\r\n"]),
    size=st.sampled_from([1, 3, 10, 4096]),
)
def test_what_is_written_as_csv_is_read_the_same(rows: list[list[str]], quoting: int, ending: str, size: int) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=quoting, lineterminator=ending).writerows([NAMES, *rows])
    assert fast(file.getvalue(), size) == slow(file.getvalue())


@given(text=st.text(alphabet='a",\n\r', max_size=30), size=st.sampled_from([1, 4, 4096]))
def test_what_is_not_quite_csv_is_read_or_refused_the_same(text: str, size: int) -> None:
    whole = "uno,dos,tres\n" + text
    assert fast(whole, size) == slow(whole)


@pytest.mark.parametrize("text", ['uno,dos,tres\n"a,b,c\n', 'uno,dos,tres\na,"b"c,d\n'])
def test_quotes_out_of_place_are_refused_with_their_line(text: str) -> None:
    with pytest.raises(Refused, match="comillas"):
        list(quoted.chunks(io.StringIO(text, newline=""), ",", 1, NAMES))


def test_even_rows_are_read_whole() -> None:
    file = io.StringIO('uno,dos,tres\n"a","b, y más",""\n"c","d\ne",f\n', newline="")
    ((number, chunk),) = list(quoted.chunks(file, ",", 1, NAMES))
    assert isinstance(chunk, pl.DataFrame)
    assert (number, chunk.rows()) == (2, [("a", "b, y más", ""), ("c", "d\ne", "f")])


@given(flags=st.lists(st.booleans(), max_size=300))
def test_the_parity_of_flags_is_that_of_counting_them_one_by_one(flags: list[bool]) -> None:
    found = quoted._parity(np.array(flags, dtype=np.bool_))
    assert found.tolist() == [sum(flags[: place + 1]) % 2 == 1 for place in range(len(flags))]

"""The words of many names at once are those that the rule takes out of each."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from creo.register import rules
from creo.register.commands.writing import NAMES, Words

WORDS = (
    "María",
    "de",
    "la",
    "del",
    "D'Angelo",
    "O´Brien",
    "Ñahui",
    "Quispe",
    "MARÍA",
    "delacruz",
    "n\u0303a",
    "ß",
    "y",
)
NAME = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=6)), min_size=1, max_size=4).map(" ".join)


@given(st.lists(st.tuples(NAME, NAME, NAME), min_size=1, max_size=5))
def test_each_person_gets_the_words_of_the_rule(names: list[tuple[str, str, str]]) -> None:
    people = pl.DataFrame(names, schema=list(NAMES), orient="row").with_row_index("owner", offset=1)
    people = people.with_columns(pl.col("owner").cast(pl.Int64))
    found = set(Words(people).keys(people).select("owner", "sound", "word").iter_rows())
    assert found == {
        (owner, sound, word) for owner, three in enumerate(names, 1) for sound, word in rules.name_keys(*three)
    }


@given(NAME)
def test_a_text_gives_its_pairs_in_the_order_of_the_rule(text: str) -> None:
    assert Words._pairs(text, {}) == rules.name_keys(text)

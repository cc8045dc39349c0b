"""The slow twin that knows the right answer of each planted case."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.register.engine.answers import (
    ELIGIBLE,
    NOT_ELIGIBLE,
    UNDECIDED,
    Case,
    has_age,
    has_programme_offence,
    right_answer,
)

AS_OF = date(2026, 1, 31)
GOOD = Case(
    admissions=1,
    identity_confirmed=True,
    birth_date=date(2000, 5, 1),
    law="CP",
    article="189",
    organised_crime=False,
    extreme_security=False,
)


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({}, ELIGIBLE),
        ({"admissions": 2}, NOT_ELIGIBLE),
        ({"identity_confirmed": False}, UNDECIDED),
        ({"identity_confirmed": False, "admissions": 2}, NOT_ELIGIBLE),
        ({"birth_date": None}, UNDECIDED),
        ({"birth_date": None, "article": "296"}, NOT_ELIGIBLE),
        ({"birth_date": date(2008, 1, 31)}, ELIGIBLE),
        ({"birth_date": date(2008, 2, 1)}, NOT_ELIGIBLE),
        ({"birth_date": date(1991, 2, 1)}, ELIGIBLE),
        ({"birth_date": date(1991, 1, 31)}, NOT_ELIGIBLE),
        ({"law": None, "article": None}, UNDECIDED),
        ({"organised_crime": None}, UNDECIDED),
        ({"organised_crime": True}, NOT_ELIGIBLE),
        ({"extreme_security": None, "organised_crime": True}, NOT_ELIGIBLE),
        ({"extreme_security": True, "birth_date": None}, NOT_ELIGIBLE),
    ],
)
def test_right_answers(change: dict[str, object], answer: str) -> None:
    assert right_answer(replace(GOOD, **change), AS_OF) == answer


@pytest.mark.parametrize(
    ("article", "inside"),
    [
        ("185", True), ("184", False), ("189-A", True), ("196-A", True), ("208", True), ("208-A", False),
        ("209", False),
        ("298", True), ("297", False), ("299", False), ("170", True), ("169", False), ("176-A", True), ("178-A", True),
        ("179", False), ("106", True), ("122-B", True), ("129", True), ("129-A", False), ("105", False),
    ],
)  # fmt: skip
def test_articles_of_the_programme(article: str, inside: bool) -> None:
    assert has_programme_offence("CP", article) is inside


def test_an_article_of_a_special_law_is_never_one_of_the_penal_code() -> None:
    assert has_programme_offence("DL 25475", "189") is False


def test_somebody_born_on_29_february_completes_the_year_on_1_march() -> None:
    assert has_age(date(2008, 2, 29), date(2026, 2, 28)) is False
    assert has_age(date(2008, 2, 29), date(2026, 3, 1)) is True


cases = st.builds(
    Case,
    admissions=st.integers(1, 3),
    identity_confirmed=st.just(True),
    birth_date=st.none() | st.dates(date(1985, 1, 1), date(2010, 1, 1)),
    law=st.just("CP"),
    article=st.sampled_from([None, "189", "298", "296", "108-B", "129-A"]),
    organised_crime=st.sampled_from([None, True, False]),
    extreme_security=st.sampled_from([None, True, False]),
)


@given(cases)
def test_undecided_means_that_the_missing_data_could_go_either_way(case: Case) -> None:
    births = [case.birth_date] if case.birth_date else [date(2000, 1, 1), date(1960, 1, 1)]
    articles = [case.article] if case.article else ["189", "296"]
    organised = [case.organised_crime] if case.organised_crime is not None else [True, False]
    extreme = [case.extreme_security] if case.extreme_security is not None else [True, False]
    possible = {
        right_answer(replace(case, birth_date=b, article=a, organised_crime=o, extreme_security=e), AS_OF)
        for b, a, o, e in product(births, articles, organised, extreme)
    }
    expected = UNDECIDED if len(possible) == 2 else possible.pop()
    assert right_answer(case, AS_OF) == expected

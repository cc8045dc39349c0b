from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creo.register import engine, rules
from creo.register.engine.matching import find
from creo.register.tests.factories_duplicates import ROSA, as_columns, populations

MATCHING = rules.matching_on(date(2026, 11, 23))


def every_pair(people: Sequence[rules.Comparable]) -> dict[tuple[int, int], int]:
    """The obvious twin: everybody with everybody."""
    found = {}
    for one, other in combinations(range(len(people)), 2):
        match = rules.compare(people[one], people[other], MATCHING)
        if match is not None and match.score >= MATCHING.listed:
            found[one, other] = match.score
    return found


def as_pairs(found: engine.matching.Found) -> dict[tuple[int, int], int]:
    return dict(zip(zip(found.one.tolist(), found.other.tolist(), strict=True), found.score.tolist(), strict=True))


@settings(max_examples=150)
@given(populations())
def test_the_engine_finds_what_comparing_everybody_finds(people: list[rules.Comparable]) -> None:
    found = find(as_columns(people), MATCHING)
    assert as_pairs(found) == every_pair(people)
    assert list(found.score) == sorted(found.score, reverse=True)
    assert not found.skipped


@given(populations(1, 10), st.data())
def test_a_search_for_some_finds_their_pairs_among_everybody(
    people: list[rules.Comparable], data: st.DataObject
) -> None:
    only = np.array(data.draw(st.lists(st.booleans(), min_size=len(people), max_size=len(people))), dtype=bool)
    wanted = {pair: score for pair, score in every_pair(people).items() if only[list(pair)].any()}
    assert as_pairs(find(as_columns(people), MATCHING, only)) == wanted


@pytest.mark.parametrize(
    "change",
    [
        {"first_surname": "Quispi", "birth_date": None},
        {"second_surname": "Ñaupary", "given_names": "Rosa María", "birth_date": None},
        {"second_surname": "Naupario", "birth_date": None},
        {"given_names": "Rosa Marla", "birth_date": None},
        {"first_surname": "Quispi", "birth_date": date(1999, 3, 7)},
        {"second_surname": "", "birth_date": date(2001, 3, 7)},
        {"second_surname": "Naupario", "birth_date": date(2000, 7, 3)},
    ],
)
def test_each_way_of_writing_a_name_wrong_is_met_by_some_way_of_finding(change: dict[str, object]) -> None:
    people = [ROSA, replace(ROSA, document_kind="none", document_number="", confirmed=False, **change)]
    for pair in (people, people[::-1]):
        assert as_pairs(find(as_columns(pair), MATCHING)) == every_pair(pair) != {}


def test_nobody_and_somebody_alone_have_no_duplicates() -> None:
    assert len(find(as_columns([]), MATCHING)) == 0
    assert len(find(as_columns([ROSA]), MATCHING)) == 0


def test_a_group_too_large_is_reported_and_not_compared() -> None:
    people = [replace(ROSA, document_number="", birth_date=None, confirmed=False)] * 6
    small = replace(MATCHING, largest_block=5)
    found = find(as_columns(people), small)
    assert len(found) == 0
    assert found.skipped["sound_sex"] == (1, 6)
    assert len(find(as_columns(people), replace(MATCHING, largest_block=6))) == 15


def test_planted_duplicates_are_found_and_twins_are_not() -> None:
    made = engine.population(20_261_123, date(2026, 11, 23), 0.05)
    report = engine.measure(made, MATCHING)
    assert report["people"] == len(made.persons)
    assert report["planted_duplicates"] == len(made.defects["duplicates"]) > 5
    assert report["listed"]["recall"] == 1
    assert report["listed"]["precision"] >= 0.8
    assert report["listed"]["twins"] == 0
    assert report["probable"]["pairs"] <= report["listed"]["pairs"]
    assert report["skipped"] == {}

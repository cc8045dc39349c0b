from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.register import rules
from creo.register.rules.matching import births_near, one_slip_apart, parse_matching, survivor_first
from creo.register.tests.factories_duplicates import ROSA, records

TODAY = date(2026, 11, 23)
MATCHING = rules.matching_on(TODAY)
TEXT = (resources.files("creo.register") / "matching.toml").read_text("utf-8")
OTHER = replace(ROSA, document_kind="none", document_number="", confirmed=False)


def codes(one: rules.Comparable, other: rules.Comparable) -> list[str]:
    match = rules.compare(one, other, MATCHING)
    return [] if match is None else [reason.code for reason in match.reasons]


def score(one: rules.Comparable, other: rules.Comparable) -> int:
    match = rules.compare(one, other, MATCHING)
    return 0 if match is None else match.score


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        (
            {"document_kind": "dni", "document_number": "00000011", "given_names": "Otra", "first_surname": "Más"},
            "document",
        ),
        ({}, "exact"),
        ({"first_surname": "Kispe"}, "sound_birth"),
        ({"birth_date": date(2000, 3, 9)}, "sound_birth"),
        ({"birth_date": date(2000, 7, 3)}, "sound_birth"),
        ({"birth_date": date(1999, 3, 7)}, "sound_birth"),
        ({"birth_date": None}, "sound_sex"),
        ({"first_surname": "Naupari", "second_surname": "Quispe", "birth_date": None}, "sound_sex"),
        ({"second_surname": ""}, "part_birth"),
        ({"second_surname": "", "given_names": "Rosa", "birth_date": None}, "part_sex"),
        ({"first_surname": "Quispi"}, "slip_birth"),
        ({"first_surname": "Quispi", "birth_date": None}, "slip_sex"),
    ],
)
def test_each_clause_recognises_the_same_person_written_otherwise(change: dict[str, object], clause: str) -> None:
    other = replace(OTHER, **change)
    assert codes(ROSA, other)[0] == clause
    assert score(ROSA, other) >= MATCHING.listed


def test_an_alias_or_an_earlier_name_recognises_a_record() -> None:
    other = replace(OTHER, given_names="Carmen", first_surname="Soto", second_surname="Paz")
    assert score(ROSA, other) == 0
    assert "alias" in codes(replace(ROSA, other_names=("Soto Pas, Carmen",)), other)
    assert "alias" not in codes(replace(ROSA, other_names=("Carmen",)), other)


def test_a_reference_counts_under_two_sources_and_only_when_long_enough() -> None:
    other = replace(
        OTHER, given_names="Carmen", first_surname="Soto", second_surname="Paz", references=(("b", "hu 778899"),)
    )
    assert "reference" in codes(replace(ROSA, references=(("a", "HU-778899"),)), other)
    assert codes(replace(ROSA, references=(("b", "HU-778899"),)), other) == []
    assert codes(replace(ROSA, references=(("a", "7"),)), replace(other, references=(("b", "7"),))) == []


def test_twins_weigh_less_than_one_person_written_twice() -> None:
    twin = replace(OTHER, given_names="Lucía")
    assert "given_apart" in codes(ROSA, twin)
    assert score(ROSA, twin) < MATCHING.listed < score(ROSA, OTHER)


def test_two_confirmed_documents_rule_a_pair_out_and_unconfirmed_ones_only_weigh() -> None:
    other = replace(ROSA, document_number="00000012")
    assert rules.compare(ROSA, other, MATCHING) is None
    doubtful = rules.compare(ROSA, replace(other, confirmed=False), MATCHING)
    assert doubtful is not None and "document_apart" in [reason.code for reason in doubtful.reasons]


def test_far_birth_dates_take_homonyms_off_the_list() -> None:
    assert score(ROSA, replace(OTHER, birth_date=date(1975, 3, 7))) < MATCHING.listed


def test_who_is_held_in_two_prisons_at_once_is_less_likely_one_person() -> None:
    here, there = replace(ROSA, held_at=1), replace(OTHER, held_at=2, birth_date=None)
    assert score(here, there) == score(ROSA, replace(OTHER, birth_date=None)) - 25
    assert "held_apart" not in codes(here, replace(there, held_at=1))


def test_only_the_heaviest_clause_counts() -> None:
    match = rules.compare(ROSA, OTHER, MATCHING)
    assert match is not None
    clauses = [reason for reason in match.reasons if reason.code in {item.code for item in MATCHING.clauses}]
    assert len(clauses) > 1
    assert [reason.counts for reason in clauses] == [True] + [False] * (len(clauses) - 1)
    assert match.score == min(100, sum(reason.weight for reason in match.reasons if reason.counts))


def test_nobody_without_data_looks_like_anybody() -> None:
    blank = rules.Comparable()
    assert rules.compare(blank, blank, MATCHING) is None
    assert rules.compare(ROSA, blank, MATCHING) is None


@given(records, records)
def test_comparing_is_the_same_from_both_sides_and_stays_within_its_range(
    one: rules.Comparable, other: rules.Comparable
) -> None:
    match, back = rules.compare(one, other, MATCHING), rules.compare(other, one, MATCHING)
    assert match == back
    if match is not None:
        assert 0 <= match.score <= 100
        assert match.reasons[0].counts and match.reasons[0].weight > 0


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.integers(-1200, 1200))
def test_near_dates_are_those_a_hand_confuses(day: date, days: int) -> None:
    other = day + timedelta(days=days)
    slow = (
        abs(days) <= 2
        or (other.month == day.day and other.day == day.month and other.year == day.year)
        or (other.month == day.month and other.day == day.day and abs(other.year - day.year) == 1)
    )
    assert births_near(day, other, 2) == births_near(other, day, 2) == slow


@given(st.text("abcd", max_size=6), st.text("abcd", max_size=6))
def test_one_slip_agrees_with_every_slip_written_out(one: str, other: str) -> None:
    slips = {one[:p] + one[p + 1 :] for p in range(len(one))}
    slips |= {one[:p] + c + one[p:] for p in range(len(one) + 1) for c in "abcd"}
    slips |= {one[:p] + c + one[p + 1 :] for p in range(len(one)) for c in "abcd"}
    slips |= {one[:p] + one[p + 1] + one[p] + one[p + 2 :] for p in range(len(one) - 1)}
    slow = other in slips and one != other and min(len(one), len(other)) >= 4
    assert one_slip_apart(one, other) == slow


def test_the_declared_clauses_are_cited_and_say_what_they_ask() -> None:
    assert MATCHING.citation.source
    assert {clause.code for clause in MATCHING.clauses} >= {
        "document",
        "exact",
        "sound_birth",
        "sound_sex",
        "alias",
        "reference",
    }
    assert all(MATCHING.words[code] for code in MATCHING.words)
    assert set(rules.CLAUSE_WORDS) == set(MATCHING.words)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('all = ["same_document"]', 'all = ["same_shoes"]', "same_shoes"),
        ('all = ["same_document"]', "all = []", "uniría a cualquiera"),
        ('code = "exact"', 'code = "document"', "mismo código"),
        ("listed = 40", "listed = 90", "de menor a mayor"),
    ],
)
def test_a_file_of_clauses_that_cannot_be_is_refused(before: str, after: str, message: str) -> None:
    assert before in TEXT
    with pytest.raises(ValueError, match=message):
        parse_matching(TEXT.replace(before, after))


def test_versions_do_not_overlap_and_a_day_without_clauses_is_an_error() -> None:
    with pytest.raises(ValueError, match="comparten un día"):
        parse_matching(TEXT + TEXT[TEXT.index("[[version]]") :])
    with pytest.raises(LookupError):
        rules.matching_on(date(1899, 12, 31))


def test_the_confirmed_record_survives_and_then_the_older_code() -> None:
    assert survivor_first([("P-0000001", False), ("P-0000002", True)]) == ["P-0000002", "P-0000001"]
    assert survivor_first([("P-10000000", True), ("P-0000002", True)]) == ["P-0000002", "P-10000000"]

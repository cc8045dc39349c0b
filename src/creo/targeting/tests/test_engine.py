"""Columns in, counts and rows out: against slow obvious counting, person by person."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creo.kernel.columns import CategoryColumn, categories, coded, date_days, dates
from creo.kernel.criteria import parse_criteria
from creo.kernel.periods import completed_years
from creo.kernel.verdicts import Outcome
from creo.targeting import engine, rules
from creo.targeting.engine.tallies import bands

AS_OF = date(2026, 11, 23)
FACTS = ("admission_count", "birth_date", "main_article", "organised_crime")
FAMILIES = (rules.Family("PROPERTY", "Patrimonio", ("185-208",)), rules.Family("DRUGS", "Drogas", ("298",)))
RULE: list[dict[str, Any]] = [
    {"code": "once", "title": "Una vez", "test": {"fact": "admission_count", "equals": 1}},
    {"code": "age", "title": "Edad", "test": {"fact": "birth_date", "age_between": [18, 34]}},
    {
        "code": "offence",
        "title": "Delito",
        "test": {
            "any": [{"fact": "main_article", "articles": ["185-208"]}, {"fact": "main_article", "articles": ["298"]}]
        },
    },
    {"code": "out", "title": "Fuera", "test": {"fact": "organised_crime", "equals": False}, "exclusion": True},
]
CRITERIA = parse_criteria(RULE)
OTHER = parse_criteria([RULE[0], {**RULE[1], "test": {"fact": "birth_date", "age_between": [18, 29]}}, *RULE[2:]])

person = st.fixed_dictionaries(
    {
        "admission_count": st.none() | st.integers(1, 3),
        "birth_date": st.none() | st.dates(date(1950, 1, 1), date(2012, 1, 1)) | st.just(date(1991, 11, 23)),
        "main_article": st.none() | st.sampled_from(["189", "298", "296", "x1"]),
        "organised_crime": st.none() | st.booleans(),
        "facility": st.integers(0, 3),
    }
)
crowds = st.lists(person, max_size=25)


def people_of(crowd: list[dict[str, Any]], as_of: date = AS_OF) -> engine.People:
    return engine.People(
        as_of,
        np.arange(10, 10 + len(crowd), dtype=np.int64),
        np.asarray([one["facility"] for one in crowd], dtype=np.int64),
        {
            "admission_count": categories(one["admission_count"] for one in crowd),
            "birth_date": dates(one["birth_date"] for one in crowd),
            "main_article": categories(one["main_article"] for one in crowd),
            "organised_crime": categories(one["organised_crime"] for one in crowd),
        },
    )


# Freezing -------------------------------------------------------------------------------------------------------------


@given(crowds)
def test_what_is_frozen_thaws_to_the_same_facts_of_everybody(crowd: list[dict[str, Any]]) -> None:
    people = people_of(crowd)
    meanings = engine.dictionaries(people.columns)
    rows = list(engine.frozen_rows(people.columns))
    assert [engine.thaw_row(row, meanings) for row in rows] == [{name: one[name] for name in FACTS} for one in crowd]
    again = engine.People(AS_OF, people.persons, people.facilities, engine.thaw(rows, meanings))
    assert again.digest() == people.digest()
    through_json = [engine.FrozenColumn.from_data(column.as_data()) for column in meanings]
    assert through_json == list(meanings)


def test_rows_with_another_number_of_facts_are_refused() -> None:
    people = people_of([{"facility": 1, **dict.fromkeys(FACTS)}])
    meanings = engine.dictionaries(people.columns)
    with pytest.raises(ValueError, match="no tienen los datos"):
        engine.thaw(["1,2"], meanings)
    with pytest.raises(ValueError, match="zip"):
        engine.thaw_row(",", meanings)


@given(crowds, st.randoms(use_true_random=False))
def test_the_digest_does_not_depend_on_how_values_are_numbered(crowd: list[dict[str, Any]], random: Any) -> None:
    people = people_of(crowd)
    column = people.columns["main_article"]
    assert isinstance(column, CategoryColumn)
    order = list(range(len(column.values)))
    random.shuffle(order)
    place = {old: new for new, old in enumerate(order)} | {-1: -1}
    renumbered = coded(
        np.asarray([place[code] for code in column.codes.tolist()], dtype=np.int64),
        [*(column.values[old] for old in order), "nunca usado"],
    )
    other = engine.People(AS_OF, people.persons, people.facilities, {**people.columns, "main_article": renumbered})
    assert other.digest() == people.digest()


@given(crowds.filter(len), st.data())
def test_any_other_fact_person_place_or_day_gives_another_digest(crowd: list[dict[str, Any]], data: Any) -> None:
    people = people_of(crowd)
    which = data.draw(st.integers(0, len(crowd) - 1))
    fact = data.draw(st.sampled_from([*FACTS, "facility"]))
    other = {
        "admission_count": 9,
        "birth_date": date(1949, 1, 1),
        "main_article": "106",
        "organised_crime": 7,
        "facility": 99,
    }
    changed = [dict(one) for one in crowd]
    changed[which][fact] = other[fact]
    assert people_of(changed).digest() != people.digest()
    assert people_of(crowd, AS_OF + timedelta(1)).digest() != people.digest()
    assert people_of(crowd[:-1]).digest() != people.digest()


# Answers --------------------------------------------------------------------------------------------------------------


@given(crowds)
def test_each_person_keeps_one_digit_per_criterion(crowd: list[dict[str, Any]]) -> None:
    answers = engine.answer(people_of(crowd), CRITERIA)
    expected = ["".join(str(int(reason.outcome)) for reason in CRITERIA.explain(one, AS_OF).reasons) for one in crowd]
    assert answers.texts() == expected


def test_without_criteria_in_force_everybody_meets_them_with_no_digits() -> None:
    later = parse_criteria([{**RULE[0], "valid_from": "2030-01-01"}])
    answers = engine.answer(people_of([{"facility": 1, **dict.fromkeys(FACTS)}] * 2), later)
    assert (answers.texts(), answers.total.tolist()) == (["", ""], [2, 2])


# Counting -------------------------------------------------------------------------------------------------------------


@settings(max_examples=80)
@given(crowds)
def test_every_count_is_that_of_counting_people_one_by_one(crowd: list[dict[str, Any]]) -> None:
    people = people_of(crowd)
    found = engine.tally(people, CRITERIA, engine.answer(people, CRITERIA), FAMILIES)
    said = [{reason.code: reason.outcome for reason in CRITERIA.explain(one, AS_OF).reasons} for one in crowd]
    total = [CRITERIA.answer(one, AS_OF) for one in crowd]
    assert found.facilities == tuple(sorted({one["facility"] for one in crowd}))
    for row, facility in enumerate(found.facilities):
        here = [place for place, one in enumerate(crowd) if one["facility"] == facility]
        expected = Counter(
            (
                rules.family_of(crowd[place]["main_article"], FAMILIES),
                band_of(crowd[place]["birth_date"]),
                int(total[place]),
            )
            for place in here
        )
        cells = {
            (family, band, outcome): int(found.cells[row, code, band, outcome])
            for code, family in enumerate(found.families)
            for band in range(len(rules.AGE_BANDS) + 1)
            for outcome in range(3)
            if found.cells[row, code, band, outcome]
        }
        assert cells == dict(expected)
        steps = (["once"], ["once", "age"], ["once", "age", "offence"], ["once", "age", "offence", "out"])
        standing = [sum(all(said[place][code] is Outcome.MET for code in step) for place in here) for step in steps]
        assert found.funnel[row].tolist() == [len(here), *standing]
        undecided = [place for place in here if total[place] is Outcome.UNKNOWN]
        lacking = {place: {code for code in said[place] if said[place][code] is Outcome.UNKNOWN} for place in undecided}
        for gap, (code, _fact) in enumerate(found.gaps):
            assert found.missing[row, gap] == sum(code in lacking[place] for place in undecided)
            assert found.only[row, gap] == sum(lacking[place] == {code} for place in undecided)
        passing = [
            place for place in here if all(said[place][code] is Outcome.MET for code in ("once", "age", "offence"))
        ]
        assert found.excluded[row].tolist() == [sum(said[place]["out"] is Outcome.NOT_MET for place in passing)]
        assert found.held_back[row].tolist() == [sum(said[place]["out"] is Outcome.UNKNOWN for place in passing)]


def band_of(born: date | None) -> int:
    if born is None:
        return len(rules.AGE_BANDS)
    age = max(completed_years(born, AS_OF), 0)
    return next(
        place for place, (low, high) in enumerate(rules.AGE_BANDS) if age >= low and (high is None or age <= high)
    )


@pytest.mark.parametrize("as_of", [AS_OF, date(2024, 2, 29), date(2025, 3, 1)])
def test_every_birth_date_falls_in_the_band_of_its_age(as_of: date) -> None:
    births = [as_of + timedelta(400) - timedelta(offset) for offset in range(365 * 75)]
    found = bands(dates([*births, None]), as_of).tolist()
    for born, band in zip(births, found, strict=False):
        low, high = rules.AGE_BANDS[band]
        age = completed_years(born, as_of)
        assert (low <= age or band == 0) and (high is None or age <= high), born
    assert found[-1] == len(rules.AGE_BANDS)


def test_one_criterion_over_two_facts_tells_which_of_them_is_missing() -> None:
    both = parse_criteria(
        [
            {
                "code": "primary",
                "title": "Primaria",
                "test": {
                    "all": [{"fact": "admission_count", "equals": 1}, {"fact": "organised_crime", "equals": False}]
                },
            }
        ]
    )
    blank = {"birth_date": None, "main_article": None, "facility": 1}
    crowd = [
        {**blank, "admission_count": None, "organised_crime": False},
        {**blank, "admission_count": None, "organised_crime": None},
        {**blank, "admission_count": 2, "organised_crime": None},
        {**blank, "admission_count": 1, "organised_crime": False},
    ]
    people = people_of(crowd)
    found = engine.tally(people, both, engine.answer(people, both), ())
    assert found.gaps == (("primary", "admission_count"), ("primary", "organised_crime"))
    assert found.missing.tolist() == [[2, 1]]
    assert found.only.tolist() == [[1, 0]]


def test_a_design_without_birth_dates_or_articles_is_counted_all_the_same() -> None:
    people = engine.People(AS_OF, np.asarray([1, 2]), np.asarray([5, 5]), {"sex": categories(["male", None])})
    criteria = parse_criteria([{"code": "sex", "title": "Sexo", "test": {"fact": "sex", "equals": "male"}}])
    found = engine.tally(people, criteria, engine.answer(people, criteria), ())
    assert found.cells.sum() == 2
    assert found.cells[0, list(found.families).index("unknown"), -1].tolist() == [0, 1, 1]


# Comparing and changing -----------------------------------------------------------------------------------------------


@given(crowds)
def test_a_comparison_counts_who_enters_and_who_leaves(crowd: list[dict[str, Any]]) -> None:
    people = people_of(crowd)
    found = engine.compare(people, engine.answer(people, CRITERIA), engine.answer(people, OTHER))
    for row, facility in enumerate(found.facilities):
        here = [one for one in crowd if one["facility"] == facility]
        pairs = [(CRITERIA.answer(one, AS_OF), OTHER.answer(one, AS_OF)) for one in here]
        assert found.eligible[row] == sum(after is Outcome.MET for _, after in pairs)
        assert found.undecided[row] == sum(after is Outcome.UNKNOWN for _, after in pairs)
        assert found.enter[row] == sum(after is Outcome.MET is not before for before, after in pairs)
        assert found.leave[row] == sum(before is Outcome.MET is not after for before, after in pairs)
    assert found.as_data() == {name: list(getattr(found, name)) for name in ("eligible", "undecided", "enter", "leave")}


@given(crowds, crowds)
def test_a_second_look_tells_facts_and_answers_that_changed(
    first: list[dict[str, Any]], second: list[dict[str, Any]]
) -> None:
    old, new = people_of(first), people_of(second)
    found = engine.changes(old, new, engine.answer(old, CRITERIA), engine.answer(new, CRITERIA))
    common = min(len(first), len(second))
    pairs = list(zip(first, second, strict=False))
    expected = {name: sum(a[name] != b[name] for a, b in pairs) for name in (*FACTS, "facility")}
    assert found.facts == {name: count for name, count in expected.items() if count}
    assert (found.arrived, found.gone) == (len(second) - common, len(first) - common)
    answers = Counter(
        f"{rules.result_of(CRITERIA.answer(a, AS_OF))}>{rules.result_of(CRITERIA.answer(b, AS_OF))}"
        for a, b in pairs
        if CRITERIA.answer(a, AS_OF) is not CRITERIA.answer(b, AS_OF)
    )
    assert found.answers == dict(answers)


def test_a_date_that_does_not_fit_never_enters_a_column() -> None:
    with pytest.raises(ValueError, match="no cabe"):
        date_days(np.asarray([2**40]))

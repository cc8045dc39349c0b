"""One definition, two executions, one slow obvious twin: all three say the same about everybody.

The twin works on the plain data of the definition and shares no code with the kernel: ages are counted birthday by
birthday, unknown is Python's None, and every rule of three-valued logic is written out.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creo.kernel.columns import UNKNOWN_DAY, Column, categories, date_days, dates
from creo.kernel.criteria import parse_criteria, sets
from creo.kernel.verdicts import Outcome

Person = dict[str, Any]
WORD = {None: Outcome.UNKNOWN, True: Outcome.MET, False: Outcome.NOT_MET}
CATEGORY_FACTS = ("count", "flag", "word", "article")

# --- The slow obvious twin ------------------------------------------------------------------------------------------


def age_on(born: date, on: date) -> int:
    """Counts birthdays one by one; who was born on 29 February has it on 1 March of common years."""
    age = -1
    for year in range(born.year, on.year + 1):
        try:
            day = date(year, born.month, born.day)
        except ValueError:
            day = date(year, 3, 1)
        if day <= on:
            age += 1
    return age


def place(article: str) -> float:
    """An article as a number: 122 -> 122.0, 122-A -> 122.01, 122-B -> 122.02."""
    number, _, letter = article.partition("-")
    return int(number) + (ord(letter) - 64) / 100 if letter else float(int(number))


RANGES = {
    "185-208": (185.0, 208.0),
    "298": (298.0, 298.0),
    "170-178-A": (170.0, 178.01),
    "122-B": (122.02, 122.02),
}


def twin_leaf(test: dict[str, Any], person: Person, on: date) -> bool | None:
    value = person[test["fact"]]
    if value is None:
        return None
    if "equals" in test:
        return type(value) is type(test["equals"]) and value == test["equals"]
    if "one_of" in test:
        return any(type(value) is type(item) and value == item for item in test["one_of"])
    if "between" in test:
        low, high = test["between"]
        return not (low is not None and value < low) and not (high is not None and value > high)
    if "age_between" in test:
        return test["age_between"][0] <= age_on(value, on) <= test["age_between"][1]
    if "x" in value:
        return None  # Not an article.
    return any(RANGES[text][0] <= place(value) <= RANGES[text][1] for text in test["articles"])


def twin(test: dict[str, Any], person: Person, on: date) -> bool | None:
    if "not" in test:
        inner = twin(test["not"], person, on)
        return None if inner is None else not inner
    if "all" in test:
        answers = [twin(part, person, on) for part in test["all"]]
        return False if False in answers else None if None in answers else True
    if "any" in test:
        answers = [twin(part, person, on) for part in test["any"]]
        return True if True in answers else None if None in answers else False
    return twin_leaf(test, person, on)


def twin_in_force(item: dict[str, Any], on: date) -> bool:
    return (item["valid_from"] is None or item["valid_from"] <= on) and (
        item["valid_to"] is None or on < item["valid_to"]
    )


def twin_total(items: list[dict[str, Any]], person: Person, on: date) -> bool | None:
    return twin({"all": [item["test"] for item in items if twin_in_force(item, on)]}, person, on)


# --- Made definitions and made people -------------------------------------------------------------------------------

some_days = st.dates(date(2014, 1, 1), date(2030, 12, 31))
leaves = st.one_of(
    st.builds(
        lambda low, more: {"fact": "born", "age_between": [low, low + more]}, st.integers(0, 40), st.integers(0, 20)
    ),
    st.sampled_from([1, 2, 0, True, "1"]).map(lambda value: {"fact": "count", "equals": value}),
    st.lists(st.sampled_from([1, 2, 3, True]), min_size=1).map(lambda values: {"fact": "count", "one_of": values}),
    st.sampled_from([[1, 2], [None, 1], [2, None], [0, 0]]).map(lambda bounds: {"fact": "count", "between": bounds}),
    st.sampled_from([True, False, 1]).map(lambda value: {"fact": "flag", "equals": value}),
    st.lists(st.sampled_from(["", "a", "b", "nunca"]), min_size=1).map(
        lambda values: {"fact": "word", "one_of": values}
    ),
    st.lists(st.sampled_from(list(RANGES)), min_size=1).map(lambda texts: {"fact": "article", "articles": texts}),
)
tests = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda part: {"not": part}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
    ),
    max_leaves=6,
)
validity = st.one_of(
    st.just((None, None)),
    st.tuples(some_days, st.none()),
    st.tuples(some_days, st.integers(1, 3000)).map(lambda pair: (pair[0], pair[0] + timedelta(pair[1]))),
)


@st.composite
def definitions(draw: Any) -> list[dict[str, Any]]:
    parts = draw(st.lists(st.tuples(tests, validity), min_size=1, max_size=4))
    return [
        {"code": f"c{index}", "title": f"Criterio {index}", "test": test, "valid_from": start, "valid_to": end}
        for index, (test, (start, end)) in enumerate(parts)
    ]


people = st.fixed_dictionaries(
    {
        "born": st.none()
        | st.dates(date(1960, 1, 1), date(2032, 1, 1))
        | st.sampled_from([date(2004, 2, 29), date(2000, 2, 29)]),
        "count": st.none() | st.integers(0, 4),
        "flag": st.none() | st.booleans(),
        "word": st.none() | st.sampled_from(["", "a", "b", "c"]),
        "article": st.none()
        | st.sampled_from(["122", "122-A", "122-B", "122-C", "169-B", "170", "178", "178-A", "178-B", "184", "185"])
        | st.sampled_from(["189-A", "208", "208-A", "297", "298", "298-A", "299", "x189"]),
    }
)


def columns_of(crowd: list[Person]) -> dict[str, Column]:
    columns: dict[str, Column] = {fact: categories(person[fact] for person in crowd) for fact in CATEGORY_FACTS}
    columns["born"] = dates(person["born"] for person in crowd)
    return columns


# --- What must hold -------------------------------------------------------------------------------------------------


@settings(max_examples=400, deadline=None)
@given(definitions(), st.lists(people, max_size=12), some_days, st.integers(1, 13))
def test_both_executions_and_the_twin_agree_on_everybody(
    items: list[dict[str, Any]], crowd: list[Person], on: date, block: int
) -> None:
    criteria = parse_criteria(items)
    with patch.object(sets, "BLOCK", block):  # Small blocks, so that their borders fall inside the crowd.
        found = criteria.evaluate(columns_of(crowd), on)
    asked = [item for item in items if twin_in_force(item, on)]
    assert found.codes == tuple(item["code"] for item in asked)
    assert found.total.shape == (len(crowd),)
    assert found.by_criterion.shape == (len(asked), len(crowd))
    for column, person in enumerate(crowd):
        verdict = criteria.explain(person, on)
        expected = [WORD[twin(item["test"], person, on)] for item in asked]
        assert [reason.outcome for reason in verdict.reasons] == expected
        assert found.by_criterion[:, column].tolist() == expected
        total = WORD[twin_total(items, person, on)]
        assert verdict.outcome is total
        assert found.total[column] == total
        assert criteria.answer(person, on) is total


@pytest.mark.parametrize(
    "on",
    [
        date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2023, 2, 28), date(2023, 3, 1),
        date(2026, 11, 23), date(2026, 12, 31), date(2027, 1, 1),
    ],
)  # fmt: skip
def test_every_birth_date_around_both_ends_of_the_band(on: date) -> None:
    item = {"code": "age", "title": "Edad", "test": {"fact": "born", "age_between": [18, 34]}}
    births = [on - timedelta(offset) for offset in range(365 * 17, 365 * 36)]
    criteria = parse_criteria([item])
    found = criteria.evaluate({"born": dates(births)}, on).total.tolist()
    expected = [WORD[18 <= age_on(born, on) <= 34] for born in births]
    assert found == expected
    assert [criteria.answer({"born": born}, on) for born in births] == expected


@settings(max_examples=120, deadline=None)
@given(definitions(), people, some_days)
def test_the_answer_stays_until_the_day_it_is_said_to_change_and_changes_on_it(
    items: list[dict[str, Any]], person: Person, on: date
) -> None:
    verdict = parse_criteria(items).explain(person, on)
    now = twin_total(items, person, on)
    until = verdict.changes_on or on + timedelta(365 * 75)
    assert until > on
    # Every day that could matter: birthdays, ends of validity and their eves, within the stretch said to be the same.
    turning = {day for item in items for day in (item["valid_from"], item["valid_to"]) if day}
    if person["born"]:
        turning |= {date(person["born"].year + age, 3, 1) for age in range(75)}
        turning |= {person["born"] + timedelta(days=365 * age + extra) for age in range(75) for extra in range(22)}
    for day in sorted(turning):
        for same in (day - timedelta(1), day):
            if on <= same < until:
                assert twin_total(items, person, same) == now, same
    if verdict.changes_on is not None:
        assert twin_total(items, person, verdict.changes_on) != now


@settings(max_examples=100, deadline=None)
@given(definitions(), people, some_days)
def test_a_reason_says_when_its_own_answer_changes(items: list[dict[str, Any]], person: Person, on: date) -> None:
    by_code = {item["code"]: item for item in items}
    for reason in parse_criteria(items).explain(person, on).reasons:
        if reason.changes_on is not None:
            test = by_code[reason.code]["test"]
            assert reason.changes_on > on
            assert WORD[twin(test, person, reason.changes_on)] is not reason.outcome
            assert WORD[twin(test, person, reason.changes_on - timedelta(1))] is reason.outcome


@settings(max_examples=150, deadline=None)
@given(definitions(), people, some_days, st.sampled_from(["born", "count", "flag", "word", "article"]))
def test_forgetting_a_fact_never_turns_a_no_into_a_yes_or_back(
    items: list[dict[str, Any]], person: Person, on: date, fact: str
) -> None:
    criteria = parse_criteria(items)
    knowing, forgetting = criteria.answer(person, on), criteria.answer(person | {fact: None}, on)
    assert forgetting in (knowing, Outcome.UNKNOWN)


@given(st.lists(people, min_size=1, max_size=30), some_days)
def test_counts_add_up_to_the_crowd(crowd: list[Person], on: date) -> None:
    criteria = parse_criteria([{"code": "a", "title": "A", "test": {"fact": "count", "equals": 1}}])
    counts = criteria.evaluate(columns_of(crowd), on).counts()
    assert counts == {
        "eligible": sum(person["count"] == 1 for person in crowd),
        "undecided": sum(person["count"] is None for person in crowd),
        "not_eligible": sum(person["count"] not in (1, None) for person in crowd),
    }


def test_a_reason_carries_evidence_in_words_and_what_to_do_only_when_unknown() -> None:
    criteria = parse_criteria(
        [
            {
                "code": "offence",
                "title": "Delito",
                "test": {"all": [{"fact": "word", "equals": "a"}, {"fact": "count", "equals": 1}]},
                "missing": "Pedir copia de la resolución",
                "responsible": "Registro Penitenciario",
            }
        ]
    )
    on = date(2026, 11, 23)
    (known,) = criteria.explain({"word": "a", "count": 1}, on, {"count": "un solo episodio"}).reasons
    (unknown,) = criteria.explain({"word": None}, on).reasons
    assert (known.fact, known.action, known.responsible) == ("a; un solo episodio", "", "")
    assert unknown.fact == "sin dato; sin dato"
    assert (unknown.action, unknown.responsible) == ("Pedir copia de la resolución", "Registro Penitenciario")


def test_a_fact_without_column_or_of_the_wrong_kind_or_length_stops_the_run() -> None:
    age = parse_criteria([{"code": "age", "title": "Edad", "test": {"fact": "born", "age_between": [18, 34]}}])
    flag = parse_criteria([{"code": "flag", "title": "Marca", "test": {"fact": "born", "equals": True}}])
    both = parse_criteria(
        [
            {
                "code": "x",
                "title": "X",
                "test": {"all": [{"fact": "born", "age_between": [1, 2]}, {"fact": "flag", "equals": True}]},
            }
        ]
    )
    on = date(2026, 11, 23)
    with pytest.raises(KeyError, match="born"):
        age.evaluate({"flag": categories([True])}, on)
    with pytest.raises(TypeError, match="columna de fechas"):
        age.evaluate({"born": categories(["2000-01-01"])}, on)
    with pytest.raises(TypeError, match="columna de categorías"):
        flag.evaluate({"born": dates([None])}, on)
    with pytest.raises(ValueError, match="mismo largo"):
        both.evaluate({"born": dates([None]), "flag": categories([True, False])}, on)


def test_a_population_larger_than_a_block_is_answered_whole() -> None:
    born = dates([date(2000, 1, 1)]).days.repeat(sets.BLOCK + 17)
    born[sets.BLOCK :] = UNKNOWN_DAY
    criteria = parse_criteria([{"code": "age", "title": "Edad", "test": {"fact": "born", "age_between": [18, 34]}}])
    found = criteria.evaluate({"born": date_days(born)}, date(2026, 1, 1))
    assert np.bincount(found.total, minlength=3).tolist() == [0, 17, sets.BLOCK]

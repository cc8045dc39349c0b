"""What must be decided about an enrolment: a table of situations and the questions they lead to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.kernel.verdicts import Outcome, Reason, Verdict, all_of
from creo.targeting.rules import CONCERN_WORDS, Concern, OpenEnrolment, Situation, questions

DAY = date(2026, 11, 23)
HERE = OpenEnrolment(1, "EP-PIURA", date(2026, 1, 1))


def verdict(*outcomes: Outcome) -> Verdict:
    """A verdict with one reason a criterion."""
    reasons = tuple(Reason(f"c{n}", f"Criterio {n}", outcome) for n, outcome in enumerate(outcomes))
    return Verdict(all_of(outcomes), reasons)


WELL = Situation(
    in_custody=True,
    facility="EP-PIURA",
    arrived_on=DAY,
    left_on=None,
    died_on=None,
    born=date(1995, 6, 1),
    verdict=verdict(Outcome.MET),
    age_codes=frozenset({"c0"}),
    highest=34,
)
AGE = verdict(Outcome.NOT_MET, Outcome.UNKNOWN)
OTHER = verdict(Outcome.MET, Outcome.NOT_MET)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"facility": "EP-ICA"}, ["moved"]),
        ({"facility": ""}, []),
        ({"verdict": OTHER}, ["not_eligible"]),
        ({"verdict": AGE, "born": date(1991, 6, 1)}, []),  # 34 when enrolled, 35 now: grown older, C-01
        ({"verdict": AGE, "born": date(1970, 6, 1)}, ["not_eligible"]),  # corrected: never was in range
        ({"verdict": AGE, "born": None}, []),
        ({"verdict": verdict(Outcome.UNKNOWN)}, ["undecided"]),
        ({"facility": "EP-ICA", "verdict": verdict(Outcome.UNKNOWN)}, ["moved", "undecided"]),
        ({"in_custody": False, "left_on": DAY, "verdict": OTHER}, ["left"]),
        ({"died_on": DAY}, ["died"]),
        ({"died_on": DAY, "in_custody": False, "facility": "EP-ICA"}, ["died"]),
    ],
)
def test_situations_and_questions(change: dict[str, object], expected: list[str]) -> None:
    assert [question.concern.value for question in questions(replace(WELL, **change), [HERE])] == expected


def test_without_an_open_enrolment_nothing_is_asked() -> None:
    assert questions(replace(WELL, died_on=DAY), []) == []


def test_two_open_enrolments_are_asked_about_together_and_each() -> None:
    other = OpenEnrolment(2, "EP-ICA", DAY)
    found = questions(WELL, [other, HERE])
    assert [(question.concern.value, question.enrolment.id) for question in found] == [("twice", 2), ("moved", 2)]
    assert found == questions(WELL, [HERE, other])


def test_the_key_is_of_the_situation() -> None:
    def keys(**change: object) -> list[str]:
        return [question.key for question in questions(replace(WELL, **change), [HERE])]

    assert keys(facility="EP-ICA") == keys(facility="EP-ICA")
    assert keys(facility="EP-ICA") != keys(facility="EP-TUMBES")
    assert keys(facility="EP-ICA") != keys(facility="EP-ICA", arrived_on=date(2026, 12, 1))
    assert keys(died_on=DAY) != keys(died_on=date(2026, 11, 22))
    two = verdict(Outcome.MET, Outcome.NOT_MET, Outcome.NOT_MET)
    assert keys(verdict=OTHER) == keys(verdict=OTHER, born=None) != keys(verdict=two)


def test_every_concern_has_its_words() -> None:
    assert set(CONCERN_WORDS) == set(Concern)
    assert all(CONCERN_WORDS.values())


@given(
    st.booleans(),
    st.sampled_from(["", "EP-PIURA", "EP-ICA"]),
    st.none() | st.just(DAY),
    st.lists(st.sampled_from(list(Outcome)), min_size=1, max_size=4),
    st.integers(0, 3),
)
def test_questions_are_few_keyed_apart_and_name_an_open_enrolment(
    held: bool, facility: str, died: date | None, outcomes: list[Outcome], count: int
) -> None:
    answer = verdict(*outcomes)
    now = replace(WELL, in_custody=held, facility=facility, died_on=died, verdict=answer, age_codes=frozenset())
    enrolments = [OpenEnrolment(n, "EP-PIURA", DAY) for n in range(count)]
    found = questions(now, enrolments)
    assert len({question.key for question in found}) == len(found)
    assert {question.enrolment for question in found} <= set(enrolments)
    assert (Concern.TWICE in {question.concern for question in found}) == (count > 1)
    well = held and died is None and facility in ("", "EP-PIURA") and answer.outcome is Outcome.MET
    assert (found == []) == (count == 0 or (well and count == 1))

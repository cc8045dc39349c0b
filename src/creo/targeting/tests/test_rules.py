"""Answers, rules as data, reports and enrolment: what a lawyer or a planner would discuss. No database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.kernel.criteria import CriteriaError, parse_criteria
from creo.kernel.verdicts import Outcome, Reason, Verdict
from creo.targeting import rules

SHAPES = {
    "birth_date": rules.FactShape("date"),
    "admission_count": rules.FactShape("number"),
    "main_article": rules.FactShape("article"),
    "sex": rules.FactShape("category", ("male", "female")),
    "organised_crime": rules.FactShape("truth"),
}
TODAY = date(2026, 11, 23)


def item(test: dict[str, Any], code: str = "x", **other: Any) -> dict[str, Any]:
    return {"code": code, "title": code.title(), "test": test, **other}


# Answers --------------------------------------------------------------------------------------------------------------


def test_every_outcome_has_one_answer_and_back() -> None:
    assert [rules.result_of(outcome).value for outcome in Outcome] == ["not_eligible", "undecided", "eligible"]
    assert all(rules.result_of(result.outcome) is result for result in rules.Result)
    assert [result.word for result in rules.Result] == ["Elegible", "Por decidir", "No elegible"]
    with pytest.raises(ValueError, match="3"):
        rules.result_of(3)


# Rules as data --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "test",
    [
        {"fact": "birth_date", "age_between": [18, 34]},
        {"fact": "admission_count", "equals": 1},
        {"fact": "admission_count", "between": [2, None]},
        {"fact": "main_article", "articles": ["185-208"]},
        {"fact": "main_article", "equals": "298"},
        {"fact": "sex", "one_of": ["female"]},
        {"fact": "organised_crime", "equals": False},
        {"not": {"any": [{"fact": "sex", "equals": "male"}, {"all": [{"fact": "admission_count", "equals": 2}]}]}},
    ],
)
def test_criteria_over_published_facts_are_compiled(test: dict[str, Any]) -> None:
    assert len(rules.compile_criteria([item(test)], SHAPES)) == 1


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ({"fact": "shoe_size", "equals": 42}, "no publica el dato «shoe_size»"),
        ({"all": [{"fact": "sex", "equals": "male"}, {"not": {"fact": "height", "equals": 1}}]}, "«height»"),
        ({"fact": "birth_date", "equals": "2000-01-01"}, "es una fecha"),
        ({"fact": "sex", "age_between": [18, 34]}, "es un texto"),
        ({"fact": "admission_count", "articles": ["298"]}, "es un número"),
        ({"fact": "admission_count", "equals": "1"}, "es un número"),
        ({"fact": "admission_count", "equals": True}, "es un número"),
        ({"fact": "organised_crime", "equals": 0}, "es sí o no"),
        ({"fact": "organised_crime", "between": [0, 1]}, "es sí o no"),
        ({"fact": "sex", "equals": "mujer"}, r"no toma el valor \[mujer\]"),
        ({"fact": "main_article", "equals": 298}, "es un artículo"),
    ],
)
def test_a_wrong_fact_is_refused_before_anybody_is_evaluated(test: dict[str, Any], said: str) -> None:
    with pytest.raises(CriteriaError, match=said) as caught:
        rules.compile_criteria([item({"fact": "sex", "equals": "male"}, "good"), item(test, "wrong")], SHAPES)
    assert caught.value.item == "wrong"


def ruleset(**other: Any) -> rules.Ruleset:
    values: dict[str, Any] = {
        "programme": "CREO",
        "version": 1,
        "digest": "d",
        "title": "18 a 34 años",
        "items": (
            item({"fact": "birth_date", "age_between": [18, 34]}, citation={"source": "programa", "lines": [30]}),
        ),
        "families": (rules.Family("PROPERTY", "Contra el patrimonio", ("185-208",)),),
    }
    return rules.Ruleset(**(values | other))


def test_a_ruleset_is_kept_and_given_back_whole() -> None:
    import json

    kept = json.loads(json.dumps(ruleset().as_data()))
    assert rules.Ruleset.from_data(kept) == ruleset()


def test_the_question_is_what_is_asked_and_not_the_version_it_stands_in() -> None:
    older = ruleset(items=(item({"fact": "birth_date", "age_between": [18, 35]}),))
    assert ruleset().question() == ruleset(version=2, digest="e", title="otro").question()
    assert ruleset().question() != older.question()
    assert (ruleset().ages, older.ages) == ((18, 34), (18, 35))
    assert ruleset(items=(item({"fact": "sex", "equals": "male"}),)).ages is None


# Reports --------------------------------------------------------------------------------------------------------------


def test_the_funnel_asks_criteria_in_the_order_of_the_design_and_exclusions_last_together() -> None:
    criteria = parse_criteria(
        [
            item({"fact": "organised_crime", "equals": False}, "out_a", exclusion=True),
            item({"fact": "admission_count", "equals": 1}, "first"),
            item({"fact": "sex", "equals": "male"}, "later", valid_from="2030-01-01"),
            item({"fact": "main_article", "articles": ["298"]}, "second"),
            item({"fact": "sex", "equals": "male"}, "out_b", exclusion=True),
        ]
    )
    steps = rules.funnel_steps(criteria, TODAY)
    assert [(step.code, step.upto) for step in steps] == [("first", 1), ("second", 2), ("eligible", 4)]
    in_force = [found.code for found in criteria.in_force(TODAY)]
    assert [in_force[place] for place in rules.funnel_order(criteria, TODAY)] == ["first", "second", "out_a", "out_b"]


def test_age_bands_are_those_of_inpe_without_gaps_and_have_words() -> None:
    assert rules.AGE_BANDS[0][0] == 0
    for (_, high), (low, _) in zip(rules.AGE_BANDS, rules.AGE_BANDS[1:], strict=False):
        assert high is not None
        assert low == high + 1
    titles = rules.band_titles()
    assert (titles[0], titles[1], titles[-2], titles[-1]) == ("Menos de 18", "18 a 19", "60 a más", "Sin dato")
    assert len(titles) == len(rules.AGE_BANDS) + 1


def test_an_offence_belongs_to_the_first_family_that_holds_its_article() -> None:
    families = (
        rules.Family("PROPERTY", "Patrimonio", ("185-208",)),
        rules.Family("ROBBERY", "Robo", ("188-189-C",)),
    )
    assert [rules.family_of(article, families) for article in ("189", "298", None, "189 inc. 2")] == [
        "PROPERTY",
        "other",
        "unknown",
        "unknown",
    ]
    assert [code for code, _ in rules.family_titles(families)] == ["PROPERTY", "ROBBERY", "other", "unknown"]


# Enrolment ------------------------------------------------------------------------------------------------------------

YES = Verdict(Outcome.MET, (Reason("age", "18 a 34 años", Outcome.MET),), date(2027, 1, 1))
NO = Verdict(Outcome.NOT_MET, (Reason("age", "18 a 34 años", Outcome.NOT_MET),))
MAYBE = Verdict(
    Outcome.UNKNOWN,
    (Reason("age", "18 a 34 años", Outcome.UNKNOWN, action="Pedir la partida", responsible="Registro"),),
)
HELD = rules.Applicant(in_custody=True, here=True)


@pytest.mark.parametrize(
    ("verdict", "applicant", "on", "blocks", "warns"),
    [
        (YES, HELD, TODAY, [], []),
        (NO, HELD, TODAY, ["eligible"], []),
        (MAYBE, HELD, TODAY, ["eligible"], []),
        (YES, rules.Applicant(False, True), TODAY, ["in_custody"], []),
        (YES, rules.Applicant(True, False), TODAY, ["here"], []),
        (YES, rules.Applicant(True, None), TODAY, ["here"], []),
        (YES, rules.Applicant(True, True, enrolled_since=date(2026, 1, 1)), TODAY, ["once"], []),
        (YES, HELD, TODAY + timedelta(1), ["dated"], []),
        (YES, rules.Applicant(True, True, last_exit=date(2026, 6, 1)), TODAY, [], ["returns"]),
        (YES, rules.Applicant(True, True, last_exit=date(2026, 6, 1)), date(2026, 5, 31), ["dated"], ["returns"]),
        (
            NO,
            rules.Applicant(False, None, date(2026, 1, 1), date(2027, 1, 1)),
            TODAY + timedelta(9),
            ["eligible", "in_custody", "here", "once", "dated"],
            ["returns"],
        ),
    ],
)
def test_enrolment_says_every_reason_that_stops_it(
    verdict: Verdict, applicant: rules.Applicant, on: date, blocks: list[str], warns: list[str]
) -> None:
    decision = rules.may_enrol(verdict, applicant, on=on, today=TODAY)
    assert [reason.code for reason in decision.blocks] == blocks
    assert [reason.code for reason in decision.warnings] == warns
    assert decision.allowed is (not blocks)
    assert (decision.verdict.outcome is Outcome.MET) is (not blocks)


def test_undecided_stops_with_what_to_do_and_who_can() -> None:
    (reason,) = rules.may_enrol(MAYBE, HELD, on=TODAY, today=TODAY).blocks
    assert reason.outcome is Outcome.UNKNOWN
    assert (reason.action, reason.responsible) == ("Pedir la partida", "Registro")


def test_an_exit_has_a_possible_date_and_an_explanation_when_it_needs_one() -> None:
    start = date(2026, 3, 1)
    end = rules.ExitReason
    assert rules.may_end(end.VOLUNTARY, "", enrolled_on=start, on=start, today=TODAY) == []
    assert rules.may_end(end.CONDUCT, "Acta 4", enrolled_on=start, on=TODAY, today=TODAY) == []
    assert len(rules.may_end(end.CONDUCT, "  ", enrolled_on=start, on=TODAY, today=TODAY)) == 1
    assert len(rules.may_end(end.MISTAKE, "", enrolled_on=start, on=date(2026, 2, 28), today=TODAY)) == 2
    assert len(rules.may_end(end.DEATH, "", enrolled_on=start, on=TODAY + timedelta(1), today=TODAY)) == 1


def test_every_exit_reason_has_its_words_and_refusal_is_without_consequences() -> None:
    assert all(reason.word for reason in rules.ExitReason)
    assert "sin consecuencias" in rules.ExitReason.VOLUNTARY.word


@given(st.dates(date(1980, 1, 1), date(2010, 1, 1)), st.integers(18, 40))
def test_aged_out_begins_on_the_birthday_after_the_maximum(born: date, highest: int) -> None:
    from creo.kernel.periods import birthday

    day = birthday(born, highest + 1)
    assert rules.aged_out(born, highest, day)
    assert not rules.aged_out(born, highest, day - timedelta(1))


def test_nobody_ages_out_without_a_birth_date_or_without_a_maximum() -> None:
    assert not rules.aged_out(None, 34, TODAY)
    assert not rules.aged_out(date(1950, 1, 1), None, TODAY)


def test_the_maximum_age_is_the_highest_still_accepted() -> None:
    two = {"any": [{"fact": "birth_date", "age_between": [18, 29]}, {"fact": "birth_date", "age_between": [40, 45]}]}
    assert rules.max_age(parse_criteria([item(two)]), TODAY) == 45
    assert rules.max_age(parse_criteria([item({"fact": "sex", "equals": "male"})]), TODAY) is None

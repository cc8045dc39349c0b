"""The time to serve, held against a twin that counts day by day, and against the cases a registrar would check."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.kernel.periods import Period
from creo.kernel.verdicts import Outcome
from creo.register import rules
from creo.register.rules import SentenceFacts, Term, add_term, compute_sentences
from creo.register.rules.sentences import merged, without

D = date(2020, 1, 10)
CAPPED = rules.parse_law_parameters(
    """
[[detention_credit]]
days_of_detention = 1
days_of_penalty = 1
valid_from = 1900-01-01
source = "prueba"
[[term_count]]
valid_from = 1900-01-01
source = "prueba"
[[consecutive_cap]]
found = true
years = 5
valid_from = 1900-01-01
source = "prueba"
"""
)


def sentence(key: int = 1, **other: object) -> SentenceFacts:
    values: dict[str, object] = {"issued_on": D, "final_on": D, "term": Term(4), "starts_on": D}
    return SentenceFacts(key, **(values | other))  # type: ignore[arg-type]


def codes(item: rules.SentenceTime) -> list[str]:
    return [step.code for step in item.steps]


# The calendar ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "term", "free"),
    [
        (date(2020, 1, 10), Term(4), date(2024, 1, 10)),
        (date(2021, 1, 31), Term(0, 1), date(2021, 2, 28)),
        (date(2020, 1, 31), Term(0, 1), date(2020, 2, 29)),
        (date(2020, 2, 29), Term(1), date(2021, 2, 28)),
        (date(2020, 2, 29), Term(4), date(2024, 2, 29)),
        (date(2020, 11, 30), Term(0, 3, 1), date(2021, 3, 1)),
        (date(2020, 12, 31), Term(1, 6, 15), date(2022, 7, 15)),
        (date(2023, 8, 31), Term(0, 18, 0), date(2025, 2, 28)),
    ],
)
def test_a_term_runs_on_the_calendar(start: date, term: Term, free: date) -> None:
    assert add_term(start, term) == free


def test_a_year_is_not_365_days_nor_a_month_30() -> None:
    assert (add_term(date(2019, 3, 1), Term(1)) - date(2019, 3, 1)).days == 366
    assert (add_term(date(2019, 7, 1), Term(0, 1)) - date(2019, 7, 1)).days == 31


# One sentence ---------------------------------------------------------------------------------------------------------


def test_four_years_end_the_day_before_their_anniversary() -> None:
    found = compute_sentences([sentence()])
    assert (found.end, found.last_day, found.outcome) == (date(2024, 1, 10), date(2024, 1, 9), Outcome.MET)
    assert codes(found.sentences[0]) == ["starts", "term", "end"]
    assert not found.provisional


def test_earlier_detention_pays_day_by_day_and_no_day_twice() -> None:
    credits = (Period(date(2019, 6, 1), date(2019, 6, 11)), Period(date(2019, 6, 6), date(2019, 6, 21)))
    found = compute_sentences([sentence(credits=credits)])
    assert found.sentences[0].credited_days == 20
    assert found.end == date(2024, 1, 10) - timedelta(20)


def test_detention_after_the_start_is_time_served_already() -> None:
    found = compute_sentences([sentence(credits=(Period(date(2020, 1, 5), date(2020, 1, 15)),))])
    assert found.sentences[0].credited_days == 5
    assert "credit_served" in codes(found.sentences[0])


def test_more_detention_than_penalty_ends_it_on_its_first_day() -> None:
    found = compute_sentences([sentence(term=Term(0, 0, 10), credits=(Period(date(2019, 1, 1), date(2019, 3, 1)),))])
    assert (found.end, found.sentences[0].last_day, found.sentences[0].credited_days) == (D, D, 10)
    assert "credit_left" in codes(found.sentences[0])


@pytest.mark.parametrize(
    ("missing", "step"),
    [
        ({"starts_on": None}, "starts_unknown"),
        ({"term": None}, "term_unknown"),
        ({"effect": ""}, "effect_unknown"),
        ({"left_on": date(2022, 1, 1)}, "left"),
    ],
)
def test_what_the_record_does_not_say_leaves_the_end_unknown(missing: dict[str, object], step: str) -> None:
    found = compute_sentences([sentence(**missing)])
    assert (found.end, found.last_day, found.outcome) == (None, None, Outcome.UNKNOWN)
    assert step in codes(found.sentences[0])
    assert "end" not in codes(found.sentences[0])


def test_whoever_left_after_completing_did_complete() -> None:
    assert compute_sentences([sentence(left_on=date(2024, 1, 10))]).end == date(2024, 1, 10)


@pytest.mark.parametrize("finality", ["", "appealed"])
def test_a_sentence_that_is_not_final_gives_a_provisional_end(finality: str) -> None:
    found = compute_sentences([sentence(finality=finality, final_on=None)])
    assert (found.end, found.provisional) == (date(2024, 1, 10), True)
    assert "not_final" in codes(found.sentences[0])


def test_a_life_sentence_has_no_end_and_is_not_unknown() -> None:
    found = compute_sentences([sentence(penalty="life", term=None), sentence(2)])
    assert (found.end, found.life, found.outcome) == (None, True, Outcome.MET)
    assert found.of(2).end == date(2024, 1, 10)


def test_suspended_and_ended_sentences_are_no_time_in_prison() -> None:
    found = compute_sentences([sentence(effect="suspended"), sentence(2, in_force=False)])
    assert (found.end, found.serving, found.outcome) == (None, False, Outcome.MET)
    assert [item.to_serve for item in found.sentences] == [False, False]
    assert not compute_sentences([]).serving


# Several sentences ----------------------------------------------------------------------------------------------------


def test_concurrent_sentences_end_with_the_last() -> None:
    longer = sentence(2, starts_on=date(2021, 1, 1), term=Term(5), relation="concurrent")
    assert compute_sentences([sentence(), longer]).end == date(2026, 1, 1)
    assert compute_sentences([longer, sentence()]).end == date(2026, 1, 1)


def test_a_consecutive_sentence_begins_where_the_other_ends_and_waits_for_the_cap() -> None:
    second = sentence(2, relation="consecutive", after=1, starts_on=None, term=Term(2))
    found = compute_sentences([sentence(), second])
    assert (found.of(2).start, found.end) == (date(2024, 1, 10), date(2026, 1, 10))
    assert found.provisional
    assert [step.code for step in found.of(2).steps] == ["follows", "term", "cap_unknown", "end"]
    assert compute_sentences([second, sentence()]).end == date(2026, 1, 10)


def test_a_known_cap_counts_from_the_first_sentence_less_what_was_credited() -> None:
    second = sentence(2, relation="consecutive", after=1, starts_on=None, term=Term(2))
    found = compute_sentences([sentence(), second], CAPPED)
    assert (found.end, found.provisional) == (date(2025, 1, 10), False)
    credited = compute_sentences([sentence(credits=(Period(date(2019, 12, 1), date(2019, 12, 11)),)), second], CAPPED)
    assert credited.end == date(2024, 12, 31)
    assert compute_sentences([sentence(), sentence(2, term=Term(9))], CAPPED).end == date(2029, 1, 10)


def test_detention_pays_one_sentence_of_a_chain_and_its_rest_the_next() -> None:
    detained = Period(date(2019, 11, 1), date(2020, 1, 10))
    first = sentence(term=Term(0, 0, 30), credits=(detained,))
    second = sentence(2, relation="consecutive", after=1, starts_on=None, term=Term(1), credits=(detained,))
    found = compute_sentences([first, second])
    assert (found.of(1).credited_days, found.of(2).credited_days) == (30, 40)
    assert found.of(2).start == D
    assert found.end == date(2021, 1, 10) - timedelta(40)
    assert "credit_used" in [step.code for step in found.of(2).steps]


def test_a_sentence_after_one_with_no_known_end_has_none_either() -> None:
    second = sentence(2, relation="consecutive", after=1, starts_on=None)
    for broken in (sentence(term=None), sentence(effect=""), sentence(left_on=date(2021, 1, 1))):
        found = compute_sentences([broken, second])
        assert (found.of(2).end, found.end) == (None, None)
        assert "follows_unknown" in codes(found.of(2))


def test_a_sentence_follows_what_replaced_the_one_it_named() -> None:
    old = sentence(in_force=False, replaced_by=3)
    second = sentence(2, relation="consecutive", after=1, starts_on=None, term=Term(1))
    found = compute_sentences([old, second, sentence(3, term=Term(6))])
    assert found.end == date(2027, 1, 10)
    gone = compute_sentences([sentence(in_force=False), second])
    assert codes(gone.of(2)) == ["follows_ended"]
    dated = sentence(2, relation="consecutive", after=1, term=Term(1))
    assert compute_sentences([sentence(in_force=False), dated]).end == date(2021, 1, 10)


def test_sentences_in_a_circle_are_unknown_and_end_the_computation() -> None:
    first = sentence(relation="consecutive", after=2, starts_on=None)
    second = sentence(2, relation="consecutive", after=1, starts_on=None)
    assert compute_sentences([first, second]).end is None
    itself = sentence(relation="consecutive", after=1, starts_on=None)
    assert compute_sentences([itself]).end is None


def test_every_step_has_its_words() -> None:
    seen = {
        step.code
        for item in (
            compute_sentences([sentence(credits=(Period(date(2019, 6, 1), date(2020, 6, 1)),))]),
            compute_sentences([sentence(penalty="life"), sentence(2, term=None)]),
        )
        for time in item.sentences
        for step in time.steps
    }
    assert seen <= set(rules.STEP_WORDS)
    assert {"credit", "credit_served", "life", "term_unknown"} <= seen


# The twin that counts days --------------------------------------------------------------------------------------------


DAYS = st.dates(date(2015, 1, 1), date(2019, 12, 31))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(DAYS)
    return Period(start, start + timedelta(draw(st.integers(1, 200))))


@st.composite
def chains(draw: st.DrawFn) -> list[SentenceFacts]:
    """Two to four sentences, some after another, with credits that overlap each other and the time served."""
    found: list[SentenceFacts] = []
    free: list[int] = []
    for key in range(1, draw(st.integers(1, 4)) + 1):
        after = draw(st.sampled_from([None, *free])) if free else None
        if after is not None:
            free.remove(after)
        term = Term(draw(st.integers(0, 3)), draw(st.integers(0, 14)), draw(st.integers(0, 40)))
        found.append(
            sentence(
                key,
                term=term if term != Term() else Term(0, 0, 1),
                starts_on=None if after else draw(st.dates(date(2017, 1, 1), date(2020, 12, 31))),
                relation="consecutive" if after else "",
                after=after,
                credits=tuple(draw(st.lists(periods(), max_size=3))),
            )
        )
        free.append(key)
    return found


def slow_month(day: date, months: int) -> date:
    """The same day some months later, or the last of that month, walking one day at a time."""
    wanted = (day.year * 12 + day.month - 1) + months
    here = date(wanted // 12, wanted % 12 + 1, 1)
    while here.day != day.day and (here + timedelta(1)).month == here.month:
        here += timedelta(1)
    return here


def slow_ends(sentences: list[SentenceFacts]) -> dict[int, date]:
    """Every day of detention is a coin: it pays one day of penalty, once in a chain, and never a day served."""
    ends: dict[int, date] = {}
    coins: dict[int, tuple[date, set[date], set[date]]] = {}
    for item in sentences:
        if item.after is None:
            assert item.starts_on is not None
            start, (root, spent, purse) = item.starts_on, (item.starts_on, set(), set())
        else:
            start, (root, spent, purse) = ends[item.after], coins[item.after]
        assert item.term is not None
        free = slow_month(start, 12 * item.term.years + item.term.months)
        for _day in range(item.term.days):
            free += timedelta(1)
        for period in item.credits:
            day = period.start
            while period.contains(day):
                if day < root and day not in spent:
                    purse.add(day)
                day += timedelta(1)
        while purse and free > start:
            coin = min(purse)
            purse.remove(coin)
            spent.add(coin)
            free -= timedelta(1)
        ends[item.key], coins[item.key] = free, (root, spent, purse)
    return ends


@given(chains())
def test_the_computation_agrees_with_counting_days(sentences: list[SentenceFacts]) -> None:
    found = compute_sentences(sentences)
    slow = slow_ends(sentences)
    assert {item.key: item.end for item in found.sentences} == slow
    assert found.end == max(slow.values())


@given(chains(), st.randoms(use_true_random=False))
def test_more_detention_never_lengthens_a_penalty(sentences: list[SentenceFacts], chance: object) -> None:
    more = [
        SentenceFacts(
            **{name: getattr(item, name) for name in item.__dataclass_fields__ if name != "credits"},
            credits=(*item.credits, Period(date(2014, 1, 1), date(2014, 2, 1))),
        )
        for item in sentences
    ]
    before, after = compute_sentences(sentences), compute_sentences(more)
    for item in sentences:
        earlier, later = after.of(item.key).end, before.of(item.key).end
        assert earlier is not None and later is not None and earlier <= later


@given(st.lists(periods(), max_size=6), st.lists(periods(), max_size=4))
def test_periods_are_sets_of_days(some: list[Period], others: list[Period]) -> None:
    def days(found: list[Period]) -> set[date]:
        return {item.start + timedelta(n) for item in found for n in range(item.days or 0)}

    assert days(merged(some)) == days(some)
    assert days(without(some, others)) == days(some) - days(others)
    neighbours = pairwise(merged(some))
    assert all(one.end is not None and one.end < two.start for one, two in neighbours)


def test_parameters_that_contradict_each_other_are_refused() -> None:
    text = (
        '[[detention_credit]]\ndays_of_detention = {days}\ndays_of_penalty = 1\nvalid_from = 1900-01-01\nsource = "x"\n'
        '[[term_count]]\nvalid_from = 1900-01-01\nsource = "x"\n'
        '[[consecutive_cap]]\nfound = {found}\nvalid_from = 1900-01-01\nsource = "x"\n'
    )
    assert rules.parse_law_parameters(text.format(days=1, found="false")).cap_on(D).years is None
    with pytest.raises(ValueError, match="lleva sus años"):
        rules.parse_law_parameters(text.format(days=1, found="true"))
    with pytest.raises(ValueError, match="días enteros"):
        rules.parse_law_parameters(text.format(days=0, found="false"))
    twice = text.format(days=1, found="false") + '[[term_count]]\nvalid_from = 2020-01-01\nsource = "x"\n'
    with pytest.raises(ValueError, match="comparten un día"):
        rules.parse_law_parameters(twice)
    with pytest.raises(LookupError, match="tope"):
        rules.law_parameters().cap_on(date(1800, 1, 1))
    assert rules.law_parameters().cap_on(D).years is None
    assert rules.law_parameters().credit_on(D).citation.label() == "Código Penal (DL 635), art. 47"

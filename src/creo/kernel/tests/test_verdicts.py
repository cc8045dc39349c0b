"""Three-valued logic: Kleene's tables, drawn."""

from __future__ import annotations

from datetime import date

import pytest

from creo.kernel.verdicts import Outcome, Reason, Verdict, all_of, any_of

NO, UNKNOWN, YES = Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.MET


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (YES, YES, YES, YES),
        (YES, UNKNOWN, UNKNOWN, YES),
        (YES, NO, NO, YES),
        (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
        (UNKNOWN, NO, NO, UNKNOWN),
        (NO, NO, NO, NO),
    ],
)
def test_and_or(left: Outcome, right: Outcome, both: Outcome, either: Outcome) -> None:
    assert all_of([left, right]) is all_of([right, left]) is both
    assert any_of([left, right]) is any_of([right, left]) is either


def test_not_keeps_unknown_unknown() -> None:
    assert [outcome.negated for outcome in (NO, UNKNOWN, YES)] == [YES, UNKNOWN, NO]


def test_nothing_to_ask_is_met_and_nothing_to_choose_from_is_not() -> None:
    assert all_of([]) is YES
    assert any_of([]) is NO


def test_every_outcome_has_its_word() -> None:
    assert [outcome.word for outcome in Outcome] == ["No cumple", "Sin dato", "Cumple"]


def test_a_verdict_lists_every_failed_and_every_missing_reason() -> None:
    reasons = tuple(Reason(code, code, outcome) for code, outcome in [("a", NO), ("b", UNKNOWN), ("c", NO), ("d", YES)])
    verdict = Verdict(NO, reasons, date(2027, 1, 1))
    assert [reason.code for reason in verdict.failed] == ["a", "c"]
    assert [reason.code for reason in verdict.missing] == ["b"]


def test_walking_a_reason_goes_top_down() -> None:
    tree = Reason(
        "a", "a", YES, children=(Reason("b", "b", YES, children=(Reason("c", "c", NO),)), Reason("d", "d", NO))
    )
    assert [reason.code for reason in tree.walk()] == ["a", "b", "c", "d"]

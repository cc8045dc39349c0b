"""The database defends the board's tables: each constraint meets somebody who tries to break it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from creo.support import clock
from creo.support.quality.models import QualityException, QualityLimit
from creo.support.quality.tests.factories import TODAY, stored_answer, stored_count, stored_finding, stored_run

pytestmark = pytest.mark.django_db
LATER = TODAY + timedelta(days=30)


def refused(act: Callable[[], object], name: str) -> None:
    """The database refuses, by the constraint of that name where the engine tells it."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    text = str(error.value)
    assert name in text or "UNIQUE constraint failed" in text, text


def exception(**other: Any) -> QualityException:
    values = {
        "check_code": "torn",
        "subject_kind": "box",
        "subject_code": "C-1",
        "reason": "Se acepta",
        "granted_by": "pruebas",
        "granted_at": clock.now(),
        "valid_from": TODAY,
        "expires_on": LATER,
    }
    return QualityException.objects.create(**(values | other))


def limit(**other: Any) -> QualityLimit:
    values = {
        "check_code": "torn",
        "kind": "count",
        "soft": 1,
        "hard": 2,
        "valid_from": TODAY,
        "reason": "Acuerdo",
        "decided_by": "pruebas",
        "decided_at": clock.now(),
    }
    return QualityLimit.objects.create(**(values | other))


def test_one_run_speaks_for_a_day_and_superseded_ones_stay() -> None:
    stored_run(superseded=True)
    stored_run(superseded=True)
    stored_run()
    refused(stored_run, "quality_one_run_a_day")


def test_a_run_does_not_end_before_it_starts() -> None:
    early = clock.now() - timedelta(days=900)
    refused(lambda: stored_run(finished_at=early), "quality_run_ends_after_start")


@pytest.mark.parametrize(
    "broken",
    [
        {"found": None},
        {"ran": False},
        {"ran": False, "found": None, "excepted": None, "problem": ""},
        {"ran": False, "found": None, "excepted": None, "population": 3, "problem": "Falla"},
        {"problem": "Falla"},
    ],
)
def test_an_answer_knows_its_numbers_or_says_why_not(broken: dict[str, Any]) -> None:
    run = stored_run()
    refused(lambda: stored_answer(run, **broken), "quality_answer_knows_or_says_why")


def test_an_answer_excepts_no_more_than_it_found_and_comes_once() -> None:
    run = stored_run()
    refused(lambda: stored_answer(run, excepted=3), "quality_answer_excepts_what_it_found")
    stored_answer(run)
    refused(lambda: stored_answer(run), "quality_answer_once")
    stored_answer(run, check_code="wet", ran=False, found=None, excepted=None, problem="Falla")


def test_a_count_excepts_no_more_than_it_found_and_comes_once() -> None:
    run = stored_run()
    refused(lambda: stored_count(run, excepted=3), "quality_count_excepts_what_it_found")
    stored_count(run)
    refused(lambda: stored_count(run), "quality_count_once")
    stored_count(run, place="")


def test_a_finding_is_alive_once_and_gone_as_often_as_it_was_mended() -> None:
    run = stored_run()
    stored_finding(run, gone_on=TODAY)
    stored_finding(run, gone_on=TODAY)
    stored_finding(run)
    refused(lambda: stored_finding(run), "quality_finding_once_alive")


@pytest.mark.parametrize(
    "broken",
    [
        {"last_seen_on": TODAY - timedelta(days=1)},
        {"gone_on": TODAY - timedelta(days=1)},
    ],
)
def test_the_days_of_a_finding_are_in_order(broken: dict[str, date]) -> None:
    run = stored_run()
    refused(lambda: stored_finding(run, **broken), "quality_finding_days_in_order")


@pytest.mark.parametrize("name", ["check_code", "subject_kind", "subject_code"])
def test_a_finding_says_what_and_whom(name: str) -> None:
    run = stored_run()
    refused(lambda: stored_finding(run, **{name: ""}), "quality_finding_has_words")


def test_an_exception_ends_and_has_a_reason() -> None:
    refused(lambda: exception(expires_on=TODAY), "quality_exception_ends")
    refused(lambda: exception(expires_on=None), "expires_on")
    refused(lambda: exception(reason=""), "quality_exception_has_reason")
    exception()
    refused(exception, "quality_exception_once_a_day")


@pytest.mark.parametrize(
    "broken",
    [
        {"revoked_on": TODAY},
        {"revoked_on": TODAY, "revoked_by": "pruebas"},
        {"revoked_by": "pruebas"},
        {"revoked_on": TODAY - timedelta(days=1), "revoked_by": "pruebas", "revoke_reason": "Ya no"},
    ],
)
def test_an_exception_is_revoked_whole(broken: dict[str, Any]) -> None:
    refused(lambda: exception(**broken), "quality_exception_revoked_whole")


def test_limits_are_shares_or_counts_and_do_not_cross() -> None:
    refused(lambda: limit(soft=3), "quality_limit_soft_not_over_hard")
    refused(lambda: limit(soft=-1), "quality_limit_soft_not_over_hard")
    refused(lambda: limit(kind="rate"), "quality_limit_rate_is_a_share")
    refused(lambda: limit(kind="size"), "quality_limit_kind_known")
    refused(lambda: limit(reason=""), "quality_limit_has_reason")
    limit()
    limit()  # a second decision of one day holds; the first stays

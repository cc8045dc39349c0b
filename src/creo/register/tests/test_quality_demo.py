"""The demonstration's board: weeks recomputed from what the tables keep, and accepted cases that still are there."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from creo.register.demo import quality
from creo.register.tests.factories import TODAY, places
from creo.register.tests.factories_quality import found, held
from creo.support.accounts.readers import system
from creo.support.quality import queries
from creo.support.quality.models import QualityException, QualityRun

pytestmark = pytest.mark.django_db
BY = system("demostración")


def load() -> dict[str, object]:
    return quality.load(SimpleNamespace(by=BY, seed=1, as_of=TODAY, scale=1.0, progress=lambda *step: None))


def test_the_past_weeks_say_what_was_true_then_and_only_where_it_can_be_known() -> None:
    piura = places()["EP-PIURA"]
    # Admitted three weeks and a half ago: earlier weeks cannot have this fault.
    held(piura, identified={"birth_date": None, "status": "provisional"}, admitted_on=TODAY - timedelta(days=24))
    held(piura, main="")
    report = load()
    history = {row.check.code: [point.value for point in row.points] for row in queries.board(BY, TODAY)[1]}
    assert report["runs"] == 9 == QualityRun.objects.filter(superseded=False).count()
    # The last point is today's, when the case was accepted.
    assert history["birth_date_missing"] == [0, 0, 0, 0, 0, 1, 1, 1, 0]
    assert history["offence_missing"] == [1], "no earlier day can be recomputed: no earlier point"


def test_exceptions_are_over_findings_that_are_there_and_end() -> None:
    piura = places()["EP-PIURA"]
    who, _ = held(piura, identified={"birth_date": date(2010, 1, 1)})
    load()
    given = QualityException.objects.get()
    assert (given.check_code, given.subject_code) == ("age_under_18", who.code)
    assert given.expires_on > TODAY and "demostración" in given.reason
    assert set(found("age_under_18")) == {who.code}, "accepted is not mended"


def test_an_empty_register_has_a_board_all_in_order() -> None:
    places()
    report = load()
    assert report["exceptions"] == 0
    assert report["states"] == {"over_hard": 0, "over_soft": 0, "unknown": 0, "ok": len(queries.board(BY, TODAY)[1])}

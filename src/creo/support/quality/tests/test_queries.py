"""The board as each reader sees it: their places, their records, the limits of each day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import NOBODY, Reader, Scope
from creo.support.accounts.tests.factories import reader
from creo.support.quality import commands, queries
from creo.support.quality.checks import Unseen
from creo.support.quality.models import QualityException, QualityFinding
from creo.support.quality.queries import EXCEPTED, GONE, FindingFilters
from creo.support.quality.rules import Direction, State
from creo.support.quality.tests.factories import (
    BROKEN,
    BY,
    HIDDEN,
    LOST,
    STOCK,
    TODAY,
    TORN,
    UNITS,
    WET,
    at,
    box,
    manager,
    run,
)
from creo.support.refusals import Forbidden, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chapter")]
WEEK = timedelta(days=7)


def states(who: Reader = BY, today: object = TODAY, place: str = "") -> dict[str, State]:
    _run, rows = queries.board(who, today, place=place)  # type: ignore[arg-type]
    return {row.check.code: row.judgement.state for row in rows}


def fill() -> None:
    """Torn: one in the north, three in the south. Wet: three of ten in the north, none of ninety in the south."""
    STOCK["torn"] = [box("C-1"), box("C-2", "SUR"), box("C-3", "SUR"), box("C-4", "SUR")]
    STOCK["wet"] = [box("C-1"), box("C-5"), box("C-6")]
    UNITS.update(NORTE=10, SUR=90)


def test_before_any_run_every_state_is_unknown() -> None:
    assert states() == dict.fromkeys(("wet", "torn", "lost"), State.UNKNOWN)
    assert queries.summary(BY, TODAY).run is None


def test_the_board_judges_what_the_reader_may_see() -> None:
    fill()
    run()
    assert states() == {"torn": State.OVER_HARD, "wet": State.OK, "lost": State.OK}
    # Rates are of the place: three in ten are too many in the north.
    assert states(manager(*at("NORTE"))) == {"wet": State.OVER_SOFT, "torn": State.OK, "lost": State.OK}
    assert states(manager(*at("SUR"))) == {"torn": State.OVER_SOFT, "wet": State.OK, "lost": State.OK}
    assert states(BY, place="NORTE") == states(manager(*at("NORTE")))


def test_the_most_urgent_comes_first_then_the_gravest() -> None:
    fill()
    STOCK["lost"] = [box("C-9")]
    run()
    _run, rows = queries.board(BY, TODAY)
    assert [row.check.code for row in rows] == ["lost", "torn", "wet"] or [row.check.code for row in rows] == [
        "torn",
        "lost",
        "wet",
    ]
    assert [row.judgement.urgency for row in rows] == sorted(row.judgement.urgency for row in rows)


def test_a_place_outside_the_scope_or_nowhere_does_not_exist() -> None:
    for who, place in ((manager(*at("NORTE")), "SUR"), (BY, "ESTE")):
        with pytest.raises(NotFound):
            queries.board(who, TODAY, place=place)
        with pytest.raises(NotFound):
            queries.check_history(who, TORN, TODAY, place=place)


def test_nobody_without_the_permission_reads_a_number() -> None:
    for who in (NOBODY, reader(Permission.VIEW_PEOPLE)):
        for act in (
            lambda who=who: queries.board(who, TODAY),
            lambda who=who: queries.summary(who, TODAY),
            lambda who=who: queries.place_rows(who, TORN, TODAY),
            lambda who=who: queries.limit_rows(who, "torn"),
            lambda who=who: queries.findings_page(who, TORN, FindingFilters(), TODAY),
        ):
            with pytest.raises(Forbidden):
                act()


def test_a_check_that_did_not_run_is_unknown_and_says_why() -> None:
    fill()
    BROKEN.add("wet")
    run()
    assert states()["wet"] is State.UNKNOWN
    row = queries.check_history(BY, WET, TODAY).row
    assert row.problem and row.judgement.why == "did_not_run"
    assert states(manager(*at("NORTE")))["wet"] is State.UNKNOWN


def test_an_old_run_no_longer_speaks_for_today() -> None:
    run()
    assert states(today=TODAY + timedelta(days=3))["lost"] is State.OK
    late = TODAY + timedelta(days=4)
    assert set(states(today=late).values()) == {State.UNKNOWN}
    found = queries.last_run(late)
    assert found is not None and found.stale and found.days_old == 4


def test_a_place_not_seen_is_unknown_there_and_keeps_the_whole_from_being_in_order() -> None:
    STOCK["torn"] = [Unseen("SUR")]
    run()
    assert states()["torn"] is State.UNKNOWN
    assert states(manager(*at("NORTE")))["torn"] is State.OK
    assert states(manager(*at("SUR")))["torn"] is State.UNKNOWN
    by_place = {row.code: row.judgement.state for row in queries.place_rows(BY, TORN, TODAY)}
    assert by_place == {"SUR": State.UNKNOWN}


def test_history_is_judged_with_the_limits_of_each_day() -> None:
    STOCK["torn"] = [box("C-1"), box("C-2")]
    run()
    commands.set_limits(
        by=BY,
        check_code="torn",
        soft=Decimal(2),
        hard=Decimal(9),
        valid_from=TODAY + WEEK,
        reason="Acuerdo",
        today=TODAY,
    )
    later = TODAY + WEEK
    run(later, later)
    row = queries.check_history(BY, TORN, later).row
    assert [(point.on, point.judgement.state) for point in row.points] == [
        (TODAY, State.OVER_SOFT),
        (later, State.OK),
    ]
    assert row.trend.since == later and row.trend.direction is Direction.STEADY
    assert [line.hard for line in queries.limit_rows(BY, "torn")] == [Decimal(9)]


def test_a_superseded_run_is_no_point_of_the_history() -> None:
    STOCK["torn"] = [box("C-1")]
    run()
    STOCK["torn"] = []
    run()
    assert [point.value for point in queries.check_history(BY, TORN, TODAY).row.points] == [0]


def test_recomputed_days_are_history_and_not_today() -> None:
    STOCK["torn"] = [box("C-1")]
    run(TODAY - WEEK)
    assert states()["torn"] is State.UNKNOWN
    STOCK["torn"] = []
    run()
    row = queries.check_history(BY, TORN, TODAY).row
    assert [point.value for point in row.points] == [1, 0]
    assert row.trend.direction is Direction.BETTER
    assert [point.value for point in queries.check_history(BY, LOST, TODAY).row.points] == [0]


def test_places_come_worst_first_and_only_the_readers() -> None:
    fill()
    run()
    rows = queries.place_rows(BY, WET, TODAY)
    assert [(row.code, row.observed.left, row.judgement.state) for row in rows] == [
        ("NORTE", 3, State.OVER_SOFT),
        ("SUR", 0, State.OK),
    ]
    assert [row.name for row in queries.place_rows(manager(*at("SUR")), WET, TODAY)] == ["Depósito del sur"]


def test_the_summary_counts_states_and_names_the_worst() -> None:
    fill()
    run()
    found = queries.summary(BY, TODAY)
    assert found.by_state == {State.OVER_HARD: 1, State.OVER_SOFT: 0, State.UNKNOWN: 0, State.OK: 2}
    assert [row.check.code for row in found.urgent] == ["torn"]


# Findings -------------------------------------------------------------------------------------------------------------


def codes(who: Reader = BY, filters: FindingFilters | None = None) -> list[str]:
    return [row.subject_code for row in queries.findings_rows(who, TORN, filters or FindingFilters(), TODAY)]


def test_findings_are_those_of_the_readers_places() -> None:
    fill()
    run()
    assert codes() == ["C-1", "C-2", "C-3", "C-4"]
    assert codes(manager(*at("NORTE"))) == ["C-1"]
    assert codes(BY, FindingFilters(place="SUR")) == ["C-2", "C-3", "C-4"]
    assert codes(manager(*at("NORTE")), FindingFilters(place="SUR")) == []
    assert queries.findings_count(BY, TORN, FindingFilters(place="SUR"), TODAY) == 3


def test_records_are_only_for_who_may_see_such_records() -> None:
    fill()
    run()
    counts_only = reader(Permission.VIEW_QUALITY, Permission.EXPORT)
    with pytest.raises(Forbidden):
        queries.findings_page(counts_only, TORN, FindingFilters(), TODAY)
    with pytest.raises(NotFound):
        queries.finding_in_scope(counts_only, QualityFinding.objects.all()[0].pk, TODAY)
    assert len(queries.place_rows(counts_only, TORN, TODAY)) == 2


def test_a_record_that_left_the_scope_since_the_run_is_not_named() -> None:
    fill()
    run()
    HIDDEN.add("C-1")
    who = manager(*at("NORTE"))
    row = queries.findings_page(who, TORN, FindingFilters(), TODAY).rows[0]
    assert (row.shown, row.name) == (False, "")
    with pytest.raises(NotFound):
        queries.finding_in_scope(who, row.id, TODAY)
    check, same = queries.finding_in_scope(BY, row.id, TODAY)
    assert (check.code, same.name) == ("torn", "Caja C-1")


def test_findings_are_open_accepted_or_gone() -> None:
    fill()
    run()
    first = QualityFinding.objects.get(check_code="torn", subject_code="C-1")
    commands.grant_exception(by=BY, finding_id=first.pk, reason="Acta", expires_on=TODAY + WEEK, today=TODAY)
    assert codes() == ["C-2", "C-3", "C-4"]
    assert codes(BY, FindingFilters(EXCEPTED)) == ["C-1"]
    accepted = queries.findings_page(BY, TORN, FindingFilters(EXCEPTED), TODAY).rows[0]
    assert accepted.exception is not None and accepted.exception.reason == "Acta"
    later = TODAY + WEEK
    back = queries.findings_page(BY, TORN, FindingFilters(), later).rows[0]
    assert (back.subject_code, back.exception, back.expired_on) == ("C-1", None, later)
    STOCK["torn"] = []
    run()
    assert codes() == [] and codes(BY, FindingFilters(GONE)) == ["C-1", "C-2", "C-3", "C-4"]


def test_the_list_pages_by_keyset_both_ways() -> None:
    STOCK["torn"] = [box(f"C-{n:02d}") for n in range(7)]
    run()
    first = queries.findings_page(BY, TORN, FindingFilters(), TODAY, size=3)
    second = queries.findings_page(BY, TORN, FindingFilters(), TODAY, first.next_cursor or "", size=3)
    back = queries.findings_page(BY, TORN, FindingFilters(), TODAY, second.prev_cursor or "", size=3)
    assert [row.subject_code for row in second.rows] == ["C-03", "C-04", "C-05"]
    assert [row.subject_code for row in back.rows] == [row.subject_code for row in first.rows]


def test_an_exception_is_found_in_its_place_only() -> None:
    fill()
    run()
    key = QualityFinding.objects.get(check_code="torn", subject_code="C-1").pk
    commands.grant_exception(by=BY, finding_id=key, reason="Acta", expires_on=TODAY + WEEK, today=TODAY)
    given = QualityException.objects.get()
    check, found, name = queries.exception_in_scope(manager(*at("NORTE")), given.pk)
    assert (check.code, found.pk, name) == ("torn", given.pk, "Caja C-1")
    for who in (manager(*at("SUR")), manager(Scope("facility", "ESTE")), reader(Permission.VIEW_QUALITY)):
        with pytest.raises(NotFound):
            queries.exception_in_scope(who, given.pk)

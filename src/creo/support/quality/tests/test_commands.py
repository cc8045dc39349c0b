"""Runs, exceptions and limits: what they leave, what they refuse, and what the ledger says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import NOBODY, Reader, Scope
from creo.support.accounts.tests.factories import reader
from creo.support.jobs.commands import JobHandle
from creo.support.jobs.progress import silent
from creo.support.ledger.models import Entry
from creo.support.quality import commands, looking, rules, storing
from creo.support.quality.checks import Unseen, checks, shared
from creo.support.quality.models import (
    QualityAnswer,
    QualityCount,
    QualityException,
    QualityFinding,
    QualityLimit,
    QualityRun,
)
from creo.support.quality.tests.factories import (
    BROKEN,
    BY,
    CHECKS,
    STOCK,
    TODAY,
    TORN,
    UNITS,
    at,
    box,
    make,
    manager,
    run,
)
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chapter")]
TOMORROW = TODAY + timedelta(days=1)


def alive(code: str = "torn") -> dict[str, QualityFinding]:
    return {row.subject_code: row for row in QualityFinding.objects.filter(check_code=code, gone_on=None)}


def counts(made: QualityRun, code: str = "torn") -> dict[str, tuple[int, int, int | None]]:
    rows = QualityCount.objects.filter(run=made, check_code=code)
    return {row.place: (row.found, row.excepted, row.population) for row in rows}


def grant(code: str = "C-1", by: Reader = BY, today: date = TODAY, **other: Any) -> None:
    values = {"reason": "Acta 1", "expires_on": today + timedelta(days=10)}
    commands.grant_exception(by=by, finding_id=alive()[code].pk, today=today, **(values | other))


def refused(act: Callable[[], object], *fields: str) -> Refused:
    before = (QualityException.objects.count(), QualityLimit.objects.count(), Entry.objects.count())
    with pytest.raises(Refused) as refusal:
        act()
    assert set(refusal.value.fields) == set(fields)
    assert (QualityException.objects.count(), QualityLimit.objects.count(), Entry.objects.count()) == before
    return refusal.value


# Runs -----------------------------------------------------------------------------------------------------------------


def test_a_run_counts_by_place_and_lists_what_it_found() -> None:
    STOCK["torn"] = [box("C-1"), box("C-2", "SUR"), box("C-3", "SUR"), box("C-4", "")]
    UNITS.update(NORTE=10, SUR=20)
    STOCK["wet"] = [box("C-1")]
    made = run()
    assert counts(made) == {"NORTE": (1, 0, None), "SUR": (2, 0, None), "": (1, 0, None)}
    assert counts(made, "wet") == {"NORTE": (1, 0, 10), "SUR": (0, 0, 20)}
    answers = {row.check_code: row for row in QualityAnswer.objects.filter(run=made)}
    assert {code: (row.found, row.population, row.listed) for code, row in answers.items()} == {
        "torn": (4, None, 4),
        "wet": (1, 30, 1),
        "lost": (0, None, 0),
    }
    found = alive()["C-2"]
    assert (found.place, found.detail) == ("SUR", {"weight": 5, "since": "2026-03-01"})
    assert (found.first_seen_on, found.last_seen_on, found.last_run_id) == (TODAY, TODAY, made.pk)
    entry = Entry.objects.get(act="quality.run")
    assert entry.after["new"] == 5 and entry.after["gone"] == 0 and entry.after["did_not_run"] == []


def test_a_second_run_of_a_day_supersedes_the_first_and_keeps_it() -> None:
    STOCK["torn"] = [box("C-1"), box("C-2")]
    first = run()
    STOCK["torn"] = [box("C-1")]
    second = run()
    first.refresh_from_db()
    assert first.superseded and not second.superseded
    assert counts(first)["NORTE"][0] == 2 and counts(second)["NORTE"][0] == 1
    assert set(alive()) == {"C-1"}
    assert QualityFinding.objects.get(subject_code="C-2").gone_on == TODAY


def test_a_finding_keeps_its_first_day_moves_with_its_record_and_goes_when_mended() -> None:
    STOCK["torn"] = [box("C-1")]
    run()
    STOCK["torn"] = [box("C-1", "SUR", weight=9)]
    second = run(TOMORROW, TOMORROW)
    moved = alive()["C-1"]
    assert (moved.place, moved.detail["weight"]) == ("SUR", 9)
    assert (moved.first_seen_on, moved.last_seen_on, moved.last_run_id) == (TODAY, TOMORROW, second.pk)
    STOCK["torn"] = []
    third = TOMORROW + timedelta(days=1)
    run(third, third)
    moved.refresh_from_db()
    assert moved.gone_on == third and moved.last_seen_on == TOMORROW
    STOCK["torn"] = [box("C-1")]
    run(third + timedelta(days=1), third + timedelta(days=1))
    assert QualityFinding.objects.filter(subject_code="C-1").count() == 2


def test_an_equal_second_run_changes_no_finding() -> None:
    STOCK["torn"] = [box("C-1"), box("C-2")]
    run()
    before = list(
        QualityFinding.objects.order_by("pk").values_list("pk", "place", "detail", "first_seen_on", "gone_on")
    )
    run()
    after = list(QualityFinding.objects.order_by("pk").values_list("pk", "place", "detail", "first_seen_on", "gone_on"))
    assert after == before


def test_a_check_that_fails_is_unknown_and_the_others_go_on() -> None:
    STOCK["torn"], STOCK["lost"] = [box("C-1")], [box("C-2")]
    run()
    BROKEN.add("torn")
    made = run()
    answers = {row.check_code: row for row in QualityAnswer.objects.filter(run=made)}
    assert (answers["torn"].ran, answers["torn"].found) == (False, None)
    assert "falla nuestra" in answers["torn"].problem
    assert answers["lost"].found == 1
    assert counts(made) == {}
    assert set(alive()) == {"C-1"}, "what it found before still stands"
    assert Entry.objects.filter(act="quality.run").latest("id").after["did_not_run"] == ["torn"]


def test_a_place_with_nothing_to_look_at_is_not_seen() -> None:
    STOCK["torn"] = [box("C-1"), Unseen("SUR")]
    made = run()
    assert dict(QualityCount.objects.filter(run=made).values_list("place", "seen")) == {"NORTE": True, "SUR": False}
    assert QualityAnswer.objects.get(run=made, check_code="torn").unseen == 1


def test_a_record_pointed_at_twice_counts_once() -> None:
    STOCK["torn"] = [box("C-1"), box("C-1", "SUR")]
    assert counts(run()) == {"NORTE": (1, 0, None)}


def test_an_earlier_day_gets_counts_only_and_only_of_checks_that_can_look_back() -> None:
    STOCK["torn"] = [box("C-1")]
    run()
    STOCK["torn"], STOCK["lost"] = [box("C-8"), box("C-9")], [box("C-7")]
    made = run(TODAY - timedelta(days=7))
    assert made.past
    assert set(QualityAnswer.objects.filter(run=made).values_list("check_code", flat=True)) == {"torn", "wet"}
    assert counts(made)["NORTE"][0] == 2
    assert set(alive()) == {"C-1"} and alive("lost") == {}
    assert storing.newest_day() == TODAY


def test_a_day_before_today_is_the_past_also_on_an_empty_board() -> None:
    assert run(TODAY - timedelta(days=1)).past
    assert storing.newest_day() is None


def test_nobody_checks_a_day_that_has_not_come() -> None:
    with pytest.raises(Refused):
        run(TOMORROW)


@pytest.mark.parametrize("by", [NOBODY, reader(Permission.VIEW_QUALITY), manager(*at("NORTE"))])
def test_only_a_national_manager_runs_checks(by: Reader) -> None:
    with pytest.raises(Forbidden):
        run(by=by)
    with pytest.raises(Forbidden):
        commands.start(by=by, today=TODAY)
    assert not QualityRun.objects.exists()


def test_too_many_findings_are_all_counted_and_only_some_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    few = rules.parse_parameters(
        "\n".join(
            f'[[{name}]]\nvalue = {value}\nvalid_from = 2020-01-01\nsource = "x"'
            for name, value in (
                ("listed_most", 2),
                ("stale_after_days", 3),
                ("trend_window_days", 28),
                ("exception_longest_days", 180),
            )
        )
    )
    STOCK["torn"] = [box(f"C-{n}") for n in (5, 6, 7)]
    run()
    monkeypatch.setattr(rules, "parameters", lambda: few)
    STOCK["torn"] = [box(f"C-{n}") for n in range(1, 7)]
    made = run()
    answer = QualityAnswer.objects.get(run=made, check_code="torn")
    assert (answer.found, answer.listed) == (6, 2)
    # C-1 and C-2 are new; C-5 and C-6 were on the list and are still found; C-7 is gone.
    assert set(alive()) == {"C-1", "C-2", "C-5", "C-6"}


def test_the_job_runs_today_or_the_day_asked_for(time_machine: Any) -> None:
    time_machine.move_to("2026-11-23T15:00:00Z")
    nightly = commands.perform_run(JobHandle(1, {}, BY, silent))
    assert QualityRun.objects.get(pk=nightly["quality_run"]).as_of == TODAY
    job = commands.start(by=manager(), today=TODAY)
    assert (job.kind, job.arguments) == ("quality.run", {"as_of": "2026-11-23"})


def test_progress_names_each_check() -> None:
    seen: list[tuple[int, int, str]] = []
    commands.run(by=BY, as_of=TODAY, today=TODAY, progress=lambda *step: seen.append(step))
    assert [note for _done, _total, note in seen] == [*(check.title for check in CHECKS), ""]
    assert seen[-1][:2] == (3, 3)


def test_what_checks_share_is_read_once_a_run_and_never_kept() -> None:
    made: list[int] = []

    def reading(as_of: date) -> list[Any]:
        shared(("boxes",), lambda: made.append(1) or made)
        return []

    pair = [make("one", "0", "0", find=reading), make("two", "0", "0", find=reading)]
    for _time in range(2):
        looking.look(pair, TODAY, listed_most=9, alive=storing.alive, progress=silent)
    assert len(made) == 2


def test_two_checks_of_one_code_stop_the_wiring(monkeypatch: pytest.MonkeyPatch) -> None:
    from creo.support.quality.tests import factories

    monkeypatch.setattr(factories, "CHECKS", (TORN, TORN))
    with pytest.raises(ValueError, match="torn"):
        checks()


# Exceptions -----------------------------------------------------------------------------------------------------------


def test_an_accepted_finding_stays_on_the_list_and_stops_counting_until_it_expires() -> None:
    STOCK["torn"] = [box("C-1"), box("C-2")]
    run()
    grant(expires_on=TODAY + timedelta(days=2))
    assert counts(run())["NORTE"] == (2, 1, None)
    assert set(alive()) == {"C-1", "C-2"}
    on_the_day = TODAY + timedelta(days=2)
    assert counts(run(on_the_day, on_the_day))["NORTE"] == (2, 0, None)
    entry = Entry.objects.get(act="quality.exception_granted")
    assert (entry.subject_kind, entry.subject_code, entry.place) == ("box", "C-1", "NORTE")


def test_a_decision_counts_at_once_as_a_new_run_would_count_it() -> None:
    STOCK["torn"] = [box("C-1"), box("C-2"), box("C-3", "SUR")]
    made = run()
    grant("C-1")
    grant("C-3")
    commands.revoke_exception(
        by=BY, exception_id=QualityException.objects.get(subject_code="C-3").pk, reason="No", today=TODAY
    )
    at_once = counts(made), QualityAnswer.objects.get(run=made, check_code="torn").excepted
    again = run()
    assert at_once == (counts(again), QualityAnswer.objects.get(run=again, check_code="torn").excepted)
    assert at_once == ({"NORTE": (2, 1, None), "SUR": (1, 0, None)}, 1)


def test_a_decision_of_today_does_not_rewrite_yesterday() -> None:
    STOCK["torn"] = [box("C-1")]
    made = run()
    grant(today=TOMORROW)
    assert counts(made)["NORTE"] == (1, 0, None)
    commands.revoke_exception(by=BY, exception_id=QualityException.objects.get().pk, reason="No", today=TOMORROW)
    assert counts(made)["NORTE"] == (1, 0, None)


def test_a_revoked_exception_brings_the_finding_back_and_stays_written() -> None:
    STOCK["torn"] = [box("C-1")]
    run()
    grant()
    given = QualityException.objects.get()
    commands.revoke_exception(by=BY, exception_id=given.pk, reason="Ya se puede", today=TODAY)
    assert counts(run())["NORTE"] == (1, 0, None)
    given.refresh_from_db()
    assert (given.revoked_on, given.revoked_by, given.revoke_reason) == (TODAY, "pruebas", "Ya se puede")
    assert Entry.objects.filter(act="quality.exception_revoked", subject_code="C-1").count() == 1
    refused(lambda: commands.revoke_exception(by=BY, exception_id=given.pk, reason="Otra vez", today=TODAY))
    grant()
    assert QualityException.objects.count() == 2


def test_an_exception_says_why_and_until_when_and_every_fault_is_told_at_once() -> None:
    STOCK["torn"] = [box("C-1")]
    run()
    refused(lambda: grant(reason=" ", expires_on=None), "reason", "expires_on")
    refused(lambda: grant(expires_on=TODAY), "expires_on")
    longest = TODAY + timedelta(days=180)
    refused(lambda: grant(expires_on=longest + timedelta(days=1)), "expires_on")
    grant(expires_on=longest)
    refused(grant)


def test_an_exception_of_another_place_or_kind_of_record_does_not_exist() -> None:
    STOCK["torn"] = [box("C-1")]
    run()
    blind = Reader(1, "Alicia", frozenset({Permission.VIEW_QUALITY, Permission.MANAGE_QUALITY}), (Scope("nation"),))
    for by in (manager(*at("SUR")), blind):
        with pytest.raises(NotFound):
            grant(by=by)
    grant(by=manager(*at("NORTE")))
    given = QualityException.objects.get()
    with pytest.raises(NotFound):
        commands.revoke_exception(by=manager(*at("SUR")), exception_id=given.pk, reason="x", today=TODAY)
    refused(lambda: commands.revoke_exception(by=BY, exception_id=given.pk, reason="", today=TODAY), "reason")
    with pytest.raises(Forbidden):
        grant(by=reader(Permission.VIEW_QUALITY, Permission.VIEW_PEOPLE))


def test_a_mended_finding_cannot_be_accepted() -> None:
    STOCK["torn"] = [box("C-1")]
    run()
    key = alive()["C-1"].pk
    STOCK["torn"] = []
    run()
    with pytest.raises(NotFound):
        commands.grant_exception(by=BY, finding_id=key, reason="x", expires_on=TOMORROW, today=TODAY)


# Limits ---------------------------------------------------------------------------------------------------------------


def limit(soft: str | None = "4", hard: str | None = "8", since: date | None = TODAY, **other: Any) -> None:
    values: dict[str, Any] = {"by": BY, "check_code": "torn", "reason": "Acuerdo 2", "today": TODAY}
    values |= {"soft": soft and Decimal(soft), "hard": hard and Decimal(hard), "valid_from": since}
    commands.set_limits(**(values | other))


def test_limits_hold_from_their_day_and_the_last_decision_holds() -> None:
    limit("4", "8", TOMORROW)
    assert commands.limits_in_force(TORN, TODAY) == TORN.limits
    limit("5", "9", TOMORROW)
    now = commands.limits_in_force(TORN, TOMORROW)
    assert (now.soft, now.hard) == (5, 9)
    assert QualityLimit.objects.count() == 2
    entry = Entry.objects.filter(act="quality.limits_set").latest("id")
    assert Decimal(entry.before["soft"]) == 4 and entry.after["valid_from"] == TOMORROW.isoformat()


def test_limits_are_refused_with_every_reason() -> None:
    refused(lambda: limit(None, None, None, reason=""), "soft", "hard", "valid_from", "reason")
    refused(lambda: limit("9", "8"), "hard")
    refused(lambda: limit("0.5", "8"), "hard")
    refused(lambda: limit(since=TODAY - timedelta(days=1)), "valid_from")
    refused(lambda: limit("0.5", "1.5", check_code="wet"), "hard")


def test_limits_are_national_and_of_a_check_that_exists() -> None:
    with pytest.raises(Forbidden):
        limit(by=manager(*at("NORTE")))
    with pytest.raises(Forbidden):
        limit(by=reader(Permission.VIEW_QUALITY))
    with pytest.raises(NotFound):
        limit(check_code="nothing")

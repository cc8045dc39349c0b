"""Runs, checks and enrolments: stored whole or not at all, the same again, and every no with its reasons."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine

from creo.register import commands as register_commands
from creo.register.tests import factories as register
from creo.support.jobs.commands import JobHandle
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused
from creo.targeting import commands, queries, rules
from creo.targeting.models import Enrolment, TargetingResult, TargetingRun
from creo.targeting.tests import factories as make
from creo.targeting.tests.factories import ANSWERS, BY, TODAY
from creo.territory import queries as territory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


@pytest.fixture
def crowd() -> dict[str, str]:
    make.creo_in_force()
    return make.crowd()


def answers_of(run: TargetingRun) -> dict[str, str]:
    rows = TargetingResult.objects.filter(run=run).values_list("person__code", "outcome")
    return {code: rules.result_of(outcome).value for code, outcome in rows}


# Runs -----------------------------------------------------------------------------------------------------------------


def test_a_run_stores_the_answer_of_everybody_and_writes_its_entry(crowd: dict[str, str]) -> None:
    notes: list[str] = []
    run = commands.run(by=BY, as_of=TODAY, progress=lambda done, total, note: notes.append(note))
    assert answers_of(run) == {crowd[name]: answer for name, answer in ANSWERS.items()}
    assert (run.people, run.eligible, run.undecided, run.not_eligible) == (15, 4, 4, 7)
    assert (run.programme, run.design_version, run.variant, run.scope_kind) == ("CREO", 1, "", "nation")
    assert run.criteria_codes == ["primary", "age", "offence", "organised_crime", "extreme_security"]
    entry = Entry.objects.get(act="targeting.run_stored")
    assert (entry.subject_code, entry.after["eligible"]) == (str(run.pk), 4)
    assert entry.after["inputs_hash"] == run.inputs_hash
    assert notes[0] == "Leyendo el registro"
    assert notes[-1] == "Guardando los resultados"


def test_every_stored_answer_is_the_one_that_explaining_the_person_gives(crowd: dict[str, str]) -> None:
    run = commands.run(by=BY, as_of=TODAY)
    for code in crowd.values():
        kept = TargetingResult.objects.get(run=run, person__code=code)
        verdict = queries.explain(BY, code, TODAY).verdict
        assert kept.outcome == verdict.outcome
        assert kept.criteria == "".join(str(int(reason.outcome)) for reason in verdict.reasons)


def test_the_same_day_and_facts_give_the_same_run_again(crowd: dict[str, str]) -> None:
    first, second = (commands.run(by=BY, as_of=TODAY) for _ in range(2))
    assert (first.inputs_hash, first.answers_hash, first.totals) == (
        second.inputs_hash,
        second.answers_hash,
        second.totals,
    )
    later = commands.run(by=BY, as_of=date(2026, 12, 1))
    assert later.inputs_hash != first.inputs_hash
    assert answers_of(later)[crowd["turns_35_soon"]] == "not_eligible"


def test_a_run_of_a_place_holds_its_people_and_no_others(crowd: dict[str, str]) -> None:
    tumbes = commands.run(by=BY, as_of=TODAY, scope_kind="facility", scope_code="EP-TUMBES")
    assert answers_of(tumbes).keys() == {crowd[name] for name in ("micro_trade", "extreme", "no_review")}
    north = commands.run(by=BY, as_of=TODAY, scope_kind="region", scope_code="NORTE")
    assert north.people == 15


@pytest.mark.parametrize(
    ("role", "codes", "kind", "asked", "refusal"),
    [
        ("planner", (), "facility", ("nation", ""), None),
        ("auditor", (), "facility", ("nation", ""), Forbidden),
        ("regional_office", ("NORTE",), "region", ("nation", ""), Forbidden),
        ("regional_office", ("NORTE",), "region", ("region", "NORTE"), None),
        ("regional_office", ("NORTE",), "region", ("facility", "EP-TUMBES"), None),
        ("regional_office", ("NORTE",), "region", ("facility", "EP-AREQUIPA"), Refused),
        ("regional_office", ("EP-PIURA",), "facility", ("region", "NORTE"), Refused),
        ("planner", (), "facility", ("facility", "EP-NO-HAY"), Refused),
        ("planner", (), "facility", ("planet", "X"), Refused),
    ],
)
def test_a_run_needs_permission_and_its_whole_place(
    crowd: dict[str, str], role: str, codes: tuple[str, ...], kind: str, asked: tuple[str, str], refusal: Any
) -> None:
    by = make.reader_at(role, *codes, kind=kind)
    if refusal is None:
        assert commands.run(by=by, as_of=TODAY, scope_kind=asked[0], scope_code=asked[1]).started_by == by.name
        return
    with pytest.raises(refusal):
        commands.run(by=by, as_of=TODAY, scope_kind=asked[0], scope_code=asked[1])
    assert not TargetingRun.objects.exists()


def test_a_day_without_design_is_refused() -> None:
    register.places()
    with pytest.raises(Refused, match="Ningún diseño está vigente"):
        commands.run(by=BY, as_of=TODAY)
    make.creo_in_force()
    with pytest.raises(Refused, match="Ningún diseño está vigente"):
        commands.run(by=BY, as_of=date(1990, 1, 1))
    with pytest.raises(NotFound):
        commands.run(by=BY, as_of=TODAY, variant="no-hay")
    with pytest.raises(NotFound):
        commands.run(by=BY, as_of=TODAY, version=9)


def test_an_empty_place_gives_an_empty_run() -> None:
    make.creo_in_force()
    register.places()
    run = commands.run(by=BY, as_of=TODAY)
    assert (run.people, run.eligible) == (0, 0)
    assert queries.run(BY, run.pk).totals.outcomes() == {"not_eligible": 0, "undecided": 0, "eligible": 0}
    assert commands.rerun_check(by=BY, number=run.pk).kept_same


def test_a_run_with_another_reading_asks_that_reading(crowd: dict[str, str]) -> None:
    run = commands.run(by=BY, as_of=TODAY, variant="indicator-slide")
    assert run.variant == "indicator-slide"
    assert answers_of(run)[crowd["thirty_seven"]] == "eligible"
    assert run.comparisons == {}


def test_comparisons_kept_with_a_run_are_those_of_running_each_reading(crowd: dict[str, str]) -> None:
    base = commands.run(by=BY, as_of=TODAY)
    assert list(base.comparisons) == ["titles", "indicator-slide", "indicator-slide-p4", "spending"]
    before = {code for code, answer in answers_of(base).items() if answer == "eligible"}
    for variant, kept in base.comparisons.items():
        other = commands.run(by=BY, as_of=TODAY, variant=variant)
        after = {code for code, answer in answers_of(other).items() if answer == "eligible"}
        sums = {name: sum(counts) for name, counts in kept["counts"].items()}
        assert sums == {
            "eligible": len(after),
            "undecided": other.undecided,
            "enter": len(after - before),
            "leave": len(before - after),
        }


def test_a_failure_half_way_leaves_nothing(crowd: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("creo.targeting.commands.running.REPORT_EVERY", 1)

    def break_half_way(done: int, total: int, note: str) -> None:
        if note.startswith("Guardando") and done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        commands.run(by=BY, as_of=TODAY, progress=break_half_way)
    assert not TargetingRun.objects.exists()
    assert not TargetingResult.objects.exists()
    assert not Entry.objects.filter(act__startswith="targeting.").exists()


KILLED = """
import os, signal, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from creo.targeting import commands
from creo.targeting.commands import running
from creo.targeting.tests import factories as make
make.creo_in_force()
make.crowd()
print("ready", commands.run(by=make.BY, as_of=make.TODAY).pk, flush=True)
running.REPORT_EVERY = 1
def die(done, total, note):
    if note.startswith("Guardando") and done == 12:
        os.kill(os.getpid(), signal.SIGKILL)
commands.run(by=make.BY, as_of=make.TODAY, progress=die)
"""


def test_a_process_killed_half_way_leaves_nothing(tmp_path: Path) -> None:
    """A real process, a real file, a real kill: the first run is whole, of the second nothing is left."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("CREO_", "DATABASE_", "PYTEST"))},
        "CREO_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "creo.site.settings",
    }
    done = subprocess.run([sys.executable, "-c", KILLED], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert done.stdout.split() == ["ready", "1"]
    with sqlite3.connect(tmp_path / "creo.sqlite3") as database:
        counts = [
            database.execute(f"SELECT COUNT(*) FROM {table} {where}").fetchone()[0]
            for table, where in (
                ("targeting_targetingrun", ""),
                ("targeting_targetingresult", ""),
                ("ledger_entry", "WHERE act = 'targeting.run_stored'"),
            )
        ]
        assert counts == [1, 15, 1]


def test_the_worker_runs_the_same(crowd: dict[str, str]) -> None:
    told: list[tuple[int, int, str]] = []
    arguments = {"as_of": "2026-11-23", "scope_kind": "facility", "scope_code": "EP-TUMBES", "variant": ""}
    job = JobHandle(1, arguments, BY, lambda done, total, note: told.append((done, total, note)))
    result = commands.perform_run(job)
    assert result == {"run_id": TargetingRun.objects.get().pk, "people": 3, "eligible": 1}
    assert told[-1] == (3, 3, "Guardando los resultados")


# Another programme ----------------------------------------------------------------------------------------------------


def test_another_programme_with_other_rules_runs_without_a_change_of_code() -> None:
    make.creo_in_force()
    make.other_programme(make.SEMILLAS)
    piura = register.places()["EP-PIURA"]
    forty, twenty = date(1980, 5, 1), date(2005, 5, 1)
    yes = make.person(1, piura, earlier=1, sex="female", birth_date=forty)
    tried = make.person(2, piura, earlier=1, sex="female", birth_date=forty, legal_status="", legal_status_on=None)
    make.person(3, piura, earlier=1, sex="male", birth_date=forty)
    make.person(4, piura, sex="female", birth_date=forty)
    make.person(5, piura, earlier=1, sex="female", birth_date=twenty)
    maybe = make.person(6, piura, earlier=2, sex="", birth_date=forty)
    run = commands.run(by=BY, as_of=TODAY, programme="SEMILLAS")
    assert run.programme == "SEMILLAS"
    assert run.criteria_codes == ["mujer", "edad", "reingreso", "sentencia"]
    found = answers_of(run)
    assert {code for code, answer in found.items() if answer == "eligible"} == {yes, tried}
    assert {code for code, answer in found.items() if answer == "undecided"} == {maybe}
    assert sum(run.comparisons["desde-30"]["counts"]["enter"]) == 0
    enrolled = commands.enrol(by=BY, person_code=yes, on=TODAY, programme="SEMILLAS")
    assert (enrolled.programme, enrolled.max_age) == ("SEMILLAS", 65)
    assert queries.latest_number(BY) is None
    assert queries.latest_number(BY, "SEMILLAS") == run.pk


def test_a_programme_that_asks_for_facts_nobody_publishes_says_which() -> None:
    register.places()
    make.other_programme(make.RUTAS)
    with pytest.raises(Refused, match=r"distancia: el registro no publica el dato «distance_m»"):
        commands.run(by=BY, as_of=TODAY, programme="RUTAS")
    assert not TargetingRun.objects.exists()


# Checks ---------------------------------------------------------------------------------------------------------------


def test_a_check_of_an_untouched_run_finds_everything_the_same(crowd: dict[str, str]) -> None:
    run = commands.run(by=BY, as_of=TODAY)
    check = commands.rerun_check(by=BY, number=run.pk)
    assert (check.kept_same, check.broken_rows, check.live_same) == (True, 0, True)
    assert (check.arrived, check.gone, check.changed_facts, check.changed_answers) == (0, 0, {}, {})
    assert Entry.objects.get(act="targeting.run_checked").after["kept_same"] is True


def test_a_check_tells_what_the_register_says_now_and_keeps_the_answers_of_the_day(crowd: dict[str, str]) -> None:
    run = commands.run(by=BY, as_of=TODAY)
    register_commands.set_main_offence(
        by=BY, person_code=crowd["no_offence"], offence_code="CP-189", attempt=False, reason="Resolución", today=TODAY
    )
    register_commands.release(
        by=BY, person_code=crowd["too_old"], on=TODAY, kind="acquittal", reason="Orden de libertad", today=TODAY
    )
    check = commands.rerun_check(by=BY, number=run.pk)
    assert (check.kept_same, check.live_same) == (True, False)
    assert (check.arrived, check.gone) == (0, 1)
    changed = {"attempt": 1, "main_article": 1, "main_family": 1, "other_articles": 1}
    assert check.changed_facts == changed
    assert check.changed_answers == {"undecided>eligible": 1}


def test_a_check_finds_a_stored_answer_or_fact_that_somebody_altered(crowd: dict[str, str]) -> None:
    run = commands.run(by=BY, as_of=TODAY)
    altered = TargetingResult.objects.get(run=run, person__code=crowd["organised"])
    TargetingResult.objects.filter(run=run, person_id=altered.person_id).update(outcome=2)
    check = commands.rerun_check(by=BY, number=run.pk)
    assert (check.kept_same, check.broken_rows) == (False, 1)
    TargetingResult.objects.filter(run=run, person_id=altered.person_id).update(outcome=0)
    assert commands.rerun_check(by=BY, number=run.pk).kept_same
    # A fact that changes no answer is found by the hash of what was evaluated.
    facts = altered.facts.split(",")
    place = [column[0] for column in run.meanings].index("birth_date")
    facts[place] = str(int(facts[place]) + 1)
    TargetingResult.objects.filter(run=run, person_id=altered.person_id).update(facts=",".join(facts))
    check = commands.rerun_check(by=BY, number=run.pk)
    assert (check.kept_same, check.broken_rows) == (False, 0)


def test_only_who_sees_all_of_a_run_checks_it(crowd: dict[str, str]) -> None:
    run = commands.run(by=BY, as_of=TODAY)
    with pytest.raises(Forbidden):
        commands.rerun_check(by=make.reader_at("treatment_body", "EP-PIURA"), number=run.pk)
    tumbes = commands.run(by=BY, as_of=TODAY, scope_kind="facility", scope_code="EP-TUMBES")
    with pytest.raises(NotFound):
        commands.rerun_check(by=make.reader_at("treatment_body", "EP-PIURA"), number=tumbes.pk)
    assert commands.rerun_check(by=make.reader_at("treatment_body", "EP-TUMBES"), number=tumbes.pk).kept_same


# Enrolment ------------------------------------------------------------------------------------------------------------


def test_enrolling_freezes_the_verdict_and_its_facts(crowd: dict[str, str]) -> None:
    code = crowd["turns_35_soon"]
    stored = commands.enrol(by=BY, person_code=code, on=TODAY, reason="Acta 1")
    assert (stored.person_id, stored.programme, stored.design_version, stored.max_age) == (code, "CREO", 1, 34)
    register_commands.correct_identity(
        by=BY, person_code=code, changes={"birth_date": date(1985, 1, 1)}, reason="Partida", today=TODAY
    )
    kept = queries.verdict_from(Enrolment.objects.get().verdict)
    assert kept.outcome is rules.Result.ELIGIBLE.outcome
    assert [reason.outcome.word for reason in kept.reasons] == ["Cumple"] * 5
    assert Enrolment.objects.get().verdict["facts"]["birth_date"] == "1991-12-01"
    assert kept.changes_on == date(2026, 12, 1)
    entry = Entry.objects.get(act="targeting.enrolled")
    assert (entry.subject_kind, entry.subject_code, entry.place, entry.reason) == ("person", code, "EP-PIURA", "Acta 1")


@pytest.mark.parametrize("name", [name for name, answer in ANSWERS.items() if answer != "eligible"])
def test_who_is_not_eligible_or_undecided_is_refused_with_the_reason(crowd: dict[str, str], name: str) -> None:
    with pytest.raises(Refused, match="Es elegible ese día") as caught:
        commands.enrol(by=BY, person_code=crowd[name], on=TODAY)
    assert caught.value.verdict is not None
    assert not Enrolment.objects.exists()
    assert not Entry.objects.filter(act="targeting.enrolled").exists()


def test_the_reference_day_is_that_of_the_enrolment(crowd: dict[str, str]) -> None:
    """Turned 18 on 1 June 2025: the day before they were not in range (C-01)."""
    with pytest.raises(Refused, match="Es elegible ese día"):
        commands.enrol(by=BY, person_code=crowd["young_adult"], on=date(2025, 5, 31))
    assert commands.enrol(by=BY, person_code=crowd["young_adult"], on=date(2025, 6, 1)).enrolled_on == date(2025, 6, 1)


def test_a_day_outside_custody_in_the_future_or_elsewhere_is_refused(crowd: dict[str, str]) -> None:
    code = crowd["eligible"]
    with pytest.raises(Refused, match="Está en custodia ese día"):
        commands.enrol(by=BY, person_code=code, on=date(2025, 1, 9))
    with pytest.raises(Refused, match="posterior a hoy"):
        commands.enrol(by=BY, person_code=code, on=date(2026, 11, 24))
    register_commands.transfer(
        by=BY,
        person_code=code,
        from_facility="EP-PIURA",
        to_facility="EP-TUMBES",
        on=date(2026, 11, 1),
        reason="Traslado",
        today=TODAY,
    )
    tumbes = make.reader_at("treatment_body", "EP-TUMBES")
    with pytest.raises(Refused, match="Está en un establecimiento de su ámbito"):
        commands.enrol(by=tumbes, person_code=code, on=date(2026, 10, 1))
    with pytest.raises(NotFound):
        commands.enrol(by=make.reader_at("treatment_body", "EP-PIURA"), person_code=code, on=TODAY)
    assert commands.enrol(by=tumbes, person_code=code, on=TODAY).facility.code == "EP-TUMBES"


def test_enrolling_needs_its_permission(crowd: dict[str, str]) -> None:
    with pytest.raises(Forbidden):
        commands.enrol(by=make.reader_at("planner"), person_code=crowd["eligible"], on=TODAY)
    with pytest.raises(Forbidden):
        commands.end_enrolment(
            by=make.reader_at("planner"), person_code=crowd["eligible"], on=TODAY, reason="voluntary"
        )


def test_a_person_is_enrolled_once_leaves_with_a_reason_and_returns_with_another(crowd: dict[str, str]) -> None:
    code = crowd["eligible"]
    commands.enrol(by=BY, person_code=code, on=date(2026, 3, 1))
    with pytest.raises(Refused, match="ya está inscrita desde el 01/03/2026"):
        commands.enrol(by=BY, person_code=code, on=TODAY)
    with pytest.raises(Refused, match="anterior a la inscripción"):
        commands.end_enrolment(by=BY, person_code=code, on=date(2026, 2, 1), reason="voluntary")
    with pytest.raises(Refused, match="Elija el motivo") as caught:
        commands.end_enrolment(by=BY, person_code=code, on=TODAY, reason="boredom")
    assert "reason" in caught.value.fields
    with pytest.raises(Refused, match="explicación escrita"):
        commands.end_enrolment(by=BY, person_code=code, on=TODAY, reason="conduct")
    ended = commands.end_enrolment(by=BY, person_code=code, on=date(2026, 6, 1), reason="voluntary")
    assert (ended.ended_on, ended.exit_reason, ended.ended_by) == (date(2026, 6, 1), "voluntary", BY.name)
    entry = Entry.objects.get(act="targeting.enrolment_ended")
    assert entry.before["ended_on"] is None
    with pytest.raises(NotFound):
        commands.end_enrolment(by=BY, person_code=code, on=TODAY, reason="voluntary")
    with pytest.raises(Refused, match="indique por qué vuelve"):
        commands.enrol(by=BY, person_code=code, on=TODAY)
    with pytest.raises(Refused, match="anterior a su salida"):
        commands.enrol(by=BY, person_code=code, on=date(2026, 5, 1), reason="Vuelve")
    commands.enrol(by=BY, person_code=code, on=TODAY, reason="Vuelve por decisión propia")
    assert Enrolment.objects.filter(person_id=code).count() == 2


def test_ending_is_for_whoever_has_the_prison_in_scope(crowd: dict[str, str]) -> None:
    commands.enrol(by=BY, person_code=crowd["eligible"], on=TODAY)
    with pytest.raises(NotFound):
        commands.end_enrolment(
            by=make.reader_at("treatment_body", "EP-TUMBES"),
            person_code=crowd["eligible"],
            on=TODAY,
            reason="voluntary",
        )
    assert Enrolment.objects.get().ended_on is None


def test_two_acts_at_once_leave_one_enrolment(crowd: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The second act looked before the first was stored: the database says no, in words."""
    code = crowd["eligible"]
    commands.enrol(by=BY, person_code=code, on=TODAY)
    monkeypatch.setattr("creo.targeting.queries.history", lambda reader, code: [])
    with pytest.raises(Refused, match=f"{code} ya está inscrita"):
        commands.enrol(by=BY, person_code=code, on=TODAY)
    assert Enrolment.objects.count() == 1


def test_many_are_enrolled_by_one_act_or_none(crowd: dict[str, str]) -> None:
    good = [crowd["eligible"], crowd["turns_35_soon"], crowd["young_adult"]]
    with pytest.raises(Refused) as caught:
        commands.enrol_many(
            by=BY,
            facility_code="EP-PIURA",
            person_codes=[*good, crowd["too_old"], crowd["no_birth_date"], crowd["micro_trade"]],
            on=TODAY,
        )
    said = " ".join(caught.value.messages)
    assert len(caught.value.messages) == 3
    assert all(crowd[name] in said for name in ("too_old", "no_birth_date", "micro_trade"))
    assert not Enrolment.objects.exists()
    stored = commands.enrol_many(
        by=BY, facility_code="EP-PIURA", person_codes=[*good, good[0]], on=TODAY, reason="Acta"
    )
    assert [one.person_id for one in stored] == good
    assert Entry.objects.filter(act="targeting.enrolled").count() == 3
    alone = queries.explain(BY, good[0], TODAY).verdict
    frozen = queries.verdict_from(stored[0].verdict)
    assert [(reason.code, reason.outcome) for reason in frozen.reasons] == [
        (reason.code, reason.outcome) for reason in alone.reasons
    ]
    with pytest.raises(Refused, match="ya está inscrita"):
        commands.enrol_many(by=BY, facility_code="EP-PIURA", person_codes=good[:1], on=TODAY)
    assert commands.enrol_many(by=BY, facility_code="EP-PIURA", person_codes=[], on=TODAY) == []
    with pytest.raises(NotFound):
        commands.enrol_many(
            by=make.reader_at("treatment_body", "EP-TUMBES"), facility_code="EP-PIURA", person_codes=good, on=TODAY
        )


def test_a_merged_duplicate_keeps_its_enrolment_under_the_code_that_goes_on() -> None:
    make.creo_in_force()
    cast = register.cast()
    by_system = BY
    Enrolment.objects.create(
        person_id=cast.julia_duplicate,
        facility_id=territory.by_code(BY, "EP-PIURA").id,
        enrolled_on=date(2026, 2, 1),
        programme="CREO",
        design_version=1,
        design_digest="d",
        verdict={"facts": {}, "reasons": [], "outcome": 2, "changes_on": None, "provisional": False},
        decided_by="pruebas",
        decided_at=Entry.objects.latest("id").at,
    )
    assert [item.enrolled_on for item in queries.history(by_system, cast.julia)] == [date(2026, 2, 1)]
    assert queries.pasts([cast.julia], "CREO") == {cast.julia: (date(2026, 2, 1), None)}
    ended = commands.end_enrolment(by=BY, person_code=cast.julia, on=TODAY, reason="voluntary")
    assert ended.person_id == cast.julia_duplicate

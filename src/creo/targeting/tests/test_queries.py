"""Reads: counts by scope, lists by page, explanations from live and from kept facts, comparisons, enrolments."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from creo.programme import commands as programme_commands
from creo.register import commands as register_commands
from creo.register.tests import factories as register
from creo.support.accounts.readers import Reader
from creo.support.refusals import Forbidden, NotFound, Refused
from creo.targeting import commands, queries, rules
from creo.targeting.models import TargetingRun
from creo.targeting.tests import factories as make
from creo.targeting.tests.factories import ANSWERS, BY, TODAY
from creo.territory import queries as territory

pytestmark = pytest.mark.django_db
PIURA, TUMBES = ("treatment_body", "EP-PIURA"), ("treatment_body", "EP-TUMBES")


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


@pytest.fixture
def crowd() -> dict[str, str]:
    make.creo_in_force()
    return make.crowd()


@pytest.fixture
def run(crowd: dict[str, str]) -> queries.Run:
    return queries.run(BY, commands.run(by=BY, as_of=TODAY).pk)


def key_of(code: str) -> int:
    return territory.by_code(BY, code).id


def rule_of(key: str) -> rules.Ruleset:
    """The rule of one reading."""
    return next(found.rule for found in queries.readings(BY, TODAY) if found.key == key)


def plain(text: str) -> str:
    """A text with ordinary spaces."""
    return " ".join(text.split())


def seen(reader: Reader, run: queries.Run) -> queries.Run:
    return queries.run(reader, run.row.number)


# Counts ---------------------------------------------------------------------------------------------------------------


def test_the_counts_of_a_run_are_those_of_its_people(run: queries.Run) -> None:
    totals = run.totals
    assert totals.outcomes() == {"not_eligible": 7, "undecided": 4, "eligible": 4}
    assert totals.by_facility() == {key_of("EP-PIURA"): (6, 3, 3), key_of("EP-TUMBES"): (1, 1, 1)}
    # Everybody; one confirmed admission; in the band; offence of a family; no exclusion.
    assert totals.funnel() == [15, 13, 9, 7, 4]
    assert totals.gaps() == [
        ("primary", "identity_confirmed", 1, 1),
        ("age", "birth_date", 1, 1),
        ("offence", "main_article", 1, 1),
        ("organised_crime", "organised_crime", 1, 1),
    ]
    assert totals.exclusions() == [("organised_crime", 1, 1), ("extreme_security", 1, 0)]
    grid = totals.grid()
    assert sum(cell[2] for cells in grid.values() for cell in cells) == 4
    assert grid["DRUGS_MICRO"][rules.band_titles().index("25 a 29")] == (0, 0, 1)
    assert grid["unknown"][rules.band_titles().index("25 a 29")] == (0, 1, 0)
    assert sum(grid["PROPERTY"][-1]) == 1


def test_whoever_sees_one_prison_sees_its_counts_and_no_others(run: queries.Run) -> None:
    piura = seen(make.reader_at(*PIURA), run)
    assert piura.totals.outcomes() == {"not_eligible": 6, "undecided": 3, "eligible": 3}
    assert piura.totals.facilities == (key_of("EP-PIURA"),)
    assert piura.totals.funnel() == [12, 10, 6, 4, 3]
    assert piura.totals.compared(run.comparisons["indicator-slide"]["counts"])["enter"] == 1
    tumbes = seen(make.reader_at(*TUMBES), run)
    assert tumbes.totals.compared(run.comparisons["indicator-slide"]["counts"])["enter"] == 0
    arequipa = seen(make.reader_at("treatment_body", "EP-AREQUIPA"), run)
    assert sum(arequipa.totals.outcomes().values()) == 0
    assert arequipa.totals.funnel() == [0, 0, 0, 0, 0]
    assert arequipa.totals.gaps() == []


def test_a_run_elsewhere_does_not_exist_for_whoever_is_not_there(run: queries.Run) -> None:
    tumbes = commands.run(by=BY, as_of=TODAY, scope_kind="facility", scope_code="EP-TUMBES")
    north = commands.run(by=BY, as_of=TODAY, scope_kind="region", scope_code="NORTE")
    piura, nobody = make.reader_at(*PIURA), Reader(5, "Nadie", make.reader_at(*PIURA).permissions, ())
    assert [row.number for row in queries.runs(piura, queries.held_places(piura)).rows] == [north.pk, run.row.number]
    with pytest.raises(NotFound):
        queries.run(piura, tumbes.pk)
    with pytest.raises(Forbidden):
        queries.runs(nobody, queries.held_places(nobody))
    with pytest.raises(Forbidden):
        queries.run(make.reader_at("nadie"), run.row.number)


def test_the_latest_run_is_the_nations_with_the_design_in_force(crowd: dict[str, str]) -> None:
    tumbes = make.reader_at(*TUMBES)
    assert queries.latest_number(BY) is None
    assert queries.latest(BY, queries.held_places(BY)) is None
    small = commands.run(by=BY, as_of=TODAY, scope_kind="facility", scope_code="EP-TUMBES")
    assert queries.latest_number(BY) == queries.latest_number(tumbes) == small.pk
    assert queries.latest_number(make.reader_at(*PIURA)) is None
    nation = commands.run(by=BY, as_of=TODAY)
    commands.run(by=BY, as_of=TODAY, variant="titles")
    commands.run(by=BY, as_of=TODAY, scope_kind="facility", scope_code="EP-TUMBES")
    assert queries.latest_number(BY) == queries.latest_number(tumbes) == nation.pk
    found = queries.latest(tumbes, queries.held_places(tumbes))
    assert found is not None
    assert sum(found.totals.outcomes().values()) == 3


# Lists ----------------------------------------------------------------------------------------------------------------


def test_the_people_of_a_run_are_listed_by_answer_prison_and_what_is_missing(
    run: queries.Run, crowd: dict[str, str]
) -> None:
    def listed(reader: Reader = BY, **filters: Any) -> list[str]:
        wanted = queries.ResultFilters(**filters)
        page = queries.results_page(reader, seen(reader, run), wanted)
        assert queries.results_count(reader, seen(reader, run), wanted) == len(page.rows)
        return [row.code for row in page.rows]

    for result in rules.Result:
        expected = {crowd[name] for name, answer in ANSWERS.items() if answer == result.value}
        assert set(listed(result=result)) == expected
    undecided = rules.Result.UNDECIDED
    assert listed(result=undecided, missing="age") == [crowd["no_birth_date"]]
    assert listed(result=undecided, missing="primary") == [crowd["not_confirmed"]]
    assert listed(facility="EP-TUMBES") == [crowd["micro_trade"]]
    assert listed(make.reader_at(*TUMBES)) == [crowd["micro_trade"]]
    with pytest.raises(NotFound):
        listed(make.reader_at(*TUMBES), facility="EP-PIURA")
    with pytest.raises(NotFound):
        listed(result=undecided, missing="no-hay")


def test_a_row_tells_age_article_and_what_stands_in_the_way(run: queries.Run, crowd: dict[str, str]) -> None:
    rows = {
        row.code: row
        for result in rules.Result
        for row in queries.results_page(BY, run, queries.ResultFilters(result=result)).rows
    }
    young = rows[crowd["eligible"]]
    assert (young.age, young.article, young.facility, young.unmet, young.missing) == (26, "189", "EP-PIURA", (), ())
    lost = rows[crowd["old_and_no_offence"]]
    assert (lost.unmet, lost.missing) == (("18 a 34 años",), ("Familia de delito",))
    assert rows[crowd["no_birth_date"]].age is None


def test_names_are_for_who_may_see_people(run: queries.Run) -> None:
    filters = queries.ResultFilters()
    assert {row.name for row in queries.results_page(BY, run, filters).rows} == {"Quispe Ñaupari, Rosa"}
    planner = make.reader_at("planner")
    assert {row.name for row in queries.results_page(planner, run, filters).rows} == {""}
    assert queries.explain(planner, "P-0000001", TODAY).name == ""


def test_pages_of_people_follow_one_another_without_gaps(crowd: dict[str, str]) -> None:
    place = register.prison("EP-GRANDE", "E.P. Grande")
    codes = [make.person(number, place) for number in range(100, 217)]
    run = queries.run(BY, commands.run(by=BY, as_of=TODAY, scope_kind="facility", scope_code="EP-GRANDE").pk)
    filters, found, cursor = queries.ResultFilters(), [], ""
    while True:
        page = queries.results_page(BY, run, filters, cursor)
        found += [row.code for row in page.rows]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert found == codes
    back = queries.results_page(BY, run, filters, page.prev_cursor or "")
    assert [row.code for row in back.rows] == codes[50:100]
    with pytest.raises(Refused):
        queries.results_page(BY, run, filters, "a100")
    assert [row.code for row in queries.results_rows(BY, run, filters)] == codes
    with pytest.raises(Forbidden):
        list(queries.results_rows(make.reader_at(*PIURA), run, filters))


def test_a_page_of_people_is_two_queries(run: queries.Run) -> None:
    with CaptureQueriesContext(connection) as asked:
        queries.results_page(BY, run, queries.ResultFilters())
    assert len(asked) == 2


# Explanations ---------------------------------------------------------------------------------------------------------


def test_an_explanation_has_every_criterion_with_evidence_source_and_what_to_do(crowd: dict[str, str]) -> None:
    found = queries.explain(BY, crowd["no_offence"], TODAY)
    assert found.result is rules.Result.UNDECIDED
    assert [reason.title for reason in found.verdict.reasons] == [
        "Primer ingreso",
        "18 a 34 años",
        "Familia de delito",
        "Sin vínculo con una organización criminal",
        "Sin clasificación automática en Extrema Seguridad",
    ]
    first, _age, offence = found.verdict.reasons[:3]
    assert first.citation is not None
    assert first.citation.label() == "Programa, líneas 30 y 270"
    assert "un solo episodio desde 10 ene 2025" in plain(first.fact)
    assert "no consta el delito principal" in offence.fact
    assert "resolución" in offence.action
    assert offence.responsible == "Registro Penitenciario"


def test_an_explanation_says_the_next_day_on_which_the_answer_changes(crowd: dict[str, str]) -> None:
    soon = queries.explain(BY, crowd["turns_35_soon"], TODAY)
    assert (soon.verdict.changes_on, soon.next_look) == (date(2026, 12, 1), date(2026, 12, 1))
    then = queries.explain(BY, crowd["turns_35_soon"], date(2026, 12, 1))
    assert then.result is rules.Result.NOT_ELIGIBLE
    assert then.aged_out
    never = queries.explain(BY, crowd["came_before"], TODAY)
    assert never.verdict.changes_on is None


def test_a_law_that_was_not_in_force_asks_nothing(crowd: dict[str, str]) -> None:
    """Extreme security is asked since 12 February 2026 (DL 1737): the day before nobody was excluded by it."""
    before = queries.explain(BY, crowd["extreme"], date(2026, 2, 11))
    assert before.result is rules.Result.ELIGIBLE
    assert len(before.verdict.reasons) == 4
    assert before.verdict.changes_on == date(2026, 2, 12)
    assert queries.explain(BY, crowd["extreme"], date(2026, 2, 12)).result is rules.Result.NOT_ELIGIBLE


def test_somebody_outside_the_scope_does_not_exist(crowd: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        queries.explain(make.reader_at(*TUMBES), crowd["eligible"], TODAY)
    with pytest.raises(NotFound):
        queries.explain(BY, "P-9999999", TODAY)
    with pytest.raises(Forbidden):
        queries.explain(make.reader_at("nadie"), crowd["eligible"], TODAY)


def test_a_run_explains_from_what_it_kept_whatever_happened_since(run: queries.Run, crowd: dict[str, str]) -> None:
    code = crowd["eligible"]
    register_commands.correct_identity(
        by=BY, person_code=code, changes={"birth_date": date(1970, 1, 1)}, reason="Partida", today=TODAY
    )
    assert queries.explain(BY, code, TODAY).result is rules.Result.NOT_ELIGIBLE
    kept = queries.explain_in_run(BY, run, code)
    assert kept.result is rules.Result.ELIGIBLE
    assert kept.facts["birth_date"] == make.YOUNG
    assert plain(kept.verdict.reasons[1].fact) == "Fecha de nacimiento: 26 años (nació el 17 may 2000)"
    with pytest.raises(NotFound):
        queries.explain_in_run(make.reader_at(*TUMBES), seen(make.reader_at(*TUMBES), run), code)


def test_every_person_of_a_run_is_explained_with_the_answer_stored(run: queries.Run, crowd: dict[str, str]) -> None:
    for name, code in crowd.items():
        assert queries.explain_in_run(BY, run, code).result.value == ANSWERS[name]


def test_an_example_is_somebody_undecided_or_eligible_or_nobody(run: queries.Run, crowd: dict[str, str]) -> None:
    found = queries.example(BY, run)
    assert found is not None
    assert found.code == crowd["no_birth_date"]
    arequipa = make.reader_at("treatment_body", "EP-AREQUIPA")
    assert queries.example(arequipa, seen(arequipa, run)) is None


# Comparisons ----------------------------------------------------------------------------------------------------------


def test_readings_are_the_design_in_force_its_variants_and_drafts(crowd: dict[str, str]) -> None:
    draft = programme_commands.start_draft(by=BY, based_on=1, variant="indicator-slide", title="Hasta 39")
    found = queries.readings(BY, TODAY)
    assert [(reading.key, reading.kind) for reading in found] == [
        ("in_force", "in_force"),
        ("titles", "variant"),
        ("indicator-slide", "variant"),
        ("indicator-slide-p4", "variant"),
        ("spending", "variant"),
        (f"v{draft}", "draft"),
    ]
    assert [reading.rule.ages for reading in found] == [(18, 34), (18, 29), (18, 39), (18, 35), (18, 30), (18, 39)]
    assert queries.ruleset(BY, TODAY, variant="titles").question() == found[1].rule.question()
    assert queries.variants(BY, TODAY)[0] == ("titles", "Títulos de productos: 18 a 29 años")
    assert queries.variants(BY, date(1990, 1, 1)) == []


def test_who_enters_and_leaves_under_a_reading_by_prison_and_person(run: queries.Run, crowd: dict[str, str]) -> None:
    readings = queries.readings(BY, TODAY)
    found = dict(zip([r.key for r in readings], queries.simulate(BY, run, [r.rule for r in readings]), strict=True))
    assert [found["in_force"].total(name) for name in ("eligible", "enter", "leave")] == [4, 0, 0]
    assert [found["titles"].total(name) for name in ("eligible", "enter", "leave")] == [3, 0, 1]
    assert [found["indicator-slide"].total(name) for name in ("eligible", "enter", "leave")] == [5, 1, 0]
    for code, kept in run.comparisons.items():
        assert {name: found[code].total(name) for name in kept["counts"]} == run.totals.compared(kept["counts"])
    wide = rule_of("indicator-slide")
    (mover,), more = queries.movers(BY, run, wide, queries.ENTER)
    assert (mover.code, mover.age, mover.article, more) == (crowd["thirty_seven"], 37, "106", None)
    assert mover.because == ("18 a 39 años",)
    narrow = rule_of("titles")
    assert [one.code for one in queries.movers(BY, run, narrow, queries.LEAVE)[0]] == [crowd["turns_35_soon"]]
    assert queries.movers(BY, run, narrow, queries.LEAVE, facility=key_of("EP-TUMBES")) == ([], None)
    tumbes = make.reader_at(*TUMBES)
    (mine,) = queries.simulate(tumbes, seen(tumbes, run), [wide])
    assert (mine.facilities, mine.enter) == ((key_of("EP-TUMBES"),), (0,))


def test_movers_come_by_pages(crowd: dict[str, str]) -> None:
    place = register.prison("EP-GRANDE", "E.P. Grande")
    codes = [make.person(number, place, birth_date=date(1990, 1, 1)) for number in range(100, 105)]
    run = queries.run(BY, commands.run(by=BY, as_of=TODAY, scope_kind="facility", scope_code="EP-GRANDE").pk)
    wide = rule_of("indicator-slide")
    first, after = queries.movers(BY, run, wide, queries.ENTER, limit=3)
    second, end = queries.movers(BY, run, wide, queries.ENTER, after=after or 0, limit=3)
    assert [mover.code for mover in first + second] == codes
    assert (after is None, end) == (False, None)


def test_a_comparison_over_kept_people_reads_them_once(run: queries.Run) -> None:
    rule = rule_of("titles")
    queries.simulate(BY, run, [rule])
    with CaptureQueriesContext(connection) as asked:
        queries.simulate(BY, run, [rule, rule, rule])
    assert len(asked) == 0


# Enrolments -----------------------------------------------------------------------------------------------------------


def test_the_enrolled_are_listed_with_what_has_changed_since(crowd: dict[str, str]) -> None:
    on = date(2026, 10, 1)
    names = ("eligible", "turns_35_soon", "young_adult", "micro_trade")
    for name in names:
        commands.enrol(by=BY, person_code=crowd[name], on=on)
    register_commands.transfer(
        by=BY,
        person_code=crowd["eligible"],
        from_facility="EP-PIURA",
        to_facility="EP-TUMBES",
        on=date(2026, 11, 1),
        reason="Traslado",
        today=TODAY,
    )
    register_commands.release(
        by=BY, person_code=crowd["young_adult"], on=TODAY, kind="acquittal", reason="Orden", today=TODAY
    )
    commands.end_enrolment(by=BY, person_code=crowd["micro_trade"], on=TODAY, reason="voluntary")
    later = date(2026, 12, 5)
    rows = {row.code: row for row in queries.enrolments_page(BY, queries.EnrolmentFilters(), later).rows}
    assert set(rows) == {crowd[name] for name in names[:3]}
    assert rows[crowd["turns_35_soon"]].aged_out
    assert rows[crowd["turns_35_soon"]].age == 35
    assert rows[crowd["eligible"]].away == "E.P. de Tumbes"
    assert not rows[crowd["eligible"]].aged_out
    assert not rows[crowd["young_adult"]].held
    (ended,) = queries.enrolments_page(BY, queries.EnrolmentFilters(state=queries.ENDED), later).rows
    assert (ended.code, ended.ended_on) == (crowd["micro_trade"], TODAY)
    assert "propia persona" in ended.exit_reason
    assert queries.enrolments_count(BY, queries.EnrolmentFilters(state=queries.ALL)) == 4
    assert queries.enrolments_count(make.reader_at(*TUMBES), queries.EnrolmentFilters(state=queries.ALL)) == 1
    assert queries.enrolments_count(BY, queries.EnrolmentFilters(facility="EP-TUMBES")) == 0
    named = {
        row.name for row in queries.enrolments_page(make.reader_at("planner"), queries.EnrolmentFilters(), TODAY).rows
    }
    assert named == {""}


def test_the_intervened_of_a_day_are_who_was_enrolled_that_day(crowd: dict[str, str]) -> None:
    commands.enrol(by=BY, person_code=crowd["eligible"], on=date(2026, 3, 1))
    commands.enrol(by=BY, person_code=crowd["micro_trade"], on=date(2026, 4, 1))
    commands.end_enrolment(by=BY, person_code=crowd["eligible"], on=date(2026, 6, 1), reason="completed")
    piura, tumbes = key_of("EP-PIURA"), key_of("EP-TUMBES")
    assert queries.enrolled_by_facility(BY, date(2026, 2, 28)) == {}
    assert queries.enrolled_by_facility(BY, date(2026, 5, 31)) == {piura: 1, tumbes: 1}
    assert queries.enrolled_by_facility(BY, date(2026, 6, 1)) == {tumbes: 1}
    assert queries.enrolled_by_facility(make.reader_at(*PIURA), date(2026, 5, 31)) == {piura: 1}


def test_answers_of_a_prison_on_an_earlier_day(crowd: dict[str, str]) -> None:
    found = queries.answers_on(BY, "EP-PIURA", date(2025, 5, 1))
    assert found[crowd["eligible"]] is rules.Result.ELIGIBLE
    assert found[crowd["young_adult"]] is rules.Result.NOT_ELIGIBLE
    assert queries.answers_on(BY, "EP-PIURA", date(2024, 1, 1)) == {}
    with pytest.raises(Forbidden):
        queries.answers_on(make.reader_at(*TUMBES), "EP-PIURA", TODAY)


def test_a_kept_run_outlives_the_design_it_came_from(run: queries.Run, crowd: dict[str, str]) -> None:
    """The rule is kept with the run: what the programme says later changes nothing in it."""
    TargetingRun.objects.filter(pk=run.row.number).update(design_version=99)
    again = queries.run(BY, run.row.number)
    assert queries.explain_in_run(BY, again, crowd["eligible"]).verdict.reasons == (
        queries.explain_in_run(BY, run, crowd["eligible"]).verdict.reasons
    )

"""Checks of prisons, and what holds for every check of the register."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from creo.register.models import Movement
from creo.register.quality import CHECKS, places
from creo.register.quality.held import held as held_rows
from creo.register.quality.held import held_by_place
from creo.register.quality.settings import limited
from creo.register.quality.subjects import PERSON, people_names
from creo.register.tests.factories import TODAY, custody, person, reader_at
from creo.register.tests.factories import places as make_places
from creo.register.tests.factories_quality import found, held, move, unseen
from creo.support.accounts.permissions import ROLES, Permission
from creo.support.accounts.readers import system
from creo.support.quality import commands, queries, wording
from creo.support.quality.models import QualityAnswer
from creo.support.quality.queries import FindingFilters
from creo.support.quality.rules import State
from creo.territory.tests.factories import capacity

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def here() -> dict[str, Any]:
    return make_places()


def change(facility: Any, **values: object) -> None:
    """Changes a prison's own record."""
    type(facility).objects.filter(pk=facility.pk).update(**values)


def test_a_prison_over_its_capacity_is_found_full_is_not_and_unknown_is_not_seen(here: dict[str, Any]) -> None:
    for code, people, room in (("EP-PIURA", 3, 2), ("EP-TUMBES", 2, 2), ("EP-AREQUIPA", 1, None)):
        for _ in range(people):
            held(here[code])
        if room is not None:
            capacity(here[code], room)
    assert {code: item.detail for code, item in found("place_over_capacity").items()} == {
        "EP-PIURA": {"people": 3, "places": 2, "excess": 1}
    }
    assert unseen("place_over_capacity") == ["EP-AREQUIPA"]


def test_an_empty_prison_of_unknown_capacity_is_no_mystery(here: dict[str, Any]) -> None:
    assert unseen("place_over_capacity") == [] and found("place_over_capacity") == {}


def test_capacity_and_people_are_those_of_the_day(here: dict[str, Any]) -> None:
    piura, tumbes, turn = here["EP-PIURA"], here["EP-TUMBES"], date(2026, 10, 1)
    capacity(piura, 1)
    capacity(tumbes, 1)
    _, one = held(piura)
    held(tumbes)
    move(one, "transfer", turn, from_facility=piura, to_facility=tumbes)
    type(one).objects.filter(pk=one.pk).update(facility=tumbes)
    assert set(found("place_over_capacity")) == {"EP-TUMBES"}
    assert found("place_over_capacity", turn - DAY) == {}
    assert held_by_place(turn - DAY) == {"EP-PIURA": 1, "EP-TUMBES": 1}
    Movement.objects.filter(kind="transfer").update(annulled=True, annul_reason="Error")
    assert held_by_place(turn - DAY) == {"EP-TUMBES": 2}


def test_a_return_to_another_prison_moves_the_person_too(here: dict[str, Any]) -> None:
    piura, tumbes = here["EP-PIURA"], here["EP-TUMBES"]
    _, one = held(tumbes)
    Movement.objects.filter(custody=one).update(to_facility=piura)
    move(one, "escort", date(2026, 9, 1), from_facility=piura)
    move(one, "return", date(2026, 9, 2), to_facility=tumbes)
    assert held_by_place(date(2026, 9, 1)) == {"EP-PIURA": 1}
    assert held_by_place(date(2026, 9, 2)) == {"EP-TUMBES": 1}


def test_people_in_a_closed_prison_are_found_from_the_day_it_closes(here: dict[str, Any]) -> None:
    held(here["EP-PIURA"])
    held(here["EP-TUMBES"])
    change(here["EP-PIURA"], closed=TODAY, opened=date(2000, 1, 1))
    change(here["EP-AREQUIPA"], closed=TODAY, opened=date(2000, 1, 1))
    assert {code: item.detail["people"] for code, item in found("place_closed").items()} == {"EP-PIURA": 1}
    assert found("place_closed", TODAY - DAY) == {}


def test_people_of_a_community_office_are_found(here: dict[str, Any]) -> None:
    held(here["EP-PIURA"])
    change(here["EP-PIURA"], kind="community_office")
    assert set(found("place_closed")) == {"EP-PIURA"}


def test_held_on_a_day_is_from_admission_to_the_day_before_release(here: dict[str, Any]) -> None:
    who, _ = held(here["EP-PIURA"], admitted_on=date(2026, 1, 10), released_on=date(2026, 2, 10))
    days = {day: [row.code for row in held_rows(day)] for day in (date(2026, 1, 9), date(2026, 1, 10))}
    days |= {day: [row.code for row in held_rows(day)] for day in (date(2026, 2, 9), date(2026, 2, 10))}
    assert list(days.values()) == [[], [who.code], [who.code], []]


# Every check ----------------------------------------------------------------------------------------------------------


def test_every_check_is_declared_whole() -> None:
    assert len({check.code for check in CHECKS}) == len(CHECKS) >= 20
    assert {check.code for check in CHECKS} == limited()
    for check in CHECKS:
        assert check.owner in ROLES
        assert str(check.title) and len(str(check.explanation)) > 60 and str(check.mend)
        assert reverse(check.subject.view, args=("P-0000001",))
        if check.mend_view:
            assert reverse(check.mend_view, args=("P-0000001",)) and str(check.mend_label)
            assert check.mend_permission in Permission


def test_a_run_over_a_clean_register_leaves_every_check_in_order(here: dict[str, Any]) -> None:
    for facility in here.values():
        capacity(facility, 5)
        held(facility)
    made = commands.run(by=system("pruebas"), as_of=TODAY, today=TODAY)
    assert list(QualityAnswer.objects.filter(run=made, ran=False).values_list("check_code", "problem")) == []
    _run, rows = queries.board(system("pruebas"), TODAY)
    wrong = {row.check.code: wording.why(row.judgement, row.observed, "", TODAY) for row in rows}
    assert {row.check.code for row in rows if row.judgement.state is not State.OK} == set(), wrong


def test_people_are_named_only_to_who_holds_them_now(here: dict[str, Any]) -> None:
    who, episode = held(here["EP-PIURA"])
    nameless = person(50)
    custody(nameless, here["EP-PIURA"])
    gone, _ = held(here["EP-PIURA"], released_on=TODAY)
    codes = [who.code, nameless.code, gone.code]
    local = people_names(reader_at("EP-PIURA"), codes)
    assert local == {who.code: "Quispe Ñaupari, Rosa", nameless.code: "Sin nombre registrado"}
    assert set(people_names(system("x"), codes)) == set(codes)
    assert people_names(reader_at("EP-TUMBES"), codes) == {}
    type(episode).objects.filter(pk=episode.pk).update(facility=here["EP-TUMBES"])
    assert who.code not in people_names(reader_at("EP-PIURA"), codes)


def test_findings_reach_the_board_of_the_prison_that_holds_the_person(here: dict[str, Any]) -> None:
    who, _ = held(here["EP-PIURA"], identified={"birth_date": None, "status": "provisional"})
    commands.run(by=system("pruebas"), as_of=TODAY, today=TODAY)
    check = next(check for check in CHECKS if check.code == "birth_date_missing")
    rows = queries.findings_page(reader_at("EP-PIURA"), check, FindingFilters(), TODAY).rows
    assert [(row.subject_code, row.name) for row in rows] == [(who.code, "Quispe Ñaupari, Rosa")]
    assert queries.findings_page(reader_at("EP-TUMBES"), check, FindingFilters(), TODAY).rows == []
    assert check.subject is PERSON
    assert [place.code for place in places(reader_at("EP-PIURA"))] == ["EP-PIURA"]

"""Checks of movements, absences, releases and dates: each meets its fault and what only looks like it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creo.register import rules
from creo.register.models import Custody, Movement
from creo.register.quality.episodes import courses
from creo.register.tests.factories import TODAY, custody, identity, person, places
from creo.register.tests.factories_quality import found, held, move

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def here() -> dict[str, Any]:
    return places()


def test_an_open_episode_needs_an_admission_that_stands(here: dict[str, Any]) -> None:
    bare, episode = held(here["EP-PIURA"])
    Movement.objects.filter(custody=episode).delete()
    annulled, other = held(here["EP-PIURA"])
    Movement.objects.filter(custody=other).update(annulled=True, annul_reason="Error")
    held(here["EP-PIURA"])
    assert set(found("movement_missing")) == {bare.code, annulled.code}


def test_a_place_that_the_movements_do_not_give_is_found(here: dict[str, Any]) -> None:
    piura, tumbes = here["EP-PIURA"], here["EP-TUMBES"]
    wrong, episode = held(piura)
    move(episode, "transfer", date(2026, 1, 5), from_facility=piura, to_facility=tumbes)
    right, other = held(piura)
    move(other, "transfer", date(2026, 1, 5), from_facility=piura, to_facility=tumbes)
    Custody.objects.filter(pk=other.pk).update(facility=tumbes)
    undone, third = held(piura)
    move(third, "transfer", date(2026, 1, 5), to_facility=tumbes, annulled=True, annul_reason="Error")
    assert {code: item.detail["what"] for code, item in found("place_disagrees").items()} == {wrong.code: "place"}
    assert right.code != undone.code


def test_an_absence_that_the_movements_do_not_give_is_found(here: dict[str, Any]) -> None:
    piura, left = here["EP-PIURA"], TODAY - DAY
    away = {"absence": "escort", "absent_since": left}
    _right, episode = held(piura, **away)
    move(episode, "escort", left, from_facility=piura)
    returned, other = held(piura, **away)
    move(other, "escort", left, from_facility=piura)
    move(other, "return", TODAY, to_facility=piura)
    unsaid, third = held(piura)
    move(third, "hospital", left, from_facility=piura)
    other_day, fourth = held(piura, absence="escort", absent_since=TODAY)
    move(fourth, "escort", left, from_facility=piura)
    gone, fifth = held(piura)
    move(fifth, "release", left, from_facility=piura, detail="acquittal")
    assert {code: item.detail["what"] for code, item in found("place_disagrees").items()} == {
        returned.code: "absence",
        unsaid.code: "absence",
        other_day.code: "absence",
        gone.code: "exit",
    }


KINDS = ("transfer", "escort", "hospital", "exit_permit", "return")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from([None, 0, 1, 2]), st.booleans()), max_size=7))
def test_following_all_open_episodes_at_once_agrees_with_the_rule_for_one(
    here: dict[str, Any], steps: list[tuple[str, int | None, bool]]
) -> None:
    sites = list(here.values())
    who, episode = held(sites[0])
    try:
        for number, (kind, place, annulled) in enumerate(steps, start=2):
            target = None if place is None or kind not in ("transfer", "return") else sites[place]
            Movement.objects.create(
                custody=episode,
                sequence=number,
                kind=kind,
                on=date(2026, 1, 1) + number * DAY,
                to_facility=target,
                annulled=annulled,
                annul_reason="Error" if annulled else "",
            )
        moves = [
            rules.Move(1, *row)
            for row in Movement.objects.filter(custody=episode)
            .order_by("sequence")
            .values_list("sequence", "kind", "on", "from_facility_id", "to_facility_id", "detail", "at", "annulled")
        ]
        slow, fast = rules.follow(moves), courses()[episode.pk]
        assert fast.place == (slow.place or 0)
        absence = slow.absence
        assert (fast.last if fast.last in rules.ABSENCES else "") == (absence.kind if absence else "")
        if absence is not None:
            assert fast.on == absence.period.start
    finally:
        Movement.objects.filter(custody=episode).delete()
        episode.offences.all().delete()
        episode.delete()
        who.identities.all().delete()
        who.delete()


@pytest.mark.parametrize(("kind", "days"), [("escort", 1), ("hospital", 30), ("exit_permit", 3)])
def test_an_absence_lasts_as_long_as_its_kind_may(here: dict[str, Any], kind: str, days: int) -> None:
    late, _ = held(here["EP-PIURA"], absence=kind, absent_since=TODAY - (days + 1) * DAY)
    held(here["EP-PIURA"], absence=kind, absent_since=TODAY - days * DAY)
    hits = found("absence_overdue")
    assert {code: item.detail["days"] for code, item in hits.items()} == {late.code: days + 1}


def test_a_closed_episode_needs_an_exit_that_stands(here: dict[str, Any]) -> None:
    piura, on = here["EP-PIURA"], date(2026, 2, 1)
    held(piura, released_on=on)
    away, episode = held(piura, released_on=on)
    Movement.objects.filter(custody=episode, kind="release").delete()
    move(episode, "hospital", on, from_facility=piura)
    annulled, other = held(piura, released_on=on)
    Movement.objects.filter(custody=other, kind="release").update(annulled=True, annul_reason="Error")
    escaped, third = held(piura, released_on=on)
    Custody.objects.filter(pk=third.pk).update(release_kind="escape")
    Movement.objects.filter(custody=third, kind="release").delete()
    move(third, "escape", on, from_facility=piura)
    never, fourth = held(piura)
    Custody.objects.filter(pk=fourth.pk).update(released_on=fourth.admitted_on, release_kind="annulled")
    assert set(found("released_without_exit")) == {away.code, annulled.code}
    assert escaped.code != never.code


def test_two_episodes_that_share_a_day_are_found_and_those_that_touch_are_not(here: dict[str, Any]) -> None:
    piura = here["EP-PIURA"]

    def twice(first: tuple[date, date | None], second: tuple[date, date | None], number: int) -> str:
        who = person(number)
        identity(who)
        for start, end in (first, second):
            custody(who, piura, start, end)
        return who.code

    one, two, three, four = (date(2025, month, 1) for month in (1, 2, 3, 4))
    shared = twice((one, three), (two, four), 1)
    twice((one, two), (two, None), 2)
    still = twice((one, three), (two, None), 3)
    inside = twice((one, four), (two, three), 4)
    twice((one, four), (two, two), 5)  # an episode of no length, as an annulled one, shares no day
    hits = found("episodes_overlap")
    assert {code: item.place for code, item in hits.items()} == {shared: "", still: "EP-PIURA", inside: ""}


@given(
    st.lists(st.tuples(st.integers(0, 12), st.none() | st.integers(0, 6)), min_size=2, max_size=3).filter(
        lambda spans: sum(length is None for _start, length in spans) < 2
    )
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_overlaps_agree_with_the_periods_of_the_rule(here: dict[str, Any], spans: list[tuple[int, int | None]]) -> None:
    first = date(2025, 1, 1)
    who = person(900)
    identity(who)
    try:
        episodes = [
            rules.Episode(first + start * DAY, None if length is None else first + (start + length) * DAY)
            for start, length in spans
        ]
        for episode in episodes:
            custody(who, here["EP-PIURA"], episode.admitted_on, episode.released_on, main="")
        slow = any(
            one.period.overlaps(other.period) for place, one in enumerate(episodes) for other in episodes[place + 1 :]
        )
        # One person may be told of several pairs: the run keeps the first.
        from creo.register.quality.episodes import overlaps

        assert bool(list(overlaps(TODAY))) is slow
    finally:
        Movement.objects.filter(custody__person=who).delete()
        who.custodies.all().delete()
        who.identities.all().delete()
        who.delete()


def test_a_second_open_episode_is_refused_by_the_database_itself(here: dict[str, Any]) -> None:
    from django.db import IntegrityError, transaction

    who, _ = held(here["EP-PIURA"])
    with pytest.raises(IntegrityError), transaction.atomic():
        custody(who, here["EP-PIURA"], date(2026, 5, 5))


@pytest.mark.parametrize("what", ["birth", "admission", "release", "movement", "status"])
def test_tomorrow_is_a_fault_and_today_is_not(here: dict[str, Any], what: str) -> None:
    codes = {}
    for name, on in (("today", TODAY), ("tomorrow", TODAY + DAY)):
        who, episode = held(here["EP-PIURA"])
        codes[name] = who.code
        rows = Custody.objects.filter(pk=episode.pk)
        if what == "birth":
            who.identities.update(birth_date=on)
        elif what == "admission":
            rows.update(admitted_on=on)
        elif what == "release":
            rows.update(released_on=on)
        elif what == "movement":
            Movement.objects.filter(custody=episode).update(on=on)
        else:
            rows.update(legal_status_on=on)
    hits = found("dates_in_future")
    assert {code: item.detail["what"] for code, item in hits.items()} == {codes["tomorrow"]: what}

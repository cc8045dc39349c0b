"""Checks of mandates, offences, sentences and legal status: each meets its fault and what only looks like it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from creo.register.models import CustodyOffence, Offence
from creo.register.tests.factories import TODAY, offence, places
from creo.register.tests.factories_quality import found, held, mandate, sentence

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def piura() -> Any:
    return places()["EP-PIURA"]


def test_an_admission_has_its_mandate_in_words_or_as_a_record(piura: Any) -> None:
    bare, _ = held(piura, mandate="  ")
    held(piura)
    _, recorded = held(piura, mandate="")
    mandate(recorded, None)
    held(piura, mandate="", released_on=TODAY)
    assert set(found("mandate_missing")) == {bare.code}


def test_a_mandate_runs_out_on_its_day_unless_something_else_holds_the_person(piura: Any) -> None:
    waiting = {"legal_status": "unsentenced"}
    expired, episode = held(piura, **waiting)
    mandate(episode, TODAY)
    _, running = held(piura, **waiting)
    mandate(running, TODAY + DAY)
    _, endless = held(piura, **waiting)
    mandate(endless, None)
    _, sentenced = held(piura)
    mandate(sentenced, TODAY - DAY)
    _, lifted = held(piura, **waiting)
    mandate(lifted, TODAY - DAY, lifted_on=TODAY - DAY, lift_kind=_lift(), lift_reason="Resolución")
    _, two = held(piura, **waiting)
    mandate(two, TODAY - DAY)
    mandate(two, TODAY + DAY)
    _, out = held(piura, released_on=TODAY, **waiting)
    mandate(out, TODAY - DAY)
    hits = found("mandate_expired")
    assert {code: (item.place, item.detail["days"]) for code, item in hits.items()} == {expired.code: ("EP-PIURA", 0)}


def _lift() -> str:
    from creo.register.rules import LiftKind

    return next(iter(LiftKind)).value


def test_an_episode_without_a_main_offence_is_found(piura: Any) -> None:
    bare, _ = held(piura, main="")
    unsaid, episode = held(piura, main="")
    CustodyOffence.objects.create(custody=episode, offence=None, is_main=True)
    second, other = held(piura, main="")
    CustodyOffence.objects.create(custody=other, offence=offence("CP-186"), is_main=False)
    closed, third = held(piura, main="")
    CustodyOffence.objects.create(custody=third, offence=offence("CP-186"), valid_to=TODAY)
    held(piura)
    assert set(found("offence_missing")) == {bare.code, unsaid.code, second.code, closed.code}


def test_an_offence_without_family_is_found_once_for_each_person(piura: Any) -> None:
    odd = offence("CP-186")
    Offence.objects.filter(pk=odd.pk).update(family="")
    one, _ = held(piura, main="CP-186")
    two, _ = held(piura, main="CP-186")
    held(piura)
    held(piura, main="")
    assert set(found("offence_unmapped")) == {one.code, two.code}


def test_an_offence_is_in_force_from_its_first_day_to_the_one_before_its_end(piura: Any) -> None:
    start, end = date(2025, 3, 1), date(2026, 3, 1)
    odd = offence("CP-186")
    Offence.objects.filter(pk=odd.pk).update(valid_from=start, valid_to=end)
    early, _ = held(piura, main="CP-186", admitted_on=start - DAY)
    held(piura, main="CP-186", admitted_on=start)
    held(piura, main="CP-186", admitted_on=end - DAY)
    late, _ = held(piura, main="CP-186", admitted_on=end)
    assert set(found("offence_not_in_force")) == {early.code, late.code}


def test_a_missing_legal_status_is_found(piura: Any) -> None:
    bare, _ = held(piura, legal_status="", legal_status_on=None)
    held(piura, legal_status="unsentenced", legal_status_on=None)
    assert set(found("legal_status_missing")) == {bare.code}


def test_a_legal_status_older_than_a_hearing_of_sixteen_days_ago_is_found(piura: Any) -> None:
    hearing = TODAY - 16 * DAY
    old, _ = held(piura, next_hearing_on=hearing)
    undated, _ = held(piura, next_hearing_on=hearing, legal_status="unsentenced", legal_status_on=None)
    held(piura, next_hearing_on=hearing, legal_status_on=hearing)
    held(piura, next_hearing_on=hearing + DAY)
    held(piura, next_hearing_on=hearing, legal_status="", legal_status_on=None)
    held(piura)
    assert {code: item.detail["days"] for code, item in found("legal_status_old").items()} == {
        old.code: 16,
        undated.code: 16,
    }


def test_a_sentence_of_the_day_before_birth_is_found_and_of_the_day_itself_is_not(piura: Any) -> None:
    born = date(2000, 5, 17)
    faulty, episode = held(piura, identified={"birth_date": born})
    sentence(episode, born - DAY)
    _, other = held(piura, identified={"birth_date": born})
    sentence(other, born)
    _, annulled = held(piura, identified={"birth_date": born})
    sentence(annulled, born - DAY, state="annulled", ended_on=TODAY, end_reason="Nula")
    corrected, third = held(piura, identified={"birth_date": date(2010, 1, 1)})
    corrected.identities.update(valid_to=TODAY)
    from creo.register.tests.factories import identity

    identity(corrected, birth_date=date(1990, 1, 1), valid_from=TODAY)
    sentence(third, date(2009, 1, 1))
    assert {code: item.place for code, item in found("sentence_before_birth").items()} == {faulty.code: "EP-PIURA"}

"""Checks of identities, documents, ages and duplicates: each meets its fault and what only looks like it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from creo.register.models import Identity, Person
from creo.register.tests.factories import TODAY, custody, identity, person, places
from creo.register.tests.factories_quality import found, held, pair

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def piura() -> object:
    return places()["EP-PIURA"]


def test_a_person_without_any_identity_is_found(piura: object) -> None:
    nobody = person(1)
    custody(nobody, piura)
    held(piura)
    gone = person(3)
    custody(gone, piura, released_on=date(2025, 6, 1))
    assert {code: item.place for code, item in found("person_without_identity").items()} == {nobody.code: "EP-PIURA"}


def test_an_identity_that_was_closed_without_another_leaves_nobody(piura: object) -> None:
    who, _ = held(piura)
    Identity.objects.filter(person=who).update(valid_to=TODAY)
    assert set(found("person_without_identity")) == {who.code}
    assert found("person_without_identity", TODAY - DAY) == {}


def test_a_missing_birth_date_is_found_among_those_held(piura: object) -> None:
    faulty, _ = held(piura, identified={"birth_date": None, "status": "provisional"})
    held(piura)
    held(piura, identified={"birth_date": None, "status": "provisional"}, released_on=date(2026, 1, 1))
    lost, _ = held(None, identified={"birth_date": None, "status": "provisional"})
    assert {code: item.place for code, item in found("birth_date_missing").items()} == {
        faulty.code: "EP-PIURA",
        lost.code: "",
    }


def test_a_birth_date_completed_later_was_missing_before(piura: object) -> None:
    who = person(1)
    identity(who, birth_date=None, status="provisional", valid_from=date(2025, 1, 10), valid_to=date(2026, 11, 1))
    identity(who, valid_from=date(2026, 11, 1))
    custody(who, piura)
    assert found("birth_date_missing") == {}
    assert set(found("birth_date_missing", date(2026, 10, 31))) == {who.code}
    assert found("birth_date_missing", date(2026, 11, 1)) == {}


def test_somebody_admitted_the_day_before_turning_18_is_found_and_on_the_birthday_not(piura: object) -> None:
    born = date(2008, 3, 10)
    young, _ = held(piura, identified={"birth_date": born}, admitted_on=date(2026, 3, 9))
    held(piura, identified={"birth_date": born}, admitted_on=date(2026, 3, 10))
    held(piura, identified={"birth_date": date(2026, 3, 9) + DAY}, admitted_on=date(2026, 3, 9))  # not born yet
    assert {code: item.detail["years"] for code, item in found("age_under_18").items()} == {young.code: 17}


def test_ages_that_cannot_be_are_found_and_the_oldest_that_can_is_not(piura: object) -> None:
    admitted = date(2026, 3, 9)
    too_old, _ = held(piura, identified={"birth_date": date(TODAY.year - 111, 11, 23)}, admitted_on=admitted)
    held(piura, identified={"birth_date": date(TODAY.year - 111, 11, 24)}, admitted_on=admitted)
    child, _ = held(piura, identified={"birth_date": admitted.replace(year=2010) + DAY}, admitted_on=admitted)
    held(piura, identified={"birth_date": admitted.replace(year=2010)}, admitted_on=admitted)
    unborn, _ = held(piura, identified={"birth_date": admitted + DAY}, admitted_on=admitted)
    assert set(found("age_implausible")) == {too_old.code, child.code, unborn.code}


def test_an_identity_waits_thirty_days_and_no_more(piura: object) -> None:
    late, _ = held(piura, identified={"status": "provisional"}, admitted_on=TODAY - 31 * DAY)
    held(piura, identified={"status": "provisional"}, admitted_on=TODAY - 30 * DAY)
    held(piura, admitted_on=TODAY - 400 * DAY)
    assert {code: item.detail["days"] for code, item in found("identity_unconfirmed").items()} == {late.code: 31}


def test_who_has_no_document_is_not_who_was_never_asked(piura: object) -> None:
    unknown, _ = held(piura, identified={"document_kind": "unknown", "document_number": "", "status": "provisional"})
    held(piura, identified={"document_kind": "none", "document_number": ""})
    held(piura)
    assert set(found("identity_without_document")) == {unknown.code}


def test_a_document_of_two_people_points_at_both(piura: object) -> None:
    one, _ = held(piura, identified={"document_number": "00000099"})
    other, _ = held(None, identified={"document_number": "00000099", "status": "provisional"})
    held(piura)
    hits = found("document_shared")
    assert {code: (item.place, item.detail["other"]) for code, item in hits.items()} == {
        one.code: ("EP-PIURA", other.code),
        other.code: ("", one.code),
    }


def test_a_foreign_number_is_one_document_only_in_one_country_and_a_merged_record_is_nobody_else(
    piura: object,
) -> None:
    foreign = {"document_kind": "foreign", "document_number": "X-1", "status": "provisional"}
    held(piura, identified=foreign | {"nationality": "CO"})
    held(piura, identified=foreign | {"nationality": "VE"})
    held(piura, identified={"document_kind": "dni", "document_number": "00000098"})
    held(piura, identified=foreign | {"document_number": "00000098", "nationality": "VE"})
    kept, _ = held(piura, identified={"document_number": "00000099"})
    old, _ = held(piura, identified={"document_number": "00000099", "status": "provisional"}, released_on=TODAY)
    Person.objects.filter(pk=old.pk).update(merged_into=kept)
    assert found("document_shared") == {}
    held(None, identified=foreign | {"nationality": "VE"})
    assert len(found("document_shared")) == 2


def test_a_pair_of_records_waits_fifteen_days(piura: object) -> None:
    people = [held(piura)[0] for _ in range(8)]
    pair(people[0], people[1], TODAY - 16 * DAY)
    pair(people[2], people[3], TODAY - 15 * DAY)
    decided = {"state": "distinct", "decided_on": TODAY - DAY, "decided_by": "x", "reason": "Huellas distintas"}
    pair(people[4], people[5], TODAY - 40 * DAY, **decided)
    assert {code: item.detail["other"] for code, item in found("duplicates_pending").items()} == {
        people[0].code: people[1].code
    }
    # Before it was decided it was waiting.
    assert set(found("duplicates_pending", TODAY - 2 * DAY)) == {people[4].code}

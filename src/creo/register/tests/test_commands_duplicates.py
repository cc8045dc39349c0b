from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from creo.register import commands, queries, rules
from creo.register.models import DuplicatePair, Identity, Merge, Person, PersonReference
from creo.register.queries.comparing import comparables, compared, likely_duplicates
from creo.register.queries.sides import pair_file
from creo.register.tests import factories as make
from creo.register.tests.acting import ENTRY, WHO, admit, refused
from creo.register.tests.factories import BY, TODAY, reader_at
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, Scope
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound

pytestmark = pytest.mark.django_db

SEEN = replace(WHO, first_surname="Kispe", document_kind="none", document_number="")
EARLIER = replace(ENTRY, admitted_on=date(2020, 1, 1))


@pytest.fixture
def two() -> tuple[str, str]:
    """Rosa, registered twice: the second time as she sounds. The first is held in Piura, the other is out."""
    make.places()
    rosa = admit()
    again = admit(EARLIER, SEEN)
    commands.release(by=BY, person_code=again, on=date(2021, 1, 1), kind="acquittal", reason="Orden", today=TODAY)
    return rosa, again


def search(by: Reader = BY, codes: list[str] | None = None) -> commands.Search:
    return commands.find_duplicates(by=by, today=TODAY, person_codes=codes)


def only_pair() -> DuplicatePair:
    return DuplicatePair.objects.get()


def listed(by: Reader = BY, **filters: str) -> list[queries.PairRow]:
    return list(queries.pair_rows(by, queries.PairFilters(**filters), TODAY))


# Finding --------------------------------------------------------------------------------------------------------------


def test_a_search_puts_the_pair_on_the_list_with_its_reasons_and_joins_nothing(two: tuple[str, str]) -> None:
    found = search()
    assert (found.people, found.found, found.new, found.skipped) == (2, 1, 1, {})
    row = listed()[0]
    assert (row.first.code, row.second.code, row.state, row.found_on) == (*two, "open", TODAY)
    assert row.reasons[0].code == "sound_birth" == only_pair().clause
    assert row.score == only_pair().score >= 60
    assert not Person.objects.exclude(merged_into=None).exists()
    assert Entry.objects.get(act="register.duplicates_searched").after["new"] == 1


def test_searching_again_changes_nothing(two: tuple[str, str]) -> None:
    search()
    before = list(DuplicatePair.objects.values())
    again = search()
    assert (again.found, again.new, again.reopened, again.withdrawn) == (1, 0, 0, 0)
    assert list(DuplicatePair.objects.values()) == before


def test_a_pair_decided_distinct_survives_searches_until_its_evidence_changes(two: tuple[str, str]) -> None:
    search()
    commands.mark_distinct(by=BY, pair_id=only_pair().pk, reason="Huellas distintas", today=TODAY)
    assert search().kept_distinct == 1
    assert (only_pair().state, only_pair().reason) == ("distinct", "Huellas distintas")
    commands.record_death(by=BY, person_code=two[1], on=date(2025, 1, 1), reason="Acta", today=TODAY)
    assert search().reopened == 0
    Identity.objects.filter(person__code=two[1]).update(first_surname="Quispe")
    assert search().reopened == 1
    assert (only_pair().state, only_pair().decided_by, only_pair().reason) == ("open", "", "")


def test_a_pair_that_no_longer_coincides_is_withdrawn_and_comes_back(two: tuple[str, str]) -> None:
    search()
    Identity.objects.filter(person__code=two[1]).update(first_surname="Soto", second_surname="Paz", given_names="Ana")
    assert search().withdrawn == 1
    assert (only_pair().state, only_pair().decided_by) == ("withdrawn", BY.name)
    Identity.objects.filter(person__code=two[1]).update(
        first_surname="Quispe", second_surname="Ñaupari", given_names="Rosa"
    )
    assert search().reopened == 1


def test_a_prison_searches_for_those_it_holds_among_everybody(two: tuple[str, str]) -> None:
    here = search(reader_at("EP-PIURA"))
    assert (here.people, here.new) == (1, 1)
    DuplicatePair.objects.all().delete()
    elsewhere = search(reader_at("EP-TUMBES"))
    assert (elsewhere.people, elsewhere.new) == (0, 0)
    with pytest.raises(NotFound):
        search(reader_at("EP-TUMBES"), [two[0]])
    assert search(BY, [two[1]]).new == 1


def test_merged_records_are_compared_no_more_and_their_names_are_of_the_other(two: tuple[str, str]) -> None:
    commands.merge_people(by=BY, duplicate_code=two[1], into_code=two[0], reason="Huellas", today=TODAY)
    assert search().found == 0
    everybody = compared()
    assert [text for _place, text in everybody.records.other_names] == ["Kispe Ñaupari Rosa"]
    rosa = Person.objects.get(code=two[0])
    assert comparables([rosa.pk])[rosa.pk].other_names == ("Kispe Ñaupari Rosa",)


def test_the_columns_of_the_search_say_what_one_record_says(two: tuple[str, str]) -> None:
    Identity.objects.filter(person__code=two[1]).update(birth_date=None)
    PersonReference.objects.create(person=Person.objects.get(code=two[0]), source="censo", reference="HU-778899")
    everybody = compared()
    others: dict[int, list[str]] = {}
    references: dict[int, list[Any]] = {}
    for place, source, text in everybody.records.references:
        references.setdefault(place, []).append((source, text))
    keys = everybody.people.tolist()
    assert {key: everybody.comparable(place, others, references) for place, key in enumerate(keys)} == comparables(keys)


def test_a_search_is_background_work_with_progress(two: tuple[str, str]) -> None:
    from creo.support.jobs.commands import JobHandle

    seen: list[tuple[int, int, str]] = []
    handle = JobHandle(1, {}, BY, lambda done, total, note: seen.append((done, total, note)))
    assert commands.perform_find_duplicates(handle)["new"] == 1
    assert {"Leyendo las fichas", "Comparando fichas", "Guardando las parejas"} <= {note for *_rows, note in seen}


# One person ----------------------------------------------------------------------------------------------------------


def test_the_quick_check_of_one_person_finds_what_the_search_finds(two: tuple[str, str]) -> None:
    assert commands.check_person(by=BY, person_code=two[0], today=TODAY) == 1
    quick = DuplicatePair.objects.values_list("first__code", "second__code", "score", "evidence").get()
    DuplicatePair.objects.all().delete()
    search()
    assert DuplicatePair.objects.values_list("first__code", "second__code", "score", "evidence").get() == quick
    entries = Entry.objects.count()
    assert commands.check_person(by=BY, person_code=two[0], today=TODAY) == 1
    assert Entry.objects.count() == entries


@pytest.mark.parametrize(
    ("identity", "found"),
    [
        (
            replace(
                WHO,
                given_names="Ana",
                first_surname="Soto",
                second_surname="Paz",
                document_kind="none",
                document_number="",
            ),
            False,
        ),
        (replace(SEEN, birth_date=None), True),
        (replace(SEEN, second_surname="", birth_date=date(2003, 3, 15)), True),
        (replace(SEEN, birth_date=date(1970, 1, 1)), False),
        (replace(SEEN, first_surname="Quispi"), True),
        (replace(SEEN, given_names="Lucía"), False),
    ],
)
def test_the_quick_check_tells_who_is_alike_from_who_is_not(identity: Any, found: bool) -> None:
    make.places()
    rosa = admit()
    admit(EARLIER, identity)
    assert commands.check_person(by=BY, person_code=rosa, today=TODAY) == int(found)
    assert search().new == 0


def test_too_many_homonyms_for_a_quick_look_is_said(two: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("creo.register.queries.comparing.MOST_LIKELY", 0)
    assert likely_duplicates(Person.objects.get(code=two[0]).pk) is None
    assert commands.check_person(by=BY, person_code=two[0], today=TODAY) is None
    assert not DuplicatePair.objects.exists()


# Deciding -------------------------------------------------------------------------------------------------------------


def test_a_decision_needs_a_reason_and_an_open_pair_and_is_in_both_histories(two: tuple[str, str]) -> None:
    search()
    pair = only_pair().pk
    refused(lambda: commands.mark_distinct(by=BY, pair_id=pair, reason=" ", today=TODAY), "motivo")
    refused(lambda: commands.reopen_pair(by=BY, pair_id=pair, reason="x"), "por revisar")
    commands.mark_distinct(by=BY, pair_id=pair, reason="Huellas distintas", today=TODAY)
    refused(lambda: commands.mark_distinct(by=BY, pair_id=pair, reason="Otra vez", today=TODAY), "ya se decidió")
    dismissed = Entry.objects.filter(act="register.duplicate_dismissed")
    assert set(dismissed.values_list("subject_code", flat=True)) == set(two)
    commands.reopen_pair(by=BY, pair_id=pair, reason="Apareció un oficio")
    assert only_pair().state == "open"
    assert Entry.objects.filter(act="register.duplicate_reopened")[0].before["reason"] == "Huellas distintas"


def test_somebody_may_propose_a_pair_that_no_clause_sees_and_no_search_takes_it_away(two: tuple[str, str]) -> None:
    other = admit(
        replace(ENTRY, admitted_on=date(2026, 4, 1)),
        replace(WHO, given_names="Ana", first_surname="Soto", document_number="00000099"),
    )
    propose = {"by": BY, "one_code": two[0], "other_code": other, "today": TODAY}
    refused(lambda: commands.propose_pair(**propose, reason=""), "motivo")
    pair = commands.propose_pair(**propose, reason="Mismas huellas")
    assert commands.propose_pair(**propose, reason="Mismas huellas") == pair
    row = DuplicatePair.objects.get(pk=pair)
    assert (row.score, row.reasons, row.proposed_by, row.state) == (0, [], BY.name, "open")
    assert search().withdrawn == 0
    refused(lambda: commands.propose_pair(**propose | {"other_code": two[0]}, reason="x"), "la misma")
    with pytest.raises(NotFound):
        commands.propose_pair(**propose | {"by": reader_at("EP-TUMBES")}, reason="x")
    commands.merge_people(by=BY, duplicate_code=two[1], into_code=two[0], reason="Huellas", today=TODAY)
    refused(lambda: commands.propose_pair(**propose | {"one_code": two[1]}, reason="x"), "ya está unida")


def test_only_reviewers_see_and_decide(two: tuple[str, str]) -> None:
    search()
    looker = Reader(3, "Nadie", frozenset({Permission.VIEW_PEOPLE}), (Scope("nation"),))
    for act in (
        lambda: search(looker),
        lambda: listed(looker),
        lambda: queries.pair(looker, 1),
        lambda: queries.merges_page(looker),
        lambda: queries.person_duplicates(looker, two[0]),
        lambda: commands.mark_distinct(by=looker, pair_id=1, reason="x", today=TODAY),
        lambda: commands.reopen_pair(by=looker, pair_id=1, reason="x"),
        lambda: commands.propose_pair(by=looker, one_code=two[0], other_code=two[1], reason="x", today=TODAY),
    ):
        with pytest.raises(Forbidden):
            act()
    assert queries.open_pairs_count(looker, two[0]) == 0


# Reading --------------------------------------------------------------------------------------------------------------


def test_the_list_is_of_the_places_of_the_reader(two: tuple[str, str]) -> None:
    search()
    assert len(listed(reader_at("EP-PIURA"))) == 1
    assert listed(reader_at("EP-TUMBES")) == []
    with pytest.raises(NotFound):
        queries.pair(reader_at("EP-TUMBES"), only_pair().pk)
    with pytest.raises(NotFound):
        pair_file(reader_at("EP-TUMBES"), only_pair().pk)
    commands.merge_people(by=BY, duplicate_code=two[1], into_code=two[0], reason="Huellas", today=TODAY)
    assert len(listed(reader_at("EP-PIURA"), state="merged")) == 1
    assert [row.duplicate for row in queries.merges_page(reader_at("EP-PIURA")).rows] == [two[1]]
    assert queries.merges_page(reader_at("EP-TUMBES")).rows == []


def test_the_list_is_narrowed(two: tuple[str, str]) -> None:
    search()
    assert len(listed(level="probable")) + len(listed(level="possible")) == 1
    assert len(listed(clause="sound_birth")) == 1 and listed(clause="document") == []
    assert len(listed(facility="EP-PIURA")) == 1 and listed(facility="EP-TUMBES") == []
    assert len(listed(person=two[1])) == 1 and listed(person="P-0009999") == []
    assert listed(state="distinct") == [] and len(listed(state="")) == 1


def test_both_records_are_read_side_by_side(two: tuple[str, str]) -> None:
    search()
    file = pair_file(BY, only_pair().pk)
    first, second = file.first, file.second
    assert file.pair == queries.pair(BY, only_pair().pk)
    assert (first.visible, second.visible) == (True, True)
    here = pair_file(reader_at("EP-PIURA"), only_pair().pk)
    assert (here.first.visible, here.second.visible) == (True, False)
    assert (first.code, second.code) == two
    assert second.identity.first_surname == "Kispe"
    assert [(row.admitted_on, row.released_on) for row in second.episodes] == [(date(2020, 1, 1), date(2021, 1, 1))]
    assert [row.released_on for row in first.episodes] == [None]


def test_the_list_goes_page_by_page_without_losing_or_repeating(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("creo.register.queries.duplicates.PAGE_SIZE", 4)
    people = [make.person(number) for number in range(1, 13)]
    for person in people:
        make.identity(person, status="provisional")
    for place in range(11):
        DuplicatePair.objects.create(
            first=people[place], second=people[place + 1], score=40 + place % 3, evidence="e", found_on=TODAY
        )
    rows = listed()
    assert len(rows) == len({row.id for row in rows}) == 11
    assert [row.score for row in rows] == sorted((row.score for row in rows), reverse=True)


# Constraints ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"swap": True},
        {"score": 101},
        {"state": "perhaps"},
        {"state": "distinct"},
        {"state": "distinct", "decided_on": TODAY, "decided_by": "Ana", "reason": ""},
        {"state": "open", "decided_by": "Ana"},
        {"state": "merged", "decided_by": "Ana"},
    ],
)
def test_the_database_refuses_an_impossible_pair(values: dict[str, Any]) -> None:
    one, other = make.person(1), make.person(2)
    if values.pop("swap", False):
        one, other = other, one
    kept = {"score": 50, "evidence": "e", "found_on": TODAY} | values
    with pytest.raises(IntegrityError), transaction.atomic():
        DuplicatePair.objects.create(first=one, second=other, **kept)


def test_the_database_keeps_a_pair_once() -> None:
    one, other = make.person(1), make.person(2)
    kept = {"first": one, "second": other, "score": 50, "evidence": "e", "found_on": TODAY}
    DuplicatePair.objects.create(**kept)
    with pytest.raises(IntegrityError), transaction.atomic():
        DuplicatePair.objects.create(**kept)


@pytest.mark.parametrize(
    "values",
    [
        {"into_id": 1},
        {"by": ""},
        {"reason": ""},
        {"undone_by": "Ana"},
        {"undone_at": clock.now(), "undone_by": "Ana"},
    ],
)
def test_the_database_refuses_an_impossible_merge(values: dict[str, Any]) -> None:
    make.person(1), make.person(2)
    kept = {"duplicate_id": 1, "into_id": 2, "by": "Ana", "at": clock.now(), "on": TODAY, "reason": "x", "memory": {}}
    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.create(**kept | values)


def test_the_database_merges_a_person_once_at_a_time() -> None:
    for number in (1, 2, 3):
        make.person(number)
    kept = {"duplicate_id": 1, "into_id": 2, "by": "Ana", "at": clock.now(), "on": TODAY, "reason": "x", "memory": {}}
    first = Merge.objects.create(**kept)
    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.create(**kept | {"into_id": 3})
    first.undone_at, first.undone_by, first.undone_reason = clock.now(), "Ana", "y"
    first.save()
    Merge.objects.create(**kept | {"into_id": 3})


def test_words_exist_for_every_state_and_fate() -> None:
    assert set(rules.PAIR_WORDS) == set(rules.PairState)
    assert set(rules.FATE_WORDS) == set(rules.Fate)

"""A small nation looked at the way a registrar would, person by person."""

import hashlib
from collections import defaultdict
from datetime import date
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from creo.kernel.periods import completed_years
from creo.register.engine import Population, population
from creo.register.engine.defects import (
    DUPLICATES,
    MINORS,
    MISSING_BIRTH_DATE,
    MISSING_MAIN_OFFENCE,
    MISSING_SEX,
    RATES,
    TRANSFERS,
    TWINS,
    UNCONFIRMED_IDENTITY,
    UNKNOWN_EXTREME_SECURITY,
    UNKNOWN_ORGANISED_CRIME,
)
from creo.register.engine.tables import load
from creo.register.rules import Move, admission_count, confirmation_gaps, dni_check_digit, movement_problems
from creo.register.rules.stays import Episode

AS_OF = date(2026, 1, 31)
SCALE = 0.03
HELD, PAST = 3_112, 6_000


@cache
def nation(seed: int = 7, as_of: date = AS_OF, scale: float = SCALE) -> Population:
    return population(seed, as_of, scale)


def digest(made: Population) -> str:
    """One number for every value of every table."""
    total = hashlib.sha256()
    for table in (made.persons, made.identities, made.custodies, made.movements, made.custody_offences):
        for row in table.rows():
            total.update(repr(tuple(value.isoformat() if isinstance(value, date) else value for value in row)).encode())
    total.update(repr((sorted(made.defects.items()), sorted(made.answers.items()))).encode())
    return total.hexdigest()


def number(code: str) -> int:
    return int(code.removeprefix("P-"))


@cache
def identities() -> dict[int, dict[str, object]]:
    names = nation().identities.names()
    return {row[0]: dict(zip(names, row, strict=True)) for row in nation().identities.rows()}


@cache
def custodies() -> dict[int, list[dict[str, object]]]:
    """Custodies of each person with their row number, offences and movements."""
    made, found = nation(), defaultdict(list)
    moves, offences = defaultdict(list), defaultdict(list)
    for row in made.movements.rows():
        moves[row[0]].append(dict(zip(made.movements.names(), row, strict=True)))
    for row in made.custody_offences.rows():
        offences[row[0]].append(dict(zip(made.custody_offences.names(), row, strict=True)))
    for place, row in enumerate(made.custodies.rows(), start=1):
        custody = dict(zip(made.custodies.names(), row, strict=True))
        found[row[0]].append(custody | {"moves": moves[place], "offences": offences[place]})
    return dict(found)


def present(person: int) -> dict[str, object]:
    return next(custody for custody in custodies()[person] if custody["released_on"] is None)


def codes(kind: str) -> list[int]:
    return [number(group[0]) for group in nation().defects[kind]]


def test_the_same_seed_gives_the_same_nation() -> None:
    assert digest(population(7, AS_OF, 0.01)) == digest(population(7, AS_OF, 0.01))


def test_another_seed_gives_another_nation_with_the_same_numbers() -> None:
    one, other = nation(), nation(seed=8)
    assert digest(one) != digest(other)
    assert len(one.custodies) == len(other.custodies)


def test_the_nation_of_a_seed_is_the_same_on_every_interpreter() -> None:
    """Written down once: a change here changes every demonstration, and must be meant."""
    assert digest(population(2026, AS_OF, 0.01)) == "0027d709008ac5559099a59106cb9ece411e91de16dc73797803ac000426cc57"


def test_numbers_are_exact_and_identifiers_are_row_numbers() -> None:
    made = nation()
    open_rows = np.isnat(made.custodies.released_on)
    assert (int(open_rows.sum()), int((~open_rows).sum())) == (HELD, PAST)
    assert made.persons.code.tolist() == [f"P-{place:07d}" for place in range(1, len(made.persons) + 1)]
    assert made.identities.person.tolist() == list(range(1, len(made.persons) + 1))
    assert set(made.custodies.person.tolist()) == set(made.identities.person.tolist())
    assert set(made.movements.custody.tolist()) == set(range(1, len(made.custodies) + 1))


def test_rows_are_plain_python_values() -> None:
    kinds = {
        type(value) for table in (nation().identities, nation().custodies) for row in table.rows() for value in row
    }
    assert kinds == {int, str, date, bool, type(None)}


def test_episodes_of_a_person_are_numbered_in_time_and_never_overlap() -> None:
    for person, own in custodies().items():
        assert [custody["number"] for custody in own] == list(range(1, len(own) + 1)), person
        for custody in own:
            assert custody["admitted_on"] <= (custody["released_on"] or AS_OF)
        for earlier, later in pairwise(own):
            assert earlier["released_on"] is not None, person
            assert earlier["released_on"] < later["admitted_on"], person


def test_nobody_stands_in_the_future() -> None:
    for own in custodies().values():
        for custody in own:
            assert custody["admitted_on"] <= AS_OF
            assert custody["released_on"] is None or custody["released_on"] < AS_OF
            assert custody["legal_status_on"] is None or custody["admitted_on"] <= custody["legal_status_on"] <= AS_OF
            assert custody["next_hearing_on"] is None or (
                custody["next_hearing_on"] > AS_OF and custody["next_hearing_on"].weekday() < 5
            )


def test_everybody_was_an_adult_at_admission_except_under_ley_32330() -> None:
    minors = set(codes(MINORS))
    articles = {code: entry.article for code, entry in load().offences.items()}
    listed = {entry.key[0] for entry in load().profiles if entry.minors}
    for person, own in custodies().items():
        born = identities()[person]["birth_date"]
        if born is None:
            continue
        for custody in own:
            age = completed_years(born, custody["admitted_on"])
            if person not in minors:
                assert age >= 18, person
                continue
            assert age in (16, 17)
            assert date(2025, 5, 11) <= custody["admitted_on"] <= date(2026, 1, 23)
            assert custody["offences"][0]["offence"] in listed, articles[custody["offences"][0]["offence"]]


def test_nobody_enters_for_an_offence_that_did_not_exist() -> None:
    begins = {code: entry.valid_from for code, entry in load().offences.items()}
    for own in custodies().values():
        for custody in own:
            assert all(custody["admitted_on"] >= begins[entry["offence"]] for entry in custody["offences"])


def test_an_attempt_is_only_of_an_offence_that_admits_one_and_no_offence_is_twice_in_a_custody() -> None:
    allowed = {code: entry.attempt_allowed for code, entry in load().offences.items()}
    for own in custodies().values():
        for custody in own:
            offences = [entry["offence"] for entry in custody["offences"]]
            assert len(set(offences)) == len(offences)
            assert sum(entry["is_main"] for entry in custody["offences"]) <= 1
            assert all(allowed[entry["offence"]] for entry in custody["offences"] if entry["attempt"])


def test_movements_tell_the_story_of_their_custody() -> None:
    for person, own in custodies().items():
        moves = []
        for custody in own:
            mine = custody["moves"]
            assert [move["sequence"] for move in mine] == list(range(1, len(mine) + 1))
            assert mine[0]["on"] == custody["admitted_on"]
            last = mine[-1]
            if custody["released_on"] is None:
                assert last["kind"] != "release" and last["to_facility"] == custody["facility"]
            else:
                assert (last["kind"], last["on"]) == ("release", custody["released_on"])
                assert last["from_facility"] == custody["facility"]
            moves += [
                Move(custody["number"], move["sequence"], move["kind"], move["on"], move["from_facility"] or None,
                     move["to_facility"] or None)
                for move in mine
            ]  # fmt: skip
        assert movement_problems(moves) == [], person


def test_men_and_women_are_never_in_a_prison_that_holds_none() -> None:
    room = {prison.name: prison.counts for prison in load().prisons}
    for person, own in custodies().items():
        sex = identities()[person]["sex"]
        for custody in own:
            for move in custody["moves"]:
                for name in filter(None, (move["from_facility"], move["to_facility"])):
                    men, women = room[name][0] + room[name][2], room[name][1] + room[name][3]
                    assert (sex != "male" or men > 0) and (sex != "female" or women > 0), (person, name)


def test_the_way_of_release_agrees_with_the_legal_status() -> None:
    sentenced = {"sentence_completed", "semi_liberty", "conditional_release"}
    for own in custodies().values():
        for custody in own:
            kind, status = custody["release_kind"], custody["legal_status"]
            assert (kind == "") == (custody["released_on"] is None)
            assert (status == "") == (custody["legal_status_on"] is None)
            if kind in sentenced:
                assert status == "sentenced"
            if kind in ("acquittal", "restricted_appearance"):
                assert status == "unsentenced"


def test_documents_are_of_nobody_and_their_check_digits_are_right() -> None:
    numbers = []
    for identity in identities().values():
        if identity["document_kind"] == "dni":
            assert identity["document_number"].startswith("99")
            assert identity["document_check"] == dni_check_digit(identity["document_number"])
            assert identity["nationality"] == "PE"
        elif identity["document_kind"] == "foreign":
            assert identity["document_number"].startswith("ZZ")
            assert identity["nationality"] != "PE"
        else:
            assert identity["document_number"] == ""
        numbers.append(identity["document_number"])
    given = [text for text in numbers if text]
    assert len(set(given)) == len(given)


def test_a_confirmed_identity_lacks_nothing() -> None:
    asked = ("given_names", "first_surname", "birth_date", "sex", "document_kind")
    for person, identity in identities().items():
        if identity["status"] == "confirmed":
            assert confirmation_gaps(**{name: identity[name] for name in asked}) == [], person


@pytest.mark.parametrize(
    "kind",
    [MISSING_BIRTH_DATE, MISSING_SEX, UNCONFIRMED_IDENTITY, MISSING_MAIN_OFFENCE, UNKNOWN_ORGANISED_CRIME,
     UNKNOWN_EXTREME_SECURITY, TWINS, DUPLICATES],
)  # fmt: skip
def test_each_flaw_is_as_frequent_as_promised(kind: str) -> None:
    assert len(nation().defects[kind]) == round(RATES[kind] * HELD)


def test_flaws_show_in_the_tables_and_nowhere_else() -> None:
    held = [person for person, own in custodies().items() if own[-1]["released_on"] is None]
    seen = {
        MISSING_BIRTH_DATE: [p for p in held if identities()[p]["birth_date"] is None],
        MISSING_SEX: [p for p in held if identities()[p]["sex"] == ""],
        UNCONFIRMED_IDENTITY: [p for p in held if identities()[p]["status"] == "provisional"],
        MISSING_MAIN_OFFENCE: [p for p in held if not any(entry["is_main"] for entry in present(p)["offences"])],
        UNKNOWN_ORGANISED_CRIME: [p for p in held if present(p)["organised_crime"] is None],
        UNKNOWN_EXTREME_SECURITY: [p for p in held if present(p)["extreme_security"] is None],
        TRANSFERS: [p for p in held if any(move["kind"] == "transfer" for move in present(p)["moves"])],
    }
    for kind, people in seen.items():
        assert sorted(people) == codes(kind), kind


def test_whoever_lacks_a_main_offence_is_on_trial_and_has_a_hearing() -> None:
    for person in codes(MISSING_MAIN_OFFENCE):
        custody = present(person)
        assert custody["offences"] == []
        assert (custody["legal_status"], custody["next_hearing_on"] is not None) == ("unsentenced", True)


def test_about_six_in_a_hundred_episodes_have_a_transfer() -> None:
    moved = sum(any(move["kind"] == "transfer" for move in c["moves"]) for own in custodies().values() for c in own)
    assert 0.05 < moved / (HELD + PAST) < 0.07


def test_people_of_16_and_17_are_as_many_as_published_and_primary() -> None:
    assert len(nation().defects[MINORS]) == 3
    assert all(len(custodies()[person]) == 1 for person in codes(MINORS))


def test_twins_share_surnames_and_birth_date_and_are_two_people() -> None:
    assert nation().defects[TWINS]
    for one, other in nation().defects[TWINS]:
        first, second = identities()[number(one)], identities()[number(other)]
        for same in ("first_surname", "second_surname", "birth_date", "sex", "nationality"):
            assert first[same] == second[same]
        assert first["birth_date"] is not None
        assert not set(first["given_names"].split()) & set(second["given_names"].split())
        assert first["document_kind"] == second["document_kind"] == "dni"
        assert first["document_number"] != second["document_number"]
        assert present(number(one)) and present(number(other))


def test_duplicates_are_one_human_being_under_two_codes() -> None:
    for kept, other in nation().defects[DUPLICATES]:
        first, second = identities()[number(kept)], identities()[number(other)]
        assert present(number(kept))
        episodes = custodies()[number(other)]
        assert [custody["released_on"] is not None for custody in episodes] == [True]
        # The same life: the episode of the second record ends before the first episode of the other begins.
        assert episodes[0]["released_on"] < custodies()[number(kept)][0]["admitted_on"]
        assert second["document_number"] == "" and second["status"] == "provisional"
        assert first["sex"] == second["sex"] and first["nationality"] == second["nationality"]
        shared = sum(first[name] == second[name] for name in ("given_names", "first_surname", "second_surname"))
        assert shared >= 2


def test_right_answers_change_when_duplicates_are_merged() -> None:
    made = nation()
    assert set(made.merged_answers) == {kept for kept, _ in made.defects[DUPLICATES]}
    assert set(made.merged_answers.values()) == {"not_eligible"}


def test_every_planted_case_in_custody_has_an_answer_and_nobody_else() -> None:
    made = nation()
    named = {code for groups in made.defects.values() for group in groups for code in group}
    second = {other for _, other in made.defects[DUPLICATES]}
    assert set(made.answers) == named - second
    assert set(made.answers.values()) == {"eligible", "not_eligible", "undecided"}


def test_answers_read_the_register_as_it_stands() -> None:
    """The criteria once more, from the finished rows of this test's own reading."""
    offences = load().offences
    for code, answer in nation().answers.items():
        person, custody = identities()[number(code)], present(number(code))
        episodes = [Episode(own["admitted_on"], own["released_on"]) for own in custodies()[number(code)]]
        article = next((offences[entry["offence"]] for entry in custody["offences"] if entry["is_main"]), None)
        age = None if person["birth_date"] is None else completed_years(person["birth_date"], AS_OF)
        families = {"PROPERTY", "SEXUAL_FREEDOM", "LIFE_BODY_HEALTH"}
        failed = [
            admission_count(episodes, AS_OF) > 1,
            age is not None and not 18 <= age <= 34,
            article is not None and article.family not in families and article.article != "298",
            custody["organised_crime"] is True,
            custody["extreme_security"] is True,
        ]
        unknown = [
            person["status"] == "provisional", age is None, article is None,
            custody["organised_crime"] is None, custody["extreme_security"] is None,
        ]  # fmt: skip
        expected = "not_eligible" if any(failed) else "undecided" if any(unknown) else "eligible"
        assert answer == expected, code


def test_special_prisons_hold_only_those_they_are_for() -> None:
    made = nation()
    for place in load().places:
        rows = np.flatnonzero((made.custodies.facility == place.name) & np.isnat(made.custodies.released_on))
        for person in made.custodies.person[rows].tolist():
            assert {entry["offence"] for entry in present(person)["offences"] if entry["is_main"]} <= place.offences


@pytest.mark.parametrize("as_of", [date(2026, 1, 1), date(2026, 11, 23), date(2028, 2, 29), date(2031, 3, 1)])
def test_any_day_from_january_2026_on_keeps_ages_and_numbers(as_of: date) -> None:
    made = population(3, as_of, 0.01)
    births = made.identities.birth_date[made.custodies.person - 1]
    held = np.isnat(made.custodies.released_on)
    ages = [completed_years(born, as_of) for born in births[held & ~np.isnat(births)].astype(object)]
    assert int(held.sum()) == 1_037
    assert (min(ages), sum(age < 18 for age in ages)) in {(16, 1), (17, 1)}
    assert (made.custodies.admitted_on <= np.datetime64(as_of)).all()


def test_a_day_before_the_tables_is_refused() -> None:
    with pytest.raises(ValueError, match=r"2026-01-01 or later: \[2025-12-31\]"):
        population(1, date(2025, 12, 31))


@pytest.mark.parametrize("scale", [0.0, 0.001, 9.0])
def test_a_scale_that_loses_the_shape_of_the_tables_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="scale must lie between"):
        population(1, AS_OF, scale)

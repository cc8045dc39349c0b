from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from creo.register import commands, queries, rules
from creo.register.commands import AliasData
from creo.register.models import Custody, Identity, NameKey, NameWord, Person, PersonReference
from creo.register.queries import PeopleFilters, searching
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY, Cast, reader_at
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.refusals import Forbidden, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make.cast()


def found(text: str, reader: Reader = BY, **filters: Any) -> list[str]:
    filters.setdefault("situation", queries.EVERYBODY)
    return [row.code for row in queries.people_page(reader, PeopleFilters(search=text, **filters)).rows]


def level(text: str, reader: Reader = BY, **filters: Any) -> str:
    filters.setdefault("situation", queries.EVERYBODY)
    return queries.people_page(reader, PeopleFilters(search=text, **filters)).level


def named(number: int, given: str, first: str = "", second: str = "", **other: Any) -> Person:
    """A person outside custody with this name."""
    who = make.person(number)
    make.identity(
        who, given_names=given, first_surname=first, second_surname=second, status="provisional",
        document_kind="unknown", document_number="", **other,
    )  # fmt: skip
    return who


# Levels ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P-0000001", queries.IDENTIFIER),
        ("p 1", queries.IDENTIFIER),
        ("00000011", queries.IDENTIFIER),
        ("11", queries.IDENTIFIER),
        ("censo-7 / a", queries.IDENTIFIER),
        ("ROSA  quispe", queries.WORDS),
        ("ñaupari rosa", queries.WORDS),
        ("quis ros", queries.BEGINNINGS),
        ("0000001", queries.BEGINNINGS),
        ("rosa kispe", queries.SOUND),
        ("Kispe Naupary", queries.SOUND),
        ("rosa qiuspe", queries.SLIP),
        ("roza quispee", queries.SOUND),
        ("quipse", queries.SLIP),
        ("quixxtpse", ""),
        ("zzz", ""),
    ],
)
def test_the_strictest_level_that_finds_somebody_answers(cast: Cast, text: str, expected: str) -> None:
    PersonReference.objects.create(person=Person.objects.get(code=cast.rosa), source="censo", reference="CENSO-7 / A")
    assert level(text) == expected
    if expected and text != "0000001":
        assert found(text) == [cast.rosa]


def test_a_wider_level_is_offered_and_holds_the_stricter_one(cast: Cast) -> None:
    named(30, "Rosa", "Kispe")
    page = queries.people_page(BY, PeopleFilters(search="rosa quispe", situation=queries.EVERYBODY))
    assert (page.level, page.wider) == (queries.WORDS, queries.BEGINNINGS)
    assert [row.code for row in page.rows] == [cast.rosa]
    assert found("rosa quispe", level=queries.SOUND) == [cast.rosa, "P-0000030"]
    assert found("rosa quispe", level=queries.SLIP) == [cast.rosa, "P-0000030"]
    assert found("rosa qui", level=queries.BEGINNINGS) == [cast.rosa]
    assert found("zzz", level=queries.SLIP) == []
    with pytest.raises(Refused):
        found("rosa", level="telepathy")


def test_only_one_word_may_have_a_slip_when_somebody_has_each(cast: Cast) -> None:
    named(30, "Rosas", "Quispi")
    named(31, "Rosa", "Otra")
    named(32, "Otro", "Quispe")
    # Rosa and Quispe exist: P-30 is one slip away in each of its two words.
    assert found("rosa quispe", level=queries.SLIP) == [cast.rosa]
    assert found("rosas quispe", level=queries.SLIP) == [cast.rosa, "P-0000030"]
    # «Roza» sounds like Rosa; nobody has «quispeo»: only that word may slip.
    assert found("rosas quispeo") == []
    assert found("rosa quispeo") == [cast.rosa]


def test_a_document_narrows_a_name(cast: Cast) -> None:
    named(30, "Rosa", "Quispe")
    assert found("quispe") == [cast.rosa, "P-0000030"]
    assert found("quispe 00000") == [cast.rosa]
    assert found("0000 quispe rosa") == [cast.rosa]
    assert found("quispe 45") == []
    assert found(f"quispe {cast.rosa}") == [cast.rosa]
    assert found(f"quispe {cast.luis}") == []
    assert found("rojas 00000015") == [cast.julia]


def test_a_name_with_a_number_in_it_is_found_by_it(cast: Cast) -> None:
    named(30, "Juan 23", "Pérez")
    assert found("23") == ["P-0000030"]
    assert found("juan 23") == ["P-0000030"]


def test_earlier_names_and_aliases_lead_to_the_person_and_so_do_closed_ones(cast: Cast) -> None:
    commands.correct_identity(
        by=BY, person_code=cast.rosa, changes={"first_surname": "Condori"}, reason="Partida", today=TODAY
    )
    nick = commands.add_alias(
        by=BY,
        person_code=cast.rosa,
        alias=AliasData("nickname", nickname="Chata", source="Parte"),
        on=TODAY,
        today=TODAY,
    )
    assert found("quispe condori") == [cast.rosa]
    assert found("shata", level=queries.SLIP) == [cast.rosa]
    assert found("chata naupari") == [cast.rosa]
    commands.close_alias(by=BY, person_code=cast.rosa, alias_id=nick, reason="Error", today=TODAY)
    assert found("chata") == [cast.rosa]


def test_a_merged_duplicate_is_found_by_its_names_and_is_not_there_itself(cast: Cast) -> None:
    duplicate = named(40, "Yulia", "Rrojas")
    survivor = Person.objects.get(code=cast.julia)
    assert found("rrojas") == [duplicate.code]
    Identity.objects.filter(person=duplicate).update(valid_to=TODAY)
    duplicate.merged_into = survivor
    duplicate.save()
    commands.index_people([duplicate.pk, survivor.pk])
    assert found("rrojas") == [cast.julia]
    assert not NameKey.objects.filter(person=duplicate).exists()
    duplicate.merged_into = None
    duplicate.save()
    Identity.objects.filter(person=duplicate).update(valid_to=None)
    commands.index_people([duplicate.pk])
    commands.index_people([survivor.pk])
    assert found("rrojas") == [duplicate.code]


def test_states_combine_with_a_search(cast: Cast) -> None:
    Custody.objects.filter(person__code=cast.ana, released_on=None).update(
        absence="hospital", absent_since=date(2026, 1, 1)
    )
    assert found("flores", situation=queries.ABSENT) == [cast.ana]
    assert found("quispe", situation=queries.ABSENT) == []
    assert found("huaman", situation=queries.DECEASED) == [cast.pedro]
    assert found("huaman", situation=queries.RELEASED) == []
    assert found("huaman", situation=queries.HELD) == []
    assert found("quispe", situation=queries.HELD, facility="EP-PIURA") == [cast.rosa]
    assert found("quispe", situation=queries.HELD, facility="EP-AREQUIPA") == []
    assert found("quispe", situation=queries.HELD, facility="EP-NOWHERE") == []
    assert found("quispe", sex="male") == []
    assert found("quispe", legal_status="unsentenced") == [cast.rosa]
    assert found("quispe", without_birth_date=True) == []
    with pytest.raises(ValueError, match="gone"):
        found("quispe", situation="gone")


# Scope ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["quispe", "rosa quispe", "P-0000001", "00000011", "11", "kispe", "quipse", "qui", "rosa 0000"]
)
@pytest.mark.parametrize("situation", queries.SITUATIONS)
def test_an_official_of_another_prison_finds_nobody_at_any_level(cast: Cast, text: str, situation: str) -> None:
    tumbes = cast.official_of_tumbes
    assert found(text, tumbes, situation=situation) == []
    assert queries.people_count(tumbes, PeopleFilters(search=text, situation=situation)) == 0
    assert list(queries.people_rows(tumbes, PeopleFilters(search=text, situation=situation))) == []
    for each in queries.LEVELS:
        assert found(text, tumbes, situation=situation, level=each) == []
    assert found(text, tumbes, situation=situation, facility="EP-PIURA") == []


def test_a_prison_finds_whom_it_holds_and_nobody_outside(cast: Cast) -> None:
    piura = cast.official_of_piura
    assert found("quispe", piura) == [cast.rosa]
    assert found("mamani", piura) == []
    assert found("huaman", piura, situation=queries.DECEASED) == []
    assert found("rojas", piura) == [cast.julia]
    assert found("luis", piura, facility="EP-AREQUIPA") == []


def test_without_permission_or_place_nothing_is_searched(cast: Cast) -> None:
    for reader in (reader_at(), reader_at("EP-PIURA", permissions=frozenset({Permission.EXPORT}))):
        with pytest.raises(Forbidden):
            queries.people_page(reader, PeopleFilters(search="quispe"))
    with pytest.raises(Forbidden):
        next(
            queries.people_rows(reader_at("EP-PIURA", permissions=frozenset({Permission.VIEW_PEOPLE})), PeopleFilters())
        )


# Pages and counts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["quispe", "qispe", "qui", "rosa quispe", "quipse rosa"])
def test_pages_of_a_search_follow_one_another_both_ways(text: str) -> None:
    for number in range(1, 8):
        named(number, "Rosa", "Quispe" if number % 2 else "Quispe Kispe")
    filters = PeopleFilters(search=text, situation=queries.EVERYBODY)
    first = queries.people_page(BY, filters, size=3, count_to=5)
    second = queries.people_page(BY, filters, first.next_cursor or "", size=3)
    third = queries.people_page(BY, filters, second.next_cursor or "", size=3)
    rows = [row.code for page in (first, second, third) for row in page.rows]
    assert rows == [f"P-{number:07d}" for number in range(1, 8)]
    assert (first.prev_cursor, third.next_cursor) == (None, None)
    assert queries.people_page(BY, filters, third.prev_cursor or "", size=3).rows == second.rows
    assert queries.people_page(BY, filters, second.prev_cursor or "", size=3).rows == first.rows
    assert first.count == queries.Count(5, more=True)
    assert queries.people_page(BY, filters, count_to=7).count == queries.Count(7)
    assert queries.people_count(BY, filters) == 7
    assert [row.code for row in queries.people_rows(BY, filters)] == rows
    with pytest.raises(Refused):
        queries.people_page(BY, filters, "altered")


def test_the_unfiltered_list_is_counted_only_so_far(cast: Cast) -> None:
    assert queries.people_page(BY, PeopleFilters(), count_to=3).count == queries.Count(3, more=True)
    assert queries.people_page(BY, PeopleFilters(), count_to=4).count == queries.Count(4)
    assert queries.people_page(BY, PeopleFilters()).count is None


# The slow twin --------------------------------------------------------------------------------------------------------

SURNAMES = (
    "Quispe",
    "Kispe",
    "Quispi",
    "Mamani",
    "Mamany",
    "Huamán",
    "Waman",
    "De la Cruz",
    "Cruz",
    "Flores",
    "Flor",
    "Ñ",
)
GIVEN = ("Rosa", "Rosas", "Roza", "Ana", "Anna", "Luis", "Luisa", "José", "Ximena", "Jimena", "J")
TYPED = st.lists(
    st.one_of(
        st.sampled_from([word.lower() for word in (*SURNAMES, *GIVEN)]),
        st.sampled_from(
            ["qui", "ma", "flo", "hua", "kipse", "mmani", "rsoa", "xime", "l", "de la", "cru", "anab", "quizpe"]
        ),
    ),
    min_size=1,
    max_size=3,
).map(" ".join)
NAMES = st.tuples(st.sampled_from(GIVEN), st.sampled_from(SURNAMES), st.sampled_from(("", *SURNAMES)))


def _fits(level: str, asked: str, words: Iterable[str], sounds: Iterable[str], vocabulary: set[str]) -> bool:
    """Whether a person with these words answers one word of a search."""
    heard = rules.sound(asked)
    match level:
        case queries.WORDS:
            return asked in words
        case queries.BEGINNINGS:
            return any(word.startswith(asked) for word in words)
        case queries.SOUND:
            return heard in sounds
    near = {heard, *(rules.one_slip(heard) if len(heard) >= searching.SHORTEST_SLIP else ())}
    return bool(near & set(sounds))


def twin(text: str, people: dict[str, set[str]], wanted: str = "") -> tuple[str, list[str]]:
    """The search as somebody with a pencil would do it: every person, every word."""
    asked = rules.name_words(text)
    sounds = {code: {rules.sound(word) for word in words} for code, words in people.items()}
    vocabulary = {sound for keys in sounds.values() for sound in keys}
    for each in (wanted,) if wanted else queries.LEVELS[1:]:
        answers = []
        for code, words in sorted(people.items()):
            fits = [_fits(each, word, words, sounds[code], vocabulary) for word in asked]
            if each == queries.SLIP:
                exact = [rules.sound(word) in sounds[code] for word in asked]
                unknown = [rules.sound(word) not in vocabulary for word in asked]
                if any(unknown):
                    right = all(fit if new else same for fit, new, same in zip(fits, unknown, exact, strict=True))
                else:
                    different = {rules.sound(word) for word, same in zip(asked, exact, strict=True) if not same}
                    right = all(fits) and len(different) <= 1
            else:
                right = bool(fits) and all(fits)
            if right:
                answers.append(code)
        if answers:
            return each, answers
    return "", []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(people=st.lists(st.tuples(NAMES, st.sampled_from([None, *GIVEN])), min_size=1, max_size=12), text=TYPED)
@example(people=[(("Rosa", "Quispe", ""), None), (("Rosas", "Quispi", ""), None)], text="rosa quispi")
def test_the_index_answers_as_a_slow_scan_does(people: list[Any], text: str) -> None:
    """With drivers chosen by frequency, strides and beginnings read from the names, whatever the size makes likely."""
    NameKey.objects.all().delete()
    NameWord.objects.all().delete()
    Identity.objects.all().delete()
    Person.objects.all().delete()
    words: dict[str, set[str]] = {}
    for number, ((forename, first, second), earlier) in enumerate(people, 1):
        who = named(number, forename, first, second)
        words[who.code] = set(rules.name_words(forename, first, second))
        if earlier is not None:
            make.identity(
                who, given_names=earlier, first_surname="", second_surname="", status="provisional",
                document_kind="unknown", document_number="", valid_from=date(2020, 1, 1), valid_to=date(2021, 1, 1),
            )  # fmt: skip
            words[who.code] |= set(rules.name_words(earlier))
    rng = random.Random(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "MANY", rng.choice((1, 3, 5_000)))
        assert (level(text), found(text)) == twin(text, words)
        for each in queries.LEVELS[1:]:
            assert found(text, level=each) == twin(text, words, each)[1]
        # A beginning with many words, read from the names themselves. Particles are no words there either.
        patch.setattr(searching, "MANY_WORDS", 0)
        patch.setattr(searching, "FEW_SOUNDS", 0)
        typed = " ".join(word for word in text.split() if word not in ("d", "l"))
        assert found(typed, level=queries.BEGINNINGS) == (twin(typed, words, queries.BEGINNINGS)[1] if typed else [])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(
    name=st.tuples(*[st.text(alphabet="abcçdeéghijklmnñopqrstuüvwxyz'´- QÑ", max_size=24)] * 3).filter(
        lambda parts: bool(rules.name_words(*parts))
    ),
    seed=st.integers(),
)
def test_a_persons_own_names_in_any_order_and_dress_always_find_them(name: tuple[str, str, str], seed: int) -> None:
    NameKey.objects.all().delete()
    Identity.objects.all().delete()
    Person.objects.all().delete()
    who = named(1, *name)
    words = rules.name_words(*name)
    random.Random(seed).shuffle(words)
    for text in (" ".join(words), "  ".join(words).upper(), " ".join(name)):
        assert found(text) == [who.code]


# Plans ----------------------------------------------------------------------------------------------------------------


def _plan(sql: str, params: Any) -> str:
    with connection.cursor() as cursor:
        explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        # No parameters at all: what was already filled in may hold a percent sign.
        cursor.execute(f"{explain} {sql}", params or None)
        return "\n".join(" ".join(map(str, row)) for row in cursor.fetchall())


@pytest.mark.parametrize(
    "text", ["quispe", "rosa quispe", "qui", "rosa qui", "kispe", "rosa kipse", "quispe 0000", "00000011", "xqzwv"]
)
@pytest.mark.parametrize(
    "filters", [{}, {"situation": queries.HELD}, {"situation": queries.HELD, "facility": "EP-PIURA"}]
)
def test_no_search_reads_a_whole_table(cast: Cast, text: str, filters: dict[str, str]) -> None:
    with CaptureQueriesContext(connection) as seen:
        found(text, **filters)
    for asked in seen:
        if "register_" in asked["sql"]:
            plan = _plan(asked["sql"], ())
            for table in ("register_namekey", "register_identity", "register_custody", "register_movement"):
                assert f"SCAN {table}" not in plan.replace(f"SCAN {table} USING", ""), plan
                assert f"Seq Scan on {table}" not in plan, plan
            assert "SCAN register_namekey" not in plan, plan


def test_one_sound_is_read_in_the_order_of_the_page(cast: Cast) -> None:
    narrowing = searching.Narrowing(searching.Q())
    found = searching.hits(searching.read("rosa quispe"), queries.WORDS, narrowing)
    rows = found.order_by("person_id")._alternatives[0][:51]
    plan = _plan(*rows.query.sql_with_params())
    assert "TEMP B-TREE" not in plan, plan
    assert "Sort" not in plan, plan

"""The demonstration at a hundredth of the nation: loaded whole, past every constraint, and true to itself."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from creo.register import commands, demo, engine, queries, rules
from creo.register.models import Custody, CustodyOffence, Identity, Movement, NameKey, NameWord, Person
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, Scope, system
from creo.support.jobs.progress import silent
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, Refused
from creo.territory import commands as territory

DAY = date(2026, 11, 23)
BY = system("pruebas")


@functools.cache
def made_population() -> engine.Population:
    """The population that the demonstration of this file loads."""
    return engine.population(7, DAY, 0.01)


@dataclass
class Context:
    """What `creo demo` gives."""

    by: Any = BY
    seed: int = 7
    as_of: date = DAY
    scale: float = 0.01
    progress: Any = silent


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """The demonstration, loaded once for this file and taken back at its end."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        territory.load_reference(by=BY)
        yield demo.population.load(Context())
        transaction.set_rollback(True)


@pytest.fixture
def _db(loaded: dict[str, Any], django_db_blocker: Any) -> Iterator[None]:
    """The database as loaded; what a test writes is taken back."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("_db")
class TestLoaded:
    def test_every_row_of_the_population_is_in_its_table(self, loaded: dict[str, Any]) -> None:
        made = made_population()
        names = zip(
            made.identities.given_names, made.identities.first_surname, made.identities.second_surname, strict=True
        )
        assert loaded["rows"] == {
            "persons": len(made.persons),
            "identities": len(made.identities),
            "name_keys": sum(len(rules.name_keys(*parts)) for parts in names),
            "custodies": len(made.custodies),
            "movements": len(made.movements),
            "offences": len(made.custody_offences),
            "references": 0,
            "statements": 0,
            "entries": len(made.persons),
        }
        tables = (Person, Identity, NameKey, Custody, Movement, CustodyOffence)
        assert [table.objects.count() for table in tables] == list(loaded["rows"].values())[:6]

    def test_there_is_one_act_a_person(self, loaded: dict[str, Any]) -> None:
        found = Entry.objects.filter(act="register.person_loaded")
        assert found.count() == loaded["rows"]["persons"]
        entry = found.get(subject_code="P-0000001")
        assert entry.after["episodes"] == Custody.objects.filter(person__code="P-0000001").count()

    def test_every_table_agrees_with_the_made_one(self, loaded: dict[str, Any]) -> None:
        made = made_population()
        names = made.identities.names()
        row = dict(zip(names, list(made.identities.rows())[41], strict=True))
        stored = Identity.objects.get(person__code=rules.person_code(row["person"]))
        for name in ("given_names", "first_surname", "birth_date", "sex", "document_number", "nationality", "status"):
            assert getattr(stored, name) == row[name], name
        keys = rules.name_keys(row["given_names"], row["first_surname"], row["second_surname"])
        found = NameKey.objects.filter(person=stored.person).values_list("sound", "word")
        assert set(found) == set(keys)
        assert set(
            NameWord.objects.filter(word__in=[word for _sound, word in keys]).values_list("sound", "word")
        ) == set(keys)

    def test_the_register_reads_back_what_was_made(self, loaded: dict[str, Any]) -> None:
        found = queries.population_columns(BY, DAY)
        assert len(found) == loaded["in_custody"] == queries.counts(BY, DAY).total
        assert loaded["in_custody"] == pytest.approx(1037, abs=1)

    def test_everybodys_movements_can_have_been_made(self, loaded: dict[str, Any]) -> None:
        moves: dict[int, list[rules.Move]] = {}
        rows = Movement.objects.values_list(
            "custody__person_id",
            "custody__number",
            "sequence",
            "kind",
            "on",
            "from_facility__code",
            "to_facility__code",
        )
        for person, *move in rows:
            moves.setdefault(person, []).append(rules.Move(*move))
        held = dict(Custody.objects.filter(released_on=None).values_list("person_id", "facility__code"))
        episodes: dict[int, int] = {}
        for person in Custody.objects.values_list("person_id", flat=True):
            episodes[person] = episodes.get(person, 0) + 1
        for person, made in moves.items():
            course = rules.stays(made)
            assert course.place == held.get(person)
            assert course.admissions == episodes[person]

    def test_the_columns_agree_with_a_sample_of_people_one_by_one(self, loaded: dict[str, Any]) -> None:
        from creo.register.tests.test_queries import value

        found = queries.population_columns(BY, DAY)
        named = {code for kind in made_population().defects.values() for codes in kind for code in codes}
        sample = [code for place, code in enumerate(found.codes) if place % 25 == 0 or code in named]
        assert len(sample) > 50
        for code in sample[:120]:
            alone = queries.facts_for(BY, code, DAY)
            assert {name: value(found, name, code) for name in alone.facts} == alone.facts, code

    def test_the_planted_flaws_are_where_the_report_says(self, loaded: dict[str, Any]) -> None:
        for (code,) in loaded["defects"]["missing_birth_date"]["examples"]:
            assert queries.facts_for(BY, code, DAY).facts["birth_date"] is None
        for (code,) in loaded["defects"]["unconfirmed_identity"]["examples"]:
            assert queries.facts_for(BY, code, DAY).facts["identity_confirmed"] is None
        for (code,) in loaded["defects"]["missing_main_offence"]["examples"]:
            assert queries.facts_for(BY, code, DAY).facts["main_article"] is None
        for (code,) in loaded["defects"]["transfers"]["examples"]:
            assert Movement.objects.filter(custody__person__code=code, kind="transfer").exists()

    def test_a_duplicate_can_be_merged_as_planted(self, loaded: dict[str, Any]) -> None:
        for kept, duplicate in loaded["defects"]["duplicates"]["examples"]:
            before = queries.facts_for(BY, kept, DAY).facts["admission_count"]
            more = Custody.objects.filter(person__code=duplicate).count()
            commands.merge_people(by=BY, duplicate_code=duplicate, into_code=kept, reason="Huellas", today=DAY)
            assert queries.facts_for(BY, kept, DAY).facts["admission_count"] == before + more

    def test_every_margin_is_reported(self, loaded: dict[str, Any]) -> None:
        assert len(loaded["margins"]) >= 10
        assert loaded["max_deviation_points"] == max(item["max_deviation_points"] for item in loaded["margins"])

    def test_a_register_with_people_is_not_loaded_over(self, loaded: dict[str, Any]) -> None:
        with pytest.raises(Refused, match="ya tiene personas"):
            demo.population.load(Context())

    def test_only_who_may_import_loads_a_population(self, loaded: dict[str, Any]) -> None:
        looker = Reader(3, "Nadie", frozenset({Permission.VIEW_PEOPLE}), (Scope("nation"),))
        with pytest.raises(Forbidden):
            commands.load_population(by=looker, population=engine.population(1, DAY, 0.01), progress=silent)


@pytest.mark.django_db
def test_a_population_of_unknown_prisons_or_offences_is_refused() -> None:
    made = made_population()
    with pytest.raises(Refused, match="No se conoce el establecimiento"):
        commands.load_population(by=BY, population=made, progress=silent)
    territory.load_reference(by=BY)
    with pytest.raises(Refused, match="CP-"):
        commands.load_population(by=BY, population=made, progress=silent)
    assert Person.objects.count() == 0


@pytest.mark.django_db
def test_the_bar_reaches_its_total() -> None:
    territory.load_reference(by=BY)
    seen: list[tuple[int, int, str]] = []
    demo.population.load(Context(progress=lambda done, total, note="": seen.append((done, total, note))))
    notes = [note for _done, _total, note in seen]
    assert {"Personas", "Identidades", "Episodios", "Movimientos", "Delitos", "Registro de actos"} <= set(notes)
    totals = {total for _done, total, _note in seen if total}
    assert len(totals) == 1
    assert max(done for done, _total, _note in seen) <= totals.pop()

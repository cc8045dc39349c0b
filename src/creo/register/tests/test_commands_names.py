from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from creo.register import commands, queries, rules
from creo.register.commands import AliasData
from creo.register.models import Alias, Identity, Movement, NameKey, NameWord, Person
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY, Cast, reader_at
from creo.support.accounts.permissions import Permission
from creo.support.benches import bench_module
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make.cast()


def keys_of(code: str) -> set[str]:
    return set(NameKey.objects.filter(person__code=code).values_list("word", flat=True))


def add(code: str, alias: AliasData, on: date = TODAY, by: Any = BY) -> int:
    return commands.add_alias(by=by, person_code=code, alias=alias, on=on, today=TODAY)


ALSO = AliasData("aka", "Rosa", "Condori", source="Parte policial 12")
NICK = AliasData("nickname", nickname="La China", source="Declaración")


def test_an_admission_and_a_correction_keep_the_keys_of_every_name(cast: Cast) -> None:
    assert keys_of(cast.rosa) == {"rosa", "quispe", "naupari"}
    commands.correct_identity(
        by=BY, person_code=cast.rosa, changes={"given_names": "Rosaura"}, reason="Partida", today=TODAY
    )
    assert keys_of(cast.rosa) == {"rosa", "rosaura", "quispe", "naupari"}
    assert NameWord.objects.get(word="rosaura").sound == rules.sound("rosaura")


def test_an_alias_is_recorded_found_and_told(cast: Cast) -> None:
    key = add(cast.rosa, AliasData("aka", "  Rosa ", "Condori  Vda.", source=" Parte policial 12 "))
    row = queries.aliases(BY, cast.rosa)[0]
    assert (row.id, row.kind, row.name, row.source) == (key, "aka", "Condori Vda., Rosa", "Parte policial 12")
    assert (row.valid_from, row.valid_to) == (TODAY, None)
    assert keys_of(cast.rosa) == {"rosa", "quispe", "naupari", "condori", "vda"}
    entry = Entry.objects.get(act="register.alias_added")
    assert (entry.subject_code, entry.place, entry.reason) == (cast.rosa, "EP-PIURA", "Parte policial 12")
    assert entry.after["alias"] == key


def test_a_closed_alias_stays_and_still_leads_to_the_person(cast: Cast) -> None:
    key = add(cast.rosa, NICK)
    commands.close_alias(by=BY, person_code=cast.rosa, alias_id=key, reason="Era de otra persona", today=TODAY)
    assert queries.aliases(BY, cast.rosa)[0].valid_to == TODAY
    assert {"china"} <= keys_of(cast.rosa)
    count = Entry.objects.count()
    commands.close_alias(by=BY, person_code=cast.rosa, alias_id=key, reason="Otra vez", today=TODAY)
    assert Entry.objects.count() == count
    add(cast.rosa, NICK)
    assert [row.valid_to for row in queries.aliases(BY, cast.rosa)] == [None, TODAY]


@pytest.mark.parametrize(
    ("alias", "field"),
    [
        (AliasData("name", "Rosa", source="x"), "kind"),
        (AliasData("aka", source="x"), "given_names"),
        (AliasData("aka", "Rosa", nickname="Chata", source="x"), "nickname"),
        (AliasData("nickname", source="x"), "nickname"),
        (AliasData("nickname", "Rosa", nickname="Chata", source="x"), "given_names"),
        (AliasData("document", "Rosa", "Condori"), "source"),
        (AliasData("aka", "123 …", source="x"), ""),
        (AliasData("aka", "…", source="x"), "given_names"),
        (AliasData("aka", "R" * 121, source="x"), "given_names"),
        (AliasData("aka", "Rosa", source="x" * 201), "source"),
        (AliasData("aka", "Rosa", "Quispe", "Ñaupari", source="x"), "given_names"),
    ],
)
def test_an_alias_that_says_nothing_or_too_much_is_refused(cast: Cast, alias: AliasData, field: str) -> None:
    if not field:
        assert add(cast.rosa, alias)
        return
    with pytest.raises(Refused) as refused:
        add(cast.rosa, alias)
    assert field in refused.value.fields
    assert not Alias.objects.exists()


def test_an_alias_is_not_of_tomorrow_nor_twice_and_refusals_come_together(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        add(cast.rosa, AliasData("aka"), on=TODAY + timedelta(1))
    assert set(refused.value.fields) == {"on", "given_names", "source"}
    add(cast.rosa, ALSO)
    with pytest.raises(Refused):
        add(cast.rosa, ALSO)
    key = Alias.objects.get().pk
    with pytest.raises(Refused) as refused:
        commands.close_alias(by=BY, person_code=cast.rosa, alias_id=key, reason=" ", today=TODAY)
    assert "reason" in refused.value.fields


def test_aliases_keep_to_permission_and_place(cast: Cast) -> None:
    key = add(cast.rosa, ALSO)
    tumbes = cast.official_of_tumbes
    with pytest.raises(NotFound):
        queries.aliases(tumbes, cast.rosa)
    with pytest.raises(NotFound):
        add(cast.rosa, NICK, by=tumbes)
    with pytest.raises(NotFound):
        commands.close_alias(by=tumbes, person_code=cast.rosa, alias_id=key, reason="x", today=TODAY)
    with pytest.raises(NotFound):
        commands.close_alias(by=BY, person_code=cast.luis, alias_id=key, reason="x", today=TODAY)
    reader = reader_at("EP-PIURA", permissions=frozenset({Permission.VIEW_PEOPLE}))
    with pytest.raises(Forbidden):
        add(cast.rosa, NICK, by=reader)
    assert len(queries.aliases(reader, cast.rosa)) == 1


def test_the_aliases_of_a_merged_duplicate_are_the_persons(cast: Cast) -> None:
    duplicate = Person.objects.get(code=cast.julia_duplicate)
    alias = Alias.objects.create(
        person=duplicate, kind="nickname", nickname="Yuli", source="Parte", valid_from=date(2019, 5, 2)
    )
    assert [row.name for row in queries.aliases(BY, cast.julia)] == ["«Yuli»"]
    commands.close_alias(by=BY, person_code=cast.julia, alias_id=alias.pk, reason="No lo usa", today=TODAY)
    assert Alias.objects.get().valid_to == TODAY


def test_everybodys_keys_are_made_again(cast: Cast) -> None:
    before = set(NameKey.objects.values_list("sound", "person_id", "word"))
    NameKey.objects.filter(person__code=cast.luis).delete()
    NameWord.objects.all().delete()
    NameKey.objects.create(sound="x", person_id=1, word="x")
    told: list[tuple[int, int]] = []
    count = commands.rebuild_name_keys(by=BY, progress=lambda done, total, _note="": told.append((done, total)))
    assert set(NameKey.objects.values_list("sound", "person_id", "word")) == before
    assert count == 5
    assert told[-1] == (5, 5)
    assert Entry.objects.filter(act="register.names_indexed").count() == 1


# The database defends itself ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("alias_kind_known", {"kind": "other"}),
        ("alias_nickname_or_names", {"given_names": ""}),
        ("alias_nickname_or_names", {"kind": "nickname", "nickname": "Chata"}),
        ("alias_nickname_or_names", {"kind": "nickname", "given_names": ""}),
        ("alias_nickname_or_names", {"nickname": "Chata"}),
        ("alias_has_source", {"source": ""}),
        ("alias_not_ended_before_start", {"valid_to": date(2024, 1, 1)}),
    ],
)
def test_an_alias_says_only_what_can_be(name: str, values: dict[str, Any]) -> None:
    whole = {"kind": "aka", "given_names": "Rosa", "source": "x", "valid_from": date(2025, 1, 1)} | values
    who = make.person(1)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Alias.objects.create(person=who, **whole)


def test_an_open_alias_stands_once() -> None:
    who = make.person(1)
    whole = {"person": who, "kind": "nickname", "nickname": "Chata", "source": "x", "valid_from": date(2025, 1, 1)}
    Alias.objects.create(**whole, valid_to=date(2025, 2, 1))
    Alias.objects.create(**whole)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alias.objects.create(**whole)


@pytest.mark.parametrize("values", [{"sound": ""}, {"word": ""}])
def test_keys_are_never_empty(values: dict[str, str]) -> None:
    with pytest.raises(IntegrityError, match="namekey_not_empty"), transaction.atomic():
        NameKey.objects.create(**({"sound": "x", "word": "x", "person_id": 1} | values))
    with pytest.raises(IntegrityError, match="nameword_not_empty"), transaction.atomic():
        NameWord.objects.create(**({"sound": "x", "word": "x"} | values))


def test_a_key_stands_once() -> None:
    NameKey.objects.create(sound="x", word="x", person_id=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        NameKey.objects.bulk_create([NameKey(sound="x", word="x", person_id=1)])


# The benchmark --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_bench_builds_what_commands_would_and_measures_it(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = bench_module("reading")
    bench_module("reading_people").build(1_000, 10, "marca", lambda *_args: None)
    bulk = set(NameKey.objects.values_list("sound", "person_id", "word"))
    words = set(NameWord.objects.values_list("word", "sound"))
    import_module("creo.register.commands.names").NameKey.objects.all().delete()
    commands.index_people(range(1, 1_001))
    assert set(NameKey.objects.values_list("sound", "person_id", "word")) == bulk
    assert {(word, sound) for sound, _person, word in bulk} <= words
    assert Movement.objects.count() == 10_000
    for person_id in (1, 3, 17, 400):
        code = rules.person_code(person_id)
        assert len(queries.person(BY, code, TODAY).custodies) == 2
        assert Identity.objects.get(person_id=person_id).given_names
    monkeypatch.setattr(bench, "prepare", lambda *_args: True)
    monkeypatch.setattr(bench, "PERSON_FILES", 10)
    result = bench.run(1_000, 10, lambda *_args: None)
    assert result["search"]["count"] + bench.WARM_UP >= 200
    assert result["search"]["p95_ms"] > 0
    assert result["person_file"]["count"] == 10
    assert result["search_found_nobody"] < 100
    assert {"load_before", "database", "peak_memory_mb"} <= set(result["machine"])


@pytest.mark.parametrize("words", [["--people", "10"], ["--people", "x"], ["--movements", "1"], ["--movements", "x"]])
def test_the_bench_refuses_sizes_that_measure_nothing(words: list[str]) -> None:
    with pytest.raises(SystemExit):
        import_module("creo.site.cli").main(["bench", "reading", *words])

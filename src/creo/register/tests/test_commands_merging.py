from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from creo.register import commands, queries, rules
from creo.register.commands.merging import all_dependents
from creo.register.models import (
    Alias,
    BiometricReference,
    Custody,
    Document,
    DuplicatePair,
    Identity,
    Merge,
    NameKey,
    Person,
    PersonReference,
    ProtectedFact,
    RightsRequest,
    Statement,
)
from creo.register.tests import factories as make
from creo.register.tests.acting import ENTRY, WHO, admit, refused
from creo.register.tests.factories import BY, TODAY, Cast, reader_at
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, Scope
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


@pytest.fixture
def cast() -> Cast:
    return make.cast()


def merge(duplicate: str, into: str, reason: str = "Mismas huellas", by: Reader = BY, seen: str = "") -> int:
    return commands.merge_people(by=by, duplicate_code=duplicate, into_code=into, reason=reason, today=TODAY, seen=seen)


def undo(merge_id: int, reason: str = "Las huellas no coinciden", by: Reader = BY) -> str:
    return commands.unmerge_people(by=by, merge_id=merge_id, reason=reason, today=TODAY)


def preview(duplicate: str, into: str, by: Reader = BY) -> commands.MergePreview:
    return commands.preview_merge(by=by, duplicate_code=duplicate, into_code=into, today=TODAY)


def rows() -> dict[str, list[dict[str, object]]]:
    """Every row of the register but the memory of merges and the vocabulary of the search."""
    models = apps.get_app_config("register").get_models()
    return {
        model.__name__: sorted(model._base_manager.values(), key=str)
        for model in models
        if model.__name__ not in ("Merge", "NameWord")
    }


# Everything that hangs from people ------------------------------------------------------------------------------------


def test_every_foreign_key_to_a_person_is_answered_for_by_some_chapter() -> None:
    keys = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.is_relation and field.related_model is Person
    }
    covered = [name for item in all_dependents() for name in item.covers]
    assert sorted(covered) == sorted(set(covered))
    assert set(covered) == keys


def test_moving_an_episode_moves_everything_that_hangs_from_it() -> None:
    """What hangs from an episode has no person of its own to forget."""
    both = [
        model.__name__
        for model in apps.get_models()
        if {field.related_model for field in model._meta.local_fields if field.is_relation} >= {Person, Custody}
    ]
    assert both == ["Document"]


PAST = date(2001, 1, 1)
numbers = count(1)


def _rich(person: Person, draw: Any, facility: Any, days: list[int]) -> None:
    """A person with some of everything."""
    make.identity(
        person,
        given_names=draw(st.sampled_from(("Rosa", "Luis"))),
        birth_date=draw(st.sampled_from((date(1980, 1, 2), None))),
        document_number=f"{person.pk:08d}",
        status=draw(st.sampled_from(("confirmed", "provisional"))),
    )
    if draw(st.booleans()):
        make.identity(person, given_names="Rosita", valid_to=date(2025, 2, 1), status="provisional")
    for start, end in zip(days[::2], days[1::2], strict=False):
        if start < end:
            make.custody(person, facility, PAST + timedelta(days=start), PAST + timedelta(days=end))
    for kind in draw(st.lists(st.sampled_from(("aka", "document")), max_size=2, unique=True)):
        Alias.objects.create(person=person, kind=kind, first_surname="Soto", source="Ella", valid_from=PAST)
    if draw(st.booleans()):
        PersonReference.objects.create(person=person, source="censo", reference=f"R-{next(numbers)}")
    for kind in draw(st.lists(st.sampled_from(("a", "b", "c")), max_size=3, unique=True)):
        Statement.objects.create(person=person, source="censo", kind=kind, answer="yes")
    for kind in draw(st.lists(st.sampled_from(tuple(rules.ProtectedKind)), max_size=3, unique=True)):
        ProtectedFact.objects.create(
            person=person,
            fact=rules.ProtectedValue(kind, "none"),
            source="Entrevista",
            valid_from=PAST,
            valid_to=draw(st.sampled_from((None, date(2020, 1, 1)))),
            recorded_by="Prueba",
            recorded_at=clock.now(),
        )
    if draw(st.booleans()):
        _filed(person)
    if draw(st.booleans()):
        other = make.person(10 * person.pk + 7, merged_into=person)
        make.identity(other, valid_to=date(2025, 3, 1), status="provisional")


def _filed(person: Person) -> None:
    """A document, a biometric reference and a request."""
    number = next(numbers)
    document = Document.objects.create(
        person=person,
        kind="other",
        access="general",
        title="Oficio",
        sha256=f"{number:064d}",
        size=10,
        media="pdf",
        label="oficio.pdf",
        uploaded_by="Prueba",
        uploaded_at=clock.now(),
    )
    BiometricReference.objects.create(
        person=person,
        system="AFIS",
        kind="right_thumb",
        reference=f"H{number}",
        recorded_by="P",
        recorded_at=clock.now(),
    )
    RightsRequest.objects.create(
        person=person,
        year=2026,
        number=number,
        kind="access",
        asker="person",
        what="Copia",
        evidence=document,
        received_on=date(2026, 1, 1),
        due_on=date(2026, 2, 1),
    )


@settings(max_examples=25)
@given(st.data())
def test_a_merge_undone_leaves_every_row_as_it_was(data: st.DataObject) -> None:
    with transaction.atomic():
        facility = make.places()["EP-PIURA"]
        days = sorted(data.draw(st.lists(st.integers(0, 8000), max_size=12, unique=True)))
        cut = data.draw(st.lists(st.booleans(), min_size=6, max_size=6))
        spans = [days[place : place + 2] for place in range(0, len(days) - 1, 2)]
        people = [make.person(number) for number in (1, 2)]
        for person, mine in zip(people, (True, False), strict=True):
            chosen = [day for span, which in zip(spans, cut, strict=False) if which is mine for day in span]
            _rich(person, data.draw, facility, chosen)
        if data.draw(st.booleans()):
            DuplicatePair.objects.create(first=people[0], second=people[1], score=50, evidence="e", found_on=PAST)
        third = make.person(3)
        make.identity(third)
        DuplicatePair.objects.create(first=people[1], second=third, score=41, evidence="e", found_on=PAST)
        from creo.register.commands import index_people

        index_people(Person.objects.values_list("pk", flat=True))
        before = rows()
        gone, kept = data.draw(st.permutations([person.code for person in people]))
        lines = preview(gone, kept)
        assert not lines.refused
        done = merge(gone, kept)
        assert Person.objects.get(code=gone).merged_into == Person.objects.get(code=kept)
        assert list(Custody.objects.filter(person__code=gone)) == []
        numbered = list(
            Custody.objects.filter(person__code=kept).order_by("admitted_on").values_list("number", flat=True)
        )
        assert numbered == list(range(1, len(numbered) + 1))
        moved = sum(1 for item in lines.dependents if item.fate is rules.Fate.REPOINTED)
        left = sum(
            model.objects.filter(person__code=gone).count()
            for model in (Alias, PersonReference, Statement, ProtectedFact, Document, BiometricReference, RightsRequest)
        )
        closed = sum(1 for item in lines.dependents if item.why == "La ficha que queda ya lo tiene.")
        assert left == closed
        assert moved or not before["Custody"] or Custody.objects.filter(person__code=kept).exists()
        assert rows() != before
        undo(done)
        assert rows() == before
        transaction.set_rollback(True)


# What the preview says is what happens --------------------------------------------------------------------------------


def test_the_preview_writes_nothing_and_names_every_record(cast: Cast) -> None:
    _closed_julia(cast)
    before, entries = rows(), Entry.objects.count()
    lines = preview(cast.julia, cast.rosa)
    assert (rows(), Entry.objects.count()) == (before, entries)
    said = {(item.what, item.fate.value) for item in lines.dependents}
    assert ("Episodio de custodia", "repointed") in said
    assert ("Identidad", "closed") in said
    assert ("Ficha unida antes", "repointed") in said
    assert len([item for item in lines.dependents if item.what == "Episodio de custodia"]) == 2


def _closed_julia(cast: Cast) -> None:
    commands.release(by=BY, person_code=cast.julia, on=date(2026, 2, 1), kind="acquittal", reason="Orden", today=TODAY)


def test_a_merge_is_refused_when_something_changed_since_its_preview(cast: Cast) -> None:
    _closed_julia(cast)
    seen = preview(cast.julia, cast.rosa).digest
    PersonReference.objects.create(person=Person.objects.get(code=cast.julia), source="censo", reference="9")
    refused(lambda: merge(cast.julia, cast.rosa, seen=seen), "Algo cambió")
    merge(cast.julia, cast.rosa, seen=preview(cast.julia, cast.rosa).digest)


def test_two_open_episodes_or_crossing_dates_refuse_the_whole_act(cast: Cast) -> None:
    before = rows()
    lines = preview(cast.rosa, cast.luis)
    assert lines.refused
    refused(lambda: merge(cast.rosa, cast.luis), "episodio abierto")
    Custody.objects.filter(person__code=cast.pedro).update(admitted_on=date(2019, 1, 1), released_on=date(2020, 1, 1))
    Person.objects.filter(code=cast.pedro).update(died_on=None)
    refused(lambda: merge(cast.pedro, cast.ana, " "), "se cruzan", "motivo")
    Custody.objects.filter(person__code=cast.pedro).update(admitted_on=date(2015, 4, 4), released_on=date(2024, 4, 4))
    Person.objects.filter(code=cast.pedro).update(died_on=date(2025, 1, 2))
    assert rows() == before


def test_one_admission_recorded_twice_asks_to_annul_one_of_them() -> None:
    make.cast()
    one = admit(identity=replace(WHO, document_number="00000031"))
    two = admit(identity=replace(WHO, document_number="00000032"))
    refused(lambda: merge(one, two), "mismo ingreso registrado dos veces")


def test_a_dead_record_is_not_joined_to_one_that_lives_on(cast: Cast) -> None:
    refused(lambda: merge(cast.pedro, cast.rosa), "consta como fallecida")
    refused(lambda: merge(cast.rosa, cast.pedro), "consta como fallecida")


def test_the_day_of_death_passes_to_the_record_that_goes_on_and_comes_back(cast: Cast) -> None:
    extra = admit(
        replace(ENTRY, admitted_on=date(2010, 1, 1)), replace(WHO, document_number="00000041", birth_date=None)
    )
    commands.release(by=BY, person_code=extra, on=date(2011, 1, 1), kind="acquittal", reason="Orden", today=TODAY)
    done = merge(cast.pedro, extra)
    assert Person.objects.get(code=extra).died_on == date(2025, 1, 2)
    Person.objects.filter(code=extra).update(died_on=date(2025, 1, 3))
    refused(lambda: undo(done), "fecha de fallecimiento")
    Person.objects.filter(code=extra).update(died_on=date(2025, 1, 2))
    undo(done)
    assert Person.objects.get(code=extra).died_on is None


def test_what_is_protected_or_medical_is_not_told_by_the_preview(cast: Cast) -> None:
    julia = Person.objects.get(code=cast.julia)
    _closed_julia(cast)
    ProtectedFact.objects.create(
        person=julia,
        fact=rules.ProtectedValue("disability", "yes", str(next(iter(rules.Disability)))),
        source="Informe",
        valid_from=date(2026, 1, 15),
        recorded_by="P",
        recorded_at=clock.now(),
    )
    Document.objects.create(
        person=julia,
        kind="medical_report",
        access="medical",
        title="Diagnóstico reservado",
        sha256="a" * 64,
        size=1,
        media="pdf",
        label="x",
        uploaded_by="P",
        uploaded_at=clock.now(),
    )
    text = " ".join(f"{item.what} {item.which} {item.why}" for item in preview(cast.julia, cast.rosa).dependents)
    assert "Dato protegido" in text and "Documento" in text
    assert next(iter(rules.Disability)) not in text and "discapacidad" not in text.lower() and "Diagnóstico" not in text


# The act --------------------------------------------------------------------------------------------------------------


def test_a_merge_leads_the_old_code_on_and_is_one_entry_with_what_it_did(cast: Cast) -> None:
    _closed_julia(cast)
    done = merge(cast.julia, cast.rosa)
    for code in (cast.julia, cast.julia_duplicate):
        assert queries.person_code_in_scope(BY, code) == cast.rosa
    entry = Entry.objects.filter(act="register.people_merged").latest("id")
    assert (entry.subject_code, entry.place, entry.reason) == (cast.rosa, "EP-PIURA", "Mismas huellas")
    assert entry.before["duplicate"] == cast.julia
    assert entry.after["merge"] == done and entry.after["fates"]["refused"] == 0
    assert not NameKey.objects.filter(person__code=cast.julia).exists()
    assert NameKey.objects.filter(person__code=cast.rosa, word="rojas").exists()


def test_the_pair_of_a_merge_is_decided_and_the_others_of_the_duplicate_are_withdrawn(cast: Cast) -> None:
    _closed_julia(cast)
    julia, rosa, luis = (Person.objects.get(code=code) for code in (cast.julia, cast.rosa, cast.luis))
    this = _pair(julia, rosa)
    other = _pair(julia, luis)
    done = merge(cast.julia, cast.rosa)
    this.refresh_from_db(), other.refresh_from_db()
    assert (this.state, this.decided_by, this.reason) == ("merged", BY.name, "Mismas huellas")
    assert other.state == "withdrawn" and cast.rosa in other.reason
    undo(done)
    this.refresh_from_db(), other.refresh_from_db()
    assert (this.state, other.state, this.decided_on, this.reason) == ("open", "open", None, "")


def _pair(one: Person, other: Person, **values: object) -> DuplicatePair:
    first, second = sorted((one, other), key=lambda person: person.pk)
    kept = {"score": 60, "evidence": "e", "found_on": date(2026, 1, 1)} | values
    return DuplicatePair.objects.create(first=first, second=second, **kept)


def test_a_code_is_merged_once_and_never_in_a_circle(cast: Cast) -> None:
    _closed_julia(cast)
    merge(cast.julia, cast.rosa)
    refused(lambda: merge(cast.julia, cast.rosa), "la misma")
    refused(lambda: merge(cast.rosa, cast.julia), "la misma")
    refused(lambda: merge(cast.rosa, cast.rosa), "la misma")
    with pytest.raises(NotFound):
        merge("P-9999999", cast.rosa)
    assert not Person.objects.filter(merged_into__merged_into__isnull=False).exists()


# Undoing --------------------------------------------------------------------------------------------------------------


def test_undoing_gives_the_person_back_and_says_so(cast: Cast) -> None:
    _closed_julia(cast)
    done = merge(cast.julia, cast.rosa)
    assert undo(done) == cast.julia
    assert queries.person_code_in_scope(BY, cast.julia) == cast.julia
    assert queries.person_code_in_scope(BY, cast.julia_duplicate) == cast.julia
    assert NameKey.objects.filter(person__code=cast.julia, word="rojas").exists()
    assert not NameKey.objects.filter(person__code=cast.rosa, word="rojas").exists()
    entry = Entry.objects.get(act="register.people_unmerged")
    assert (entry.subject_code, entry.after["duplicate"]) == (cast.rosa, cast.julia)
    refused(lambda: undo(done), "ya se deshizo")
    again = merge(cast.julia, cast.rosa)
    assert Merge.objects.get(pk=again).undone_at is None


def test_merges_are_undone_from_the_last_to_the_first(cast: Cast) -> None:
    _closed_julia(cast)
    first = Merge.objects.get(duplicate__code=cast.julia_duplicate)
    second = merge(cast.julia, cast.rosa)
    refused(lambda: undo(first.pk), f"Después se unió {cast.julia}")
    undo(second)
    undo(first.pk)
    assert queries.person_code_in_scope(BY, cast.julia_duplicate) == cast.julia_duplicate


def test_an_admission_after_the_merge_stops_its_undoing(cast: Cast) -> None:
    _closed_julia(cast)
    commands.release(by=BY, person_code=cast.rosa, on=date(2026, 5, 1), kind="acquittal", reason="Orden", today=TODAY)
    done = merge(cast.julia, cast.rosa)
    admit(replace(ENTRY, admitted_on=date(2026, 9, 1)), None, cast.rosa)
    refused(lambda: undo(done), "empezó después de la unión")


def test_a_document_confirmed_elsewhere_stops_an_undoing(cast: Cast) -> None:
    extra = admit(identity=replace(WHO, document_number="00000031"))
    commands.confirm_identity(by=BY, person_code=extra, reason="Huellas")
    commands.release(by=BY, person_code=extra, on=date(2026, 3, 20), kind="acquittal", reason="Orden", today=TODAY)
    twin = admit(replace(ENTRY, admitted_on=date(2026, 5, 1)), replace(WHO, document_number="00000032"))
    done = merge(extra, twin)
    change = {"document_number": "00000031"}
    commands.correct_identity(by=BY, person_code=twin, changes=change, reason="Documento", today=TODAY)
    commands.confirm_identity(by=BY, person_code=twin, reason="Huellas")
    refused(lambda: undo(done), "00000031", twin)


def test_a_later_release_of_a_moved_episode_goes_back_with_it(cast: Cast) -> None:
    commands.release(by=BY, person_code=cast.rosa, on=date(2026, 5, 1), kind="acquittal", reason="Orden", today=TODAY)
    Custody.objects.filter(person__code=cast.julia, released_on=None).update(admitted_on=date(2026, 6, 1))
    done = merge(cast.julia, cast.rosa)
    moved = Custody.objects.get(person__code=cast.rosa, released_on=None)
    commands.release(by=BY, person_code=cast.rosa, on=date(2026, 8, 1), kind="acquittal", reason="Orden", today=TODAY)
    undo(done)
    moved.refresh_from_db()
    assert (moved.person.code, moved.released_on) == (cast.julia, date(2026, 8, 1))


def test_a_merge_or_its_undoing_needs_a_reason(cast: Cast) -> None:
    _closed_julia(cast)
    refused(lambda: merge(cast.julia, cast.rosa, "  "), "motivo")
    done = merge(cast.julia, cast.rosa)
    refused(lambda: undo(done, " "), "motivo")


# Who may --------------------------------------------------------------------------------------------------------------


def test_only_reviewers_merge(cast: Cast) -> None:
    looker = Reader(3, "Nadie", frozenset({Permission.EDIT_PEOPLE, Permission.VIEW_PEOPLE}), (Scope("nation"),))
    for act in (
        lambda: merge(cast.julia, cast.rosa, by=looker),
        lambda: preview(cast.julia, cast.rosa, looker),
        lambda: undo(1, by=looker),
        lambda: commands.unmerge_obstacles(by=looker, merge_id=1, today=TODAY),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_prison_merges_those_it_holds_with_those_on_its_list(cast: Cast) -> None:
    _closed_julia(cast)
    piura, tumbes = reader_at("EP-PIURA"), reader_at("EP-TUMBES")
    with pytest.raises(NotFound):
        preview(cast.julia, cast.rosa, piura)
    _pair(Person.objects.get(code=cast.julia), Person.objects.get(code=cast.rosa))
    with pytest.raises(NotFound):
        merge(cast.julia, cast.rosa, by=tumbes)
    done = merge(cast.julia, cast.rosa, by=piura)
    with pytest.raises(NotFound):
        undo(done, by=tumbes)
    undo(done, by=piura)


def test_a_chapter_that_is_gone_stops_the_undoing_of_what_it_kept(cast: Cast) -> None:
    _closed_julia(cast)
    done = Merge.objects.get(pk=merge(cast.julia, cast.rosa))
    done.memory["gate"] = {}
    done.save()
    refused(lambda: undo(done.pk), "gate")


def test_the_identity_of_a_merged_record_is_history(cast: Cast) -> None:
    assert not Identity.objects.filter(person__code=cast.julia_duplicate, valid_to=None).exists()

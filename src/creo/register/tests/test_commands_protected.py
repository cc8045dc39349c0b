"""Protected facts: recorded and seen by their class alone, each look with its purpose, none of it told elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from creo.register import commands, queries, rules
from creo.register.commands import BiometricData
from creo.register.models import BiometricReference, ProtectedFact
from creo.register.tests import factories as make
from creo.register.tests.acting import acts
from creo.register.tests.factories import BY, TODAY
from creo.register.tests.factories_files import at_piura, fact, somebody
from creo.support.accounts.permissions import ROLES, Permission
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = pytest.mark.django_db
CANARY = "Pueblo Canario de Prueba"


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


@pytest.fixture
def code() -> str:
    return somebody()


def record(code: str, item: rules.ProtectedValue, since: date = TODAY, **other: object) -> int:
    values = {
        "by": BY,
        "person_code": code,
        "fact": item,
        "since": since,
        "source": "La propia persona",
        "today": TODAY,
    }
    return commands.record_protected(**(values | other))


def refused(act: Callable[[], object], **fields: str) -> None:
    before = (ProtectedFact.objects.count(), BiometricReference.objects.count(), Entry.objects.count())
    with pytest.raises(Refused) as refusal:
        act()
    for field, words in fields.items():
        assert words in refusal.value.fields[field], refusal.value.fields
    assert (ProtectedFact.objects.count(), BiometricReference.objects.count(), Entry.objects.count()) == before


def test_asked_and_none_is_not_the_same_as_not_asked(code: str) -> None:
    record(code, fact("pregnancy", answer="none", value=""))
    sheet = commands.look_at_protected(by=BY, person_code=code, purpose="health")
    assert sheet.present["pregnancy"].fact.answer == "none"
    assert sheet.present["disability"] is None
    assert set(sheet.present) == set(rules.ProtectedKind)


def test_a_new_answer_ends_the_one_before(code: str) -> None:
    first = record(code, fact(), date(2026, 1, 5))
    second = record(code, fact(value="Aimara", interpreter=True), date(2026, 6, 1))
    rows = list(ProtectedFact.objects.order_by("id").values_list("id", "valid_from", "valid_to"))
    assert rows == [(first, date(2026, 1, 5), date(2026, 6, 1)), (second, date(2026, 6, 1), None)]
    refused(lambda: record(code, fact(), date(2026, 2, 1)), since="posterior a esa fecha")


def test_every_reason_is_told_at_once(code: str) -> None:
    refused(
        lambda: record(code, fact(value=""), date(2027, 1, 1), source=" "),
        source="de dónde consta",
        since="posterior al día de hoy",
        value="lengua materna",
    )


def test_an_error_is_annulled_with_its_reason_and_stays(code: str) -> None:
    key = record(code, fact("community", value=CANARY))
    annul = {"by": BY, "person_code": code, "today": TODAY}
    refused(lambda: commands.annul_protected(fact_id=key, reason="", **annul), reason="motivo")
    commands.annul_protected(fact_id=key, reason="Era de otra persona", **annul)
    sheet = commands.look_at_protected(by=BY, person_code=code, purpose="record")
    assert sheet.present["community"] is None
    assert [row.annulled_reason for row in sheet.earlier] == ["Era de otra persona"]
    refused(lambda: commands.annul_protected(fact_id=key, reason="Otra vez", **annul))
    with pytest.raises(NotFound):
        commands.annul_protected(fact_id=key + 1, reason="x", **annul)


# Class and purpose ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(ROLES))
def test_protected_facts_open_and_are_written_by_their_class_alone(role: str, code: str) -> None:
    record(code, fact("community", value=CANARY))
    reader = at_piura(role)
    if Permission.VIEW_PROTECTED in ROLES[role].permissions:
        sheet = commands.look_at_protected(by=reader, person_code=code, purpose="placement")
        assert sheet.present["community"].fact.value == CANARY
    else:
        with pytest.raises(Forbidden):
            commands.look_at_protected(by=reader, person_code=code, purpose="placement")
    if Permission.EDIT_PROTECTED in ROLES[role].permissions:
        assert record(code, fact(), by=reader)
    else:
        with pytest.raises(Forbidden):
            record(code, fact(), by=reader)


def test_each_look_leaves_its_purpose_and_none_is_possible_without(code: str) -> None:
    for purpose in ("health", "order"):
        commands.look_at_protected(by=at_piura("health"), person_code=code, purpose=purpose)
    looks = Entry.objects.filter(act="register.protected_viewed").order_by("id")
    assert [(look.actor, look.reason, look.after) for look in looks] == [
        ("health de prueba", "Atención de salud", {"purpose": "health"}),
        ("health de prueba", "Orden judicial o fiscal", {"purpose": "order"}),
    ]
    for purpose in ("", "curiosity"):
        refused(lambda purpose=purpose: commands.look_at_protected(by=BY, person_code=code, purpose=purpose),
                purpose="para qué")  # fmt: skip


def test_outside_the_prison_nobody_exists(code: str) -> None:
    outside = make.reader_at("EP-TUMBES")
    with pytest.raises(NotFound):
        commands.look_at_protected(by=outside, person_code=code, purpose="health")
    with pytest.raises(NotFound):
        record(code, fact(), by=outside)


def test_what_a_fact_says_is_in_no_entry_no_list_and_no_search(code: str) -> None:
    record(code, fact("community", value=CANARY))
    record(code, fact("disability", value="sight", needs=CANARY))
    commands.look_at_protected(by=BY, person_code=code, purpose="record")
    told = json.dumps(
        [[entry.act, entry.reason, entry.before, entry.after] for entry in Entry.objects.all()], ensure_ascii=False
    )
    assert CANARY not in told and "disability" not in told and "sight" not in told
    with CaptureQueriesContext(connection) as seen:
        rows = list(queries.people_rows(BY, queries.PeopleFilters()))
        queries.person(BY, code, TODAY, with_sources=True)
    assert rows and CANARY not in str(rows)
    assert not [query for query in seen.captured_queries if "protectedfact" in query["sql"]]


# References -----------------------------------------------------------------------------------------------------------


def test_a_reference_is_a_code_and_never_an_image(code: str) -> None:
    add = {"by": BY, "person_code": code, "today": TODAY}
    good = BiometricData("AFIS de prueba", "right_thumb", "AFIS-000123", date(2026, 1, 2), 87)
    commands.add_biometric(data=good, **add)
    for text in ("data:image/png;base64,iVBORw0KGgo=", "4AAQSkZJRgABAQEAYABgAAD" * 200):
        refused(
            lambda text=text: commands.add_biometric(data=BiometricData("AFIS", "marks", text), **add),
            reference="nunca la imagen",
        )
    refused(
        lambda: commands.add_biometric(data=BiometricData("", "nose", "X1", date(2027, 1, 1), 101), **add),
        system="sistema",
        kind="qué identifica",
        taken_on="posterior",
        quality="0 a 100",
    )
    other = somebody(2)
    refused(lambda: commands.add_biometric(data=good, **{**add, "person_code": other}), reference="misma persona")
    assert acts(code)[-1] == "register.biometric_added"
    assert "AFIS-000123" not in str(Entry.objects.get(act="register.biometric_added").after)


def test_an_annulled_reference_may_be_given_to_the_right_person(code: str) -> None:
    other = somebody(2)
    data = BiometricData("AFIS de prueba", "right_thumb", "AFIS-000123")
    key = commands.add_biometric(by=BY, person_code=code, data=data, today=TODAY)
    annul = {"by": BY, "person_code": code, "biometric_id": key, "today": TODAY}
    refused(lambda: commands.annul_biometric(reason=" ", **annul), reason="motivo")
    commands.annul_biometric(reason="Era de otra persona", **annul)
    refused(lambda: commands.annul_biometric(reason="Otra vez", **annul))
    assert commands.add_biometric(by=BY, person_code=other, data=data, today=TODAY)


def test_the_sheet_tells_what_exists_and_keeps_codes_and_protected_parts_from_others(code: str) -> None:
    data = BiometricData("AFIS de prueba", "left_index", "AFIS-000777")
    commands.add_biometric(by=BY, person_code=code, data=data, today=TODAY)
    record(code, fact("disability", answer="none", value=""))
    seen = queries.identification(at_piura("registry"), code)
    assert {part for part, there in seen.parts.items() if there} == {"filiation", "fingerprints", "disability", "minor"}
    assert seen.biometrics[0].reference == "AFIS-000777"
    closed = queries.identification(at_piura("regional_office"), code)
    assert closed.parts["disability"] is None and closed.parts["community"] is None
    assert closed.parts["fingerprints"] is True
    assert (closed.biometrics[0].reference, closed.biometrics[0].system) == ("", "")

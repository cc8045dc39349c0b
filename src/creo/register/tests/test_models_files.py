"""The tables of files, protected facts and rights defend themselves: each constraint broken on purpose."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from creo.register.models import BiometricReference, Document, Person, ProtectedFact, RightsRequest
from creo.register.rules import ProtectedValue
from creo.register.tests import factories as make
from creo.register.tests.test_models import refused

pytestmark = pytest.mark.django_db
D = date(2026, 11, 2)
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.fixture
def who() -> Person:
    return make.person(1)


def document(who: Person, **other: object) -> Document:
    values: dict[str, object] = {
        "kind": "mandate",
        "access": "general",
        "title": "Mandato",
        "sha256": "a" * 64,
        "size": 10,
        "media": "pdf",
        "label": "mandato.pdf",
        "uploaded_by": "Alicia",
        "uploaded_at": NOW,
    }
    return Document.objects.create(person=who, **(values | other))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("document_kind_known", {"kind": "letter"}),
        ("document_access", {"access": "secret"}),
        ("document_medical_and_evaluations_apart", {"kind": "medical_report"}),
        ("document_medical_and_evaluations_apart", {"kind": "evaluations", "access": "general"}),
        ("document_medical_and_evaluations_apart", {"kind": "mandate", "access": "medical"}),
        ("document_media_known", {"media": "html"}),
        ("document_has_title", {"title": ""}),
        ("document_hash_form", {"sha256": "a" * 63}),
        ("document_not_empty", {"size": 0}),
        ("document_first_version_replaces_nothing", {"version": 2}),
        ("document_first_version_replaces_nothing", {"version": 0}),
        ("document_withdrawn_with_reason", {"withdrawn_on": D}),
        ("document_withdrawn_with_reason", {"withdrawn_reason": "x"}),
    ],
)
def test_a_document_says_only_what_can_be(name: str, values: dict[str, object], who: Person) -> None:
    document(who)
    refused(name, lambda: document(who, **values))


def test_a_document_is_replaced_once_and_not_by_itself(who: Person) -> None:
    first = document(who)
    second = document(who, replaces=first, version=2)
    refused("replaces", lambda: document(who, replaces=first, version=2))
    refused("document_first_version", lambda: document(who, replaces=second, version=1))
    refused("document_replaces_another", lambda: Document.objects.filter(pk=second.pk).update(replaces=second))


def fact(who: Person, **other: object) -> ProtectedFact:
    values: dict[str, object] = {
        "fact": ProtectedValue("language", "yes", "Quechua"),
        "valid_from": D,
        "source": "La persona",
        "recorded_by": "Alicia",
        "recorded_at": NOW,
    }
    return ProtectedFact.objects.create(person=who, **(values | other))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("protected_kind_known", {"kind": "religion"}),
        ("protected_says_something", {"said": ""}),
        ("protected_has_source", {"source": ""}),
        ("protected_not_ended_before_start", {"valid_to": date(2026, 11, 1)}),
        ("protected_annulled_is_closed", {"annulled_reason": "error"}),
    ],
)
def test_a_protected_fact_says_only_what_can_be(name: str, values: dict[str, object], who: Person) -> None:
    row = fact(who, valid_to=D)
    refused(name, lambda: ProtectedFact.objects.filter(pk=row.pk).update(**({"valid_to": None} | values)))


@pytest.mark.parametrize(
    "said",
    [
        ProtectedValue("language", "no", "Quechua"),
        ProtectedValue("language", "none", "Quechua"),
        ProtectedValue("children", "none", number=0),
        ProtectedValue("disability", "yes", ""),
        ProtectedValue("disability", "yes", "otra"),
        ProtectedValue("religion", "yes", "x"),
    ],
)
def test_what_the_database_cannot_see_the_row_refuses(said: ProtectedValue, who: Person) -> None:
    with pytest.raises(ValueError):
        fact(who, fact=said)
    assert not ProtectedFact.objects.exists()


def test_a_question_has_one_open_answer(who: Person) -> None:
    fact(who, valid_to=D)
    fact(who)
    fact(who, fact=ProtectedValue("community", "none"))
    refused("protected_one_open", lambda: fact(who))


def reference(who: Person, **other: object) -> BiometricReference:
    values: dict[str, object] = {
        "system": "AFIS",
        "kind": "right_thumb",
        "reference": "A-0001",
        "recorded_by": "Alicia",
        "recorded_at": NOW,
    }
    return BiometricReference.objects.create(person=who, **(values | other))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("biometric_kind_known", {"kind": "nose"}),
        ("biometric_has_words", {"system": ""}),
        ("biometric_has_words", {"reference": ""}),
        ("biometric_quality_is_a_share", {"quality": 101}),
        ("biometric_annulled_with_reason", {"annulled_on": D}),
        ("biometric_annulled_with_reason", {"annulled_reason": "x"}),
        ("biometric_reference_once", {}),
    ],
)
def test_a_reference_says_only_what_can_be(name: str, values: dict[str, object], who: Person) -> None:
    reference(who)
    refused(name, lambda: reference(who, **values))


def request(who: Person, **other: object) -> RightsRequest:
    values: dict[str, object] = {
        "year": 2026,
        "number": 1,
        "kind": "access",
        "asker": "person",
        "what": "Copia",
        "received_on": D,
        "due_on": date(2026, 11, 30),
    }
    return RightsRequest.objects.create(person=who, **(values | other))


ANSWER = {"state": "rejected", "assigned_to": "Jefa", "answered_on": D, "answer": "Razones"}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("right_number_once", {"number": 1}),
        ("right_numbers_from_one", {"number": 0}),
        ("right_kind_known", {"kind": "gift"}),
        ("right_", {"state": "lost"}),
        ("right_asker", {"asker": "press", "asker_name": "X"}),
        ("right_asker_named", {"asker": "lawyer"}),
        ("right_asker_named", {"asker_name": "Otra"}),
        ("right_says_what", {"what": ""}),
        ("right_due_after_received", {"due_on": D}),
        ("right_answered_whole", {"answer": "Razones"}),
        ("right_answered_whole", {**ANSWER, "answer": ""}),
        ("right_answered_whole", {**ANSWER, "answered_on": None}),
        ("right_answered_whole", {**ANSWER, "answered_on": date(2026, 11, 1)}),
        ("right_in_review_is_assigned", {"state": "in_review"}),
        ("right_in_review_is_assigned", {"assigned_to": "Jefa"}),
    ],
)
def test_a_request_says_only_what_can_be(name: str, values: dict[str, object], who: Person) -> None:
    request(who)
    refused(name, lambda: request(who, **{"number": 2, **values}))


def test_an_answered_request_is_whole(who: Person) -> None:
    assert request(who, **ANSWER).state == "rejected"

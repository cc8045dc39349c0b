"""The tables defend themselves: each constraint broken on purpose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from creo.register.models import (
    Custody,
    CustodyOffence,
    Identity,
    Movement,
    Offence,
    Person,
    PersonReference,
    Statement,
)
from creo.register.tests import factories as make

pytestmark = pytest.mark.django_db
D = date(2025, 1, 10)


def refused(name: str, act: Callable[[], object]) -> None:
    """The database refuses the act, naming the constraint where it can."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    text = str(error.value)
    assert name in text or "UNIQUE constraint failed" in text, text


def test_a_person_code_has_its_form_and_is_unique() -> None:
    make.person(1)
    refused("person_code_form", lambda: Person.objects.create(code="X-0000002"))
    refused("person_code_form", lambda: Person.objects.create(code="P-2"))
    refused("person_code", lambda: Person.objects.create(code="P-0000001"))


def test_nobody_is_merged_into_themselves() -> None:
    who = make.person(1)
    refused("person_not_merged_into_self", lambda: Person.objects.filter(pk=who.pk).update(merged_into=who))


def test_a_reference_is_one_person_in_each_source() -> None:
    first, second = make.person(1), make.person(2)
    PersonReference.objects.create(person=first, source="censo", reference="7")
    PersonReference.objects.create(person=second, source="otra", reference="7")
    refused("reference_once", lambda: PersonReference.objects.create(person=second, source="censo", reference="7"))
    refused("reference_not_empty", lambda: PersonReference.objects.create(person=second, source="censo", reference=""))


def test_a_source_says_one_thing_of_each_matter() -> None:
    who = make.person(1)
    Statement.objects.create(person=who, source="censo", kind="prior_effective", answer="yes")
    again = {"person": who, "source": "censo", "kind": "prior_effective"}
    refused("statement_once", lambda: Statement.objects.create(**again, answer="no"))
    refused("statement_not_empty", lambda: Statement.objects.create(person=who, source="censo", kind="x", answer=""))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("identity_sex_known", {"sex": "M"}),
        ("identity_document_fits_its_kind", {"document_kind": "brevete"}),
        ("identity_status_known", {"status": "perhaps"}),
        ("identity_document_fits_its_kind", {"document_kind": "none", "document_number": "12345678"}),
        ("identity_document_fits_its_kind", {"document_kind": "foreign", "document_number": ""}),
        ("identity_document_fits_its_kind", {"document_kind": "dni", "document_number": "1234567"}),
        ("identity_not_ended_before_start", {"valid_from": D, "valid_to": date(2025, 1, 9)}),
        ("identity_confirmed_has_names", {"given_names": ""}),
    ],
)
def test_an_identity_says_only_what_can_be(name: str, values: dict[str, object]) -> None:
    who = make.person(1)
    refused(name, lambda: make.identity(who, **values))


def test_a_person_has_one_present_identity_and_any_number_of_earlier_ones() -> None:
    who = make.person(1)
    make.identity(who, valid_to=D)
    make.identity(who, valid_to=D)
    make.identity(who)
    refused("identity_one_current", lambda: make.identity(who))


def test_two_people_are_not_confirmed_with_one_document() -> None:
    first, second, third = make.person(1), make.person(2), make.person(3)
    make.identity(first, document_number="00000077")
    make.identity(second, document_number="00000077", status="provisional")
    refused("identity_confirmed_dni_once", lambda: make.identity(third, document_number="00000077"))
    foreign = {"document_kind": "foreign", "document_number": "AB12345"}
    Identity.objects.filter(person=first).update(**foreign, nationality="VE")
    make.identity(third, **foreign, nationality="CO")
    refused(
        "identity_confirmed_foreign_once",
        lambda: Identity.objects.filter(person=third).update(nationality="VE"),
    )


@pytest.mark.parametrize("field", ["code", "law", "article", "title", "source"])
def test_an_offence_has_all_its_words(field: str) -> None:
    entry = make.offence("CP-189")
    refused("offence_has_words", lambda: Offence.objects.filter(pk=entry.pk).update(**{field: ""}))


def test_an_offence_ends_after_it_starts() -> None:
    entry = make.offence("CP-189")
    refused("offence_ends_after_start", lambda: Offence.objects.filter(pk=entry.pk).update(valid_to=entry.valid_from))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("custody_numbers_from_one", {"number": 0}),
        ("custody_not_released_before_admission", {"released_on": date(2025, 1, 9)}),
        ("custody_release_kind_needs_release", {"release_kind": "acquittal"}),
        ("custody_status_date_needs_status", {"legal_status": "", "legal_status_on": D}),
        ("custody_entry_kind_known", {"entry_kind": "visit"}),
        ("custody_release_kind_known", {"released_on": D, "release_kind": "fuga"}),
        ("custody_absence_known", {"absence": "visita", "absent_since": D}),
        ("custody_absence_fits_its_day", {"absence": "escort"}),
        ("custody_absence_fits_its_day", {"absent_since": D}),
        ("custody_absence_fits_its_day", {"absence": "hospital", "absent_since": date(2025, 1, 9)}),
        ("custody_absence_fits_its_day", {"absence": "hospital", "absent_since": D, "released_on": D}),
        ("custody_annulled_has_no_length", {"released_on": date(2025, 1, 11), "release_kind": "annulled"}),
        ("custody_legal_status_known", {"legal_status": "procesado"}),
    ],
)
def test_a_custody_says_only_what_can_be(name: str, values: dict[str, object]) -> None:
    who = make.person(1)
    values = {"number": 1, "admitted_on": D} | values
    refused(name, lambda: Custody.objects.create(person=who, **values))


def test_a_person_has_one_open_episode_and_each_number_once() -> None:
    who = make.person(1)
    make.custody(who, None, D, main="")
    refused("custody_one_open", lambda: Custody.objects.create(person=who, number=2, admitted_on=D))
    closed = {"admitted_on": D, "released_on": D}
    refused("custody_number_once", lambda: Custody.objects.create(person=who, number=1, **closed))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("movement_kind_known", {"sequence": 2, "kind": "visita"}),
        ("movement_begins_with_admission", {"sequence": 2, "kind": "admission"}),
        ("movement_begins_with_admission", {"sequence": 1, "kind": "release"}),
        ("movement_places_fit_its_kind", {"sequence": 2, "kind": "release", "to_facility": "EP-PIURA"}),
        (
            "movement_places_fit_its_kind",
            {"sequence": 2, "kind": "transfer", "from_facility": "EP-PIURA", "to_facility": "EP-PIURA"},
        ),
        *(
            ("movement_places_fit_its_kind", {"sequence": 2, "kind": kind, "to_facility": "EP-PIURA"})
            for kind in ("escort", "hospital", "exit_permit", "escape")
        ),
        ("movement_places_fit_its_kind", {"sequence": 2, "kind": "return", "from_facility": "EP-PIURA"}),
        ("movement_detail_fits_its_kind", {"sequence": 1, "kind": "admission", "detail": "acquittal"}),
        ("movement_detail_fits_its_kind", {"sequence": 2, "kind": "release", "detail": "mandate"}),
        ("movement_detail_fits_its_kind", {"sequence": 2, "kind": "release", "detail": "escape"}),
        ("movement_detail_fits_its_kind", {"sequence": 2, "kind": "escort", "detail": "mandate"}),
        ("movement_destination_only_outside", {"sequence": 2, "kind": "transfer", "destination": "Hospital"}),
        ("movement_hours_only_of_permits", {"sequence": 2, "kind": "hospital", "hours": 5}),
        ("movement_hours_only_of_permits", {"sequence": 2, "kind": "exit_permit", "hours": 0}),
        ("movement_annulled_with_reason", {"sequence": 2, "kind": "escape", "annulled": True}),
        ("movement_annulled_with_reason", {"sequence": 2, "kind": "escape", "annul_reason": "Error"}),
    ],
)
def test_a_movement_says_only_what_can_be(name: str, values: dict[str, object]) -> None:
    places = make.places()
    who = make.person(1)
    stay = Custody.objects.create(person=who, number=1, admitted_on=D, facility=places["EP-PIURA"])
    values = {key: places.get(str(value), value) for key, value in values.items()}
    refused(name, lambda: Movement.objects.create(custody=stay, on=D, **values))


def test_an_episode_has_each_step_once_and_one_release() -> None:
    stay = make.custody(make.person(1), None, D, D, main="")
    refused("movement_sequence_once", lambda: Movement.objects.create(custody=stay, sequence=2, kind="transfer", on=D))
    for kind in ("release", "escape"):
        refused("movement_one_exit", partial(Movement.objects.create, custody=stay, sequence=3, kind=kind, on=D))
    Movement.objects.filter(custody=stay, sequence=2).update(annulled=True, annul_reason="Error")
    Movement.objects.create(custody=stay, sequence=3, kind="escape", on=D)


def test_a_movement_of_another_system_is_stored_once() -> None:
    first = make.custody(make.person(1), None, D, main="")
    second = make.custody(make.person(2), None, D, main="")
    step = {"sequence": 2, "kind": "escort", "on": D, "source_key": "SIP-1"}
    Movement.objects.create(custody=first, **step)
    refused("movement_source_key_once", lambda: Movement.objects.create(custody=second, **step))
    assert Movement.objects.filter(source_key="").count() == 2


def test_bulk_rows_without_the_newer_columns_are_whole() -> None:
    stay = make.custody(make.person(1), None, D, main="")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO register_movement (custody_id, sequence, kind, \"on\") VALUES (%s, 2, 'escape', %s)",
            [stay.pk, D],
        )
    made = Movement.objects.get(sequence=2)
    assert (made.detail, made.note, made.source_key, made.annulled, made.late) == ("", "", "", False, False)


def test_an_episode_has_one_main_offence_and_each_offence_once() -> None:
    stay = make.custody(make.person(1), None, D)
    refused("offence_one_main", lambda: CustodyOffence.objects.create(custody=stay, offence=make.offence("CP-186")))
    again = {"custody": stay, "offence": make.offence("CP-189"), "is_main": False}
    refused("offence_once_per_custody", lambda: CustodyOffence.objects.create(**again))
    CustodyOffence.objects.create(custody=stay, offence=make.offence("CP-186"), is_main=False)

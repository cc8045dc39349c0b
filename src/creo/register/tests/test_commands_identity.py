from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from creo.register import commands, queries
from creo.register.models import Custody, Identity, Person, PersonReference, Statement
from creo.register.tests import factories as make
from creo.register.tests.acting import ENTRY, WHO, admit, course_of, refused
from creo.register.tests.factories import BY, TODAY, Cast
from creo.support.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make.cast()


def correct(code: str, reason: str = "Partida de nacimiento", **changes: object) -> None:
    commands.correct_identity(by=BY, person_code=code, changes=changes, reason=reason, today=TODAY)


def test_a_correction_keeps_what_was_and_asks_for_confirmation_again(cast: Cast) -> None:
    commands.confirm_identity(by=BY, person_code=cast.rosa, reason="Huellas")
    correct(cast.rosa, first_surname="Condori", birth_date=date(2002, 3, 14))
    file = queries.person(BY, cast.rosa, TODAY)
    assert (file.identity.first_surname, file.identity.status, file.identity.valid_from) == (
        "Condori",
        "provisional",
        TODAY,
    )
    assert [(row.first_surname, row.status, row.valid_to) for row in file.earlier] == [("Quispe", "confirmed", TODAY)]
    entry = Entry.objects.get(act="register.identity_corrected")
    assert entry.before == {"first_surname": "Quispe", "birth_date": "2003-03-14", "status": "confirmed"}
    assert entry.after == {"first_surname": "Condori", "birth_date": "2002-03-14", "status": "provisional"}
    assert entry.place == "EP-PIURA"


def test_a_correction_that_changes_nothing_writes_nothing(cast: Cast) -> None:
    before = Entry.objects.count()
    correct(cast.rosa, first_surname="Quispe")
    assert Entry.objects.count() == before
    assert queries.person(BY, cast.rosa, TODAY).earlier == ()


def test_a_correction_is_refused_when_it_cannot_be(cast: Cast) -> None:
    refused(lambda: correct(cast.rosa, "", birth_date=date(2030, 1, 1)), "motivo", "posterior al día de hoy")
    refused(lambda: correct(cast.rosa, birth_date=date(2026, 3, 15)), "anterior a la fecha de nacimiento")
    refused(lambda: correct(cast.rosa, document_number="00000012"), cast.luis)
    refused(lambda: correct(cast.rosa, document_number="1234567"), "ocho dígitos")


def test_two_corrections_on_one_day_leave_both_in_the_file(cast: Cast) -> None:
    correct(cast.rosa, given_names="Rosa María")
    correct(cast.rosa, given_names="Rosa Elena")
    file = queries.person(BY, cast.rosa, TODAY)
    assert file.identity.given_names == "Rosa Elena"
    assert sorted(row.given_names for row in file.earlier) == ["Rosa", "Rosa María"]


def test_an_identity_is_confirmed_when_complete(cast: Cast) -> None:
    commands.confirm_identity(by=BY, person_code=cast.rosa, reason="Huellas y RENIEC")
    assert queries.facts_for(BY, cast.rosa, TODAY).facts["identity_confirmed"] is True
    before = Entry.objects.count()
    commands.confirm_identity(by=BY, person_code=cast.rosa, reason="Otra vez")
    assert Entry.objects.count() == before


def test_an_identity_with_gaps_is_not_confirmed(cast: Cast) -> None:
    Identity.objects.filter(person__code=cast.rosa).update(birth_date=None, sex="")
    refused(
        lambda: commands.confirm_identity(by=BY, person_code=cast.rosa, reason=" "),
        "fecha de nacimiento",
        "sexo",
        "motivo",
    )


def test_two_people_are_not_confirmed_with_one_document(cast: Cast) -> None:
    commands.confirm_identity(by=BY, person_code=cast.luis, reason="Huellas")
    Identity.objects.filter(person__code=cast.rosa).update(document_number="00000012")
    refused(lambda: commands.confirm_identity(by=BY, person_code=cast.rosa, reason="Huellas"), cast.luis)


def merge(duplicate: str, into: str, reason: str = "Mismas huellas") -> None:
    commands.merge_people(by=BY, duplicate_code=duplicate, into_code=into, reason=reason, today=TODAY)


def test_merging_moves_episodes_and_counts_them_together(cast: Cast) -> None:
    file = queries.person(BY, cast.julia, TODAY)
    assert [(row.number, row.admitted_on.year) for row in file.custodies] == [(2, 2026), (1, 2019)]
    assert queries.facts_for(BY, cast.julia, TODAY).facts["admission_count"] == 2
    assert not Custody.objects.filter(person__code=cast.julia_duplicate).exists()
    assert not Identity.objects.filter(person__code=cast.julia_duplicate, valid_to=None).exists()
    assert course_of(cast.julia).admissions == 2


def test_merging_moves_references_and_what_sources_say(cast: Cast) -> None:
    pedro, ana = Person.objects.get(code=cast.pedro), Person.objects.get(code=cast.ana)
    PersonReference.objects.create(person=pedro, source="censo", reference="7")
    Statement.objects.create(person=pedro, source="censo", kind="prior_effective", answer="yes")
    Statement.objects.create(person=pedro, source="censo", kind="prior_suspended", answer="no")
    Statement.objects.create(person=ana, source="censo", kind="prior_suspended", answer="yes")
    Custody.objects.filter(person=pedro).update(admitted_on=date(2014, 1, 1), released_on=date(2015, 1, 1))
    Person.objects.filter(code=cast.pedro).update(died_on=None)
    merge(cast.pedro, cast.ana)
    assert PersonReference.objects.get(reference="7").person == ana
    assert sorted(ana.statements.values_list("kind", "answer")) == [
        ("prior_effective", "yes"),
        ("prior_suspended", "yes"),
    ]


def test_a_confirmed_duplicate_does_not_stop_the_confirmation_of_the_record_that_goes_on(cast: Cast) -> None:
    extra = admit(identity=replace(WHO, document_number="00000031"))
    commands.confirm_identity(by=BY, person_code=extra, reason="Huellas")
    commands.release(by=BY, person_code=extra, on=date(2026, 3, 20), kind="acquittal", reason="Orden", today=TODAY)
    twin = admit(replace(ENTRY, admitted_on=date(2026, 5, 1)), replace(WHO, document_number="00000032"))
    merge(extra, twin)
    correct(twin, document_number="00000031")
    commands.confirm_identity(by=BY, person_code=twin, reason="Huellas")
    assert queries.person(BY, twin, TODAY).identity.confirmed


def test_a_merge_of_a_merged_record_leads_all_codes_to_the_last(cast: Cast) -> None:
    commands.release(by=BY, person_code=cast.julia, on=date(2026, 2, 1), kind="acquittal", reason="Orden", today=TODAY)
    merge(cast.julia, cast.rosa)
    for code in (cast.julia, cast.julia_duplicate):
        assert queries.person_code_in_scope(BY, code) == cast.rosa
    assert queries.person(BY, cast.rosa, TODAY).admissions == 3


def test_two_who_cannot_be_one_are_not_merged(cast: Cast) -> None:
    refused(lambda: merge(cast.rosa, cast.luis), "episodio abierto")
    Custody.objects.filter(person__code=cast.pedro).update(admitted_on=date(2019, 1, 1), released_on=date(2020, 1, 1))
    refused(lambda: merge(cast.pedro, cast.ana, ""), "se cruzan", "motivo")
    refused(lambda: merge(cast.rosa, cast.rosa), "la misma")
    refused(lambda: merge(cast.julia_duplicate, cast.julia), "la misma")

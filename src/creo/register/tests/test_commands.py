from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from creo.register import commands, queries, rules
from creo.register.commands import IdentityData, OffenceData
from creo.register.models import Custody, CustodyOffence, Movement, Offence, Person
from creo.register.tests import factories as make
from creo.register.tests.acting import ENTRY, WHO, acts, admit, course_of, refused
from creo.register.tests.factories import BY, TODAY, Cast, reader_at
from creo.support.accounts.permissions import Permission
from creo.support.ledger import queries as ledger_queries
from creo.support.ledger import sealing
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make.cast()


# Admission ------------------------------------------------------------------------------------------------------------


def test_a_new_person_enters_with_a_provisional_identity_and_a_code() -> None:
    make.places()
    make.offence("CP-189")
    make.offence("CP-279-G")
    offences = (OffenceData("CP-189", True), OffenceData("CP-279-G"))
    code = admit(replace(ENTRY, offences=offences, legal_status="unsentenced", organised_crime=False))
    file = queries.person(BY, code, TODAY)
    assert (file.identity.status, file.identity.name) == ("provisional", "Quispe Ñaupari, Rosa")
    held = file.held
    assert held is not None
    assert (held.facility, held.mandate, held.number) == ("EP-PIURA", ENTRY.mandate, 1)
    assert [(row.code, row.is_main, row.attempt) for row in held.offences] == [
        ("CP-189", True, True),
        ("CP-279-G", False, None),
    ]
    assert acts(code) == ["register.person_admitted"]
    entry = Entry.objects.get(subject_code=code)
    assert (entry.place, entry.reason, entry.after["offences"]) == ("EP-PIURA", ENTRY.mandate, ["CP-189", "CP-279-G"])


def test_codes_follow_one_another() -> None:
    make.places()
    first = admit()
    second = admit(identity=replace(WHO, document_number="00000022"))
    assert int(second[2:]) == int(first[2:]) + 1
    assert [rules.person_code(who.pk) for who in Person.objects.order_by("pk")] == [first, second]


def test_an_admission_is_refused_with_every_reason_at_once() -> None:
    make.places()
    make.offence("CP-111")
    bad = replace(WHO, document_check="1", birth_date=TODAY + timedelta(1), sex="otro", nationality="Perú")
    entry = replace(
        ENTRY,
        admitted_on=TODAY + timedelta(2),
        mandate="  ",
        legal_status_on=TODAY,
        offences=(OffenceData("CP-111", True), OffenceData("CP-111")),
    )
    refusal = refused(
        lambda: admit(entry, bad),
        "dígito verificador",
        "nacimiento es posterior",
        "ingreso es posterior",
        "mandato judicial",
        "no se indicó cuál",
        "repetido",
        "no admite tentativa",
        "sexo [otro]",
        "dos letras",
    )
    assert {"document_number", "birth_date", "admitted_on", "mandate", "offence", "attempt"} <= set(refusal.fields)


def test_the_same_document_does_not_get_two_records(cast: Cast) -> None:
    refusal = refused(lambda: admit(identity=replace(WHO, document_number="00000011")), cast.rosa)
    assert "document_number" in refusal.fields
    foreign = replace(WHO, document_kind="foreign", document_number="AB12345", nationality="VE")
    first = admit(identity=foreign)
    refused(lambda: admit(identity=foreign), first)
    assert admit(identity=replace(foreign, nationality="CO")) != first


def test_somebody_without_document_or_name_may_enter() -> None:
    make.places()
    code = admit(identity=IdentityData())
    assert queries.person(BY, code, TODAY).identity.name == "Sin nombre registrado"
    refused(lambda: admit(identity=IdentityData(given_names="…")), "ninguna letra")


def test_somebody_who_comes_back_keeps_the_code(cast: Cast) -> None:
    assert queries.person(BY, cast.ana, TODAY).admissions == 2
    assert acts(cast.ana) == ["register.person_admitted", "register.person_released", "register.person_admitted"]
    assert course_of(cast.ana).admissions == 2


def test_nobody_has_two_open_episodes_nor_dates_that_cross(cast: Cast) -> None:
    refused(lambda: admit(code=cast.rosa, identity=None), "episodio abierto")
    commands.release(by=BY, person_code=cast.rosa, on=TODAY, kind="acquittal", reason="Orden", today=TODAY)
    refused(lambda: admit(replace(ENTRY, admitted_on=TODAY - timedelta(1)), None, cast.rosa), "se cruzan")
    assert admit(replace(ENTRY, admitted_on=TODAY), None, cast.rosa) == cast.rosa


def test_a_merged_or_deceased_person_is_not_admitted(cast: Cast) -> None:
    refused(lambda: admit(replace(ENTRY, admitted_on=TODAY), None, cast.pedro), "fallecida")
    refused(lambda: admit(replace(ENTRY, admitted_on=TODAY), None, cast.julia_duplicate), "se unió")
    with pytest.raises(NotFound):
        admit(ENTRY, None, "P-9999999")


def test_a_revocation_needs_an_earlier_episode(cast: Cast) -> None:
    refused(lambda: admit(replace(ENTRY, entry_kind="revocation")), "episodio anterior")
    commands.release(by=BY, person_code=cast.rosa, on=TODAY, kind="semi_liberty", reason="Orden", today=TODAY)
    admit(replace(ENTRY, admitted_on=TODAY, entry_kind="revocation"), None, cast.rosa)
    assert queries.facts_for(BY, cast.rosa, TODAY).facts["admission_count"] == 2
    with pytest.raises(ValueError, match="visita"):
        admit(replace(ENTRY, entry_kind="visita"))


def test_an_admission_happens_in_ones_own_prison(cast: Cast) -> None:
    with pytest.raises(Forbidden, match="EP-PIURA"):
        admit(by=cast.official_of_tumbes)
    code = admit(replace(ENTRY, facility_code="EP-TUMBES"), by=cast.official_of_tumbes)
    assert queries.person(cast.official_of_tumbes, code, TODAY).code == code
    with pytest.raises(Forbidden):
        admit(replace(ENTRY, facility_code="EP-NADA"))


def test_a_prison_receives_somebody_who_left_another(cast: Cast) -> None:
    commands.release(by=BY, person_code=cast.luis, on=TODAY, kind="acquittal", reason="Orden", today=TODAY)
    again = replace(ENTRY, facility_code="EP-TUMBES", admitted_on=TODAY)
    assert admit(again, None, cast.luis, by=cast.official_of_tumbes) == cast.luis


def test_a_new_person_and_a_code_together_are_a_fault_of_ours() -> None:
    make.places()
    with pytest.raises(TypeError):
        commands.admit(by=BY, admission=ENTRY, today=TODAY, identity=WHO, person_code="P-0000001")
    with pytest.raises(TypeError):
        commands.admit(by=BY, admission=ENTRY, today=TODAY)


# Episodes -------------------------------------------------------------------------------------------------------------


def transfer(
    code: str, origin: str, target: str, on: date = TODAY, by: object = BY, reason: str = "Resolución"
) -> None:
    commands.transfer(
        by=by, person_code=code, from_facility=origin, to_facility=target, on=on, reason=reason, today=TODAY
    )


def test_a_transfer_moves_the_person_and_is_no_admission(cast: Cast) -> None:
    transfer(cast.rosa, "EP-PIURA", "EP-TUMBES")
    course = course_of(cast.rosa)
    assert (course.place, course.admissions) == ("EP-TUMBES", 1)
    assert queries.facts_for(BY, cast.rosa, TODAY).facts["facility"] == "EP-TUMBES"
    entry = Entry.objects.filter(subject_code=cast.rosa).latest("id")
    assert (entry.act, entry.before, entry.after["facility"]) == (
        "register.person_transferred",
        {"facility": "EP-PIURA"},
        "EP-TUMBES",
    )


def test_a_transfer_and_its_annulment_stand_in_the_chains_of_both_prisons(cast: Cast) -> None:
    transfer(cast.rosa, "EP-PIURA", "EP-TUMBES", reason="Resolución 7")
    movement = Movement.objects.filter(custody__person__code=cast.rosa, kind="transfer").latest("id")
    commands.annul_movement(
        by=BY, person_code=cast.rosa, custody=movement.custody.number, sequence=movement.sequence, reason="Otra persona"
    )
    told = Entry.objects.filter(subject_code=cast.rosa).order_by("-id")[:4]
    assert [(entry.act, entry.place, entry.reason) for entry in reversed(told)] == [
        ("register.person_sent", "EP-PIURA", "Resolución 7"),
        ("register.person_transferred", "EP-TUMBES", "Resolución 7"),
        ("register.sending_annulled", "EP-PIURA", "Otra persona"),
        ("register.movement_annulled", "EP-TUMBES", "Otra persona"),
    ]
    sealing.seal_due()
    for entry in told:
        found = ledger_queries.proof(entry)
        assert found.sound and found.block is not None and found.block.chain == entry.place


def test_nobody_is_transferred_from_where_they_are_not(cast: Cast) -> None:
    refusal = refused(lambda: transfer(cast.luis, "EP-PIURA", "EP-TUMBES"), "no está en ese establecimiento")
    assert "from_facility" in refusal.fields


def test_a_transfer_is_refused_with_every_reason(cast: Cast) -> None:
    refused(
        lambda: transfer(cast.luis, "EP-TUMBES", "EP-NADA", date(2024, 2, 4), reason=" "),
        "no está en ese",
        "[EP-NADA] no existe",
        "anterior al ingreso",
        "motivo",
    )
    refused(lambda: transfer(cast.rosa, "EP-PIURA", "EP-PIURA"), "ya está")
    refused(lambda: transfer(cast.rosa, "EP-PIURA", "EP-TUMBES", TODAY + timedelta(1)), "posterior al día de hoy")
    refused(lambda: transfer(cast.pedro, "EP-PIURA", "EP-TUMBES"), "no está en custodia")


def test_a_prison_sends_its_people_anywhere_and_nobody_elses(cast: Cast) -> None:
    with pytest.raises(NotFound):
        transfer(cast.rosa, "EP-PIURA", "EP-TUMBES", by=cast.official_of_tumbes)
    transfer(cast.rosa, "EP-PIURA", "EP-AREQUIPA", by=cast.official_of_piura)
    with pytest.raises(NotFound):
        queries.person(cast.official_of_piura, cast.rosa, TODAY)


def release(code: str, on: date = TODAY, kind: str = "acquittal", by: object = BY, reason: str = "Orden") -> None:
    commands.release(by=by, person_code=code, on=on, kind=kind, reason=reason, today=TODAY)


def test_a_release_ends_the_episode_where_the_person_was(cast: Cast) -> None:
    release(cast.luis)
    custody = queries.person(BY, cast.luis, TODAY).custodies[0]
    assert (custody.released_on, custody.release_kind) == (TODAY, "acquittal")
    assert (custody.movements[-1].kind, custody.movements[-1].from_code) == ("release", "EP-AREQUIPA")
    assert not course_of(cast.luis).in_custody


def test_a_release_before_the_admission_or_of_another_kind_is_refused(cast: Cast) -> None:
    refused(lambda: release(cast.rosa, date(2026, 3, 13), "fuga", reason=""), "anterior al ingreso", "[fuga]", "motivo")
    refused(lambda: release(cast.rosa, TODAY + timedelta(1)), "posterior al día de hoy")
    refused(lambda: release(cast.pedro), "no está en custodia")
    with pytest.raises(NotFound):
        release(cast.rosa, by=cast.official_of_tumbes)


def test_a_death_in_custody_is_a_release(cast: Cast) -> None:
    release(cast.rosa, kind="death")
    assert Person.objects.get(code=cast.rosa).died_on == TODAY


def test_a_death_outside_is_recorded_once_and_after_the_release(cast: Cast) -> None:
    def death(code: str, on: date) -> None:
        commands.record_death(by=BY, person_code=code, on=on, reason="Acta", today=TODAY)

    refused(lambda: death(cast.pedro, TODAY), "ya está registrado")
    refused(lambda: death(cast.rosa, TODAY), "está en custodia")
    release(cast.luis, date(2026, 1, 1))
    refused(lambda: death(cast.luis, date(2025, 12, 31)), "anterior al último egreso")
    death(cast.luis, date(2026, 1, 1))
    assert Person.objects.get(code=cast.luis).died_on == date(2026, 1, 1)


def set_offence(
    code: str, offence: str, attempt: bool | None = None, by: object = BY, reason: str = "Sentencia"
) -> None:
    commands.set_main_offence(
        by=by, person_code=code, offence_code=offence, attempt=attempt, reason=reason, today=TODAY
    )


def test_the_main_offence_is_replaced_and_the_ledger_keeps_the_former(cast: Cast) -> None:
    set_offence(cast.rosa, "CP-170", True)
    assert queries.facts_for(BY, cast.rosa, TODAY).facts["main_article"] == "170"
    entry = Entry.objects.filter(subject_code=cast.rosa).latest("id")
    assert entry.before == {"offence": "CP-189", "attempt": False}
    assert entry.after == {"offence": "CP-170", "attempt": True}
    before = Entry.objects.count()
    set_offence(cast.rosa, "CP-170", True)
    assert Entry.objects.count() == before


def test_a_second_offence_may_become_the_main_one(cast: Cast) -> None:
    custody = Custody.objects.get(person__code=cast.rosa)
    CustodyOffence.objects.create(custody=custody, offence=make.offence("CP-186"), is_main=False)
    set_offence(cast.rosa, "CP-186")
    present = CustodyOffence.objects.filter(custody=custody, valid_to=None)
    assert list(present.values_list("offence__code", "is_main")) == [("CP-186", True)]


def test_a_main_offence_is_refused_when_it_cannot_be(cast: Cast) -> None:
    make.offence("CP-111")
    refused(lambda: set_offence(cast.rosa, "CP-111", True, reason=""), "no admite tentativa", "motivo")
    refused(lambda: set_offence(cast.rosa, "CP-0"), "no está en el catálogo")
    Offence.objects.filter(code="CP-298").update(valid_from=TODAY + timedelta(1))
    refused(lambda: set_offence(cast.rosa, "CP-298"), "todavía no rige")
    refused(lambda: set_offence(cast.pedro, "CP-298"), "no está en custodia")
    with pytest.raises(NotFound):
        set_offence(cast.rosa, "CP-170", by=cast.official_of_tumbes)


def set_status(code: str, status: str, on: date, hearing: date | None = None, reason: str = "Sentencia") -> None:
    commands.set_legal_status(
        by=BY, person_code=code, status=status, on=on, next_hearing_on=hearing, reason=reason, today=TODAY
    )


def test_the_legal_status_changes_with_its_day_and_hearing(cast: Cast) -> None:
    set_status(cast.rosa, "sentenced", date(2026, 10, 1), date(2027, 1, 15))
    found = queries.facts_for(BY, cast.rosa, TODAY)
    assert (found.facts["legal_status"], found.next_hearing_on) == ("sentenced", date(2027, 1, 15))
    assert Entry.objects.filter(subject_code=cast.rosa).latest("id").before["legal_status"] == "unsentenced"


def test_a_legal_status_is_refused_when_it_cannot_be(cast: Cast) -> None:
    refused(
        lambda: set_status(cast.rosa, "libre", TODAY + timedelta(1), TODAY, ""),
        "[libre] no existe",
        "posterior al día de hoy",
        "audiencia es anterior",
        "motivo",
    )
    refused(lambda: set_status(cast.rosa, "", TODAY), "Indique la situación")


# Catalogue, exports, permissions --------------------------------------------------------------------------------------


def test_the_catalogue_loads_once_and_corrects_what_changed() -> None:
    first = commands.load_offences(by=BY)
    assert len(first.added) == len(rules.catalogue()) == Offence.objects.count()
    entries = Entry.objects.count()
    second = commands.load_offences(by=BY)
    assert (second.added, second.changed, Entry.objects.count()) == ((), (), entries)
    Offence.objects.filter(code="CP-189").update(title="Otro")
    third = commands.load_offences(by=BY)
    assert third.changed == ("CP-189",)
    assert Offence.objects.get(code="CP-189").title == "Robo agravado"
    assert Offence.objects.get(code="CP-108").attempt_aliases


def test_an_offence_that_left_the_file_stays() -> None:
    commands.load_offences(by=BY)
    commands.load_offences(by=BY, entries=rules.catalogue()[:3])
    assert Offence.objects.count() == len(rules.catalogue())


def test_every_act_needs_its_permission(cast: Cast) -> None:
    looker = reader_at("EP-PIURA", permissions=frozenset({Permission.VIEW_PEOPLE}))
    for act in (
        lambda: admit(by=looker),
        lambda: commands.correct_identity(by=looker, person_code=cast.rosa, changes={}, reason="x", today=TODAY),
        lambda: commands.confirm_identity(by=looker, person_code=cast.rosa, reason="x"),
        lambda: commands.merge_people(by=looker, duplicate_code=cast.rosa, into_code=cast.ana, reason="x", today=TODAY),
        lambda: transfer(cast.rosa, "EP-PIURA", "EP-TUMBES", by=looker),
        lambda: release(cast.rosa, by=looker),
        lambda: set_offence(cast.rosa, "CP-170", by=looker),
        lambda: commands.load_offences(by=looker),
        lambda: commands.record_death(by=looker, person_code=cast.pedro, on=TODAY, reason="x", today=TODAY),
        lambda: commands.set_security_facts(
            by=looker, person_code=cast.rosa, organised_crime=None, extreme_security=None, reason="x"
        ),
        lambda: commands.set_legal_status(
            by=looker, person_code=cast.rosa, status="", on=TODAY, next_hearing_on=None, reason="x", today=TODAY
        ),
    ):
        with pytest.raises(Forbidden):
            act()


def set_security(code: str, crime: bool | None, security: bool | None, reason: str = "Acta 12 de la junta") -> None:
    commands.set_security_facts(
        by=BY, person_code=code, organised_crime=crime, extreme_security=security, reason=reason
    )


def test_the_facts_that_leave_somebody_out_are_completed_with_their_reason(cast: Cast) -> None:
    set_security(cast.rosa, None, None)
    set_security(cast.rosa, False, True)
    found = queries.facts_for(BY, cast.rosa, TODAY).facts
    assert (found["organised_crime"], found["extreme_security"]) == (False, True)
    entry = Entry.objects.filter(subject_code=cast.rosa).latest("id")
    assert (entry.act, entry.after) == (
        "register.security_facts_set",
        {"organised_crime": False, "extreme_security": True},
    )


def test_completing_with_the_same_facts_writes_nothing(cast: Cast) -> None:
    set_security(cast.rosa, True, None)
    before = Entry.objects.count()
    set_security(cast.rosa, True, None)
    assert Entry.objects.count() == before


def test_security_facts_need_a_reason_and_an_open_episode(cast: Cast) -> None:
    refused(lambda: set_security(cast.rosa, True, True, ""), "motivo")
    refused(lambda: set_security(cast.pedro, True, True), "no está en custodia")


def test_the_cast_holds_together(cast: Cast) -> None:
    for code in (cast.rosa, cast.luis, cast.ana, cast.pedro, cast.julia):
        file, course = queries.person(BY, code, TODAY), course_of(code)
        assert course.in_custody is (file.held is not None)
        assert course.place == (file.held.facility if file.held else None)
        assert course.admissions == file.admissions == len(file.custodies)

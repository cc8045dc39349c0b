"""The tables of the law defend themselves: each constraint broken on purpose."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from creo.register.models import (
    Custody,
    CustodyOffence,
    DetentionCredit,
    DetentionMandate,
    JudicialStatus,
    LegalStatusPeriod,
    Offence,
    OffenceFamilyPeriod,
    Sentence,
    SentenceOffence,
)
from creo.register.tests import factories as make
from creo.register.tests.test_models import refused

pytestmark = pytest.mark.django_db
D = date(2025, 1, 10)
EARLIER, LATER = date(2025, 1, 9), date(2025, 6, 1)


@pytest.fixture
def custody() -> Custody:
    return make.custody(make.person(1), None, main="")


def a_mandate(custody: Custody, **other: object) -> DetentionMandate:
    values: dict[str, Any] = {"court": "Juzgado de prueba", "case_number": "1-2025", "received_on": D}
    return DetentionMandate.objects.create(custody=custody, **(values | other))


def a_sentence(custody: Custody, **other: object) -> Sentence:
    values: dict[str, Any] = {
        "court": "Juzgado de prueba",
        "case_number": "1-2025",
        "issued_on": D,
        "years": 4,
        "months": 0,
        "days": 0,
    }
    return Sentence.objects.create(custody=custody, **(values | other))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("mandate_kind_known", {"kind": "arresto"}),
        ("mandate_has_words", {"court": ""}),
        ("mandate_has_words", {"case_number": ""}),
        ("mandate_received_after_issue", {"issued_on": LATER}),
        ("mandate_term_after_start", {"term_ends_on": D}),
        ("mandate_lifted_whole", {"lifted_on": LATER}),
        ("mandate_lifted_whole", {"lifted_on": LATER, "lift_kind": "revoked"}),
        ("mandate_lifted_whole", {"lift_kind": "revoked", "lift_reason": "Oficio"}),
        ("mandate_lifted_whole", {"lifted_on": EARLIER, "lift_kind": "revoked", "lift_reason": "Oficio"}),
        ("mandate_lift_kind_known", {"lifted_on": LATER, "lift_kind": "libre", "lift_reason": "Oficio"}),
    ],
)
def test_a_mandate_says_only_what_can_be(custody: Custody, name: str, values: dict[str, object]) -> None:
    refused(name, lambda: a_mandate(custody, **values))


def test_a_mandate_is_in_force_once_and_may_come_again_once_lifted(custody: Custody) -> None:
    first = a_mandate(custody)
    refused("mandate_in_force_once", lambda: a_mandate(custody))
    a_mandate(custody, case_number="2-2025")
    DetentionMandate.objects.filter(pk=first.pk).update(lifted_on=LATER, lift_kind="revoked", lift_reason="Oficio")
    a_mandate(custody)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("sentence_penalty_known", {"penalty": "multa"}),
        ("sentence_effect_known", {"effect": "plena"}),
        ("sentence_finality_known", {"finality": "casi"}),
        ("sentence_relation_known", {"relation": "junta"}),
        ("sentence_ended_whole", {"state": "borrada"}),
        ("sentence_has_words", {"court": ""}),
        ("sentence_has_words", {"case_number": ""}),
        ("sentence_term_whole", {"years": 0}),
        ("sentence_term_whole", {"months": None}),
        ("sentence_term_whole", {"penalty": "life"}),
        ("sentence_final_day_fits", {"final_on": D}),
        ("sentence_final_day_fits", {"final_on": D, "finality": "appealed"}),
        ("sentence_final_day_fits", {"final_on": EARLIER, "finality": "final"}),
        ("sentence_follows_another", {"relation": "consecutive"}),
        ("sentence_money_not_negative", {"civil_reparation": Decimal("-0.01")}),
        ("sentence_ended_whole", {"state": "annulled"}),
        ("sentence_ended_whole", {"state": "annulled", "ended_on": D}),
        ("sentence_ended_whole", {"state": "annulled", "ended_on": EARLIER, "end_reason": "Casación"}),
        ("sentence_ended_whole", {"state": "replaced", "ended_on": D, "end_reason": "Casación"}),
        ("sentence_ended_whole", {"ended_on": D, "end_reason": "Casación"}),
        ("sentence_ended_whole", {"state": "annulled", "end_reason": "Casación"}),
    ],
)
def test_a_sentence_says_only_what_can_be(custody: Custody, name: str, values: dict[str, object]) -> None:
    refused(name, lambda: a_sentence(custody, **values))


def test_a_sentence_of_unknown_length_or_for_life_has_no_parts(custody: Custody) -> None:
    nothing = {"years": None, "months": None, "days": None}
    a_sentence(custody, **nothing)
    a_sentence(custody, **nothing, penalty="life", case_number="2-2025")


def test_a_sentence_is_in_force_once(custody: Custody) -> None:
    first = a_sentence(custody)
    refused("sentence_in_force_once", lambda: a_sentence(custody))
    Sentence.objects.filter(pk=first.pk).update(state="annulled", ended_on=D, end_reason="Nulidad")
    a_sentence(custody)


def test_a_sentence_follows_one_other_and_is_followed_by_one(custody: Custody) -> None:
    first = a_sentence(custody)
    second = a_sentence(custody, case_number="2-2025", relation="consecutive", after=first)
    refused("sentence_follows_another", lambda: Sentence.objects.filter(pk=second.pk).update(after=second))
    refused("sentence_follows_another", lambda: Sentence.objects.filter(pk=second.pk).update(relation="concurrent"))
    refused(
        "sentence_one_follower",
        lambda: a_sentence(custody, case_number="3-2025", relation="consecutive", after=first),
    )
    replaced = {"state": "replaced", "ended_on": D, "end_reason": "Casación"}
    itself = Sentence.objects.filter(pk=second.pk)
    refused("sentence_ended_whole", lambda: itself.update(**replaced, replaced_by=second))
    refused("sentence_ended_whole", lambda: itself.update(**(replaced | {"state": "annulled"}), replaced_by=first))


def test_an_offence_is_once_in_a_sentence(custody: Custody) -> None:
    made, offence = a_sentence(custody), make.offence("CP-189")
    SentenceOffence.objects.create(sentence=made, offence=offence)
    refused("sentence_offence_once", lambda: SentenceOffence.objects.create(sentence=made, offence=offence))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("credit_holds_a_day", {"ends_on": EARLIER}),
        ("credit_has_source", {"source": ""}),
        ("credit_withdrawn_whole", {"withdrawn_on": LATER}),
        ("credit_withdrawn_whole", {"withdraw_reason": "Error"}),
        ("credit_once", {}),
    ],
)
def test_a_credit_says_only_what_can_be(custody: Custody, name: str, values: dict[str, Any]) -> None:
    made = a_sentence(custody)
    whole: dict[str, Any] = {"sentence": made, "starts_on": EARLIER, "ends_on": D, "source": "Constancia"}
    if name == "credit_once":
        DetentionCredit.objects.create(**whole)
    refused(name, lambda: DetentionCredit.objects.create(**(whole | values)))


def test_a_withdrawn_credit_leaves_its_days_free(custody: Custody) -> None:
    whole: dict[str, Any] = {"sentence": a_sentence(custody), "starts_on": EARLIER, "ends_on": D, "source": "Oficio"}
    DetentionCredit.objects.create(**whole, withdrawn_on=LATER, withdraw_reason="Error")
    DetentionCredit.objects.create(**whole)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("judicial_kind_known", {"kind": "peligroso"}),
        ("judicial_has_words", {"court": ""}),
        ("judicial_has_words", {"case_number": ""}),
        ("judicial_ended_whole", {"ended_on": LATER}),
        ("judicial_ended_whole", {"end_reason": "Nulidad"}),
        ("judicial_ended_whole", {"ended_on": EARLIER, "end_reason": "Nulidad"}),
        ("judicial_one_in_force", {"declared": False}),
    ],
)
def test_a_declaration_says_only_what_can_be(custody: Custody, name: str, values: dict[str, Any]) -> None:
    whole: dict[str, Any] = {
        "custody": custody,
        "kind": "recidivist",
        "declared": True,
        "court": "Juzgado",
        "case_number": "1-2025",
        "declared_on": D,
    }
    if name == "judicial_one_in_force":
        JudicialStatus.objects.create(**whole)
    refused(name, lambda: JudicialStatus.objects.create(**(whole | values)))


def test_a_past_status_has_its_days(custody: Custody) -> None:
    whole: dict[str, Any] = {"custody": custody, "status": "unsentenced", "valid_from": D, "valid_to": LATER}
    LegalStatusPeriod.objects.create(**whole)
    refused("status_period_known", lambda: LegalStatusPeriod.objects.create(**(whole | {"status": ""})))
    refused(
        "status_period_not_ended_before_start",
        lambda: LegalStatusPeriod.objects.create(**(whole | {"valid_to": EARLIER})),
    )


def test_closed_offences_leave_room_for_the_present_ones(custody: Custody) -> None:
    robbery = make.offence("CP-189")
    for _again in range(2):
        CustodyOffence.objects.create(custody=custody, offence=robbery, valid_from=D, valid_to=LATER)
    CustodyOffence.objects.create(custody=custody, offence=robbery)
    refused("offence_one_main", lambda: CustodyOffence.objects.create(custody=custody, offence=make.offence("CP-186")))
    refused(
        "offence_once_per_custody",
        lambda: CustodyOffence.objects.create(custody=custody, offence=robbery, is_main=False),
    )
    refused(
        "custody_offence_not_ended_before_start",
        lambda: CustodyOffence.objects.create(custody=custody, offence=robbery, valid_from=D, valid_to=EARLIER),
    )


def test_the_mapping_of_an_offence_has_its_days() -> None:
    entry = make.offence("CP-189")
    Offence.objects.filter(pk=entry.pk).update(family="")
    refused("offence_family_since_needs_family", lambda: Offence.objects.filter(pk=entry.pk).update(family_since=D))
    whole: dict[str, Any] = {"offence": entry, "family": "DRUGS", "valid_from": D, "valid_to": LATER, "reason": "Acta"}
    OffenceFamilyPeriod.objects.create(**whole)
    for name, wrong in (
        ("family_period_has_words", {"family": ""}),
        ("family_period_has_words", {"reason": ""}),
        ("family_period_not_ended_before_start", {"valid_to": EARLIER}),
    ):
        refused(name, lambda wrong=wrong: OffenceFamilyPeriod.objects.create(**(whole | wrong)))  # type: ignore[misc]

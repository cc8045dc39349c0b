"""The acts of courts: what they leave, what the ledger says, and everything they refuse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from creo.register import commands, queries, rules
from creo.register.commands import MandateData, OffenceData, SentenceData
from creo.register.models import (
    Custody,
    CustodyOffence,
    DetentionCredit,
    DetentionMandate,
    JudicialStatus,
    LegalStatusPeriod,
    Offence,
    Sentence,
)
from creo.register.tests import factories as make
from creo.register.tests import factories_law as law
from creo.register.tests.acting import acts, refused
from creo.register.tests.factories import BY, TODAY, Cast, reader_at
from creo.support.accounts.permissions import Permission
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound

pytestmark = pytest.mark.django_db
TABLES = (Sentence, DetentionMandate, DetentionCredit, JudicialStatus, CustodyOffence, LegalStatusPeriod)


@pytest.fixture
def cast() -> Cast:
    return make.cast()


def stays_refused(act: Callable[[], object], *words: str) -> None:
    """Refused with all of these reasons, and no row of the law is left."""
    before = [model.objects.count() for model in TABLES]
    refused(act, *words)
    assert [model.objects.count() for model in TABLES] == before


def last_entry(code: str) -> Entry:
    return Entry.objects.filter(subject_code=code).latest("id")


# Offences -------------------------------------------------------------------------------------------------------------


def add(code: str, offence: str, attempt: bool | None = None, on: date | None = None, reason: str = "Auto") -> None:
    commands.add_offence(
        by=BY, person_code=code, offence_code=offence, attempt=attempt, on=on, reason=reason, today=TODAY
    )


def close(code: str, offence: str, on: date | None = None, reason: str = "Auto") -> None:
    commands.close_offence(by=BY, person_code=code, offence_code=offence, on=on, reason=reason, today=TODAY)


def main(code: str, offence: str, on: date | None = None) -> None:
    commands.set_main_offence(
        by=BY, person_code=code, offence_code=offence, attempt=False, reason="Auto", today=TODAY, on=on
    )


def articles(code: str, as_of: date) -> tuple[object, object]:
    facts = queries.facts_for(BY, code, as_of).facts
    return facts["main_article"], facts["other_articles"]


def test_a_main_offence_that_changes_keeps_its_days(cast: Cast) -> None:
    main(cast.rosa, "CP-170", date(2026, 9, 1))
    assert articles(cast.rosa, date(2026, 8, 31))[0] == "189"
    assert articles(cast.rosa, date(2026, 9, 1))[0] == "170"
    rows = queries.legal_file(BY, cast.rosa, TODAY).episodes[0].offences
    assert [(row.code, row.valid_from, row.valid_to) for row in rows] == [
        ("CP-170", date(2026, 9, 1), None),
        ("CP-189", None, date(2026, 9, 1)),
    ]
    assert last_entry(cast.rosa).after["on"] == "2026-09-01"
    stays_refused(lambda: main(cast.rosa, "CP-186", date(2026, 8, 1)), "anterior al delito principal registrado")


def test_a_main_offence_that_was_wrong_never_held(cast: Cast) -> None:
    main(cast.rosa, "CP-170")
    for day in (date(2026, 3, 14), date(2026, 8, 31), TODAY):
        assert articles(cast.rosa, day)[0] == "170"
    wrong = queries.legal_file(BY, cast.rosa, TODAY).episodes[0].offences[1]
    assert (wrong.code, wrong.mistaken) == ("CP-189", True)


def test_other_offences_come_and_go_with_their_days(cast: Cast) -> None:
    add(cast.rosa, "CP-298", on=date(2026, 5, 1))
    add(cast.rosa, "CP-186")
    assert articles(cast.rosa, date(2026, 4, 30)) == ("189", "186")
    assert articles(cast.rosa, date(2026, 5, 1)) == ("189", "186, 298")
    close(cast.rosa, "CP-298", date(2026, 10, 1))
    close(cast.rosa, "CP-186")
    assert articles(cast.rosa, date(2026, 9, 30)) == ("189", "298")
    assert articles(cast.rosa, TODAY) == ("189", "ninguno")
    assert acts(cast.rosa)[-4:] == ["register.offences_changed"] * 4
    entry = last_entry(cast.rosa)
    assert entry.before == {"offences": ["CP-186", "CP-189"]}
    assert entry.after == {"offences": ["CP-189"], "closed": "CP-186"}
    add(cast.rosa, "CP-298")


def test_an_offence_that_becomes_the_main_one_stops_being_another(cast: Cast) -> None:
    add(cast.rosa, "CP-298")
    main(cast.rosa, "CP-298", date(2026, 9, 1))
    assert articles(cast.rosa, date(2026, 8, 31)) == ("189", "298")
    assert articles(cast.rosa, TODAY) == ("298", "ninguno")
    assert CustodyOffence.objects.filter(custody__person__code=cast.rosa, valid_to=None).count() == 1


def test_the_first_offence_of_an_episode_without_any_is_the_main_one(cast: Cast) -> None:
    CustodyOffence.objects.filter(custody__person__code=cast.rosa).delete()
    add(cast.rosa, "CP-298")
    assert articles(cast.rosa, TODAY) == ("298", "ninguno")


def test_offences_are_refused_when_they_cannot_be(cast: Cast) -> None:
    make.offence("CP-111")
    stays_refused(lambda: add(cast.rosa, "CP-189", reason=""), "ya tiene ese delito", "motivo")
    stays_refused(lambda: add(cast.rosa, "CP-111", True), "no admite tentativa")
    stays_refused(lambda: add(cast.rosa, "CP-186", on=date(2026, 3, 13)), "anterior al ingreso")
    stays_refused(lambda: add(cast.rosa, "CP-186", on=TODAY + timedelta(1)), "posterior al día de hoy")
    Offence.objects.filter(code="CP-186").update(valid_from=date(2026, 8, 1))
    stays_refused(lambda: add(cast.rosa, "CP-186", on=date(2026, 7, 31)), "todavía no rige")
    stays_refused(lambda: close(cast.rosa, "CP-189"), "delito principal")
    stays_refused(lambda: close(cast.rosa, "CP-298", reason=""), "no tiene ese delito", "motivo")
    stays_refused(lambda: add(cast.pedro, "CP-186"), "no está en custodia")


# Legal status ---------------------------------------------------------------------------------------------------------


def status(code: str, value: str, on: date, reason: str = "Sentencia") -> None:
    commands.set_legal_status(
        by=BY, person_code=code, status=value, on=on, next_hearing_on=None, reason=reason, today=TODAY
    )


def test_a_legal_status_passes_into_the_history(cast: Cast) -> None:
    status(cast.rosa, "sentenced", date(2026, 6, 1))
    assert queries.facts_for(BY, cast.rosa, date(2026, 5, 31)).facts["legal_status"] == "unsentenced"
    assert queries.facts_for(BY, cast.rosa, date(2026, 6, 1)).facts["legal_status"] == "sentenced"
    rows = queries.legal_file(BY, cast.rosa, TODAY).episodes[0].statuses
    assert [(row.status, row.valid_to) for row in rows] == [("sentenced", None), ("unsentenced", date(2026, 6, 1))]


def test_a_status_of_the_same_day_was_a_mistake_and_the_same_status_corrects_its_day(cast: Cast) -> None:
    status(cast.rosa, "sentenced", date(2026, 3, 14))
    assert queries.facts_for(BY, cast.rosa, date(2026, 3, 14)).facts["legal_status"] == "sentenced"
    status(cast.rosa, "sentenced", date(2026, 4, 1))
    assert Custody.objects.get(person__code=cast.rosa).legal_status_on == date(2026, 4, 1)
    assert LegalStatusPeriod.objects.count() == 1


def test_two_statuses_never_hold_the_same_day(cast: Cast) -> None:
    status(cast.rosa, "sentenced", date(2026, 6, 1))
    stays_refused(lambda: status(cast.rosa, "unsentenced", date(2026, 5, 1)), "no puede empezar antes")
    stays_refused(lambda: status(cast.rosa, "sentenced", date(2026, 5, 1)), "no puede empezar antes")


# Mandates -------------------------------------------------------------------------------------------------------------


def test_a_mandate_holds_until_it_is_lifted(cast: Cast) -> None:
    custody = Custody.objects.get(person__code=cast.rosa)
    assert queries.facts_for(BY, cast.rosa, TODAY).facts["mandates_in_force"] is None
    first = law.mandate(cast.rosa)
    second = law.mandate(cast.rosa, "2-2026", date(2026, 5, 1))
    assert [row.id for row in queries.open_mandates(custody.pk)] == [first, second]
    assert queries.open_mandates(custody.pk)[0].words == "1-2026, 1.º Juzgado de prueba"
    law.lift(cast.rosa, first, date(2026, 6, 1))
    assert [row.id for row in queries.open_mandates(custody.pk)] == [second]
    counts = [
        queries.facts_for(BY, cast.rosa, day).facts["mandates_in_force"]
        for day in (date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1))
    ]
    assert counts == [None, 1, 2, 1]
    assert acts(cast.rosa)[-3:] == ["register.mandate_recorded"] * 2 + ["register.mandate_lifted"]
    law.mandate(cast.rosa, on=date(2026, 7, 1))


def test_a_mandate_recorded_by_mistake_never_held(cast: Cast) -> None:
    law.lift(cast.rosa, law.mandate(cast.rosa), kind="error")
    assert queries.facts_for(BY, cast.rosa, date(2026, 5, 1)).facts["mandates_in_force"] is None


def test_a_mandate_is_refused_when_it_cannot_be(cast: Cast) -> None:
    law.mandate(cast.rosa)
    stays_refused(lambda: law.mandate(cast.rosa), "sigue vigente")
    wrong: dict[str, Any] = {"court": " ", "kind": "arresto", "term_ends_on": date(2026, 4, 1)}
    stays_refused(
        lambda: law.mandate(cast.rosa, "", issued_on=date(2026, 4, 2), **wrong),
        "Indique el juzgado",
        "expediente",
        "[arresto]",
        "su emisión",
        "vence antes",
    )
    stays_refused(lambda: law.mandate(cast.rosa, "3", TODAY + timedelta(1)), "posterior al día de hoy")
    stays_refused(lambda: law.mandate(cast.rosa, "3", date(2003, 3, 13)), "nacimiento")
    stays_refused(lambda: law.mandate(cast.pedro, "3", date(2024, 4, 5)), "necesita un nuevo ingreso")
    stays_refused(lambda: law.mandate(cast.ana, "3", episode=7), "no tiene ese episodio")
    law.mandate(cast.pedro, "3", date(2024, 4, 4))
    law.mandate(cast.ana, "3", date(2019, 1, 1), episode=1)


def test_a_mandate_is_lifted_once_with_its_reason(cast: Cast) -> None:
    key = law.mandate(cast.rosa)
    stays_refused(lambda: law.lift(cast.rosa, key, date(2026, 3, 31), "", ""), "por qué", "motivo", "llegada")
    law.lift(cast.rosa, key)
    stays_refused(lambda: law.lift(cast.rosa, key), "ya se levantó")
    with pytest.raises(NotFound):
        law.lift(cast.ana, key)


# Sentences ------------------------------------------------------------------------------------------------------------


def test_a_sentence_is_kept_as_the_court_wrote_it(cast: Cast) -> None:
    law.sentence(cast.rosa, day_fines=120, civil_reparation=Decimal("1500.50"), term=rules.Term(4, 6, 10))
    row = queries.legal_file(BY, cast.rosa, TODAY).sentences[0]
    assert (row.term, row.civil_reparation, row.day_fines) == (rules.Term(4, 6, 10), Decimal("1500.50"), 120)
    assert row.offences == (("art. 189 · Robo agravado", False),)
    entry = last_entry(cast.rosa)
    assert (entry.act, entry.place) == ("register.sentence_recorded", "EP-PIURA")
    assert entry.after["civil_reparation"] == "1500.50"
    assert entry.after["offences"] == ["CP-189"]


def test_a_sentence_may_be_older_than_the_admission(cast: Cast) -> None:
    law.sentence(cast.rosa, issued_on=date(2026, 1, 5), final_on=None, finality="appealed")
    assert queries.legal_file(BY, cast.rosa, TODAY).computation.provisional


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"court": "", "case": " "}, ("Indique el juzgado", "expediente judicial")),
        ({"issued_on": TODAY + timedelta(1), "final_on": None}, ("posterior al día de hoy",)),
        ({"issued_on": date(2003, 3, 13), "starts_on": date(2003, 3, 13)}, ("nacimiento",)),
        ({"final_on": date(2026, 5, 31)}, ("anterior a la sentencia",)),
        ({"finality": ""}, ("que la sentencia sea firme",)),
        ({"term": rules.Term()}, ("cero días",)),
        ({"term": rules.Term(-1)}, ("negativa",)),
        ({"term": rules.Term(0, 1500)}, ("pasa de 99",)),
        ({"penalty": "life"}, ("no lleva años",)),
        ({"penalty": "life", "term": None, "effect": "suspended"}, ("no puede estar suspendida",)),
        ({"penalty": "multa", "effect": "plena", "relation": "junta"}, ("[multa]", "[plena]", "[junta]")),
        ({"day_fines": -1, "civil_reparation": Decimal("1.005")}, ("días-multa", "reparación civil")),
        ({"civil_reparation": Decimal("-1")}, ("reparación civil",)),
        ({"civil_reparation": Decimal("NaN")}, ("reparación civil",)),
        ({"relation": "consecutive"}, ("a cuál sentencia",)),
        ({"relation": "concurrent", "after": 1}, ("indica a cuál sigue",)),
        ({"offences": (OffenceData("CP-189"), OffenceData("CP-189"))}, ("repetido",)),
        ({"offences": (OffenceData("CP-111", True),)}, ("no admite tentativa",)),
        ({"offences": (OffenceData("CP-108-B"),), "issued_on": date(2013, 7, 1)}, ("después de la sentencia",)),
        ({"offences": (OffenceData("CP-0"),)}, ("no está en el catálogo",)),
    ],
)
def test_a_sentence_that_cannot_be_is_refused(cast: Cast, values: dict[str, Any], words: tuple[str, ...]) -> None:
    make.offence("CP-111")
    make.offence("CP-108-B")
    stays_refused(lambda: law.sentence(cast.rosa, **values), *words)


def test_a_sentence_is_recorded_once_while_in_force(cast: Cast) -> None:
    key = law.sentence(cast.rosa)
    stays_refused(lambda: law.sentence(cast.rosa), "ya está registrada")
    law.annul(cast.rosa, key)
    law.sentence(cast.rosa)


def test_a_consecutive_sentence_follows_one_of_the_same_person_and_only_one_does(cast: Cast) -> None:
    first = law.sentence(cast.rosa)
    other = law.sentence(cast.ana)
    follow: dict[str, Any] = {"relation": "consecutive", "starts_on": None, "term": rules.Term(1)}
    stays_refused(lambda: law.sentence(cast.rosa, "11", after=other, **follow), "a cuál sentencia")
    second = law.sentence(cast.rosa, "11", after=first, **follow)
    stays_refused(lambda: law.sentence(cast.rosa, "12", after=first, **follow), "ya sigue a esa")
    life = law.sentence(cast.rosa, "13", penalty="life", term=None)
    stays_refused(lambda: law.sentence(cast.rosa, "14", after=life, **follow), "no tiene un final")
    file = queries.legal_file(BY, cast.rosa, TODAY)
    assert file.computation.of(second).end == date(2031, 6, 1)


def test_a_sentence_is_annulled_or_replaced_and_stays_in_sight(cast: Cast) -> None:
    first = law.sentence(cast.rosa)
    second = law.sentence(cast.rosa, "11", term=rules.Term(2))
    follow = law.sentence(cast.rosa, "12", relation="consecutive", after=first, starts_on=None, term=rules.Term(1))
    stays_refused(lambda: law.annul(cast.rosa, first, replaced_by=first, reason=""), "otra sentencia", "motivo")
    stays_refused(lambda: law.annul(cast.rosa, first, replaced_by=follow), "no puede reemplazarla")
    stays_refused(lambda: law.annul(cast.rosa, first, date(2026, 5, 31)), "anterior a la sentencia")
    law.annul(cast.rosa, first, date(2026, 9, 1), replaced_by=second)
    stays_refused(lambda: law.annul(cast.rosa, first), "ya no está vigente")
    file = queries.legal_file(BY, cast.rosa, TODAY)
    assert [row.state for row in file.sentences] == ["replaced", "in_force", "in_force"]
    assert file.computation.of(follow).end == date(2029, 6, 1)
    before = queries.facts_for(BY, cast.rosa, date(2026, 8, 31)).facts["effective_conviction_count"]
    assert (before, file.facts.convictions) == (3, 2)
    assert last_entry(cast.rosa).after["replaced_by"] == second
    with pytest.raises(NotFound):
        law.annul(cast.ana, second)


def test_detention_is_credited_once_and_may_be_withdrawn(cast: Cast) -> None:
    key = law.sentence(cast.rosa)
    credit = law.credit(cast.rosa, key, date(2026, 3, 14), date(2026, 5, 31))
    file = queries.legal_file(BY, cast.rosa, TODAY)
    assert file.sentences[0].credits[0].days == 79
    assert file.computation.end == date(2030, 6, 1) - timedelta(79)
    stays_refused(lambda: law.credit(cast.rosa, key, date(2026, 5, 31), date(2026, 5, 31)), "dos veces")
    stays_refused(
        lambda: law.credit(cast.rosa, key, date(2026, 1, 2), date(2026, 1, 1), ""), "anterior al primero", "Indique"
    )
    stays_refused(lambda: law.credit(cast.rosa, key, date(2026, 6, 1), date(2026, 6, 2)), "ya se cuenta")
    stays_refused(lambda: law.credit(cast.rosa, key, date(2003, 1, 1), date(2003, 1, 2)), "nacimiento")

    def withdraw(person: str = cast.rosa, reason: str = "Error") -> None:
        commands.withdraw_credit(by=BY, person_code=person, credit_id=credit, on=TODAY, reason=reason, today=TODAY)

    stays_refused(lambda: withdraw(reason=""), "motivo")
    withdraw()
    stays_refused(withdraw, "ya se retiró")
    assert queries.legal_file(BY, cast.rosa, TODAY).computation.end == date(2030, 6, 1)
    law.credit(cast.rosa, key, date(2026, 3, 14), date(2026, 5, 31))
    assert acts(cast.rosa)[-3:] == [
        "register.detention_credited",
        "register.credit_withdrawn",
        "register.detention_credited",
    ]
    with pytest.raises(NotFound):
        withdraw(cast.ana)
    law.annul(cast.rosa, key)
    stays_refused(lambda: law.credit(cast.rosa, key, date(2026, 1, 1), date(2026, 1, 2)), "ya no está vigente")


# Declarations ---------------------------------------------------------------------------------------------------------


def test_a_declaration_is_a_fact_by_itself_until_it_ends(cast: Cast) -> None:
    law.sentence(cast.rosa)
    key = law.declare(cast.rosa)
    law.declare(cast.rosa, "habitual", declared=False)
    found = queries.facts_for(BY, cast.rosa, TODAY)
    assert (found.facts["recidivist"], found.facts["habitual"]) == (True, False)
    assert found.evidence["recidivist"] == "declarado reincidente por un juzgado"
    assert queries.facts_for(BY, cast.rosa, date(2026, 5, 31)).facts["recidivist"] is None
    stays_refused(lambda: law.declare(cast.rosa), "vigente")

    def end(on: date = date(2026, 9, 1), person: str = cast.rosa, reason: str = "Casación") -> None:
        commands.end_judicial_status(by=BY, person_code=person, declaration_id=key, on=on, reason=reason, today=TODAY)

    stays_refused(lambda: end(date(2026, 5, 31), reason=""), "anterior a la declaración", "motivo")
    with pytest.raises(NotFound):
        end(person=cast.ana)
    end()
    stays_refused(end, "ya no rige")
    assert queries.facts_for(BY, cast.rosa, date(2026, 8, 31)).facts["recidivist"] is True
    assert queries.facts_for(BY, cast.rosa, TODAY).facts["recidivist"] is None
    law.declare(cast.rosa)


def test_a_declaration_is_never_worked_out_from_sentences(cast: Cast) -> None:
    law.sentence(cast.ana, "1", episode=1, issued_on=date(2019, 1, 1), final_on=date(2019, 2, 1), starts_on=None)
    law.sentence(cast.ana, "2")
    found = queries.facts_for(BY, cast.ana, TODAY).facts
    assert (found["effective_conviction_count"], found["recidivist"], found["habitual"]) == (2, None, None)


def test_a_declaration_is_refused_when_it_cannot_be(cast: Cast) -> None:
    stays_refused(
        lambda: law.declare(cast.rosa, "peligroso", case="", on=TODAY + timedelta(1), court="", reason=""),
        "[peligroso]",
        "juzgado",
        "expediente",
        "posterior",
        "motivo",
    )


# Who may --------------------------------------------------------------------------------------------------------------


def test_every_act_needs_its_permission_and_its_place(cast: Cast) -> None:
    key, mandate = law.sentence(cast.rosa), law.mandate(cast.rosa)
    credit, declaration = law.credit(cast.rosa, key, date(2026, 1, 1), date(2026, 1, 2)), law.declare(cast.rosa)
    common: dict[str, Any] = {"person_code": cast.rosa, "today": TODAY}
    reason = {"reason": "x"}
    every: list[tuple[Callable[..., object], dict[str, Any]]] = [
        (commands.add_offence, {"offence_code": "CP-186", "attempt": None, "on": None, **reason}),
        (commands.close_offence, {"offence_code": "CP-186", "on": None, **reason}),
        (commands.record_mandate, {"mandate": MandateData("J", "9", TODAY), **reason}),
        (commands.lift_mandate, {"mandate_id": mandate, "on": TODAY, "kind": "revoked", **reason}),
        (commands.record_sentence, {"sentence": SentenceData("J", "9", TODAY), **reason}),
        (commands.annul_sentence, {"sentence_id": key, "on": TODAY, **reason}),
        (commands.credit_detention, {"sentence_id": key, "first_day": TODAY, "last_day": TODAY, "source": "x"}),
        (commands.withdraw_credit, {"credit_id": credit, "on": TODAY, **reason}),
        (
            commands.declare_judicial_status,
            {"kind": "habitual", "declared": True, "court": "J", "case_number": "9", "on": TODAY, **reason},
        ),
        (commands.end_judicial_status, {"declaration_id": declaration, "on": TODAY, **reason}),
    ]
    looker = reader_at("EP-PIURA", permissions=frozenset({Permission.VIEW_PEOPLE}))
    for act, values in every:
        with pytest.raises(Forbidden):
            act(by=looker, **common, **values)
        with pytest.raises(NotFound):
            act(by=cast.official_of_tumbes, **common, **values)

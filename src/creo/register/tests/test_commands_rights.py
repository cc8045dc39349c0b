"""Requests about their own data: numbers without gaps, deadlines of the law, no step that the table does not draw."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from creo.kernel.calendar import WorkingCalendar
from creo.register import commands, queries, rules
from creo.register.commands import RequestData
from creo.register.models import RightsRequest
from creo.register.queries import RequestFilters
from creo.register.tests import factories as make
from creo.register.tests import factories_files as files
from creo.register.tests.factories import BY, TODAY
from creo.register.tests.factories_files import ask, at_piura, somebody
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = pytest.mark.django_db
RECEIVED = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


@pytest.fixture
def code() -> str:
    return somebody()


def refused(what: Callable[[], object], /, **fields: str) -> Refused:
    before = (list(RightsRequest.objects.values_list("number", "state")), Entry.objects.count())
    with pytest.raises(Refused) as refusal:
        what()
    for field, words in fields.items():
        assert words in refusal.value.fields[field], refusal.value.fields
    assert (list(RightsRequest.objects.values_list("number", "state")), Entry.objects.count()) == before
    return refusal.value


def assign(number: str) -> None:
    commands.assign_request(by=BY, number=number, assigned_to="Jefe de Registro")


def answer(
    number: str, act: str = "reject", on: date = TODAY, entry: int | None = None, words: str = "Razones"
) -> None:
    commands.answer_request(by=BY, number=number, act=act, answer=words, on=on, entry_id=entry, today=TODAY)


def correct(code: str) -> int:
    """Corrects the identity and returns the entry of that act."""
    commands.correct_identity(
        by=BY, person_code=code, changes={"second_surname": "Ñaupa"}, reason="Solicitud", today=TODAY
    )
    return Entry.objects.filter(act="register.identity_corrected").latest("id").pk


def row(number: str) -> queries.RequestRow:
    year, place = rules.read_request_number(number)
    return queries.rights_request(BY, year, place, TODAY)[1]


# Filing ---------------------------------------------------------------------------------------------------------------


def test_a_request_gets_the_next_number_of_its_year_and_the_deadline_of_its_norm(code: str) -> None:
    assert [ask(code), ask(code), ask(code, date(2025, 12, 30)), ask(code)] == [
        "2026-0001",
        "2026-0002",
        "2025-0001",
        "2026-0003",
    ]
    assert row("2026-0001").due_on == WorkingCalendar.peru().add_working_days(RECEIVED, 20) == date(2026, 11, 30)
    assert row(ask(code, kind="information")).due_on == date(2026, 11, 12)
    assert row("2026-0001").days_left == 5


def test_a_refused_request_takes_no_number(code: str) -> None:
    ask(code)
    refused(lambda: ask(code, date(2027, 1, 4)), received_on="posterior")
    assert ask(code) == "2026-0002"


def test_every_reason_is_told_at_once(code: str) -> None:
    other = somebody(2)
    paper = files.add(other)
    bad = RequestData("gift", " ", date(2027, 1, 1), "lawyer", "", paper)
    refused(
        lambda: commands.file_request(by=BY, person_code=code, data=bad, today=TODAY),
        kind="qué pide",
        what="qué pide la persona",
        received_on="posterior",
        asker_name="nombre",
        evidence="no es de esta persona",
    )
    refused(lambda: ask(code, asker="person", asker_name="Otra"), asker_name="deje vacío")
    refused(lambda: ask(code, date(2020, 1, 2), kind="access"), received_on="Ninguna norma")


def test_what_was_asked_and_answered_is_not_in_the_ledger(code: str) -> None:
    number = ask(code)
    assign(number)
    answer(number, words="Razones reservadas")
    told = str(list(Entry.objects.filter(act__startswith="register.request").values_list("before", "after")))
    assert "apellido" not in told and "reservadas" not in told
    assert "2026-0001" in told


# Answering ------------------------------------------------------------------------------------------------------------


def test_a_rectification_is_accepted_with_the_act_that_corrected(code: str) -> None:
    number = ask(code)
    assign(number)
    refused(lambda: answer(number, "accept"), entry="hágalo primero")
    before_it_came = Entry.objects.filter(subject_code=code).first()
    refused(lambda: answer(number, "accept", entry=before_it_came.pk), entry="no es de esta persona")
    entry = correct(code)
    refused(lambda: answer(number, "accept", on=date(2026, 11, 20), entry=entry), on="anterior al acto")
    answer(number, "accept", entry=entry)
    found = row(number)
    assert (found.state, found.answer_entry, found.late, found.days_left) == ("accepted", entry, False, None)
    after = Entry.objects.get(act="register.request_answered").after
    assert (after["entry"], after["late"], after["state"]) == (entry, False, "accepted")


def test_an_act_on_somebody_else_corrects_nothing(code: str) -> None:
    number, other = ask(code), somebody(2)
    assign(number)
    entry = correct(other)
    refused(lambda: answer(number, "accept_partly", entry=entry), entry="no es de esta persona")


def test_an_answer_after_the_deadline_is_marked(code: str) -> None:
    number = ask(code, date(2026, 10, 1))
    assert row(number).late and row(number).days_left < 0
    assign(number)
    answer(number)
    assert row(number).late and Entry.objects.get(act="register.request_answered").after["late"]


def test_an_answer_has_its_reasons_and_a_possible_day(code: str) -> None:
    number = ask(code)
    refused(lambda: answer(number))
    assign(number)
    refused(lambda: answer(number, words=" "), answer="razones")
    refused(lambda: answer(number, on=date(2026, 11, 1)), on="anterior a la solicitud")
    refused(lambda: answer(number, on=date(2026, 11, 24)), on="posterior")
    refused(lambda: answer(number, "assign"), act="respuesta")
    refused(lambda: answer(number, "forget"), act="respuesta")


@given(st.lists(st.sampled_from([*rules.RightAct]), max_size=7))
def test_any_sequence_of_acts_follows_the_table_and_the_database_agrees(steps: list[str]) -> None:
    from django.db import transaction

    with transaction.atomic():
        code = somebody()
        number, state = ask(code, kind="opposition"), "received"
        for step in steps:
            wanted = rules.next_state(state, step)
            try:
                if step == rules.RightAct.ASSIGN:
                    assign(number)
                else:
                    answer(number, step)
            except Refused:
                assert wanted is None, (state, step)
            else:
                assert wanted is not None, (state, step)
                state = wanted
            found = RightsRequest.objects.get()
            assert found.state == state
            assert (found.answered_on is not None) == (state in rules.ANSWERED)
        transaction.set_rollback(True)


# The list -------------------------------------------------------------------------------------------------------------


def test_the_list_is_by_deadline_and_tells_late_ones(code: str) -> None:
    soon, late, far = ask(code, date(2026, 10, 28)), ask(code, date(2026, 10, 1)), ask(code, date(2026, 11, 20))
    done = ask(code, date(2026, 9, 1))
    assign(done)
    answer(done)

    def listed(**filters: str) -> list[str]:
        return [item.number for item in queries.requests_page(BY, RequestFilters(**filters), TODAY).rows]

    assert listed() == [late, soon, far]
    assert listed(situation=queries.REQUESTS_LATE) == [late]
    assert listed(situation=queries.REQUESTS_ANSWERED) == [done]
    assert listed(situation=queries.REQUESTS_ALL) == [done, late, soon, far]
    assert listed(kind="access") == []
    assert listed(facility="EP-TUMBES") == []
    assert listed(facility="EP-PIURA") == [late, soon, far]
    assert [item.number for item in queries.request_rows(BY, RequestFilters(), TODAY)] == [late, soon, far]
    assert queries.requests_count(BY, RequestFilters(), TODAY) == 3


def test_a_prison_handles_the_requests_of_its_people_alone(code: str) -> None:
    number = ask(code)
    here, outside = at_piura("registry"), make.reader_at("EP-TUMBES")
    assert queries.requests_count(here, RequestFilters(), TODAY) == 1
    assert queries.requests_count(outside, RequestFilters(), TODAY) == 0
    for act in (
        lambda: queries.rights_request(outside, 2026, 1, TODAY),
        lambda: commands.assign_request(by=outside, number=number, assigned_to="x"),
        lambda: queries.requests_of(outside, code, TODAY),
        lambda: commands.assign_request(by=BY, number="2026-0099", assigned_to="x"),
        lambda: commands.assign_request(by=BY, number="otra cosa", assigned_to="x"),
    ):
        with pytest.raises(NotFound):
            act()
    for role in ("treatment_body", "health", "technical_lead", "auditor"):
        with pytest.raises(Forbidden):
            queries.requests_page(at_piura(role), RequestFilters(), TODAY)


# The copy -------------------------------------------------------------------------------------------------------------


def test_a_copy_handed_over_says_to_whom_when_and_which(code: str) -> None:
    hand = {"by": BY, "person_code": code, "sha256": "a" * 64, "today": TODAY}
    commands.deliver_own_file(receiver="lawyer", receiver_name="Abogada de prueba", on=TODAY, **hand)
    (found,) = queries.own_file_deliveries(code)
    told = {"receiver": "lawyer", "name": "Abogada de prueba", "on": "2026-11-23", "sha256": "a" * 64}
    assert {name: found.after[name] for name in told} == told and str(found.after["number"]).startswith("D-")
    refused(
        lambda: commands.deliver_own_file(receiver="family", receiver_name="", on=date(2027, 1, 1), **hand),
        receiver_name="nombre",
        on="posterior",
    )
    refused(
        lambda: commands.deliver_own_file(receiver="press", receiver_name="X", on=TODAY, **hand),
        receiver="quién recibe",
    )

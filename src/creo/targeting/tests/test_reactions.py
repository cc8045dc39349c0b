"""When the register announces a change, the person is answered again, and their board is asked what must be decided."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from creo.register import commands as register
from creo.register import rules as register_rules
from creo.register.tests import factories as register_make
from creo.support import clock
from creo.support.accounts.models import RoleGrant
from creo.support.accounts.tests.factories import user
from creo.support.announcements import commands as announcements
from creo.support.announcements import outbox
from creo.support.announcements.models import Delivery, InboxItem
from creo.support.announcements.news import wired
from creo.support.ledger import commands as ledger
from creo.support.ledger.models import Entry
from creo.support.refusals import NotFound
from creo.support.ui import formats
from creo.targeting import commands, queries, rules
from creo.targeting.models import Enrolment, Reevaluation
from creo.targeting.tests import factories as make
from creo.targeting.tests.factories import BY, TODAY

pytestmark = pytest.mark.django_db
TOMORROW = date(2026, 11, 24)
CODE = "P-0000001"


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(datetime(2026, 11, 23, 18, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def crowd() -> dict[str, str]:
    """People for every answer, and the design in force."""
    make.creo_in_force()
    return make.crowd()


@pytest.fixture
def enrolled(crowd: dict[str, str]) -> str:
    """Somebody of Piura, enrolled."""
    commands.enrol(by=BY, person_code=crowd["eligible"], on=date(2026, 11, 1))
    return crowd["eligible"]


def transfer(code: str, start: str = "EP-PIURA", end: str = "EP-TUMBES") -> None:
    """Moves somebody today."""
    register.transfer(
        by=BY, person_code=code, from_facility=start, to_facility=end, on=TODAY, reason="Resolución 1", today=TODAY
    )


def correct(code: str, **changes: Any) -> None:
    """Corrects an identity."""
    register.correct_identity(by=BY, person_code=code, changes=changes, reason="Acta", today=TODAY)


@ledger.command(permission=None)
def announce(*, by: Any, act: str, code: str) -> None:
    """The ledger entry of an act of the register, for acts that are slow to set up."""
    ledger.record(act=act, subject=("person", code), place="EP-PIURA")


def questions(**narrowed: Any) -> list[tuple[str, str, str]]:
    """Subject, what about, and place of each question."""
    rows = InboxItem.objects.filter(topic="targeting.enrolment", **narrowed).order_by("id")
    return [(row.subject_code, row.key.split(":")[4], row.place) for row in rows]


def answers() -> list[tuple[str, int, int | None, str]]:
    """Person, outcome, outcome before and cause of each re-evaluation."""
    rows = Reevaluation.objects.order_by("id")
    return [(row.person_id, row.outcome, row.previous, row.cause_act) for row in rows]


# Answers --------------------------------------------------------------------------------------------------------------


def test_a_correction_changes_the_answer_and_says_what_it_was_and_why(crowd: dict[str, str]) -> None:
    commands.run(by=BY, as_of=TODAY)
    correct(crowd["eligible"], birth_date=date(1980, 1, 1))
    assert announcements.deliver_all().done == 1
    (row,) = Reevaluation.objects.all()
    assert (row.person_id, row.outcome, row.previous) == (crowd["eligible"], 0, 2)
    assert (row.cause_act, row.as_of, row.in_custody) == ("register.identity_corrected", TODAY, True)
    verdict = queries.verdict_from(row.verdict)
    assert verdict.failed
    entry = Entry.objects.get(act="targeting.reevaluated")
    assert (entry.before, entry.after["outcome"], entry.reason) == ({"outcome": 2}, 0, "Corrección de identidad")


def test_after_a_transfer_the_old_prison_keeps_its_answers_and_is_told_no_newer_one(enrolled: str) -> None:
    commands.run(by=BY, as_of=TODAY)
    at = {code: make.reader_at("treatment_body", code) for code in ("EP-PIURA", "EP-TUMBES")}
    correct(enrolled, given_names="Otra")
    announcements.deliver_all()
    transfer(enrolled)
    announcements.deliver_all()
    correct(enrolled, birth_date=date(1980, 1, 1))
    announcements.deliver_all()
    made = Reevaluation.objects.order_by("id").values_list("cause_act", "facility__code", "outcome")
    assert list(made) == [
        ("register.identity_corrected", "EP-PIURA", 1),
        ("register.person_transferred", "EP-TUMBES", 1),
        ("register.identity_corrected", "EP-TUMBES", 0),
    ]

    def listed(place: str) -> list[str]:
        every = queries.reevaluations_page(at[place], queries.ReevaluationFilters(queries.EVERY)).rows
        return sorted({row.facility for row in every})

    def shown(reader: Any) -> tuple[str, str]:
        (row,) = queries.enrolments_page(reader, queries.EnrolmentFilters(), TODAY).rows
        assert row.again is not None
        return row.again.facility, str(row.again.result)

    assert (listed("EP-PIURA"), listed("EP-TUMBES")) == (["EP-PIURA"], ["EP-TUMBES"])
    assert shown(at["EP-PIURA"])[0] == "EP-PIURA", "the answer that it was told while it held the person"
    assert shown(BY)[0] == "EP-TUMBES"
    assert shown(at["EP-PIURA"])[1] != shown(BY)[1]
    latest = queries.run(BY, queries.latest_number(BY))
    told = {
        place: next(
            row for row in queries.results_page(reader, latest, queries.ResultFilters()).rows if row.code == enrolled
        )
        for place, reader in {"EP-PIURA": at["EP-PIURA"], "": BY}.items()
    }
    assert {place: row.again and row.again.facility for place, row in told.items()} == {
        "EP-PIURA": "EP-PIURA",
        "": "EP-TUMBES",
    }
    # Who holds the person now reads the earlier answers too: the file goes with the person.
    back = queries.newest_of(at["EP-TUMBES"], [enrolled])
    assert [row.facility for row in back.values()] == ["EP-TUMBES"]
    Reevaluation.objects.filter(facility__code="EP-TUMBES").delete()
    assert [row.facility for row in queries.newest_of(at["EP-TUMBES"], [enrolled]).values()] == ["EP-PIURA"]


def test_the_newest_answer_is_the_run_or_the_reevaluation_whichever_is_later(crowd: dict[str, str]) -> None:
    code = crowd["eligible"]
    programme = queries.ruleset(BY, TODAY).programme
    assert queries.newest_answer(code, programme) is None
    commands.run(by=BY, as_of=TODAY)
    assert queries.newest_answer(code, programme) == 2
    correct(code, birth_date=date(1980, 1, 1))
    announcements.deliver_all()
    assert queries.newest_answer(code, programme) == 0
    Reevaluation.objects.update(made_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert queries.newest_answer(code, programme) == 2


def test_a_stored_run_never_changes_and_its_list_says_what_was_answered_since(crowd: dict[str, str]) -> None:
    run = commands.run(by=BY, as_of=TODAY)
    correct(crowd["eligible"], birth_date=date(1980, 1, 1))
    announcements.deliver_all()
    found = queries.run(BY, run.pk)
    rows = {row.code: row for row in queries.results_page(BY, found, queries.ResultFilters()).rows}
    row = rows[crowd["eligible"]]
    assert row.result is rules.Result.ELIGIBLE
    assert row.again is not None
    assert (row.again.result, row.again.cause) == (rules.Result.NOT_ELIGIBLE, "Corrección de identidad")
    assert rows[crowd["micro_trade"]].again is None
    streamed = {row.code: row.again for row in queries.results_rows(BY, found, queries.ResultFilters())}
    assert streamed[crowd["eligible"]] == row.again
    later = queries.run(BY, commands.run(by=BY, as_of=TODAY).pk)
    outside = queries.ResultFilters(result=rules.Result.NOT_ELIGIBLE)
    assert all(row.again is None for row in queries.results_page(BY, later, outside).rows)


def test_every_wired_act_of_the_register_answers_again(crowd: dict[str, str]) -> None:
    acts = [act for act in wired() if act.startswith("register.")]
    for act in acts:
        announce(by=BY, act=act, code=crowd["eligible"])
    assert announcements.deliver_all().done == len(acts)
    assert [row[3] for row in answers()] == acts


def test_without_a_design_in_force_there_is_nothing_to_answer() -> None:
    places = register_make.places()
    code = make.person(1, places["EP-PIURA"])
    announce(by=BY, act="register.person_admitted", code=code)
    assert announcements.deliver_all().done == 1
    assert answers() == []


def test_an_announcement_about_something_else_is_none_of_its_business(crowd: dict[str, str]) -> None:
    entry = Entry.objects.create(
        at=clock.now(), actor="x", act="register.people_merged", subject_kind="list", subject_code="L"
    )
    Delivery.objects.create(
        entry=entry,
        reaction="creo.targeting.reactions.person_changed",
        act=entry.act,
        subject_kind="list",
        subject_code="L",
        announced_at=entry.at,
        next_try_at=entry.at,
    )
    assert announcements.deliver_all().done == 1
    assert answers() == []


def test_the_database_refuses_a_second_answer_for_one_cause_and_an_outcome_that_is_none(crowd: dict[str, str]) -> None:
    announce(by=BY, act="register.person_admitted", code=CODE)
    announcements.deliver_all()
    row = Reevaluation.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Reevaluation.objects.update(outcome=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reevaluation.objects.update(cause_act="")
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


# Questions ------------------------------------------------------------------------------------------------------------


def test_nobody_is_asked_about_somebody_who_is_not_enrolled(crowd: dict[str, str]) -> None:
    transfer(crowd["eligible"])
    announcements.deliver_all()
    assert len(answers()) == 1
    assert questions() == []


def test_a_transfer_asks_the_board_that_now_holds_them_and_ends_nothing(enrolled: str) -> None:
    transfer(enrolled)
    announcements.deliver_all()
    assert questions() == [(enrolled, "moved", "EP-TUMBES")]
    assert Enrolment.objects.get().ended_on is None
    item = InboxItem.objects.get()
    assert (item.permission, item.url) == ("enrol", reverse("targeting:enrolment", args=[enrolled]))
    assert "traslado" in item.text


def test_coming_back_takes_the_systems_question_back_but_not_a_persons_decision(enrolled: str) -> None:
    transfer(enrolled)
    announcements.deliver_all()
    transfer(enrolled, "EP-TUMBES", "EP-PIURA")
    announcements.deliver_all()
    assert questions(state="closed") == [(enrolled, "moved", "EP-TUMBES")]
    assert questions(state="open") == []
    transfer(enrolled)
    announcements.deliver_all()
    item = InboxItem.objects.get(state="open")
    board = make.reader_at("treatment_body", "EP-TUMBES")
    announcements.decide(by=board, item_id=item.pk, decision="no_action", reason="continúa allí")
    correct(enrolled, nationality="VE")
    announcements.deliver_all()
    assert questions(state="open") == [(enrolled, "undecided", "EP-TUMBES")]
    assert questions(state="decided") == [(enrolled, "moved", "EP-TUMBES")]


def test_a_criterion_that_is_no_longer_met_is_asked_with_its_name_and_not_twice(enrolled: str) -> None:
    for _ in range(2):
        register.set_main_offence(
            by=BY, person_code=enrolled, offence_code="CP-296", attempt=False, reason="Sentencia", today=TODAY
        )
        announce(by=BY, act="register.offences_changed", code=enrolled)
        announcements.deliver_all()
    assert questions() == [(enrolled, "not_eligible", "EP-PIURA")]
    (row,) = queries.enrolments_page(BY, queries.EnrolmentFilters(), TODAY).rows
    assert row.again is not None and row.again.result is rules.Result.NOT_ELIGIBLE


def test_growing_older_than_the_maximum_is_no_question(crowd: dict[str, str]) -> None:
    code = crowd["turns_35_soon"]
    commands.enrol(by=BY, person_code=code, on=TODAY)
    with time_machine.travel(datetime(2027, 1, 10, 18, tzinfo=UTC), tick=True):
        announce(by=BY, act="register.legal_status_set", code=code)
        announcements.deliver_all()
    assert answers()[-1][1] == 0
    assert questions() == []


def test_a_release_asks_who_enrolled_them_and_a_death_says_so(enrolled: str) -> None:
    announce(by=BY, act="register.person_released", code=enrolled)
    register_make.Custody.objects.filter(person__code=enrolled).update(
        released_on=TODAY, release_kind=register_rules.ReleaseKind.ACQUITTAL.value
    )
    announcements.deliver_all()
    assert questions(state="open") == [(enrolled, "left", "EP-PIURA")]
    register.record_death(by=BY, person_code=enrolled, on=TODAY, reason="Partida", today=TODAY)
    announcements.deliver_all()
    assert questions(state="open") == [(enrolled, "died", "EP-PIURA")]
    assert questions(state="closed") == [(enrolled, "left", "EP-PIURA")]
    assert Enrolment.objects.get().ended_on is None


def test_when_the_board_registers_the_exit_the_question_is_over(enrolled: str) -> None:
    transfer(enrolled)
    announcements.deliver_all()
    commands.end_enrolment(by=BY, person_code=enrolled, on=TODAY, reason="transfer")
    assert questions(state="open") == []
    assert questions(state="closed") == [(enrolled, "moved", "EP-TUMBES")]


def test_a_merge_answers_the_record_that_goes_on_once(crowd: dict[str, str]) -> None:
    before = register_make.person(50)
    register_make.identity(before)
    piura = register_make.Custody.objects.get(person__code=crowd["eligible"]).facility
    register_make.custody(before, piura, date(2015, 1, 1), date(2015, 6, 1))
    register.merge_people(
        by=BY, duplicate_code=before.code, into_code=crowd["eligible"], reason="Misma persona", today=TODAY
    )
    assert announcements.deliver_all().done == 1
    assert answers() == [(crowd["eligible"], 0, None, "register.people_merged")]


def test_two_open_enrolments_after_a_merge_are_asked_about_until_one_ends(crowd: dict[str, str]) -> None:
    one, two = crowd["eligible"], crowd["young_adult"]
    for code in (one, two):
        commands.enrol(by=BY, person_code=code, on=TODAY)
    transfer(two)
    announcements.deliver_all()
    assert questions(state="open") == [(two, "moved", "EP-TUMBES")]
    # What a merge leaves when both records were enrolled and their episodes could be joined.
    into = register_make.Person.objects.get(code=one)
    register_make.Custody.objects.filter(person__code=two).update(released_on=TODAY, release_kind="acquittal")
    register_make.Custody.objects.filter(person__code=two).update(person=into, number=2)
    register_make.Person.objects.filter(code=two).update(merged_into=into)
    entry = Entry.objects.create(
        at=clock.now(),
        actor="x",
        act="register.people_merged",
        subject_kind="person",
        subject_code=one,
        before={"duplicate": two},
    )
    outbox.post([entry], wired())
    announcements.deliver_all()
    assert ("twice", "EP-PIURA") in [row[1:] for row in questions(state="open")]
    assert questions(state="closed") == [(two, "moved", "EP-TUMBES")]  # asked about the record that goes on
    first = Enrolment.objects.order_by("id")[0]
    commands.end_enrolment(by=BY, person_code=one, on=TODAY, reason="mistake", note="duplicada", enrolment_id=first.pk)
    assert Enrolment.objects.get(ended_on=None).person_id == two
    assert "twice" not in [row[1] for row in questions(state="open")]


def test_shuffled_repeated_and_late_news_end_as_one_ordered_delivery(crowd: dict[str, str]) -> None:
    people = [crowd["eligible"], crowd["micro_trade"], crowd["young_adult"]]
    for code in people:
        commands.enrol(by=BY, person_code=code, on=date(2026, 11, 1))
    transfer(people[0])
    transfer(people[1], "EP-TUMBES", "EP-PIURA")
    transfer(people[0], "EP-TUMBES", "EP-PIURA")
    correct(people[2], birth_date=date(1970, 1, 1))
    transfer(people[2])
    keys = list(Delivery.objects.order_by("id").values_list("id", flat=True))

    def outcome(order: list[int]) -> tuple[Any, ...]:
        """Delivers in an order, twice over, inside a transaction that is taken back; returns the state it leads to."""
        with transaction.atomic():
            for key in order:
                announcements.deliver(key)
            announcements.deliver_all()
            Delivery.objects.update(state="pending", done_at=None)  # as if every mark had been lost
            for key in order:
                announcements.deliver(key)
            announcements.deliver_all()
            newest = {row[0]: row[1] for row in answers()}
            found = (sorted(questions(state="open")), newest, sorted(row[0] for row in answers()))
            transaction.set_rollback(True)
        return found

    ordered = outcome(keys)
    assert ordered[0] == [
        (people[1], "moved", "EP-PIURA"),
        (people[2], "moved", "EP-TUMBES"),
        (people[2], "not_eligible", "EP-TUMBES"),
    ]
    for seed in range(6):
        mixed = random.Random(seed).choices(keys, k=2 * len(keys))
        assert outcome(mixed) == ordered


# Pages ----------------------------------------------------------------------------------------------------------------


def signed_in(role: str, *codes: str) -> Client:
    """A browser of somebody who holds a role at some prisons."""
    who = user(f"{role}.{'.'.join(codes) or 'nation'}")
    for code in codes or ("",):
        RoleGrant.objects.create(
            user=who,
            role=role,
            scope_kind="facility" if code else "nation",
            scope_code=code,
            valid_from=date(2026, 1, 1),
        )
    client = Client()
    client.force_login(who)
    return client


def test_the_prison_that_enrolled_and_the_one_that_holds_them_both_reach_the_enrolment(enrolled: str) -> None:
    transfer(enrolled)
    announcements.deliver_all()
    address = reverse("targeting:enrolment", args=[enrolled])
    for prison in ("EP-PIURA", "EP-TUMBES"):
        page = signed_in("treatment_body", prison).get(address)
        assert page.status_code == 200
        assert "Registrar su salida" in page.content.decode()
    stranger = signed_in("treatment_body", "EP-LURIGANCHO")
    assert stranger.get(address).status_code == 404
    assert stranger.get(reverse("targeting:enrolment", args=["P-9999999"])).status_code == 404
    post = reverse("targeting:end_enrolment", args=[enrolled])
    number = Enrolment.objects.get().pk
    form = {"enrolment": number, "on": "2026-11-23", "reason": "transfer", "note": ""}
    assert stranger.post(post, form).status_code == 404
    holder = signed_in("treatment_body", "EP-TUMBES", "EP-ICA")
    assert holder.post(post, {**form, "reason": ""}).status_code == 422
    assert holder.post(post, {**form, "enrolment": "1; drop"}).status_code == 422
    assert holder.post(post, form).status_code == 302
    assert Enrolment.objects.get().exit_reason == "transfer"
    assert holder.post(post, form).status_code == 404


def test_a_prison_that_never_had_them_cannot_end_an_enrolment(enrolled: str) -> None:
    stranger = make.reader_at("treatment_body", "EP-LURIGANCHO")
    with pytest.raises(NotFound):
        commands.end_enrolment(by=stranger, person_code=enrolled, on=TODAY, reason="transfer")


def test_the_person_and_the_lists_say_why_the_answer_changed(crowd: dict[str, str]) -> None:
    run = commands.run(by=BY, as_of=TODAY)
    commands.enrol(by=BY, person_code=crowd["eligible"], on=TODAY)
    correct(crowd["eligible"], birth_date=date(1980, 1, 1))
    announcements.deliver_all()
    client = signed_in("technical_lead")
    words = f"Reevaluada el {formats.day(TODAY)} por: corrección de identidad"
    for address in (
        reverse("targeting:person", args=[crowd["eligible"]]),
        reverse("targeting:results", args=[run.pk]),
        reverse("targeting:enrolments"),
        reverse("targeting:enrolment", args=[crowd["eligible"]]),
    ):
        assert words in client.get(address).content.decode(), address
    page = client.get(reverse("targeting:reevaluations")).content.decode()
    assert "1 reevaluaciones" in page
    assert "Corrección de identidad" in page
    assert (
        "0 reevaluaciones" in client.get(reverse("targeting:reevaluations"), {"facility": "EP-TUMBES"}).content.decode()
    )
    piura = signed_in("treatment_body", "EP-TUMBES").get(reverse("targeting:reevaluations"), {"which": "every"})
    assert "0 reevaluaciones" in piura.content.decode()
    assert client.get(reverse("targeting:reevaluations"), {"which": "x"}).status_code == 422
    for kind in ("csv", "xlsx"):
        assert client.get(reverse("targeting:export_reevaluations", args=[kind])).status_code == 200
        assert client.get(reverse("targeting:export_results", args=[run.pk, kind])).status_code == 200
    assert Entry.objects.filter(act="targeting.people_exported", subject_code="reevaluations").count() == 2
    assert client.get(reverse("targeting:export_reevaluations", args=["pdf"])).status_code == 404

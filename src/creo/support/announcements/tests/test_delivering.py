"""Delivered once, in order for each person, tried again when it fails, put before somebody when it cannot be."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Scope
from creo.support.accounts.tests.factories import reader
from creo.support.announcements import commands
from creo.support.announcements.commands.delivering import FIRST_WAIT, MAX_ATTEMPTS
from creo.support.announcements.models import Delivery, InboxItem
from creo.support.announcements.tests import wires
from creo.support.clock import now
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
OPERATOR = reader(Permission.MANAGE_ACCESS, user_id=3, name="Olga")


def test_what_was_announced_takes_effect_once_and_is_marked() -> None:
    wires.act(by=wires.BY, codes=["P-1", "P-2"])
    tally = commands.deliver_all()
    assert (tally.done, tally.waiting, tally.parked) == (2, 0, 0)
    assert wires.effects() == wires.announced()
    row = Delivery.objects.first()
    assert row is not None
    assert (row.state, row.attempts, row.last_error) == ("done", 1, "")
    assert row.done_at is not None
    assert commands.deliver_all().total == 0
    assert len(wires.effects()) == 2


def test_each_reaction_has_its_own_line() -> None:
    wires.TROUBLE["P-1"] = [ZeroDivisionError()]
    wires.act(by=wires.BY, codes=["P-1"], act=wires.RENAMED)
    commands.deliver_all()
    assert wires.states() == {"P-1 counts": "waiting", "P-1 counts_too": "done"}


def test_a_failure_undoes_its_effects_waits_longer_each_time_and_tells_no_personal_data() -> None:
    wires.TROUBLE["P-1"] = [ValueError("Quispe Mamani, DNI 12345678")] * 3
    with time_machine.travel(NOON, tick=False) as clock:
        wires.act(by=wires.BY, codes=["P-1"])
        waits = []
        for _ in range(3):
            commands.deliver_all()
            row = Delivery.objects.get()
            assert (row.state, wires.effects()) == ("waiting", [])
            assert "Quispe" not in row.last_error
            assert row.last_error.startswith("ValueError (wires.py:")
            waits.append(row.next_try_at - now())
            clock.move_to(row.next_try_at - timedelta(seconds=1))
            assert commands.deliver_all().total == 0
            clock.move_to(row.next_try_at)
        assert waits == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]
        assert commands.deliver_all().done == 1
    assert wires.effects() == wires.announced()
    assert not InboxItem.objects.exists()


def test_what_comes_later_for_the_same_person_waits_and_others_do_not() -> None:
    wires.TROUBLE["P-1"] = [ZeroDivisionError()]
    with time_machine.travel(NOON, tick=False) as clock:
        wires.act(by=wires.BY, codes=["P-1", "P-2", "P-1"])
        commands.deliver_all()
        assert [code for code, _ in wires.effects()] == ["P-2"]
        clock.shift(FIRST_WAIT)
        commands.deliver_all()
    assert [pair for pair in wires.effects() if pair[0] == "P-1"] == [
        pair for pair in wires.announced() if pair[0] == "P-1"
    ]


def test_after_the_last_try_it_is_parked_and_somebody_is_asked_once() -> None:
    wires.TROUBLE["P-1"] = [ZeroDivisionError()] * MAX_ATTEMPTS
    with time_machine.travel(NOON, tick=False) as clock:
        wires.act(by=wires.BY, codes=["P-1", "P-1"])
        for _ in range(MAX_ATTEMPTS + 3):
            commands.deliver_all()
            clock.shift(timedelta(hours=2))
    first, second = Delivery.objects.order_by("id")
    assert (first.state, first.attempts, second.state, second.attempts) == ("parked", MAX_ATTEMPTS, "pending", 0)
    item = InboxItem.objects.get()
    assert (item.permission, item.place, item.subject_code, item.state) == ("enrol", "EP-PIURA", "P-1", "open")
    assert "Traslado de prueba" in item.title
    assert item.url == f"/anuncios/{first.pk}/"


def test_a_refusal_is_parked_at_once_with_its_reasons() -> None:
    wires.TROUBLE["P-1"] = [Refused(["Ningún diseño está vigente.", "Falta el penal."])]
    wires.act(by=wires.BY, codes=["P-1"])
    assert commands.deliver_all().parked == 1
    assert wires.effects() == []
    assert Delivery.objects.get().last_error == "Ningún diseño está vigente.\nFalta el penal."
    assert "Ningún diseño está vigente. Falta el penal." in InboxItem.objects.get().text


def test_a_retry_delivers_what_was_parked_then_what_waited_behind_and_closes_the_question() -> None:
    wires.TROUBLE["P-1"] = [Refused("Falta el penal.")]
    wires.act(by=wires.BY, codes=["P-1", "P-1"])
    commands.deliver_all()
    parked = Delivery.objects.order_by("id")[0]
    commands.retry(by=OPERATOR, delivery_id=parked.pk)
    assert InboxItem.objects.get().state == "closed"
    assert commands.deliver_all().done == 2
    assert wires.effects() == wires.announced()
    entry = Entry.objects.get(act="announcements.retried")
    assert (entry.actor, entry.subject_code, entry.before) == ("Olga", "P-1", {"state": "parked", "attempts": 1})


def test_a_retry_that_is_refused_again_asks_again_even_after_somebody_decided() -> None:
    wires.TROUBLE["P-1"] = [Refused("Falta el penal."), Refused("Falta todavía.")]
    wires.act(by=wires.BY, codes=["P-1"])
    commands.deliver_all()
    board = reader(Permission.ENROL, user_id=9)
    commands.decide(by=board, item_id=InboxItem.objects.get().pk, decision="no_action", reason="se corrige luego")
    commands.retry(by=OPERATOR, delivery_id=Delivery.objects.get().pk)
    commands.deliver_all()
    assert sorted(InboxItem.objects.values_list("state", flat=True)) == ["decided", "open"]


def test_what_is_set_aside_never_happens_and_lets_the_next_pass() -> None:
    wires.TROUBLE["P-1"] = [Refused("Falta el penal.")]
    wires.act(by=wires.BY, codes=["P-1", "P-1"])
    commands.deliver_all()
    parked = Delivery.objects.order_by("id")[0]
    with pytest.raises(Refused):
        commands.drop(by=OPERATOR, delivery_id=parked.pk, reason=" ")
    commands.drop(by=OPERATOR, delivery_id=parked.pk, reason="se hizo a mano")
    commands.deliver_all()
    assert wires.effects() == wires.announced()[1:]
    assert [row.state for row in Delivery.objects.order_by("id")] == ["dropped", "done"]
    with pytest.raises(Refused, match="no está detenida"):
        commands.retry(by=OPERATOR, delivery_id=parked.pk)


def test_who_answers_for_a_reaction_may_mend_it_at_their_prison_and_others_may_not() -> None:
    wires.TROUBLE["P-1"] = [Refused("Falta el penal.")]
    wires.act(by=wires.BY, codes=["P-1"])
    commands.deliver_all()
    key = Delivery.objects.get().pk
    with pytest.raises(Forbidden):
        commands.retry(by=reader(Permission.VIEW_LEDGER), delivery_id=key)
    for stranger in (
        reader(Permission.ENROL, scope=Scope("facility", "EP-TUMBES")),
        reader(Permission.VIEW_PEOPLE),
    ):
        with pytest.raises(NotFound):
            commands.retry(by=stranger, delivery_id=key)
    commands.retry(by=reader(Permission.ENROL, scope=Scope("facility", "EP-PIURA")), delivery_id=key)
    assert commands.deliver_all().done == 1


def test_a_reaction_that_is_gone_waits_and_is_shown_by_its_path() -> None:
    wires.act(by=wires.BY, codes=["P-1"])
    Delivery.objects.update(reaction="creo.support.announcements.tests.wires.gone")
    assert commands.deliver_all().waiting == 1
    assert "ImportError" in Delivery.objects.get().last_error


def test_looking_for_work_asks_once_and_opens_no_transaction() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert commands.deliver_all().total == 0
    assert len(asked) == 1
    assert asked.captured_queries[0]["sql"].startswith("SELECT")


def test_delivery_stops_when_it_is_told_to() -> None:
    wires.act(by=wires.BY, codes=["P-1", "P-2", "P-3"])
    answers = iter([True, True, False, False])
    assert commands.deliver_due(going=lambda: next(answers)).done == 1
    assert commands.deliver_due(limit=1).done == 1


class Redelivery(TestCase):
    """However announcements are shuffled among people, repeated and interrupted, the end is that of one ordered run."""

    @settings(max_examples=15)
    @given(
        people=st.lists(st.sampled_from(["P-1", "P-2", "P-3"]), min_size=1, max_size=8),
        trouble=st.lists(st.sampled_from(["P-1", "P-2", "P-3"]), max_size=4),
        seed=st.integers(0, 2**16),
    )
    def test_against_the_slow_twin(self, people: list[str], trouble: list[str], seed: int) -> None:
        for row in (Delivery, InboxItem, Entry):
            row.objects.all().delete()
        wires.TROUBLE.clear()
        for code in trouble:
            wires.TROUBLE.setdefault(code, []).append(ZeroDivisionError())
        wires.act(by=wires.BY, codes=people)
        chance = random.Random(seed)
        keys = list(Delivery.objects.values_list("id", flat=True))
        with time_machine.travel(now(), tick=False) as clock:
            for _ in range(5):
                for key in chance.choices(keys, k=len(keys)):  # shuffled, repeated, out of turn
                    commands.deliver(key)
                clock.shift(timedelta(hours=1))
            commands.deliver_all()
        # The twin: every person's announcements in order, each once, whatever failed on the way.
        twin = {code: [pair for pair in wires.announced() if pair[0] == code] for code in people}
        found = {code: [pair for pair in wires.effects() if pair[0] == code] for code in people}
        assert found == twin
        assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}

"""Who must hear of an act is written with the act, in its transaction, and for wired acts only."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from creo.support.announcements.models import Delivery
from creo.support.announcements.tests import wires
from creo.support.ledger import commands as ledger
from creo.support.ledger.models import Entry

pytestmark = pytest.mark.django_db


def test_a_wired_act_leaves_one_delivery_for_each_reaction() -> None:
    wires.act(by=wires.BY, codes=["P-1"], act=wires.RENAMED)
    entry = Entry.objects.get(act=wires.RENAMED)
    rows = Delivery.objects.order_by("id")
    assert [(row.entry_id, row.reaction) for row in rows] == [(entry.pk, wires.COUNTS), (entry.pk, wires.COUNTS_TOO)]
    assert {(row.state, row.subject_code, row.place, row.announced_at) for row in rows} == {
        ("pending", "P-1", "EP-PIURA", entry.at)
    }


def test_an_act_that_nobody_waits_for_leaves_none() -> None:
    wires.act(by=wires.BY, codes=["P-1"], act=wires.SILENT)
    assert Entry.objects.count() == 1
    assert not Delivery.objects.exists()


def test_an_act_that_is_rolled_back_is_announced_to_nobody() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        wires.act(by=wires.BY, codes=["P-1"])
        raise ZeroDivisionError
    assert not Entry.objects.exists()
    assert not Delivery.objects.exists()


def test_a_bulk_command_mixes_both_and_every_entry_keeps_its_content(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "TOLD_AT_ONCE", 7)

    @ledger.command(permission=None)
    def many(*, by: object) -> None:
        acts = (wires.MOVED, wires.SILENT, wires.SILENT)
        written = ledger.record_many(
            {"act": acts[n % 3], "subject": ("person", f"P-{n}"), "after": {"n": n}} for n in range(100)
        )
        assert written == 100

    many(by=wires.BY)
    assert sorted(Entry.objects.values_list("subject_code", flat=True)) == sorted(f"P-{n}" for n in range(100))
    assert {row.after["n"] for row in Entry.objects.all()} == set(range(100))
    told = list(Delivery.objects.order_by("id").values_list("subject_code", flat=True))
    assert told == [f"P-{n}" for n in range(0, 100, 3)]
    assert all(row.entry.subject_code == row.subject_code for row in Delivery.objects.select_related("entry"))


def test_entries_that_nobody_waits_for_cost_the_same_queries_as_before() -> None:
    with CaptureQueriesContext(connection) as asked:
        wires.act(by=wires.BY, codes=[f"P-{n}" for n in range(400)], act=wires.SILENT)
    statements = [query["sql"] for query in asked if "announcements" in query["sql"]]
    assert statements == []


@pytest.mark.parametrize(
    "change",
    [
        {"state": "lost"},
        {"state": "done", "done_at": None},
        {"state": "pending", "done_at": "2026-11-23T12:00:00Z"},
        {"state": "parked", "attempts": 1, "last_error": ""},
        {"state": "waiting", "attempts": 0, "last_error": "x"},
    ],
)
def test_the_database_refuses_a_delivery_that_contradicts_itself(change: dict[str, object]) -> None:
    wires.act(by=wires.BY, codes=["P-1"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(**change)


def test_the_database_refuses_the_same_announcement_to_the_same_reaction_twice() -> None:
    wires.act(by=wires.BY, codes=["P-1"])
    row = Delivery.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)

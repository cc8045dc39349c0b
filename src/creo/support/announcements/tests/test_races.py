"""Two workers over the same announcements: each is delivered by one of them, in order for each person."""

from __future__ import annotations

import threading

import pytest
from django.conf import settings
from django.db import connections

from creo.support.accounts.permissions import Permission
from creo.support.announcements import commands
from creo.support.announcements.commands.inbox import ask
from creo.support.announcements.models import Delivery, InboxItem
from creo.support.announcements.tests import wires

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: object) -> None:
    """Runs functions at the same moment, each with its own connection; what they raise is raised here."""
    barrier, faults = threading.Barrier(len(works)), []

    def go(work: object) -> None:
        barrier.wait()
        try:
            work()  # type: ignore[operator]
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert faults == []


def until_done() -> None:
    """A worker: delivers until nothing is open, also what another held a moment ago."""
    for _ in range(2_000):
        commands.deliver_all()
        if not Delivery.objects.filter(done_at=None).exists():
            return


if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):  # races do not show on SQLite: one writer at a time

    def test_two_workers_deliver_each_announcement_once_and_in_order() -> None:
        wires.act(by=wires.BY, codes=[f"P-{n % 7}" for n in range(140)])
        together(until_done, until_done, until_done)
        assert sorted(wires.effects()) == sorted(wires.announced())
        for code in {code for code, _ in wires.announced()}:
            mine = [entry for subject, entry in wires.effects() if subject == code]
            assert mine == sorted(mine)

    def test_the_same_question_asked_at_once_by_two_workers_is_one_question() -> None:
        def question() -> None:
            ask(
                by=wires.BY,
                key="misma",
                permission=Permission.ENROL,
                place="EP-PIURA",
                subject=("person", "P-1"),
                title="¿Continúa?",
                text="Decida.",
                url="/x/",
            )

        together(question, question, question)
        assert InboxItem.objects.count() == 1

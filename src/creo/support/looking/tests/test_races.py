"""What meets at the same moment: two reviewers, two workers, two purposes. One wins, or both are right."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connections

from creo.support.accounts.tests.factories import user
from creo.support.ledger.models import Entry
from creo.support.looking import commands
from creo.support.looking.models import Alert, Emergency, Look
from creo.support.looking.tests import factories as make
from creo.support.looking.tests.factories import NOW
from creo.support.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: Callable[[], object]) -> list[str]:
    """Runs functions at the same moment, each with its own connection: "done" or the refusal."""
    barrier, ends, faults = threading.Barrier(len(works)), ["" for _ in works], []

    def go(place: int, work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            work()
            ends[place] = "done"
        except Refused as refusal:
            ends[place] = " ".join(refusal.messages)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert faults == []
    return ends


if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):  # races do not show on SQLite: one writer at a time

    def test_two_reviewers_at_once_leave_one_decision() -> None:
        for _round in range(6):
            row = make.emergency()

            def say(decision: str, by: object, key: int = row.pk) -> object:
                return commands.review_emergency(
                    by=by,
                    emergency_id=key,
                    decision=decision,
                    reason="Porque sí",
                    now=NOW,  # type: ignore[arg-type]
                )

            ends = together(
                lambda: say("approved", make.director()), lambda: say("objected", make.headquarters(user_id=9))
            )
            assert sorted(end == "done" for end in ends) == [False, True]
            assert any("ya lo revisó" in end for end in ends)
            told = Entry.objects.filter(after__emergency=row.pk)
            assert told.count() == 1 and told[0].act.endswith(Emergency.objects.get(pk=row.pk).state)

    def test_two_workers_tell_each_look_once() -> None:
        for number in range(200):
            make.look(user_id=1 + number % 4, at=NOW - timedelta(hours=5))
        together(commands.tell_looks, commands.tell_looks, commands.tell_looks)
        assert Entry.objects.filter(act="looking.file_viewed").count() == 200
        assert not Look.objects.filter(told=False).exists()

    def test_two_workers_raise_one_alert_and_ask_once() -> None:
        who = user("curioso", "registry", "facility", "EP-PIURA")
        Look.objects.bulk_create(
            Look(at=NOW + timedelta(seconds=n), user_id=who.pk, actor="X", subject_kind="person",
                 subject_code=f"P-{n:07d}", told=True)
            for n in range(60)
        )  # fmt: skip
        together(*[lambda: commands.watch(now=NOW + timedelta(minutes=2))] * 3)
        assert Alert.objects.count() == 1
        assert Entry.objects.filter(act="looking.alert_raised").count() == 1

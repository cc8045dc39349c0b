"""How the ledger stands, in few questions; what was taken away from it still shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from creo.support import clock
from creo.support.accounts.readers import system
from creo.support.ledger import commands as ledger
from creo.support.ledger import status
from creo.support.ledger.models import Block, Change, Entry, Pack
from creo.support.ledger.sealing import seal_due
from creo.support.ledger.tests.tampering import insider

pytestmark = pytest.mark.django_db
BY = system("prueba")


@ledger.command(permission=None)
def tell(*, by: Any, act: str, **after: object) -> None:
    ledger.record(act=act, subject=("thing", "1"), after=after)


def test_an_empty_ledger_has_nothing_to_tell() -> None:
    now = status.standing()
    assert (now.first_entry, now.blocks, now.waiting, now.waiting_since) == (None, 0, 0, None)
    assert (now.verified, list(now.jumps), now.unaudited, now.unsealed_seconds) == (None, [], 0, 0.0)


def test_the_numbers_are_those_of_the_tables_in_few_queries() -> None:
    for number in range(3):
        tell(by=BY, act="test.done", number=number)
    seal_due()
    tell(by=BY, act="test.done")
    tell(by=BY, act="test.done")
    with CaptureQueriesContext(connection) as queries:
        now = status.standing()
    assert len(queries) <= 8
    assert now.first_entry == Entry.objects.order_by("id")[0].at
    assert now.blocks == Block.objects.order_by("-id")[0].pk
    assert (now.waiting, now.waiting_since) == (2, Pack.objects.order_by("at")[0].at)


def test_the_last_verification_and_the_last_jumps_are_told_newest_first() -> None:
    for number in range(7):
        tell(by=BY, act=status.JUMPED, seconds=number)
    for sound in (True, False):
        tell(by=BY, act=status.VERIFIED, sound=sound)
    tell(by=BY, act="test.done")
    now = status.standing()
    assert [(jump.after or {})["seconds"] for jump in now.jumps] == [6, 5, 4, 3, 2]
    assert now.verified is not None and now.verified.after == {"sound": False}


def test_changes_are_unaudited_until_a_review_of_them() -> None:
    rows = [
        Change.objects.create(at=clock.now(), table="x", key="1", operation="U", actor="otro") for _number in range(3)
    ]
    assert status.standing().unaudited == status.unaudited().count() == 3
    tell(by=BY, act=status.REVIEWED, until=rows[1].pk)
    assert status.standing().unaudited == status.unaudited().count() == 1
    tell(by=BY, act=status.REVIEWED, until=rows[2].pk)
    assert status.standing().unaudited == 0


def test_a_ledger_without_its_entries_still_tells_its_blocks_and_what_waits() -> None:
    tell(by=BY, act="test.done")
    seal_due()
    tell(by=BY, act="test.done")
    with insider() as cursor:
        cursor.execute("DELETE FROM ledger_entry")
    now = status.standing()
    assert now.first_entry is None and now.blocks == 1
    assert now.waiting == 1 and now.waiting_since is not None
    assert clock.now() - now.waiting_since < timedelta(minutes=1)

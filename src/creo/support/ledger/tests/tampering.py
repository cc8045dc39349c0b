"""A small ledger to tamper with, and the ways an insider with the database's password would do it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.accounts.tests.factories import reader
from creo.support.ledger import chain, keys, sealing, triggers
from creo.support.ledger import commands as ledger
from creo.support.ledger.models import Block, Entry

AUDITOR = reader(Permission.VIEW_LEDGER, Permission.VERIFY_LEDGER, Permission.EXPORT)
PLACES = ("EP-PIURA", "EP-ICA", "")


@ledger.command(permission=None)
def act(*, by: Reader, code: str, place: str = "EP-PIURA", count: int = 1) -> None:
    """A command as chapters write them."""
    rows = (
        {"act": "test.act", "subject": ("person", f"{code}-{n}"), "place": place, "after": {"n": n}}
        for n in range(count)
    )
    ledger.record_many(rows)


def written(rounds: int = 4, each: int = 3) -> list[int]:
    """Some acts at three places, sealed in several blocks; the keys of their entries."""
    for number in range(rounds):
        for place in PLACES:
            act(by=AUDITOR, code=f"P-{number}{place}", place=place, count=each)
        sealing.seal_due()
    return list(Entry.objects.order_by("id").values_list("id", flat=True))


@contextmanager
def insider() -> Iterator[Any]:
    """A cursor of somebody who may take the guards away, and puts them back so that nobody sees it."""
    triggers.remove(connection)
    with connection.cursor() as cursor:
        yield cursor
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    triggers.install(connection)


def sealed_again(name: str, start: int, key: keys.Key, *, drop: tuple[int, ...] = ()) -> None:
    """What an insider with the key too does: every block of a chain from one on, made again with right digests."""
    with insider() as cursor:
        blocks = list(Block.objects.filter(chain=name, number__gte=start).order_by("number"))
        before = Block.objects.filter(chain=name, number=start - 1).values_list("digest", flat=True).first()
        previous = before or chain.FIRST
        for block in blocks:
            ids = [n for n in chain.unpacked(bytes(block.members), block.count) if n not in drop]
            cursor.execute(
                f"SELECT id, {chain.canonical(connection.vendor)} FROM ledger_entry e WHERE id IN"
                f" ({', '.join(map(str, ids))}) ORDER BY id"
            )
            rows = [(number, chain.leaf(content)) for number, content in cursor.fetchall()]
            block.members = chain.packed([n for n, _leaf in rows], [leaf for _n, leaf in rows])
            block.count, block.first, block.last = len(rows), rows[0][0], rows[-1][0]
            block.previous = previous
            block.digest = previous = chain.digest(block)
            block.mac = chain.mac(key.mac, block.digest)
            block.save()

"""The sealer: one at a time, in the worker, every second. It never holds up a write and never skips one.

A command's entries are seen with its pack, when its transaction is committed: numbers given before and committed later
are sealed later. What is read and computed is read without a lock; the blocks and the end of the packs are written in
one short transaction, which fails as a whole when somebody else sealed meanwhile. A killed sealer leaves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import batched

from django.db import IntegrityError, connection, models, transaction

from creo.support import clock
from creo.support.bulk import insert_rows
from creo.support.ledger import chain, keys
from creo.support.ledger.chain import Head
from creo.support.ledger.models import Block, Pack

ENTRIES, PACKS = 20_000, 500
LOCK = 0x43_52_45_4F  # "CREO", for PostgreSQL's advisory lock
_BLOCK = (
    "id", "chain", "number", "first", "last", "count", "members", "previous", "digest", "key", "mac", "sealed_at",
)  # fmt: skip


class _SealedByAnother(RuntimeError):
    """Somebody else sealed the same packs a moment before."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Entries to seal: (key, chain, digest) in order of their keys, and whether their packs end with them."""

    packs: tuple[int, ...]
    rows: list[tuple[int, str, bytes]]
    whole: bool


def _always() -> bool:
    return True


def seal_due(going: Callable[[], bool] = _always) -> int:
    """Seals what is committed and not sealed, until nothing is left; returns how many entries."""
    sealed = 0
    while going():
        waiting = _waiting()
        if waiting is None:
            break
        done = _seal(waiting)
        if done is None:
            break
        sealed += done
    return sealed


def _waiting(entries: int | None = None, packs: int | None = None) -> _Waiting | None:
    entries, packs = entries or ENTRIES, packs or PACKS
    waiting = list(Pack.objects.order_by("id").values_list("id", "first")[:packs])
    if not waiting:
        return None
    numbers = tuple(number for number, _first in waiting)
    marks = ", ".join(str(number) for number in numbers)
    with connection.cursor() as cursor:
        # Each pack from its own beginning: what is sealed of a long one is passed over.
        cursor.execute(
            f"SELECT e.id, e.place, {chain.canonical(connection.vendor)} FROM ledger_entry e"
            f" JOIN ledger_pack p ON p.id = e.pack AND e.id >= p.first"
            f" WHERE e.id >= %s AND e.pack IN ({marks}) ORDER BY e.id LIMIT %s",
            [min(first for _number, first in waiting), entries + 1],
        )
        rows = [(number, place, chain.leaf(content)) for number, place, content in cursor.fetchall()]
    return _Waiting(numbers, rows[:entries], len(rows) <= entries)


def _seal(waiting: _Waiting) -> int | None:
    """Writes the blocks and ends the packs; None when another sealer is at it or was faster."""
    heads = heads_of({place for _number, place, _leaf in waiting.rows})
    key, last = keys.ring()[0], Block.objects.aggregate(last=models.Max("id"))["last"] or 0
    blocks = _blocks(waiting.rows, heads, key, last)
    try:
        with transaction.atomic():
            if not _alone():
                return None
            insert_rows(Block, _BLOCK, ([getattr(block, name) for name in _BLOCK] for block in blocks))
            _end_packs(waiting)
    except (IntegrityError, _SealedByAnother):
        return None
    return len(waiting.rows)


def _alone() -> bool:
    """SQLite lets one write at a time; on PostgreSQL the one that does not get the lock leaves it to the other."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _end_packs(waiting: _Waiting) -> None:
    """Packs that are sealed go; of those that are not, what is sealed is not looked at again."""
    mine = Pack.objects.filter(pk__in=waiting.packs)
    if waiting.whole:
        done = mine._raw_delete(mine.db)
    else:
        mine.filter(first__lte=waiting.rows[-1][0]).update(first=waiting.rows[-1][0] + 1)
        done = mine.count()
    if done != len(waiting.packs):
        raise _SealedByAnother


def heads_of(chains: set[str]) -> dict[str, Head]:
    """The last block of each of some chains; chains without any are left out."""
    found = {}
    for name in chains:
        last = Block.objects.filter(chain=name).order_by("-number").values_list("number", "digest", "last").first()
        if last is not None:
            found[name] = Head(name, *last)
    return found


def _blocks(rows: Sequence[tuple[int, str, bytes]], heads: dict[str, Head], key: keys.Key, last: int) -> list[Block]:
    """The next blocks of each chain, in the order of the chains' names."""
    by_chain: dict[str, list[tuple[int, bytes]]] = {}
    for number, place, digest in rows:
        by_chain.setdefault(place, []).append((number, digest))
    made: list[Block] = []
    for name in sorted(by_chain):
        head = heads.get(name) or Head(name, 0, chain.FIRST, 0)
        for some in batched(by_chain[name], chain.MOST):
            block = _block(last + len(made) + 1, head, some, key)
            head = Head(name, block.number, block.digest, block.last)
            made.append(block)
    return made


def _block(number: int, head: Head, some: Sequence[tuple[int, bytes]], key: keys.Key) -> Block:
    ids, leaves = [number for number, _leaf in some], [leaf for _number, leaf in some]
    block = Block(
        id=number,
        chain=head.chain,
        number=head.number + 1,
        first=ids[0],
        last=ids[-1],
        count=len(ids),
        members=chain.packed(ids, leaves),
        previous=head.digest,
        sealed_at=clock.now(),
        key=key.code,
    )
    block.digest = chain.digest(block)
    block.mac = chain.mac(key.mac, block.digest)
    return block

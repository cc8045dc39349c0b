"""Is every entry what was sealed, is every seal ours, does every chain hold? Names the first thing that is not so.

Two passes in bounded memory: over the blocks (numbers, links, digests, seals), then over the entries by ranges of
their keys, each against the digest in its block. What neither can see (a tail cut off with its blocks, a chain sealed
again with the right key) is seen against the anchors: `anchoring.compare`.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import connection, models
from django.utils.translation import gettext_noop as N_

from creo.support.ledger import chain, keys
from creo.support.ledger.models import Block, Entry, Pack

WINDOW, FETCH = 100_000, 5_000
MOST_FAULTS = 100
# Kind of fault -> how it is said; `{entry}`, `{chain}`, `{number}`, `{detail}` are filled in.
FAULT_WORDS = {
    "edited": N_("El asiento %(entry)s de la cadena %(chain)s no es el que se selló."),
    "missing": N_("Falta el asiento %(entry)s, sellado en el bloque %(number)s de la cadena %(chain)s."),
    "unsealed": N_("El asiento %(entry)s no está en ningún bloque ni espera su sello: no lo escribió ningún acto."),
    "twice": N_("El asiento %(entry)s está en dos bloques; el segundo es el %(number)s de la cadena %(chain)s."),
    "gap": N_("Faltan bloques antes del bloque %(number)s de la cadena %(chain)s."),
    "link": N_("El bloque %(number)s de la cadena %(chain)s no sigue al anterior."),
    "digest": N_("El bloque %(number)s de la cadena %(chain)s fue alterado."),
    "seal": N_("El bloque %(number)s de la cadena %(chain)s no lleva un sello nuestro."),
    "lost": N_("Falta algún bloque de alguna cadena: el bloque general %(number)s no existe."),
    "cut": N_("La cadena %(chain)s perdió su final: el ancla %(detail)s tiene su bloque %(number)s."),
    "rewritten": N_("La cadena %(chain)s fue escrita de nuevo: su bloque %(number)s no es el del ancla %(detail)s."),
    "sheet": N_("El ancla %(detail)s no lleva una firma nuestra o fue alterada."),
    "no_sheet": N_("Falta el ancla %(detail)s."),
}

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was sealed; `entry` is 0 when a whole block or sheet is meant."""

    kind: str
    entry: int = 0
    chain: str = ""
    number: int = 0
    detail: str = ""


@dataclass(slots=True)
class Report:
    """What a verification saw. `faults` are in order, the first at the lowest entry; at most MOST_FAULTS are kept."""

    entries: int = 0
    blocks: int = 0
    waiting: int = 0
    anchors: int = 0
    seconds: float = 0.0
    faults: list[Fault] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults

    @property
    def first(self) -> Fault | None:
        """The first broken thing: the lowest entry, else the first block or sheet."""
        return min(self.faults, key=lambda fault: fault.entry or 2**62, default=None)


def _silent(_done: int, _total: int, _note: str) -> None:
    """Nobody watches."""


def verify(progress: Progress = _silent) -> Report:
    """Verifies every block and every entry of the database."""
    started, report = time.perf_counter(), Report()
    # Entries that were not committed when this began are the next verification's.
    until = Entry.objects.aggregate(last=models.Max("id"))["last"] or 0
    for fault in _block_faults(report):
        _keep(report, fault)
    until = max(until, Block.objects.aggregate(last=models.Max("last"))["last"] or 0)
    for low in range(0, until, WINDOW):
        for fault in _entry_faults(low + 1, min(low + WINDOW, until), report):
            _keep(report, fault)
        progress(min(low + WINDOW, until), until, "")
    report.seconds = time.perf_counter() - started
    return report


def _keep(report: Report, fault: Fault) -> None:
    if len(report.faults) < MOST_FAULTS:
        report.faults.append(fault)


def _block_faults(report: Report) -> Iterator[Fault]:
    """Numbers, links, digests and seals of every chain, and that no block is missing over all of them."""
    known = keys.by_code()
    name, number, previous = None, 0, chain.FIRST
    for block in Block.objects.order_by("chain", "number").iterator(chunk_size=500):
        report.blocks += 1
        if block.chain != name:
            name, number, previous = block.chain, 0, chain.FIRST
        if block.number != number + 1:
            yield _of(block, "gap")
        elif block.previous != previous:
            yield _of(block, "link")
        if chain.digest(block) != block.digest:
            yield _of(block, "digest")
        key = known.get(block.key)
        if key is None or chain.mac(key.mac, block.digest) != block.mac:
            yield _of(block, "seal")
        number, previous = block.number, block.digest
    last = Block.objects.aggregate(last=models.Max("id"))["last"] or 0
    if last != report.blocks:
        yield Fault("lost", number=_first_missing(last))


def _first_missing(last: int) -> int:
    wanted = 1
    for number in Block.objects.order_by("id").values_list("id", flat=True).iterator():
        if number != wanted:
            return wanted
        wanted += 1
    return last + 1


def _of(block: Block, kind: str) -> Fault:
    return Fault(kind, block.first, block.chain, block.number)


def _entry_faults(low: int, high: int, report: Report) -> Iterator[Fault]:
    """The entries with keys from `low` to `high` against the members of the blocks."""
    members, homes, twice = _members(low, high)
    yield from twice
    strays: list[int] = []
    sha256, take = hashlib.sha256, members.pop
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT id, {chain.canonical(connection.vendor)} FROM ledger_entry e"
            " WHERE id BETWEEN %s AND %s ORDER BY id",
            [low, high],
        )
        while rows := cursor.fetchmany(FETCH):
            report.entries += len(rows)
            for number, content in rows:
                sealed = take(number, None)
                if sealed is None:
                    strays.append(number)
                elif sha256(content).digest() != sealed:
                    name, block = homes(number)
                    yield Fault("edited", number, name, block)
    for number in sorted(members):
        name, block = homes(number)
        yield Fault("missing", number, name, block)
    yield from _strays(strays, report)


def _members(low: int, high: int) -> tuple[dict[int, bytes], Callable[[int], tuple[str, int]], list[Fault]]:
    """Digest by entry for some keys, where each is (looked up only for what is broken), and those sealed twice."""
    found: dict[int, bytes] = {}
    twice: list[Fault] = []
    blocks = (
        Block.objects.filter(last__gte=low, first__lte=high).order_by("id").only("chain", "number", "count", "members")
    )

    def homes(number: int) -> tuple[str, int]:
        for block in Block.objects.filter(last__gte=number, first__lte=number).order_by("id").iterator():
            if _holds(block, number):
                return block.chain, block.number
        return "", 0

    for block in blocks.iterator(chunk_size=100):
        try:
            pairs = chain.unpacked(bytes(block.members), block.count)
        except ValueError:
            continue  # said already: its digest is not right
        if block.first < low or block.last > high:
            pairs = {number: leaf for number, leaf in pairs.items() if low <= number <= high}
        if not found.keys().isdisjoint(pairs):
            twice += [Fault("twice", number, block.chain, block.number) for number in found.keys() & pairs.keys()]
        found |= pairs
    return found, homes, twice


def _holds(block: Block, number: int) -> bool:
    try:
        return number in chain.unpacked(bytes(block.members), block.count)
    except ValueError:
        return False


def _strays(numbers: list[int], report: Report) -> Iterator[Fault]:
    """Entries in no block: they wait for their seal, were sealed since, or nobody's command wrote them."""
    if not numbers:
        return
    packs = dict(Entry.objects.filter(pk__gte=numbers[0], pk__lte=numbers[-1]).values_list("id", "pack"))
    waiting = set(Pack.objects.values_list("id", flat=True))
    sealed: set[int] = set()
    if not all(packs.get(number) in waiting for number in numbers):
        newer = Block.objects.filter(last__gte=numbers[0], first__lte=numbers[-1]).order_by("-id")
        sealed = {number for number in numbers if any(_holds(block, number) for block in newer[:500])}
    for number in numbers:
        if number in sealed:
            continue
        if packs.get(number) in waiting:
            report.waiting += 1
        else:
            yield Fault("unsealed", number)

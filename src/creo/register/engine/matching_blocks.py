"""Pairs worth comparing: records that share a key, never everybody with everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from creo.register.engine.streams import Flags, Integers

PAIRS_AT_ONCE = 500_000

Pairs = tuple[Integers, Integers]


@dataclass(slots=True)
class Skipped:
    """Groups too large to compare: by way of finding, how many groups and how many records in them."""

    largest: int
    groups: dict[str, int] = field(default_factory=dict)
    records: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, groups: int, records: int) -> None:
        """Some more of them."""
        if groups:
            self.groups[name] = self.groups.get(name, 0) + groups
            self.records[name] = self.records.get(name, 0) + records


def joined(one: Integers, other: Integers) -> Integers:
    """Two codes as one; -1 where either is unknown."""
    wide = int(other.max(initial=0)) + 1
    return np.where((one >= 0) & (other >= 0), one * wide + other, -1)


def pairs_by_key(
    name: str, probes: Integers, keys: Integers, skipped: Skipped, *, probe_of: Integers, record_of: Integers
) -> Iterator[Pairs]:
    """Pairs of records whose probe and key are equal, some at a time; -1 meets nothing.

    `probe_of` and `record_of` say whose each probe and key is. A group with more keys than the limit is skipped and
    counted.
    """
    known = np.flatnonzero(keys >= 0)
    order = known[np.argsort(keys[known], kind="stable")]
    listed, owners = keys[order], record_of[order]
    asked = np.flatnonzero(probes >= 0)
    low = np.searchsorted(listed, probes[asked], side="left")
    counts = np.searchsorted(listed, probes[asked], side="right") - low
    wide = counts > skipped.largest
    if wide.any():
        groups, first = np.unique(low[wide], return_index=True)
        skipped.add(name, len(groups), int(counts[wide][first].sum()))
    use = np.flatnonzero((counts > 0) & ~wide)
    low, counts, askers = low[use], counts[use], probe_of[asked[use]]
    ends = np.cumsum(counts)
    start = 0
    while start < len(counts):
        before = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + PAIRS_AT_ONCE, side="right")))
        some = counts[start:stop]
        steps = np.arange(int(some.sum())) - np.repeat(np.cumsum(some) - some, some)
        one = np.repeat(askers[start:stop], some)
        yield one, owners[np.repeat(low[start:stop], some) + steps]
        start = stop


def pairs_within(name: str, keys: Integers, skipped: Skipped, only: Flags | None) -> Iterator[Pairs]:
    """Pairs of records with the same key; with `only`, those where one of the two is among these."""
    every = np.arange(len(keys))
    asked = every if only is None else np.flatnonzero(only)
    for one, other in pairs_by_key(name, keys[asked], keys, skipped, probe_of=asked, record_of=every):
        keep = one < other if only is None else one != other
        yield one[keep], other[keep]

"""Random numbers by name: each step has its own stream, so a change in one leaves the others as they were."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Stream:
    """Draws from uniform numbers alone: numpy keeps those of PCG64 stable between versions, not its other draws."""

    def __init__(self, seed: int, name: str) -> None:
        sequence = np.random.SeedSequence([seed, zlib.crc32(name.encode())])
        self._generator = np.random.Generator(np.random.PCG64(sequence))

    def uniform(self, size: int) -> Floats:
        """Numbers in [0, 1)."""
        return self._generator.random(size)

    def chance(self, probability: ArrayLike, size: int) -> Flags:
        """True with the probability given (one number, or one for each)."""
        return np.asarray(self.uniform(size) < np.asarray(probability, dtype=np.float64))

    def between(self, low: ArrayLike, high: ArrayLike, size: int) -> Integers:
        """Integers from `low` to `high`, both included."""
        first = np.asarray(low, dtype=np.int64)
        span = np.asarray(high, dtype=np.int64) - first + 1
        return first + np.floor(self.uniform(size) * span).astype(np.int64)

    def exponential(self, mean: ArrayLike, size: int) -> Floats:
        """Waiting times with the mean given."""
        return np.asarray(-np.log1p(-self.uniform(size)) * np.asarray(mean, dtype=np.float64))

    def choose(self, weights: ArrayLike, size: int) -> Integers:
        """Places in the list of weights, drawn with those weights."""
        steps = np.cumsum(np.asarray(weights, dtype=np.float64))
        found = np.searchsorted(steps, self.uniform(size) * steps[-1], side="right")
        return np.minimum(found, len(steps) - 1).astype(np.int64)

    def choose_by_row(self, weights: Floats, row: Integers) -> Integers:
        """For each entry of `row`, a place in that row of the table of weights, drawn with its weights."""
        steps = np.cumsum(weights, axis=1)
        aim = self.uniform(len(row)) * steps[row, -1]
        found = np.empty(len(row), dtype=np.int64)
        for value in np.unique(row).tolist():
            mine = row == value
            found[mine] = np.searchsorted(steps[value], aim[mine], side="right")
        return np.minimum(found, weights.shape[1] - 1)

    def order(self, size: int) -> Integers:
        """The places 0 … size-1 in random order."""
        return np.argsort(self.uniform(size), kind="stable")

    def keys(self, weights: ArrayLike, size: int) -> Floats:
        """Sorting keys: the n smallest are a draw of n without replacement by weight (Efraimidis and Spirakis 2006)."""
        chances = np.asarray(weights, dtype=np.float64)
        waits = -np.log1p(-self.uniform(size))
        return np.divide(waits, chances, out=np.full(size, np.inf), where=chances > 0)


class Streams:
    """The streams of one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __call__(self, name: str) -> Stream:
        """The stream of a step, always the same for the same name."""
        return Stream(self._seed, name)


def rank_within(groups: Integers, keys: Sequence[float] | Floats) -> Integers:
    """The place of each entry in its group by ascending key, from 0."""
    order = np.lexsort((np.asarray(keys), groups))
    sorted_groups = groups[order]
    ranks = np.empty(len(groups), dtype=np.int64)
    ranks[order] = np.arange(len(groups)) - np.searchsorted(sorted_groups, sorted_groups, side="left")
    return ranks

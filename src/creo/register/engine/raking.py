"""Tables of counts held to their margins: largest remainder, iterative fitting, and controlled rounding to integers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Counts = NDArray[np.int64]
Table = NDArray[np.float64]

_TINY = 1e-6
_DIGITS = 7
"""Remainders are compared to this many decimals, so that ties fall the same way on every processor."""


def largest_remainder(weights: ArrayLike, total: int) -> Counts:
    """Integers in proportion to the weights that add up to `total` exactly. ValueError when no weight is positive."""
    shares = np.asarray(weights, dtype=np.float64)
    if total and not shares.sum() > 0:
        raise ValueError(f"Nothing to share {total} by: every weight is zero.")
    exact = shares * (total / shares.sum()) if total else np.zeros_like(shares)
    counts = np.floor(exact + 1e-9).astype(np.int64)
    order = np.argsort(np.round(counts - exact, _DIGITS), kind="stable")
    counts[order[: total - int(counts.sum())]] += 1
    return counts


def rake(seed: ArrayLike, rows: ArrayLike, columns: ArrayLike, rounds: int = 4000) -> Table:
    """The table nearest in structure to `seed` with these row and column sums (iterative proportional fitting).

    A zero of the seed stays zero. ValueError when the margins disagree or cannot be reached with those zeros.
    """
    table = np.array(seed, dtype=np.float64)
    row_sums, column_sums = np.asarray(rows, dtype=np.float64), np.asarray(columns, dtype=np.float64)
    if abs(row_sums.sum() - column_sums.sum()) > _TINY:
        raise ValueError(f"Rows add up to {row_sums.sum()}, columns to {column_sums.sum()}.")
    for _ in range(rounds):
        table *= _ratio(column_sums, table.sum(axis=0))
        table *= _ratio(row_sums, table.sum(axis=1))[:, None]
        if np.abs(table.sum(axis=0) - column_sums).max(initial=0.0) < 1e-9:
            return table
    if np.abs(table.sum(axis=0) - column_sums).max(initial=0.0) > _TINY:
        raise ValueError("The margins cannot be reached: the zeros of the seed stand in the way.")
    return table


def _ratio(target: Table, current: Table) -> Table:
    return np.divide(target, current, out=np.zeros_like(target), where=current > 0)


def controlled_rounding(table: ArrayLike) -> Counts:
    """Rounds every cell up or down so that integer row and column sums stay exactly what they were (Cox 1987).

    Follows cycles of fractional cells and shifts them by turns until none is left; an integer cell never moves.
    ValueError when a row or column sum is not an integer.
    """
    cells = np.asarray(table, dtype=np.float64)
    sums = (cells.sum(axis=0), cells.sum(axis=1))
    if any(np.abs(margin - np.rint(margin)).max(initial=0.0) > 1e-4 for margin in sums):
        raise ValueError("Controlled rounding needs integer row and column sums.")
    base = np.floor(cells + _TINY)
    part = np.round(cells - base, _DIGITS)
    part[part < _TINY] = 0.0
    base += part > 1.0 - _TINY
    part[part > 1.0 - _TINY] = 0.0
    lifted = _rounded_up({(r, c): float(part[r, c]) for r, c in np.argwhere(part > 0).tolist()})
    rounded = base.astype(np.int64)
    for row, column in lifted:
        rounded[row, column] += 1
    if any((rounded.sum(axis=axis) != np.rint(sums[axis])).any() for axis in (0, 1)):
        raise ArithmeticError("Controlled rounding lost a margin.")
    return rounded


Cell = tuple[int, int]


def _rounded_up(fractions: dict[Cell, float]) -> list[Cell]:
    """The fractional cells that go up; the others go down. Rows and columns are nodes, fractional cells are edges."""
    edges: dict[tuple[str, int], dict[Cell, None]] = {}
    for row, column in fractions:
        edges.setdefault(("row", row), {})[row, column] = None
        edges.setdefault(("column", column), {})[row, column] = None
    lifted: list[Cell] = []
    while fractions:
        cycle = _cycle(edges, next(iter(fractions)))
        _shift(fractions, cycle)
        for cell in cycle:
            value = fractions[cell]
            if _TINY < value < 1.0 - _TINY:
                continue
            del fractions[cell], edges["row", cell[0]][cell], edges["column", cell[1]][cell]
            if value > 0.5:
                lifted.append(cell)
    return lifted


def _cycle(edges: dict[tuple[str, int], dict[Cell, None]], first: Cell) -> list[Cell]:
    """A closed walk of fractional cells, from row to column and back.

    Integer margins leave no dead end; where float drift makes one, its cell alone is returned.
    """
    node = ("row", first[0])
    seen: dict[tuple[str, int], int] = {node: 0}
    walk: list[Cell] = []
    while True:
        last = next((cell for cell in edges[node] if not walk or cell != walk[-1]), None)
        if last is None:
            return walk[-1:]
        walk.append(last)
        node = ("column", last[1]) if node[0] == "row" else ("row", last[0])
        if node in seen:
            return walk[seen[node] :]
        seen[node] = len(walk)


def _shift(fractions: dict[Cell, float], cycle: list[Cell]) -> None:
    """Moves the cells of a cycle up and down by turns, as little as brings one of them to an integer."""
    if len(cycle) == 1:
        fractions[cycle[0]] = float(round(fractions[cycle[0]]))
        return
    raised, lowered = cycle[::2], cycle[1::2]
    up = min(min(1.0 - fractions[cell] for cell in raised), min(fractions[cell] for cell in lowered))
    down = min(min(fractions[cell] for cell in raised), min(1.0 - fractions[cell] for cell in lowered))
    move = up if up <= down else -down
    for cell in raised:
        fractions[cell] = round(fractions[cell] + move, _DIGITS)
    for cell in lowered:
        fractions[cell] = round(fractions[cell] - move, _DIGITS)

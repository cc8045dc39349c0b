"""What a reader can find out about hidden cells of a table with totals: the exact least and greatest value of each.

A table with its margins is a circulation: the grand total flows from one hub to the rows (their totals), from rows to
columns (the cells), from columns back (their totals). Shown arcs are fixed. A hidden one may grow as much as hidden
arcs carry a flow around it, and shrink likewise; flows of whole numbers give whole numbers, so the bounds are exact.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

TOTAL = -1
"""The row or the column of totals: (row, TOTAL) is a row's total, (TOTAL, column) a column's, (TOTAL, TOTAL) all."""

Place = tuple[int, int]
Node = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Counts:
    """A table of counts: cells by row. Totals are computed, never given."""

    cells: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, rows: Iterable[Sequence[int]]) -> Counts:
        """From rows of one length. ValueError for a negative count or rows of different lengths."""
        cells = tuple(tuple(row) for row in rows)
        if len({len(row) for row in cells}) > 1 or any(value < 0 for row in cells for value in row):
            raise ValueError("Una tabla de cuentas tiene filas iguales y ningún número negativo.")
        return cls(cells)

    @property
    def height(self) -> int:
        """How many rows, without the totals."""
        return len(self.cells)

    @property
    def width(self) -> int:
        """How many columns, without the totals."""
        return len(self.cells[0]) if self.cells else 0

    def values(self) -> dict[Place, int]:
        """Every cell and every total by place."""
        found = {(row, column): value for row, line in enumerate(self.cells) for column, value in enumerate(line)}
        found |= {(row, TOTAL): sum(line) for row, line in enumerate(self.cells)}
        found |= {(TOTAL, column): sum(line[column] for line in self.cells) for column in range(self.width)}
        found[TOTAL, TOTAL] = sum(map(sum, self.cells))
        return found


def ends_of(place: Place) -> tuple[Node, Node]:
    """The arc of a cell or a total, from where to where."""
    row, column = place
    tail: Node = ("hub", 0) if column == TOTAL and row != TOTAL else ("row", row)
    head: Node = ("row", row) if column == TOTAL and row != TOTAL else ("column", column)
    if row == TOTAL:
        tail, head = (("column", column), ("back", 0)) if column != TOTAL else (("back", 0), ("hub", 0))
    return tail, head


@dataclass(frozen=True, slots=True)
class Range:
    """What a hidden cell can be, as far as the shown ones tell; `most` None: nothing bounds it."""

    least: int
    most: int | None


def ranges(values: Mapping[Place, int], hidden: Collection[Place]) -> dict[Place, Range]:
    """The exact range of every hidden cell."""
    network = Network(values, hidden)
    return {place: network.range(place) for place in hidden}


class Network:
    """The hidden arcs with what each may still grow or shrink."""

    def __init__(self, values: Mapping[Place, int], hidden: Collection[Place]) -> None:
        self._values = values
        self._room: dict[Node, dict[Node, int]] = {}
        self._whole = values[TOTAL, TOTAL] + 1
        for place in hidden:
            self.open(place)

    def open(self, place: Place) -> None:
        """Hides one cell more: it may grow as far as anything may, and shrink to nothing."""
        tail, head = ends_of(place)
        self._room.setdefault(tail, {})[head] = self._whole * 4
        self._room.setdefault(head, {})[tail] = self._values[place]

    def close(self, place: Place) -> None:
        """Shows it again."""
        tail, head = ends_of(place)
        self._room[tail].pop(head, None)
        self._room[head].pop(tail, None)

    def range(self, place: Place) -> Range:
        """From the least to the greatest value a hidden cell may have."""
        value, (tail, head) = self._values[place], ends_of(place)
        up = self.around(place, head, tail, self._whole * 2)
        down = self.around(place, tail, head, value)
        return Range(value - down, None if up >= self._whole * 2 else value + up)

    def covers(self, place: Place, least: int, most: int) -> bool:
        """True when a hidden cell may be anything from `least` to `most`, as far as the shown ones tell."""
        value, (tail, head) = self._values[place], ends_of(place)
        up, down = max(0, most - value), max(0, value - least)
        return self.around(place, head, tail, up) >= up and self.around(place, tail, head, down) >= down

    def around(self, place: Place, source: Node, target: Node, wanted: int) -> int:
        """How much flows from one end of an arc to the other without it: at most `wanted`."""
        tail, head = ends_of(place)
        changed: list[tuple[Node, Node, int]] = []
        flow = 0
        while flow < wanted:
            path = self._path(source, target, (tail, head))
            if path is None:
                break
            step = min(wanted - flow, *(self._room[a][b] for a, b in path))
            for a, b in path:
                self._room[a][b] -= step
                self._room[b][a] += step
                changed.append((a, b, step))
            flow += step
        for a, b, step in changed:
            self._room[a][b] += step
            self._room[b][a] -= step
        return flow

    def _path(self, source: Node, target: Node, without: tuple[Node, Node]) -> list[tuple[Node, Node]] | None:
        """The shortest way with room left, not over the arc itself in either direction."""
        came: dict[Node, Node] = {source: source}
        waiting = deque([source])
        while waiting:
            node = waiting.popleft()
            for following, room in self._room.get(node, {}).items():
                if room <= 0 or following in came or {node, following} == set(without):
                    continue
                came[following] = node
                if following == target:
                    path = [(node, following)]
                    while path[-1][0] != source:
                        path.append((came[path[-1][0]], path[-1][0]))
                    return path[::-1]
                waiting.append(following)
        return None

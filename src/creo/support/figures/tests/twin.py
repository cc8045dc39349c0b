"""The slow twin of `intervals`: every table of whole numbers that agrees with what is shown, one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from creo.support.figures.intervals import TOTAL, Counts, Place, Range


def tables(height: int, width: int, whole: int) -> Iterator[Counts]:
    """Every table of a size whose counts add up to a number."""
    for cells in _parts(height * width, whole):
        yield Counts.of([cells[row * width : (row + 1) * width] for row in range(height)])


def _parts(places: int, whole: int) -> Iterator[tuple[int, ...]]:
    if places == 1:
        yield (whole,)
        return
    for first in range(whole + 1):
        for rest in _parts(places - 1, whole - first):
            yield (first, *rest)


def ranges(counts: Counts, hidden: Collection[Place]) -> dict[Place, Range]:
    """The range of each hidden cell over all tables that show the same."""
    values = counts.values()
    shown = {place: value for place, value in values.items() if place not in hidden}
    seen: dict[Place, set[int]] = {place: set() for place in hidden}
    for other in tables(counts.height, counts.width, values[TOTAL, TOTAL]):
        found: Mapping[Place, int] = other.values()
        if all(found[place] == value for place, value in shown.items()):
            for place in hidden:
                seen[place].add(found[place])
    return {place: Range(min(each), max(each)) for place, each in seen.items()}

"""Tables about the same people, made ready to be published: hidden cells, rounding, and what was told before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from creo.support.figures.intervals import TOTAL, Counts, Place
from creo.support.figures.parameters import Limits
from creo.support.figures.suppression import Stop, Unpublishable, Why, suppress, suppress_list

WHOLE = ""
"""The code of the total of an axis."""

Told = Mapping[tuple[str, str, str], Collection[int]]
"""Values published before, by (table, row code, column code)."""


@dataclass(frozen=True, slots=True)
class Axis:
    """What the rows or the columns are: a heading, and each one's code and label."""

    title: str
    codes: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as counted, before anything is hidden: for nobody's eyes. Its rows are places."""

    code: str
    title: str
    rows: Axis
    columns: Axis
    counts: Counts
    source: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as published: a number, rounded or not, or why there is none."""

    value: int | None
    why: str = ""
    rounded: bool = False


@dataclass(frozen=True, slots=True)
class ReadyTable:
    """A table as it may be published; `cells` has a row and a column more than the axes: the totals."""

    code: str
    title: str
    rows: Axis
    columns: Axis
    cells: tuple[tuple[Shown, ...], ...]
    source: str

    @property
    def hidden(self) -> int:
        """How many cells and totals are hidden."""
        return sum(cell.value is None for row in self.cells for cell in row)

    def stored(self) -> list[list[list[Any]]]:
        """The cells as JSON: [value, why, rounded]."""
        return [[[cell.value, cell.why, cell.rounded] for cell in row] for row in self.cells]


def ready(tables: Sequence[RawTable], limits: Limits, told: Told) -> tuple[ReadyTable, ...]:
    """The tables as they may be published together. Unpublishable when they cannot, or do not count the same people.

    The totals of places are decided once for all tables: what one hides, no other shows.
    """
    if not tables:
        return ()
    sums = [[sum(line) for line in table.counts.cells] for table in tables]
    axes = {table.rows.codes for table in tables}
    if len(axes) > 1 or any(each != sums[0] for each in sums):
        raise Unpublishable(Stop.DIFFERENT_PEOPLE)
    margin = _margin(tables[0], sums[0], limits, told)
    return tuple(_ready(table, limits, told, margin) for table in tables)


def _margin(table: RawTable, sums: Sequence[int], limits: Limits, told: Told) -> dict[Place, Why]:
    """Which totals of places are hidden, in every table."""
    hidden = suppress_list(
        sums,
        least=limits.least,
        before=[told.get((table.code, code, WHOLE), ()) for code in table.rows.codes],
        told=[_rounded(value, value, limits) for value in sums],
    )
    return {(number, TOTAL): why for number, why in hidden.items()}


def _ready(table: RawTable, limits: Limits, told: Told, margin: Mapping[Place, Why]) -> ReadyTable:
    values = table.counts.values()
    codes = _codes(table)
    before = {place: told[table.code, *codes[place]] for place in values if (table.code, *codes[place]) in told}
    shown = {place: _told(place, value, values, limits) for place, value in values.items()}
    kept = {(row, TOTAL) for row in range(table.counts.height)} - set(margin)
    # What the set decided about the totals of places holds in each table.
    free = {place: olds for place, olds in before.items() if place[1] != TOTAL or place[0] == TOTAL}
    hidden = suppress(table.counts, least=limits.least, before=free, kept=kept, also=margin, told=shown)
    lines = [*range(table.counts.height), TOTAL]
    cells = tuple(
        tuple(_shown((row, column), values, shown, hidden) for column in [*range(table.counts.width), TOTAL])
        for row in lines
    )
    return ReadyTable(table.code, table.title, table.rows, table.columns, cells, table.source)


def _shown(place: Place, values: Mapping[Place, int], shown: Mapping[Place, int], hidden: Mapping[Place, Why]) -> Shown:
    if place in hidden:
        return Shown(None, hidden[place].value)
    return Shown(shown[place], rounded=shown[place] != values[place])


def _told(place: Place, value: int, values: Mapping[Place, int], limits: Limits) -> int:
    """What would be published of a cell: rounded in a small place, exact in a big one and in the totals of columns."""
    row, _column = place
    return value if row == TOTAL else _rounded(value, values[row, TOTAL], limits)


def _rounded(value: int, place_total: int, limits: Limits) -> int:
    if place_total >= limits.small_place:
        return value
    return (value + limits.round_to // 2) // limits.round_to * limits.round_to


def _codes(table: RawTable) -> dict[Place, tuple[str, str]]:
    rows = {**dict(enumerate(table.rows.codes)), TOTAL: WHOLE}
    columns = {**dict(enumerate(table.columns.codes)), TOTAL: WHOLE}
    return {(row, column): (rows[row], columns[column]) for row in rows for column in columns}


def digest(tables: Sequence[ReadyTable]) -> str:
    """What would be published, in 64 signs: what was seen is what is published."""
    told = [[table.code, table.rows.codes, table.columns.codes, table.stored()] for table in tables]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()

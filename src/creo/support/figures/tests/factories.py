"""Tables as counted, for tests: prisons by groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from creo.support.accounts.readers import Reader
from creo.support.figures.intervals import Counts
from creo.support.figures.tables import Axis, RawTable

TODAY = date(2026, 11, 23)


def raw(cells: Sequence[Sequence[int]], code: str = "by-group", title: str = "Por grupo") -> RawTable:
    """A table of prisons P0, P1… by groups G0, G1…"""
    width = len(cells[0])
    rows = tuple(f"P{number}" for number in range(len(cells)))
    columns = tuple(f"G{number}" for number in range(width))
    return RawTable(
        code,
        title,
        Axis("Establecimiento", rows, tuple(f"E.P. {row}" for row in rows)),
        Axis("Grupo", columns, columns),
        Counts.of(cells),
        "Prueba",
    )


BIG = [[120, 340, 4], [200, 30, 80], [500, 60, 70], [300, 20, 40]]


def counting(reader: Reader, as_of: date) -> tuple[RawTable, ...]:
    """What settings.CREO_FIGURES names in tests: two tables of the same people."""
    other = [[sum(line) - 50, 50] for line in BIG]
    return raw(BIG), raw(other, "by-other", "Por otra cosa")


def nearly_the_same(reader: Reader, as_of: date) -> tuple[RawTable, ...]:
    """The same a month later: twelve people more in one prison, six of each of two groups."""
    cells = [list(line) for line in BIG]
    cells[2][0] += 6
    cells[2][1] += 6
    other = [[sum(line) - 50, 50] for line in cells]
    return raw(cells), raw(other, "by-other", "Por otra cosa")


def three_more(reader: Reader, as_of: date) -> tuple[RawTable, ...]:
    """Three people more in the whole nation."""
    cells = [list(line) for line in BIG]
    cells[3][0] += 3
    return (raw(cells),)

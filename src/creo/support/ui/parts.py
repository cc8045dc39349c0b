"""What the components take, as small dataclasses: pages build them, templates only print them.

A dict with the same keys serves as well, except for `Column`, `Cell`, `Row` and `Figure`, which carry defaults.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Column:
    """A table column; `kind` is one of formats.KINDS, "text", "state" or "html"."""

    label: str
    kind: str = "text"
    sort_url: str = ""
    sorted: str = ""  # "ascending", "descending" or nothing


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its value, and where it leads. `word` replaces the default word of a state."""

    value: object
    url: str = ""
    note: str = ""
    kind: str = ""
    word: str = ""
    label: str = ""  # what a reader hears instead of the link's text


@dataclass(frozen=True, slots=True)
class Row:
    """A table row; `strong` marks the one in force, `state` colours its edge (and must also be said in a cell)."""

    cells: Sequence[object]
    strong: bool = False
    state: object = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with everything that makes it checkable: finding, source, cut-off and the data as a table."""

    title: str
    svg: str
    columns: Sequence[Column]
    rows: Sequence[object]
    source: str = ""
    cutoff: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something on a timeline, on a day or over a period."""

    date: dt.date | str | None
    title: str
    text: str = ""
    until: dt.date | str | None = None
    state: str = "neutral"
    source: str = ""
    url: str = ""
    badge: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a procedure: done, current, todo or error."""

    label: str
    state: str = "todo"
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value in a definition list."""

    label: str
    value: object
    kind: str = "text"
    state: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of a two-column comparison; `differs` must be decided by the page, never guessed from the text."""

    label: str
    left: object
    right: object
    differs: bool = False
    note: str = ""
    citation: object = None


@dataclass(frozen=True, slots=True)
class Node:
    """A box of a drawn tree."""

    label: str
    kicker: str = ""
    url: str = ""
    state: str = ""
    note: str = ""
    active: bool = False
    children: Sequence[Node] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Link:
    """A menu item, a tab, a breadcrumb."""

    label: str
    url: str = ""
    active: bool = False
    badge: object = None
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A titled group of the menu."""

    title: str
    items: Sequence[Link]

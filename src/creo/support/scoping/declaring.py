"""The words of a slice's `protection.py`: how the rows of a table reach a place, and the class of each field.

    TABLES = (
        Table(
            "Identity",
            Person("person"),
            confidential="id person given_names first_surname valid_from valid_to",
        ),
    )

A path reads from the row's own table. `Person` and `Facility` are followed by relation names ("custody__person").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Model

from creo.kernel.access import Access


@dataclass(frozen=True, slots=True)
class Person:
    """The row is about a person: it is where that person is held today. `path` leads to the person, "" is the row.

    `known` rows are what is told of people beyond those held: who came and left through the reader's prisons, and the
    other side of a possible duplicate of theirs. Names and movements only, never health or law.
    """

    path: str
    known: bool = False


@dataclass(frozen=True, slots=True)
class Facility:
    """The row was written at a prison and stays there, wherever its person goes. `path` leads to the prison."""

    path: str


@dataclass(frozen=True, slots=True)
class PlaceCode:
    """The row names its prison by code in a text column; an empty code is the nation's.

    `kept` rows were written there about somebody who has left: that prison reads them, and changes them no more.
    """

    column: str
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Personal data of people that no prison owns: only whoever made the rows, or who holds a permission for all.

    `reason` says who reads them and why no place can be told. No second wall in the database stands behind them.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Nobody:
    """No personal data of people in prison: the same for every reader. `reason` says what the table holds."""

    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """How people are held, told once by the chapter that keeps them: the tables and columns the wall asks.

    `stay` is the table of episodes: whose (`stay_person`), where (`stay_place`), until when (`stay_end`, null while it
    lasts). `step` is the table of movements: its way to the stay, then the columns of the prisons. `pair` is the table
    of possible duplicates and its two sides; `survivor` leads from a merged record to the one that goes on.
    """

    person: type[Model]
    survivor: str
    place: type[Model]
    place_code: str
    stay: type[Model]
    stay_person: str
    stay_place: str
    stay_end: str
    step: tuple[type[Model], tuple[str, ...]]
    pair: tuple[type[Model], str, str]


Way = Person | Facility | PlaceCode | Actor | Nobody


@dataclass(frozen=True, slots=True)
class Table:
    """One table's declaration. Several ways: a row belongs to the places of each. Fields by name, split by blanks.

    `append_only`: the roles of the web may add rows and read them, never change or delete one.
    """

    model: str
    ways: tuple[Way, ...]
    classes: Mapping[str, Access] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()
    append_only: bool = False

    def __init__(
        self,
        model: str,
        *ways: Way,
        public: str = "",
        internal: str = "",
        confidential: str = "",
        health: str = "",
        assessment: str = "",
        legal: str = "",
        append_only: bool = False,
    ) -> None:
        named = {
            Access.PUBLIC: public,
            Access.INTERNAL: internal,
            Access.CONFIDENTIAL: confidential,
            Access.HEALTH: health,
            Access.ASSESSMENT: assessment,
            Access.LEGAL: legal,
        }
        pairs = [(name, access) for access, names in named.items() for name in names.split()]
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "ways", ways)
        object.__setattr__(self, "classes", dict(pairs))
        names = [name for name, _access in pairs]
        object.__setattr__(self, "append_only", append_only)
        object.__setattr__(self, "repeated", tuple(sorted({name for name in names if names.count(name) > 1})))

    @property
    def walled(self) -> bool:
        """True when the database itself keeps the rows to their places."""
        return any(isinstance(way, Person | Facility | PlaceCode) for way in self.ways)


def way_words(way: Way) -> str:
    """A path in the words of the reference page (untranslated Spanish source of the table)."""
    match way:
        case Person(path, known):
            said = "persona que está en el establecimiento, o que pasó por él" if known else "persona en custodia"
            return f"{said} ({path or 'la fila misma'})"
        case Facility(path):
            return f"establecimiento donde se registró ({path})"
        case PlaceCode(column, kept):
            return (
                f"establecimiento que lo registró, solo para leer ({column})"
                if kept
                else (f"código del establecimiento ({column})")
            )
        case Actor(reason) | Nobody(reason):
            return reason

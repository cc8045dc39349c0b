"""Joining two records of one person: what may happen to each dependent record, and the protocol chapters answer.

A merge is a decision with consequences, not a rename (field-rules 2.1, rule 3): every record that hangs from the
duplicate is moved, closed as a duplicate of one that is there, or refuses the whole act; and all of it can be undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol


class PairState(StrEnum):
    """What became of two records that may be one person."""

    OPEN = "open"
    MERGED = "merged"
    DISTINCT = "distinct"
    WITHDRAWN = "withdrawn"
    """They no longer look alike: the evidence changed before anybody decided."""


PAIR_WORDS: Mapping[str, str] = {
    PairState.OPEN: "Por revisar",
    PairState.MERGED: "Unidas",
    PairState.DISTINCT: "Personas distintas",
    PairState.WITHDRAWN: "Ya no coinciden",
}


class Fate(StrEnum):
    """What a merge does with a record of the duplicate."""

    REPOINTED = "repointed"
    CLOSED = "closed"
    REFUSED = "refused"


FATE_WORDS: Mapping[str, str] = {
    Fate.REPOINTED: "Pasa a la que queda",
    Fate.CLOSED: "Se cierra: duplicado",
    Fate.REFUSED: "Impide la unión",
}


@dataclass(frozen=True, slots=True)
class Joining:
    """The two records of a merge: keys and codes, the day of the act, and who does it with which reason."""

    duplicate_id: int
    duplicate_code: str
    into_id: int
    into_code: str
    on: date
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Dependent:
    """One record of the duplicate with its fate: what it is, which one, and why. Texts are for people (Spanish)."""

    what: str
    which: str
    fate: Fate
    why: str = ""


Memory = dict[str, Any]
"""What `apply` changed, as JSON: enough to give everything back exactly."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a merge has to know of one table: the records of both people, or only how many they are (`counted`).

    `model` is «app.Model»; `owner`, the way from it to the person (`pk` for people themselves); `columns`, what is
    read of each record besides its key, also through foreign keys («facility__name»). All the readings of all the
    chapters are one query: a chapter more costs no query more.
    """

    model: str
    owner: str = "person"
    columns: tuple[str, ...] = ()
    counted: bool = False


class ReadRow:
    """A record as it was read: its key and the columns of its reading. Any other name raises, and never asks again."""

    __slots__ = ("_values", "pk")

    def __init__(self, pk: Any, values: Mapping[str, Any]) -> None:
        self.pk, self._values = pk, values

    def __getattr__(self, name: str) -> Any:
        """The value of a column."""
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"La lectura no pide la columna «{name}».") from None


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of the two people of a merge, by reading; rows in the order of their keys."""

    duplicate: Mapping[Reading, Sequence[ReadRow]]
    into: Mapping[Reading, Sequence[ReadRow]]

    def number(self, reading: Reading) -> int:
        """How many records of a counted reading the duplicate has."""
        return sum(row.number for row in self.duplicate[reading])


class Dependents(Protocol):
    """One kind of records that hang from people, and what a merge does with them.

    `covers` names every foreign key to Person that it answers for, as «app.Model.field»; a test demands that each one
    of the whole system is covered by somebody. `reads` says what it has to know of both people: it comes as `found`,
    so that a preview is one query however many chapters there are.
    """

    @property
    def code(self) -> str:
        """Names its part of the memory of a merge; unique in the whole system."""

    @property
    def covers(self) -> tuple[str, ...]:
        """The foreign keys to Person it answers for."""

    @property
    def reads(self) -> tuple[Reading, ...]:
        """What it needs read of both people."""

    def preview(self, joining: Joining, found: Found) -> Sequence[Dependent]:
        """Every record with its fate; writes nothing and reads nothing more."""

    def apply(self, joining: Joining, found: Found) -> Memory:
        """Does what the preview said, on what was read under the command's locks, and tells what it changed."""

    def obstacles(self, joining: Joining, memory: Memory, found: Found) -> Sequence[str]:
        """Why it cannot be given back (later acts), in words; empty when it can."""

    def undo(self, joining: Joining, memory: Memory) -> None:
        """Gives everything back exactly as it was."""


def preview_digest(joining: Joining, dependents: Sequence[Dependent]) -> str:
    """A short digest of a preview: an act that carries it is refused when something changed since it was seen."""
    import hashlib

    lines = [f"{joining.duplicate_code}>{joining.into_code}"]
    lines += sorted(f"{item.what}|{item.which}|{item.fate}|{item.why}" for item in dependents)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]

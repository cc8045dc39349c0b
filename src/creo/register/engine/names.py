"""Names from frequency lists and documents from numbers no real person has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from creo.register.engine.streams import Flags, Integers, Stream, Streams
from creo.register.engine.tables import Tables
from creo.register.rules.documents import DNI_DIGITS, DNI_WEIGHTS

Texts = NDArray[np.object_]

DNI_FIRST = 99_000_000
DNI_ROOM = 1_000_000
"""No adult has a DNI that begins with 99: the series RENIEC gives to newborns has not got there (general knowledge)."""
FOREIGN_PREFIX = "ZZ"
"""ISO 3166 keeps ZZ for private use: no country issues a document that begins with it."""

_MIXING = 618_033  # Coprime to the room, so the numbers are all different and show no order.


def dni_numbers(count: int, stream: Stream) -> Texts:
    """Different DNI numbers beginning with 99. ValueError when there are not enough of them."""
    return np.array([str(number) for number in (DNI_FIRST + _scattered(count, stream)).tolist()], dtype=object)


def foreign_numbers(count: int, stream: Stream) -> Texts:
    """Different numbers of foreign documents, ZZ and seven digits."""
    return np.array([f"{FOREIGN_PREFIX}{number:07d}" for number in _scattered(count, stream).tolist()], dtype=object)


def _scattered(count: int, stream: Stream) -> Integers:
    if count > DNI_ROOM:
        raise ValueError(f"There are {DNI_ROOM} numbers that no real person has; {count} were asked for.")
    start = int(stream.between(0, DNI_ROOM - 1, 1)[0])
    return (start + np.arange(count, dtype=np.int64) * _MIXING) % DNI_ROOM


def check_digits(numbers: Texts) -> Texts:
    """The check digit of each DNI of eight digits; the weights and the table are those of the rules."""
    values = np.array(numbers.tolist(), dtype=np.int64) if len(numbers) else np.zeros(0, dtype=np.int64)
    digits = values[:, None] // 10 ** np.arange(7, -1, -1) % 10
    return np.array(list(DNI_DIGITS), dtype=object)[digits @ np.array(DNI_WEIGHTS) % 11]


def surnames(tables: Tables, count: int, stream: Stream) -> Texts:
    """Surnames by frequency."""
    names = np.array([name for name, _ in tables.surnames], dtype=object)
    return np.asarray(names[stream.choose([weight for _, weight in tables.surnames], count)])


def given_names(tables: Tables, female: Flags, stream: Stream) -> Texts:
    """One or two given names (two thirds have two, always different) by frequency and sex."""
    drawn = np.empty(len(female), dtype=object)
    two = stream.chance(0.66, len(female))
    for sex, mine in (("male", np.flatnonzero(~female)), ("female", np.flatnonzero(female))):
        listed = [(name, weight) for name, of, weight in tables.given_names if of == sex]
        names = np.array([name for name, _ in listed], dtype=object)
        weights = [weight for _, weight in listed]
        first, second = stream.choose(weights, len(mine)), stream.choose(weights, len(mine))
        second = np.where(second == first, (second + 1) % len(names), second)
        drawn[mine] = np.where(two[mine], names[first] + " " + names[second], names[first])
    return drawn


_SPELLINGS = (
    ("z", "s"), ("ll", "y"), ("v", "b"), ("ñ", "n"), ("í", "i"), ("á", "a"), ("é", "e"), ("ó", "o"), ("c", "s"),
    ("s", "z"), ("i", "y"), ("qu", "k"), ("h", ""), ("n", "nn"),
)  # fmt: skip


def misspelt(name: str) -> str:
    """The name as a hurried hand writes it: one letter changed, never the same name."""
    for right, wrong in _SPELLINGS:
        if right in name[1:]:
            return name[0] + name[1:].replace(right, wrong, 1)
    return name + "e"


def document_kinds(confirmed: Flags, foreign: Flags, stream: Stream) -> Texts:
    """What identifies each person; `unknown` only while the identity is not confirmed."""
    kinds = np.array(["dni", "foreign", "none", "unknown"], dtype=object)
    shares = np.array(
        [[0.20, 0.00, 0.45, 0.35], [0.00, 0.25, 0.35, 0.40], [0.98, 0.00, 0.02, 0.00], [0.00, 0.93, 0.07, 0.00]]
    )
    return np.asarray(kinds[stream.choose_by_row(shares, 2 * confirmed.astype(np.int64) + foreign)])


def documents(kinds: Texts, streams: Streams) -> tuple[Texts, Texts]:
    """Number and check digit for each kind of document; empty where there is none."""
    numbers = np.full(len(kinds), "", dtype=object)
    checks = np.full(len(kinds), "", dtype=object)
    peruvian, foreign = np.flatnonzero(kinds == "dni"), np.flatnonzero(kinds == "foreign")
    numbers[peruvian] = dni_numbers(len(peruvian), streams("dni"))
    checks[peruvian] = check_digits(numbers[peruvian])
    numbers[foreign] = foreign_numbers(len(foreign), streams("foreign documents"))
    return numbers, checks

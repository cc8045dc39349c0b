"""Records to compare in tests: small nations with planted duplicates, as the rules and as the engine see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import strategies as st

from creo.register.engine.matching import NO_DAY, Records
from creo.register.rules import Comparable

ROSA = Comparable(
    given_names="Rosa María",
    first_surname="Quispe",
    second_surname="Ñaupari",
    birth_date=date(2000, 3, 7),
    sex="female",
    document_kind="dni",
    document_number="00000011",
    nationality="PE",
    confirmed=True,
)

# Few names, so that people meet; spellings that sound alike, slips, and surnames of one letter.
GIVEN = ("Rosa", "Rosa María", "María Rosa", "Rosaa", "Luis", "Luiz Alberto", "Alberto", "Marco", "Marso", "")
SURNAMES = (
    "Quispe",
    "Kispe",
    "Quizpe",
    "Huamán",
    "Waman",
    "De la Cruz",
    "Cruz",
    "Ñaupari",
    "Naupari",
    "Mamani",
    "O",
    "",
)
DAYS = (
    date(2000, 3, 7), date(2000, 7, 3), date(2000, 3, 8), date(2000, 3, 9), date(2000, 3, 10), date(1999, 3, 7),
    date(1980, 2, 29), date(1981, 2, 28), date(1979, 2, 28), date(1980, 12, 31), date(1981, 1, 1), None,
)  # fmt: skip
NUMBERS = ("", "00000011", "00000012", "ZZ0000001")
TEXTS = ("HU-778899", "hu 778899", "7", "EXP-2016-55")
OTHER_NAMES = ("Rosa Quispe", "Kispe Ñaupari Rosa María", "Chino", "Luis Mamani")

FIELDS = {
    "given_names": st.sampled_from(GIVEN),
    "first_surname": st.sampled_from(SURNAMES),
    "second_surname": st.sampled_from(SURNAMES),
    "birth_date": st.sampled_from(DAYS),
    "sex": st.sampled_from(("male", "female", "")),
    "document_kind": st.sampled_from(("dni", "foreign", "none")),
    "document_number": st.sampled_from(NUMBERS),
    "nationality": st.sampled_from(("PE", "VE", "")),
    "confirmed": st.booleans(),
    "held_at": st.integers(0, 2),
    "other_names": st.lists(st.sampled_from(OTHER_NAMES), max_size=2).map(tuple),
    "references": st.lists(st.tuples(st.sampled_from(("a", "b")), st.sampled_from(TEXTS)), max_size=2).map(tuple),
}
records = st.builds(Comparable, **FIELDS)
BLANK = Comparable(first_surname="Quispe", sex="female", birth_date=date(2000, 3, 7))


@st.composite
def populations(draw: st.DrawFn, least: int = 0, most: int = 14) -> list[Comparable]:
    """A few people, each written again with some fields changed: planted duplicates beside chance ones."""
    bases = draw(
        st.lists(st.sampled_from((ROSA, replace(ROSA, document_number=""), BLANK)) | records, min_size=1, max_size=3)
    )
    people = []
    for _ in range(draw(st.integers(least, most))):
        base = draw(st.sampled_from(bases))
        changed = draw(st.lists(st.sampled_from(tuple(FIELDS)), max_size=3, unique=True))
        people.append(replace(base, **{name: draw(FIELDS[name]) for name in changed}))
    return people


def as_columns(people: Sequence[Comparable]) -> Records:
    """The records as the engine takes them."""
    born = [NO_DAY if who.birth_date is None else (who.birth_date - date(1970, 1, 1)).days for who in people]
    return Records(
        given_names=[who.given_names for who in people],
        first_surname=[who.first_surname for who in people],
        second_surname=[who.second_surname for who in people],
        birth=np.array(born, dtype=np.int64),
        sex=[who.sex for who in people],
        document_kind=[who.document_kind for who in people],
        document_number=[who.document_number for who in people],
        nationality=[who.nationality for who in people],
        confirmed=np.array([who.confirmed for who in people], dtype=bool),
        held_at=np.array([who.held_at for who in people], dtype=np.int64),
        other_names=[(place, text) for place, who in enumerate(people) for text in who.other_names],
        references=[(place, *pair) for place, who in enumerate(people) for pair in who.references],
    )

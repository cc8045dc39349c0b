"""Names from the lists and documents that no real person has."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.register.engine.names import (
    DNI_ROOM,
    check_digits,
    dni_numbers,
    document_kinds,
    documents,
    foreign_numbers,
    given_names,
    misspelt,
)
from creo.register.engine.streams import Stream, Streams
from creo.register.engine.tables import load
from creo.register.rules import dni_check_digit, document_problem

eight_digits = st.text("0123456789", min_size=8, max_size=8)


def slow_check_digit(number: str) -> str:
    """The same digit, one multiplication at a time."""
    total = 0
    total += int(number[0]) * 3
    total += int(number[1]) * 2
    total += int(number[2]) * 7
    total += int(number[3]) * 6
    total += int(number[4]) * 5
    total += int(number[5]) * 4
    total += int(number[6]) * 3
    total += int(number[7]) * 2
    rest = total - (total // 11) * 11
    return {0: "6", 1: "5", 2: "4", 3: "3", 4: "2", 5: "1", 6: "1", 7: "0", 8: "9", 9: "8", 10: "7"}[rest]


@given(st.lists(eight_digits, max_size=40))
def test_check_digits_agree_with_the_slow_twin_and_with_the_rules(numbers: list[str]) -> None:
    digits = check_digits(np.array(numbers, dtype=object)).tolist()
    assert digits == [slow_check_digit(number) for number in numbers]
    assert digits == [dni_check_digit(number) for number in numbers]


@given(st.integers(0, 2**32), st.integers(0, 3000))
def test_dni_numbers_are_different_and_begin_with_99(seed: int, count: int) -> None:
    numbers = dni_numbers(count, Stream(seed, "dni")).tolist()
    assert len(set(numbers)) == count
    assert all(len(number) == 8 and number.startswith("99") for number in numbers)


def test_the_whole_room_of_numbers_can_be_used_without_repeating_one() -> None:
    assert len(set(dni_numbers(DNI_ROOM, Stream(1, "dni")).tolist())) == DNI_ROOM


def test_more_numbers_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="no real person has"):
        dni_numbers(DNI_ROOM + 1, Stream(1, "dni"))


def test_foreign_documents_bear_the_code_of_no_country() -> None:
    numbers = foreign_numbers(500, Stream(1, "foreign")).tolist()
    assert len(set(numbers)) == 500
    assert all(number.startswith("ZZ") and document_problem("foreign", number) == "" for number in numbers)


def test_documents_are_right_by_their_own_rules() -> None:
    confirmed = np.arange(4000) % 3 > 0
    kinds = document_kinds(confirmed, np.arange(4000) % 7 == 0, Stream(5, "kinds"))
    numbers, checks = documents(kinds, Streams(5))
    for kind, number, check in zip(kinds.tolist(), numbers.tolist(), checks.tolist(), strict=True):
        assert document_problem(kind, number, check) == ""
        assert bool(check) == (kind == "dni")
    assert "unknown" not in kinds[confirmed].tolist()
    assert set(kinds.tolist()) == {"dni", "foreign", "none", "unknown"}


def test_given_names_belong_to_the_sex_and_do_not_repeat() -> None:
    tables = load()
    listed = {sex: {name for name, of, _ in tables.given_names if of == sex} for sex in ("male", "female")}
    female = np.arange(3000) % 2 == 0
    for name, woman in zip(given_names(tables, female, Stream(2, "names")).tolist(), female.tolist(), strict=True):
        words = name.split()
        assert len(set(words)) == len(words) <= 2
        assert set(words) <= listed["female" if woman else "male"]


@given(st.sampled_from([name for name, _ in load().surnames] + [name for name, _, _ in load().given_names]))
def test_a_misspelt_name_is_another_name(name: str) -> None:
    assert misspelt(name) != name
    assert misspelt(name)[0] == name[0]

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.kernel.criteria import article_key
from creo.register import rules
from creo.register.rules import Episode, Move

DAY = date(2026, 11, 23)


# Documents ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "digit"), [("17801146", "0"), ("00000000", "6"), ("00000001", "4"), ("10000000", "3"), ("01234567", "0")]
)
def test_the_check_digit_of_a_dni_follows_its_weights(number: str, digit: str) -> None:
    assert rules.dni_check_digit(number) == digit


def slow_check_digit(number: str) -> str:
    """The printed definition, step by step: weights from the left, remainder of eleven, place in the list."""
    weights = {0: 3, 1: 2, 2: 7, 3: 6, 4: 5, 5: 4, 6: 3, 7: 2}
    remainder = 0
    for place, weight in weights.items():
        for _ in range(int(number[place])):
            remainder = (remainder + weight) % 11
    return {0: "6", 1: "5", 2: "4", 3: "3", 4: "2", 5: "1", 6: "1", 7: "0", 8: "9", 9: "8", 10: "7"}[remainder]


@given(st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_the_check_digit_agrees_with_the_definition_step_by_step(number: str) -> None:
    assert rules.dni_check_digit(number) == slow_check_digit(number)


@given(st.from_regex(r"[0-9]{8}", fullmatch=True), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_found_unless_it_falls_on_the_repeated_one(number: str, place: int, shift: int) -> None:
    other = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    same = rules.dni_check_digit(number) == rules.dni_check_digit(other)
    # "1" stands twice in the list: the only pair of remainders that one wrong digit can hide in.
    assert not same or rules.dni_check_digit(number) == "1"


@pytest.mark.parametrize("number", ["", "1234567", "123456789", "1234567a", "１２３４５６７８"])
def test_a_dni_that_is_not_eight_digits_has_no_check_digit(number: str) -> None:
    with pytest.raises(ValueError, match="ocho dígitos"):
        rules.dni_check_digit(number)


@pytest.mark.parametrize(
    ("kind", "number", "check", "expected"),
    [
        ("dni", "17801146", "0", ""),
        ("dni", "17801146", "", ""),
        ("dni", "17801146", "5", "le corresponde 0"),
        ("dni", "7801146", "", "ocho dígitos"),
        ("dni", "", "", "ocho dígitos"),
        ("foreign", "AB12345", "", ""),
        ("foreign", "A1", "", "de 5 a 20"),
        ("foreign", "", "", "de 5 a 20"),
        ("none", "", "", ""),
        ("unknown", "", "", ""),
        ("none", "12345678", "", "no se indicó"),
        ("unknown", "12345678", "", "no se indicó"),
    ],
)
def test_each_kind_of_document_has_its_form(kind: str, number: str, check: str, expected: str) -> None:
    problem = rules.document_problem(kind, number, check)
    assert (expected in problem) if expected else problem == ""


def test_an_unknown_kind_of_document_fails_loudly() -> None:
    with pytest.raises(ValueError, match="brevete"):
        rules.document_problem("brevete", "1")


def test_document_numbers_are_cleaned_of_what_people_type_around_them() -> None:
    assert rules.clean_number(" 178 011.46 ") == "17801146"
    assert rules.clean_number("ab-123") == "AB-123"


# Names and codes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("Ñaupari", "García", "José  María"), "naupari garcia jose maria"),
        (("D'Angelo-Ruiz", "", "LUIS"), "d angelo ruiz luis"),
        (("", "", ""), ""),
        (("  ", "Q_uispe"), "q uispe"),
        (("王",), "王"),
    ],
)
def test_names_are_compared_without_accents_case_nor_spaces(parts: tuple[str, ...], expected: str) -> None:
    assert rules.search_key(*parts) == expected


@given(st.text(max_size=40))
def test_a_search_key_is_its_own_key(text: str) -> None:
    key = rules.search_key(text)
    assert rules.search_key(key) == key
    assert key == key.strip()
    assert "  " not in key


@given(st.integers(1, 99_999_999))
def test_a_person_code_is_read_back_however_it_is_typed(number: int) -> None:
    code = rules.person_code(number)
    assert code.startswith("P-")
    assert rules.read_person_code(code) == code
    assert rules.read_person_code(f" p {number} ") == code


@pytest.mark.parametrize("text", ["", "Quispe", "12345678", "P-", "P-0", "P-0000000", "PP-1", "P-1234567890"])
def test_other_texts_are_no_person_code(text: str) -> None:
    assert rules.read_person_code(text) == ""


def test_the_first_person_is_number_one() -> None:
    assert rules.person_code(1) == "P-0000001"
    with pytest.raises(ValueError, match=r"\[0\]"):
        rules.person_code(0)


def test_people_are_listed_by_their_surnames() -> None:
    assert rules.full_name("Rosa", "Quispe", "Ñaupari") == "Quispe Ñaupari, Rosa"
    assert rules.full_name("", "Quispe", "") == "Quispe"
    assert rules.full_name("", "", "") == "Sin nombre registrado"


# Stays ----------------------------------------------------------------------------------------------------------------


def admission(custody: int, on: date, to: str | None) -> Move:
    return Move(custody, 1, "admission", on, None, to)


def test_a_transfer_divides_an_episode_in_stays_and_is_no_admission() -> None:
    course = rules.stays(
        [
            admission(1, date(2024, 2, 5), "EP-PIURA"),
            Move(1, 2, "transfer", date(2025, 6, 30), "EP-PIURA", "EP-AREQUIPA"),
        ]
    )
    assert [(stay.place, stay.period.start, stay.period.end) for stay in course.stays] == [
        ("EP-PIURA", date(2024, 2, 5), date(2025, 6, 30)),
        ("EP-AREQUIPA", date(2025, 6, 30), None),
    ]
    assert (course.admissions, course.in_custody, course.place) == (1, True, "EP-AREQUIPA")
    assert course.place_on(date(2025, 6, 29)) == "EP-PIURA"
    assert course.place_on(date(2025, 6, 30)) == "EP-AREQUIPA"
    assert course.place_on(date(2024, 2, 4)) is None


def test_the_day_of_release_is_outside() -> None:
    course = rules.stays([admission(1, date(2024, 1, 1), "A"), Move(1, 2, "release", date(2024, 5, 1), "A", None)])
    assert course.in_custody_on(date(2024, 4, 30))
    assert not course.in_custody_on(date(2024, 5, 1))
    assert (course.in_custody, course.place) == (False, None)


def test_somebody_released_who_returns_has_two_admissions() -> None:
    course = rules.stays(
        [
            admission(1, date(2018, 8, 1), "A"),
            Move(1, 2, "release", date(2020, 2, 1), "A", None),
            admission(2, date(2020, 2, 1), "B"),
        ]
    )
    assert (course.admissions, course.place) == (2, "B")


def test_a_place_that_nobody_recorded_contradicts_nothing() -> None:
    course = rules.stays([admission(1, date(2024, 1, 1), None), Move(1, 2, "transfer", date(2024, 2, 1), "A", "B")])
    assert course.place == "B"
    assert course.stays[0].place is None
    assert course.in_custody_on(date(2024, 1, 15))


@pytest.mark.parametrize(
    ("moves", "words"),
    [
        ([Move(1, 1, "transfer", DAY, "A", "B")], "no empieza con un ingreso"),
        ([admission(1, DAY, "A"), admission(2, DAY, "A")], "sin egreso del episodio 1"),
        (
            [
                admission(1, DAY, "A"),
                Move(1, 2, "release", DAY, "A", None),
                admission(2, DAY - timedelta(1), "A"),
            ],
            "antes del egreso",
        ),
        ([admission(1, DAY, "A"), Move(1, 2, "transfer", DAY - timedelta(1), "A", "B")], "anterior al que lo precede"),
        ([admission(1, DAY, "A"), Move(1, 2, "transfer", DAY, "C", "B")], "donde la persona no estaba"),
        ([admission(1, DAY, "A"), Move(1, 2, "transfer", DAY, "A", "A")], "al mismo establecimiento"),
        ([admission(1, DAY, "A"), Move(1, 2, "admission", DAY, None, "B")], "segundo ingreso"),
        (
            [admission(1, DAY, "A"), Move(1, 2, "release", DAY, "A", None), Move(1, 3, "transfer", DAY, "A", "B")],
            "después del egreso",
        ),
    ],
)
def test_impossible_movements_are_refused_with_what_is_wrong(moves: list[Move], words: str) -> None:
    with pytest.raises(rules.BrokenCourse, match=words):
        rules.stays(moves)


def test_every_contradiction_is_named_not_only_the_first() -> None:
    with pytest.raises(rules.BrokenCourse) as refused:
        rules.stays([Move(1, 1, "transfer", DAY, "A", "A"), Move(1, 2, "release", DAY - timedelta(9), "B", None)])
    assert len(refused.value.problems) == 3


def test_a_kind_of_movement_outside_the_list_fails_loudly() -> None:
    with pytest.raises(ValueError, match="visita"):
        rules.stays([Move(1, 1, "visita", DAY)])


@st.composite
def courses(draw: st.DrawFn) -> list[Move]:
    """Movements that a person can have made, in any order of the list."""
    day = date(2020, 1, 1)
    moves: list[Move] = []
    episodes = draw(st.integers(0, 4))
    for custody in range(1, episodes + 1):
        day += timedelta(draw(st.integers(0, 60)))
        place = draw(st.sampled_from("ABC"))
        moves.append(admission(custody, day, place))
        sequence = 1
        for _ in range(draw(st.integers(0, 3))):
            day += timedelta(draw(st.integers(0, 40)))
            target = draw(st.sampled_from([name for name in "ABC" if name != place]))
            sequence += 1
            moves.append(Move(custody, sequence, "transfer", day, place, target))
            place = target
        if custody < episodes or draw(st.booleans()):
            day += timedelta(draw(st.integers(0, 40)))
            moves.append(Move(custody, sequence + 1, "release", day, place, None))
    return draw(st.permutations(moves))


def slow_place_on(moves: list[Move], day: date) -> tuple[bool, str | None]:
    """Follows the person from one movement to the next until the day ends; inside or not, and where."""
    inside, place = False, None
    for move in sorted(moves, key=lambda move: (move.custody, move.sequence)):
        if move.on > day:
            break
        inside, place = move.kind != "release", move.to_place
    return inside, place if inside else None


@given(courses())
def test_stays_agree_with_following_the_person_day_by_day(moves: list[Move]) -> None:
    course = rules.stays(moves)
    for offset in range(0, 900, 7):
        day = date(2020, 1, 1) + timedelta(offset)
        inside, place = slow_place_on(moves, day)
        assert course.in_custody_on(day) is inside, day
        assert course.place_on(day) == place, day
    assert (course.in_custody, course.place) == slow_place_on(moves, date(2100, 1, 1))
    assert course.admissions == len({move.custody for move in moves})


# Admissions -----------------------------------------------------------------------------------------------------------

FIRST = Episode(date(2018, 8, 1), date(2020, 2, 1))
BACK = Episode(date(2025, 9, 12))
REVOKED = Episode(date(2021, 1, 1), date(2022, 1, 1), "revocation")


@pytest.mark.parametrize(
    ("as_of", "count"),
    [(date(2018, 7, 31), 0), (date(2018, 8, 1), 1), (date(2025, 9, 11), 1), (date(2025, 9, 12), 2)],
)
def test_admissions_are_counted_up_to_the_day(as_of: date, count: int) -> None:
    assert rules.admission_count([FIRST, BACK], as_of) == count


def test_a_revocation_counts_unless_the_rule_in_force_says_otherwise() -> None:
    assert rules.admission_count([FIRST, REVOKED, BACK], DAY) == 3
    assert rules.admission_count([FIRST, REVOKED, BACK], DAY, count_revocations=False) == 2
    assert rules.parameters().count_revocations_on(DAY) is True
    assert "C-10" in rules.parameters().admission_citation_on(DAY).label()


def test_parameters_whose_periods_cross_are_refused() -> None:
    text = """
[[admission_count]]
count_revocations = true
valid_from = 2000-01-01
source = "a"
[[admission_count]]
count_revocations = false
valid_from = 2020-01-01
source = "b"
[[plausible_age]]
least = 16
greatest = 110
valid_from = 1900-01-01
source = "c"
"""
    with pytest.raises(ValueError, match="comparten un día"):
        rules.parse_parameters(text)
    closed = rules.parse_parameters(text.replace("2000-01-01", "2000-01-01\nvalid_to = 2020-01-01", 1))
    assert closed.count_revocations_on(date(2019, 12, 31)) is True
    assert closed.count_revocations_on(date(2020, 1, 1)) is False
    with pytest.raises(LookupError, match="1999"):
        closed.count_revocations_on(date(1999, 1, 1))


# Plausibility ---------------------------------------------------------------------------------------------------------


def codes(findings: list[rules.Finding]) -> list[tuple[str, bool]]:
    return [(finding.code, finding.blocks) for finding in findings]


def test_a_birth_date_in_the_future_or_too_old_is_refused() -> None:
    assert codes(rules.birth_findings(DAY, DAY)) == []
    assert codes(rules.birth_findings(None, DAY)) == []
    assert codes(rules.birth_findings(DAY + timedelta(1), DAY)) == [("birth_in_future", True)]
    assert codes(rules.birth_findings(date(1900, 1, 1), DAY)) == [("birth_too_old", True)]


def test_under_sixteen_at_admission_is_kept_and_flagged() -> None:
    born = date(2008, 11, 23)
    assert codes(rules.admission_age_findings(born, date(2024, 11, 23))) == []
    assert codes(rules.admission_age_findings(born, date(2024, 11, 22))) == [("admitted_too_young", False)]
    assert codes(rules.admission_age_findings(born, date(2008, 11, 22))) == [("admitted_before_birth", True)]
    assert codes(rules.admission_age_findings(None, DAY)) == []


def test_a_release_before_the_admission_or_dates_in_the_future_are_refused() -> None:
    assert codes(rules.episode_findings(Episode(DAY, DAY), DAY)) == []
    assert codes(rules.episode_findings(Episode(DAY, DAY - timedelta(1)), DAY)) == [("released_before_admission", True)]
    later = DAY + timedelta(1)
    assert codes(rules.episode_findings(Episode(later, later), DAY)) == [
        ("admission_in_future", True),
        ("release_in_future", True),
    ]


@pytest.mark.parametrize(
    ("episode", "others", "found"),
    [
        (Episode(date(2020, 2, 1)), [FIRST], []),
        (Episode(date(2020, 1, 31), date(2021, 1, 1)), [FIRST], ["overlapping_episode"]),
        (Episode(date(2017, 1, 1), date(2018, 8, 1)), [FIRST], []),
        (Episode(date(2017, 1, 1), date(2018, 8, 2)), [FIRST], ["overlapping_episode"]),
        (Episode(DAY), [BACK], ["second_open_episode"]),
        (Episode(date(2025, 9, 13), date(2025, 9, 14)), [BACK], ["overlapping_episode"]),
        (Episode(date(2019, 1, 1), date(2019, 1, 1)), [FIRST], []),
    ],
)
def test_episodes_of_one_person_do_not_cross(episode: Episode, others: list[Episode], found: list[str]) -> None:
    assert [finding.code for finding in rules.overlap_findings(episode, others)] == found


def test_an_identity_is_confirmed_only_when_complete() -> None:
    whole = {
        "given_names": "Rosa",
        "first_surname": "Quispe",
        "birth_date": date(2000, 1, 1),
        "sex": "female",
        "document_kind": "none",
    }
    assert rules.confirmation_gaps(**whole) == []
    empty = {"given_names": "", "first_surname": "", "birth_date": None, "sex": "", "document_kind": "unknown"}
    assert len(rules.confirmation_gaps(**empty)) == 4


# Offences -------------------------------------------------------------------------------------------------------------


def test_the_catalogue_is_whole() -> None:
    entries = rules.catalogue()
    assert len(entries) >= 100
    assert {entry.family for entry in entries} <= set(rules.family_titles())
    for entry in entries:
        if entry.law == rules.PENAL_CODE:
            article_key(entry.article)


INDEX = rules.OffenceIndex(rules.catalogue())


@pytest.mark.parametrize(
    ("text", "on", "code", "attempt"),
    [
        ("CP-189", None, "CP-189", None),
        ("cp 189", None, "CP-189", None),
        ("Robo agravado", None, "CP-189", None),
        ("ROBO AGRAVADO GRADO TENTATIVA", None, "CP-189", True),
        ("189", None, "CP-189", None),
        ("Art. 298", None, "CP-298", None),
        ("art 176-a", date(2020, 1, 1), "CP-176-A", None),
        ("176-A", date(2010, 1, 1), "CP-176-A-PUDOR", None),
        ("122-B", date(2012, 1, 1), "CP-122-B-2008", None),
        ("122-B", None, "CP-122-B", None),
        ("violación sexual", None, "CP-170", None),
        ("Terrorismo", None, "DL-25475-2", None),
    ],
)
def test_an_offence_is_found_by_code_label_or_article(
    text: str, on: date | None, code: str, attempt: bool | None
) -> None:
    found = INDEX.find(text, on)
    assert (found.code, found.attempt) == (code, attempt)


@pytest.mark.parametrize("text", ["", "   ", "robo agravadísimo", "9999", "art. 1"])
def test_what_is_not_in_the_catalogue_is_not_guessed(text: str) -> None:
    assert INDEX.find(text).code is None


def test_texts_whose_meaning_depends_on_the_day_are_known() -> None:
    assert INDEX.is_dated("122-B")
    assert not INDEX.is_dated("CP-122-B")
    assert not INDEX.is_dated("Robo agravado")


def test_two_offences_under_one_label_are_offered_not_chosen() -> None:
    first, second = rules.catalogue()[:2]
    from dataclasses import replace

    index = rules.OffenceIndex([replace(first, aliases=("IGUAL",)), replace(second, aliases=("IGUAL",))])
    assert index.find("igual").code is None
    assert index.find("igual").candidates == (first.code, second.code)


def test_special_laws_have_no_article_of_the_penal_code() -> None:
    assert rules.fact_article("CP", "189") == "189"
    assert rules.fact_article("DL 25475", "2") == "0"
    article_key(rules.SPECIAL_LAW_ARTICLE)
    assert rules.offence_label("DL 25475", "2", "Terrorismo") == "DL 25475, art. 2 · Terrorismo"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("CP-107,CP,107", "CP-106,CP,107"), "repetido"),
        (("LIFE_BODY_HEALTH,,yes", "LIFE_BODY_HEALTH,,quizá"), "yes o no"),
        (("code,law", "codigo,law"), "columnas"),
        (("CP-106,CP,106,Homicidio simple", "CP-106,CP,106,"), "Línea 2"),
    ],
)
def test_a_wrong_catalogue_says_where(change: tuple[str, str], words: str) -> None:
    from importlib import resources

    text = (resources.files("creo.register") / "data" / "offences.csv").read_text("utf-8")
    with pytest.raises(ValueError, match=words):
        rules.parse_catalogue(text.replace(*change, 1))


# Nationalities --------------------------------------------------------------------------------------------------------


def test_nationalities_are_read_as_people_write_them() -> None:
    for text in ("Perú", "peruana", "PERUANO", "pe"):
        assert rules.read_nationality(text) == "PE"
    assert rules.read_nationality("marciana") == ""
    assert rules.nationality_name("VE") == "Venezuela"
    assert rules.nationality_name("AO") == "AO"

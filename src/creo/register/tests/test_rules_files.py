"""Rules about files, protected facts and rights, each against examples drawn by hand or a slow twin."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.kernel.calendar import WorkingCalendar, peruvian_holidays
from creo.register import rules
from creo.register.rules import FileSituation, ProtectedValue, documents_kinds
from creo.register.rules.rights import parse_deadlines

TODAY = date(2026, 11, 23)
PERU = WorkingCalendar.peru()


# Documents ------------------------------------------------------------------------------------------------------------


def test_a_file_has_the_thirteen_kinds_of_article_51_each_with_its_number() -> None:
    kinds = list(rules.document_kinds().values())
    assert [kind.citation.locator for kind in kinds] == [f"art. 51.{number}" for number in range(1, 14)]
    assert {kind.code: kind.access for kind in kinds if kind.access != "general"} == {
        "medical_report": "medical",
        "evaluations": "evaluation",
    }


@pytest.mark.parametrize(
    ("situation", "missing", "undecided"),
    [
        (FileSituation(True, True, True), {"sentence", "transfer_orders", "release_orders"}, set()),
        (FileSituation(False, False, False), set(), set()),
        (FileSituation(None, False, False), set(), {"sentence"}),
    ],
)
def test_what_is_missing_depends_on_what_happened(
    situation: FileSituation, missing: set[str], undecided: set[str]
) -> None:
    found = {item.kind.code: item.presence for item in rules.checklist({}, situation)}
    sometimes = {"sentence", "transfer_orders", "release_orders", "other"}
    assert {code for code, presence in found.items() if presence == "missing" and code in sometimes} == missing
    assert {code for code, presence in found.items() if presence == "undecided"} == undecided
    assert {found[code] for code in found if code not in sometimes} == {"missing"}
    assert found["other"] == "not_due"


@given(st.dictionaries(st.sampled_from(sorted(rules.document_kinds())), st.integers(0, 5)))
def test_what_is_there_is_there_whatever_happened(counts: dict[str, int]) -> None:
    for situation in (FileSituation(None, False, False), FileSituation(True, True, True)):
        lines = rules.checklist(counts, situation)
        assert len(lines) == 13
        assert all((line.presence == "there") == bool(counts.get(line.kind.code)) for line in lines)


@pytest.mark.parametrize(
    "line",
    [
        "a,51.1,A,secret,always,",
        "a,51.1,A,general,sometimes,",
        "a,51.1,A,general,always,\na,51.2,B,general,always,",
    ],
)
def test_a_table_of_kinds_with_a_mistake_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        documents_kinds.parse_kinds(["code,numeral,title,access,expected,note", *line.splitlines()])


def test_only_evaluations_are_kept_from_the_person() -> None:
    assert [access for access in rules.DocumentAccess if not rules.given_in_copy(access)] == ["evaluation"]


# Protected facts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "fields"),
    [
        (ProtectedValue("community", "yes", "Comunidad campesina de prueba"), set()),
        (ProtectedValue("community", "yes", " "), {"value"}),
        (ProtectedValue("community", "none"), set()),
        (ProtectedValue("community", "none", "Aimara"), {"answer"}),
        (ProtectedValue("disability", "yes", "legs", "Silla de ruedas"), set()),
        (ProtectedValue("disability", "yes", "cojera"), {"value"}),
        (ProtectedValue("language", "yes", "Awajún", interpreter=True), set()),
        (ProtectedValue("language", "yes"), {"value"}),
        (ProtectedValue("language", "none"), {"answer"}),
        (ProtectedValue("pregnancy", "yes"), set()),
        (ProtectedValue("pregnancy", "yes", day=date(2027, 3, 1)), set()),
        (ProtectedValue("pregnancy", "yes", day=date(2026, 11, 1)), {"day"}),
        (ProtectedValue("pregnancy", "yes", day=date(2027, 11, 1)), {"day"}),
        (ProtectedValue("pregnancy", "none"), set()),
        (ProtectedValue("children_inside", "yes", number=1, day=date(2024, 5, 1)), set()),
        (ProtectedValue("children_inside", "yes", number=1, day=date(2023, 11, 23)), {"day"}),
        (ProtectedValue("children_inside", "yes", number=1, day=date(2027, 1, 1)), {"day"}),
        (ProtectedValue("children_inside", "yes"), {"number", "day"}),
        (ProtectedValue("children", "yes", number=21), {"number"}),
        (ProtectedValue("children", "yes", number=3), set()),
        (ProtectedValue("children", "none", number=0), {"answer"}),
    ],
)
def test_an_answer_says_what_its_question_asks_and_no_more(item: ProtectedValue, fields: set[str]) -> None:
    assert {field for field, _reason in rules.protected_problems(item, TODAY, TODAY)} == fields
    later = {field for field, _reason in rules.protected_problems(item, TODAY + timedelta(1), TODAY)}
    assert "since" in later


def test_an_answer_off_the_list_is_a_fault() -> None:
    with pytest.raises(ValueError, match="faith"):
        rules.protected_problems(ProtectedValue("faith", "yes"), TODAY, TODAY)


@pytest.mark.parametrize(
    ("born", "day"),
    [(date(2024, 5, 1), date(2027, 5, 1)), (date(2024, 2, 29), date(2027, 3, 1)), (date(2021, 1, 1), date(2024, 1, 1))],
)
def test_a_child_stays_until_it_is_three(born: date, day: date) -> None:
    assert rules.leaves_on(born) == day


def test_an_answer_says_what_the_law_asks_of_the_prison() -> None:
    assert "primer piso" in rules.duty(ProtectedValue("disability", "yes", "legs"))
    assert "primer piso" in rules.duty(ProtectedValue("disability", "yes", "several"))
    assert "primer piso" not in rules.duty(ProtectedValue("disability", "yes", "sight"))
    assert "coerción" in rules.duty(ProtectedValue("pregnancy", "yes"))
    assert "intérprete" in rules.duty(ProtectedValue("language", "yes", "Quechua", interpreter=True))
    assert rules.duty(ProtectedValue("language", "yes", "Castellano", interpreter=False)) == ""
    assert {rules.duty(ProtectedValue(kind, "none")) for kind in rules.ProtectedKind} == {""}


@pytest.mark.parametrize("code", ["AFIS-0001234", "20-1", "RENIEC/2026/000123", "A.1.2.3", "0000"])
def test_a_short_code_is_a_reference(code: str) -> None:
    assert rules.reference_problem(code) == ""


@pytest.mark.parametrize(
    "text",
    [
        "data:image/png;base64,iVBORw0KGgo=",
        "iVBORw0KGgoAAAANSUhEUgAAAAUA",
        "/9j/4AAQSkZJRgABAQ==",
        "4AAQ" * 12,
        "R0lGODlhAQABAIAAAAAAAP",
        "<svg onload=alert(1)>",
        "FF" * 30,
        "\x89PNG\r\n",
        "",
        "AB1",
        "HUELLA",
        "AFIS--12",
        "afis-12",
        "AFIS 12",
        "AFIS-12-",
    ],
)
def test_what_looks_like_an_image_or_no_code_is_no_reference(text: str) -> None:
    assert rules.reference_problem(text)


def test_the_sheet_counts_a_protected_question_once_it_was_asked() -> None:
    nothing = rules.sheet_parts(identity_complete=False, birth_known=False, references=set(), asked=set())
    assert set(nothing) == set(rules.SheetPart) == set(rules.SHEET_WORDS) == set(rules.SHEET_SOURCES)
    assert not any(nothing.values())
    some = rules.sheet_parts(
        identity_complete=True, birth_known=True, references={"left_ring", "marks"}, asked={"disability"}
    )
    there = {part for part, recorded in some.items() if recorded}
    assert there == {"filiation", "minor", "fingerprints", "marks", "disability"}


# Rights ---------------------------------------------------------------------------------------------------------------


def slow_due(received: date, days: int) -> date:
    """Day by day, with no help: Saturdays, Sundays and holidays do not count."""
    day, left = received, days
    while left > 0:
        day = date.fromordinal(day.toordinal() + 1)
        if day.strftime("%w") not in "06" and day not in peruvian_holidays(day.year):
            left -= 1
    return day


def slow_left(due: date, today: date) -> int:
    """Walks from one day to the other and counts the working days met."""
    step, count, day = (1 if today <= due else -1), 0, today
    while day != due:
        if step == 1:
            day += timedelta(1)
        if day.weekday() < 5 and day not in peruvian_holidays(day.year):
            count += step
        if step == -1:
            day -= timedelta(1)
    return count


DAYS = st.dates(date(2025, 3, 30), date(2032, 12, 31))


@given(DAYS, st.integers(1, 40))
def test_a_deadline_counts_working_days_as_a_person_would(received: date, days: int) -> None:
    due = rules.due_on(received, days, PERU)
    assert due == slow_due(received, days)
    assert rules.days_left(due, received, PERU) == days


@given(DAYS, st.integers(-60, 60))
def test_the_days_left_are_those_a_person_would_count(due: date, offset: int) -> None:
    today = due + timedelta(offset)
    assert rules.days_left(due, today, PERU) == slow_left(due, today)


def test_a_request_of_friday_before_christmas_is_due_after_the_holidays() -> None:
    # 20 working days from Monday 21 December 2026, without Christmas (Friday) and New Year (Friday).
    assert rules.due_on(date(2026, 12, 18), 20, PERU) == date(2027, 1, 19)
    assert rules.due_on(date(2026, 12, 18), 8, PERU) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("kind", "days", "locator"),
    [
        ("rectification", 20, "art. 14"),
        ("access", 20, "art. 69"),
        ("information", 8, "art. 69"),
        ("cancellation", 10, "art. 69"),
        ("opposition", 10, "art. 69"),
    ],
)
def test_each_right_has_its_deadline_and_its_source(kind: str, days: int, locator: str) -> None:
    found = rules.deadline_on(kind, TODAY)
    assert found is not None
    assert (found.working_days, found.citation.locator) == (days, locator)


def test_a_day_before_its_norm_has_no_deadline() -> None:
    assert rules.deadline_on("access", date(2025, 3, 29)) is None
    assert rules.deadline_on("access", date(2025, 3, 30)) is not None
    assert rules.deadline_on("rectification", date(2010, 1, 1)) is not None


def test_two_deadlines_of_one_right_on_one_day_are_refused() -> None:
    one = '[[rights_deadline]]\nkind = "access"\nworking_days = 20\nvalid_from = 2025-01-01\nsource = "x"\n'
    with pytest.raises(ValueError, match="comparten un día"):
        parse_deadlines(one + one.replace("2025", "2026"))
    parse_deadlines(one.replace('source = "x"', 'source = "x"\nvalid_to = 2026-01-01') + one.replace("2025", "2026"))


def test_the_course_of_a_request_is_the_table_and_nothing_else() -> None:
    drawn = {
        ("received", "assign"): "in_review",
        ("in_review", "assign"): "in_review",
        ("in_review", "accept"): "accepted",
        ("in_review", "accept_partly"): "partial",
        ("in_review", "reject"): "rejected",
    }
    for state in rules.RightState:
        for act in rules.RightAct:
            assert rules.next_state(state, act) == drawn.get((state, act))
        assert set(rules.open_acts(state)) == {act for start, act in drawn if start == state}
    assert {*rules.PENDING, *rules.ANSWERED} == set(rules.RightState)
    assert all(not rules.open_acts(state) for state in rules.ANSWERED)


@given(st.integers(1000, 2999), st.integers(1, 999_999))
def test_a_number_reads_back_as_written(year: int, number: int) -> None:
    assert rules.read_request_number(rules.request_number(year, number)) == (year, number)


@pytest.mark.parametrize("text", ["", "2026", "2026-1", "2026-0001x", "02026-0001", "2026-00000001", "2026-0001\n"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert rules.read_request_number(text) is None


def test_the_own_file_has_every_item_of_mandela_rules_7_and_8() -> None:
    found = {item.rule for item in rules.OWN_FILE_ITEMS}
    assert found == {f"7.{letter}" for letter in "abcdefg"} | {f"8.{letter}" for letter in "abcdef"}
    assert len({item.code for item in rules.OWN_FILE_ITEMS}) == len(rules.OWN_FILE_ITEMS)

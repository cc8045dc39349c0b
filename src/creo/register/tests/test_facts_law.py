"""What courts decided, as facts of a day: the pure rules, and one person against everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from creo.kernel.columns import CategoryColumn, DateColumn
from creo.register import commands, queries, rules
from creo.register.commands import OffenceData
from creo.register.facts import FACT_NAMES
from creo.register.models import Custody, Identity, Offence
from creo.register.rules import Conviction, Declaration, Held, OffenceSpan, Order
from creo.register.tests import factories as make
from creo.register.tests import factories_law as law
from creo.register.tests.factories import BY, TODAY, Cast

D = date(2020, 1, 10)
LATER = date(2021, 1, 10)


def conviction(custody: int = 1, **other: Any) -> Conviction:
    values: dict[str, Any] = {"issued_on": D, "effect": "effective", "finality": "final", "final_on": D}
    return Conviction(custody, **(values | other))


def held(custody: int = 1, status: str = "sentenced", **other: Any) -> Held:
    return Held(custody, D, status, **other)


# The rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("convictions", "episodes", "count"),
    [
        ([], [held()], None),
        ([], [held(status="unsentenced")], None),
        ([conviction()], [held()], 1),
        ([conviction(), conviction()], [held()], 2),
        ([conviction(), conviction(2)], [held(), held(2)], 2),
        ([conviction()], [held(), held(2)], None),
        ([conviction()], [held(), held(2, "")], None),
        ([conviction()], [held(), held(2, "unsentenced")], 1),
        ([conviction()], [held(), held(2, release_kind="annulled")], 1),
        ([conviction(effect="suspended")], [held()], 0),
        ([conviction(effect="suspended", finality="", final_on=None)], [held()], 0),
        ([conviction(finality="appealed", final_on=None)], [held()], 0),
        ([conviction(effect="")], [held()], None),
        ([conviction(finality="", final_on=None)], [held()], None),
        ([conviction(final_on=None)], [held()], None),
        ([conviction(final_on=LATER)], [held()], 0),
        ([conviction(ended_on=D)], [held()], 0),
        ([conviction(ended_on=LATER)], [held()], 1),
        ([conviction(issued_on=LATER, final_on=LATER)], [held()], None),
        ([conviction(), conviction(issued_on=LATER, effect="")], [held()], 1),
        ([conviction(), conviction(2, issued_on=LATER)], [held(), held(2)], 1),
    ],
)
def test_final_effective_sentences_are_counted_and_doubt_is_no_number(
    convictions: list[Conviction], episodes: list[Held], count: int | None
) -> None:
    assert rules.conviction_count(convictions, episodes, date(2020, 6, 1)) == count


def test_declarations_and_mandates_hold_on_their_days() -> None:
    yes = Declaration("recidivist", True, D, LATER)
    no = Declaration("recidivist", False, D)
    assert rules.declared([], "recidivist", D) is None
    assert rules.declared([no], "recidivist", D) is False
    assert rules.declared([no, yes], "recidivist", D) is True
    assert rules.declared([no, yes], "recidivist", LATER) is False
    assert rules.declared([yes], "habitual", D) is None
    with pytest.raises(ValueError, match="peligroso"):
        rules.declared([yes], "peligroso", D)
    assert rules.orders_in_force([], D) is None
    assert rules.orders_in_force([Order(D, LATER), Order(D)], D) == 2
    assert rules.orders_in_force([Order(D, LATER)], LATER) == 0
    assert rules.orders_in_force([Order(LATER)], D) is None
    assert rules.orders_in_force([Order(D, LATER, "error")], D) is None


SPANS = st.builds(
    OffenceSpan,
    st.integers(1, 4),
    st.booleans(),
    st.sampled_from([None, True, False]),
    st.one_of(st.none(), st.dates(D, LATER)),
    st.one_of(st.none(), st.dates(LATER, date(2022, 1, 1))),
)


@given(st.lists(SPANS, max_size=6), st.dates(D, date(2022, 6, 1)))
def test_the_main_offence_is_never_among_the_others(spans: list[OffenceSpan], day: date) -> None:
    main, others = rules.offences_on(spans, day)
    assert main is None or main.is_main
    assert list(others) == sorted(set(others) - ({main.offence} if main else set()))
    charged = {span.offence for span in spans if span.covers(day) and not span.is_main}
    assert set(others) <= charged


# One person and everybody ---------------------------------------------------------------------------------------------


def value(found: queries.PopulationColumns, name: str, code: str) -> Any:
    column, row = found.columns[name], found.codes.index(code)
    if isinstance(column, DateColumn):
        return column.days[row]
    assert isinstance(column, CategoryColumn)
    return None if column.codes[row] < 0 else column.values[column.codes[row]]


@pytest.fixture
def story(db: None) -> Cast:
    """Everything that courts may decide, on people of two prisons, with days in between."""
    cast = make.cast()
    for code in ("CP-195", "CP-279-G", "DL-25475-2"):
        make.offence(code)
    commands.set_main_offence(
        by=BY, person_code=cast.rosa, offence_code="CP-170", attempt=True, reason="Auto", today=TODAY,
        on=date(2026, 9, 1),
    )  # fmt: skip
    for offence, on in (("CP-195", None), ("DL-25475-2", date(2026, 8, 1))):
        commands.add_offence(
            by=BY, person_code=cast.rosa, offence_code=offence, attempt=None, on=on, reason="Auto", today=TODAY
        )
    commands.close_offence(
        by=BY, person_code=cast.rosa, offence_code="CP-195", on=date(2026, 10, 1), reason="Auto", today=TODAY
    )
    commands.set_legal_status(
        by=BY, person_code=cast.rosa, status="sentenced", on=date(2026, 6, 1), next_hearing_on=None, reason="S",
        today=TODAY,
    )  # fmt: skip
    law.sentence(cast.rosa)
    law.declare(cast.rosa, on=date(2026, 6, 1))
    law.lift(cast.rosa, law.mandate(cast.rosa), date(2026, 9, 1))
    law.mandate(cast.luis, "7", date(2025, 3, 1))
    annulled = law.sentence(cast.luis, "8", issued_on=date(2025, 2, 1), final_on=date(2025, 2, 10), starts_on=None)
    law.annul(cast.luis, annulled, date(2025, 8, 1))
    law.sentence(cast.ana, "9", episode=1, issued_on=date(2019, 1, 1), final_on=date(2019, 2, 1), starts_on=None)
    law.sentence(cast.ana, "10", finality="", final_on=None)
    commands.change_offence_family(
        by=BY, offence_code="CP-186", family="DRUGS", on=date(2026, 6, 15), reason="Acta", today=TODAY
    )
    return cast


@pytest.mark.parametrize(
    "as_of",
    [
        TODAY,
        date(2026, 9, 15),
        date(2026, 8, 31),
        date(2026, 7, 1),
        date(2026, 6, 10),
        date(2026, 3, 14),
        date(2025, 4, 1),
    ],
)
def test_everybody_agrees_with_each_person_on_every_day(story: Cast, as_of: date) -> None:
    found = queries.population_columns(BY, as_of)
    assert found.codes
    for code in found.codes:
        alone = queries.facts_for(BY, code, as_of).facts
        assert {name: value(found, name, code) for name in FACT_NAMES - {"birth_date"}} == {
            name: alone[name] for name in FACT_NAMES - {"birth_date"}
        }, code


def test_the_facts_of_the_story_are_these(story: Cast) -> None:
    def facts(code: str, day: date, *names: str) -> list[object]:
        found = queries.facts_for(BY, code, day).facts
        return [found[name] for name in names]

    assert facts(story.rosa, TODAY, "main_article", "attempt", "other_articles", "main_family") == [
        "170", True, "0", "SEXUAL_FREEDOM",
    ]  # fmt: skip
    before = date(2026, 8, 31)
    assert facts(story.rosa, before, "main_article", "attempt", "other_articles") == ["189", False, "0, 195"]
    counted = ("effective_conviction_count", "recidivist", "mandates_in_force")
    assert facts(story.rosa, TODAY, *counted) == [1, True, 0]
    assert facts(story.rosa, date(2026, 6, 10), *counted) == [0, True, 1]
    assert facts(story.luis, date(2025, 4, 1), *counted) == [1, None, 1]
    assert facts(story.luis, TODAY, *counted) == [0, None, 1]
    assert facts(story.ana, TODAY, *counted) == [None, None, None]
    assert facts(story.ana, TODAY, "main_family") == ["DRUGS"]
    assert facts(story.ana, date(2026, 6, 14), "main_family") == ["PROPERTY"]


def test_nobody_counts_the_sentences_of_somebody_without_name_nor_document(story: Cast) -> None:
    blank = {"given_names": "", "first_surname": "", "second_surname": "", "document_kind": "unknown"}
    Identity.objects.filter(person__code=story.rosa).update(**blank, document_number="", status="provisional")
    found = queries.facts_for(BY, story.rosa, TODAY)
    assert found.facts["effective_conviction_count"] is None
    assert found.facts["recidivist"] is None
    assert value(queries.population_columns(BY, TODAY), "recidivist", story.rosa) is None


def test_a_sentenced_episode_without_its_sentence_leaves_the_count_unknown(story: Cast) -> None:
    assert queries.facts_for(BY, story.rosa, TODAY).facts["effective_conviction_count"] == 1
    Custody.objects.filter(person__code=story.ana, released_on=None).update(legal_status="sentenced")
    law.annul(story.ana, law.sentence(story.ana, "20", episode=1, starts_on=None))
    found = queries.facts_for(BY, story.ana, TODAY)
    assert found.facts["effective_conviction_count"] is None
    assert "no constan todas las sentencias" in found.evidence["effective_conviction_count"]


def test_the_digest_of_a_population_sees_what_courts_decide(story: Cast) -> None:
    changes: list[Callable[[], object]] = [
        lambda: law.mandate(story.rosa, "50"),
        lambda: law.sentence(story.rosa, "51", offences=(OffenceData("CP-170"),)),
        lambda: law.declare(story.rosa, "habitual"),
        lambda: Offence.objects.filter(code="CP-170").update(family=""),
    ]
    seen = {queries.population_columns(BY, TODAY).digest()}
    for change in changes:
        change()
        seen.add(queries.population_columns(BY, TODAY).digest())
    assert len(seen) == len(changes) + 1


def test_facts_of_law_take_few_queries(story: Cast) -> None:
    with CaptureQueriesContext(connection) as seen:
        queries.facts_for(story.official_of_piura, story.rosa, TODAY)
    assert len(seen) <= 9
    with CaptureQueriesContext(connection) as seen:
        queries.legal_file(story.official_of_piura, story.rosa, TODAY)
    assert len(seen) <= 8
    with CaptureQueriesContext(connection) as seen:
        queries.penological_sheet(story.official_of_piura, story.rosa, TODAY)
    assert len(seen) <= 9


def test_somebody_who_left_before_completing_has_no_known_end(story: Cast) -> None:
    key = law.sentence(story.pedro, "60", issued_on=date(2015, 6, 1), final_on=date(2015, 7, 1), term=rules.Term(20),
                       starts_on=date(2015, 4, 4))  # fmt: skip
    file = queries.legal_file(BY, story.pedro, TODAY)
    assert [step.code for step in file.computation.of(key).steps][-1] == "left"
    assert file.computation.end is None
    served = law.sentence(story.ana, "61", episode=1, issued_on=date(2018, 8, 1), final_on=date(2018, 9, 1),
                          starts_on=date(2018, 8, 1), term=rules.Term(5))  # fmt: skip
    assert queries.legal_file(BY, story.ana, TODAY).computation.of(served).end == date(2023, 8, 1)


def test_the_sheet_is_active_inside_passive_outside_and_active_again(story: Cast) -> None:
    states = {
        code: (found.active, found.reactivated, found.since)
        for code in (story.rosa, story.ana, story.pedro)
        if (found := queries.penological_sheet(BY, code, TODAY))
    }
    assert states == {
        story.rosa: (True, False, date(2026, 3, 14)),
        story.ana: (True, True, date(2025, 9, 12)),
        story.pedro: (False, False, date(2024, 4, 4)),
    }
    pedro = queries.penological_sheet(BY, story.pedro, TODAY)
    assert [move.detail for move in pedro.benefits] == ["conditional_release"]
    luis = queries.penological_sheet(BY, story.luis, TODAY)
    assert [(move.on, move.to_name) for move in luis.transfers] == [(date(2025, 6, 30), "E.P. de Arequipa")]


def test_open_episodes_are_those_of_the_prisons_asked_for(story: Cast) -> None:
    found = {row.person_code: row for row in queries.open_episodes(BY, ["EP-PIURA"])}
    assert set(found) == {story.rosa, story.ana, story.julia}
    assert [item.release_kind for item in found[story.ana].earlier] == ["sentence_completed"]
    assert (found[story.rosa].offence_code, found[story.rosa].attempt) == ("CP-170", True)
    assert queries.open_episodes(BY, []) == []
    assert timedelta(0) < TODAY - found[story.rosa].admitted_on

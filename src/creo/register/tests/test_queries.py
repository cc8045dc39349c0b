from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from creo.kernel.columns import UNKNOWN_CODE, UNKNOWN_DAY, CategoryColumn, DateColumn, day_number
from creo.register import commands, queries
from creo.register.facts import FACT_NAMES, FACTS
from creo.register.models import Custody, CustodyOffence, Identity, Movement, Person
from creo.register.queries import PeopleFilters, PopulationColumns
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY, Cast, reader_at
from creo.support.accounts.permissions import Permission
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make.cast()


def value(found: PopulationColumns, name: str, code: str) -> object:
    """One person's fact out of the columns, as the rule of one person would see it."""
    column = found.columns[name]
    row = found.codes.index(code)
    if isinstance(column, DateColumn):
        days = int(column.days[row])
        return None if days == UNKNOWN_DAY else date(1970, 1, 1) + timedelta(days)
    assert isinstance(column, CategoryColumn)
    place = int(column.codes[row])
    return None if place == UNKNOWN_CODE else column.values[place]


# The list -------------------------------------------------------------------------------------------------------------


def codes(reader: object, **filters: object) -> list[str]:
    return [row.code for row in queries.people_page(reader, PeopleFilters(**filters)).rows]


def test_the_list_shows_who_is_in_custody(cast: Cast) -> None:
    assert codes(BY) == [cast.rosa, cast.luis, cast.ana, cast.julia]
    assert queries.people_count(BY, PeopleFilters()) == 4


def test_the_nation_also_finds_who_is_outside(cast: Cast) -> None:
    assert codes(BY, situation=queries.DECEASED) == [cast.pedro]
    assert codes(BY, situation=queries.RELEASED) == []
    Person.objects.filter(code=cast.pedro).update(died_on=None)
    assert codes(BY, situation=queries.RELEASED) == [cast.pedro]
    everybody = codes(BY, situation=queries.EVERYBODY)
    assert everybody == [cast.rosa, cast.luis, cast.ana, cast.pedro, cast.julia]
    assert cast.julia_duplicate not in everybody


def test_a_prison_sees_the_people_it_holds_today(cast: Cast) -> None:
    assert codes(cast.official_of_piura) == [cast.rosa, cast.ana, cast.julia]
    assert codes(reader_at("EP-AREQUIPA")) == [cast.luis]
    assert codes(cast.official_of_piura, situation=queries.EVERYBODY) == [cast.rosa, cast.ana, cast.julia]
    assert codes(cast.official_of_piura, situation=queries.RELEASED) == []


def test_an_official_outside_the_territory_sees_nothing(cast: Cast) -> None:
    assert codes(cast.official_of_tumbes) == []
    for code in (cast.rosa, cast.luis, cast.pedro, "P-9999999"):
        with pytest.raises(NotFound):
            queries.person(cast.official_of_tumbes, code, TODAY)
        with pytest.raises(NotFound):
            queries.facts_for(cast.official_of_tumbes, code, TODAY)
        with pytest.raises(NotFound):
            queries.person_code_in_scope(cast.official_of_tumbes, code)
    assert len(queries.population_columns(cast.official_of_tumbes, TODAY)) == 0
    assert queries.counts(cast.official_of_tumbes, TODAY).total == 0


def test_somebody_without_the_permission_is_refused(cast: Cast) -> None:
    reader = reader_at("EP-PIURA", permissions=frozenset({Permission.VIEW_TARGETING}))
    for read in (
        lambda: queries.people_page(reader, PeopleFilters()),
        lambda: queries.people_count(reader, PeopleFilters()),
        lambda: queries.person(reader, cast.rosa, TODAY),
        lambda: queries.person_code_in_scope(reader, cast.rosa),
        lambda: list(queries.people_rows(reader, PeopleFilters())),
        lambda: queries.known_documents(reader, ["1"]),
    ):
        with pytest.raises(Forbidden):
            read()


def test_nobody_without_a_place_gets_anything(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        queries.people_page(reader_at(), PeopleFilters())
    assert len(queries.population_columns(reader_at(), TODAY)) == 0


@pytest.mark.parametrize("text", ["quispe", "ÑAUPARI", "naup", "rosa quispe", "quispe ñaupari, rosa", "  Rosa  "])
def test_people_are_found_by_words_of_their_names_forgiving_accents(cast: Cast, text: str) -> None:
    assert codes(BY, search=text) == [cast.rosa]


@pytest.mark.parametrize("text", ["uisp", "quispe mamani", "zzz", "%", "_", "quispe %"])
def test_words_match_from_their_beginning_and_all_of_them(cast: Cast, text: str) -> None:
    assert codes(BY, search=text) == ([cast.rosa] if text == "quispe %" else [])


def test_people_are_found_by_code_and_by_document(cast: Cast) -> None:
    assert codes(BY, search=cast.rosa.lower()) == [cast.rosa]
    assert codes(BY, search="0000 0011") == [cast.rosa]
    assert codes(BY, search="11") == [cast.rosa]
    assert codes(BY, search="0000002") == []


def test_an_earlier_name_and_a_merged_document_still_find_the_person(cast: Cast) -> None:
    commands.correct_identity(
        by=BY, person_code=cast.rosa, changes={"first_surname": "Condori"}, reason="Partida", today=TODAY
    )
    assert codes(BY, search="quispe") == [cast.rosa]
    assert codes(BY, search="00000015") == [cast.julia]
    assert codes(BY, search=cast.julia_duplicate) == [cast.julia]


def test_the_filters_narrow_the_list(cast: Cast) -> None:
    Identity.objects.filter(person__code=cast.ana, valid_to=None).update(birth_date=None)
    commands.confirm_identity(by=BY, person_code=cast.rosa, reason="Huellas")
    assert codes(BY, facility="EP-AREQUIPA") == [cast.luis]
    assert codes(BY, sex="male") == [cast.luis]
    assert codes(BY, legal_status="unsentenced") == [cast.rosa, cast.luis, cast.julia]
    assert codes(BY, without_birth_date=True) == [cast.ana]
    assert codes(BY, identity_status="confirmed") == [cast.rosa]
    assert codes(BY, sex="female", facility="EP-PIURA", search="rojas") == [cast.julia]


def test_pages_follow_one_another_in_both_directions(cast: Cast) -> None:
    first = queries.people_page(BY, PeopleFilters(), size=2)
    assert first.prev_cursor is None
    second = queries.people_page(BY, PeopleFilters(), first.next_cursor, size=2)
    assert [row.code for row in (*first.rows, *second.rows)] == [cast.rosa, cast.luis, cast.ana, cast.julia]
    assert second.next_cursor is None
    back = queries.people_page(BY, PeopleFilters(), second.prev_cursor, size=2)
    assert back.rows == first.rows
    with pytest.raises(Refused):
        queries.people_page(BY, PeopleFilters(), "alterado")


def test_the_list_takes_two_queries_and_a_search_six(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as seen:
        queries.people_page(replace(cast.official_of_piura, _known={}), PeopleFilters())
    assert len(seen) == 2
    somebody, filters = replace(cast.official_of_piura, _known={}), PeopleFilters(search="rosa")
    with CaptureQueriesContext(connection) as seen:
        queries.people_page(somebody, filters, count_to=queries.COUNTED)
    assert len(seen) == 6


def test_a_row_says_what_a_registrar_looks_for(cast: Cast) -> None:
    row = queries.people_page(BY, PeopleFilters(search=cast.luis)).rows[0]
    assert (row.name, row.facility, row.facility_name) == ("Mamani Ccori, Luis", "EP-AREQUIPA", "E.P. de Arequipa")
    assert (row.admitted_on, row.birth_date, row.document_number) == (date(2024, 2, 5), date(1998, 7, 1), "00000012")
    pedro = queries.people_page(BY, PeopleFilters(search=cast.pedro, situation=queries.EVERYBODY)).rows[0]
    assert (pedro.facility, pedro.legal_status, pedro.admitted_on) == ("", "", None)


# The file -------------------------------------------------------------------------------------------------------------


def test_the_file_tells_a_transfer(cast: Cast) -> None:
    file = queries.person(BY, cast.luis, TODAY)
    assert file.admissions == 1
    assert [(move.kind, move.from_code, move.to_code) for move in file.custodies[0].movements] == [
        ("admission", "", "EP-PIURA"),
        ("transfer", "EP-PIURA", "EP-AREQUIPA"),
    ]
    assert file.held is not None
    assert file.held.main_offence is not None
    assert file.held.main_offence.label.startswith("art. 298 · ")
    assert file.findings == ()


def test_the_file_tells_a_return_and_a_death(cast: Cast) -> None:
    ana, pedro = queries.person(BY, cast.ana, TODAY), queries.person(BY, cast.pedro, TODAY)
    assert (ana.admissions, [row.number for row in ana.custodies]) == (2, [2, 1])
    assert queries.person(BY, cast.ana, date(2025, 9, 11)).admissions == 1
    assert (pedro.held, pedro.died_on) == (None, date(2025, 1, 2))


def test_a_merged_code_leads_to_the_record_that_goes_on(cast: Cast) -> None:
    file = queries.person(BY, cast.julia_duplicate, TODAY, with_sources=True)
    assert (file.code, file.asked_code) == (cast.julia, cast.julia_duplicate)
    assert file.admissions == 2
    assert ("", cast.julia_duplicate) in file.references
    assert queries.person_code_in_scope(BY, cast.julia_duplicate) == cast.julia


def test_earlier_identities_stay_in_the_file(cast: Cast) -> None:
    commands.correct_identity(
        by=BY, person_code=cast.rosa, changes={"birth_date": date(2002, 3, 14)}, reason="Partida", today=TODAY
    )
    file = queries.person(BY, cast.rosa, TODAY)
    assert file.identity.birth_date == date(2002, 3, 14)
    assert [(row.birth_date, row.valid_to) for row in file.earlier] == [(date(2003, 3, 14), TODAY)]


def test_doubts_about_a_record_are_shown_not_hidden(cast: Cast) -> None:
    Identity.objects.filter(person__code=cast.rosa).update(birth_date=date(2012, 1, 1))
    Movement.objects.filter(custody__person__code=cast.luis, sequence=2).update(on=date(2023, 1, 1))
    assert [finding.code for finding in queries.person(BY, cast.rosa, TODAY).findings] == ["admitted_too_young"]
    assert [finding.code for finding in queries.person(BY, cast.luis, TODAY).findings] == ["movements"]


def test_the_file_takes_few_queries(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as seen:
        queries.person(cast.official_of_piura, cast.ana, TODAY, with_sources=True)
    assert len(seen) <= 8


# Facts ----------------------------------------------------------------------------------------------------------------


def test_the_list_of_facts_is_closed_and_worded(cast: Cast) -> None:
    found = queries.facts_for(BY, cast.rosa, TODAY)
    assert set(found.facts) == set(found.evidence) == FACT_NAMES
    assert set(queries.population_columns(BY, TODAY).columns) == FACT_NAMES
    assert all(str(fact.label) and str(fact.responsible) for fact in FACTS)


def test_facts_come_with_the_words_that_prove_them(cast: Cast) -> None:
    commands.confirm_identity(by=BY, person_code=cast.rosa, reason="Huellas")
    found = queries.facts_for(BY, cast.rosa, TODAY)
    assert found.facts == {
        "admission_count": 1,
        "identity_confirmed": True,
        "birth_date": date(2003, 3, 14),
        "sex": "female",
        "nationality": "PE",
        "main_article": "189",
        "main_family": "PROPERTY",
        "other_articles": "ninguno",
        "attempt": False,
        "legal_status": "unsentenced",
        "effective_conviction_count": None,
        "recidivist": None,
        "habitual": None,
        "mandates_in_force": None,
        "facility": "EP-PIURA",
        "organised_crime": None,
        "extreme_security": None,
    }
    words = {name: text.replace("\xa0", " ") for name, text in found.evidence.items()}
    assert words["admission_count"] == "un solo episodio desde 14 mar 2026"
    assert words["birth_date"] == "23 años (nació el 14 mar 2003)"
    assert words["main_article"] == "art. 189 · Robo agravado"
    assert words["identity_confirmed"] == "identidad confirmada con DNI"
    assert words["organised_crime"].startswith("no consta")


def test_what_is_not_known_is_none_and_says_so(cast: Cast) -> None:
    Identity.objects.filter(person__code=cast.rosa).update(birth_date=None, sex="", nationality="")
    CustodyOffence.objects.filter(custody__person__code=cast.rosa).delete()
    found = queries.facts_for(BY, cast.rosa, TODAY)
    for name in ("birth_date", "sex", "nationality", "main_article", "attempt", "identity_confirmed"):
        assert found.facts[name] is None, name
    assert found.evidence["birth_date"] == "sin fecha de nacimiento"
    assert found.evidence["main_article"] == "no consta el delito principal"
    assert found.evidence["identity_confirmed"] == "identidad por confirmar"


def test_an_offence_of_the_mandate_that_is_not_known_is_unknown_not_outside(cast: Cast) -> None:
    CustodyOffence.objects.filter(custody__person__code=cast.rosa).update(offence=None, attempt=None)
    assert queries.facts_for(BY, cast.rosa, TODAY).facts["main_article"] is None
    assert value(queries.population_columns(BY, TODAY), "main_article", cast.rosa) is None


def test_nobody_can_have_looked_for_earlier_admissions_of_somebody_without_name_nor_document() -> None:
    who = make.person(1)
    blank = {"given_names": "", "first_surname": "", "second_surname": ""}
    make.identity(who, **blank, document_kind="unknown", document_number="", status="provisional")
    make.custody(who, None)
    found = queries.facts_for(BY, who.code, TODAY)
    assert found.facts["admission_count"] is None
    assert "sin nombre ni documento" in found.evidence["admission_count"]
    assert value(queries.population_columns(BY, TODAY), "admission_count", who.code) is None


def test_the_facts_of_a_day_are_those_of_that_day(cast: Cast) -> None:
    before = queries.facts_for(BY, cast.luis, date(2025, 6, 29))
    assert (before.facts["facility"], before.facility_name) == ("EP-PIURA", "E.P. de Piura")
    assert queries.facts_for(BY, cast.luis, date(2025, 6, 30)).facts["facility"] == "EP-AREQUIPA"
    assert queries.facts_for(BY, cast.ana, date(2019, 1, 1)).facts["admission_count"] == 1
    outside = queries.facts_for(BY, cast.ana, date(2021, 1, 1))
    assert (outside.in_custody, outside.facts["admission_count"]) == (False, 1)
    nothing = queries.facts_for(BY, cast.ana, date(2017, 1, 1))
    assert (nothing.facts["admission_count"], nothing.facts["facility"]) == (0, None)


def test_a_special_law_is_known_to_be_outside_the_penal_code(cast: Cast) -> None:
    make.offence("DL-25475-2")
    commands.set_main_offence(
        by=BY, person_code=cast.rosa, offence_code="DL-25475-2", attempt=None, reason="Mandato", today=TODAY
    )
    found = queries.facts_for(BY, cast.rosa, TODAY)
    assert found.facts["main_article"] == "0"
    assert found.evidence["main_article"] == "DL 25475, art. 2 · Terrorismo"


def test_facts_take_few_queries(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as seen:
        queries.facts_for(cast.official_of_piura, cast.ana, TODAY)
    assert len(seen) <= 8


# The population -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", [TODAY, date(2025, 6, 29), date(2025, 6, 30), date(2019, 6, 1), date(2010, 1, 1)])
def test_the_population_agrees_with_each_person(cast: Cast, as_of: date) -> None:
    Identity.objects.filter(person__code=cast.ana).update(birth_date=None, sex="")
    Custody.objects.filter(person__code=cast.luis).update(organised_crime=True, legal_status="", legal_status_on=None)
    found = queries.population_columns(BY, as_of)
    everybody = [cast.rosa, cast.luis, cast.ana, cast.pedro, cast.julia]
    alone = {code: queries.facts_for(BY, code, as_of) for code in everybody}
    assert list(found.codes) == [code for code in everybody if alone[code].in_custody]
    for code in found.codes:
        assert {name: value(found, name, code) for name in FACT_NAMES} == alone[code].facts, code


def test_the_population_of_a_past_day_is_read_where_people_were(cast: Cast) -> None:
    before = date(2025, 6, 29)
    assert list(queries.population_columns(BY, before, ["EP-PIURA"]).codes) == [cast.luis]
    assert list(queries.population_columns(BY, before, ["EP-AREQUIPA"]).codes) == []
    assert list(queries.population_columns(BY, TODAY, ["EP-AREQUIPA"]).codes) == [cast.luis]
    assert list(queries.population_columns(cast.official_of_piura, before).codes) == [cast.luis]


def test_a_scope_reads_its_own_prisons_and_no_other(cast: Cast) -> None:
    assert list(queries.population_columns(cast.official_of_piura, TODAY).codes) == [cast.rosa, cast.ana, cast.julia]
    with pytest.raises(Forbidden, match="EP-AREQUIPA"):
        queries.population_columns(cast.official_of_piura, TODAY, ["EP-AREQUIPA"])
    with pytest.raises(Forbidden, match="EP-NADA"):
        queries.population_columns(BY, TODAY, ["EP-NADA"])
    assert len(queries.population_columns(BY, TODAY, [])) == 0


def test_somebody_whose_place_nobody_recorded_counts_for_the_nation_only(cast: Cast) -> None:
    who = make.person(99)
    make.identity(who)
    make.custody(who, None)
    found = queries.population_columns(BY, TODAY)
    assert who.code in found.codes
    assert value(found, "facility", who.code) is None
    assert int(found.facility_ids[found.codes.index(who.code)]) == 0


def test_the_digest_changes_with_any_fact_and_with_nothing_else(cast: Cast) -> None:
    digest = queries.population_columns(BY, TODAY).digest()
    assert queries.population_columns(BY, TODAY).digest() == digest
    Custody.objects.filter(person__code=cast.ana, released_on=None).update(mandate="otro")
    assert queries.population_columns(BY, TODAY).digest() == digest
    changes = (
        lambda: Identity.objects.filter(person__code=cast.rosa).update(birth_date=date(2003, 3, 15)),
        lambda: Custody.objects.filter(person__code=cast.rosa).update(organised_crime=True),
        lambda: CustodyOffence.objects.filter(custody__person__code=cast.rosa).update(attempt=True),
        lambda: commands.confirm_identity(by=BY, person_code=cast.rosa, reason="Huellas"),
    )
    seen = {digest, queries.population_columns(BY, TODAY - timedelta(1)).digest()}
    for change in changes:
        change()
        seen.add(queries.population_columns(BY, TODAY).digest())
    assert len(seen) == 6


def test_the_columns_hold_days_as_the_kernel_counts_them(cast: Cast) -> None:
    column = queries.population_columns(BY, TODAY).columns["birth_date"]
    assert isinstance(column, DateColumn)
    assert column.days.dtype == np.int32
    assert int(column.days[0]) == day_number(date(2003, 3, 14))
    Identity.objects.filter(person__code=cast.rosa).update(birth_date=date(1969, 12, 31))
    assert value(queries.population_columns(BY, TODAY), "birth_date", cast.rosa) == date(1969, 12, 31)


def test_an_empty_register_has_empty_columns() -> None:
    make.places()
    found = queries.population_columns(BY, TODAY)
    assert len(found) == 0
    assert set(found.columns) == FACT_NAMES
    assert queries.is_empty()


def test_the_counts_of_a_board_add_up(cast: Cast) -> None:
    Identity.objects.filter(person__code=cast.ana, valid_to=None).update(birth_date=None)
    found = queries.counts(BY, TODAY)
    assert found.total == 4
    assert found.by_facility == {"EP-AREQUIPA": 1, "EP-PIURA": 3}
    assert found.by_sex == {"female": 3, "male": 1}
    assert found.by_legal_status == {"": 1, "unsentenced": 3}
    assert (found.without_birth_date, found.unconfirmed) == (1, 4)
    assert queries.counts(cast.official_of_piura, TODAY).total == 3
    assert queries.counts(BY, date(2016, 1, 1)).total == 1

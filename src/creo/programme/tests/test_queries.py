"""Reads of the programme: the version of a day, its items, and that nobody without the permission sees any."""

from __future__ import annotations

from datetime import date

import pytest

from creo.kernel.verdicts import Outcome
from creo.programme import queries
from creo.programme.tests.factories import DAY, VIEWER, draft, loaded, person
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import NOBODY
from creo.support.accounts.tests.factories import reader
from creo.support.refusals import Forbidden, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return loaded()


def test_before_its_start_no_design_rules(version):
    assert queries.in_force(VIEWER, date(2013, 12, 31)) is None
    assert queries.in_force(VIEWER, date(2014, 1, 1)).number == 1


def test_without_any_design_there_is_none_in_force():
    assert queries.in_force(VIEWER, DAY) is None
    assert queries.versions(VIEWER) == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda who, v: queries.programmes(who),
        lambda who, v: queries.versions(who),
        lambda who, v: queries.version(who, 1),
        lambda who, v: queries.version_by_id(who, v.id),
        lambda who, v: queries.in_force(who, DAY),
        lambda who, v: queries.design(who, v),
        lambda who, v: queries.criteria(who, v, DAY),
        lambda who, v: queries.items(who, v),
        lambda who, v: queries.chain(who, v),
        lambda who, v: queries.product(who, v, "P1"),
        lambda who, v: queries.activity(who, v, "A1.1"),
        lambda who, v: queries.contradictions(who, v),
        lambda who, v: queries.facts(who, v),
    ],
)
def test_whoever_lacks_the_permission_reads_nothing(version, ask):
    for who in (NOBODY, reader(Permission.VIEW_TERRITORY)):
        with pytest.raises(Forbidden):
            ask(who, version)


def test_the_chain_has_five_products_thirteen_activities_and_the_union_of_their_levels(
    version, django_assert_num_queries
):
    with django_assert_num_queries(1):
        chain = queries.chain(VIEWER, version)
    assert [row.item.code for row in chain.products] == ["P1", "P2", "P3", "P4", "P5"]
    assert sum(len(row.activities) for row in chain.products) == 13
    assert {row.item.code: row.levels for row in chain.products} == {
        "P1": ("GN",),
        "P2": ("GN",),
        "P3": ("GN", "GR"),
        "P4": ("GN", "GR"),
        "P5": ("GN", "GR"),
    }
    assert [row.item.code for row in chain.products if row.target] == ["P4", "P5"]


def test_a_product_sheet_has_nine_fields_two_lists_and_who_answers(version, django_assert_num_queries):
    with django_assert_num_queries(1):
        sheet = queries.product(VIEWER, version, "P1")
    assert [field.last for field in sheet.fields] == [
        "unit",
        "beneficiary",
        "population",
        "intervention_goods",
        "beneficiary_goods",
        "place",
        "modality",
        "deliverer",
        "frequency",
    ]
    assert (len(sheet.for_intervened), len(sheet.for_beneficiary)) == (1, 7)
    assert sheet.responsible.origin == "inherited"
    assert sheet.organisation.label == "DTP"
    population = sheet.fields[2]
    assert population.differs
    assert population.text == "Población penitenciaria primaria de 18 a 34 años."
    assert population.citations[0].label() == "Programa, línea 114"
    assert sheet.model is None and sheet.official == () and len(sheet.proposals) == 2


def test_a_product_with_a_target_names_its_sites(version):
    sheet = queries.product(VIEWER, version, "P4")
    assert sheet.row.target.data["value"] == 1210
    assert [site.printed for site in sheet.sites] == ["Lima", "Piura", "Huancayo", "Arequipa", "Pucallpa"]
    assert [item.code for item in sheet.official] == ["I4"]


def test_an_activity_falls_back_on_the_responsible_of_its_product(version):
    assert queries.activity(VIEWER, version, "A1.2").organisation.label == "DSP"
    own = queries.activity(VIEWER, version, "A4.1")
    assert own.organisation.label == "DTP"
    assert [stage.last for stage in own.stages] == ["1", "2", "3", "4", "5"]
    assert [(level.code, marked) for level, marked in own.levels] == [("GN", True), ("GR", True), ("GL", False)]


@pytest.mark.parametrize("ask", [queries.product, queries.activity])
def test_what_the_design_does_not_have_is_not_found(version, ask):
    with pytest.raises(NotFound):
        ask(VIEWER, version, "P9")


def test_contradictions_by_severity_and_by_text(version):
    assert len(queries.contradictions(VIEWER, version)) == 54
    assert len(queries.contradictions(VIEWER, version, severity="H")) == 12
    assert [row.code for row in queries.contradictions(VIEWER, version, text="poepe")] == ["C-06"]
    assert [row.code for row in queries.contradictions(VIEWER, version, text="c-08")] == ["C-08"]
    assert [row.code for row in queries.contradictions(VIEWER, version, codes=["C-02", "C-01"])] == ["C-01", "C-02"]


def test_facts_by_text(version):
    assert len(queries.facts(VIEWER, version)) == 114
    (fact,) = queries.facts(VIEWER, version, "S-83")
    assert fact.represented_by == ("target:P4", "model:P4.target")


def test_the_criteria_of_a_draft_answer_with_its_own_ages(version):
    planner = person("alicia", "planner")[1]
    row = queries.version(planner, draft(planner, variant="titles"))
    someone = {
        "admission_count": 1,
        "identity_confirmed": True,
        "birth_date": date(1995, 1, 1),
        "main_article": "186",
        "organised_crime": False,
        "extreme_security": False,
    }
    assert queries.criteria(VIEWER, version, DAY).explain(someone, DAY).outcome is Outcome.MET
    verdict = queries.criteria(planner, row, DAY).explain(someone, DAY)
    assert verdict.outcome is Outcome.NOT_MET
    assert [reason.title for reason in verdict.failed] == ["18 a 29 años"]


def test_a_draft_changed_after_it_was_read_is_read_again(version):
    from creo.programme import commands

    planner = person("alicia", "planner")[1]
    number = draft(planner)
    assert queries.design(planner, queries.version(planner, number)).band("P1").max == 34
    commands.change_age_band(by=planner, number=number, band="P1", minimum=18, maximum=25)
    assert queries.design(planner, queries.version(planner, number)).band("P1").max == 25

"""Who sees which facilities, how another chapter finds one, and what a list says on a day."""

from __future__ import annotations

from datetime import date

import pytest

from creo.kernel.verdicts import Outcome
from creo.support.refusals import NotFound
from creo.territory import queries
from creo.territory.tests.factories import (
    AS_OF,
    NATION,
    alias,
    capacity,
    department,
    district,
    figure,
    office,
    pavilion,
    prison,
    province,
    reader,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def three():
    """Two prisons of the north and one of Lima."""
    lima = department("15", "14", "Lima")
    return (
        prison("EP-PIURA", "E.P. de Piura", sex="men", sex_source="x"),
        prison("EP-SULLANA", "E.P. de Sullana", sex="women", sex_source="x"),
        prison(
            "EP-LURIGANCHO", "E.P. de Lurigancho", regional_office=office("LIMA", "Lima - Lima", 2), department=lima
        ),
    )


class TestScope:
    def test_the_nation_has_no_list_of_keys(self, three):
        assert queries.facility_ids(NATION) is None

    def test_a_regional_office_has_the_keys_of_its_facilities(self, three):
        piura, sullana, _ = three
        assert queries.facility_ids(reader(("region", "NORTE"))) == {piura.pk, sullana.pk}

    def test_a_prison_has_its_own_key_and_places_add_up(self, three):
        piura, _, lurigancho = three
        assert queries.facility_ids(reader(("facility", "EP-PIURA"))) == {piura.pk}
        both = reader(("facility", "EP-PIURA"), ("region", "LIMA"))
        assert queries.facility_ids(both) == {piura.pk, lurigancho.pk}

    @pytest.mark.parametrize("scopes", [(), (("region", "SUR"),), (("facility", "EP-NADA"),), (("other", "NORTE"),)])
    def test_outside_every_place_there_is_nothing(self, three, scopes):
        nobody = reader(*scopes)
        assert queries.facility_ids(nobody) == frozenset()
        assert queries.facilities(nobody, AS_OF) == []
        assert queries.facility_refs(nobody) == ()
        assert queries.offices(nobody, AS_OF) == []
        assert queries.resolve_facility(nobody, "Piura") is None
        for ask in (
            lambda: queries.facility(nobody, "EP-PIURA", AS_OF),
            lambda: queries.by_code(nobody, "EP-PIURA"),
            lambda: queries.pavilions(nobody, "EP-PIURA", AS_OF),
        ):
            with pytest.raises(NotFound):
                ask()

    def test_a_prison_given_later_to_the_region_is_seen_by_the_next_request(self, three):
        before = queries.facility_ids(reader(("region", "NORTE")))
        added = prison("EP-TUMBES", "E.P. de Tumbes")
        assert queries.facility_ids(reader(("region", "NORTE"))) == before | {added.pk}

    def test_one_reader_asks_once_where_they_may_look(self, three, django_assert_num_queries):
        north = reader(("region", "NORTE"))
        with django_assert_num_queries(1):
            assert queries.facility_ids(north) == queries.facility_ids(north) != frozenset()


class TestResolve:
    def test_by_code_alias_or_any_spelling(self, three):
        alias(three[0], "109")
        alias(three[2], "E.P. San Pedro", scheme="name")
        for text, code in [
            ("EP-PIURA", "EP-PIURA"),
            ("ep-piura", "EP-PIURA"),
            ("109", "EP-PIURA"),
            ("PENAL DE PIÚRA", "EP-PIURA"),
            ("san pedro", "EP-LURIGANCHO"),
        ]:
            assert queries.resolve_facility(NATION, text).code == code
        assert queries.resolve_facility(NATION, "Talara") is None

    def test_the_name_alias_is_no_code(self, three):
        alias(three[2], "109", scheme="name")
        alias(three[0], "109")
        assert queries.resolve_facility(NATION, "109").code == "EP-PIURA"

    def test_an_ambiguous_name_gives_its_candidates_and_no_answer(self, three):
        prison("EP-PIURA-2", "Penal Piura")
        lookup = queries.facility_lookup(NATION)
        assert lookup.find("piura") is None
        assert [ref.code for ref in lookup.candidates("piura")] == ["EP-PIURA", "EP-PIURA-2"]

    def test_a_whole_file_costs_two_queries(self, three, django_assert_num_queries):
        with django_assert_num_queries(2):
            lookup = queries.facility_lookup(NATION)
            assert all(lookup.find(text) for text in ["EP-PIURA", "Sullana", "E.P. Lurigancho"] * 1000)


class TestCapacity:
    def test_is_the_one_in_force_on_the_day_with_a_half_open_end(self, three):
        piura = three[0]
        capacity(piura, 100, date(2016, 1, 1), valid_to=date(2020, 1, 1))
        capacity(piura, 200, date(2020, 1, 1))
        assert queries.capacity_as_of(date(2015, 12, 31)) == {}
        assert queries.capacity_as_of(date(2019, 12, 31)) == {piura.pk: 100}
        assert queries.capacity_as_of(date(2020, 1, 1)) == {piura.pk: 200}
        assert queries.capacity_as_of(date(2020, 1, 1), frozenset()) == {}


class TestFacilities:
    def test_list_in_the_order_of_the_offices_with_what_is_known(self, three):
        piura, sullana, _ = three
        capacity(piura, 1370)
        figure(piura, 4444)
        capacity(sullana, 194)
        rows = queries.facilities(NATION, AS_OF)
        assert [row.code for row in rows] == ["EP-PIURA", "EP-SULLANA", "EP-LURIGANCHO"]
        assert (rows[0].capacity, rows[0].population, rows[0].type.letter) == (1370, 4444, "A")
        assert rows[0].occupancy.overcrowded is Outcome.MET
        assert (rows[1].population, rows[1].type, rows[1].occupancy.overcrowded) == (None, None, Outcome.UNKNOWN)
        sums = queries.totals(rows)
        assert (sums.facilities, sums.capacity, sums.without_capacity) == (3, 1564, 1)
        assert (sums.population, sums.without_population, sums.overcrowded) == (4444, 2, 1)

    def test_published_people_are_compared_with_the_capacity_of_their_own_month(self, three):
        piura = three[0]
        capacity(piura, 1000, date(2016, 1, 1), valid_to=date(2026, 6, 1))
        capacity(piura, 5000, date(2026, 6, 1))
        figure(piura, 4444, date(2026, 1, 1))
        row = queries.facilities(NATION, AS_OF)[0]
        assert (row.capacity, row.occupancy.capacity, row.occupancy.excess) == (5000, 1000, 3444)

    def test_the_last_figure_up_to_the_day_counts(self, three):
        figure(three[0], 100, date(2017, 9, 1))
        figure(three[0], 200, date(2026, 1, 1))
        assert queries.published_population(date(2025, 1, 1))[three[0].pk] == (date(2017, 9, 1), 100)
        assert queries.published_population(AS_OF)[three[0].pk] == (date(2026, 1, 1), 200)

    @pytest.mark.parametrize(
        ("wanted", "codes"),
        [
            ({"office": "LIMA"}, ["EP-LURIGANCHO"]),
            ({"department": "20"}, ["EP-PIURA", "EP-SULLANA"]),
            ({"sex": "women"}, ["EP-SULLANA"]),
            ({"crowding": Outcome.MET}, ["EP-PIURA"]),
            ({"crowding": Outcome.UNKNOWN}, ["EP-SULLANA", "EP-LURIGANCHO"]),
            ({"text": "súllana"}, ["EP-SULLANA"]),
            ({"text": "ep-lur"}, ["EP-LURIGANCHO"]),
            ({"kind": "community_office"}, []),
            ({"office": "LIMA", "sex": "women"}, []),
        ],
    )
    def test_filters_keep_the_rows_that_fit(self, three, wanted, codes):
        capacity(three[0], 10)
        figure(three[0], 20)
        found = queries.facilities(NATION, AS_OF, queries.FacilityFilter(**wanted))
        assert [row.code for row in found] == codes

    def test_closed_and_not_yet_open_facilities_are_left_out(self, three):
        prison("EP-A", "Cerrado", closed=AS_OF)
        prison("EP-B", "Futuro", opened=date(2027, 1, 1))
        prison("EP-C", "Abierto", opened=AS_OF, closed=date(2027, 1, 1))
        assert {"EP-A", "EP-B", "EP-C"} & {row.code for row in queries.facilities(NATION, AS_OF)} == {"EP-C"}

    def test_three_queries_whatever_the_number(self, three, django_assert_num_queries):
        for facility in three:
            capacity(facility)
            figure(facility, 10, date(2017, 9, 1))
            figure(facility)
        with django_assert_num_queries(3):
            assert len(queries.facilities(NATION, AS_OF)) == 3


class TestOffices:
    def test_totals_of_prisons_and_count_of_community_offices(self, three):
        capacity(three[0], 100)
        prison("EML-PIURA", "Medio Libre de Piura", kind="community_office")
        rows = queries.offices(NATION, AS_OF)
        assert [(row.code, row.totals.facilities, row.totals.capacity, row.community_offices) for row in rows] == [
            ("NORTE", 2, 100, 1),
            ("LIMA", 1, 0, 0),
        ]

    def test_a_region_sees_its_own_office_only(self, three):
        assert [row.code for row in queries.offices(reader(("region", "LIMA")), AS_OF)] == ["LIMA"]


class TestFacility:
    def test_has_its_history_newest_first(self, three):
        piura = three[0]
        capacity(piura, 100, date(2016, 1, 1), valid_to=date(2020, 1, 1))
        capacity(piura, 200, date(2020, 1, 1))
        figure(piura, 300)
        parts = {"processed_men": 100, "processed_women": 20, "sentenced_men": 150, "sentenced_women": 30}
        for measure, value in parts.items():
            figure(piura, value, measure=measure)
        figure(piura, 90, date(2017, 9, 1))
        pavilion(piura)
        alias(piura, "109")
        alias(piura, "Río Seco", scheme="name")
        found = queries.facility(NATION, "EP-PIURA", AS_OF)
        assert [row.places for row in found.capacities] == [200, 100]
        assert (found.capacity, found.census_codes, found.other_names) == (200, ("109",), ("Río Seco",))
        latest, earlier = found.figures
        assert (latest.processed, latest.sentenced, latest.men, latest.women) == (120, 180, 250, 50)
        assert (latest.occupancy.excess, earlier.occupancy.excess) == (100, -10)
        assert (earlier.population, earlier.men) == (90, None)
        assert [row.code for row in found.pavilions] == ["P-1"]

    def test_place_with_both_codes_or_unknown(self, three):
        prison("EP-X", "E.P. X", province=province(), district=district())
        found = queries.facility(NATION, "EP-X", AS_OF)
        assert (found.province_name, found.district, found.district_reniec, found.district_name) == (
            "Piura",
            "200104",
            "190103",
            "Castilla",
        )
        bare = queries.facility(NATION, "EP-SULLANA", AS_OF)
        assert (bare.province_name, bare.district, bare.capacity, bare.figures) == ("", "", None, ())

    def test_five_queries(self, three, django_assert_num_queries):
        with django_assert_num_queries(5):
            queries.facility(NATION, "EP-PIURA", AS_OF)


class TestPavilions:
    def test_open_on_the_day_only(self, three):
        pavilion(three[0], "P-1", valid_from=date(2020, 1, 1), valid_to=AS_OF)
        pavilion(three[0], "P-2", valid_from=AS_OF)
        pavilion(three[1], "P-3")
        assert [row.code for row in queries.pavilions(NATION, "EP-PIURA", AS_OF)] == ["P-2"]


class TestPlaces:
    def test_departments_with_their_counts(self, three):
        district()
        district("200101", "190101", "Piura")
        rows = {row.ubigeo: row for row in queries.departments()}
        assert (rows["20"].provinces, rows["20"].districts, rows["15"].provinces) == (1, 2, 0)

    def test_one_department_with_everything_below(self, three):
        district()
        district(None, "190199", "Sin código")
        found = queries.department(reader(("facility", "EP-SULLANA")), "20", AS_OF)
        assert [(row.name, row.ubigeo) for row in found.provinces[0].districts] == [
            ("Castilla", "200104"),
            ("Sin código", ""),
        ]
        assert [row.code for row in found.prisons] == ["EP-SULLANA"]

    def test_an_unknown_department_is_not_found(self):
        with pytest.raises(NotFound):
            queries.department(NATION, "99", AS_OF)

    def test_district_keys_by_scheme_for_an_import(self):
        castilla = district()
        assert queries.district_codes(["200104", "999999"]) == {"200104": castilla.pk}
        assert queries.district_codes(["190103"], scheme="reniec") == {"190103": castilla.pk}
        with pytest.raises(ValueError, match=r"\[dane\]"):
            queries.district_codes(["1"], scheme="dane")

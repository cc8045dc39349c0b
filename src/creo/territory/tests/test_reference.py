"""The reference tables: their published totals, their inner agreement, and the outside files when they are present."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from creo.kernel.verdicts import Outcome
from creo.territory import rules

OUTSIDE = Path(__file__).parents[5] / "shared" / "data" / "peru"
JANUARY = date(2026, 1, 1)


@pytest.fixture(scope="module")
def reference() -> rules.Reference:
    return rules.load_reference()


def texts() -> dict[str, str]:
    folder = resources.files("creo.territory") / "data"
    return {item.name: item.read_text(encoding="utf-8") for item in folder.iterdir() if item.is_file()}


class TestTotals:
    def test_places_of_the_country(self, reference):
        assert len(reference.departments) == 25
        assert len(reference.provinces) == 196
        assert len(reference.districts) == 1893
        assert len(reference.offices) == 8

    def test_sixty_nine_prisons_with_their_published_places_and_people(self, reference):
        capacity = {item.prison: item.places for item in reference.capacities if item.month == JANUARY}
        people = {item.prison: item.population for item in reference.populations if item.month == JANUARY}
        assert len(reference.prisons) == len(capacity) == len(people) == 69
        assert sum(capacity.values()) == 41_764
        assert sum(people.values()) == 103_717
        crowded = [
            code for code in people if rules.overcrowding(people[code], capacity[code], JANUARY).outcome is Outcome.MET
        ]
        assert len(crowded) == 51

    def test_published_people_by_status_add_up_to_the_nation(self, reference):
        """Against two other tables of the same report: people awaiting sentence, and marital status by sex."""
        parts = [item.by_status for item in reference.populations if item.by_status]
        men, women, sentenced_men, sentenced_women = (sum(column) for column in zip(*parts, strict=True))
        assert men + women == 37_924
        assert (men + sentenced_men, women + sentenced_women) == (98_228, 5_489)

    def test_the_capacity_list_of_july_2012_marks_none_as_overcrowded_and_that_of_2017_marks_all(self, reference):
        """Two other INPE lists, made with the same rule, agree with ours."""
        capacity = {(item.prison, item.month): item.places for item in reference.capacities}
        outcomes = {}
        for item in reference.populations:
            places = capacity[item.prison, item.month]
            found = rules.overcrowding(item.population, places, item.month).outcome
            outcomes.setdefault(item.month, Counter())[found] += 1
        assert outcomes[date(2012, 7, 1)] == {Outcome.NOT_MET: 14}
        assert outcomes[date(2017, 9, 1)] == {Outcome.MET: 37}

    def test_sex_attribute_read_from_the_figures(self, reference):
        sexes = Counter()
        for item in reference.populations:
            if item.by_status:
                men, women, sentenced_men, sentenced_women = item.by_status
                sexes[rules.sex_held(men + sentenced_men, women + sentenced_women)] += 1
        assert sexes == {rules.SexHeld.MEN: 30, rules.SexHeld.WOMEN: 15, rules.SexHeld.MIXED: 24}

    def test_census_codes_match_by_name_and_the_one_left_over_says_why(self, reference):
        left = [item for item in reference.census if item.prison is None]
        assert len(reference.census) == 66
        assert [(item.code, item.printed_name) for item in left] == [("408", "E.P. de Satipo")]
        without = {item.code for item in reference.prisons} - {item.prison for item in reference.census}
        assert without == {"EP-MOQUEGUA", "EP-RIO-NEGRO", "EP-COCHAMARCA", "EP-SICUANI"}

    def test_no_community_office_is_invented(self, reference):
        assert reference.community_offices == ()
        assert "37" in reference.sources["medio-libre"].note


class TestAgreement:
    def test_every_data_file_has_a_source(self, reference):
        named = {file for source in reference.sources.values() for file in source.files}
        assert named == {name for name in texts() if name.endswith(".csv")}

    def test_callao_is_07_for_inei_and_24_for_reniec_and_tumbes_24_and_23(self, reference):
        both = {item.name: (item.inei, item.reniec) for item in reference.departments}
        assert both["Callao"] == ("07", "24")
        assert both["Tumbes"] == ("24", "23")

    def test_huancayo_prison_is_in_chupaca_with_its_two_codes(self, reference):
        prison = next(item for item in reference.prisons if item.code == "EP-HUANCAYO")
        district = next(item for item in reference.districts if item.inei == prison.district)
        assert (prison.district, district.name, district.reniec) == ("120905", "Huamancaca Chico", "110905")

    def test_a_place_that_is_no_district_stays_unknown_with_its_printed_words(self, reference):
        prison = next(item for item in reference.prisons if item.code == "EP-CAJAMARCA")
        assert (prison.province, prison.district, prison.place_printed) == (
            "0601",
            None,
            "Cajamarca / Cajamarca / Huacariz",
        )

    def test_codes_the_source_does_not_give_stay_unknown(self, reference):
        assert [item.name for item in reference.districts if item.inei is None] == ["San Antonio"]
        assert [item.name for item in reference.districts if item.reniec is None] == ["Santa María de Huachipa"]

    def test_names_are_in_title_case_without_stray_space(self, reference):
        for place in (*reference.departments, *reference.provinces, *reference.districts):
            assert place.name == " ".join(place.name.split()), place
            assert place.name[0].isupper() and not place.name.isupper(), place

    def test_each_prison_is_found_by_its_own_name_alone(self, reference):
        index = rules.NameIndex((item.code, item.name) for item in reference.prisons)
        assert all(index.find(item.name).code == item.code for item in reference.prisons)

    @pytest.mark.parametrize(
        ("file", "old", "new", "message"),
        [
            ("departments.csv", "20,19,Piura", "2,19,Piura", r"departments.csv, línea 21: .*cero inicial"),
            ("provinces.csv", "2001,", "200101,", r"provinces.csv, línea 156: .*se espera provincia"),
            (
                "prisons.csv",
                "EP-PIURA,E.P. de Piura,NORTE,20",
                "EP-PIURA,E.P. de Piura,NORTE,15",
                "fuera de su departamento",
            ),
            ("prisons.csv", "NORTE,24", "NADA,24", r"no existe \[NADA\]"),
            ("capacities.csv", "EP-PIURA,2026-01,", "EP-PIURA,2026-13,", r"capacities.csv, línea \d+"),
            ("populations.csv", "386,0,901,0,1287", "386,0,901,0,1288", "suman 1287 y el total dice 1288"),
            ("census_2016.csv", "102,E.P. de Chota", "101,E.P. de Chota", "repetido"),
            ("districts.csv", "0101,010102,", "0102,010102,", "no empieza por su provincia"),
        ],
    )
    def test_a_wrong_table_names_its_file_and_what_is_wrong(self, file, old, new, message):
        wrong = texts()
        assert old in wrong[file]
        wrong[file] = wrong[file].replace(old, new, 1)
        with pytest.raises(rules.TableError, match=message):
            rules.parse_reference(wrong)


@pytest.mark.skipif(not OUTSIDE.is_dir(), reason="needs ../shared/data/peru")
class TestOutside:
    """The same facts, read again from the outside files."""

    @staticmethod
    def read(name: str) -> list[dict[str, str]]:
        with (OUTSIDE / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def test_prisons_capacity_population_and_flag(self, reference):
        capacity = {item.prison: item.places for item in reference.capacities if item.month == JANUARY}
        people = {item.prison: item for item in reference.populations if item.month == JANUARY}
        offices = {item.code: item.short_name for item in reference.offices}
        ours = {item.name: item for item in reference.prisons}
        rows = self.read("inpe/inpe_2026_01_establecimientos.csv")
        assert set(ours) == {row["establecimiento"] for row in rows}
        for row in rows:
            prison = ours[row["establecimiento"]]
            assert offices[prison.office] == row["oficina_regional"]
            assert prison.department == row["ubigeo_dep"]
            assert capacity[prison.code] == int(row["capacidad"])
            printed = [row[name] for name in ("procesados_h", "procesados_m", "sentenciados_h", "sentenciados_m")]
            assert people[prison.code].by_status == tuple(int(value) for value in printed)
            verdict = rules.overcrowding(int(row["poblacion"]), int(row["capacidad"]), JANUARY)
            assert (verdict.outcome is Outcome.MET) == (row["hacinado"] == "SI"), prison.code

    @pytest.mark.parametrize(
        ("table", "file", "column", "digits"),
        [
            ("departments", "departamento", "departamento", 2),
            ("provinces", "provincia", "provincia", 4),
            ("districts", "distrito", "distrito", 6),
        ],
    )
    def test_codes_and_letters_of_every_place(self, reference, table, file, column, digits):
        def bare(text: str) -> str:
            split = unicodedata.normalize("NFD", text.upper().replace("Ñ", "\0"))
            return "".join(char for char in split if unicodedata.category(char) != "Mn").replace("\0", "Ñ")

        def cut(code: str) -> str | None:
            return None if code == "NA" else code[:digits]

        outside = {
            (cut(row["inei"]), cut(row["reniec"]), bare(row[column])) for row in self.read(f"ubigeo/ubigeo_{file}.csv")
        }
        assert {(item.inei, item.reniec, bare(item.name)) for item in getattr(reference, table)} == outside

    def test_capacities_of_the_earlier_reports(self, reference):
        index = rules.NameIndex(
            [(item.code, item.name) for item in reference.prisons] + [("EP-ANCON-II", "E.P. de Ancón II")]
        )
        ours = {(item.prison, f"{item.month:%Y-%m}"): item.places for item in reference.capacities}
        seen = 0
        for row in self.read("inpe/inpe_ep_hacinamiento_2012_07_y_2017_09_parcial.csv"):
            code = index.find(row["establecimiento"]).code
            if code:
                assert ours[code, row["mes"]] == int(row["capacidad"])
                seen += 1
        for row in self.read("inpe/inpe_ep_ubicacion_parcial.csv"):
            code = index.find(row["establecimiento"]).code
            if code:
                assert ours[code, row["fuente"][:7]] == int(row["capacidad_2016_2017"])
                seen += 1
        assert seen == len(ours) - 69

    def test_census_codes(self, reference):
        rows = {
            row["est_penit_cod"]: row["establecimiento"]
            for row in self.read("censo2016/codigos_establecimientos_censo2016.csv")
        }
        assert {item.code: item.printed_name for item in reference.census} == rows
        regions = {str(item.number): item.name for item in reference.offices}
        for row in self.read("censo2016/codigos_establecimientos_censo2016.csv"):
            assert regions[row["est_penit_cod"][0]] == row["region_por_primer_digito"]

"""Codes, names, overcrowding, types, capacity in time: what the rules of the territory promise."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.kernel.periods import Period
from creo.kernel.verdicts import Outcome
from creo.territory import rules

AS_OF = date(2026, 1, 31)


class TestUbigeo:
    @pytest.mark.parametrize(
        ("text", "code", "level"),
        [
            ("20", "20", rules.Level.DEPARTMENT),
            ("200000", "20", rules.Level.DEPARTMENT),
            ("2001", "2001", rules.Level.PROVINCE),
            ("200100", "2001", rules.Level.PROVINCE),
            (" 040101 ", "040101", rules.Level.DISTRICT),
        ],
    )
    def test_reads_two_four_or_six_digits_and_folds_the_padded_form(self, text, code, level):
        found = rules.parse_ubigeo(text)
        assert (found.code, found.level) == (code, level)

    def test_keeps_the_scheme_apart_from_the_digits(self):
        inei = rules.parse_ubigeo("240101", rules.Scheme.INEI)
        reniec = rules.parse_ubigeo("240101", rules.Scheme.RENIEC)
        assert inei != reniec
        assert (inei.department, inei.province, inei.full) == ("24", "2401", "240101")

    def test_a_lost_leading_zero_is_refused_with_the_probable_code(self):
        with pytest.raises(rules.UbigeoError, match="«040101»"):
            rules.parse_ubigeo("40101")

    @pytest.mark.parametrize("text", ["", "Lima", "1501011", "150001", "000101", "15.01", "١٥"])
    def test_anything_else_is_refused(self, text):
        with pytest.raises(rules.UbigeoError):
            rules.parse_ubigeo(text)

    @given(st.text(max_size=8))
    def test_a_text_is_read_or_refused_never_something_else(self, text):
        try:
            found = rules.parse_ubigeo(text)
        except rules.UbigeoError:
            return
        assert rules.parse_ubigeo(found.code) == found
        assert rules.parse_ubigeo(found.full) == found


class TestNames:
    @pytest.mark.parametrize(
        "text",
        [
            "E.P. de Jaén",
            "ep jaen",
            "E.P DE JAEN",
            "Penal de Jaén",
            "establecimiento penitenciario de  JAÉN",
            "Jae\u0301n",
        ],
    )
    def test_the_same_prison_written_in_many_ways_has_one_key(self, text):
        assert rules.name_key(text) == "JAEN"

    def test_a_word_that_begins_like_the_prefix_stays_whole(self):
        assert rules.name_key("Penalosa") == "PENALOSA"
        assert rules.name_key("Epifanía") == "EPIFANIA"

    def test_a_name_made_of_articles_alone_keeps_them(self):
        assert rules.name_key("La") == "LA"

    def test_the_index_finds_by_code_alias_and_name_and_never_guesses(self):
        index = rules.NameIndex(
            [("EP-PIURA", "E.P. de Piura"), ("EP-A", "E.P. de Lima"), ("EP-B", "E.P. Lima")], [("EP-PIURA", "109")]
        )
        assert index.find("ep-piura").code == "EP-PIURA"
        assert index.find("109").code == "EP-PIURA"
        assert index.find(" PIURA ").code == "EP-PIURA"
        assert index.find("lima") == rules.Match(None, ("EP-A", "EP-B"))
        assert index.find("Talara") == rules.Match(None)
        assert index.find("  ") == rules.Match(None)


class TestOvercrowding:
    @pytest.mark.parametrize(
        ("population", "capacity", "outcome"),
        [
            (120, 100, Outcome.NOT_MET),  # exactly 20 % is not over 20 %
            (121, 100, Outcome.MET),
            (881, 732, Outcome.MET),  # Chachapoyas, 20.4 %
            (228, 194, Outcome.NOT_MET),  # Sullana, 17.5 %
            (460, 384, Outcome.NOT_MET),  # Tumbes in July 2012: 19.8 %, printed as 20 and as not overcrowded
            (1, 0, Outcome.MET),
            (0, 0, Outcome.NOT_MET),
            (None, 100, Outcome.UNKNOWN),
            (100, None, Outcome.UNKNOWN),
        ],
    )
    def test_more_than_twenty_per_cent_over_capacity_is_overcrowded(self, population, capacity, outcome):
        assert rules.overcrowding(population, capacity, AS_OF).outcome is outcome

    def test_the_answer_names_its_source_and_its_figures(self):
        reason = rules.overcrowding(121, 100, AS_OF).reasons[0]
        assert "121 personas en 100 plazas" in reason.fact
        assert reason.citation is not None and "INPE" in reason.citation.label()

    def test_what_is_missing_is_named_and_the_answer_is_unknown(self):
        reason = rules.overcrowding(None, None, AS_OF).reasons[0]
        assert reason.fact == "Falta la población y la capacidad."
        assert reason.action

    def test_before_the_first_known_threshold_nothing_is_decided(self):
        assert rules.overcrowding(500, 100, date(2012, 6, 30)).outcome is Outcome.UNKNOWN
        assert rules.overcrowding(500, 100, date(2012, 7, 1)).outcome is Outcome.MET

    def test_occupancy_gives_excess_and_per_cent_as_published(self):
        found = rules.occupancy(4444, 1370, AS_OF)
        assert (found.excess, found.percent, found.overcrowded) == (3074, Decimal("224.4"), Outcome.MET)
        assert rules.occupancy(66, 150, AS_OF).percent == Decimal("-56.0")
        assert rules.occupancy(5, 0, AS_OF).percent is None
        assert rules.occupancy(None, 10, AS_OF).excess is None

    @given(st.integers(0, 20_000), st.integers(0, 5_000))
    def test_one_person_more_never_ends_overcrowding(self, population, capacity):
        before = rules.overcrowding(population, capacity, AS_OF).outcome
        assert rules.overcrowding(population + 1, capacity, AS_OF).outcome >= before

    @given(st.integers(0, 20_000), st.integers(0, 5_000))
    def test_one_place_more_never_begins_overcrowding(self, population, capacity):
        before = rules.overcrowding(population, capacity, AS_OF).outcome
        assert rules.overcrowding(population, capacity + 1, AS_OF).outcome <= before

    def test_shown_as_a_criterion_overcrowded_is_a_no_and_unknown_stays_unknown(self):
        shown = rules.within_limit(rules.overcrowding(121, 100, AS_OF))
        assert shown.outcome is Outcome.NOT_MET and shown.reasons[0].outcome is Outcome.NOT_MET
        assert rules.within_limit(rules.overcrowding(100, 100, AS_OF)).outcome is Outcome.MET
        assert rules.within_limit(rules.overcrowding(None, 100, AS_OF)).outcome is Outcome.UNKNOWN


class TestPrisonType:
    @pytest.mark.parametrize(
        ("population", "letter"),
        [(0, "D"), (198, "D"), (199, "D"), (200, "C"), (899, "C"), (900, "B"), (1199, "B"), (1200, "A"), (10013, "A")],
    )
    def test_letter_by_population_leaves_no_number_without_type(self, population, letter):
        assert rules.prison_type(population, AS_OF).letter == letter

    def test_the_type_cites_its_article_and_says_how_the_gap_is_treated(self):
        found = rules.prison_type(1200, AS_OF)
        assert "art. 66" in found.citation.label()
        assert "1 200" in found.citation.note

    def test_no_population_or_no_norm_gives_no_type(self):
        assert rules.prison_type(None, AS_OF) is None
        assert rules.prison_type(500, date(2007, 10, 10)) is None


class TestSexHeld:
    def test_is_read_from_who_is_held_and_from_nobody_nothing_is_read(self):
        assert rules.sex_held(10, 0) is rules.SexHeld.MEN
        assert rules.sex_held(0, 1) is rules.SexHeld.WOMEN
        assert rules.sex_held(10, 1) is rules.SexHeld.MIXED
        assert rules.sex_held(0, 0) is None
        assert [item.word for item in rules.SexHeld] == ["Hombres", "Mujeres", "Mixto"]


class TestCapacitySpans:
    def test_equal_publications_join_and_each_value_stands_until_the_next(self):
        spans = rules.capacity_spans(
            [
                (date(2026, 1, 1), 576, "c"),
                (date(2012, 7, 1), 384, "a"),
                (date(2017, 9, 1), 384, "b"),
            ]
        )
        assert spans == (
            rules.Capacity(384, Period(date(2012, 7, 1), date(2026, 1, 1)), ("a", "b")),
            rules.Capacity(576, Period(date(2026, 1, 1), None), ("c",)),
        )

    def test_nothing_published_gives_no_span(self):
        assert rules.capacity_spans([]) == ()


class TestParameters:
    TEXT = """
[[overcrowding]]
percent = 20
valid_from = 2012-07-01
source = "x"
[[prison_types]]
valid_from = 2007-10-11
source = "y"
[[prison_types.bands]]
letter = "A"
least = {high}
printed = "a"
[[prison_types.bands]]
letter = "D"
least = {low}
printed = "d"
"""

    def test_two_values_for_one_day_are_refused(self):
        twice = (
            self.TEXT.format(high=10, low=0) + '[[overcrowding]]\npercent = 30\nvalid_from = 2020-01-01\nsource = "z"\n'
        )
        with pytest.raises(ValueError, match="rigen a la vez"):
            rules.parse_parameters(twice)

    @pytest.mark.parametrize(("high", "low"), [(0, 10), (10, 5), (0, 0)])
    def test_bands_that_do_not_come_down_to_zero_are_refused(self, high, low):
        with pytest.raises(ValueError, match="deben bajar hasta 0"):
            rules.parse_parameters(self.TEXT.format(high=high, low=low))

    def test_a_changed_threshold_rules_from_its_day(self):
        text = self.TEXT.format(high=10, low=0).replace("2012-07-01", "2012-07-01\nvalid_to = 2030-01-01")
        text += '[[overcrowding]]\npercent = 50\nvalid_from = 2030-01-01\nsource = "z"\n'
        found = rules.parse_parameters(text)
        assert rules.overcrowding(130, 100, date(2029, 12, 31), rules=found).outcome is Outcome.MET
        assert rules.overcrowding(130, 100, date(2029, 12, 31), rules=found).reasons[0].changes_on == date(2030, 1, 1)
        assert rules.overcrowding(130, 100, date(2030, 1, 1), rules=found).outcome is Outcome.NOT_MET

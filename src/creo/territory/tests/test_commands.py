"""Writes of places: what they change, what they refuse, what they record; and constraints broken on purpose."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from creo.support.accounts.permissions import Permission
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused
from creo.territory import commands, queries, rules
from creo.territory.models import District, Facility, FacilityCapacity, Pavilion, ReferenceFigure
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
VIEWER = frozenset({Permission.VIEW_TERRITORY})


class TestLoadReference:
    def test_loads_the_country_as_published(self):
        report = commands.load_reference(by=NATION)
        assert report.created == {
            "department": 25,
            "province": 196,
            "district": 1893,
            "regionaloffice": 8,
            "facility": 69,
            "facilityalias": 67,
            "facilitycapacity": 91,
            "referencefigure": 396,
        }
        sums = queries.totals(queries.facilities(NATION, date(2026, 1, 31)))
        assert (sums.facilities, sums.capacity, sums.population, sums.overcrowded) == (69, 41_764, 103_717, 51)
        assert (sums.without_capacity, sums.without_population) == (0, 0)

    def test_writes_one_entry_for_the_load_and_one_per_prison_capacity(self):
        commands.load_reference(by=NATION)
        acts = list(Entry.objects.values_list("act", flat=True))
        assert acts.count("territory.reference_loaded") == 1
        assert acts.count("territory.capacity_changed") == 69

    def test_a_second_load_changes_nothing_and_says_so(self):
        commands.load_reference(by=NATION)
        before = Entry.objects.count()
        report = commands.load_reference(by=NATION)
        assert (report.created, report.corrected) == ({}, {})
        assert Entry.objects.count() == before

    def test_a_spoiled_row_is_corrected_and_counted(self):
        commands.load_reference(by=NATION)
        Facility.objects.filter(code="EP-PIURA").update(name="Otro", sex=None, sex_source="")
        District.objects.filter(ubigeo="120905").update(name="Otro")
        report = commands.load_reference(by=NATION)
        assert report.corrected == {"facility": 1, "district": 1}
        found = queries.facility(NATION, "EP-PIURA", AS_OF)
        assert (found.name, found.sex) == ("E.P. de Piura", "men")
        assert "enero de 2026" in found.sex_source

    def test_a_capacity_changed_by_people_survives_another_load(self):
        commands.load_reference(by=NATION)
        commands.change_capacity(
            by=NATION, facility="EP-PIURA", places=1500, valid_from=date(2026, 6, 1), source="R.P. de prueba"
        )
        assert commands.load_reference(by=NATION).created == {}
        assert [row.places for row in queries.facility(NATION, "EP-PIURA", AS_OF).capacities] == [1500, 1370]

    def test_a_later_publication_ends_the_capacity_in_force(self):
        commands.load_reference(by=NATION)
        FacilityCapacity.objects.filter(facility__code="EP-TUMBES", valid_to=None).delete()
        FacilityCapacity.objects.filter(facility__code="EP-TUMBES").update(valid_to=None)
        assert commands.load_reference(by=NATION).created == {"facilitycapacity": 1}
        spans = FacilityCapacity.objects.filter(facility__code="EP-TUMBES").order_by("valid_from")
        assert list(spans.values_list("places", "valid_from", "valid_to")) == [
            (384, date(2012, 7, 1), date(2026, 1, 1)),
            (576, date(2026, 1, 1), None),
        ]

    def test_a_community_office_is_loaded_once_it_is_published(self, monkeypatch):
        published = rules.CommunityOffice("EML-LIMA-01", "Medio Libre Lima", "LIMA", "15")
        tables = dataclasses.replace(rules.load_reference(), community_offices=(published,))
        monkeypatch.setattr(rules, "load_reference", lambda: tables)
        assert commands.load_reference(by=NATION).created["facility"] == 70
        found = queries.facility(NATION, "EML-LIMA-01", AS_OF)
        assert (found.kind, found.department, found.is_demonstration) == ("community_office", "15", False)
        assert commands.load_reference(by=NATION).created == {}

    def test_only_the_nation_may(self):
        with pytest.raises(Forbidden):
            commands.load_reference(by=reader(("region", "NORTE")))


class TestChangeCapacity:
    def change(self, **other):
        given = {"facility": "EP-PIURA", "places": 1500, "valid_from": AS_OF, "source": "R.P. 001-2026"}
        return commands.change_capacity(**({"by": NATION} | given | other))

    def test_ends_the_one_in_force_on_its_first_day_and_records_both(self):
        piura = prison()
        capacity(piura, 1370, date(2016, 6, 1))
        assert self.change(reason="ampliación") is True
        rows = FacilityCapacity.objects.filter(facility=piura).order_by("valid_from")
        assert list(rows.values_list("places", "valid_from", "valid_to")) == [
            (1370, date(2016, 6, 1), AS_OF),
            (1500, AS_OF, None),
        ]
        entry = Entry.objects.get()
        assert (entry.act, entry.place, entry.reason) == ("territory.capacity_changed", "EP-PIURA", "ampliación")
        assert (entry.before["places"], entry.after["places"]) == (1370, 1500)

    def test_the_first_capacity_of_a_facility_has_no_before(self):
        prison()
        self.change()
        assert Entry.objects.get().before is None

    def test_the_same_number_changes_nothing(self):
        capacity(prison(), 1500)
        assert self.change() is False
        assert Entry.objects.count() == 0
        assert FacilityCapacity.objects.count() == 1

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"source": "  "}, "source"),
            ({"source": "x" * 401}, "source"),
            ({"places": -1}, "places"),
            ({"places": 20_001}, "places"),
            ({"valid_from": date(2016, 6, 1)}, "valid_from"),
            ({"valid_from": date(2010, 1, 1)}, "valid_from"),
        ],
    )
    def test_is_refused_with_the_field_to_mend_and_changes_nothing(self, given, field):
        capacity(prison(), 1370, date(2016, 6, 1))
        with pytest.raises(Refused) as refusal:
            self.change(**given)
        assert field in refusal.value.fields
        assert FacilityCapacity.objects.get().valid_to is None

    def test_needs_the_permission_and_the_place(self):
        prison()
        with pytest.raises(Forbidden):
            self.change(by=reader(("nation", ""), permissions=VIEWER))
        with pytest.raises(NotFound):
            self.change(by=reader(("region", "LIMA")))
        assert self.change(by=reader(("facility", "EP-PIURA"))) is True


class TestPavilions:
    def open(self, **other):
        given = {"facility": "EP-PIURA", "code": " p-16 ", "name": "Pabellón 16", "valid_from": AS_OF}
        return commands.open_pavilion(**({"by": NATION} | given | other))

    def test_opens_with_its_code_in_capitals_and_unknown_places(self):
        prison()
        made = Pavilion.objects.get(pk=self.open())
        assert (made.code, made.capacity, made.is_demonstration) == ("P-16", None, False)
        assert Entry.objects.get().subject_code == "EP-PIURA/P-16"

    def test_an_open_code_is_refused_and_a_closed_one_may_be_used_again(self):
        prison()
        self.open()
        with pytest.raises(Refused):
            self.open()
        commands.close_pavilion(by=NATION, facility="EP-PIURA", code="P-16", on=date(2027, 1, 1), reason="obra")
        with pytest.raises(Refused):
            self.open(valid_from=date(2026, 12, 31))
        self.open(valid_from=date(2027, 1, 1))
        assert Pavilion.objects.count() == 2

    @pytest.mark.parametrize(
        ("given", "field"),
        [({"code": "P 16"}, "code"), ({"code": ""}, "code"), ({"name": " "}, "name"), ({"capacity": -1}, "capacity")],
    )
    def test_bad_words_are_refused_with_their_field(self, given, field):
        prison()
        with pytest.raises(Refused) as refusal:
            self.open(**given)
        assert set(refusal.value.fields) == {field}

    @pytest.mark.parametrize(
        "given",
        [{"reason": " "}, {"code": "P-9"}, {"on": AS_OF}],
    )
    def test_closing_is_refused_without_reason_without_pavilion_or_before_it_opened(self, given):
        prison()
        self.open()
        with pytest.raises(Refused):
            commands.close_pavilion(
                **(
                    {"by": NATION, "facility": "EP-PIURA", "code": "P-16", "on": date(2027, 1, 1), "reason": "obra"}
                    | given
                )
            )
        assert Pavilion.objects.get().valid_to is None

    def test_closing_keeps_the_pavilion_in_the_history(self):
        prison()
        self.open()
        commands.close_pavilion(by=NATION, facility="EP-PIURA", code="p-16", on=date(2027, 1, 1), reason="obra")
        found = queries.facility(NATION, "EP-PIURA", AS_OF)
        assert [row.valid_to for row in found.pavilions] == [date(2027, 1, 1)]
        assert Entry.objects.latest("id").after["valid_to"] == "2027-01-01"

    def test_outside_the_place_nothing_is_found(self):
        prison()
        with pytest.raises(NotFound):
            self.open(by=reader(("facility", "EP-SULLANA")))


class TestCommunityOffice:
    def open(self, **other):
        given = {"code": "EML-PIURA", "name": "Medio Libre Piura", "regional_office": "NORTE", "department": "20"}
        return commands.open_community_office(**({"by": NATION} | given | other))

    def test_opens_once(self):
        office()
        made = Facility.objects.get(pk=self.open())
        assert (made.kind, made.sex, made.opened) == ("community_office", None, None)
        with pytest.raises(Refused):
            self.open()

    @pytest.mark.parametrize("given", [{"regional_office": "NADA"}, {"department": "99"}])
    def test_an_unknown_place_is_refused(self, given):
        office()
        with pytest.raises(Refused):
            self.open(**given)

    def test_only_the_nation_may(self):
        office()
        with pytest.raises(Forbidden):
            self.open(by=reader(("region", "NORTE")))


class TestConstraints:
    """Every rule the database keeps by itself, tried against it."""

    @pytest.mark.parametrize(
        "spoil",
        [
            pytest.param(lambda: department("2", "19"), id="department code of one digit"),
            pytest.param(lambda: department("20", "9"), id="department alias of one digit"),
            pytest.param(lambda: province("201"), id="province code of three digits"),
            pytest.param(lambda: province(reniec="190"), id="province alias of three digits"),
            pytest.param(lambda: district("20010"), id="district code of five digits"),
            pytest.param(lambda: district(reniec="1901"), id="district alias of four digits"),
            pytest.param(lambda: district(None, None), id="district without any code"),
            pytest.param(lambda: (district(), district(reniec="190199")), id="district code twice"),
            pytest.param(lambda: (district(), district("200199")), id="district alias twice"),
            pytest.param(lambda: (prison(), prison()), id="facility code twice"),
            pytest.param(lambda: prison(kind="hotel"), id="unknown kind"),
            pytest.param(lambda: prison(sex="both", sex_source="x"), id="unknown sex"),
            pytest.param(lambda: prison(sex="men"), id="sex without source"),
            pytest.param(lambda: prison(sex_source="x"), id="source of no sex"),
            pytest.param(lambda: prison(latitude=Decimal("-5.1")), id="half a position"),
            pytest.param(lambda: prison(opened=AS_OF, closed=AS_OF), id="closes the day it opens"),
            pytest.param(lambda: prison(district=district()), id="district without province"),
            pytest.param(lambda: alias(prison(), ""), id="empty alias"),
            pytest.param(lambda: alias(prison(), scheme="other"), id="unknown alias scheme"),
            pytest.param(lambda: (alias(prison()), alias(prison("EP-X"))), id="one alias for two facilities"),
            pytest.param(lambda: capacity(prison(), -1), id="negative capacity"),
            pytest.param(lambda: capacity(prison(), source=""), id="capacity without source"),
            pytest.param(lambda: capacity(prison(), valid_to=date(2016, 6, 1)), id="capacity that never was"),
            pytest.param(lambda: pavilion(prison(), ""), id="pavilion without code"),
            pytest.param(lambda: pavilion(prison(), name=""), id="pavilion without name"),
            pytest.param(lambda: pavilion(prison(), capacity=-1), id="negative pavilion"),
            pytest.param(lambda: pavilion(prison(), valid_to=date(2025, 1, 1)), id="pavilion closed before opening"),
            pytest.param(lambda: figure(prison(), -1), id="negative figure"),
            pytest.param(lambda: figure(prison(), month=date(2026, 1, 31)), id="month that is not its first day"),
            pytest.param(lambda: figure(prison(), measure="other"), id="unknown measure"),
            pytest.param(lambda: figure(prison(), source=""), id="figure without source"),
        ],
    )
    def test_the_database_refuses(self, spoil):
        with pytest.raises(IntegrityError), transaction.atomic():
            spoil()

    def test_two_capacities_in_force_are_refused(self):
        piura = prison()
        capacity(piura, 1, date(2016, 1, 1))
        with pytest.raises(IntegrityError), transaction.atomic():
            capacity(piura, 2, date(2017, 1, 1))

    def test_two_capacities_from_one_day_are_refused(self):
        piura = prison()
        capacity(piura, 1, date(2016, 1, 1), valid_to=date(2017, 1, 1))
        with pytest.raises(IntegrityError), transaction.atomic():
            capacity(piura, 2, date(2016, 1, 1))

    def test_two_open_pavilions_with_one_code_are_refused(self):
        piura = prison()
        pavilion(piura)
        with pytest.raises(IntegrityError), transaction.atomic():
            pavilion(piura, valid_from=date(2026, 2, 1))

    def test_one_figure_per_facility_measure_and_month(self):
        figure(prison())
        with pytest.raises(IntegrityError), transaction.atomic():
            ReferenceFigure.objects.create(
                facility=Facility.objects.get(), measure="population", month=date(2026, 1, 1), value=1, source="x"
            )

    def test_a_place_in_use_cannot_be_deleted(self):
        prison()
        with pytest.raises(IntegrityError), transaction.atomic():
            department().delete()

"""The demonstration's places: the published country, and everything made up is marked."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from creo.territory import demo, queries
from creo.territory.models import Facility, Pavilion
from creo.territory.tests.factories import AS_OF, NATION

pytestmark = pytest.mark.django_db


@pytest.fixture
def ctx():
    return SimpleNamespace(by=NATION, progress=lambda done, total, note="": None)


def test_reports_the_published_country(ctx):
    report = demo.load(ctx)
    keys = ("prisons", "places", "published_population", "overcrowded")
    assert [report[key] for key in keys] == [69, 41_764, 103_717, 51]


def test_everything_made_up_is_marked_and_nothing_published_is(ctx):
    demo.load(ctx)
    assert not Pavilion.objects.filter(is_demonstration=False).exists()
    assert set(Pavilion.objects.values_list("facility__code", flat=True)) == set(demo.PAVILIONS)
    marked = Facility.objects.filter(is_demonstration=True)
    assert set(marked.values_list("kind", flat=True)) == {"community_office"}
    assert [row.community_offices for row in queries.offices(NATION, AS_OF)] == [1] * 8


def test_a_site_never_has_more_demonstration_places_than_its_capacity(ctx):
    demo.load(ctx)
    capacity = {row.code: row.capacity for row in queries.facilities(NATION, AS_OF)}
    for site, pavilions in demo.PAVILIONS.items():
        assert sum(places for _, _, places in pavilions) <= capacity[site]


def test_a_second_run_changes_nothing(ctx):
    demo.load(ctx)
    counts = (Facility.objects.count(), Pavilion.objects.count())
    report = demo.load(ctx)
    assert (report["created"], report["demonstration_pavilions"], report["demonstration_community_offices"]) == (
        {},
        0,
        0,
    )
    assert (Facility.objects.count(), Pavilion.objects.count()) == counts

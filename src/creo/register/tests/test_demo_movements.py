"""The movements of the demonstration: every kind at the sites, all of them possible, and seen by the pages' queries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from creo.register import demo, queries, rules
from creo.register.models import Custody, Movement
from creo.register.tests.test_demo import BY, DAY, Context
from creo.territory import commands as territory


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """The population with its movements, loaded once for this file and taken back at its end."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        territory.load_reference(by=BY)
        demo.population.load(Context())
        yield demo.movements.load(Context())
        transaction.set_rollback(True)


@pytest.fixture
def _db(made: dict[str, Any], django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("_db")
class TestMade:
    def test_every_site_shows_every_story(self, made: dict[str, Any]) -> None:
        once = {"overdue", "escape", "late", "annulled"}
        assert {name: made[name] for name in once} == dict.fromkeys(once, 5)
        assert set(made) == once | {"away", "escort", "hospital", "exit_permit", "transfer"}
        counts = queries.movement_counts(BY, queries.MovementFilters(DAY - timedelta(60), DAY, "EP-LURIGANCHO"))
        assert set(counts) == set(rules.MovementKind)

    def test_whoever_moved_has_a_course_that_can_be_and_caches_that_say_so(self) -> None:
        moved = set(
            Movement.objects.filter(kind__in=[*rules.ABSENCES, "escape", "return"]).values_list(
                "custody__person__code", flat=True
            )
        )
        assert len(moved) > 40
        for code in moved:
            file = queries.person(BY, code, DAY)
            course = rules.stays(file.moves)
            held = file.held
            assert course.in_custody is (held is not None)
            assert (course.absence.kind if course.absence else "") == (held.absence if held else "")
            assert course.place == (held.facility if held else None)
            assert course.admissions == file.admissions

    def test_the_recaptured_are_held_again_and_counted_once(self) -> None:
        rows = Custody.objects.filter(entry_kind="recapture")
        assert rows.count() == 5
        for row in rows:
            before = Custody.objects.get(person_id=row.person_id, number=row.number - 1)
            assert (before.release_kind, row.released_on) == ("escape", None)

    def test_some_came_late_and_some_were_taken_back(self) -> None:
        assert Movement.objects.filter(late=True, kind="hospital").count() == 5
        annulled = Movement.objects.filter(annulled=True).values_list("kind", flat=True)
        assert list(annulled) == ["transfer"] * 5

    def test_a_permit_is_overdue_today(self) -> None:
        today = date.fromordinal(DAY.toordinal())
        away = Custody.objects.filter(absence="exit_permit", released_on=None)
        assert away.count() == 5
        for row in away:
            last = row.movements.filter(annulled=False).order_by("-sequence")[0]
            assert rules.exit_permit_due(last.on, last.at, last.hours or 0).date() < today

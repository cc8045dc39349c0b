"""People counted for the public figures: everybody held once, in one prison, one family and one age."""

from __future__ import annotations

from datetime import date

import pytest

from creo.register.models import Custody
from creo.register.queries.figures import UNKNOWN, public_tables
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY, reader_at
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, Scope
from creo.support.refusals import Forbidden

pytestmark = pytest.mark.django_db


def ages(born: date | None) -> dict[str, int]:
    """The age groups of somebody born on a day, held in Piura."""
    places = make.places()
    who = make.person()
    make.identity(who, birth_date=born)
    make.custody(who, places["EP-PIURA"])
    _family, by_age = public_tables(BY, TODAY)
    return {code: count for code, count in zip(by_age.columns.codes, by_age.counts.cells[0], strict=True) if count}


@pytest.mark.parametrize(
    ("born", "group"),
    [
        (date(2006, 11, 24), "under_20"),
        (date(2006, 11, 23), "20_29"),
        (date(1996, 11, 24), "20_29"),
        (date(1996, 11, 23), "30_39"),
        (date(1966, 11, 23), "60_up"),
        (None, UNKNOWN),
    ],
)
def test_an_age_turns_on_the_birthday(born: date | None, group: str) -> None:
    assert ages(born) == {group: 1}


def test_both_tables_count_everybody_held_once() -> None:
    make.cast()
    held = Custody.objects.filter(released_on=None, person__merged_into=None).count()
    for table in public_tables(BY, TODAY):
        assert sum(map(sum, table.counts.cells)) == held > 0
        assert len(table.counts.cells) == len(table.rows.codes) == len(table.rows.labels)
    by_family, by_age = public_tables(BY, TODAY)
    assert by_family.rows == by_age.rows
    assert [sum(line) for line in by_family.counts.cells] == [sum(line) for line in by_age.counts.cells]


def test_who_is_held_nowhere_recorded_and_for_nothing_recorded_is_counted_apart() -> None:
    make.places()
    who = make.person()
    make.identity(who)
    Custody.objects.create(person=who, number=1, admitted_on=date(2025, 1, 1))
    by_family, _by_age = public_tables(BY, TODAY)
    assert by_family.rows.labels == ("Sin establecimiento registrado",)
    assert by_family.columns.codes == (UNKNOWN,)


def test_the_numbers_before_anything_is_hidden_are_for_who_publishes_alone() -> None:
    with pytest.raises(Forbidden):
        public_tables(reader_at("EP-PIURA"), TODAY)
    with pytest.raises(Forbidden):
        public_tables(Reader(1, "x", frozenset({Permission.VIEW_PEOPLE}), (Scope("nation"),)), TODAY)

"""What was seen is what is published, once a day, and a later release says nothing of few people."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, Scope
from creo.support.figures import commands, queries
from creo.support.figures.models import Release, ReleasedTable
from creo.support.figures.tables import digest
from creo.support.figures.tests.factories import TODAY
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = pytest.mark.django_db
ALL = frozenset(Permission)
NATION = Reader(7, "Datos", ALL, (Scope("nation"),))
HERE = "creo.support.figures.tests.factories"


@pytest.fixture(autouse=True)
def _counting(settings: Any) -> None:
    settings.CREO_FIGURES = f"{HERE}.counting"


def publish(by: Reader = NATION, on: date = TODAY, **other: Any) -> int:
    """A release of what can be seen."""
    seen = digest(queries.prepared(by, on))
    return commands.publish(**({"by": by, "today": on, "reason": "Calendario", "seen": seen} | other))


def test_a_release_is_kept_as_it_was_seen_and_leaves_its_line() -> None:
    number = publish()
    assert number == 1
    found = queries.release(NATION, number)
    assert digest(found.tables) == Release.objects.get().digest == digest(queries.prepared(NATION, TODAY))
    assert Entry.objects.get(act="figures.published").after["hidden"] == {
        "by-group": found.tables[0].hidden,
        "by-other": 0,
    }


def test_no_hidden_number_is_stored_anywhere() -> None:
    publish()
    cells = ReleasedTable.objects.get(code="by-group").cells
    assert cells[0][2] == [None, "small", False]
    assert all(value is None or value == 0 or value >= 10 for line in cells for value, _why, _rounded in line)


def test_a_later_release_differs_from_no_earlier_one_by_one_to_nine(settings: Any) -> None:
    publish()
    settings.CREO_FIGURES = f"{HERE}.nearly_the_same"
    publish(on=TODAY + timedelta(days=30))
    first, second = ({table.code: table for table in queries.release(NATION, number).tables} for number in (1, 2))
    told = 0
    for code, table in first.items():
        for old_line, new_line in zip(table.cells, second[code].cells, strict=True):
            for old, new in zip(old_line, new_line, strict=True):
                if old.value is not None and new.value is not None:
                    told += 1
                    assert not 0 < abs(new.value - old.value) < 10
    assert told > 5
    assert second["by-group"].cells[2][0].why == "change"


def test_what_changed_since_it_was_seen_is_refused(settings: Any) -> None:
    seen = digest(queries.prepared(NATION, TODAY))
    settings.CREO_FIGURES = f"{HERE}.nearly_the_same"
    with pytest.raises(Refused, match="cambiaron"):
        publish(seen=seen)
    assert not Release.objects.exists()


def test_a_day_has_one_release_and_every_one_a_reason() -> None:
    publish()
    with pytest.raises(Refused) as refusal:
        publish(reason=" ")
    assert len(refusal.value.messages) == 2
    assert set(refusal.value.fields) == {"reason"}


def test_a_total_that_changed_a_little_waits_for_the_next_date(settings: Any) -> None:
    publish()
    # Three people more in the whole nation.
    settings.CREO_FIGURES = f"{HERE}.three_more"
    with pytest.raises(Refused, match="Espere"):
        publish(on=TODAY + timedelta(days=1))


def test_only_the_nation_publishes() -> None:
    with pytest.raises(Forbidden):
        publish(by=Reader(8, "Región", ALL, (Scope("facility", "EP-PIURA"),)))
    with pytest.raises(Forbidden):
        publish(by=Reader(8, "Otra", frozenset({Permission.VIEW_PROGRAMME}), (Scope("nation"),)))


def test_a_release_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(NotFound):
        queries.release(NATION, 5)


@pytest.mark.parametrize(
    "wrong", [{"number": 0}, {"reason": ""}, {"published_by": ""}, {"digest": "corto"}, {"least": 1}]
)
def test_the_database_refuses_a_release_that_says_too_little(wrong: dict[str, Any]) -> None:
    values: dict[str, Any] = {
        "number": 1,
        "as_of": TODAY,
        "published_at": "2026-11-23T12:00:00Z",
        "published_by": "Datos",
        "reason": "Calendario",
        "least": 10,
        "digest": "0" * 64,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(**(values | wrong))
    Release.objects.create(**values)
    for twice in ({"as_of": TODAY, "number": 2}, {"as_of": TODAY + timedelta(days=1), "number": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Release.objects.create(**(values | twice))


@pytest.mark.parametrize("wrong", [{"code": ""}, {"title": ""}])
def test_the_database_refuses_a_table_without_a_name(wrong: dict[str, str]) -> None:
    release = Release.objects.get(number=publish())
    values: dict[str, Any] = {
        "release": release,
        "code": "otra",
        "position": 9,
        "title": "Otra",
        "rows": {},
        "columns": {},
        "cells": [],
        "source": "",
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        ReleasedTable.objects.create(**(values | wrong))
    with pytest.raises(IntegrityError), transaction.atomic():
        ReleasedTable.objects.create(**(values | {"code": "by-group"}))

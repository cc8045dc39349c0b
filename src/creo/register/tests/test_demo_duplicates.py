from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from creo.register import queries
from creo.register.demo import duplicates
from creo.register.models import Merge
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY
from creo.support.jobs.progress import silent

pytestmark = pytest.mark.django_db


@dataclass
class Context:
    """What the step gets."""

    by: Any = BY
    seed: int = 1
    as_of: date = TODAY
    scale: float = 0.01
    progress: Any = silent


def written_twice(names: list[str]) -> None:
    """Each of these surnames twice, the second time without a document and some years earlier."""
    facility = make.places()["EP-PIURA"]
    for place, name in enumerate(names):
        one, other = make.person(2 * place + 1), make.person(2 * place + 2)
        make.identity(one, first_surname=name)
        make.identity(
            other, first_surname=name, document_kind="none", document_number="", status="provisional", birth_date=None
        )
        make.custody(one, facility, date(2020, 1, 1))
        make.custody(other, facility, date(2010, 1, 1), date(2011, 1, 1))


def states() -> list[str]:
    every = queries.PairFilters(state="")
    return sorted(row.state for row in queries.pair_rows(BY, every, TODAY))


def test_the_demonstration_takes_each_decision_once_and_leaves_some_to_review() -> None:
    written_twice(["Quispe", "Mamani", "Huamán", "Rojas"])
    report = duplicates.load(Context())
    assert report["found"] == report["new"] == 4
    assert states() == ["distinct", "merged", "open", "open"]
    assert [row.undone_at is None for row in Merge.objects.order_by("id")] == [True, False]
    assert report["merged"] and report["given_back"] and report["distinct"]


@pytest.mark.parametrize(
    ("names", "left"), [([], []), (["Quispe"], ["merged"]), (["Quispe", "Rojas"], ["merged", "open"])]
)
def test_a_small_nation_is_no_obstacle(names: list[str], left: list[str]) -> None:
    written_twice(names)
    duplicates.load(Context())
    assert states() == left

"""The measure of what ledger, scope and looks cost a page: both sides show the same, only one is guarded."""

from __future__ import annotations

from typing import Any

import pytest

from creo.register.tests.factories import custody, identity, person, places
from creo.support.accounts.tests.factories import user
from creo.support.benches import bench_module
from creo.support.looking.middleware import LooksMiddleware
from creo.territory import queries as territory

pytestmark = pytest.mark.django_db
LIST = "/personas/?penal=EP-PIURA"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    prisons = places()
    for number, code in enumerate(("EP-PIURA", "EP-PIURA", "EP-TUMBES"), 1):
        identity(who := person(number), document_number=f"7000000{number}")
        custody(who, prisons[code])
    user("ana", "registry", "facility", "EP-PIURA")
    found = bench_module("guarding")
    monkeypatch.setattr(found, "WARM_UP", 1)
    return found


def test_a_page_and_its_floor_are_measured_in_pairs(bench: Any) -> None:
    told = bench.measured("ana", LIST, 4)
    assert told["page_ms"] > 0 and told["floor_ms"] > 0
    assert told["more"] == pytest.approx(told["page_ms"] / told["floor_ms"] - 1, abs=2)


def test_only_the_page_is_guarded(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    watched: list[str] = []
    asked: list[object] = []
    real_watch, real_ids = LooksMiddleware.__call__, territory.facility_ids
    monkeypatch.setattr(
        LooksMiddleware, "__call__", lambda self, request: (watched.append(request.path), real_watch(self, request))[1]
    )
    monkeypatch.setattr(territory, "facility_ids", lambda reader: (asked.append(reader), real_ids(reader))[1])
    asker = bench.Asker(bench.session_of("ana"), LIST)
    _seconds, page = asker.ask(bench.handler().get_response)
    assert (len(watched), bool(asked)) == (1, True)
    asked.clear()
    _seconds, floor = bench.bare(asker, bench.handler(without=bench.LEFT_OUT))
    assert (len(watched), asked) == (1, [])
    assert page.count(b"P-000000") and bench.rows_of(page) == bench.rows_of(floor)


def test_a_floor_that_shows_other_rows_is_no_floor(bench: Any) -> None:
    # Without the filter of the place, a floor without scope tells of another prison too.
    with pytest.raises(RuntimeError, match="mismas filas"):
        bench.measured("ana", "/personas/", 1)

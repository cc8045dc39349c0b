"""The tests' own wiring, and places without a chapter behind them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from creo.support.announcements.tests import wires


@pytest.fixture(autouse=True)
def _wired(settings: object) -> Iterator[None]:
    settings.CREO_REACTIONS = f"{wires.__name__}.REACTIONS"  # type: ignore[attr-defined]
    settings.CREO_ACT_WORDS = f"{wires.__name__}.ACT_WORDS"  # type: ignore[attr-defined]
    wires.TROUBLE.clear()
    yield
    wires.TROUBLE.clear()

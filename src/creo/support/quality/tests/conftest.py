"""The board's tests wire a made-up chapter instead of the real ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from creo.support.quality.tests import factories


@pytest.fixture
def chapter(settings: object) -> Iterator[None]:
    """Only the made-up checks are wired, over empty made-up tables."""
    module = factories.__name__
    settings.CREO_QUALITY = f"{module}.WIRED"  # type: ignore[attr-defined]
    settings.CREO_QUALITY_PLACES = f"{module}.WIRED_PLACES"  # type: ignore[attr-defined]
    factories.empty()
    yield
    factories.empty()

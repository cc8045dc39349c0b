"""Tests of approvals wire made-up acts: what the mechanism does must not depend on any real one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from creo.support.approvals.tests import factories


@pytest.fixture
def wired(settings: object) -> Iterator[None]:
    """Only the made-up acts are wired; nothing has been done yet."""
    settings.CREO_APPROVALS = f"{factories.__name__}.APPROVALS"  # type: ignore[attr-defined]
    settings.CREO_PLACES = f"{factories.__name__}.places"  # type: ignore[attr-defined]
    factories.empty()
    yield
    factories.empty()

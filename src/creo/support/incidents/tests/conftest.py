"""Tests of incidents stand over made-up prisons."""

from __future__ import annotations

import pytest

from creo.support.incidents.tests import factories


@pytest.fixture(autouse=True)
def _two_prisons(settings: object) -> None:
    settings.CREO_PLACES = f"{factories.__name__}.places"  # type: ignore[attr-defined]

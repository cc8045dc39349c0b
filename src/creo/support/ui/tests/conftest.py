"""A request in English leaves its thread in English: every test starts in Spanish and gives the thread back so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _spanish() -> Iterator[None]:
    with translation.override("es"):
        yield
    translation.deactivate()

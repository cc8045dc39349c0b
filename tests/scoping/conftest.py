"""The wall of the database, raised inside the test's own transaction: PostgreSQL makes and unmakes it with the test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection


@pytest.fixture
def wall(db: None, settings: Any) -> Iterator[None]:
    """Row security as `creo prepare` leaves it with CREO_RLS. Says why it is left out elsewhere."""
    if connection.vendor != "postgresql":
        pytest.skip("la seguridad por filas existe solo en PostgreSQL (tools/with-postgres.sh)")
    from creo.support.scoping.wall import raise_again

    settings.CREO_RLS = True
    raise_again()
    yield

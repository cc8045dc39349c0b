"""A rewriting waits for whoever may still see what it wipes."""

from __future__ import annotations

import os

import pytest
from django.db import connection

from creo.support.secrets import migrating


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="de PostgreSQL")
def test_S10_it_says_so_while_a_transaction_of_before_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    monkeypatch.setattr(migrating, "PATIENCE", 1)
    with psycopg.connect(os.environ["DATABASE_URL"]) as other:  # in another database of the same server
        other.execute("SELECT pg_current_xact_id()")
        assert migrating.scrub(connection, tables=["register_document"]) is False

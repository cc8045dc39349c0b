"""Tests that commit clean the database afterwards; the ledger's guards refuse that, as they must anywhere else."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.operations import BaseDatabaseOperations


def allow() -> None:
    """The cleaning between tests that commit lifts the guards while it lasts. Only conftest.py calls it."""
    plain = BaseDatabaseOperations.execute_sql_flush

    def flush(self: Any, sql_list: Any) -> Any:
        from creo.support.ledger import triggers

        with triggers.lifted(self.connection):
            return plain(self, sql_list)

    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]

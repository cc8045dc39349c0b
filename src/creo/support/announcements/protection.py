"""What must be decided, and what travels to whom: both name their prison by code."""

from __future__ import annotations

from creo.support.scoping.declaring import PlaceCode, Table

TABLES = (
    Table(
        "Delivery",
        PlaceCode("place"),
        confidential="""id entry reaction act subject_kind subject_code place state attempts announced_at next_try_at
            last_error done_at""",
    ),
    Table(
        "InboxItem",
        PlaceCode("place"),
        confidential="""id key topic permission place subject_kind subject_code title text url entry_id opened_at state
            decision decided_by decided_by_id decided_at reason""",
    ),
)

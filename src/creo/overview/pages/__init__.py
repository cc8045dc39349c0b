"""Pages that cross chapters: one call to a query, one template."""

from creo.overview.pages.acts import export_ledger, ledger, person_acts
from creo.overview.pages.boards import nation, search, today
from creo.overview.pages.integrity import act, integrity, review, verify

__all__ = [
    "act", "export_ledger", "integrity", "ledger", "nation", "person_acts", "review", "search", "today", "verify",
]  # fmt: skip

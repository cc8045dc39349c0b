"""Pages that cross chapters: one call to a query, one template."""

from creo.overview.pages.acts import ledger, person_acts
from creo.overview.pages.boards import nation, search, today

__all__ = ["ledger", "nation", "person_acts", "search", "today"]

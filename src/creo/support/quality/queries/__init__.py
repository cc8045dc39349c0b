"""Reads of the data quality board. The reader comes first: each sees the counts of their places and no other."""

from creo.support.quality.queries.board import (
    BoardRow,
    CheckHistory,
    LastRun,
    PlaceRow,
    Summary,
    board,
    check_history,
    last_run,
    place_rows,
    summary,
)
from creo.support.quality.queries.findings import (
    EXCEPTED,
    GONE,
    OPEN,
    FindingFilters,
    FindingRow,
    exception_in_scope,
    finding_in_scope,
    findings_count,
    findings_page,
    findings_rows,
)
from creo.support.quality.queries.limits import LimitRow, changes_of, limit_rows

__all__ = [
    "EXCEPTED",
    "GONE",
    "OPEN",
    "BoardRow",
    "CheckHistory",
    "FindingFilters",
    "FindingRow",
    "LastRun",
    "LimitRow",
    "PlaceRow",
    "Summary",
    "board",
    "changes_of",
    "check_history",
    "exception_in_scope",
    "finding_in_scope",
    "findings_count",
    "findings_page",
    "findings_rows",
    "last_run",
    "limit_rows",
    "place_rows",
    "summary",
]

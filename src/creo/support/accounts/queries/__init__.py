"""Reads of accounts, roles held and their review."""

from creo.support.accounts.queries.reviews import (
    ReviewFilters,
    last_signature,
    review_count,
    review_page,
    review_rows,
    signatures,
    still_to_look,
)
from creo.support.accounts.queries.staff import (
    GrantRow,
    StaffFilters,
    StaffRow,
    account,
    grant,
    grants_held,
    staff_count,
    staff_page,
    staff_rows,
)

__all__ = [
    "GrantRow",
    "ReviewFilters",
    "StaffFilters",
    "StaffRow",
    "account",
    "grant",
    "grants_held",
    "last_signature",
    "review_count",
    "review_page",
    "review_rows",
    "signatures",
    "staff_count",
    "staff_page",
    "staff_rows",
    "still_to_look",
]

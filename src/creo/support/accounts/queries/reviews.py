"""The six-monthly review: every access of the reviewer's places, the oldest look first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from creo.support.accounts.models import AccessReview, RoleGrant
from creo.support.accounts.permissions import Permission
from creo.support.accounts.queries.scoped import COUNTED_FROM, at, counted_before, not_over, within
from creo.support.accounts.queries.staff import GrantRow, grant_row
from creo.support.accounts.readers import Reader, Scope
from creo.support.tables import Keyset, TablePage

DUE, LAPSED = "due", "lapsed"
_REVIEW = Keyset("accounts.review", ("counted", "id"))


@dataclass(frozen=True, slots=True)
class ReviewFilters:
    """What the review is narrowed to: a place, a role, and `due` (lapse soon) or `lapsed` (empty: all)."""

    place: Scope | None = None
    role: str = ""
    state: str = ""


def review_page(reader: Reader, filters: ReviewFilters, on: date, cursor: str = "") -> TablePage[GrantRow]:
    """A page of the accesses to look at. One query, one more for a reader of some places."""
    found = _REVIEW.page(_accesses(reader, filters, on), cursor)
    return TablePage([grant_row(row, on) for row in found.rows], found.next_cursor, found.prev_cursor)


def review_count(reader: Reader, filters: ReviewFilters, on: date) -> int:
    """How many accesses the filters leave."""
    return _accesses(reader, filters, on).count()


def review_rows(reader: Reader, filters: ReviewFilters, on: date) -> Iterator[GrantRow]:
    """Every row, streamed, for exports. Forbidden without the permission to export."""
    reader.require(Permission.EXPORT)
    rows = _accesses(reader, filters, on).order_by("counted", "id")
    return (grant_row(row, on) for row in rows.iterator(chunk_size=2_000))


def still_to_look(reader: Reader, place: Scope, on: date) -> int:
    """Accesses of a place that nobody has looked at lately enough for the review to be signed."""
    return review_count(reader, ReviewFilters(place, state=DUE), on)


def signatures(reader: Reader, *, limit: int = 20) -> list[AccessReview]:
    """The reviews signed at the reader's places, newest first. Forbidden to who does not review."""
    reader.require(Permission.REVIEW_ACCESS)
    rows = AccessReview.objects.filter(within(reader)).select_related("signer")
    return list(rows.order_by("-on", "-id")[:limit])


def last_signature(place: Scope) -> AccessReview | None:
    """The last review signed at exactly a place."""
    return AccessReview.objects.filter(at(place)).order_by("-on", "-id").first()


def _accesses(reader: Reader, filters: ReviewFilters, on: date) -> QuerySet[Any, Any]:
    reader.require(Permission.REVIEW_ACCESS)
    rows = RoleGrant.objects.filter(not_over(on), within(reader)).select_related("user").annotate(counted=COUNTED_FROM)
    if filters.place:
        rows = rows.filter(at(filters.place))
    if filters.role:
        rows = rows.filter(role=filters.role)
    if filters.state:
        rows = rows.filter(counted__lte=counted_before(on, ahead=filters.state == DUE))
    return rows

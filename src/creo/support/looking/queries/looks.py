"""Reads of looks: who saw a file, what I looked at, how fast an account reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.looking.models import Look
from creo.support.refusals import Forbidden
from creo.support.tables import Keyset, TablePage

WATCHERS = (Permission.REVIEW_LOOKS, Permission.VIEW_LEDGER)
_LOOKS = Keyset("looking.looks", ("-id",))


@dataclass(frozen=True, slots=True)
class LookFilters:
    """What a list of looks is narrowed to: days (the last one included), one file's code."""

    since: date | None = None
    until: date | None = None
    subject: str = ""


def may_see_looks(reader: Reader) -> bool:
    """True for who may know who saw a file: reviewers of looks and auditors."""
    return any(reader.can(permission) for permission in WATCHERS)


def looks_at(reader: Reader, code: str, filters: LookFilters, cursor: str = "") -> TablePage[Look]:
    """Who saw a file, newest first. The caller has checked that its reader may see the person. Forbidden for others."""
    return _LOOKS.page(_at(reader, code, filters), cursor)


def looks_at_count(reader: Reader, code: str, filters: LookFilters) -> int:
    """How many looks the filters leave."""
    return _at(reader, code, filters).count()


def looks_at_rows(reader: Reader, code: str, filters: LookFilters) -> Iterator[Look]:
    """Every look at a file, streamed, for exports. Forbidden without the permission to export."""
    reader.require(Permission.EXPORT)
    return _at(reader, code, filters).order_by("-id").iterator(chunk_size=2_000)


def own_looks(reader: Reader, filters: LookFilters, cursor: str = "") -> TablePage[Look]:
    """What the reader looked at, newest first."""
    return _LOOKS.page(_own(reader, filters), cursor)


def own_looks_count(reader: Reader, filters: LookFilters) -> int:
    """How many looks of the reader the filters leave."""
    return _own(reader, filters).count()


def own_looks_rows(reader: Reader, filters: LookFilters) -> Iterator[Look]:
    """Every look of the reader, streamed, for exports. Forbidden without the permission to export."""
    reader.require(Permission.EXPORT)
    return _own(reader, filters).order_by("-id").iterator(chunk_size=2_000)


def files_since(user_id: int, since: datetime) -> int:
    """How many different files an account has opened since a moment."""
    rows = Look.objects.filter(user_id=user_id, at__gt=since, refused=False)
    return rows.values("subject_code").distinct().count()


def _at(reader: Reader, code: str, filters: LookFilters) -> QuerySet[Look]:
    if not may_see_looks(reader):
        raise Forbidden(_("Su rol no permite este acto. Pídalo a quien administra los accesos."))
    return _narrowed(Look.objects.filter(subject_code=code), filters)


def _own(reader: Reader, filters: LookFilters) -> QuerySet[Look]:
    # Refused ones stay out: told one by one they would say which codes exist elsewhere.
    rows = Look.objects.filter(user_id=reader.user_id or 0, refused=False)
    rows = _narrowed(rows, filters)
    return rows.filter(subject_code=filters.subject) if filters.subject else rows


def _narrowed(rows: QuerySet[Look], filters: LookFilters) -> QuerySet[Look]:
    if filters.since is not None:
        rows = rows.filter(at__gte=_midnight(filters.since))
    if filters.until is not None:
        rows = rows.filter(at__lt=_midnight(filters.until + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.LIMA)

"""The live list of findings, with their exceptions: only for who may see such records, and only in their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import batched
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.quality.checks import Check, allowed, check_for
from creo.support.quality.looking import exceptions_on
from creo.support.quality.models import QualityException, QualityFinding
from creo.support.refusals import NotFound
from creo.support.tables import PAGE_SIZE, Keyset, TablePage

_ORDER = Keyset("quality.findings", ("id",))
OPEN, EXCEPTED, GONE = "open", "excepted", "gone"
ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class FindingFilters:
    """What the list is narrowed to: OPEN (no exception covers them), EXCEPTED or GONE; and a place."""

    situation: str = OPEN
    place: str = ""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding. `name` empty: the record has left the reader's places since the run, and is not theirs to see."""

    id: int
    subject_code: str
    name: str
    place: str
    detail: Mapping[str, Any]
    first_seen_on: date
    last_seen_on: date
    gone_on: date | None
    exception: QualityException | None = None
    expired_on: date | None = None

    @property
    def shown(self) -> bool:
        """Whether the reader may see which record it is."""
        return bool(self.name)


def findings_page(
    reader: Reader, check: Check, filters: FindingFilters, today: date, cursor: str = "", size: int = PAGE_SIZE
) -> TablePage[FindingRow]:
    """A page of a check's findings, oldest first. Forbidden without the permission to see such records."""
    page = _ORDER.page(_filtered(reader, check, filters, today), cursor, size)
    return TablePage(_rows(reader, check, page.rows, today), page.next_cursor, page.prev_cursor)


def findings_count(reader: Reader, check: Check, filters: FindingFilters, today: date) -> int:
    """How many the filters leave. One query."""
    return _filtered(reader, check, filters, today).count()


def findings_rows(reader: Reader, check: Check, filters: FindingFilters, today: date) -> Iterator[FindingRow]:
    """Every row, streamed: for exports. Forbidden without the permissions to see and to export."""
    reader.require(Permission.EXPORT)
    rows = _filtered(reader, check, filters, today).order_by("id").iterator(chunk_size=ROWS_AT_ONCE)
    for some in batched(rows, ROWS_AT_ONCE):
        yield from _rows(reader, check, some, today)


def finding_in_scope(reader: Reader, key: int, today: date) -> tuple[Check, FindingRow]:
    """One open finding. NotFound outside the reader's places, or for a record they may not see."""
    reader.require(Permission.VIEW_QUALITY)
    found = QualityFinding.objects.filter(pk=key, gone_on=None).first()
    if found is None:
        raise NotFound
    check = check_for(found.check_code)
    here = allowed(reader)
    if not reader.can(check.subject.permission) or (here is not None and found.place not in here):
        raise NotFound
    row = _rows(reader, check, [found], today)[0]
    if not row.shown:
        raise NotFound
    return check, row


def exception_in_scope(reader: Reader, key: int) -> tuple[Check, QualityException, str]:
    """One exception with the name of its record. NotFound as for its finding."""
    reader.require(Permission.VIEW_QUALITY)
    found = QualityException.objects.filter(pk=key).first()
    if found is None:
        raise NotFound
    check = check_for(found.check_code)
    here = allowed(reader)
    if not reader.can(check.subject.permission) or (here is not None and found.place not in here):
        raise NotFound
    name = check.subject.names(reader, [found.subject_code]).get(found.subject_code, "")
    if not name:
        raise NotFound
    return check, found, name


def _filtered(reader: Reader, check: Check, filters: FindingFilters, today: date) -> QuerySet[QualityFinding]:
    reader.require(Permission.VIEW_QUALITY)
    reader.require(check.subject.permission)
    rows = QualityFinding.objects.filter(check_code=check.code, subject_kind=check.subject.kind)
    here = allowed(reader)
    if here is not None:
        rows = rows.filter(place__in=here)
    if filters.place:
        rows = rows.filter(place=filters.place)
    if filters.situation == GONE:
        return rows.filter(gone_on__isnull=False)
    covered = Exists(exceptions_on(today).filter(**{name: OuterRef(name) for name in _SAME}))
    return rows.filter(covered if filters.situation == EXCEPTED else ~Q(covered), gone_on=None)


_SAME = ("check_code", "subject_kind", "subject_code")


def _rows(reader: Reader, check: Check, found: Sequence[QualityFinding], today: date) -> list[FindingRow]:
    codes = [row.subject_code for row in found]
    names = check.subject.names(reader, codes) if codes else {}
    live, expired = _exceptions(check, codes, today)
    return [
        FindingRow(
            id=row.pk,
            subject_code=row.subject_code,
            name=names.get(row.subject_code, ""),
            place=row.place,
            detail=row.detail,
            first_seen_on=row.first_seen_on,
            last_seen_on=row.last_seen_on,
            gone_on=row.gone_on,
            exception=live.get(row.subject_code),
            expired_on=expired.get(row.subject_code),
        )
        for row in found
    ]


def _exceptions(check: Check, codes: Sequence[str], today: date) -> tuple[dict[str, QualityException], dict[str, date]]:
    """Exceptions that hold today, and the last day of those that ended, by subject."""
    if not codes:
        return {}, {}
    every = QualityException.objects.filter(
        check_code=check.code, subject_kind=check.subject.kind, subject_code__in=codes
    ).order_by("id")
    live: dict[str, QualityException] = {}
    ended: dict[str, date] = {}
    for row in every:
        end = min(row.revoked_on or row.expires_on, row.expires_on)
        if row.valid_from <= today < end:
            live[row.subject_code] = row
        elif end <= today:
            ended[row.subject_code] = end
    return live, ended

"""Reads of the ledger, newest first, by keyset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import QuerySet

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements.places import place_names
from creo.support.bulk import stored
from creo.support.clock import LIMA
from creo.support.ledger import chain
from creo.support.ledger.models import Block, Change, Entry, Pack
from creo.support.refusals import NotFound
from creo.support.tables import Keyset, TablePage

BY_NUMBER = Keyset("ledger", ("-id",))
BY_CHANGE = Keyset("ledger-changes", ("-id",))
COUNTED = 10_000
# Entries stand in order of their numbers; a clock that was set back moves them by less than this.
MARGIN = timedelta(days=1)

# The last entry before a moment, by halves: entries have no index by moment, which every write would pay for.
_BEFORE = """
    WITH RECURSIVE s(lo, hi) AS (
      SELECT CAST(0 AS BIGINT), (SELECT CAST(COALESCE(MAX(id), 0) + 1 AS BIGINT) FROM ledger_entry)
      UNION ALL
      SELECT CASE WHEN (SELECT e.at FROM ledger_entry e WHERE e.id >= (s.lo + s.hi) / 2 ORDER BY e.id LIMIT 1) < %s
                  THEN (s.lo + s.hi) / 2 ELSE s.lo END,
             CASE WHEN (SELECT e.at FROM ledger_entry e WHERE e.id >= (s.lo + s.hi) / 2 ORDER BY e.id LIMIT 1) < %s
                  THEN s.hi ELSE (s.lo + s.hi) / 2 END
      FROM s WHERE s.hi - s.lo > 1
    )
    SELECT MAX(lo) FROM s
"""


@dataclass(frozen=True, slots=True)
class Search:
    """What an auditor looks for; `act` is a beginning, days are Lima's and both included."""

    act: str = ""
    subject_code: str = ""
    actor: str = ""
    place: str = ""
    since: date | None = None
    until: date | None = None


def entries(reader: Reader, search: Search = Search(), cursor: str | None = "", *, limit: int = 50) -> TablePage[Entry]:
    """Entries for whoever may read the ledger, newest first. Forbidden otherwise, Refused for an altered cursor."""
    return BY_NUMBER.page(_found(reader, search), cursor, limit)


def entries_rows(reader: Reader, search: Search) -> Iterator[Entry]:
    """The same whole, as a file tells them."""
    return _found(reader, search).order_by("-id").iterator(chunk_size=2_000)


def entries_count(reader: Reader, search: Search) -> int:
    """How many there are, for the file: all of them."""
    return _found(reader, search).count()


def entries_up_to(reader: Reader, search: Search) -> int:
    """How many there are, counted up to COUNTED: a page does not count a nation's acts."""
    return _found(reader, search).order_by("-id")[:COUNTED].count()


def _found(reader: Reader, search: Search) -> QuerySet[Entry]:
    reader.require(Permission.VIEW_LEDGER)
    rows = Entry.objects.all()
    if not reader.national:
        rows = rows.filter(place__in=list(place_names(reader)))
    if search.act:
        rows = rows.filter(act__startswith=search.act)
    if search.subject_code:
        rows = rows.filter(subject_code=search.subject_code)
    if search.actor:
        rows = rows.filter(actor__icontains=search.actor)
    if search.place:
        rows = rows.filter(place=search.place)
    if search.since:
        start = _midnight(search.since)
        rows = rows.filter(pk__gt=_last_before(start - MARGIN), at__gte=start)
    if search.until:
        end = _midnight(search.until + timedelta(days=1))
        rows = rows.filter(pk__lte=_last_before(end + MARGIN), at__lt=end)
    return rows


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LIMA)


def _last_before(moment: datetime) -> int:
    """The number of the last entry before a moment, as far as entries stand in order of time."""
    told = stored(Entry, "at", moment)
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [told, told])
        return int(cursor.fetchone()[0])


def history(subject: tuple[str, str], *, limit: int = 50) -> Sequence[Entry]:
    """The acts on one subject, newest first; the caller has checked that its reader may see the subject."""
    kind, code = subject
    return list(Entry.objects.filter(subject_kind=kind, subject_code=code).order_by("-id")[:limit])


@dataclass(frozen=True, slots=True)
class Proof:
    """Where an entry is sealed, and whether it still is what was sealed."""

    block: Block | None
    digest: str
    sealed: str

    @property
    def sound(self) -> bool | None:
        """None while it waits for its seal."""
        return None if self.block is None else self.digest == self.sealed


def entry(reader: Reader, number: int) -> Entry:
    """One entry. NotFound when there is none within the reader's places."""
    found = _found(reader, Search()).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def proof(entry: Entry) -> Proof:
    """The seal of an entry, looked up in its chain's blocks, and its digest as of now."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {chain.canonical(connection.vendor)} FROM ledger_entry e WHERE id = %s", [entry.pk])
        digest = chain.leaf(cursor.fetchone()[0]).hex()
    waiting = Pack.objects.filter(pk=entry.pack).exists()
    for block in () if waiting else Block.objects.filter(chain=entry.place, last__gte=entry.pk, first__lte=entry.pk):
        members = chain.unpacked(bytes(block.members), block.count)
        if entry.pk in members:
            return Proof(block, digest, members[entry.pk].hex())
    return Proof(None, digest, "")


def changes_of(entry: Entry, *, limit: int = 50) -> list[Change]:
    """The rows that the same command changed, in order; none for entries older than packs."""
    return list(Change.objects.filter(pack=entry.pack).order_by("id")[:limit]) if entry.pack else []


def unaudited(reader: Reader, cursor: str | None = "", *, limit: int = 50) -> TablePage[Change]:
    """Rows changed outside every command, newest first; what was reviewed too."""
    reader.require(Permission.VIEW_LEDGER)
    return BY_CHANGE.page(Change.objects.filter(pack=None), cursor, limit)

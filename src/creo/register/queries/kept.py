"""What a prison wrote of people who left it: it stays readable there, and nothing written elsewhere becomes so.

A transfer moves the file with the person. The documents that a prison registered are its own acts: whoever answers for
them may read them again, by their class, and change them no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched

from django.db.models import Exists, OuterRef, QuerySet

from creo.register import rules
from creo.register.models import Custody, Document, Identity
from creo.register.queries.documents import DocumentRow, document_row, open_classes
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements.places import place_codes
from creo.support.tables import Keyset, TablePage

_ORDER = Keyset("documents-kept", ("-id",))
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class KeptFilters:
    """What narrows the list: a kind of document, one of the reader's prisons; empty is all."""

    kind: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A document that a prison registered of somebody it does not hold any more."""

    code: str
    name: str
    document: DocumentRow


def kept_page(reader: Reader, filters: KeptFilters, cursor: str = "") -> TablePage[KeptRow]:
    """A page of them, the last one first, of the classes open to the reader. Three queries. Forbidden without files."""
    page = _ORDER.page(_kept(reader, filters), cursor)
    return TablePage(_rows(reader, page.rows), page.next_cursor, page.prev_cursor)


def kept_count(reader: Reader, filters: KeptFilters) -> int:
    """How many the filters leave."""
    return _kept(reader, filters).count()


def kept_lines(reader: Reader, filters: KeptFilters) -> Iterator[KeptRow]:
    """Every row, streamed, for exports. Forbidden without the permission to export."""
    reader.require(Permission.EXPORT)
    rows = _kept(reader, filters).order_by("-id").iterator(chunk_size=_CHUNK)
    for some in batched(rows, _CHUNK, strict=False):
        yield from _rows(reader, some)


def _kept(reader: Reader, filters: KeptFilters) -> QuerySet[Document]:
    reader.require(Permission.VIEW_FILES)
    held_there = Custody.objects.filter(
        person_id=OuterRef("person_id"), released_on=None, facility__code=OuterRef("place")
    )
    rows = Document.objects.filter(~Exists(held_there), access__in=open_classes(reader)).exclude(place="")
    codes = place_codes(reader)
    if codes is not None:
        # Whoever holds the person now, in another prison of theirs, has the whole file.
        elsewhere = Custody.objects.filter(
            person_id=OuterRef("person_id"), released_on=None, facility__code__in=sorted(codes)
        )
        rows = rows.filter(~Exists(elsewhere), place__in=sorted(codes - {""}))
    if filters.place:
        rows = rows.filter(place=filters.place)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    return rows.select_related("custody", "replaced_by", "person")


def _rows(reader: Reader, rows: Iterable[Document]) -> list[KeptRow]:
    some = list(rows)
    codes = place_codes(reader)
    names = {
        row.person_id: rules.full_name(row.given_names, row.first_surname, row.second_surname)
        for row in Identity.objects.filter(person_id__in={row.person_id for row in some}, valid_to=None)
    }
    return [
        KeptRow(row.person.code, names.get(row.person_id) or row.person.code, document_row(row, codes)) for row in some
    ]

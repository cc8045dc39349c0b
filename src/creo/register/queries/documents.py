"""The documents of a person: the checklist for whoever sees the person, each document for whom its class is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, QuerySet, Sum

from creo.register import rules
from creo.register.models import Custody, Document, Identity, Movement, Person
from creo.register.queries.scope import person_with_custodies, present_identity
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements.places import place_codes
from creo.support.looking import noting
from creo.support.refusals import NotFound
from creo.support.tables import Keyset, TablePage

OPENS: dict[str, Permission] = {
    rules.DocumentAccess.GENERAL: Permission.VIEW_FILES,
    rules.DocumentAccess.MEDICAL: Permission.VIEW_MEDICAL,
    rules.DocumentAccess.EVALUATION: Permission.VIEW_EVALUATIONS,
}
IN_FORCE, EVERY_VERSION = "", "all"
_ORDER = Keyset("documents", ("-id",))


@dataclass(frozen=True, slots=True)
class PersonHeading:
    """Who a page is about: code, name, where they are held (empty outside custody), episodes, newest first."""

    id: int
    code: str
    name: str
    facility: str
    facility_name: str
    held: bool
    custodies: tuple[tuple[int, date], ...]
    outside: bool = False  # of the reader's scope: only what their own prison registered is open


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One version of a document that the reader may open."""

    id: int
    kind: str
    access: str
    title: str
    dated_on: date | None
    version: int
    custody_number: int | None
    sha256: str
    size: int
    media: str
    label: str
    place: str
    uploaded_by: str
    uploaded_at: datetime
    replaces: int | None
    replaced: bool
    withdrawn_on: date | None
    withdrawn_reason: str
    corrects: str = ""
    kept: bool = False  # of somebody who left: what became of it elsewhere is not told here

    @property
    def in_force(self) -> bool:
        """True unless a newer version replaced it or it was withdrawn."""
        return not self.replaced and self.withdrawn_on is None


@dataclass(frozen=True, slots=True)
class DocumentFilters:
    """What narrows the list; `versions` is IN_FORCE or EVERY_VERSION."""

    kind: str = ""
    versions: str = IN_FORCE


@dataclass(frozen=True, slots=True)
class PersonDocuments:
    """The tab of a person: the thirteen kinds, one page of documents, and how many the reader may not open."""

    heading: PersonHeading
    checklist: tuple[rules.CheckedKind, ...]
    page: TablePage[DocumentRow]
    count: int
    closed: dict[str, int]


def opens_documents(reader: Reader, access: str) -> bool:
    """Whether a reader may open documents of a class."""
    return reader.can(OPENS[access])


def open_classes(reader: Reader) -> list[str]:
    """The classes a reader may open."""
    return [access for access in OPENS if opens_documents(reader, access)]


def person_heading(reader: Reader, code: str) -> PersonHeading:
    """Who a page is about. NotFound outside the scope; a merged code gives the record that goes on."""
    reader.require(Permission.VIEW_PEOPLE)
    person, custodies = person_with_custodies(reader, code, reading=True)
    return heading_of(person, custodies)


def heading_of(person: Person, custodies: list[Custody], present: Identity | None = None) -> PersonHeading:
    """The same from what was read already."""
    present = present or present_identity(person, custodies)
    name = rules.full_name(present.given_names, present.first_surname, present.second_surname) if present else ""
    held = next((row for row in custodies if row.released_on is None), None)
    place = held.facility if held is not None else None
    return PersonHeading(
        id=person.pk,
        code=person.code,
        name=name or person.code,
        facility=place.code if place else "",
        facility_name=place.name if place else "",
        held=held is not None,
        custodies=tuple((row.number, row.admitted_on) for row in sorted(custodies, key=lambda row: -row.number)),
    )


def person_documents(reader: Reader, code: str, filters: DocumentFilters, cursor: str = "") -> PersonDocuments:
    """The documents tab of a person. NotFound outside the scope. At most 8 queries."""
    reader.require(Permission.VIEW_PEOPLE)
    person, custodies = person_with_custodies(reader, code, reading=True)
    in_force = Document.objects.filter(person_id=person.pk, replaced_by=None, withdrawn_on=None)
    counts = {
        (kind, access): number
        for kind, access, number in in_force.values_list("kind", "access").annotate(number=Count("id")).order_by()
    }
    rows = _narrowed(reader, person.pk, filters)
    page = _ORDER.page(rows, cursor)
    by_kind = {kind: number for (kind, _access), number in counts.items()}
    closed: dict[str, int] = {}
    for (_kind, access), number in counts.items():
        if not opens_documents(reader, access):
            closed[access] = closed.get(access, 0) + number
    return PersonDocuments(
        heading=heading_of(person, custodies),
        checklist=rules.checklist(by_kind, situation_of(person.pk, custodies)),
        page=TablePage([document_row(row) for row in page.rows], page.next_cursor, page.prev_cursor),
        count=rows.count() if cursor or page.next_cursor else len(page.rows),
        closed=closed,
    )


def situation_of(person_id: int, custodies: list[Custody]) -> rules.FileSituation:
    """What decides which documents a file must hold. One sentence in any episode asks for its copy. One query."""
    stated = [row.legal_status for row in custodies if row.legal_status]
    sentenced = rules.LegalStatus.SENTENCED in stated
    moved = Movement.objects.filter(custody__person_id=person_id, kind=rules.MovementKind.TRANSFER, annulled=False)
    return rules.FileSituation(
        sentenced=True if sentenced else False if stated else None,
        transferred=moved.exists(),
        released=any(row.released_on is not None for row in custodies),
    )


def document(
    reader: Reader, code: str, document_id: int, *, to_change: bool = False
) -> tuple[PersonHeading, DocumentRow]:
    """One version. NotFound outside the scope or of somebody else; Forbidden when its class is closed to the reader.

    Outside the scope, what the reader's own prison registered stays open, but not `to_change` it: see
    `register.queries.kept`.
    """
    reader.require(Permission.VIEW_PEOPLE)
    person, custodies, own = _sight(reader, code)
    if own is not None and to_change:
        raise NotFound
    found = _all(person.pk, own).filter(pk=document_id).first()
    head, row = _opened(reader, person, custodies, own, found)
    return head, document_row(row, own)


def document_versions(reader: Reader, code: str, document_id: int) -> tuple[PersonHeading, list[DocumentRow]]:
    """Every version of a document, newest first. As `document` for who may not open it. Six queries."""
    reader.require(Permission.VIEW_PEOPLE)
    person, custodies, own = _sight(reader, code)
    every = {row.pk: row for row in _all(person.pk, own)}
    head, row = _opened(reader, person, custodies, own, every.get(document_id))
    while hasattr(row, "replaced_by") and row.replaced_by.pk in every:
        row = every[row.replaced_by.pk]
    chain = [row]
    while (before := every.get(chain[-1].replaces_id or 0)) is not None:
        chain.append(before)
    return head, [document_row(item, own) for item in chain]


def _sight(reader: Reader, code: str) -> tuple[Person, list[Custody], frozenset[str] | None]:
    """Who a document is about, with their episodes; out of the scope, the prisons whose own documents stay open."""
    try:
        return (*person_with_custodies(reader, code, reading=True), None)
    except NotFound:
        own = place_codes(reader)
        person = Person.objects.select_related("merged_into").filter(code=code).first()
        if not own or person is None:
            raise
        return person.merged_into or person, [], own


def _opened(
    reader: Reader, person: Person, custodies: list[Custody], own: frozenset[str] | None, found: Document | None
) -> tuple[PersonHeading, Document]:
    """A document with who it is about, once it is open to the reader; NotFound and Forbidden as `document` says."""
    if found is None:
        raise NotFound
    require_class(reader, found.access)
    if own is not None:
        noting.opened(person.code, found.place)
    return replace(heading_of(person, custodies), outside=own is not None), found


def require_class(reader: Reader, access: str) -> None:
    """Forbidden unless documents of a class are open to the reader."""
    reader.require(OPENS[access])


def choices_for_evidence(reader: Reader, person_id: int) -> list[tuple[int, str]]:
    """Documents in force that may support a request, newest first: key and title, of the classes open to the reader."""
    rows = Document.objects.filter(
        person_id=person_id, replaced_by=None, withdrawn_on=None, access__in=open_classes(reader)
    )
    return list(rows.order_by("-id").values_list("id", "title")[:100])


def uploaded_between(user_id: int | None, start: datetime, end: datetime) -> int:
    """Bytes that somebody uploaded in a span of time."""
    rows = Document.objects.filter(uploaded_by_id=user_id, uploaded_at__gte=start, uploaded_at__lt=end)
    return int(rows.aggregate(total=Sum("size"))["total"] or 0)


def known_hashes() -> frozenset[str]:
    """The hash of every document ever kept: what the sweep of files must leave alone."""
    return frozenset(Document.objects.values_list("sha256", flat=True).distinct())


def _narrowed(reader: Reader, person_id: int, filters: DocumentFilters) -> QuerySet[Document]:
    rows = _all(person_id).filter(access__in=open_classes(reader))
    if filters.versions != EVERY_VERSION:
        rows = rows.filter(replaced_by=None, withdrawn_on=None)
    return rows.filter(kind=filters.kind) if filters.kind else rows


def _all(person_id: int, own: frozenset[str] | None = None) -> QuerySet[Document]:
    """Documents of a person; of some prisons alone when they are given, what was registered outside custody apart."""
    rows = Document.objects.filter(person_id=person_id).select_related("custody", "replaced_by")
    return rows if own is None else rows.filter(place__in=sorted(own - {""}))


def document_rows(reader: Reader, code: str, filters: DocumentFilters) -> Iterator[DocumentRow]:
    """The whole filtered list of a person, for a file."""
    person, _custodies = person_with_custodies(reader, code, reading=True)
    for row in _narrowed(reader, person.pk, filters).order_by("-id").iterator(chunk_size=500):
        yield document_row(row)


def document_row(row: Document, own: frozenset[str] | None = None) -> DocumentRow:
    """A document as pages show it; to the prisons that once registered it (`own`), without what others did since."""
    replaced = hasattr(row, "replaced_by") and (own is None or row.replaced_by.place in own)
    return DocumentRow(
        id=row.pk,
        kind=row.kind,
        access=row.access,
        title=row.title,
        dated_on=row.dated_on,
        version=row.version,
        custody_number=row.custody.number if row.custody else None,
        sha256=row.sha256,
        size=row.size,
        media=row.media,
        label=row.label,
        place=row.place,
        uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at,
        replaces=row.replaces_id,
        replaced=replaced,
        withdrawn_on=row.withdrawn_on,
        withdrawn_reason=row.withdrawn_reason,
        corrects=row.corrects,
        kept=own is not None,
    )


def sheet_documents(person_id: int) -> QuerySet[Document]:
    """Documents in force that the person may have in copy (Regl. CEP art. 51), by kind."""
    allowed = [access for access in rules.DocumentAccess if rules.given_in_copy(access)]
    rows = Document.objects.filter(person_id=person_id, replaced_by=None, withdrawn_on=None, access__in=allowed)
    return rows.order_by("kind", "-id")

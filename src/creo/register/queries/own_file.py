"""All that people may see and take of their own file (TUO CEP art. 10, Regl. CEP arts. 14 and 51, Mandela Rule 9).

Professional evaluations stay out (art. 51, last paragraph). Who looked is told by day, act and place, without the
official's name: art. 14 keeps the identity of who signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from creo.register import rules
from creo.register.models import DetentionMandate, Document, Sentence
from creo.register.queries.documents import PersonHeading, person_heading, sheet_documents
from creo.register.queries.files import PersonFile, person
from creo.register.queries.names import AliasRow, aliases
from creo.register.queries.protected import protected_values
from creo.register.queries.rights import ActRow, RequestRow, acts_on, requests_of
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader

EVERY_ACT = 20_000  # far over the longest life in custody


@dataclass(frozen=True, slots=True)
class OwnDocument:
    """A document in the list of the person's own file; of medical ones the kind and the day, not the title."""

    kind: str
    title: str
    dated_on: date | None
    sha256: str


@dataclass(frozen=True, slots=True)
class OwnMandate:
    """A mandate of detention: episode, court, case and days."""

    custody: int
    kind: str
    court: str
    case_number: str
    issued_on: date | None
    received_on: date
    lifted_on: date | None


@dataclass(frozen=True, slots=True)
class OwnSentence:
    """A sentence as recorded; the length is unknown where its parts are None."""

    custody: int
    court: str
    case_number: str
    issued_on: date
    penalty: str
    years: int | None
    months: int | None
    days: int | None
    effect: str


@dataclass(frozen=True, slots=True)
class OwnFile:
    """What the report prints."""

    heading: PersonHeading
    file: PersonFile
    aliases: tuple[AliasRow, ...]
    protected: tuple[rules.ProtectedValue, ...]
    documents: tuple[OwnDocument, ...]
    evaluations: int
    mandates: tuple[OwnMandate, ...]
    sentences: tuple[OwnSentence, ...]
    requests: tuple[RequestRow, ...]
    acts: tuple[ActRow, ...]

    @property
    def looks(self) -> tuple[ActRow, ...]:
        """The acts that only looked."""
        return tuple(row for row in self.acts if row.act in rules.LOOKS)

    @property
    def decisions(self) -> tuple[ActRow, ...]:
        """The acts that wrote something."""
        return tuple(row for row in self.acts if row.act not in rules.LOOKS)

    def documents_of(self, *kinds: str) -> list[OwnDocument]:
        """Its documents of some kinds."""
        return [row for row in self.documents if row.kind in kinds]


def own_file(reader: Reader, code: str, as_of: date) -> OwnFile:
    """A person's own file up to a day, for who handles rights and sees protected data. NotFound outside the scope."""
    reader.require(Permission.HANDLE_RIGHTS)
    reader.require(Permission.VIEW_PROTECTED)
    head = person_heading(reader, code)
    file = person(reader, head.code, as_of, with_sources=True)
    _head, requests = requests_of(reader, head.code, as_of)
    episodes = {row.id: row.number for row in file.custodies}
    return OwnFile(
        heading=head,
        file=file,
        aliases=tuple(row for row in aliases(reader, head.code) if row.valid_to is None),
        protected=tuple(protected_values(head.id)),
        documents=tuple(_document(row) for row in sheet_documents(head.id)),
        evaluations=_evaluations(head.id),
        mandates=_mandates(episodes),
        sentences=_sentences(episodes),
        requests=tuple(requests),
        acts=tuple(acts_on(head.code, limit=EVERY_ACT)),
    )


def _document(row: Document) -> OwnDocument:
    title = row.title if row.access == rules.DocumentAccess.GENERAL else rules.document_kinds()[row.kind].title
    return OwnDocument(row.kind, title, row.dated_on, row.sha256)


def _evaluations(person_id: int) -> int:
    """How many documents are kept and not given: that they exist is no secret to the person."""
    kept = [access for access in rules.DocumentAccess if not rules.given_in_copy(access)]
    rows = Document.objects.filter(person_id=person_id, access__in=kept, replaced_by=None, withdrawn_on=None)
    return rows.count()


def _mandates(episodes: dict[int, int]) -> tuple[OwnMandate, ...]:
    rows = DetentionMandate.objects.filter(custody_id__in=episodes).order_by("received_on", "id")
    return tuple(
        OwnMandate(
            episodes[row.custody_id],
            row.kind,
            row.court,
            row.case_number,
            row.issued_on,
            row.received_on,
            row.lifted_on,
        )
        for row in rows
    )


def _sentences(episodes: dict[int, int]) -> tuple[OwnSentence, ...]:
    rows = Sentence.objects.filter(custody_id__in=episodes, state=rules.SentenceState.IN_FORCE)
    return tuple(
        OwnSentence(
            episodes[row.custody_id],
            row.court,
            row.case_number,
            row.issued_on,
            row.penalty,
            row.years,
            row.months,
            row.days,
            row.effect,
        )
        for row in rows.order_by("issued_on", "id")
    )

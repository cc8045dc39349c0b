"""The penological sheet (Regl. CEP art. 45): mandates, sentences, transfers, benefits and releases of one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Subquery
from django.db.models.functions import Coalesce

from creo.register import rules
from creo.register.models import Custody, Identity, Movement, Person
from creo.register.queries.law import legal_file_of
from creo.register.queries.law_rows import LegalFile
from creo.register.queries.scope import check_opened
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.refusals import NotFound

# The ways of release that are benefits, and what takes one back (TUO CEP arts. 48 and 53-59).
BENEFITS = (rules.ReleaseKind.SEMI_LIBERTY, rules.ReleaseKind.CONDITIONAL_RELEASE)


@dataclass(frozen=True, slots=True)
class SheetMove:
    """A line of the sheet: an admission, a transfer, a benefit or a release, with its places where recorded."""

    on: date
    kind: str
    detail: str
    from_name: str
    to_name: str
    note: str
    episode: int


@dataclass(frozen=True, slots=True)
class PenologicalSheet:
    """The sheet: `active` while the person is held, passive outside, active again when they come back."""

    file: LegalFile
    as_of: date
    active: bool
    since: date | None
    admissions: tuple[SheetMove, ...]
    transfers: tuple[SheetMove, ...]
    benefits: tuple[SheetMove, ...]
    releases: tuple[SheetMove, ...]

    @property
    def reactivated(self) -> bool:
        """True when it was passive before and is active again."""
        return self.active and bool(self.releases)


def penological_sheet(reader: Reader, code: str, as_of: date) -> PenologicalSheet:
    """Somebody's sheet. NotFound outside the scope. At most 7 queries."""
    reader.require(Permission.VIEW_PEOPLE)
    identity, custodies = _who(reader, code)
    person = identity.person
    file = legal_file_of(person, custodies, as_of, identity)
    by_key = {row.pk: row for row in custodies}
    rows = (
        Movement.objects.filter(custody__person_id=person.pk, annulled=False)
        .select_related("from_facility", "to_facility")
        .order_by("on", "custody_id", "sequence")
    )
    moves = [_move(row, by_key[row.custody_id]) for row in rows]
    exits = [move for move in moves if move.kind in (rules.MovementKind.RELEASE, rules.MovementKind.ESCAPE)]
    entries = [move for move in moves if move.kind == rules.MovementKind.ADMISSION]
    active = file.held is not None
    turned = entries if active else exits
    return PenologicalSheet(
        file=file,
        as_of=as_of,
        active=active,
        since=turned[-1].on if turned else None,
        admissions=tuple(entries),
        transfers=tuple(move for move in moves if move.kind == rules.MovementKind.TRANSFER),
        benefits=tuple(move for move in moves if _benefit(move)),
        releases=tuple(exits),
    )


def _who(reader: Reader, code: str) -> tuple[Identity, list[Custody]]:
    """The present identity, with its person, of a code's record in force; and the episodes. NotFound outside the scope.

    As `person_with_custodies`, with the identity in the same query: printing has a ledger entry to write as well.
    """
    in_force = Person.objects.filter(code=code).values_list(Coalesce("merged_into_id", "id"))[:1]
    present = Identity.objects.filter(person_id=Subquery(in_force), valid_to=None)
    identity = present.select_related("person").first()
    if identity is None:
        raise NotFound
    rows = Custody.objects.filter(person_id=identity.person_id).select_related("facility").order_by("number")
    custodies = list(rows)
    check_opened(reader, identity.person, custodies, reading=True)
    return identity, custodies


def _move(row: Movement, custody: Custody) -> SheetMove:
    """How an episode began and ended is told by the episode where the movement does not say it."""
    detail = row.detail
    if row.kind == rules.MovementKind.ADMISSION:
        detail = detail or custody.entry_kind
    elif row.kind == rules.MovementKind.RELEASE:
        detail = detail or custody.release_kind
    return SheetMove(
        on=row.on,
        kind=row.kind,
        detail=detail,
        from_name=row.from_facility.name if row.from_facility else "",
        to_name=row.to_facility.name if row.to_facility else "",
        note=row.note,
        episode=custody.number,
    )


def _benefit(move: SheetMove) -> bool:
    """An exit permit, a release with a benefit, or the revocation of one."""
    if move.kind == rules.MovementKind.EXIT_PERMIT:
        return True
    if move.kind == rules.MovementKind.RELEASE:
        return move.detail in BENEFITS
    return move.kind == rules.MovementKind.ADMISSION and move.detail == rules.EntryKind.REVOCATION

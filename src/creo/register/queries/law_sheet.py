"""The penological sheet (Regl. CEP art. 45): mandates, sentences, transfers, benefits and releases of one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from creo.register import rules
from creo.register.models import Custody
from creo.register.queries.law import legal_file_with_moves
from creo.register.queries.law_rows import LegalFile, MoveRow
from creo.register.queries.scope import person_with_custodies
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader

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
    """Somebody's sheet. NotFound outside the scope. Four queries."""
    reader.require(Permission.VIEW_LEGAL)
    person, custodies = person_with_custodies(reader, code, reading=True)
    file, rows = legal_file_with_moves(person, custodies, as_of)
    by_key = {row.pk: row for row in custodies}
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


def _move(row: MoveRow, custody: Custody) -> SheetMove:
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
        from_name=row.from_name,
        to_name=row.to_name,
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

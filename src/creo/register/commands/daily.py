"""A day's movements from another system: each through the command that a person would use, all of them or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.absences import Back, record_absence, record_return
from creo.register.commands.admissions import Admission, admit
from creo.register.commands.common import hold_numbers
from creo.register.commands.custody import record_escape, release, transfer
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.jobs.progress import Report
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, NotFound, Refused

EVERY = 50


@dataclass(frozen=True, slots=True)
class DailyMove:
    """One row of the file: who, what, when and by which paper; places are codes, empty where the row does not say."""

    row: int
    person_code: str
    kind: str
    on: date
    at: time | None = None
    from_facility: str = ""
    to_facility: str = ""
    detail: str = ""
    destination: str = ""
    hours: int | None = None
    order: str = ""
    court: str = ""
    source_key: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot be: the field that shows it (empty: the whole row) and the words."""

    row: int
    field: str
    message: str


# What the commands call a field, as the file calls it.
FIELDS: Mapping[str, str] = {
    "kind": "detail",
    "entry_kind": "detail",
    "mandate": "order",
    "order_number": "order",
    "reason": "order",
    "admitted_on": "on",
    "facility_code": "to_facility",
    "person_code": "person_code",
}


class _Rehearsed(Exception):
    """Takes back what a rehearsal wrote."""


def rehearse(by: Reader, moves: Iterable[DailyMove], *, today: date, now: time | None = None) -> list[Fault]:
    """What each movement would be refused for, after those before it; nothing stays written.

    The rows of one person at a time, so that nobody else waits for long.
    """
    faults: list[Fault] = []
    for some in _by_person(moves):
        try:
            with transaction.atomic():
                faults += [fault for found in _each(by, some, today, now) for fault in found]
                raise _Rehearsed
        except _Rehearsed:
            pass
    return faults


@ledger.command(permission=Permission.IMPORT_REGISTER)
def import_movements(
    *, by: Reader, moves: Sequence[DailyMove], progress: Report, today: date, now: time | None = None
) -> int:
    """Records a day's movements in the order in which they happened; returns how many rows were gone through.

    Refused, and nothing recorded, with the reasons of the first row that cannot be.
    """
    ledger.nothing_to_do("every movement is already in the register")
    hold_numbers()
    for place, faults in enumerate(_each(by, sorted(moves, key=_moment), today, now), start=1):
        if faults:
            words = [_("Fila %(row)d: %(why)s") % {"row": fault.row, "why": fault.message} for fault in faults]
            raise Refused(words)
        if not place % EVERY:
            progress(place, len(moves), _("Registrando movimientos"))
    return len(moves)


def _by_person(moves: Iterable[DailyMove]) -> Iterable[list[DailyMove]]:
    people: dict[str, list[DailyMove]] = {}
    for move in moves:
        people.setdefault(move.person_code, []).append(move)
    return [sorted(some, key=_moment) for some in people.values()]


def _moment(move: DailyMove) -> tuple[date, time, int]:
    """The order in which movements happened; of one moment, that of the file."""
    return move.on, move.at or time.min, move.row


def _each(by: Reader, moves: Sequence[DailyMove], today: date, now: time | None) -> Iterator[list[Fault]]:
    """Performs the movements in order and answers each one's faults.

    An absence that cannot be alone, because something later is known already, may be with the return that follows it.
    """
    returns: dict[str, DailyMove] = {}
    following: dict[int, DailyMove] = {}
    for move in reversed(moves):
        if move.person_code in returns:
            following[move.row] = returns[move.person_code]
        returns[move.person_code] = move
    taken: set[int] = set()
    for move in moves:
        if move.row in taken:
            yield []
            continue
        faults, after = _tried(by, move, today, now), following.get(move.row)
        whole = after is not None and move.kind in rules.ABSENCES and after.kind == rules.MovementKind.RETURN
        if faults and after is not None and whole and not _tried(by, move, today, now, Back(after.on, after.at)):
            taken.add(after.row)
            faults = []
        yield faults


def _tried(by: Reader, move: DailyMove, today: date, now: time | None, back: Back | None = None) -> list[Fault]:
    try:
        _perform(by, move, today, now, back)
    except Refused as refusal:
        told = ((name, message) for name, all_of_it in refusal.fields.items() for message in all_of_it.split("\n"))
        where = {message: FIELDS.get(name, name) for name, message in told}
        return [Fault(move.row, where.get(message, ""), message) for message in refusal.messages]
    except Forbidden as refusal:
        return [Fault(move.row, "to_facility", refusal.message)]
    except NotFound:
        return [Fault(move.row, "person_code", _("La persona no está en su ámbito."))]
    return []


def _perform(by: Reader, move: DailyMove, today: date, now: time | None, back: Back | None) -> None:
    kind = rules.MovementKind(move.kind)
    reason = move.order or _("Archivo diario de movimientos, fila %(row)d") % {"row": move.row}
    who: dict[str, Any] = {"by": by, "person_code": move.person_code, "today": today, "source_key": move.source_key}
    when: dict[str, Any] = {"on": move.on, "at": move.at, "now": now}
    if kind is rules.MovementKind.ADMISSION:
        _admit(by, move, today)
    elif kind is rules.MovementKind.TRANSFER:
        transfer(**who, **when, reason=reason, from_facility=move.from_facility, to_facility=move.to_facility)
    elif kind in rules.ABSENCES:
        where = move.destination or move.court
        record_absence(**who, **when, reason=reason, kind=kind.value, destination=where, hours=move.hours, back=back)
    elif kind is rules.MovementKind.RETURN:
        record_return(**who, **when, reason=reason)
    elif kind is rules.MovementKind.ESCAPE:
        record_escape(**who, **when, reason=reason)
    else:
        dead = move.detail == rules.ReleaseKind.DEATH
        order = None if dead else move.order
        release(**who, **when, reason=reason, kind=move.detail, order_number=order, court=move.court or None)


def _admit(by: Reader, move: DailyMove, today: date) -> None:
    admission = Admission(
        facility_code=move.to_facility,
        admitted_on=move.on,
        at=move.at,
        mandate=move.order,
        entry_kind=move.detail or rules.EntryKind.MANDATE.value,
        source_key=move.source_key,
    )
    admit(by=by, admission=admission, person_code=move.person_code, today=today)

"""Looks at whole files: written as each answer leaves, told to the ledger by the worker under each reader's name."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from creo.support.accounts.readers import NATION, Reader, Scope
from creo.support.ledger import commands as ledger
from creo.support.looking.models import Look
from creo.support.looking.noting import Noted

TOLD_AT_ONCE = 2_000
CODE = 80


def write_looks(by: Reader, noted: Noted, now: datetime, *, seen: bool) -> int:
    """Writes what one answer showed (`seen`) or was refused, in one statement; returns how many looks.

    Not a command: the entry follows within a round of the worker. It is written before the answer leaves, so that a
    look that cannot be written is not given.
    """
    if by.user_id is None:
        return 0
    rows = [
        Look(subject_code=code[:CODE], place=file.place, outside=file.emergency_id is not None,
             emergency_id=file.emergency_id, **_common(by, now))
        for code, file in (noted.opened.items() if seen else ())
        if code not in noted.written
    ]  # fmt: skip
    rows += [
        Look(subject_code=code[:CODE], outside=exists, refused=True, **_common(by, now))
        for code, exists in noted.refused.items()
        if code and code not in noted.opened
    ]
    if rows:
        Look.objects.bulk_create(rows) if len(rows) > 1 else rows[0].save(force_insert=True)
    return len(rows)


def _common(by: Reader, now: datetime) -> dict[str, object]:
    return {"at": now, "user_id": by.user_id, "actor": by.name, "subject_kind": "person"}


def tell_looks() -> int:
    """Tells the ledger the looks that it does not have yet, each under who looked; returns how many.

    Safe in several workers at once: who marks a look as told, in the entry's own transaction, is the only one.
    """
    rows = list(Look.objects.filter(told=False).order_by("id")[:TOLD_AT_ONCE])
    groups: dict[tuple[int, str], list[Look]] = defaultdict(list)
    for row in rows:
        groups[row.user_id, row.actor].append(row)
    told = 0
    for (user_id, name), mine in groups.items():
        by = Reader(user_id, name, scopes=(Scope(NATION),))
        told += _tell(by=by, ids=[row.pk for row in mine])
    return told


@ledger.command(permission=None)
def _tell(*, by: Reader, ids: list[int]) -> int:
    rows = list(Look.objects.select_for_update().filter(pk__in=ids, told=False).order_by("id"))
    if not rows:
        ledger.nothing_to_do("otro trabajador los asentó")
        return 0
    Look.objects.filter(pk__in=[row.pk for row in rows]).update(told=True)
    return ledger.record_many(
        {
            "act": "looking.file_refused" if row.refused else "looking.file_viewed",
            "subject": ("file", row.subject_code),
            "place": row.place,
            "after": {"look": row.pk, "at": row.at.isoformat(), "emergency": row.emergency_id},
        }
        for row in rows
    )

"""What a new list says otherwise of people already in the register: each difference becomes the act a person would do.

Blanks never erase. What a command refuses, and whatever touches a confirmed identity, stays for a person to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.custody import record_escape, release, transfer
from creo.register.commands.identities import correct_identity
from creo.register.commands.law import set_legal_status, set_main_offence
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.jobs.progress import Report
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, NotFound, Refused

IDENTITY, OFFENCE, LEGAL_STATUS, TRANSFER, RELEASE = "identity", "offence", "legal_status", "transfer", "release"
EVERY = 50


@dataclass(frozen=True, slots=True)
class Change:
    """One act that a row of the list asks for: what (one of the five above) and its values for the command."""

    row: int
    person_code: str
    act: str
    values: Mapping[str, Any] = field(default_factory=dict)


class _Rehearsed(Exception):
    """Takes back what a rehearsal wrote."""


def rehearse_changes(
    by: Reader, changes: Sequence[Change], *, today: date, progress: Report
) -> dict[tuple[int, str], str]:
    """Which changes (by row and act) would be refused, and why; nothing stays written."""
    refused: dict[tuple[int, str], str] = {}
    for place, some in enumerate(_by_person(changes), start=1):
        try:
            with transaction.atomic():
                for change in some:
                    why = _refusal(by, change, _("Ensayo"), today)
                    if why:
                        refused[change.row, change.act] = why
                raise _Rehearsed
        except _Rehearsed:
            pass
        if not place % EVERY:
            progress(place, len(changes), _("Ensayando los cambios"))
    return refused


@ledger.command(permission=Permission.IMPORT_REGISTER)
def apply_changes(
    *, by: Reader, changes: Sequence[Change], source: str, today: date, progress: Report
) -> dict[str, int]:
    """Does every change as its own act, with the list as its reason; returns how many of each.

    Refused, and nothing done, when the register has moved since they were rehearsed.
    """
    done: dict[str, int] = {}
    ledger.nothing_to_do("the list changes nothing")
    for place, change in enumerate(changes, start=1):
        reason = _("Lista %(source)s, fila %(row)d") % {"source": source, "row": change.row}
        why = _refusal(by, change, reason, today)
        if why:
            raise Refused(_("Fila %(row)d: %(why)s") % {"row": change.row, "why": why})
        done[change.act] = done.get(change.act, 0) + 1
        if not place % EVERY:
            progress(place, len(changes), _("Registrando los cambios"))
    return done


def _by_person(changes: Sequence[Change]) -> Iterator[list[Change]]:
    people: dict[str, list[Change]] = {}
    for change in changes:
        people.setdefault(change.person_code, []).append(change)
    yield from people.values()


def _refusal(by: Reader, change: Change, reason: str, today: date) -> str:
    """Does one change; the words of its refusal, empty when it was done."""
    try:
        _perform(by, change, reason, today)
    except Refused as refusal:
        return " ".join(refusal.messages)
    except Forbidden as refusal:
        return refusal.message
    except NotFound:
        return _("La persona no está en su ámbito.")
    return ""


def _perform(by: Reader, change: Change, reason: str, today: date) -> None:
    about: dict[str, Any] = {"by": by, "person_code": change.person_code, "reason": reason, "today": today}
    if change.act == IDENTITY:
        correct_identity(**about, changes=dict(change.values))
    elif change.act == OFFENCE:
        set_main_offence(**about, **change.values)
    elif change.act == LEGAL_STATUS:
        set_legal_status(**about, **change.values)
    elif change.act == TRANSFER:
        transfer(**about, **change.values)
    elif change.act == RELEASE and change.values["kind"] == rules.ReleaseKind.ESCAPE:
        record_escape(**about, on=change.values["on"])
    elif change.act == RELEASE:
        release(**about, **change.values)
    else:
        raise ValueError(f"[{change.act}] no es un cambio que se conozca.")

"""Purposes given, and looks at sheets: no purpose, no look; each look in the ledger and in the list of looks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.looking import noting, queries
from creo.support.looking.models import Look, StatedPurpose
from creo.support.looking.rules import PURPOSE_WORDS, parameters
from creo.support.looking.sheets import sheet_named
from creo.support.refusals import Forbidden, Refused


@ledger.command(permission=None)
def state_purpose(*, by: Reader, kind: str, code: str, sheet: str, purpose: str, now: datetime) -> StatedPurpose:
    """Says for what a person opens the sheets of one class of a file; it holds for minutes, in any session of theirs.

    Refused for a purpose that the class does not know that day; Forbidden without the sheet's permission.
    """
    wanted = sheet_named(sheet)
    by.require(wanted.permission)
    if by.user_id is None:
        raise Forbidden(_("Solo una persona indica para qué consulta."))
    _check(purpose, wanted.access, now)
    minutes = parameters().on("purpose_minutes", now.astimezone(clock.LIMA).date())
    row = StatedPurpose.objects.create(
        user_id=by.user_id,
        subject_kind=kind,
        subject_code=code,
        access=wanted.access,
        purpose=purpose,
        stated_at=now,
        until=now + timedelta(minutes=minutes),
    )
    ledger.record(
        act="looking.purpose_stated",
        subject=("file", code),
        reason=_(PURPOSE_WORDS[purpose]),
        after={"purpose": purpose, "access": str(wanted.access), "minutes": minutes},
    )
    return row


@ledger.command(permission=None)
def look(
    *,
    by: Reader,
    kind: str,
    code: str,
    sheet: str,
    purpose: str = "",
    place: str = "",
    act: str = "",
    after: Mapping[str, Any] | None = None,
) -> str:
    """One look at a sheet as an act of its own: `record_look` for who has no command that reads it."""
    return record_look(by=by, kind=kind, code=code, sheet=sheet, purpose=purpose, place=place, act=act, after=after)


def record_look(
    *,
    by: Reader,
    kind: str,
    code: str,
    sheet: str,
    purpose: str = "",
    place: str = "",
    act: str = "",
    after: Mapping[str, Any] | None = None,
) -> str:
    """Records one look at a sheet, and returns its purpose: the given one, or the one in force for this file.

    For the command that reads the sheet, which has found the file in the reader's scope; RuntimeError outside one.
    Refused without a purpose of the sheet's class; Forbidden without its permission; KeyError for an unknown sheet.
    `act` replaces the sheet's own act in the ledger, `after` adds to what the entry tells.
    """
    wanted, now = sheet_named(sheet), clock.now()
    by.require(wanted.permission)
    purpose = purpose or queries.stated_purpose(by, kind, code, wanted.access, now)
    _check(purpose, wanted.access, now)
    emergency_id = noting.emergency_of(code)
    told = {"purpose": purpose, **(after or {})}
    if emergency_id is not None:
        told["emergency"] = emergency_id
    ledger.record(
        act=act or wanted.act, subject=(kind, code), place=place, reason=_(PURPOSE_WORDS[purpose]), after=told
    )
    if by.user_id is not None:
        Look.objects.create(
            at=now,
            user_id=by.user_id,
            actor=by.name,
            subject_kind=kind,
            subject_code=code,
            sheet=sheet,
            purpose=purpose,
            place=place,
            outside=emergency_id is not None,
            emergency_id=emergency_id,
            told=True,
        )
        noting.written(code)
    return purpose


def _check(purpose: str, access: str, now: datetime) -> None:
    if purpose not in {item.code for item in queries.purposes_for(access, now.astimezone(clock.LIMA).date())}:
        message = _("Elija para qué consulta estos datos.")
        raise Refused(message, fields={"purpose": message})

"""Which purpose is in force."""

from __future__ import annotations

from datetime import date, datetime

from creo.support import clock
from creo.support.accounts.readers import Reader
from creo.support.looking.models import StatedPurpose
from creo.support.looking.rules import Purpose, parameters


def stated_purpose(reader: Reader, kind: str, code: str, access: str, now: datetime) -> str:
    """The purpose that the reader gave for a class of one file and that still holds; empty when there is none."""
    if reader.user_id is None:
        return ""
    rows = StatedPurpose.objects.filter(
        user_id=reader.user_id, subject_kind=kind, subject_code=code, access=access, until__gt=now
    )
    found = rows.order_by("-until", "-id").values_list("purpose", flat=True).first()
    known = {item.code for item in purposes_for(access, now.astimezone(clock.LIMA).date())}
    return found if found is not None and found in known else ""


def purposes_for(access: str, day: date) -> tuple[Purpose, ...]:
    """The purposes of a class in force on a day."""
    return parameters().purposes_for(access, day)

"""The only reader of the time. The domain takes `as_of`; faces and the worker ask here."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

LIMA = ZoneInfo("America/Lima")


def now() -> dt.datetime:
    """The instant, aware, in UTC."""
    return dt.datetime.now(tz=dt.UTC)


def today() -> dt.date:
    """The day in Lima, where the programme counts its days."""
    return now().astimezone(LIMA).date()

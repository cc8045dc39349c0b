"""What each step of the demonstration gets."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from creo.support.accounts.readers import Reader
from creo.support.jobs.progress import Report


class DemoContext(Protocol):
    """What the demonstration gives to each chapter."""

    by: Reader
    seed: int
    as_of: date
    scale: float
    progress: Report

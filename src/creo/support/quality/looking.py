"""Runs checks over the records and holds what they say, before anything is written: reading must lock nobody out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from creo.support.jobs.progress import Report
from creo.support.quality.checks import Check, Finding, Unseen, one_reading
from creo.support.quality.models import QualityException

log = logging.getLogger("creo.quality")
Population = Callable[[date], Mapping[str, int]]


@dataclass(slots=True)
class Tally:
    """Numbers of one place."""

    found: int = 0
    excepted: int = 0
    population: int | None = None
    seen: bool = True


@dataclass(slots=True)
class Look:
    """What one check said on a day. `problem` not empty: it could not run, and the rest means nothing."""

    check: Check
    tallies: dict[str, Tally] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    """Subjects found beyond the listed ones that are on the live list already."""
    problem: str = ""
    milliseconds: int = 0

    @property
    def found(self) -> int:
        """Findings in the whole nation."""
        return sum(tally.found for tally in self.tallies.values())

    @property
    def excepted(self) -> int:
        """Of them, those an exception covers."""
        return sum(tally.excepted for tally in self.tallies.values())

    @property
    def population(self) -> int | None:
        """Units looked at; None where the check counts none."""
        if self.check.population is None:
            return None
        return sum(tally.population or 0 for tally in self.tallies.values())

    @property
    def unseen(self) -> int:
        """Places where there was nothing to look at."""
        return sum(not tally.seen for tally in self.tallies.values())


def look(
    checks: Collection[Check],
    as_of: date,
    *,
    listed_most: int,
    alive: Callable[[Check], Collection[str]],
    progress: Report,
) -> list[Look]:
    """Runs each check as of a day. A check that fails says so and the others go on.

    `alive(check)` tells the subjects that the live list already holds, asked only when a check finds too many to list.
    """
    populations: dict[Population, Mapping[str, int]] = {}
    looks = []
    with one_reading():
        for done, check in enumerate(checks):
            progress(done, len(checks), str(check.title))
            looks.append(_timed(check, as_of, populations, listed_most, alive))
    progress(len(checks), len(checks), "")
    return looks


def _timed(
    check: Check,
    as_of: date,
    populations: dict[Population, Mapping[str, int]],
    listed_most: int,
    alive: Callable[[Check], Collection[str]],
) -> Look:
    begun = time.perf_counter()
    found = Look(check)
    try:
        with _apart():
            _read(found, as_of, populations, listed_most, alive)
    except Exception:  # any fault of one check must leave it unknown and the others standing
        log.exception("quality check %s failed", check.code)
        found = Look(check, problem=_("La revisión se detuvo por una falla nuestra; avise a soporte."))
    found.milliseconds = round((time.perf_counter() - begun) * 1000)
    return found


def _apart() -> AbstractContextManager[object]:
    """Inside a transaction, a savepoint: PostgreSQL must forget a failed statement. Outside, nothing to lock."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _read(
    found: Look,
    as_of: date,
    populations: dict[Population, Mapping[str, int]],
    listed_most: int,
    alive: Callable[[Check], Collection[str]],
) -> None:
    check = found.check
    if check.population is not None:
        if check.population not in populations:
            populations[check.population] = check.population(as_of)
        found.tallies = {place: Tally(population=number) for place, number in populations[check.population].items()}
    excepted = _excepted(check, as_of)
    met: set[str] = set()
    for item in check.find(as_of):
        if isinstance(item, Unseen):
            _tally(found, item.place).seen = False
            continue
        if item.subject_code in met:
            continue
        met.add(item.subject_code)
        tally = _tally(found, item.place)
        tally.found += 1
        tally.excepted += item.subject_code in excepted
        if len(found.findings) < listed_most:
            found.findings[item.subject_code] = item
    if len(met) > len(found.findings):
        found.kept = (met & set(alive(check))) - found.findings.keys()


def _tally(found: Look, place: str) -> Tally:
    if place not in found.tallies:
        found.tallies[place] = Tally(population=None if found.check.population is None else 0)
    return found.tallies[place]


def _excepted(check: Check, as_of: date) -> frozenset[str]:
    rows = exceptions_on(as_of).filter(check_code=check.code, subject_kind=check.subject.kind)
    return frozenset(rows.values_list("subject_code", flat=True))


def exceptions_on(day: date) -> QuerySet[QualityException]:
    """Exceptions that hold on a day: begun, not expired, not revoked by then."""
    return QualityException.objects.filter(
        Q(revoked_on=None) | Q(revoked_on__gt=day), valid_from__lte=day, expires_on__gt=day
    )

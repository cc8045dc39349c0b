"""A made-up chapter with made-up checks: what the board does must not depend on any real one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, Scope, system
from creo.support.accounts.tests.factories import reader
from creo.support.quality import commands
from creo.support.quality.checks import Check, Finding, Place, Subject, Unseen
from creo.support.quality.models import QualityAnswer, QualityCount, QualityFinding, QualityRun
from creo.support.quality.rules import LimitKind, Limits, Severity

TODAY = date(2026, 11, 23)
BY = system("pruebas")
NORTH, SOUTH = Place("NORTE", "Depósito del norte", "A"), Place("SUR", "Depósito del sur", "B")
WIRED = (f"{__name__}.CHECKS",)
WIRED_PLACES = f"{__name__}.places"

# What the made-up chapter's tables hold: a test fills them, the checks read them.
STOCK: dict[str, list[Finding | Unseen]] = {}
UNITS: dict[str, int] = {}
BROKEN: set[str] = set()
HIDDEN: set[str] = set()


def empty() -> None:
    """Nothing in the made-up tables."""
    for table in (STOCK, UNITS, BROKEN, HIDDEN):
        table.clear()


def _names(who: Reader, codes: Collection[str]) -> Mapping[str, str]:
    return {code: f"Caja {code}" for code in codes if code not in HIDDEN or who.national}


BOX = Subject("box", "Caja", "quality:check", Permission.VIEW_PEOPLE, _names)


def _finder(code: str) -> Callable[[date], Iterable[Finding | Unseen]]:
    def find(as_of: date) -> Iterable[Finding | Unseen]:
        if code in BROKEN:
            raise RuntimeError("falla de prueba")
        yield from STOCK.get(code, ())

    return find


def _units(as_of: date) -> Mapping[str, int]:
    return dict(UNITS)


def make(code: str, soft: str, hard: str, kind: LimitKind = LimitKind.COUNT, **other: Any) -> Check:
    """A made-up check over the made-up table of the same name."""
    values: dict[str, Any] = {
        "title": f"Revisión {code}",
        "explanation": "Para qué sirve",
        "mend": "Cómo se arregla",
        "severity": Severity.MEDIUM,
        "owner": "registry",
        "unit": "cajas",
        "subject": BOX,
        "limits": Limits(kind, Decimal(soft), Decimal(hard)),
        "find": _finder(code),
        "detail_text": "Pesa %(weight)s desde el %(since)s",
    }
    return Check(code=code, **(values | other))


TORN = make("torn", "1", "3", past=True)
WET = make("wet", "0.1", "0.5", LimitKind.RATE, population=_units, severity=Severity.HIGH, owner="planner", past=True)
LOST = make("lost", "0", "0")
CHECKS = (TORN, WET, LOST)


def places(who: Reader) -> tuple[Place, ...]:
    """Two made-up places, inside the scopes of those who hold them."""
    codes = {scope.code for scope in who.scopes}
    return tuple(place for place in (NORTH, SOUTH) if who.national or place.code in codes)


def box(code: str, place: str = "NORTE", weight: int = 5) -> Finding:
    """A made-up fault."""
    return Finding(code, place, {"weight": weight, "since": "2026-03-01"})


def run(day: date = TODAY, today: date = TODAY, by: Reader = BY) -> QualityRun:
    """A run over the made-up tables."""
    return commands.run(by=by, as_of=day, today=today)


def manager(*scopes: Scope) -> Reader:
    """Somebody who manages quality and sees boxes, in the nation or in some places."""
    rights = (Permission.VIEW_QUALITY, Permission.MANAGE_QUALITY, Permission.VIEW_PEOPLE, Permission.EXPORT)
    made = reader(*rights)
    return Reader(made.user_id, made.name, made.permissions, scopes or made.scopes, ())


def at(*codes: str) -> tuple[Scope, ...]:
    """The scopes of some places."""
    return tuple(Scope("facility", code) for code in codes)


def stored_run(day: date = TODAY, **other: Any) -> QualityRun:
    """A row of the table of runs, by hand."""
    moment = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    values = {"as_of": day, "started_at": moment, "finished_at": moment, "actor": "pruebas"}
    return QualityRun.objects.create(**(values | other))


def stored_answer(run: QualityRun, **other: Any) -> QualityAnswer:
    """A row of the table of answers, by hand."""
    return QualityAnswer.objects.create(
        **({"run": run, "check_code": "torn", "ran": True, "found": 2, "excepted": 0} | other)
    )


def stored_count(run: QualityRun, **other: Any) -> QualityCount:
    """A row of the table of counts, by hand."""
    values = {"run": run, "check_code": "torn", "place": "NORTE", "found": 2, "excepted": 0}
    return QualityCount.objects.create(**(values | other))


def stored_finding(run: QualityRun, **other: Any) -> QualityFinding:
    """A row of the live list, by hand."""
    values = {
        "check_code": "torn",
        "subject_kind": "box",
        "subject_code": "C-1",
        "place": "NORTE",
        "first_seen_on": run.as_of,
        "last_seen_on": run.as_of,
        "last_run": run,
    }
    return QualityFinding.objects.create(**(values | other))

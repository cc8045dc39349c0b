"""Checking and applying a list in tests."""

from __future__ import annotations

from typing import Any

from creo.register.imports import KIND
from creo.register.tests.factories import BY, TODAY
from creo.support.imports.kinds import CheckResult
from creo.support.jobs.progress import silent


def check(sheet: Any, mapping: str = "creo", reader: Any = BY, **options: str) -> CheckResult:
    chosen = next(item for item in KIND.mappings() if item.code == mapping)
    return KIND.check(sheet=sheet, mapping=chosen, options=options, reader=reader, as_of=TODAY, progress=silent)


def apply(checked: CheckResult, mapping: str = "creo", reader: Any = BY) -> dict[str, int]:
    chosen = next(item for item in KIND.mappings() if item.code == mapping)
    counts = KIND.apply(
        checked=checked, mapping=chosen, options={}, reader=reader, as_of=TODAY, batch_id=7, progress=silent
    )
    return dict(counts)


def errors(checked: CheckResult) -> list[tuple[int, str, str]]:
    return [(error.row, error.column, error.message) for error in checked.errors.items]


def only_error(checked: CheckResult) -> tuple[int, str, str]:
    found = errors(checked)
    assert len(found) == 1, found
    assert checked.prepared is None
    return found[0]

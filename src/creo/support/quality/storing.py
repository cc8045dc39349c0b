"""Writes what a run saw: its answers and counts, and the live list, all set by set."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import batched
from typing import Any

from django.db.models import F

from creo.support.bulk import insert_rows
from creo.support.quality.checks import Check
from creo.support.quality.looking import Look
from creo.support.quality.models import QualityAnswer, QualityCount, QualityFinding, QualityRun

ANSWER = (
    "run_id", "check_code", "ran", "problem", "found", "excepted", "population", "unseen", "listed", "milliseconds",
)  # fmt: skip
COUNT = ("run_id", "check_code", "place", "found", "excepted", "population", "seen")
FINDING = (
    "check_code", "subject_kind", "subject_code", "place", "detail", "first_seen_on", "last_seen_on", "last_run_id",
    "gone_on",
)  # fmt: skip
KEYS_A_STATEMENT = 900


def write_counts(run: QualityRun, looks: Sequence[Look]) -> None:
    """The answer of every check and its counts by place; a check that did not run has no counts."""
    insert_rows(QualityAnswer, ANSWER, (_answer(run, look) for look in looks))
    insert_rows(QualityCount, COUNT, _counts(run, looks))


def _answer(run: QualityRun, look: Look) -> tuple[Any, ...]:
    if look.problem:
        return (run.pk, look.check.code, False, look.problem, None, None, None, 0, None, look.milliseconds)
    return (
        run.pk, look.check.code, True, "", look.found, look.excepted, look.population, look.unseen,
        len(look.findings), look.milliseconds,
    )  # fmt: skip


def _counts(run: QualityRun, looks: Sequence[Look]) -> Iterator[tuple[Any, ...]]:
    for look in looks:
        if look.problem:
            continue
        for place, tally in sorted(look.tallies.items()):
            yield (run.pk, look.check.code, place, tally.found, tally.excepted, tally.population, tally.seen)


def alive(check: Check) -> frozenset[str]:
    """Subjects on the live list of a check."""
    return frozenset(_open(check).values_list("subject_code", flat=True))


def write_findings(run: QualityRun, look: Look) -> tuple[int, int]:
    """Brings the live list of one check up to the run: (new, gone). A check that did not run leaves its list alone."""
    if look.problem:
        return 0, 0
    check, on = look.check, run.as_of
    present = {
        code: (key, place, _text(detail))
        for key, code, place, detail in _open(check).values_list("id", "subject_code", "place", "detail")
    }
    gone = [key for code, (key, _, _) in present.items() if code not in look.findings and code not in look.kept]
    for keys in batched(gone, KEYS_A_STATEMENT):
        QualityFinding.objects.filter(pk__in=keys).update(gone_on=on)
    changed = [
        QualityFinding(pk=present[code][0], place=item.place, detail=dict(item.detail))
        for code, item in look.findings.items()
        if code in present and present[code][1:] != (item.place, _text(item.detail))
    ]
    QualityFinding.objects.bulk_update(changed, ["place", "detail"], batch_size=200)
    _open(check).update(last_seen_on=on, last_run=run)
    fresh = [item for code, item in look.findings.items() if code not in present]
    kind = check.subject.kind
    insert_rows(
        QualityFinding,
        FINDING,
        ((check.code, kind, item.subject_code, item.place, dict(item.detail), on, on, run.pk, None) for item in fresh),
    )
    return len(fresh), len(gone)


def _open(check: Check) -> Any:
    return QualityFinding.objects.filter(check_code=check.code, subject_kind=check.subject.kind, gone_on=None)


def _text(detail: Any) -> str:
    return json.dumps(dict(detail), sort_keys=True)


def recount(finding: QualityFinding, today: date, *, excepted: int) -> None:
    """Makes today's run say what a new one would: one finding more, or one less, is excepted. Other days stand."""
    counted = QualityRun.objects.filter(superseded=False, past=False, as_of=today, pk=finding.last_run_id)
    if not counted.exists():
        return
    same = {"run_id": finding.last_run_id, "check_code": finding.check_code}
    QualityCount.objects.filter(**same, place=finding.place).update(excepted=F("excepted") + excepted)
    QualityAnswer.objects.filter(**same, ran=True).update(excepted=F("excepted") + excepted)


def newest_day() -> date | None:
    """The day of the newest run that wrote the live list."""
    rows = QualityRun.objects.filter(superseded=False, past=False).order_by("-as_of")
    return rows.values_list("as_of", flat=True).first()

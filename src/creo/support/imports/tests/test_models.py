"""The database itself refuses states that make no sense."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from creo.support import clock
from creo.support.imports.models import ImportBatch

pytestmark = pytest.mark.django_db


def make(**changes: Any) -> ImportBatch:
    plain = {
        "kind": "staff",
        "mapping": "personal",
        "filename": "a.csv",
        "size": 10,
        "sha256": "a" * 64,
        "uploaded_by": "Alicia",
        "uploaded_at": clock.now(),
    }
    return ImportBatch.objects.create(**plain | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "otro"},
        {"size": 0},
        {"rows_total": 2, "rows_ok": 3},
        {"rows_ok": -1},
        {"errors_total": -1},
        {"state": "checked"},
        {"state": "refused"},
        {"state": "checked", "checked_at": "now", "errors_total": 1},
        {"state": "applied", "checked_at": "now"},
        {"state": "checked", "checked_at": "now", "applied_at": "now"},
        {"state": "applied", "applied_at": "now"},
    ],
)
def test_a_batch_that_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    changes = {name: clock.now() if value == "now" else value for name, value in changes.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        make(**changes)
    assert not ImportBatch.objects.exists()


def test_a_file_is_applied_once_by_kind() -> None:
    now = clock.now()
    make(state="applied", checked_at=now, applied_at=now)
    make(state="checked", checked_at=now)
    make(state="applied", checked_at=now, applied_at=now, kind="other")
    with pytest.raises(IntegrityError), transaction.atomic():
        make(state="applied", checked_at=now, applied_at=now)

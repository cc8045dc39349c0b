"""What `test_upgrading` does in processes of their own: plant | upgrade | back | read. Prints one line of JSON.

`plant` makes a database as the release before sealed texts left it, with a word in every text of health, assessment and
complaint, in the files of those classes and in the ledger.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

WORD = "canario-amarillo-7731"
OPEN = "motivo-abierto-4410"
BEFORE = (("register", "0005_who_is_away_and_who_died"), ("ledger", "0002_acts_in_order"))
DAY, NOON = date(2026, 11, 2), datetime(2026, 11, 23, 17, tzinfo=UTC)


def plant() -> dict[str, Any]:
    """The release before, with its guards and without seals."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    for app, name in BEFORE:
        call_command("migrate", app, name, verbosity=0)
    models = MigrationExecutor(connection).loader.project_state(list(BEFORE)).apps
    person = models.get_model("register", "Person").objects.create(code="P-0000001")
    _facts(models, person)
    _documents(models, person)
    models.get_model("register", "RightsRequest").objects.create(
        person=person, year=2026, number=1, kind="rectification", asker="lawyer", asker_name=WORD, what=WORD,
        received_on=DAY, due_on=date(2026, 12, 20), state="rejected", assigned_to="Registro", answered_on=DAY,
        answer=WORD,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the planner keeps samples of what it read
    return {"facts": models.get_model("register", "ProtectedFact").objects.count()}


def _facts(models: Any, person: Any) -> None:
    said: list[dict[str, Any]] = [
        {"kind": "pregnancy", "answer": "yes", "needs": WORD, "day": date(2027, 5, 1)},
        {"kind": "disability", "answer": "yes", "value": "psychosocial", "needs": WORD},
        {"kind": "language", "answer": "yes", "value": WORD, "interpreter": True},
        {"kind": "children", "answer": "yes", "number": 3},
        {"kind": "community", "answer": "none"},
        {"kind": "community", "answer": "yes", "value": "ñ" * 160, "valid_to": DAY, "annulled_reason": WORD},
    ]
    for each in said:
        models.get_model("register", "ProtectedFact").objects.create(
            person=person, valid_from=DAY, source=WORD, recorded_by="P", recorded_at=NOON, **each
        )


def _documents(models: Any, person: Any) -> None:
    """A first version and its correction of each class; one medical file that an open document shows too."""
    document, entry = models.get_model("register", "Document"), models.get_model("ledger", "Entry")
    for kind, access, word in (
        ("medical_report", "medical", WORD),
        ("evaluations", "evaluation", WORD),
        ("mandate", "general", OPEN),
    ):
        common = {"person": person, "kind": kind, "access": access, "uploaded_by": "P", "uploaded_at": NOON}
        common |= {"size": 9, "media": "pdf", "label": f"{word}.pdf", "title": word}
        first = document.objects.create(
            sha256=_file(f"{word} {kind}"), withdrawn_on=DAY, withdrawn_reason=word, **common
        )
        second = document.objects.create(sha256=_file(f"{word} {kind} 2"), replaces=first, version=2, **common)
        for act, side, row in (("replaced", "after", second), ("withdrawn", "before", first)):
            entry.objects.create(
                at=NOON, actor="P", act=f"register.document_{act}", subject_kind="person", subject_code=person.code,
                reason=word, **{side: {"document": row.pk, "kind": kind}},
            )  # fmt: skip
    shared = _file("compartido")
    for kind, access in (("medical_report", "medical"), ("mandate", "general")):
        document.objects.create(
            person=person, kind=kind, access=access, sha256=shared, size=9, media="pdf", label="x.pdf", title="x",
            uploaded_by="P", uploaded_at=NOON,
        )  # fmt: skip


def _file(text: str) -> str:
    """A plain file in its place; its hash."""
    from creo.support.files import storage

    sha256 = hashlib.sha256(text.encode()).hexdigest()
    place = storage.path_of(sha256)
    place.parent.mkdir(mode=0o700, exist_ok=True)
    place.write_text(text)
    return sha256


def upgrade() -> dict[str, Any]:
    """As `creo prepare` does. UPGRADE_DIES=1: killed after the first file was sealed, before its plain form goes."""
    from django.core.management import call_command
    from django.db import connection

    from creo.support.secrets.migrating import scrub_rewritten

    if os.environ.get("UPGRADE_DIES"):
        Path.unlink = lambda self, missing_ok=False: os._exit(9)  # type: ignore[method-assign]
    call_command("migrate", verbosity=0)
    return {"scrubbed": scrub_rewritten(connection)}


def back() -> dict[str, Any]:
    """The way back; what it says then, by the models of then."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from creo.support.files import storage

    call_command("migrate", *BEFORE[0], verbosity=0)
    models = MigrationExecutor(connection).loader.project_state([BEFORE[0]]).apps
    columns = ("kind", "answer", "value", "needs", "interpreter", "number", "day", "annulled_reason")
    documents = models.get_model("register", "Document").objects.order_by("id")
    return {
        "facts": list(models.get_model("register", "ProtectedFact").objects.order_by("id").values_list(*columns)),
        "titles": list(documents.values_list("title", flat=True)),
        "plain": all(storage.path_of(each).exists() for each in documents.values_list("sha256", flat=True)),
    }


def read() -> dict[str, Any]:
    """What the site reads now, whether the ledger is whole, and what a reader of the tables finds of the word."""
    from django.db import connection

    from creo.register.models import Document, ProtectedFact, RightsRequest
    from creo.support.files import storage
    from creo.support.ledger.models import Entry
    from creo.support.ledger.sealing import seal_due
    from creo.support.ledger.triggers import faults
    from creo.support.ledger.verifying import verify

    seal_due()
    facts = [row.fact for row in ProtectedFact.objects.order_by("id")]
    return {
        "facts": [[f.kind, f.answer, f.value, f.needs, f.interpreter, f.number, f.day] for f in facts],
        "annulled": list(ProtectedFact.objects.order_by("id").values_list("annulled_reason", flat=True)),
        "documents": list(
            Document.objects.order_by("id").values_list("access", "title", "corrects", "withdrawn_reason")
        ),
        "files": [
            storage.open_checked(each).read().decode() for each in Document.objects.values_list("sha256", flat=True)
        ],
        "requests": list(RightsRequest.objects.values_list("asker_name", "what", "answer")),
        "reasons": list(Entry.objects.order_by("id").values_list("act", "reason")),
        "faults": [*faults(connection), *(str(fault) for fault in verify().faults)],
        "found": [table for table in connection.introspection.table_names() if _holds(table)],
    }


def _holds(table: str) -> bool:
    """True when a reader of the table finds the word, or one of the coded answers."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        text = str(cursor.fetchall())
    return WORD in text or "psychosocial" in text


if __name__ == "__main__":
    import django

    django.setup()
    acts = {"plant": plant, "upgrade": upgrade, "back": back, "read": read}
    print(json.dumps(acts[sys.argv[1]](), default=str))

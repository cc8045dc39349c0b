"""S7: maker is never checker and what was decided stays, by raw SQL too, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from creo.support.approvals.database_guards import APPEND_ONLY, GUARDS
from creo.support.approvals.models import Decision, Proposal, Revision
from creo.support.approvals.tests.factories import decide, insider, person, propose, settled
from creo.support.ledger import triggers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wired")]
NOW = "2026-11-23 15:00:00+00:00"


def run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused(statement: str, *values: Any) -> str:
    """What the database says to a statement that it must refuse."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        run(statement, *values)
    return str(caught.value)


DECISION = (
    "INSERT INTO approvals_decision (revision_id, tier, kind, made_by_id, decided_by_id, digest, reason, decided_at)"
    f" VALUES (%s, %s, 'approved', %s, %s, %s, '', '{NOW}')"
)


def test_a_maker_who_names_another_maker_does_not_decide_by_raw_sql() -> None:
    """The circumvention: the constraint compares columns of the row, so the row lies about who proposed."""
    ana, beto = person("ana"), person("beto")
    made = propose(ana)
    revision = made.revisions.get()
    assert "quién lo propuso" in refused(DECISION, revision.pk, 1, beto.user_id, ana.user_id, made.digest)
    with insider():
        run(DECISION, revision.pk, 1, beto.user_id, ana.user_id, made.digest)
    assert Decision.objects.get().decided_by_id == ana.user_id, "only the guard stands between"


def test_a_decision_is_of_the_present_tier_of_what_is_proposed_now() -> None:
    ana, beto, carla = person("ana"), person("beto"), person("carla")
    made = propose(ana, act="box.paint_thrice")
    first = made.revisions.get()
    for tier, digest in ((2, made.digest), (3, made.digest), (1, "0" * 64)):
        refused(DECISION, first.pk, tier, ana.user_id, beto.user_id, digest)
    decide(beto, made)
    refused(DECISION, first.pk, 1, ana.user_id, carla.user_id, made.digest)
    run(DECISION, first.pk, 2, ana.user_id, carla.user_id, made.digest)


def test_who_proposed_and_what_is_proposed_never_change() -> None:
    ana, beto = person("ana"), person("beto")
    made = propose(ana, act="box.paint_thrice")
    for column, value in {
        "made_by_id": beto.user_id, "act": "box.paint", "subject_kind": "x", "subject_code": "C-9", "place": "SUR-1",
        "made_at": NOW, "digest": "0" * 64, "tiers": 1, "id": made.pk + 1_000, "revision": 0,
    }.items():  # fmt: skip
        refused(f"UPDATE approvals_proposal SET {column} = %s WHERE id = %s", value, made.pk)
    refused("DELETE FROM approvals_proposal WHERE id = %s", made.pk)
    made.refresh_from_db()
    assert (made.made_by_id, made.act, made.tiers) == (ana.user_id, "box.paint_thrice", 3)


def test_approved_is_what_every_tier_approved() -> None:
    made = propose(person("ana"), act="box.paint_thrice")
    here = "WHERE id = %s"
    refused(f"UPDATE approvals_proposal SET tier = 2 {here}", made.pk)
    refused(f"UPDATE approvals_proposal SET state = 'approved', tier = 3, closed_at = '{NOW}' {here}", made.pk)
    made = decide(person("beto"), made)
    assert made.tier == 2
    refused(f"UPDATE approvals_proposal SET tier = 3 {here}", made.pk)
    refused(f"UPDATE approvals_proposal SET tier = 1 {here}", made.pk)
    made = decide(person("carla"), decide(person("dora"), made))
    assert made.state == "approved"
    for change in ("state = 'proposed', closed_at = NULL", "close_reason = 'otra'"):
        refused(f"UPDATE approvals_proposal SET {change} {here}", made.pk)


@pytest.mark.parametrize("begun", ["'approved', 1, 1", "'proposed', 2, 1", "'proposed', 1, 2"])
def test_a_proposal_is_not_born_decided(begun: str) -> None:
    closed = f"'{NOW}'" if "approved" in begun else "NULL"
    refused(
        "INSERT INTO approvals_proposal (act, subject_kind, subject_code, place, made_by_id, made_at, tiers, digest,"
        f" due_on, closed_at, close_reason, state, revision, tier) VALUES ('box.paint', 'box', 'C-1', '', %s, '{NOW}',"
        f" 3, 'd', '2026-12-01', {closed}, '', {begun})",
        person("ana").user_id,
    )


REVISION = (
    "INSERT INTO approvals_revision (proposal_id, number, payload, rows, text, digest, made_by_id, made_at)"
    f" VALUES (%s, %s, '{{}}', '[]', 'x', %s, %s, '{NOW}')"
)


def test_a_revision_is_the_next_one_and_of_the_maker() -> None:
    ana, beto = person("ana"), person("beto")
    made = propose(ana)
    for number, digest, maker in ((2, made.digest, ana), (1, made.digest, ana), (2, "0" * 64, ana), (0, "x", beto)):
        refused(REVISION, made.pk, number, digest, maker.user_id)
    run("UPDATE approvals_proposal SET revision = 2, digest = %s WHERE id = %s", "1" * 64, made.pk)
    assert "de quien la propuso" in refused(REVISION, made.pk, 2, "1" * 64, beto.user_id)
    run(REVISION, made.pk, 2, "1" * 64, ana.user_id)


WAYS: dict[str, Callable[[type[Any]], object]] = {
    "update": lambda model: model.objects.update(digest="0" * 64),
    "bulk_update": lambda model: model.objects.bulk_update([_changed(model.objects.first())], ["digest"]),
    "save": lambda model: _changed(model.objects.first()).save(),
    "delete": lambda model: model.objects.filter(pk=model.objects.first().pk)._raw_delete("default"),
    "raw update": lambda model: run(f"UPDATE {model._meta.db_table} SET made_by_id = made_by_id"),
    "raw delete": lambda model: run(f"DELETE FROM {model._meta.db_table}"),
    "upsert": lambda model: run(
        f"INSERT INTO {model._meta.db_table} SELECT * FROM {model._meta.db_table} WHERE true"
        " ON CONFLICT (id) DO UPDATE SET digest = EXCLUDED.digest"
    ),
}
if connection.vendor == "sqlite":
    WAYS["replace"] = lambda model: run(
        f"INSERT OR REPLACE INTO {model._meta.db_table} SELECT * FROM {model._meta.db_table}"
    )
else:
    WAYS["truncate"] = lambda model: run(f"TRUNCATE {model._meta.db_table} CASCADE")


def _changed(row: Any) -> Any:
    row.digest = "0" * 64
    return row


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", [Revision, Decision])
def test_what_was_proposed_and_decided_is_neither_changed_nor_removed(model: type[Any], way: str) -> None:
    decide(person("beto"), propose(person("ana")))
    settled()
    before = list(model.objects.order_by("pk").values())
    with pytest.raises(IntegrityError), transaction.atomic():
        WAYS[way](model)
    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="de SQLite")
def test_no_decision_is_put_over_another_without_its_key() -> None:
    """REPLACE over a UNIQUE constraint removes a row and fires no DELETE trigger."""
    ana, beto, carla = person("ana"), person("beto"), person("carla")
    made = propose(ana, act="box.paint_thrice")
    decide(beto, made)
    made.refresh_from_db()
    over = DECISION.replace("INSERT INTO", "INSERT OR REPLACE INTO")
    first = made.revisions.get()
    refused(over, first.pk, 1, ana.user_id, carla.user_id, made.digest)
    refused(over, first.pk, 2, ana.user_id, beto.user_id, made.digest)
    refused(REVISION.replace("INSERT", "INSERT OR REPLACE"), made.pk, 1, made.digest, ana.user_id)
    assert Decision.objects.get().decided_by_id == beto.user_id


def test_each_guard_stands_and_its_absence_is_told() -> None:
    standing = triggers.wanted(connection)
    assert {(guard.table, guard.trigger) for guard in GUARDS} <= set(standing)
    assert {table for table, name in standing if name in ("creo_no_change", "creo_no_update")} >= set(APPEND_ONLY)
    assert triggers.faults(connection) == []
    guard = GUARDS[-1]
    propose(person("ana"))
    with insider():
        pass
    run(triggers.ENGINES[connection.vendor].drop(guard.table, guard.trigger))
    assert triggers.faults(connection) == [f"{guard.table}: falta {guard.trigger}"]
    assert triggers.install(connection) == 1
    assert Proposal.objects.count() == 1

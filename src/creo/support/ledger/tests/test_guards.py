"""S5: what the database itself refuses and tells, whoever asks and however."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from creo.support import clock
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.readers import Reader
from creo.support.accounts.tests.factories import user
from creo.support.ledger import anchoring, exempt, rounds, status, triggers
from creo.support.ledger import commands as ledger
from creo.support.ledger.models import Change, Entry
from creo.support.ledger.tests.tampering import AUDITOR, written

pytestmark = pytest.mark.django_db

STATEMENTS = [
    f"{verb} {table}{rest}"
    for table in exempt.APPEND_ONLY
    for verb, rest in (("UPDATE", " SET id = id + 1000"), ("DELETE FROM", ""))
]
REPLACES = [f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" for table in exempt.APPEND_ONLY]
UPSERTS = [
    f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET id = EXCLUDED.id + 1000"
    for table in exempt.APPEND_ONLY
]
TRUNCATES = [f"TRUNCATE {table} CASCADE" for table in exempt.APPEND_ONLY]
ENGINES_OWN = REPLACES if connection.vendor == "sqlite" else TRUNCATES


@pytest.mark.parametrize("statement", [*STATEMENTS, *ENGINES_OWN, *UPSERTS])
def test_nothing_of_the_ledger_is_changed_removed_or_put_over(statement: str) -> None:
    written(rounds=1)
    anchoring.anchor()
    user()
    tables = {table: _rows(table) for table in exempt.APPEND_ONLY}
    assert all(tables.values())
    # A select without WHERE before ON CONFLICT is ambiguous to SQLite's parser.
    statement = statement.replace(" ON CONFLICT", " WHERE true ON CONFLICT")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert {table: _rows(table) for table in exempt.APPEND_ONLY} == tables


def _rows(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return [tuple(bytes(v) if isinstance(v, memoryview) else str(v) for v in row) for row in cursor.fetchall()]


def test_no_way_through_the_models_changes_an_entry_either() -> None:
    written(rounds=1)
    entry = Entry.objects.order_by("id")[0]
    for way in (
        lambda: Entry.objects.update(actor="x"),
        lambda: Entry.objects.filter(pk=entry.pk).delete(),
        lambda: Entry.objects.bulk_update([Entry(pk=entry.pk, actor="x")], ["actor"]),
        lambda: entry.save(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            way()


def test_every_table_of_ours_has_its_guards_or_a_reason() -> None:
    assert triggers.faults(connection) == []
    standing = {place[0] for place in triggers.wanted(connection)}
    for model in triggers.our_tables():
        table = model._meta.db_table
        assert (table in standing) != (table in exempt.EXEMPT and table not in exempt.APPEND_ONLY), table
    assert all(len(reason) > 20 for reason in exempt.EXEMPT.values())
    assert set(exempt.EXEMPT) <= {model._meta.db_table for model in triggers.our_tables()}


def test_every_table_of_a_library_is_watched_or_has_its_reason() -> None:
    others = {model._meta.db_table for model in triggers.others_tables()}
    assert set(exempt.WATCHED_OTHERS) | set(exempt.OTHERS) == others
    assert not set(exempt.WATCHED_OTHERS) & set(exempt.OTHERS)
    assert all(len(reason) > 20 for reason in exempt.OTHERS.values())
    standing = {place[0] for place in triggers.wanted(connection)}
    assert set(exempt.WATCHED_OTHERS) <= standing and not set(exempt.OTHERS) & standing


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        (
            "mfa_authenticator",
            "INSERT INTO mfa_authenticator (type, data, user_id, created_at, last_used_at)"
            " SELECT 'totp', '{\"secret\": \"KANARI\"}', id, '2026-11-23', NULL FROM accounts_user",
        ),
        (
            "socialaccount_socialaccount",
            "INSERT INTO socialaccount_socialaccount (provider, uid, extra_data, user_id, last_login, date_joined)"
            " SELECT 'minjus', 'otro', '{}', id, '2026-11-23', '2026-11-23' FROM accounts_user",
        ),
        (
            "socialaccount_socialapp",
            "INSERT INTO socialaccount_socialapp (provider, provider_id, name, client_id, secret, key, settings)"
            " VALUES ('openid_connect', 'falso', 'Falso', 'x', 'KANARI', '', '{\"server\": \"KANARI\"}')",
        ),
    ],
)
def test_a_way_into_an_account_put_in_by_hand_is_an_alarm_without_its_secret(table: str, statement: str) -> None:
    user()
    before = status.unaudited().count()
    _run(statement)
    assert status.unaudited().count() == before + 1
    change = Change.objects.latest("id")
    assert (change.table, change.operation, change.pack) == (table, "I", None)
    assert "KANARI" not in str(change.after)
    _run(f"DELETE FROM {table}")
    assert Change.objects.latest("id").operation == "D"
    assert status.standing().alarms


def changed() -> list[tuple[str, str, int | None]]:
    """What the database told of accounts and grants."""
    rows = Change.objects.filter(table__startswith="accounts_").order_by("id")
    return list(rows.values_list("table", "operation", "pack"))


@ledger.command(permission=None)
def in_a_command(*, by: Reader, do: Any) -> None:
    """Something done in a command."""
    do()
    ledger.record(act="test.done", subject=("x", "x"))


WAYS = {
    "save": lambda: _renamed(User.objects.get()).save(),
    "update": lambda: User.objects.update(name="Otra"),
    "bulk_update": lambda: User.objects.bulk_update([_renamed(User.objects.get())], ["name"]),
    "raw": lambda: _run("UPDATE accounts_user SET name = 'Otra'"),
}


def _renamed(found: User) -> User:
    found.name = "Otra"
    return found


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("inside", [True, False])
def test_every_way_to_change_a_row_is_told(way: str, inside: bool) -> None:
    user()
    before = len(changed())
    if inside:
        in_a_command(by=AUDITOR, do=WAYS[way])
    else:
        WAYS[way]()
    (told,) = changed()[before:]
    assert told == ("accounts_user", "U", Entry.objects.get().pack if inside else None)
    change = Change.objects.latest("id")
    assert change.before is not None
    assert change.after is not None
    assert (change.before["name"], change.after["name"]) == ("Alicia", "Otra")
    assert change.key == str(User.objects.get().pk)
    if inside:
        assert change.actor == AUDITOR.name


@pytest.mark.parametrize("inside", [True, False])
def test_rows_removed_are_told_and_rows_added_only_outside_of_commands(inside: bool) -> None:
    def do() -> None:
        made = User.objects.create_user("berta", "Berta", "secreta")
        RoleGrant.objects.bulk_create(
            [RoleGrant(user=made, role="auditor", scope_kind="nation", valid_from="2026-01-01")]
        )
        _run("DELETE FROM accounts_rolegrant")

    if inside:
        in_a_command(by=AUDITOR, do=do)
    else:
        do()
    told = [(table, operation) for table, operation, _pack in changed()]
    added = [("accounts_user", "I"), ("accounts_rolegrant", "I")]
    assert told == [*([] if inside else added), ("accounts_rolegrant", "D")]
    assert status.unaudited().count() == (0 if inside else 3)


def test_what_follows_a_command_in_a_longer_transaction_is_nobodys() -> None:
    user()
    before = len(changed())
    with transaction.atomic():
        in_a_command(by=AUDITOR, do=lambda: None)
        User.objects.update(name="Otra")
    assert changed()[before:] == [("accounts_user", "U", None)]


def test_a_command_that_fails_leaves_no_sign_of_itself() -> None:
    def fail() -> None:
        User.objects.create_user("berta", "Berta", "x")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        in_a_command(by=AUDITOR, do=fail)
    User.objects.create_user("carla", "Carla", "x")
    assert changed() == [("accounts_user", "I", None)]


def test_secrets_are_not_copied_but_that_they_changed_is_told() -> None:
    made = user()
    in_a_command(by=AUDITOR, do=lambda: User.objects.filter(pk=made.pk).update(password="otra"))
    change = Change.objects.latest("id")
    assert change.before is not None
    assert change.after is not None
    assert (change.before["password"], change.after["password"]) == ("(oculto)", "(oculto, nuevo)")
    first = Change.objects.filter(operation="I", table="accounts_user").earliest("id")
    assert made.password not in str(first.after)


def test_what_changes_by_itself_is_not_told() -> None:
    user()
    before = len(changed())
    _run("UPDATE accounts_user SET last_login = '2026-11-23 00:00:00+00:00'")
    _run("UPDATE accounts_user SET name = name")
    assert changed()[before:] == []


def test_a_guard_taken_away_or_altered_is_seen_told_once_and_put_back() -> None:
    assert rounds.look_at_guards() == []
    for place in list(triggers.wanted(connection))[:3]:
        _run(triggers.ENGINES[connection.vendor].drop(*place))
    found = rounds.look_at_guards()
    assert len(found) == 3
    rounds.look_at_guards()
    assert Entry.objects.filter(act=rounds.MISSING).count() == 1
    assert status.standing().alarms
    assert triggers.install(connection) == 3
    assert triggers.install(connection) == 0
    assert rounds.look_at_guards() == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="de PostgreSQL")
def test_a_guard_switched_off_or_emptied_is_seen() -> None:
    _run("ALTER TABLE ledger_entry DISABLE TRIGGER creo_no_change")
    _run("CREATE OR REPLACE FUNCTION creo_row_changed() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$")
    assert len(triggers.faults(connection)) == 2
    assert triggers.install(connection) == 2
    assert triggers.faults(connection) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="de SQLite")
def test_a_client_without_our_functions_cannot_write() -> None:
    stranger = sqlite3.connect(":memory:")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name IN ('accounts_user', 'ledger_change') AND sql != ''"
        )
        for (statement,) in sorted(cursor.fetchall(), key=lambda row: "TRIGGER" in row[0] or "INDEX" in row[0]):
            stranger.execute(statement)
    for statement in (
        "INSERT INTO accounts_user (password, username, name, is_active) VALUES ('', 'x', 'x', 1)",
        "UPDATE accounts_user SET name = 'x'",
        "DELETE FROM accounts_user",
    ):
        with pytest.raises(sqlite3.OperationalError, match="creo_"):
            stranger.execute(statement)
    stranger.close()


def test_nothing_of_the_system_removes_entries_however_old() -> None:
    """DS 016-2024-JUS: kept two years at least. An entry of 23 months, or of ten years, cannot be purged."""
    in_a_command(by=AUDITOR, do=lambda: None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(at__lt=clock.now() + timedelta(days=3650)).delete()
    assert Entry.objects.count() == 1


def test_migrations_find_tables_without_guards_and_leave_them_guarded() -> None:
    triggers.before_migrations(plan=[("x", False)], using="default")
    assert triggers.faults(connection) != []
    triggers.after_migrations(using="default")
    assert triggers.faults(connection) == []
    triggers.before_migrations(plan=[], using="default")
    assert triggers.faults(connection) == []

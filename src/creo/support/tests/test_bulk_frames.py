"""Whole frames arrive as they are, made ahead of the database; empty tables are rebuilt with all their keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction

from creo.support import bulk, clock
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.tests.factories import reader, user
from creo.support.ledger import commands as ledger
from creo.support.ledger.models import Entry
from creo.support.rebuilding import rebuilt

pytestmark = pytest.mark.django_db
KEYS = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass"
GRANT = ("user_id", "role", "scope_kind", "scope_code", "valid_from", "valid_to")


def grants(who: User, codes: list[str], **changes: object) -> pl.DataFrame:
    size = len(codes)
    columns: dict[str, object] = {
        "user": [who.pk] * size,
        "role": ["planner"] * size,
        "kind": ["facility"] * size,
        "code": codes,
        "from": [date(2026, 1, 1)] * size,
        "to": pl.Series([None] * size, dtype=pl.Date),
    }
    return pl.DataFrame(columns | changes)


def test_texts_dates_and_nulls_come_back_as_they_went_in() -> None:
    who = user()
    odd = ['con "comillas"', "a,b;c", "  espacios ", "\\N", "ñandú", "two\nlines"]
    assert bulk.insert_frames(RoleGrant, GRANT, [grants(who, odd[:3]), grants(who, odd[3:])]) == 6
    assert list(RoleGrant.objects.order_by("id").values_list("scope_code", flat=True)) == odd
    found = RoleGrant.objects.order_by("id")[0]
    assert (found.valid_from, found.valid_to) == (date(2026, 1, 1), None)


def test_an_empty_text_is_no_null() -> None:
    who = user()
    bulk.insert_frames(RoleGrant, GRANT, [grants(who, [""], kind=["nation"])])
    assert RoleGrant.objects.get().scope_code == ""


def test_constraints_hold_for_frames_too() -> None:
    who = user()
    bad = grants(who, ["EP"], kind=["nation"])
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert_frames(RoleGrant, GRANT, [grants(who, ["A"]), bad])
    assert not RoleGrant.objects.exists()


def test_no_frames_are_no_rows() -> None:
    assert bulk.insert_frames(RoleGrant, GRANT, []) == 0


def test_a_fault_while_a_frame_is_made_comes_out_where_it_is_used() -> None:
    def frames() -> Iterator[pl.DataFrame]:
        yield pl.DataFrame({"a": [1]})
        raise KeyError("falta")

    with pytest.raises(KeyError, match="falta"):
        list(bulk.ahead(frames()))


def test_what_is_made_ahead_comes_in_order() -> None:
    assert list(bulk.ahead(iter(range(100)))) == list(range(100))


def test_entries_of_a_frame_are_entries_like_any_other() -> None:
    frame = pl.DataFrame(
        {
            "subject_kind": ["person"] * 2,
            "subject_code": ["P-1", "P-2"],
            "place": ["", "EP"],
            "reason": ["", "x"],
            "before": pl.Series([None, None], dtype=pl.String),
            "after": ['{"ñ": 1}', None],
        }
    )

    @ledger.command(permission=None)
    def act(*, by: object) -> int:
        return ledger.record_frames("tests.bulk", [frame])

    before = clock.now()
    assert act(by=reader(name="Berta")) == 2
    first, second = Entry.objects.filter(act="tests.bulk").order_by("id")
    assert (first.actor, first.after, first.before, second.after) == ("Berta", {"ñ": 1}, None, None)
    assert first.at >= before


def test_entries_are_only_written_inside_a_command() -> None:
    with pytest.raises(RuntimeError):
        ledger.record_frames("tests.bulk", [])


# Rebuilding -----------------------------------------------------------------------------------------------------------


def defined() -> dict[str, str]:
    """Every key and index of the table, as the database defines it."""
    if connection.vendor != "postgresql":
        return {}
    with connection.cursor() as cursor:
        table = RoleGrant._meta.db_table
        cursor.execute(KEYS, [table])
        constraints = dict(cursor.fetchall())
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", [table])
        return constraints | dict(cursor.fetchall())


def test_an_empty_table_gets_all_its_keys_and_indexes_back() -> None:
    before, who = defined(), user()
    connection.check_constraints()
    with transaction.atomic(), rebuilt([RoleGrant]) as taken:
        assert taken is (connection.vendor == "postgresql")
        assert taken is (defined() != before)
        bulk.insert_frames(RoleGrant, GRANT, [grants(who, ["A", "B"])])
    assert defined() == before
    assert RoleGrant.objects.count() == 2


def test_a_row_that_breaks_a_key_fails_when_it_comes_back() -> None:
    before = defined()
    stranger = User(pk=987_654)
    with pytest.raises(IntegrityError), transaction.atomic():
        with rebuilt([RoleGrant]):
            bulk.insert_frames(RoleGrant, GRANT, [grants(stranger, ["A"])])
        connection.check_constraints()
    assert defined() == before
    assert not RoleGrant.objects.exists()


def test_a_table_with_rows_is_left_alone() -> None:
    who = user(role="planner")
    with transaction.atomic(), rebuilt([RoleGrant]) as taken:
        assert not taken
        bulk.insert_frames(RoleGrant, GRANT, [grants(who, ["A"])])
    assert RoleGrant.objects.count() == 2


def test_a_table_with_few_rows_is_rebuilt_when_that_is_asked() -> None:
    before, who = defined(), user(role="planner")
    connection.check_constraints()
    with transaction.atomic(), rebuilt([RoleGrant], at_most=1) as taken:
        assert taken is (connection.vendor == "postgresql")
        bulk.insert_frames(RoleGrant, GRANT, [grants(who, ["A", "B"])])
    connection.check_constraints()
    with transaction.atomic(), rebuilt([RoleGrant], at_most=2) as taken:
        assert not taken
    assert defined() == before
    assert RoleGrant.objects.count() == 3


def test_the_keys_of_other_tables_that_lead_to_it_come_back_too() -> None:
    before = defined()
    with transaction.atomic(), rebuilt([User]) as taken:
        assert taken is (connection.vendor == "postgresql")
        assert taken is (defined() != before)
    assert defined() == before


def test_entries_of_a_short_ledger_are_written_before_its_indexes() -> None:
    frame = pl.DataFrame(
        {name: [""] for name in ledger.FRAME[:4]}
        | {name: pl.Series([None], dtype=pl.String) for name in ledger.FRAME[4:]}
    )

    @ledger.command(permission=None)
    def act(*, by: object) -> int:
        return ledger.record_frames("tests.bulk", [frame], rebuild_under=5)

    assert act(by=reader(name="Berta")) == 1
    assert Entry.objects.filter(act="tests.bulk").count() == 1

"""`creo ledger`: how it stands, whether it is whole, its anchors and its keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from creo.site import cli
from creo.support.ledger import anchoring, keys, sealing, triggers
from creo.support.ledger.models import Block, Entry
from creo.support.ledger.tests.tampering import insider, sealed_again, written

pytestmark = pytest.mark.django_db


def test_the_command_line_names_the_first_broken_entry_and_fails(capsys: Any, tmp_path: Path) -> None:
    victim = written(rounds=1)[2]
    assert cli.main(["ledger", "anchor", "--json"]) == 0
    assert cli.main(["ledger", "verify", "--json"]) == 0
    capsys.readouterr()
    with insider() as cursor:
        cursor.execute("UPDATE ledger_entry SET actor = 'Nadie' WHERE id = %s", [victim])
    assert cli.main(["ledger", "verify", "--json", "--against", str(anchoring.own_place())]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["first_broken_entry"] == victim
    assert cli.main(["ledger", "verify"]) == 3
    assert f"Primer asiento roto: {victim}" in capsys.readouterr().out
    assert cli.main(["ledger", "verify", "--against", str(tmp_path / "nada")]) == 1
    assert cli.main(["ledger", "status"]) == 3
    assert "NO HAY" in capsys.readouterr().out
    assert cli.main(["ledger", "seal"]) == 0
    assert cli.main(["ledger", "rotate-key"]) == 0
    assert sealing.seal_due() == 1


# S4: the nine kinds of tampering, by the database's owner with every guard away, as `creo ledger verify` tells them.
# Three rounds of three chains (EP-PIURA, EP-ICA, the nation), three entries each, each round sealed and anchored:
# entry 9 * round + 3 * chain + n. Each kind returns the entry that must be named.


def _run(statement: str, *values: Any) -> None:
    with insider() as cursor:
        cursor.execute(statement, values)


def edited(ids: list[int]) -> int:
    _run("UPDATE ledger_entry SET reason = 'otra' WHERE id = %s", ids[10])
    return ids[10]


def deleted(ids: list[int]) -> int:
    _run("DELETE FROM ledger_entry WHERE id = %s", ids[10])
    return ids[10]


def inserted(ids: list[int]) -> int:
    _run(
        "INSERT INTO ledger_entry (at, actor, act, subject_kind, subject_code, place, reason, pack)"
        " SELECT at, 'Nadie', act, subject_kind, subject_code, place, reason, pack FROM ledger_entry WHERE id = %s",
        ids[0],
    )
    return Entry.objects.get(actor="Nadie").pk


def swapped(ids: list[int]) -> int:
    with insider() as cursor:
        for old, new in ((ids[3], -1), (ids[9], ids[3]), (-1, ids[9])):
            cursor.execute("UPDATE ledger_entry SET id = %s WHERE id = %s", [new, old])
    return ids[3]


def cut_tail(ids: list[int]) -> int:
    gone = Block.objects.get(chain="EP-ICA", number=3)
    with insider() as cursor:
        cursor.execute("DELETE FROM ledger_entry WHERE place = 'EP-ICA' AND id >= %s", [gone.first])
        cursor.execute("DELETE FROM ledger_block WHERE id = %s", [gone.pk])
    return ids[23]


def deleted_all(ids: list[int]) -> int:
    with insider() as cursor:
        for table in ("ledger_entry", "ledger_block", "ledger_anchor", "ledger_pack", "ledger_change"):
            cursor.execute(f"DELETE FROM {table}")
    return ids[2]


def rewritten(ids: list[int]) -> int:
    _run("UPDATE ledger_entry SET reason = 'otro' WHERE id = %s", ids[10])
    sealed_again("EP-PIURA", 2, keys.ring()[0])
    return ids[9]


def replaced(ids: list[int]) -> int:
    with insider() as cursor:
        for old, new in (("EP-ICA", "X"), ("EP-PIURA", "EP-ICA"), ("X", "EP-PIURA")):
            cursor.execute("UPDATE ledger_block SET chain = %s WHERE chain = %s", [new, old])
    return ids[0]


def moved(ids: list[int]) -> int:
    _run("UPDATE ledger_entry SET place = 'EP-ICA' WHERE id = %s", ids[1])
    return ids[1]


def moved_to_the_end(ids: list[int]) -> int:
    _run("UPDATE ledger_entry SET id = 99999 WHERE id = %s", ids[1])
    return ids[1]


def truncated(ids: list[int]) -> int:
    _run("TRUNCATE ledger_entry CASCADE" if connection.vendor == "postgresql" else "DELETE FROM ledger_entry")
    return ids[0]


KINDS = (edited, deleted, inserted, swapped, cut_tail, deleted_all, rewritten, replaced, moved)


@pytest.mark.parametrize("tamper", [*KINDS, moved_to_the_end, truncated])
def test_each_kind_of_tampering_is_found_and_its_first_broken_entry_named(
    tamper: Callable[[list[int]], int], capsys: Any
) -> None:
    for _round in range(3):
        ids = written(rounds=1)
        assert anchoring.anchor() is not None
    assert cli.main(["ledger", "verify", "--json"]) == 0
    capsys.readouterr()
    first = tamper(ids)
    assert cli.main(["ledger", "verify", "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["sound"], told["first_broken_entry"]) == (False, first)
    assert cli.main(["ledger", "verify"]) == 3
    assert f"ROTO. Primer asiento roto: {first}." in capsys.readouterr().out


def test_a_deleted_trigger_is_named_by_the_status(capsys: Any) -> None:
    written(rounds=1)
    with connection.cursor() as cursor:
        cursor.execute(triggers.ENGINES[connection.vendor].drop("accounts_user", "creo_row_update"))
    assert cli.main(["ledger", "status", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["guards"] == ["accounts_user: falta creo_row_update"]


if connection.vendor == "postgresql":

    def test_a_session_that_plays_a_replica_does_not_pass_the_guards() -> None:
        """The superuser's way to switch ordinary triggers off without touching one of them."""
        victim = written(rounds=1)[0]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in ("UPDATE ledger_entry SET reason = 'x'", "DELETE FROM ledger_entry"):
                with pytest.raises(DatabaseError), transaction.atomic():
                    cursor.execute(f"{statement} WHERE id = %s", [victim])

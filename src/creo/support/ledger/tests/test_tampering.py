"""S4, S6: nine kinds of tampering, each by somebody with the database's password, are found, and where they begin."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from creo.support.ledger import anchoring, keys, proving, sealing, verifying
from creo.support.ledger.models import Anchor, Block, Entry
from creo.support.ledger.tests.tampering import AUDITOR, act, insider, sealed_again, written
from creo.support.ledger.verifying import Fault

pytestmark = pytest.mark.django_db


def first_fault() -> Fault:
    """The first broken thing, as `creo ledger verify` tells it."""
    found = proving.verify(by=AUDITOR).first
    assert found is not None
    return found


def test_what_nobody_touched_is_sound() -> None:
    written()
    anchoring.anchor()
    report = proving.verify(by=AUDITOR)
    assert (report.sound, report.entries, report.blocks, report.anchors) == (True, 36, 12, 1)
    assert verifying.verify().waiting == 1  # the verification's own entry


def test_1_an_edited_entry_is_named() -> None:
    victim = written()[10]
    with insider() as cursor:
        cursor.execute("UPDATE ledger_entry SET actor = 'Nadie' WHERE id = %s", [victim])
    found = first_fault()
    assert (found.kind, found.entry) == ("edited", victim)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor_id", 7), ("act", "x"), ("subject_kind", "x"), ("subject_code", "x"), ("place", "EP-X"),
        ("reason", "x"), ("before", '{"a": 1}'), ("after", '{"n": 99}'), ("pack", 12345), ("context", '{"a": 1}'),
        ("at", "2020-01-01 00:00:00"),
    ],
)  # fmt: skip
def test_every_column_of_an_entry_is_sealed(column: str, value: object) -> None:
    victim = written(rounds=1)[4]
    with insider() as cursor:
        cursor.execute(f'UPDATE ledger_entry SET "{column}" = %s WHERE id = %s', [value, victim])
    found = first_fault()
    assert (found.kind, found.entry) == ("edited", victim)


def test_2_a_deleted_entry_is_named() -> None:
    victim = written()[10]
    with insider() as cursor:
        cursor.execute("DELETE FROM ledger_entry WHERE id = %s", [victim])
    found = first_fault()
    assert (found.kind, found.entry) == ("missing", victim)


def test_3_an_inserted_entry_is_named() -> None:
    ids = written()
    with insider() as cursor:
        cursor.execute(
            "INSERT INTO ledger_entry (at, actor, act, subject_kind, subject_code, place, reason, pack)"
            " SELECT at, 'Nadie', act, subject_kind, subject_code, place, reason, pack FROM ledger_entry WHERE id = %s",
            [ids[0]],
        )
    sealing.seal_due()
    found = first_fault()
    assert (found.kind, found.entry) == ("unsealed", Entry.objects.get(actor="Nadie").pk)


def test_4_two_swapped_entries_are_named_from_the_first() -> None:
    ids = written()
    with insider() as cursor:
        cursor.execute("UPDATE ledger_entry SET id = -1 WHERE id = %s", [ids[3]])
        cursor.execute("UPDATE ledger_entry SET id = %s WHERE id = %s", [ids[3], ids[9]])
        cursor.execute("UPDATE ledger_entry SET id = %s WHERE id = -1", [ids[9]])
    report = proving.verify(by=AUDITOR)
    assert [(fault.kind, fault.entry) for fault in report.faults[:2]] == [("edited", ids[3]), ("edited", ids[9])]


def test_5_a_tail_cut_off_with_its_blocks_is_found_by_the_anchors() -> None:
    written()
    anchoring.anchor()
    gone = Block.objects.filter(chain="EP-ICA").order_by("-number").first()
    assert gone is not None
    with insider() as cursor:
        # Other chains' numbers are moved together, so that no block seems to be missing.
        cursor.execute(
            "DELETE FROM ledger_entry WHERE id BETWEEN %s AND %s AND place = 'EP-ICA'", [gone.first, gone.last]
        )
        cursor.execute("DELETE FROM ledger_block WHERE id = %s", [gone.pk])
    report = proving.verify(by=AUDITOR)
    cut = next(fault for fault in report.faults if fault.kind == "cut")
    assert (cut.chain, cut.number, cut.entry) == ("EP-ICA", gone.number, gone.last)


def test_6_an_emptied_ledger_is_found_by_the_anchors_kept_elsewhere(tmp_path: Path) -> None:
    written()
    anchoring.anchor()
    with insider() as cursor:
        for table in ("ledger_entry", "ledger_block", "ledger_anchor", "ledger_pack"):
            cursor.execute(f"DELETE FROM {table}")
    report = proving.verify(by=AUDITOR)
    assert {fault.chain for fault in report.faults if fault.kind == "cut"} == {"", "EP-ICA", "EP-PIURA"}
    assert report.first is not None
    assert report.first.entry > 0


def test_7_a_chain_written_again_with_right_hashes_and_our_own_key_is_found_by_the_anchors() -> None:
    ids = written()
    anchoring.anchor()
    victim = next(e for e in Entry.objects.filter(pk__in=ids, place="EP-PIURA").order_by("id")[4:5])
    with insider() as cursor:
        cursor.execute("UPDATE ledger_entry SET reason = 'otro' WHERE id = %s", [victim.pk])
    sealed_again("EP-PIURA", 1, keys.ring()[0])
    assert verifying.verify().sound, "only the anchors can see it"
    report = proving.verify(by=AUDITOR)
    assert {fault.kind for fault in report.faults} == {"rewritten"}
    assert {fault.chain for fault in report.faults} == {"EP-PIURA"}


def test_7b_with_right_hashes_but_without_the_key_no_anchor_is_needed() -> None:
    written()
    sealed_again("EP-PIURA", 2, keys.Key("k1", b"guess" * 7, b"x" * 32))
    found = first_fault()
    assert (found.kind, found.chain, found.number) == ("seal", "EP-PIURA", 2)


def test_8_a_chain_put_in_the_place_of_another_is_found() -> None:
    written()
    with insider() as cursor:
        cursor.execute("UPDATE ledger_block SET chain = 'X' WHERE chain = 'EP-ICA'")
        cursor.execute("UPDATE ledger_block SET chain = 'EP-ICA' WHERE chain = 'EP-PIURA'")
        cursor.execute("UPDATE ledger_block SET chain = 'EP-PIURA' WHERE chain = 'X'")
    report = proving.verify(by=AUDITOR)
    assert {(fault.kind, fault.chain) for fault in report.faults} >= {("digest", "EP-ICA"), ("digest", "EP-PIURA")}


def test_9_an_entry_moved_to_another_prison_or_another_moment_is_named() -> None:
    victim = written()[1]
    with insider() as cursor:
        cursor.execute("UPDATE ledger_entry SET place = 'EP-ICA' WHERE id = %s", [victim])
    assert first_fault().entry == victim


def test_9b_an_entry_moved_to_the_end_is_missing_where_it_was() -> None:
    victim = written()[1]
    with insider() as cursor:
        cursor.execute("UPDATE ledger_entry SET id = 99999 WHERE id = %s", [victim])
    report = proving.verify(by=AUDITOR)
    assert {(fault.kind, fault.entry) for fault in report.faults} == {("missing", victim), ("unsealed", 99999)}


def test_a_block_taken_out_of_the_middle_and_a_changed_block_are_named() -> None:
    written()
    with insider() as cursor:
        cursor.execute("DELETE FROM ledger_block WHERE chain = 'EP-ICA' AND number = 2")
        cursor.execute(
            "UPDATE ledger_block SET sealed_at = '2020-01-01 00:00:00+00:00' WHERE chain = '' AND number = 1"
        )
    kinds = {(fault.kind, fault.chain, fault.number) for fault in proving.verify(by=AUDITOR).faults}
    assert ("gap", "EP-ICA", 3) in kinds
    assert ("digest", "", 1) in kinds
    assert "lost" in {kind for kind, _chain, _number in kinds}


def test_a_sheet_that_was_altered_or_taken_away_is_found() -> None:
    for _time in range(3):
        written(rounds=1)
        anchoring.anchor()
    own = sorted(anchoring.own_place().glob("*.json"))
    assert len(own) == 3
    own[0].write_text(own[0].read_text().replace("EP-ICA", "EP-IQU"))
    own[1].unlink()
    faults = list(anchoring.compare(anchoring.in_folder(anchoring.own_place())))
    assert [(fault.kind, fault.detail) for fault in faults] == [("sheet", "1"), ("no_sheet", "2")]
    with insider() as cursor:
        cursor.execute("UPDATE ledger_anchor SET sheet = '{}' WHERE number = 1")
    assert [fault.kind for fault in anchoring.compare(anchoring.in_table())] == ["sheet"]


def test_numbers_of_sheets_go_on_from_those_outside_after_an_older_copy_was_restored() -> None:
    written(rounds=1)
    anchoring.anchor()
    anchoring.anchor()
    with insider() as cursor:
        cursor.execute("DELETE FROM ledger_anchor WHERE number = 2")
    made = anchoring.anchor()
    assert made is not None
    assert made.number == 3
    assert list(anchoring.compare(anchoring.in_folder(anchoring.own_place()))) == []


def test_an_act_after_the_verification_began_is_no_fault() -> None:
    written(rounds=1)
    act(by=AUDITOR, code="tarde")
    report = verifying.verify()
    assert report.sound
    assert report.waiting == 1
    assert connection.vendor in ("sqlite", "postgresql")
    assert Anchor.objects.count() == 0

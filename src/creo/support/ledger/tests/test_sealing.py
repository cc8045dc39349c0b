"""The sealer: any history in any portions is one verifiable chain a place; two at once, commits out of order, kills."""

from __future__ import annotations

import hashlib
import json
import threading
from typing import Any

import pytest
from django.db import connection, connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from creo.support.ledger import chain, keys, running, sealing, verifying
from creo.support.ledger import commands as ledger
from creo.support.ledger.models import Block, Entry, Pack
from creo.support.ledger.tests.tampering import AUDITOR, act, insider, written

PLACES = st.sampled_from(["", "EP-A", "EP-B", "EP-Ñ"])
# An act at a place with so many entries; None: the sealer seals now, so many entries at a time.
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("act"), PLACES, st.integers(1, 7)),
        st.tuples(st.just("seal"), st.integers(1, 5), st.integers(1, 3)),
    ),
    max_size=12,
)


def slowly_verified() -> bool:
    """The verifier's slow twin: every block from its chain's beginning, every entry read by itself."""
    held: dict[int, str] = {}
    for name in set(Block.objects.values_list("chain", flat=True)):
        previous = "0" * 64
        for number, block in enumerate(Block.objects.filter(chain=name).order_by("number"), 1):
            content, count = bytes(block.members), block.count
            head = [block.id, name, number, block.first, block.last, count, _micros(block), previous]
            digest = hashlib.sha256(json.dumps(head, separators=(",", ":")).encode() + b"\n" + content).hexdigest()
            if (digest, previous) != (block.digest, block.previous) or len(content) != 40 * count:
                return False
            previous = digest
            for place in range(count):
                key = int.from_bytes(content[8 * place : 8 * place + 8], "big")
                if key in held or _leaf(key, name) != content[8 * count + 32 * place : 8 * count + 32 * place + 32]:
                    return False
                held[key] = name
    return set(held) == set(Entry.objects.values_list("id", flat=True))


def _micros(block: Block) -> int:
    moment = block.sealed_at
    return int(moment.replace(microsecond=0).timestamp()) * 1_000_000 + moment.microsecond


def _leaf(key: int, place: str) -> bytes | None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {chain.canonical(connection.vendor)} FROM ledger_entry e WHERE id = %s AND place = %s",
            [key, place],
        )
        row = cursor.fetchone()
    return hashlib.sha256(row[0]).digest() if row else None


class AnyHistory(TestCase):
    """Whatever was done, in whatever portions it was sealed."""

    @settings(max_examples=40)
    @given(STEPS)
    def test_any_history_sealed_in_any_portions_is_whole(self, steps: list[Any]) -> None:
        for kind, first, second in steps:
            if kind == "act":
                act(by=AUDITOR, code="P", place=first, count=second)
            else:
                waiting = sealing._waiting(entries=first, packs=second)
                if waiting is not None:
                    assert sealing._seal(waiting) is not None
        sealing.seal_due()
        report = verifying.verify()
        assert report.sound, report.faults
        assert report.entries == Entry.objects.count() == sum(Block.objects.values_list("count", flat=True))
        assert slowly_verified()
        assert not Pack.objects.exists()
        assert list(Block.objects.order_by("id").values_list("id", flat=True)) == list(
            range(1, Block.objects.count() + 1)
        )

    @settings(max_examples=25)
    @given(st.integers(1, 4), st.data())
    def test_both_verifiers_see_any_change_of_any_byte(self, rounds: int, data: Any) -> None:
        written(rounds=rounds, each=2)
        assert slowly_verified()
        block = data.draw(st.sampled_from(list(Block.objects.order_by("id"))))
        members = bytearray(block.members)
        members[data.draw(st.integers(0, len(members) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        with insider() as cursor:
            cursor.execute("UPDATE ledger_block SET members = %s WHERE id = %s", [bytes(members), block.pk])
        assert not slowly_verified()
        assert not verifying.verify().sound


@pytest.mark.django_db
def test_rows_older_than_packs_are_sealed_by_the_pack_of_before() -> None:
    act(by=AUDITOR, code="P", count=3)
    with insider() as cursor:
        cursor.execute("UPDATE ledger_entry SET pack = 0")
        cursor.execute("DELETE FROM ledger_pack")
    assert verifying.verify().first == verifying.Fault("unsealed", Entry.objects.order_by("id")[0].pk)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO ledger_pack (id, first, at) SELECT 0, MIN(id), MIN(at) FROM ledger_entry")
    assert sealing.seal_due() == 3
    assert verifying.verify().sound


@pytest.mark.django_db
def test_a_command_that_did_nothing_leaves_nothing_to_seal() -> None:
    @ledger.command(permission=None)
    def idle(*, by: Any) -> None:
        ledger.nothing_to_do("ya estaba hecho")

    idle(by=AUDITOR)
    assert not Pack.objects.exists()
    assert sealing.seal_due() == 0


@pytest.mark.django_db
def test_entries_tell_where_they_came_from() -> None:
    with running.origin(address="10.0.0.7", session="", request="abc"):
        act(by=AUDITOR, code="P")
    act(by=AUDITOR, code="Q")
    assert list(Entry.objects.order_by("id").values_list("context", flat=True)) == [
        {"address": "10.0.0.7", "request": "abc"},
        None,
    ]


@pytest.mark.django_db
def test_a_new_key_seals_from_now_on_and_the_old_one_verifies_what_it_sealed() -> None:
    written(rounds=1)
    assert keys.rotate().code == "k2"
    written(rounds=1)
    assert set(Block.objects.values_list("key", flat=True)) == {"k1", "k2"}
    assert verifying.verify().sound
    assert keys.path().stat().st_mode & 0o777 == 0o600
    keys.path().write_text("{}")
    with pytest.raises(keys.NoKeys):
        verifying.verify()


@pytest.mark.django_db(transaction=True)
def test_a_sealer_that_dies_before_its_commit_leaves_nothing_and_the_next_goes_on(monkeypatch: Any) -> None:
    act(by=AUDITOR, code="P", count=5)

    def die(_waiting: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(sealing, "_end_packs", die)
        sealing.seal_due()
    assert not Block.objects.exists()
    assert sealing.seal_due() == 5
    assert verifying.verify().sound


@pytest.mark.django_db(transaction=True)
def test_what_was_read_before_another_sealed_it_is_not_sealed_twice() -> None:
    act(by=AUDITOR, code="P", count=5)
    stale = sealing._waiting()
    assert stale is not None
    assert sealing.seal_due() == 5
    assert sealing._seal(stale) is None
    assert verifying.verify().sound


def _in_thread(work: Any) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.skipif(connection.vendor != "postgresql", reason="la base de datos en memoria de SQLite no espera")
@pytest.mark.django_db(transaction=True)
def test_four_writers_and_three_sealers_at_once_leave_one_whole_ledger() -> None:
    writing = threading.Event()
    writing.set()

    def write(number: int) -> None:
        for n in range(12):
            act(by=AUDITOR, code=f"P-{number}-{n}", place=f"EP-{n % 3}", count=3)

    def seal() -> None:
        while writing.is_set():
            sealing.seal_due()

    sealers = [_in_thread(seal) for _each in range(3)]
    writers = [_in_thread(lambda number=number: write(number)) for number in range(4)]
    for thread in writers:
        thread.join()
    writing.clear()
    for thread in sealers:
        thread.join()
    sealing.seal_due()
    report = verifying.verify()
    assert report.sound, report.faults
    assert report.entries == 4 * 12 * 3 == sum(Block.objects.values_list("count", flat=True))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="en SQLite nadie más escribe mientras tanto")
@pytest.mark.django_db(transaction=True)
def test_a_number_given_before_and_committed_later_is_sealed_later_and_never_skipped() -> None:
    began, go_on = threading.Event(), threading.Event()

    def long_one() -> None:
        with transaction.atomic():
            act(by=AUDITOR, code="largo", count=2)
            began.set()
            go_on.wait(20)

    thread = _in_thread(long_one)
    assert began.wait(20)
    act(by=AUDITOR, code="corto")
    assert sealing.seal_due() == 1, "the long one is neither waited for nor seen"
    assert verifying.verify().sound
    go_on.set()
    thread.join()
    assert sealing.seal_due() == 2
    numbers = list(Block.objects.order_by("number").values_list("first", flat=True))
    assert numbers == sorted(numbers, reverse=True), "order of commits, not of numbers"
    assert verifying.verify().sound


@pytest.mark.skipif(connection.vendor != "postgresql", reason="en SQLite nadie más escribe mientras tanto")
@pytest.mark.django_db(transaction=True)
def test_a_long_pack_half_sealed_is_not_sealed_again_when_one_with_lower_numbers_arrives() -> None:
    began, go_on = threading.Event(), threading.Event()

    def early_number_late_commit() -> None:
        with transaction.atomic():
            act(by=AUDITOR, code="tarde", count=2)
            began.set()
            go_on.wait(20)

    thread = _in_thread(early_number_late_commit)
    assert began.wait(20)
    act(by=AUDITOR, code="largo", count=9)
    half = sealing._waiting(entries=4)
    assert half is not None
    assert sealing._seal(half) == 4
    go_on.set()
    thread.join()
    assert sealing.seal_due() == 7
    assert verifying.verify().sound


@pytest.mark.skipif(connection.vendor != "postgresql", reason="de PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_a_sealer_that_finds_another_at_it_leaves_it_to_that_one() -> None:
    act(by=AUDITOR, code="P")
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            assert sealing._alone()
            locked.set()
            done.wait(20)

    thread = _in_thread(hold)
    assert locked.wait(20)
    assert sealing.seal_due() == 0
    act(by=AUDITOR, code="Q")  # writes do not wait for the sealer
    done.set()
    thread.join()
    assert sealing.seal_due() == 2

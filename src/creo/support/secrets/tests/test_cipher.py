"""A sealed text opens where it belongs, whole, with its key; nowhere else."""

from __future__ import annotations

import base64
import json
import logging
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from creo.support.refusals import Refused
from creo.support.secrets import cipher, ring, vault

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@pytest.fixture(autouse=True)
def _own_ring(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.CREO_KEYS = tmp_path / "keys.json"
    yield


@given(TEXTS, st.text("abc.", min_size=1, max_size=9))
def test_every_text_comes_back_as_it_was(text: str, column: str) -> None:
    sealed = cipher.seal(text, f"{column}/1")
    assert cipher.unseal(sealed, f"{column}/1") == text
    assert text == "" or text not in sealed or len(text) < 4


@given(TEXTS.filter(bool))
def test_the_same_text_is_never_sealed_the_same_twice(text: str) -> None:
    assert cipher.seal(text, "a/1") != cipher.seal(text, "a/1")


@given(st.text(min_size=1, max_size=200), st.integers(0, 10_000))
def test_one_bit_changed_and_it_does_not_open(text: str, place: int) -> None:
    text = text.encode("utf-8", "ignore").decode() or "x"
    version, key, body = cipher.seal(text, "a/1").split(".")
    data = bytearray(base64.urlsafe_b64decode(body))
    data[place % len(data)] ^= 1 << place % 8
    with pytest.raises(cipher.Unopened):
        cipher.unseal(f"{version}.{key}.{base64.urlsafe_b64encode(bytes(data)).decode()}", "a/1")


@pytest.mark.parametrize(
    "hostile", ["hola", "s1.x", "s1.x.!", "s2.k.AAAA", "s1.." + "A" * 80, "s1.noexiste." + "A" * 80]
)
def test_what_is_no_sealed_text_is_refused_without_telling_what_it_says(hostile: str) -> None:
    with pytest.raises(cipher.Unopened) as refused:
        cipher.unseal(hostile, "t.c/fila")
    assert "fila" not in str(refused.value) and "hola" not in str(refused.value)


def test_short_texts_have_one_length() -> None:
    assert len({len(cipher.seal(text, "a/1")) for text in ("sí", "Quechua", "Castellano", "x" * 47)}) == 1


def test_a_text_opened_is_not_shown_to_developers_nor_to_logs(caplog: pytest.LogCaptureFixture) -> None:
    text = cipher.unseal(cipher.seal("tuberculosis", "a/1"), "a/1")
    with caplog.at_level(logging.INFO):
        logging.getLogger("creo").info("%r %s", text, [text])
    assert repr({"value": text}) == "{'value': <texto cifrado>}"
    assert "tuberculosis" not in caplog.text and f"{text}" == "tuberculosis"


def test_the_index_finds_a_number_however_it_is_written_and_never_across_columns() -> None:
    found = cipher.blind_index("70 123-456a", "gate.visitor.number")
    assert found == cipher.blind_index("70123456A", "gate.visitor.number") and len(found) == 32
    assert found != cipher.blind_index("70123456A", "gate.lawyer.number")
    assert cipher.blind_index("0070123456", "c") != cipher.blind_index("70123456", "c")
    assert cipher.blind_index(" - ", "c") == ""


def test_the_file_is_its_owners_alone_and_says_who_is_current() -> None:
    ring.load()
    assert stat.S_IMODE(ring.path().stat().st_mode) == 0o600
    assert ring.problem_of(ring.path()) == ""
    ring.path().chmod(0o640)
    assert "0600" in ring.problem_of(ring.path())


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["keys"].clear(),
        lambda told: told["keys"].append(dict(told["keys"][0])),
        lambda told: told["keys"][0].update(secret="AAAA"),
        lambda told: told.update(index=""),
        lambda told: told["keys"][0].update(made_at="ayer"),
        lambda told: told.pop("index"),
    ],
)
def test_a_damaged_ring_is_refused_and_never_made_again(change: Any) -> None:
    ring.load()
    told = json.loads(ring.path().read_text())
    change(told)
    ring.path().write_text(json.dumps(told))
    with pytest.raises(ring.KeysUnreadable) as refused:
        ring.load()
    assert not any(key.get("secret", "-") in str(refused.value) for key in told["keys"] if len(key["secret"]) > 8)
    assert json.loads(ring.path().read_text()) == told


def test_production_makes_no_ring_and_takes_none_that_others_read(settings: Any) -> None:
    settings.CREO_MODE = "production"
    with pytest.raises(ring.KeysUnreadable):
        ring.load()
    assert not ring.path().exists()
    ring.make()
    assert ring.load().current
    ring.path().chmod(0o644)
    os.utime(ring.path(), (1, 1))
    with pytest.raises(ring.KeysUnreadable):
        ring.load()


def test_a_new_key_seals_from_now_on_and_the_one_before_still_opens() -> None:
    before = ring.load().current.id
    old = cipher.seal("antes", "a/1")
    with time_machine.travel(datetime(2026, 11, 23, 15, tzinfo=UTC)):
        made = ring.add()
    assert ring.load().current.id == made.id != before
    assert cipher.seal("después", "a/1").split(".")[1] == made.id
    assert cipher.unseal(old, "a/1") == "antes"
    assert [key.state for key in ring.load().keys] == ["old", "current"]
    ring.destroy(before)
    with pytest.raises(cipher.Unopened):
        cipher.unseal(old, "a/1")
    assert ring.load().keys[0].secret == b"" and ring.load().keys[0].state == "retired"
    assert base64.b64encode(made.secret).decode() not in repr(ring.load())


def test_the_current_key_cannot_be_destroyed_by_its_number() -> None:
    ring.destroy(ring.load().current.id)
    assert ring.load().current.secret


def test_a_ring_that_cannot_be_written_says_who_must(settings: Any, tmp_path: Path) -> None:
    settings.CREO_KEYS = tmp_path / "archivo" / "keys.json"
    (tmp_path / "archivo").write_text("no es una carpeta")
    with pytest.raises((Refused, FileExistsError, NotADirectoryError)):
        ring.make()


@given(st.binary(max_size=4_000))
def test_a_sealed_file_comes_back_and_only_under_its_own_name(data: bytes) -> None:
    name, sealed = vault.seal(data, "a" * 64)
    assert vault.unseal(name, sealed) == data
    assert len(data) < 8 or data not in sealed
    for hostile, content in ((name.replace("a" * 64, "b" * 64), sealed), (name, sealed[:-1]), (name, sealed[1:])):
        with pytest.raises(cipher.Unopened):
            vault.unseal(hostile, content)


def test_a_file_goes_under_the_new_key_without_being_sealed_anew(settings: Any, tmp_path: Path) -> None:
    settings.CREO_DATA_DIR = tmp_path
    folder = tmp_path / "files" / "aa"
    where = vault.write(folder, "aa11", b"informe")
    body = where.read_bytes()[vault.HEAD :]
    assert not vault.reseal(where)
    ring.add()
    assert vault.reseal(where) and not where.exists()
    found = vault.find(folder, "aa11")
    assert found is not None and found.read_bytes()[vault.HEAD :] == body
    assert vault.read(folder, "aa11") == b"informe" and vault.uses() == {ring.load().current.id: 1}

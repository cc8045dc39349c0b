"""Files on disk: under their hash, closed to others, whole or not at all, and given back unchanged or refused."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from creo.support import clock
from creo.support.files import limits, serving, storage
from creo.support.files.content import Media
from creo.support.files.tests.makers import PDF, SECRET, exif, jpeg
from creo.support.refusals import Refused


def keep(content: bytes = PDF, name: str = "mandato.pdf") -> storage.Kept:
    with storage.incoming(name, [content[:100], content[100:]]) as arrived:
        return arrived.keep()


def left() -> list[str]:
    return sorted(path.name for path in storage.folder().rglob("*") if path.is_file())


def test_a_file_is_kept_under_its_own_hash_and_only_the_server_reads_it() -> None:
    kept = keep()
    path = storage.path_of(kept.sha256)
    assert kept.sha256 == kept.sent_sha256 == hashlib.sha256(PDF).hexdigest()
    assert path.read_bytes() == PDF
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(storage.folder().stat().st_mode) == 0o700
    assert left() == [kept.sha256]


def test_a_cleaned_picture_has_the_hash_of_what_is_kept_and_that_of_what_was_sent() -> None:
    sent = jpeg(16, 16, exif(6))
    kept = keep(sent, "foto.jpg")
    stored = storage.path_of(kept.sha256).read_bytes()
    assert SECRET not in stored and len(stored) == kept.size
    assert hashlib.sha256(stored).hexdigest() == kept.sha256
    assert kept.sent_sha256 == hashlib.sha256(sent).hexdigest() != kept.sha256


def test_the_same_content_twice_is_one_file() -> None:
    assert keep(name="a.pdf").sha256 == keep(name="b.pdf").sha256
    assert len(left()) == 1


def test_nothing_stays_of_a_refused_file_nor_of_one_that_nobody_kept() -> None:
    with pytest.raises(Refused), storage.incoming("x.pdf", [b"<html>"]):
        raise AssertionError("refused before")
    with storage.incoming("x.pdf", [PDF]):
        pass
    assert left() == []


def test_nothing_stays_when_the_sender_breaks_off() -> None:
    def broken() -> Iterator[bytes]:
        yield PDF[:200]
        raise ConnectionError

    with pytest.raises(ConnectionError), storage.incoming("x.pdf", broken()):
        raise AssertionError("broken before")
    assert left() == []


def test_a_file_over_the_limit_is_refused_while_it_comes(settings: Settings) -> None:
    settings.CREO_FILE_BYTES = 2**20
    seen = []

    def endless() -> Iterator[bytes]:
        while len(seen) < 1_000:
            seen.append(1)
            yield bytes(2**18)

    with pytest.raises(Refused, match="más de 1 MB"), storage.incoming("x.pdf", endless()):
        raise AssertionError("refused before")
    assert len(seen) == 5


def test_a_day_has_its_quota(settings: Settings) -> None:
    settings.CREO_FILE_DAY_BYTES = 3 * 2**20
    limits.check_day(2**20, 2 * 2**20)
    with pytest.raises(Refused, match="máximo por persona y día es 3 MB"):
        limits.check_day(2**20, 2 * 2**20 + 1)


def test_the_file_takes_its_place_in_one_step_after_it_is_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: steps.append("fsync") or fsync(handle))
    monkeypatch.setattr(Path, "replace", lambda self, target: steps.append("rename") or replace(self, target))
    keep()
    assert steps == ["fsync", "rename", "fsync", "fsync"]


# Reading --------------------------------------------------------------------------------------------------------------


def test_a_changed_file_is_refused_and_a_missing_one_too() -> None:
    kept = keep()
    with storage.opened(kept.sha256) as file:
        assert file.read() == PDF
    path = storage.path_of(kept.sha256)
    path.write_bytes(PDF.replace(b"prueba", b"PRUEBA"))
    with pytest.raises(storage.Altered, match="fue alterado"), storage.opened(kept.sha256):
        raise AssertionError("refused before")
    path.unlink()
    with pytest.raises(storage.Altered, match="ya no está"), storage.opened(kept.sha256):
        raise AssertionError("refused before")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a" * 63, "A" * 64, "", "g" * 64, "a" * 64 + "\n"])
def test_nothing_but_a_hash_is_a_place(name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        storage.path_of(name)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("mandato.pdf", "mandato.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\oficio.exe", "oficio.pdf"),
        ("factura.pdf.exe", "factura.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie x=1.pdf"),
        ("<script>alert(1)</script>.pdf", "script.pdf"),
        ("‮fdp.exe", "fdp.pdf"),
        ("....", "documento.pdf"),
        ("", "documento.pdf"),
        ("oficio n.° 12", "oficio n.pdf"),
        ("x" * 400, "x" * 100 + ".pdf"),
    ],
)
def test_a_hostile_name_is_only_a_cleaned_label(name: str, label: str) -> None:
    assert storage.clean_label(name, Media.PDF) == label


def test_the_answer_may_only_be_saved() -> None:
    kept = keep()
    with storage.opened(kept.sha256) as file:
        answer = serving.attachment(file, 'ofi"cio ñ.pdf', kept.media)
        assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''ofi%22cio%20%C3%B1.pdf"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


# Sweeping -------------------------------------------------------------------------------------------------------------


def test_the_sweep_takes_old_files_that_no_row_names_and_nothing_else() -> None:
    known, orphan, fresh = keep(), keep(PDF + b"\n"), keep(PDF + b"\n\n")
    abandoned = storage.folder() / "incoming-abandoned"
    abandoned.write_bytes(b"x")
    before = clock.now().timestamp() - storage.GRACE - 60
    for path in (storage.path_of(known.sha256), storage.path_of(orphan.sha256), abandoned):
        os.utime(path, (before, before))
    assert storage.sweep({known.sha256}) == 2
    assert left() == sorted([known.sha256, fresh.sha256])
    assert storage.sweep({known.sha256}) == 0


def test_a_file_sent_again_is_fresh_again() -> None:
    kept = keep()
    path = storage.path_of(kept.sha256)
    os.utime(path, (0, 0))
    keep()
    assert storage.sweep(set()) == 0
    assert path.exists()

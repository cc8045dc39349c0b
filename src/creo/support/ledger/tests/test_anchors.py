"""S6: heads signed every hour, in a second place, stamped by an outside authority; a clock that jumps is told."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.tests.factories import reader
from creo.support.ledger import anchoring, keys, proving, rounds, stamping, status
from creo.support.ledger.models import Anchor, Block, Entry
from creo.support.ledger.tests.tampering import AUDITOR, act, written
from creo.support.refusals import Forbidden

pytestmark = pytest.mark.django_db
NOON = "2026-11-23 12:00+00:00"


def test_heads_are_anchored_once_an_hour_and_never_without_blocks() -> None:
    with time_machine.travel(NOON, tick=False) as travel:
        assert anchoring.anchor_due() is None
        written(rounds=1)
        assert anchoring.anchor_due() is not None
        travel.shift(timedelta(minutes=59))
        assert anchoring.anchor_due() is None
        travel.shift(timedelta(minutes=1))
        assert anchoring.anchor_due() is not None
        travel.shift(timedelta(hours=-3))
        assert anchoring.anchor_due() is not None, "a clock set back must not stop the anchors"
    assert list(Anchor.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


def test_a_sheet_tells_every_head_and_is_verified_with_nothing_but_its_file() -> None:
    written(rounds=2)
    anchoring.anchor()
    (file,) = anchoring.own_place().glob("*.json")
    told = json.loads(file.read_text())
    sheet = json.loads(told["sheet"])
    tops = {name: Block.objects.filter(chain=name).order_by("-number")[0] for name in ("", "EP-ICA", "EP-PIURA")}
    assert {head["chain"]: head["digest"] for head in sheet["heads"]} == {name: b.digest for name, b in tops.items()}
    assert sheet["root"] == anchoring.root_of(anchoring.heads())
    assert (sheet["entries"], sheet["blocks"]) == (18, 6)
    (read,) = anchoring.in_folder(anchoring.own_place())
    assert anchoring.signed_by(read, {told["public_key"]})
    assert not anchoring.signed_by(read, {"00" * 32})


def test_the_second_place_gets_what_it_missed_and_its_failure_is_told(settings: Any, tmp_path: Path) -> None:
    written(rounds=1)
    settings.CREO_ANCHOR_DIR = tmp_path / "archivo" / "lejos"
    (tmp_path / "archivo").write_text("no es una carpeta")
    made = anchoring.anchor()
    assert made is not None
    assert [place["done"] for place in made.places] == [True, False]
    assert any("no llegó a ningún lugar" in alarm for alarm in status.standing().alarms)
    (tmp_path / "archivo").unlink()
    anchoring.anchor()
    assert [sheet.number for sheet in anchoring.in_folder(settings.CREO_ANCHOR_DIR)] == [1, 2]
    assert status.standing().anchored_outside
    assert proving.verify(by=AUDITOR).sound


def test_an_attacker_with_database_and_keys_is_found_against_the_second_place(tmp_path: Path) -> None:
    written(rounds=1)
    anchoring.anchor()
    there = tmp_path / "contraloria"
    shutil.copytree(anchoring.own_place(), there)
    trusted = anchoring.our_public_keys()
    shutil.rmtree(anchoring.own_place())
    keys.path().unlink()  # new keys, new sheets: all of this machine is theirs
    assert [fault.kind for fault in anchoring.compare(anchoring.in_folder(there))] == ["sheet"]
    assert list(anchoring.compare(anchoring.in_folder(there), trusted)) == []
    report = proving.verify(by=AUDITOR, against=there)
    assert not report.sound


def test_without_a_second_place_the_page_says_so_and_nothing_goes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamping, "_ask", lambda *_all: pytest.fail("nothing goes out"))
    written(rounds=1)
    made = anchoring.anchor()
    assert made is not None
    assert len(made.places) == 1
    now = status.standing()
    assert (now.second_place, now.authority, now.anchored_outside) == ("", "", False)


# The authority of time stamps -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A time-stamp authority of our own: openssl, its root and its certificate."""
    if shutil.which("openssl") is None:
        pytest.skip("no hay openssl")
    home = tmp_path_factory.mktemp("tsa")
    (home / "serial").write_text("01")
    (home / "tsa.cnf").write_text(
        "[tsa]\ndefault_tsa=one\n[one]\nserial=serial\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\n"
        "digests=sha256,sha512\naccuracy=secs:1\nordering=yes\ntsa_name=no\ness_cert_id_chain=no\n"
        "ess_cert_id_alg=sha256\n"
    )
    (home / "ext").write_text("extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n")
    new = "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=Raiz -days 30"
    ask = "req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=Hora"
    sign = "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out tsa.pem -extfile ext -days 30"
    for words in (new, ask, sign):
        subprocess.run(["openssl", *words.split()], cwd=home, check=True, capture_output=True)
    return home


def answered(home: Path, request: bytes) -> bytes:
    """What the authority answers."""
    (home / "query").write_bytes(request)
    words = "ts -reply -config tsa.cnf -section one -queryfile query -signer tsa.pem -inkey tsa.key -out answer"
    subprocess.run(["openssl", *words.split()], cwd=home, check=True, capture_output=True)
    return (home / "answer").read_bytes()


def test_an_authority_stamps_the_sheet_and_a_wrong_answer_is_refused(
    settings: Any, monkeypatch: pytest.MonkeyPatch, authority: Path
) -> None:
    settings.CREO_TSA_URL = "https://hora.example/"
    settings.CREO_TSA_CERTIFICATE = authority / "ca.pem"
    asked: list[str] = []

    def ask(address: str, request: bytes) -> bytes:
        asked.append(address)
        return answered(authority, request)

    monkeypatch.setattr(stamping, "_ask", ask)
    written(rounds=1)
    made = anchoring.anchor()
    assert made is not None
    assert made.token is not None, made.places
    assert made.places[-1]["kind"] == "authority"
    assert made.places[-1]["done"], made.places
    assert asked == ["https://hora.example/"]
    token = bytes(made.token)
    monkeypatch.setattr(stamping, "_ask", lambda *_all: token)
    other = anchoring.anchor()
    assert other is not None
    assert other.token is None
    assert not other.places[-1]["done"], "a stamp of another sheet"
    settings.CREO_TSA_CERTIFICATE = authority / "otra.pem"
    new = "req -x509 -newkey rsa:2048 -nodes -keyout otra.key -out otra.pem -subj /CN=Otra -days 30"
    subprocess.run(["openssl", *new.split()], cwd=authority, check=True, capture_output=True)
    monkeypatch.setattr(stamping, "_ask", ask)
    assert stamping.stamp(b"x")[0] is None, "of an authority that is not the one configured"


def test_an_authority_out_of_reach_does_not_stop_the_anchor(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_all: object) -> bytes:
        raise OSError("sin red")

    settings.CREO_TSA_URL = "https://hora.example/"
    monkeypatch.setattr(stamping, "_ask", fail)
    written(rounds=1)
    made = anchoring.anchor()
    assert made is not None
    assert made.places[-1]["why"] == "sin red"
    settings.CREO_TSA_URL = "file:///etc/passwd"
    monkeypatch.undo()
    assert stamping.stamp(b"x")[0] is None


# The clock ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [-2, 72])
def test_a_clock_that_jumps_while_the_sealer_works_is_told_and_order_is_by_number(hours: int) -> None:
    watch = proving.Clock()
    with time_machine.travel(NOON, tick=False) as travel:
        written(rounds=1)
        watch.look()
        assert not Entry.objects.filter(act=status.JUMPED).exists()
        travel.shift(timedelta(hours=hours))
        watch.look()
        written(rounds=1)
    told = Entry.objects.get(act=status.JUMPED).after
    assert told is not None
    assert abs(told["seconds"] - hours * 3600) < 60
    assert proving.verify(by=AUDITOR).sound
    codes = list(Block.objects.filter(chain="EP-ICA").order_by("number").values_list("first", flat=True))
    assert codes == sorted(codes)


@pytest.mark.parametrize(("hours", "seen"), [(-2, True), (72, True), (3, False)])
def test_a_clock_that_jumped_while_nothing_ran_is_told_at_the_start(hours: int, seen: bool) -> None:
    with time_machine.travel(NOON, tick=False) as travel:
        written(rounds=1)
        travel.shift(timedelta(hours=hours))
        proving.Clock().look()
    assert Entry.objects.filter(act=status.JUMPED).exists() is seen


# The worker -----------------------------------------------------------------------------------------------------------


def test_the_workers_rounds_seal_and_anchor() -> None:
    act(by=AUDITOR, code="P")
    for task in [*rounds.sealing(), *rounds.watching()]:
        task.do(lambda: True)
    assert Block.objects.exists()
    assert Anchor.objects.exists()
    now = status.standing()
    assert now.unsealed_seconds == 0
    assert now.anchor_age is not None
    assert now.anchor_age < timedelta(minutes=1)


def test_a_seal_that_waits_is_an_alarm() -> None:
    with time_machine.travel(clock.now() - timedelta(minutes=2)):
        act(by=AUDITOR, code="P")
    assert status.standing().unsealed_seconds > 100
    assert any("sin sellar" in alarm for alarm in status.standing().alarms)


def test_only_who_may_verify_verifies() -> None:
    for forbidden in (proving.verify, proving.anchor_now, proving.rotate_key):
        with pytest.raises(Forbidden):
            forbidden(by=reader(Permission.VIEW_LEDGER))

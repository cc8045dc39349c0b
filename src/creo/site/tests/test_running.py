"""The first start makes what must not be shared, and says so."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from creo.site import running


def test_v5_0_0_13_3_1_the_first_start_makes_the_keys_alone_readable_and_says_where(
    settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.CREO_KEYS = tmp_path / "apart" / "keys.json"
    settings.CREO_LEDGER_KEYS = tmp_path / "ledger.json"
    running.make_keys()
    said = capsys.readouterr().err
    for made in (settings.CREO_KEYS, settings.CREO_LEDGER_KEYS):
        assert stat.S_IMODE(made.stat().st_mode) == 0o600
        assert str(made) in said
    assert stat.S_IMODE(settings.CREO_KEYS.parent.stat().st_mode) == 0o700
    assert "copia" in said and "aparte" in said
    secrets = settings.CREO_KEYS.read_text() + settings.CREO_LEDGER_KEYS.read_text()
    assert not [word for word in said.split() if len(word) > 20 and word in secrets]


def test_a_second_start_makes_nothing_and_says_nothing(
    settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.CREO_KEYS, settings.CREO_LEDGER_KEYS = tmp_path / "keys.json", tmp_path / "ledger.json"
    running.make_keys()
    before = settings.CREO_KEYS.read_bytes(), settings.CREO_LEDGER_KEYS.read_bytes()
    capsys.readouterr()
    running.make_keys()
    assert capsys.readouterr().err == ""
    assert (settings.CREO_KEYS.read_bytes(), settings.CREO_LEDGER_KEYS.read_bytes()) == before

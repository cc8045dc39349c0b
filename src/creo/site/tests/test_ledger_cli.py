"""`creo ledger`: how it stands, whether it is whole, its anchors and its keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from creo.site import cli
from creo.support.ledger import anchoring, sealing
from creo.support.ledger.tests.tampering import insider, written

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

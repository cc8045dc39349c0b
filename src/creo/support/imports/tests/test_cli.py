"""The command line does what the pages do, says it in words or in JSON, and ends with a code that scripts can trust."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from creo.support.accounts.models import User
from creo.support.imports.cli import run_cli
from creo.support.imports.models import ImportBatch
from creo.support.imports.tests.factories import BAD, GOOD
from creo.support.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "personal.csv"
    path.write_text(GOOD)
    return path


def test_a_file_is_only_checked_unless_asked(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(file, "staff", "personal") == 0
    out = capsys.readouterr().out
    assert "2 cuentas" in out
    assert "lista para aplicar" in out
    assert not User.objects.exists()


def test_json_is_one_clean_object(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(file, "staff", apply=True, as_json=True, options={"office": "sur"}) == 0
    captured = capsys.readouterr()
    batch = ImportBatch.objects.get()
    assert json.loads(captured.out) == {
        "batch": batch.pk,
        "state": "applied",
        "rows": 2,
        "rows_ok": 2,
        "errors": 0,
        "messages": [],
        "counts": {"users": 2},
        "applied": {"users": 2},
        "first_errors": [],
    }
    assert captured.err == ""
    assert batch.options == {"office": "sur"}
    assert User.objects.count() == 2


def test_errors_end_with_one_and_go_to_a_file(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(BAD)
    target = tmp_path / "errores.csv"
    assert run_cli(file, "staff", apply=True, errors_to=target) == 1
    assert "No se aplicó nada" in capsys.readouterr().out
    assert len(target.read_bytes().splitlines()) == 5
    assert run_cli(file, "staff", apply=True, as_json=True) == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["state"], data["errors"], data["first_errors"][0]["row"]) == ("refused", 4, 2)
    assert not User.objects.exists()


def test_what_cannot_be_taken_is_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="No existe el archivo"):
        run_cli(tmp_path / "nada.csv", "staff")
    with pytest.raises(Refused, match=r"\[otro\]"):
        run_cli(file, "otro")
    file.write_bytes(b"%PDF-1.7")
    with pytest.raises(Refused, match="PDF"):
        run_cli(file, "staff")
    assert not ImportBatch.objects.exists()


def test_a_wrong_list_without_its_columns_says_so(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("A;B\n1;2\n")
    assert run_cli(file, "staff") == 1
    assert "Columnas encontradas: «A», «B»" in capsys.readouterr().out

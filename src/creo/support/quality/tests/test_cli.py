"""`creo quality` tells a scheduler how the records are."""

from __future__ import annotations

import argparse
import json
from typing import Any

import pytest

from creo.support.quality import cli
from creo.support.quality.models import QualityRun
from creo.support.quality.tests.factories import BROKEN, STOCK, box

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chapter")]


def creo(*words: str) -> int:
    parser = argparse.ArgumentParser()
    cli.add_commands(parser.add_subparsers(required=True))
    parsed = parser.parse_args(words)
    return int(parsed.run(parsed))


def test_it_runs_and_answers_nought_when_no_hard_limit_is_passed(capsys: pytest.CaptureFixture[str]) -> None:
    STOCK["torn"] = [box("C-1"), box("C-2")]
    assert creo("quality", "--json") == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    by_code = {check["code"]: check for check in told["checks"]}
    assert (by_code["torn"]["state"], by_code["torn"]["left"]) == ("over_soft", 2)
    assert by_code["torn"]["limits"] == {"kind": "count", "soft": 1.0, "hard": 3.0}
    assert told["as_of"] and told["by"] == "línea de órdenes"


def test_it_answers_three_when_a_hard_limit_is_passed_and_four_when_something_is_unknown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    BROKEN.add("wet")
    assert creo("quality") == 4
    STOCK["lost"] = [box("C-1")]
    assert creo("quality") == 3
    told = capsys.readouterr().out
    assert "Sobre el máximo" in told and "falla nuestra" in told


def test_the_last_run_is_shown_without_another(capsys: pytest.CaptureFixture[str]) -> None:
    assert creo("quality", "--last") == 4
    assert "Todavía no se revisó nada" in capsys.readouterr().out
    assert not QualityRun.objects.exists()
    creo("quality")
    assert creo("quality", "--last", "--json") == 0
    assert QualityRun.objects.count() == 1

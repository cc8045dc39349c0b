"""The command line: what it prints, as JSON and as text, and what it refuses."""

from __future__ import annotations

import argparse
import json
from typing import Any

import pytest
import time_machine

from creo.support.refusals import NotFound, Refused
from creo.targeting import cli
from creo.targeting.models import TargetingRun
from creo.targeting.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


def main(words: list[str]) -> int:
    """The words of this chapter alone; the house turns refusals into lines and codes."""
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    cli.add_commands(commands)
    cli.add_benchmarks(commands.add_parser("bench").add_subparsers(required=True))
    parsed = parser.parse_args(words)
    return int(parsed.run(parsed))


@pytest.fixture
def crowd() -> dict[str, str]:
    make.creo_in_force()
    return make.crowd()


def test_a_run_of_the_nation_as_json(crowd: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["target", "run", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    stored = TargetingRun.objects.get()
    assert (printed["run"], printed["people"], printed["eligible"], printed["undecided"]) == (stored.pk, 15, 4, 4)
    assert printed["inputs_hash"] == stored.inputs_hash
    assert printed["as_of"] == "2026-11-23"


def test_a_run_of_a_site_on_a_day_with_another_reading_in_words(
    crowd: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["target", "run", "--site", "EP-TUMBES", "--as-of", "2026-11-01", "--variant", "titles"]) == 0
    assert "3 personas, 1 elegibles, 1 por decidir, 1 no elegibles" in capsys.readouterr().out
    stored = TargetingRun.objects.get()
    assert (stored.scope_code, stored.as_of.isoformat(), stored.variant) == ("EP-TUMBES", "2026-11-01", "titles")
    assert main(["target", "run", "--office", "NORTE", "--json"]) == 0


def test_a_person_is_explained_as_json_and_in_words(crowd: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["target", "explain", crowd["no_offence"].lower(), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["person"], printed["result"]) == (crowd["no_offence"], "undecided")
    assert [reason["outcome"] for reason in printed["reasons"]] == ["met", "met", "unknown", "met", "met"]
    assert printed["reasons"][0]["source"] == "Programa, líneas 30 y 270"
    assert main(["target", "explain", crowd["turns_35_soon"]]) == 0
    text = capsys.readouterr().out
    assert "Resultado: elegible." in text
    assert "Cambia el 2026-12-01" in text


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["target", "run", "--site", "EP-NO-HAY"], Refused),
        (["target", "run", "--as-of", "1990-01-01"], Refused),
        (["target", "run", "--variant", "no-hay"], NotFound),
        (["target", "explain", "P-9999999"], NotFound),
    ],
)
def test_what_cannot_be_done_is_refused(crowd: dict[str, str], words: list[str], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        main(words)
    assert not TargetingRun.objects.exists()


@pytest.mark.parametrize(
    "words",
    [
        ["target", "run", "--as-of", "ayer"],
        ["target", "run", "--nation", "--site", "EP-PIURA"],
        ["bench", "targeting", "--people", "0"],
        ["bench", "targeting", "--people", "mil"],
    ],
)
def test_wrong_words_are_refused_before_anything_starts(words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2


def test_the_bench_measures_and_everybody_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "targeting", "--people", "3000", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["people"] == 3000
    assert printed["people_per_second"] > 0
    assert printed["criteria"] == ["primary", "age", "offence", "organised_crime", "extreme_security"]
    assert sum(printed["counts"].values()) == 3000
    assert min(printed["counts"].values()) > 0
    assert printed["agree"] is True
    assert printed["agreements"]["numpy"] is True
    assert printed["agreements"]["explain"] is True
    for name in ("openfisca_core", "zen_engine"):
        peer = printed["peers"][name]
        assert peer["people_per_second"] or "tools/bootstrap.sh bench" in peer["reason"]
    assert main(["bench", "targeting", "--people", "2000"]) == 0
    assert "Todas las respuestas coinciden." in capsys.readouterr().out


def test_the_bench_says_when_somebody_disagrees(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = cli.bench_module("targeting")
    honest = module.numpy_rule

    def liar(columns: Any) -> Any:
        def rule() -> Any:
            outcomes = honest(columns)()
            outcomes[0, 0] = (outcomes[0, 0] + 1) % 3
            return outcomes

        return rule

    monkeypatch.setattr(module, "numpy_rule", liar)
    assert main(["bench", "targeting", "--people", "500", "--json"]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert (printed["agree"], printed["agreements"]["numpy"]) == (False, False)

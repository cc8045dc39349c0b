"""`creo design`: the figures of the source, errors with their file and line, and loading into the database."""

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from creo.programme import cli, demo, queries, rules
from creo.programme.tests.factories import DAY, OTHER, SYSTEM


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    cli.add_commands(parser.add_subparsers(dest="command", required=True))
    parsed = parser.parse_args(["design", *words])
    return parsed.run(parsed)


def test_check_prints_exactly_the_figures_of_the_source(capsys):
    assert run("check", "--json") == 0
    assert capsys.readouterr().out.strip() == (
        '{"products":5,"activities":13,"articulation":{"GN":13,"GR":4,"GL":0},"targets":{"P4":1210,"P5":50},'
        '"contradictions":54,"uncited":0,"unbound":[]}'
    )


def test_check_tells_people_what_is_missing_in_the_source(capsys):
    assert run("check") == 0
    out = capsys.readouterr().out
    assert "productos 5, actividades 13 (GN 13, GR 4, GL 0)" in out
    assert "vacío: P1: la fuente no trae meta física." in out
    assert "nota: I4: impreso bajo P5 y ligado por su sentido a P4." in out


def test_check_of_another_design_ends_badly_when_a_fact_is_not_represented(capsys):
    assert run("check", "--path", str(OTHER)) == 1
    assert "F-2 (el pago no es parte del diseño)" in capsys.readouterr().out


def test_errors_carry_file_and_line(tmp_path, capsys):
    shutil.copytree(rules.SHIPPED, tmp_path / "d")
    file = tmp_path / "d" / "targets.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("value: 50", "value: cincuenta"), encoding="utf-8")
    line = file.read_text(encoding="utf-8").split("\n").index("    value: cincuenta") + 1
    assert run("check", "--path", str(tmp_path / "d")) == 1
    err = capsys.readouterr().err
    assert (
        f"targets.yaml:{line}: targets/P5/value: «cincuenta» no es del tipo debido. Se espera: un número entero." in err
    )
    assert run("check", "--json", "--path", str(tmp_path / "d")) == 1
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert (error["file"], error["line"]) == ("targets.yaml", line)


def test_a_folder_that_is_not_there_is_told(tmp_path, capsys):
    assert run("check", "--path", str(tmp_path / "nada")) == 1
    assert "no hay archivos .yaml" in capsys.readouterr().err


@pytest.mark.django_db
def test_load_stores_the_design_and_says_which(capsys):
    assert run("load", "--json") == 0
    assert json.loads(capsys.readouterr().out)["version"] == 1
    assert queries.in_force(SYSTEM, DAY).programme == "CREO"


@dataclass
class Context:
    by: Any
    as_of: date
    progress: Any


@pytest.mark.django_db
def test_the_demonstration_has_the_design_in_force_and_a_draft_and_can_run_twice():
    context = Context(SYSTEM, DAY, lambda *told: None)
    first = demo.load(context)
    assert first["products"] == 5 and first["drafts"] == [2]
    assert demo.load(context)["drafts"] == [2]
    assert [(row.number, row.status) for row in queries.versions(SYSTEM)] == [(2, "draft"), (1, "in_force")]
    assert queries.version(SYSTEM, 2).title == "Títulos de productos: 18 a 29 años"

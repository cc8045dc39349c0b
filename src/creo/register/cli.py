"""`creo import register FILE`: the staged import of people and episodes from the command line."""

from __future__ import annotations

import argparse
from typing import Any


def add_commands(commands: Any) -> None:
    """Adds `creo import register` to the command line."""
    words = commands.add_parser("import", help="importar archivos a los registros")
    kinds = words.add_subparsers(dest="import_kind", required=True, metavar="qué")
    people = kinds.add_parser("register", help="personas y episodios de custodia, de un CSV o XLSX")
    people.add_argument("file", help="archivo CSV o XLSX")
    people.add_argument("--mapping", default="", help="formato de origen (sin él, la plantilla de CREO)")
    people.add_argument("--facility", default="", help="establecimiento de las filas que no lo dicen")
    people.add_argument("--observed-on", default="", help="día de custodia, si no hay fecha de ingreso (2016-01-18)")
    people.add_argument("--errors", default=None, help="guardar en este CSV las celdas con error")
    people.add_argument("--check-only", action="store_true", help="comprobar sin aplicar")
    people.add_argument("--json", action="store_true", help="resultado como JSON")
    people.set_defaults(run=_import)


def _import(parsed: argparse.Namespace) -> int:
    from creo.support.imports.cli import run_cli

    answers = {"facility": parsed.facility, "observed_on": parsed.observed_on}
    return run_cli(
        parsed.file,
        "register",
        parsed.mapping,
        apply=not parsed.check_only,
        as_json=parsed.json,
        options={name: text for name, text in answers.items() if text},
        errors_to=parsed.errors,
    )

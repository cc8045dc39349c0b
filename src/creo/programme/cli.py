"""`creo design`: checks the files of a design, and loads them."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from creo.programme import rules


def add_commands(commands: Any) -> None:
    """Adds `creo design check` and `creo design load` to the command line."""
    design = commands.add_parser("design", help="verificar o cargar los archivos de un diseño")
    acts = design.add_subparsers(dest="act", required=True, metavar="acto")
    check = acts.add_parser("check", help="contar lo que contiene un diseño y decir todo lo que está mal")
    check.set_defaults(run=_check)
    load = acts.add_parser("load", help="guardar un diseño en la base; el mismo dos veces no cambia nada")
    load.add_argument("--reason", default="", help="sustento, queda en el registro de actos")
    load.set_defaults(run=_load)
    for words in (check, load):
        words.add_argument("--path", type=Path, default=rules.SHIPPED, help="carpeta del diseño (por defecto, CREO)")
        words.add_argument("--json", action="store_true", help="resultado como JSON")


def _check(parsed: argparse.Namespace) -> int:
    design = _read(parsed)
    if design is None:
        return 1
    report = rules.check(design)
    if parsed.json:
        print(json.dumps(report.as_json(), ensure_ascii=False, separators=(",", ":")))
    else:
        print("\n".join(_words(design, report)))
    return 1 if report.uncited or report.unbound else 0


def _load(parsed: argparse.Namespace) -> int:
    from creo.programme import commands
    from creo.support.accounts.readers import system

    design = _read(parsed)
    if design is None:
        return 1
    number = commands.load_design(by=system("línea de órdenes"), design=design, reason=parsed.reason)
    result = {"programme": design.design.code, "version": number, "digest": design.digest}
    print(json.dumps(result) if parsed.json else f"{design.design.code} v{number} está en la base.")
    return 0


def _read(parsed: argparse.Namespace) -> rules.Design | None:
    """The design, or None after telling every error with its file and line."""
    try:
        return rules.load_design(parsed.path)
    except rules.DesignErrors as errors:
        if parsed.json:
            print(json.dumps({"errors": [error.as_json() for error in errors.errors]}, ensure_ascii=False))
        else:
            for error in errors.errors:
                print(error, file=sys.stderr)
            print(f"{len(errors.errors)} errores; no se cargó nada.", file=sys.stderr)
        return None


def _words(design: rules.Design, report: rules.CheckReport) -> list[str]:
    levels = ", ".join(f"{level} {count}" for level, count in report.articulation.items())
    targets = ", ".join(f"{code} {value}" for code, value in report.targets.items())
    lines = [
        f"{design.design.code} v{design.design.number}: {design.fill(design.design.title)}",
        f"  productos {report.products}, actividades {report.activities} ({levels})",
        f"  metas: {targets or 'ninguna'}; contradicciones: {report.contradictions}",
        f"  sin cita: {', '.join(report.uncited) or 'nada'}",
        f"  sin representar: {', '.join(f'{one.code} ({one.reason})' for one in report.unbound) or 'nada'}",
        f"  contenido: {design.digest}",
    ]
    words = {"gap": "vacío", "note": "nota"}
    return [*lines, *(f"  {words[finding.severity]}: {finding.message}" for finding in report.findings)]

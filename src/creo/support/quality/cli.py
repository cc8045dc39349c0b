"""`creo quality`: runs every check and says how the records are; its exit code tells a scheduler."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

WHO = "línea de órdenes"
OVER_HARD, UNKNOWN = 3, 4
HELP = (
    "revisar la calidad de los datos. Salida: 0 ninguna revisión pasa su límite máximo, 3 alguna lo pasa, "
    "4 ninguna lo pasa pero alguna no se pudo conocer"
)


def add_commands(commands: Any) -> None:
    """Adds `creo quality` to the command line."""
    words = commands.add_parser("quality", help="revisar la calidad de los datos", description=HELP)
    words.add_argument("--json", action="store_true", help="resultado como JSON")
    words.add_argument("--last", action="store_true", help="mostrar la última revisión sin hacer otra")
    words.set_defaults(run=_command)


def _command(parsed: argparse.Namespace) -> int:
    from creo.support import clock
    from creo.support.accounts.readers import system
    from creo.support.quality import commands, queries
    from creo.support.quality.rules import State

    by, today = system(WHO), clock.today()
    if not parsed.last:
        commands.run(by=by, as_of=today, today=today)
    run, rows = queries.board(by, today)
    if parsed.json:
        print(json.dumps(_as_data(run, rows, today), ensure_ascii=False))
    else:
        print("\n".join(_told(run, rows, today)))
    states = {row.judgement.state for row in rows}
    return OVER_HARD if State.OVER_HARD in states else UNKNOWN if State.UNKNOWN in states else 0


def _as_data(run: Any, rows: Sequence[Any], today: date) -> dict[str, Any]:
    return {
        "as_of": run.as_of.isoformat() if run else None,
        "by": run.actor if run else None,
        "checks": [_check(row, today) for row in rows],
    }


def _check(row: Any, today: date) -> dict[str, Any]:
    from creo.support.quality import wording

    seen = row.observed if row.observed is not None and row.observed.ran else None
    limits = row.judgement.limits
    return {
        "code": row.check.code,
        "title": str(row.check.title),
        "state": row.judgement.state.value,
        "why": wording.why(row.judgement, row.observed, row.problem, today),
        "found": seen.found if seen else None,
        "excepted": seen.excepted if seen else None,
        "left": seen.left if seen else None,
        "population": seen.population if seen else None,
        "limits": {"kind": limits.kind.value, "soft": float(limits.soft), "hard": float(limits.hard)},
        "severity": row.check.severity.value,
        "owner": row.check.owner,
        "trend": row.trend.direction.value,
        "since": row.trend.since.isoformat() if row.trend.since else None,
    }


def _told(run: Any, rows: Sequence[Any], today: date) -> list[str]:
    from creo.support.quality import rules, wording

    if run is None:
        return ["Todavía no se revisó nada."]
    lines = [f"Revisión del {run.as_of}: {len(rows)} revisiones.", ""]
    for row in rows:
        word = rules.STATE_WORDS[row.judgement.state]
        lines.append(f"  {word:<16} {row.check.title}")
        lines.append(f"  {'':<16} {wording.why(row.judgement, row.observed, row.problem, today)}")
    return lines

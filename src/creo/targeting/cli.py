"""`creo target run`, `creo target explain` and `creo bench targeting`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from creo.support.benches import bench_module

WHO = "línea de órdenes"


def add_commands(commands: Any) -> None:
    """Adds the words of this chapter to the command line."""
    target = commands.add_parser("target", help="evaluar quién es elegible, y por qué")
    acts = target.add_subparsers(dest="act", required=True, metavar="acto")
    run = acts.add_parser("run", help="evaluar y guardar a todas las personas de un ámbito")
    place = run.add_mutually_exclusive_group()
    place.add_argument("--nation", action="store_true", help="todo el país (por defecto)")
    place.add_argument("--site", metavar="CÓDIGO", help="un establecimiento, por su código")
    place.add_argument("--office", metavar="CÓDIGO", help="una oficina regional, por su código")
    run.add_argument("--variant", default="", metavar="V", help="otra lectura del diseño: titles, indicator-slide…")
    run.set_defaults(run=_run)
    explain = acts.add_parser("explain", help="decir por qué una persona es elegible o no, y qué falta")
    explain.add_argument("person", metavar="PERSONA", help="código, como P-0049213")
    explain.set_defaults(run=_explain)
    for words in (run, explain):
        words.add_argument("--as-of", type=_day, metavar="FECHA", help="AAAA-MM-DD; por defecto, hoy")
        words.add_argument("--json", action="store_true", help="resultado como JSON")


def add_benchmarks(measured: Any) -> None:
    """Adds `creo bench targeting`."""
    targeting = measured.add_parser("targeting", help="personas por segundo, junto a numpy, OpenFisca y zen-engine")
    targeting.add_argument("--people", type=_size, default=1_000_000, metavar="N", help="cuántas personas fabricar")
    targeting.add_argument("--json", action="store_true", help="resultado como JSON")
    targeting.set_defaults(run=_bench)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"«{text}» no es una fecha: se espera AAAA-MM-DD") from None


def _size(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 100_000_000:
        raise argparse.ArgumentTypeError(f"«{text}» no es un número de personas de 1 a 100000000")
    return int(text)


def _run(parsed: argparse.Namespace) -> int:
    from creo.support import clock
    from creo.support.accounts.readers import system
    from creo.targeting import commands, queries

    kind, code = queries.NATION, ""
    if parsed.site:
        kind, code = queries.FACILITY, parsed.site
    elif parsed.office:
        kind, code = queries.REGION, parsed.office
    with progress_bar(quiet=parsed.json) as report:
        stored = commands.run(
            by=system(WHO),
            as_of=parsed.as_of or clock.today(),
            scope_kind=kind,
            scope_code=code,
            variant=parsed.variant,
            progress=report,
        )
    result = {
        "run": stored.pk,
        "scope": stored.scope_kind,
        "place": stored.scope_code,
        "as_of": stored.as_of.isoformat(),
        "design": {"programme": stored.programme, "version": stored.design_version, "digest": stored.design_digest},
        "variant": stored.variant,
        "people": stored.people,
        "eligible": stored.eligible,
        "undecided": stored.undecided,
        "not_eligible": stored.not_eligible,
        "inputs_hash": stored.inputs_hash,
        "answers_hash": stored.answers_hash,
        "seconds": stored.duration_ms / 1000,
    }
    if parsed.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        print(
            f"Corrida {stored.pk} al {stored.as_of}: {stored.people} personas, {stored.eligible} elegibles, "
            f"{stored.undecided} por decidir, {stored.not_eligible} no elegibles ({result['seconds']} s)."
        )
    return 0


def _explain(parsed: argparse.Namespace) -> int:
    from creo.support import clock
    from creo.support.accounts.readers import system
    from creo.targeting import queries

    found = queries.explain(system(WHO), parsed.person.upper(), parsed.as_of or clock.today())
    if parsed.json:
        print(json.dumps(_explained(found), ensure_ascii=False))
    else:
        print("\n".join(_told(found)))
    return 0


def _explained(found: Any) -> dict[str, Any]:
    from creo.targeting import queries

    frozen = queries.verdict_data(found.verdict, found.facts, found.as_of)
    return {
        "person": found.code,
        "result": found.result.value,
        "as_of": found.as_of.isoformat(),
        "in_custody": found.in_custody,
        "facility": found.facility,
        "design": {"programme": found.rule.programme, "version": found.rule.version, "digest": found.rule.digest},
        "changes_on": frozen["changes_on"],
        "next_look": found.next_look.isoformat() if found.next_look else None,
        "provisional": found.verdict.provisional,
        "reasons": [
            reason | {"outcome": item.outcome.name.lower(), "source": item.citation.label() if item.citation else ""}
            for reason, item in zip(frozen["reasons"], found.verdict.reasons, strict=True)
        ],
        "facts": frozen["facts"],
    }


def _told(found: Any) -> list[str]:
    place = found.facility_name or "sin establecimiento registrado"
    lines = [f"{found.code} · {place} · al {found.as_of}", ""]
    for reason in found.verdict.reasons:
        lines.append(f"  {reason.outcome.word:<10} {reason.title}: {reason.fact}")
        if reason.citation:
            lines.append(f"             Fuente: {reason.citation.label()}")
        if reason.action:
            lines.append(f"             Qué hacer: {reason.action} ({reason.responsible})")
        if reason.changes_on:
            lines.append(f"             Cambia el {reason.changes_on}")
    lines += ["", f"Resultado: {found.result.word.lower()}."]
    if found.next_look:
        lines.append(f"Vuelve a mirarse el {found.next_look}.")
    return lines


def _bench(parsed: argparse.Namespace) -> int:
    bench = bench_module("targeting")
    with progress_bar(quiet=parsed.json) as report:
        result = bench.run(parsed.people, report)
    if parsed.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        print("\n".join(_measures(result)))
    return 0 if result["agree"] else 1


def _measures(result: dict[str, Any]) -> list[str]:
    lines = [f"{result['people']} personas, {len(result['criteria'])} criterios, mediana de varias vueltas"]
    rows = {"CREO": result["ours"], "CREO, explicando": result["ours_explaining"], **result["peers"]}
    for name, measure in rows.items():
        if measure["people_per_second"] is None:
            lines.append(f"  {name:<18} sin medir: {measure['reason']}")
        else:
            lines.append(f"  {name:<18} {measure['people_per_second']:>12} personas/s (sobre {measure['people']})")
    lines.append("Todas las respuestas coinciden." if result["agree"] else "HAY RESPUESTAS QUE NO COINCIDEN.")
    return lines


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Callable[[int, int, str], None]]:
    """A bar on the terminal's error output; nothing when quiet or when nobody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        disable=quiet or not sys.stderr.isatty(),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task("Preparando", total=None)

        def report(done: int, total: int, note: str = "") -> None:
            bar.update(task, completed=done, total=total or None, description=note or "Trabajando")

        yield report

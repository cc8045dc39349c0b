"""`creo import register FILE`: the staged import of people and episodes; and the measures of `creo bench`."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from creo.support.benches import bench_module


def add_commands(commands: Any) -> None:
    """Adds `creo import register` and `creo register …` to the command line."""
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
    moves = kinds.add_parser("movements", help="movimientos de un día, de un CSV o XLSX")
    moves.add_argument("file", help="archivo CSV o XLSX")
    moves.add_argument("--mapping", default="", help="formato de origen (sin él, se reconoce por sus columnas)")
    moves.add_argument("--errors", default=None, help="guardar en este CSV las celdas con error")
    moves.add_argument("--check-only", action="store_true", help="comprobar sin aplicar")
    moves.add_argument("--json", action="store_true", help="resultado como JSON")
    moves.set_defaults(run=_import_movements)
    _add_register(commands)


def add_benchmarks(measured: Any) -> None:
    """Adds `creo bench reading`."""
    reading = measured.add_parser("reading", help="búsqueda y ficha de persona, en milisegundos")
    reading.add_argument("--people", type=_size, default=1_000_000, metavar="N", help="cuántas personas fabricar")
    reading.add_argument("--movements", type=_movements, default=10, metavar="M", help="movimientos de cada persona")
    reading.add_argument("--json", action="store_true", help="resultado como JSON")
    reading.set_defaults(run=_bench_reading)
    imports = measured.add_parser("import", help="personas importadas por segundo, junto al ORM y a SQL puro")
    imports.add_argument("--people", type=_size, default=1_000_000, metavar="N", help="cuántas personas fabricar")
    imports.add_argument("--into", type=_size, default=0, metavar="N", help="personas que ya están en el registro")
    imports.set_defaults(run=_bench_import)
    kills = measured.add_parser("import-kills", help="interrumpir la importación a la fuerza y contar qué queda")
    kills.add_argument("--times", type=int, choices=range(1, 201), default=20, metavar="N", help="cuántas veces")
    kills.add_argument("--people", type=_size, default=20_000, metavar="N", help="cuántas personas fabricar")
    kills.set_defaults(run=_bench_kills)
    guards = measured.add_parser("guards", help="lo que cuestan registro de actos, ámbito y consultas a la lista")
    guards.add_argument("--scale", type=float, default=1.0, metavar="N", help="tamaño de la demostración (1: nacional)")
    guards.add_argument("--pairs", type=int, default=300, metavar="N", help="cuántas veces la página y su piso")
    guards.set_defaults(run=_bench_guards)
    for each in (imports, kills, guards):
        each.add_argument("--json", action="store_true", help="resultado como JSON")


def _size(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1_000 <= int(text) <= 10_000_000:
        raise argparse.ArgumentTypeError(f"«{text}» no es un número de personas de 1000 a 10000000")
    return int(text)


def _movements(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 2 <= int(text) <= 40:
        raise argparse.ArgumentTypeError(f"«{text}» no es un número de movimientos de 2 a 40")
    return int(text)


def _bench_reading(parsed: argparse.Namespace) -> int:
    result = bench_module("reading").run(parsed.people, parsed.movements, _silent if parsed.json else _said)
    if parsed.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        print("\n".join(_measures(result)))
    return 0 if result["within"] else 1


def _bench_import(parsed: argparse.Namespace) -> int:
    result = bench_module("importing").run(parsed.people, _silent if parsed.json else _said, parsed.into)
    if parsed.json:
        print(json.dumps(result, ensure_ascii=False))
        return 0 if result["whole"] else 1
    print(f"{result['people']} personas en {result['seconds']} s: {result['people_per_second']} por segundo")
    print(f"  revisión previa {result['check_seconds']} s, memoria {result['peak_memory_mb']} MB")
    for name, peer in result["peers"].items():
        print(f"  {name:<18} {peer['people_per_second']:>8} por segundo (sobre {peer['people']})")
    print("Todas las filas llegaron." if result["whole"] else "FALTAN FILAS.")
    return 0 if result["whole"] else 1


def _bench_kills(parsed: argparse.Namespace) -> int:
    result = bench_module("import_kills").run(parsed.times, parsed.people, _silent if parsed.json else _said)
    if parsed.json:
        print(json.dumps(result, ensure_ascii=False))
        return 0 if result["whole"] else 1
    words = {"lost": "perdidas", "unaudited": "sin asiento", "duplicated": "repetidas", "left_half_done": "a medias"}
    told = ", ".join(f"{result[name]} {word}" for name, word in words.items())
    print(f"{result['killed_while_importing']} interrupciones de {result['times']}: {told}.")
    return 0 if result["whole"] else 1


def _bench_guards(parsed: argparse.Namespace) -> int:
    result = bench_module("guarding").run(parsed.scale, parsed.pairs, _silent if parsed.json else _said)
    if parsed.json:
        print(json.dumps(result, ensure_ascii=False))
        return 0 if result["within"] else 1
    print(f"Lista de {result['people']} personas, en {result['database']}: procesador por página")
    for name, page in result["pages"].items():
        print(f"  {name:<12} {page['page_ms']} ms, piso {page['floor_ms']} ms: {page['more']:+.1%}")
    return 0 if result["within"] else 1


def _silent(_done: int, _total: int, _note: str) -> None:
    """Nobody watches."""


def _said(_done: int, _total: int, note: str) -> None:
    if note:
        print(f"{note}…", file=sys.stderr)


def _measures(result: dict[str, Any]) -> list[str]:
    lines = [f"{result['people']} personas con {result['movements_each']} movimientos cada una, en milisegundos"]
    rows = {
        **{f"  {kind}": measure for kind, measure in result["search_by_kind"].items()},
        "búsqueda": result["search"],
        "ficha de persona": result["person_file"],
        "una fila por su clave": result["floor_primary_key"],
    }
    for name, measure in rows.items():
        lines.append(f"  {name:<30} p50 {measure['p50_ms']:>8}  p95 {measure['p95_ms']:>8}  ({measure['count']})")
    lines.append(f"Carga de la máquina: {result['machine']['load_before'][0]} al empezar.")
    return lines


def _import_movements(parsed: argparse.Namespace) -> int:
    from creo.support.imports.cli import run_cli

    return run_cli(
        parsed.file,
        "register.movements",
        parsed.mapping,
        apply=not parsed.check_only,
        as_json=parsed.json,
        errors_to=parsed.errors,
    )


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


def _add_register(commands: Any) -> None:
    words = commands.add_parser("register", help="trabajos sobre el registro de personas")
    acts = words.add_subparsers(dest="register_act", required=True, metavar="qué")
    find = acts.add_parser("find-duplicates", help="buscar fichas que pueden ser de la misma persona; no une ninguna")
    find.add_argument("--synthetic", action="store_true", help="medir las cláusulas sobre la población sintética")
    find.add_argument("--seed", type=int, default=20_261_123, help="semilla de la población sintética")
    find.add_argument("--scale", type=float, default=1.0, help="parte de la nación sintética, de 0.01 a 1")
    find.add_argument("--json", action="store_true", help="resultado como JSON")
    find.set_defaults(run=_find_duplicates)


def _find_duplicates(parsed: argparse.Namespace) -> int:
    import json
    from dataclasses import asdict

    from creo.register import commands, engine, rules
    from creo.support import clock
    from creo.support.accounts.readers import system

    today = clock.today()
    if parsed.synthetic:
        made = engine.population(parsed.seed, today, parsed.scale)
        report = engine.measure(made, rules.matching_on(today))
    else:
        report = asdict(commands.find_duplicates(by=system("línea de órdenes"), today=today))
    if parsed.json:
        print(json.dumps(report, ensure_ascii=False))
        return 0
    for name, value in report.items():
        print(f"{name}: {value}")
    return 0

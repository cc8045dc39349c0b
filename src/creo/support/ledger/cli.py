"""`creo ledger`: how the record of acts stands, whether it is whole, and its anchors; and `creo bench ledger`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

WHO = "línea de órdenes"
BROKEN = 3


def add_commands(commands: Any) -> None:
    """Adds `creo ledger` to the command line."""
    words = commands.add_parser("ledger", help="registro de actos: estado, verificación y anclas")
    kinds = words.add_subparsers(dest="ledger_what", required=True, metavar="qué")
    status = kinds.add_parser("status", help="sellos, anclas y guardas; salida 3 si hay alguna alarma")
    status.set_defaults(run=_status)
    verify = kinds.add_parser("verify", help="comprobar cada asiento; salida 3 si algo está roto")
    verify.add_argument("--against", type=Path, default=None, metavar="CARPETA", help="anclas guardadas en otro lugar")
    verify.set_defaults(run=_verify)
    anchor = kinds.add_parser("anchor", help="sellar y anclar ahora")
    anchor.set_defaults(run=_anchor)
    seal = kinds.add_parser("seal", help="sellar lo que espera (lo hace el trabajador cada segundo)")
    seal.set_defaults(run=_seal)
    rotate = kinds.add_parser("rotate-key", help="sellar desde ahora con una clave nueva; las de antes verifican")
    rotate.set_defaults(run=_rotate)
    for each in (status, verify, anchor, seal, rotate):
        each.add_argument("--json", action="store_true", help="resultado como JSON")


def add_benchmarks(measured: Any) -> None:
    """Adds `creo bench ledger`."""
    words = measured.add_parser("ledger", help="asientos por segundo: por la web, en lote, sellados y verificados")
    words.add_argument("--entries", type=int, default=1_000_000, metavar="N", help="cuántos asientos en lote")
    words.add_argument("--writes", type=int, default=1_000, metavar="N", help="cuántos actos por la web")
    words.add_argument("--json", action="store_true", help="resultado como JSON")
    words.set_defaults(run=_bench)


def _status(parsed: argparse.Namespace) -> int:
    from creo.support.ledger import status

    now = status.standing()
    alarms = now.alarms
    told = {
        "blocks": now.blocks,
        "chains": len(now.heads),
        "waiting": now.waiting,
        "unsealed_seconds": round(now.unsealed_seconds, 1),
        "anchor": now.anchor.number if now.anchor else None,
        "anchored_at": now.anchor.at.isoformat() if now.anchor else None,
        "anchored_outside": now.anchored_outside,
        "second_place": now.second_place,
        "authority": now.authority,
        "guards": list(now.guards),
        "unaudited": now.unaudited,
        "alarms": alarms,
    }
    lines = [
        f"{now.blocks} bloques en {len(now.heads)} cadenas; esperan sello {now.waiting} actos.",
        f"Última ancla: {now.anchor.number} del {now.anchor.at:%Y-%m-%d %H:%M} UTC." if now.anchor else "Sin anclas.",
        f"Segundo lugar: {now.second_place or 'NO HAY (CREO_ANCHOR_DIR)'}; autoridad: {now.authority or 'no hay'}.",
        *(f"ALARMA: {alarm}" for alarm in alarms),
    ]
    _say(parsed, told, lines)
    return BROKEN if alarms else 0


def _verify(parsed: argparse.Namespace) -> int:
    from creo.support.accounts.readers import system
    from creo.support.ledger import proving
    from creo.support.refusals import Refused

    if parsed.against is not None and not parsed.against.is_dir():
        raise Refused(f"No hay ninguna carpeta en {parsed.against}.")
    report = proving.verify(by=system(WHO), against=parsed.against)
    first = report.first
    told = {
        "sound": report.sound,
        "entries": report.entries,
        "blocks": report.blocks,
        "anchors": report.anchors,
        "waiting": report.waiting,
        "seconds": round(report.seconds, 2),
        "entries_per_second": round(report.entries / report.seconds) if report.seconds else 0,
        "first_broken_entry": first.entry if first else None,
        "faults": [
            {"kind": f.kind, "entry": f.entry, "chain": f.chain, "block": f.number, "why": proving.told(f)}
            for f in report.faults
        ],
    }
    lines = [f"{report.entries} asientos, {report.blocks} bloques, {report.anchors} anclas en {report.seconds:.1f} s."]
    lines += ["Todo está como se selló."] if report.sound else [proving.told(fault) for fault in report.faults]
    if first is not None:
        lines.insert(1, f"ROTO. Primer asiento roto: {first.entry or 'no se sabe'}. {proving.told(first)}")
    _say(parsed, told, lines)
    return 0 if report.sound else BROKEN


def _anchor(parsed: argparse.Namespace) -> int:
    from creo.support.accounts.readers import system
    from creo.support.ledger import proving

    made = proving.anchor_now(by=system(WHO))
    if made is None:
        _say(parsed, {"anchor": None}, ["Otro proceso está anclando ahora."])
        return 1
    lines = [f"Ancla {made.number}: {made.root}"]
    lines += [f"  {place['where']}: {'hecho' if place['done'] else 'NO: ' + place['why']}" for place in made.places]
    _say(parsed, {"anchor": made.number, "root": made.root, "places": made.places}, lines)
    return 0 if all(place["done"] for place in made.places) else BROKEN


def _seal(parsed: argparse.Namespace) -> int:
    from creo.support.ledger import sealing

    done = sealing.seal_due()
    _say(parsed, {"sealed": done}, [f"{done} asientos sellados."])
    return 0


def _rotate(parsed: argparse.Namespace) -> int:
    from creo.support.accounts.readers import system
    from creo.support.ledger import proving

    made = proving.rotate_key(by=system(WHO))
    _say(parsed, {"key": made}, [f"Desde ahora se sella con la clave {made}."])
    return 0


def _say(parsed: argparse.Namespace, told: dict[str, Any], lines: list[str]) -> None:
    print(json.dumps(told, ensure_ascii=False) if parsed.json else "\n".join(lines))


def _bench(parsed: argparse.Namespace) -> int:
    from creo.support.benches import bench_module

    module = bench_module("ledger")
    result = module.run(
        parsed.entries, parsed.writes, lambda note: None if parsed.json else print(note, file=sys.stderr)
    )
    lines = [f"{name:<24} {value}" for name, value in result.items() if not isinstance(value, dict)]
    _say(parsed, result, lines)
    return 0 if result["within"] else 1

"""`creo keys`: the ring of keys on the command line. A key itself is never printed."""

from __future__ import annotations

import argparse
import json
from typing import Any

HELP = "las claves que cifran textos y archivos: hacer, cambiar, contar, destruir"


def add_commands(commands: Any) -> None:
    """Adds `creo keys` to the command line."""
    words = commands.add_parser("keys", help=HELP, description=HELP)
    whats = words.add_subparsers(dest="what", required=True, metavar="qué")
    for name, help_text in (
        ("new", "hacer el archivo de claves, o una clave nueva que rige desde ahora"),
        ("list", "números, fechas y cuánto abre cada una"),
        ("rotate", "hacer una clave y cifrar todo de nuevo con ella"),
        ("resume", "cifrar de nuevo lo que quedó bajo otras claves"),
        ("retire", "destruir una clave que ya no abre nada"),
        ("scrub", "reescribir la base de datos para que no quede en ella lo que fue texto sin cifrar"),
    ):
        word = whats.add_parser(name, help=help_text)
        word.add_argument("--json", action="store_true", help="resultado como JSON")
        if name in ("new", "rotate", "retire"):
            word.add_argument("--reason", default="", help="por qué (queda en el registro de actos)")
        if name in ("rotate", "resume"):
            word.add_argument("--now", action="store_true", help="hacerlo aquí y no en el trabajador")
        if name == "retire":
            word.add_argument("key", help="número de la clave")
        word.set_defaults(run=_command)


def _command(parsed: argparse.Namespace) -> int:
    from creo.support.accounts.readers import system

    by = system("claves, línea de órdenes")
    doing = {"new": _new, "list": _list, "rotate": _rotate, "resume": _rotate, "retire": _retire, "scrub": _scrub}
    told, text = doing[parsed.what](by, parsed)
    print(json.dumps(told, ensure_ascii=False, default=str) if parsed.json else text)
    return 0


def _new(by: Any, parsed: argparse.Namespace) -> tuple[Any, str]:
    from creo.support.secrets import commands, ring

    if ring.make():  # The first: no database is needed, nor there yet.
        number = ring.load().current.id
    else:
        number = commands.new_key(by=by, reason=parsed.reason)
    return {"key": number, "file": str(ring.path())}, f"Clave vigente: {number}. Archivo: {ring.path()}"


def _list(by: Any, parsed: argparse.Namespace) -> tuple[Any, str]:
    from dataclasses import asdict

    from creo.support.secrets import queries

    rows = queries.keys(by)
    told = [asdict(row) for row in rows]
    lines = [
        f"{row.id}  {row.state or 'falta':<8}  {f'{row.made_at:%Y-%m-%d %H:%M}' if row.made_at else '—':<16}  "
        f"{row.values} textos  {row.files} archivos"
        for row in rows
    ]
    return told, "\n".join(lines)


def _rotate(by: Any, parsed: argparse.Namespace) -> tuple[Any, str]:
    from creo.support.secrets import commands

    if parsed.now:
        if parsed.what == "rotate":
            commands.new_key(by=by, reason=parsed.reason)
        result = commands.reseal(by=by)
        words = "Clave {key}: {values} textos y {files} archivos cifrados de nuevo; {damaged} no se abren."
        return result, words.format(**result)
    if parsed.what == "rotate":
        number, job = commands.rotate(by=by, reason=parsed.reason)
        return {"key": number, "job": job}, f"Clave vigente: {number}. El trabajo {job} cifra todo de nuevo con ella."
    job = commands.resume(by=by)
    return {"job": job}, f"El trabajo {job} cifra lo que quedó bajo otras claves."


def _retire(by: Any, parsed: argparse.Namespace) -> tuple[Any, str]:
    from creo.support.secrets import commands

    commands.retire(by=by, key_id=parsed.key, reason=parsed.reason)
    return {"retired": parsed.key}, f"Clave {parsed.key} destruida. Las copias de respaldo anteriores la necesitan."


def _scrub(by: Any, parsed: argparse.Namespace) -> tuple[Any, str]:
    from django.db import connection

    from creo.support.refusals import Refused
    from creo.support.secrets.migrating import scrub

    if not scrub(connection):
        raise Refused("Hay transacciones abiertas que todavía ven lo de antes: ciérrelas y repita la orden.")
    return {"scrubbed": True}, "La base de datos fue reescrita: no queda lo que tenía antes en sus páginas libres."

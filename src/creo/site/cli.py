"""The command `creo`: each chapter adds its own words; here are those of the house."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

CHAPTERS = (
    "creo.programme.cli",
    "creo.register.cli",
    "creo.targeting.cli",
    "creo.support.quality.cli",
    "creo.support.accounts.cli",
    "creo.support.ledger.cli",
    "creo.support.secrets.cli",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 1 refused with its reasons, 2 wrong words."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "creo.site.settings")
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["manage"]:
        from django.core.management import execute_from_command_line

        execute_from_command_line(["creo manage", *words[1:]])
        return 0
    import django

    django.setup()
    parsed = _parser().parse_args(words)
    return _run(parsed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="creo", description="CREO: el sistema que ejecuta el programa presupuestal.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="orden")
    bench = commands.add_parser("bench", help="medir")
    measured = bench.add_subparsers(dest="what", required=True, metavar="qué")
    for name in ("creo.site.running", "creo.site.demo", *CHAPTERS):
        chapter = import_module(name)
        chapter.add_commands(commands)
        if hasattr(chapter, "add_benchmarks"):
            chapter.add_benchmarks(measured)
    commands.add_parser("manage", help="órdenes de Django (migrate, shell…)")
    return parser


def _run(parsed: argparse.Namespace) -> int:
    from django.db import DatabaseError

    from creo.support.refusals import Forbidden, NotFound, Refused

    try:
        return int(parsed.run(parsed) or 0)
    except Refused as refusal:
        print("\n".join(refusal.messages), file=sys.stderr)
    except Forbidden as refusal:
        print(refusal.message, file=sys.stderr)
    except NotFound:
        print("No existe nada con ese código.", file=sys.stderr)
    except DatabaseError as error:
        if "no such table" not in str(error) and "does not exist" not in str(error):
            raise
        print("La base de datos no está preparada: ejecute «creo prepare» o «make run» primero.", file=sys.stderr)
    except KeyboardInterrupt:
        print("Interrumpido.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

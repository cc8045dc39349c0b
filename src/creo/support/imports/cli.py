"""The staged import from the command line: the same commands as the pages, with a bar in the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from creo.support.accounts.readers import Reader, system
from creo.support.imports import commands, queries
from creo.support.imports.lifecycle import State
from creo.support.jobs.progress import Report, silent
from creo.support.refusals import Refused
from creo.support.tables import export_csv

if TYPE_CHECKING:
    from creo.support.imports.models import ImportBatch

BLOCK = 2**20
SHOWN = 20


def run_cli(
    path: str | Path,
    kind: str,
    mapping: str = "",
    *,
    apply: bool = False,
    as_json: bool = False,
    options: Mapping[str, str] | None = None,
    errors_to: str | Path | None = None,
) -> int:
    """Uploads, checks and (if asked) applies a file; prints what was found. 0 when clean, 1 when refused.

    `errors_to` writes every stored error as CSV. Refused when the file cannot be taken at all.
    """
    source = Path(path)
    if not source.is_file():
        raise Refused(_("No existe el archivo «%(path)s».") % {"path": path})
    by = system(_("línea de órdenes"))
    with _bar(quiet=as_json) as report:
        batch = commands.stage(
            by=by, kind=kind, mapping=mapping, filename=source.name, content=_blocks(source), options=options
        )
        batch = commands.check(by=by, batch_id=batch.pk, progress=report)
        if apply and batch.state == State.CHECKED:
            batch = commands.apply(by=by, batch_id=batch.pk, progress=report)
    if errors_to is not None and batch.errors_total:
        columns = [_("Fila"), _("Columna"), _("Valor"), _("Qué se espera")]
        Path(errors_to).write_bytes(export_csv(columns, queries.error_rows(by, batch.pk)))
    print(json.dumps(_as_data(by, batch), ensure_ascii=False)) if as_json else _say(by, batch)
    return 1 if batch.state == State.REFUSED else 0


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _as_data(by: Reader, batch: ImportBatch) -> dict[str, Any]:
    first = queries.errors(by, batch.pk, size=SHOWN).rows
    return {
        "batch": batch.pk,
        "state": batch.state,
        "rows": batch.rows_total,
        "rows_ok": batch.rows_ok,
        "errors": batch.errors_total,
        "messages": batch.summary.get("messages", []),
        "counts": batch.summary.get("counts", {}),
        "applied": batch.summary.get("applied", {}),
        "first_errors": [
            {"row": error.row, "column": error.column, "value": error.value, "message": error.message}
            for error in first
        ],
    }


def _say(by: Reader, batch: ImportBatch) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    summary = batch.summary
    for line in [summary.get("source", ""), *summary.get("lines", []), *summary.get("messages", [])]:
        if line:
            console.print(line, markup=False)
    words = {
        State.APPLIED: _("Aplicado: importación %(number)d."),
        State.CHECKED: _("Sin errores: importación %(number)d, lista para aplicar."),
        State.REFUSED: _("No se aplicó nada: importación %(number)d, %(errors)d errores."),
    }
    ended = words[State(batch.state)]
    console.print(ended % {"number": batch.pk, "errors": batch.errors_total}, markup=False)
    if not batch.errors_total:
        return
    table = Table(_("Fila"), _("Columna"), _("Valor"), _("Qué se espera"))
    for error in queries.errors(by, batch.pk, size=SHOWN).rows:
        table.add_row(str(error.row), error.column, error.value, error.message)
    console.print(table)
    if batch.errors_total > SHOWN:
        console.print(_("… y %(n)d más.") % {"n": batch.errors_total - SHOWN}, markup=False)


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Report]:
    """A bar on the error output, so that --json stays clean; none when nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if quiet or not sys.stderr.isatty():
        yield silent
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task(_("Leyendo"), total=None)

        def report(done: int, total: int, note: str = "") -> None:
            shown.update(task, completed=done, total=total or None, description=note or None)

        yield report

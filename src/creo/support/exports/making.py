"""The bytes: CSV, XLSX and PDF, each with its mark where its readers keep working.

CSV has no place for a comment that every reader takes: the number is in the name of the file and, for lists of people,
in a last column, so that each line that is copied out of it still tells where it came from. Workbooks carry the mark in
the head and foot of every printed page and on the sheet of facts. PDFs show it across each page and at its foot.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from creo.support import tables
from creo.support.exports.listings import CSV, Listing, Mark
from creo.support.tables import Heading
from creo.support.ui.parts import Column, Row

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
MARK = Path(__file__).parent / "mark.typ"
REPEATED = 60


def file_of(listing: Listing, kind: str, mark: Mark, scope: str) -> bytes:
    """A list whole, as CSV or XLSX. Refused when it does not fit a sheet."""
    if kind == CSV:
        return tables.export_csv(*marked(listing, mark))
    facts = (
        *listing.facts,
        (_("Ámbito"), scope),
        (_("Filtros"), listing.filters or _("Ninguno")),
        (_("Filas"), listing.count),
        (_("Descargado por"), mark.name),
        (_("Descargado el"), mark.at),
        (_("Número de descarga"), mark.number),
    )
    said = mark.line if listing.personal else ""
    return tables.export_xlsx(listing.columns, listing.rows(), title=listing.title, facts=facts, mark=said)


def marked(listing: Listing, mark: Mark) -> tuple[Sequence[Heading], Iterable[Any]]:
    """Columns and rows with the number of the download at the end of each row about a person."""
    if not listing.personal:
        return listing.columns, listing.rows()
    cells = (row.cells if isinstance(row, Row) else row for row in listing.rows())
    return [*listing.columns, Column(_("Descarga"))], ([*row, mark.number] for row in cells)


def typeset(
    template: Path, data: Mapping[str, Any], *, mark: Mark | None = None, timestamp: datetime | None = None
) -> bytes:
    """A document of Typst out of a template and its data (JSON, never markup), with the mark on every page.

    A template with a mark begins with `#import "mark.typ": marked` and `#show: body => marked(data, body)`.
    """
    import typst

    told = dict(data)
    if mark is not None:
        told["mark"] = {"line": mark.line, "repeated": "   ".join([f"{mark.number} · {mark.name}"] * REPEATED)}
    parts: Any = {"main.typ": template.read_bytes(), "mark.typ": MARK.read_bytes()}  # its stubs know one file
    document: bytes = typst.compile(
        parts,
        sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
        ignore_system_fonts=True,
        format="pdf",
        timestamp=int(timestamp.timestamp()) if timestamp is not None else None,
    )
    return document

"""The tables of a design as a tagged PDF (Typst) and as a workbook, as printed, as treated, or both.

Texts travel to Typst as JSON, never as markup: nothing written in a design can become code in the document.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.kernel.citations import join_numbers
from creo.programme import rules
from creo.programme.queries import VersionRow
from creo.support.ui import formats

TEMPLATE = Path(__file__).parent / "tables.typ"
FORM_WORDS: dict[rules.Form, Any] = {
    "printed": gettext_lazy("Como está impresa"),
    "treated": gettext_lazy("Como se trata"),
}
WIDE = 3  # columns with long texts from which a table is laid out across the page
LONG = 24


def version_words(row: VersionRow) -> str:
    """A version in one line: programme, number, title and since when it rules."""
    words = [f"{row.programme} · {_('diseño')} v{row.number}", row.title]
    if row.valid_from:
        words.append(_("vigente desde el %(day)s") % {"day": formats.day(row.valid_from)})
    else:
        words.append(_("borrador sin vigencia"))
    return " · ".join(words)


def tables_pdf(row: VersionRow, tables: Sequence[rules.PrintedTable]) -> bytes:
    """The tables one after another, as PDF."""
    import typst

    data = {
        "title": row.programme_title,
        "version": version_words(row),
        "digest": row.digest[:12],
        "tables": [_for_typst(table) for table in tables],
        "words": {"lines": _("líneas"), "page": _("página"), "digest": _("contenido")},
    }
    document: bytes = typst.compile(
        str(TEMPLATE),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        ignore_system_fonts=True,
        format="pdf",
    )
    return document


def _for_typst(table: rules.PrintedTable) -> dict[str, Any]:
    return {
        "title": table.title,
        "label": table.label if table.form == "printed" else "",
        "form": str(FORM_WORDS[table.form]),
        "lines": join_numbers(table.lines),
        "columns": list(table.columns),
        "wide": max((sum(len(text) > LONG for text in line.cells) for line in table.rows), default=0) >= WIDE,
        "rows": [[{"text": text, "span": span} for text, span in line.merged()] for line in table.rows],
    }


def tables_xlsx(row: VersionRow, tables: Sequence[rules.PrintedTable]) -> bytes:
    """The tables as sheets of a workbook, after a first sheet that says what it is. Texts stay texts."""
    import xlsxwriter

    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(target, options)
    styles = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E3F0EE", "border": 1}),
        "cell": book.add_format({"text_wrap": True, "valign": "top", "border": 1}),
        "note": book.add_format({"text_wrap": True, "valign": "top", "font_color": "#4B5A57"}),
    }
    cover = book.add_worksheet(_("Ficha"))
    cover.set_column(0, 0, 100)
    cover.write_string(0, 0, row.programme_title, styles["title"])
    cover.write_string(1, 0, version_words(row), styles["note"])
    cover.write_string(2, 0, f"SHA-256 {row.digest}", styles["note"])
    for place, table in enumerate(tables, 4):
        cover.write_string(place, 0, f"{table.title} · {FORM_WORDS[table.form]}", styles["note"])
    for number, table in enumerate(tables, 1):
        _write(book.add_worksheet(f"{number:02d} {table.code}"[:31]), table, styles)
    book.close()
    return target.getvalue()


def _write(sheet: Any, table: rules.PrintedTable, styles: dict[str, Any]) -> None:
    sheet.write_string(0, 0, table.title, styles["title"])
    source = f"{FORM_WORDS[table.form]} · {_('líneas')} {join_numbers(table.lines)}"
    sheet.write_string(1, 0, source, styles["note"])
    for place, column in enumerate([*table.columns, _("Líneas"), _("Contradicciones")]):
        last = place >= len(table.columns)
        sheet.set_column(place, place, 14 if last else 46 if len(column) > 3 else 8)
        sheet.write_string(3, place, column, styles["head"])
    for number, line in enumerate(table.rows, 4):
        for place, text in enumerate([*line.cells, join_numbers(line.lines), ", ".join(line.contradictions)]):
            sheet.write_string(number, place, text, styles["cell"])
    sheet.freeze_panes(4, 0)

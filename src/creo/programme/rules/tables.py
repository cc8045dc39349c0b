"""The tables of the source printed again from the items, as printed and as treated."""

from collections.abc import Iterator
from dataclasses import dataclass

from creo.programme.rules.delivery import Articulation
from creo.programme.rules.design import Design, Form
from creo.programme.rules.layouts import standard_tables
from creo.programme.rules.notes import Table, TableRow


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """The texts of a row, the items they come from, their source lines and the contradictions they touch.

    `span` is how many columns the last written cell takes: a row with fewer cells than columns ends wide.
    """

    cells: tuple[str, ...]
    span: int
    refs: tuple[str, ...]
    lines: tuple[int, ...]
    contradictions: tuple[str, ...]

    def merged(self) -> tuple[tuple[str, int], ...]:
        """Each written cell with the columns it takes."""
        written = len(self.cells) - self.span + 1
        return tuple((text, self.span if n == written - 1 else 1) for n, text in enumerate(self.cells[:written]))


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table ready to show: as many cells in each row as columns."""

    code: str
    title: str
    label: str
    lines: tuple[int, ...]
    columns: tuple[str, ...]
    rows: tuple[PrintedRow, ...]
    form: Form


@dataclass(frozen=True, slots=True)
class RowPair:
    """The same row in both forms; None where a form leaves it out."""

    printed: PrintedRow | None
    treated: PrintedRow | None

    @property
    def differs(self) -> bool:
        """True when treatment changed, added or removed the row."""
        if self.printed is None or self.treated is None:
            return True
        return self.printed.cells != self.treated.cells

    @property
    def contradictions(self) -> tuple[str, ...]:
        """The contradictions behind the row, from either form."""
        rows = [row for row in (self.printed, self.treated) if row]
        return tuple(dict.fromkeys(code for row in rows for code in row.contradictions))


def table_definitions(design: Design) -> tuple[Table, ...]:
    """The tables of the design, or the standard ones when it brings none."""
    return design.tables or standard_tables(design)


def print_tables(design: Design, form: Form) -> tuple[PrintedTable, ...]:
    """Every table in one form."""
    return tuple(_print(design, table, form) for table in table_definitions(design))


def print_table(design: Design, code: str, form: Form) -> PrintedTable:
    """One table in one form. KeyError when the design has no such table."""
    return _print(design, _table(design, code), form)


def pair_rows(design: Design, code: str) -> tuple[RowPair, ...]:
    """The rows of a table side by side. KeyError when the design has no such table."""
    table = _table(design, code)
    return tuple(
        RowPair(
            _row(design, table, row, "printed") if row.form != "treated" else None,
            _row(design, table, row, "treated") if row.form != "printed" else None,
        )
        for row in table.rows
    )


def _table(design: Design, code: str) -> Table:
    for table in table_definitions(design):
        if table.code == code:
            return table
    raise KeyError(f"table:{code}")


def _print(design: Design, table: Table, form: Form) -> PrintedTable:
    rows = tuple(_row(design, table, row, form) for row in table.rows if row.form in ("both", form))
    return PrintedTable(table.code, design.fill(table.title), table.label, table.lines, table.columns, rows, form)


def _row(design: Design, table: Table, row: TableRow, form: Form) -> PrintedRow:
    texts = [_cell(design, cell, form) for cell in row.cells]
    missing = len(table.columns) - len(texts)
    texts += [""] * missing
    refs = tuple(dict.fromkeys(_references(row)))
    lines = sorted({line for ref in refs for line in design.find(ref).lines})
    codes = dict.fromkeys(code for ref in refs for code in design.treatments.get(ref, ()))
    return PrintedRow(tuple(texts), missing + 1, refs, tuple(lines), tuple(codes))


def _references(row: TableRow) -> Iterator[str]:
    for cell in row.cells:
        if cell.startswith("@"):
            yield cell[1:].partition("/")[0]


def _cell(design: Design, cell: str, form: Form) -> str:
    if not cell.startswith("@"):
        return cell
    ref, _, part = cell[1:].partition("/")
    item = design.find(ref)
    if part == "label":
        return item.label
    if part == "title":
        return design.fill(item.title)
    if isinstance(item, Articulation) and part:
        if part == "name":
            return item.printed_name if form == "printed" else design.text(f"activity:{item.code}")
        mark = item.marks.get(part, "")
        return mark if form == "printed" or not mark else "X"
    return design.text(ref, form)

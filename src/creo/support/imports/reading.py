"""A file somebody sent, as a sheet of texts: CSV in the encodings and delimiters seen in offices, or XLSX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from creo.support.jobs.progress import Report, silent

if TYPE_CHECKING:
    import polars as pl

ROW = "·fila"  # the column of a sheet's frame that holds the row number as a spreadsheet shows it


@dataclass(frozen=True, slots=True)
class CellError:
    """A wrong cell: its row as a spreadsheet shows it (1 = first), the header of its column, and what is expected."""

    row: int
    column: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of texts. `frame` has ROW (Int64) and one String column per header; blank cells are null."""

    columns: tuple[str, ...]
    frame: pl.DataFrame
    first_row_number: int
    source: str = ""
    errors: Sequence[CellError] = ()
    errors_total: int = 0

    @property
    def height(self) -> int:
        """How many rows there are, the header apart."""
        return int(self.frame.height)

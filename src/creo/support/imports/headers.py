"""The first row of a sheet: the names that everything else is found by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from creo.support.imports.mapping import key
from creo.support.refusals import Refused

ROW = "·fila"  # the column of a sheet's frame that holds the row number as a spreadsheet shows it
MAX_COLUMNS = 500
MAX_NAME = 200
UNNAMED = "·sin nombre "


@dataclass(frozen=True, slots=True)
class CellError:
    """A wrong cell: its row as a spreadsheet shows it (1 = first), the header of its column, and what is expected."""

    row: int
    column: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns and the row they stand in (1 = first).

    A column without a name gets one that begins with UNNAMED: it is dropped if it is blank, and refused if it is not.
    """

    row: int
    names: tuple[str, ...]

    @property
    def unnamed(self) -> list[str]:
        """The made-up names."""
        return [name for name in self.names if name.startswith(UNNAMED)]


def header_of(row: int, cells: Sequence[str | None]) -> Header:
    """The header from its cells; blank ones at the end are dropped. Refused when none is left, or one comes twice."""
    names = [" ".join((cell or "").split())[:MAX_NAME] for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise Refused(_("El archivo no tiene encabezado: la primera fila debe llevar los nombres de las columnas."))
    if len(names) > MAX_COLUMNS:
        raise Refused(_("El archivo tiene más de %(n)d columnas.") % {"n": MAX_COLUMNS})
    names = [name or f"{UNNAMED}{place}" for place, name in enumerate(names, 1)]
    times = Counter(key(name) for name in names)
    twice = [f"«{name}»" for name in names if times[key(name)] > 1]
    if twice or ROW in names:
        raise Refused(_("Hay columnas con el mismo nombre: %(names)s.") % {"names": ", ".join(twice) or ROW})
    return Header(row, tuple(names))

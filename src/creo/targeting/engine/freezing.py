"""The facts of everybody in a run, kept so that any answer can be given again and explained.

Each person's facts are one short text: a small number per fact in a fixed order, nothing where the fact is not known.
What the numbers mean is kept once per run. Seven bytes a fact, no JSON to write a hundred thousand times.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from creo.kernel.columns import EPOCH, UNKNOWN_CODE, UNKNOWN_DAY, CategoryColumn, Column, DateColumn, coded, date_days

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DATE = "date"
CATEGORY = "category"


@dataclass(frozen=True)
class People:
    """Everybody looked at, by person key: the prison (0 where not recorded) and the facts of each."""

    as_of: date
    persons: NDArray[np.int64]
    facilities: NDArray[np.int64]
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.persons)

    def digest(self) -> str:
        """SHA-256 of everything a run looks at. It does not depend on how a column numbers its values."""
        import numpy as np

        found = hashlib.sha256(self.as_of.isoformat().encode())
        found.update(np.ascontiguousarray(self.persons, dtype="<i8").tobytes())
        found.update(np.ascontiguousarray(self.facilities, dtype="<i8").tobytes())
        for name in sorted(self.columns):
            column = self.columns[name]
            found.update(name.encode())
            if isinstance(column, DateColumn):
                found.update(np.ascontiguousarray(column.days, dtype="<i4").tobytes())
            else:
                values, codes = _sorted_values(column)
                found.update(json.dumps(values, ensure_ascii=False).encode())
                found.update(np.ascontiguousarray(codes, dtype="<i2").tobytes())
        return found.hexdigest()


def _sorted_values(column: CategoryColumn) -> tuple[list[Any], NDArray[np.int16]]:
    """The values in use in one order for all, and the codes that go with it."""
    import numpy as np

    used = np.bincount(column.codes.astype(np.int64) + 1, minlength=len(column.values) + 1)[1:]
    known = [code for code in range(len(column.values)) if used[code]]
    known.sort(key=lambda code: (type(column.values[code]).__name__, column.values[code]))
    table = np.full(len(column.values) + 1, UNKNOWN_CODE, dtype=np.int16)
    for place, code in enumerate(known):
        table[code] = place
    return [column.values[code] for code in known], table.take(column.codes, mode="wrap")


@dataclass(frozen=True)
class FrozenColumn:
    """What the numbers of one fact mean: days since 1970, or places in `values`."""

    name: str
    kind: str
    values: tuple[Any, ...] = ()

    def as_data(self) -> list[Any]:
        """Plain data for a JSON column."""
        return [self.name, self.kind, list(self.values)]

    @classmethod
    def from_data(cls, data: Sequence[Any]) -> FrozenColumn:
        """The column that `as_data` wrote."""
        return cls(data[0], data[1], tuple(data[2]))

    def value(self, text: str) -> Any:
        """The fact behind one number; None where it is not known."""
        if not text:
            return None
        return EPOCH + timedelta(int(text)) if self.kind == DATE else self.values[int(text)]


def dictionaries(columns: Mapping[str, Column]) -> tuple[FrozenColumn, ...]:
    """What the numbers of each fact mean, facts in alphabetical order."""
    return tuple(
        FrozenColumn(name, DATE) if isinstance(column, DateColumn) else FrozenColumn(name, CATEGORY, column.values)
        for name, column in sorted(columns.items())
    )


def frozen_rows(columns: Mapping[str, Column]) -> Iterable[str]:
    """Each person's facts as one text, in the order of `dictionaries`."""
    return map(",".join, zip(*(_texts(column) for _, column in sorted(columns.items())), strict=True))


def _texts(column: Column) -> list[str]:
    if isinstance(column, DateColumn):
        return ["" if day == UNKNOWN_DAY else str(day) for day in column.days.tolist()]
    # The last place serves the code -1: unknown.
    words = [*map(str, range(len(column.values))), ""]
    return [words[code] for code in column.codes.tolist()]


def thaw(rows: Sequence[str], meanings: Sequence[FrozenColumn]) -> dict[str, Column]:
    """The columns that `frozen_rows` wrote. ValueError when a row has another number of facts."""
    import numpy as np

    width = len(meanings)
    cells = ",".join(rows).split(",") if rows else []
    if len(cells) != width * len(rows):
        raise ValueError("Las filas guardadas no tienen los datos que la corrida declara.")
    columns: dict[str, Column] = {}
    for place, meaning in enumerate(meanings):
        texts = cells[place::width]
        blank = UNKNOWN_DAY if meaning.kind == DATE else UNKNOWN_CODE
        numbers = np.fromiter((int(text) if text else blank for text in texts), np.int64, len(texts))
        columns[meaning.name] = date_days(numbers) if meaning.kind == DATE else coded(numbers, meaning.values)
    return columns


def thaw_row(row: str, meanings: Sequence[FrozenColumn]) -> dict[str, Any]:
    """One person's facts from their text."""
    return {meaning.name: meaning.value(text) for meaning, text in zip(meanings, row.split(","), strict=True)}

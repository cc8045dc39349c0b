"""Columns of facts about many people, with "unknown" told apart from every value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EPOCH = date(1970, 1, 1)
UNKNOWN_DAY = -(2**31)
UNKNOWN_CODE = -1
MOST_VALUES = 2**15 - 1


def day_number(day: date) -> int:
    """Days since 1970-01-01, the unit of date columns."""
    return (day - EPOCH).days


@dataclass(frozen=True)
class DateColumn:
    """Days since 1970 as int32; UNKNOWN_DAY where the date is not known."""

    days: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.days)


@dataclass(frozen=True)
class CategoryColumn:
    """Small integers that index `values`; UNKNOWN_CODE where the value is not known."""

    codes: NDArray[np.int16]
    values: tuple[Any, ...]

    def __len__(self) -> int:
        return len(self.codes)


Column = DateColumn | CategoryColumn


def dates(values: Iterable[date | None]) -> DateColumn:
    """A date column from Python dates; None is unknown."""
    import numpy as np

    return DateColumn(np.fromiter((UNKNOWN_DAY if day is None else day_number(day) for day in values), np.int32))


def date_days(days: NDArray[Any]) -> DateColumn:
    """A date column from day numbers already made; refuses numbers that do not fit."""
    import numpy as np

    array = np.asarray(days)
    if array.size and (array.min() < UNKNOWN_DAY or array.max() > -UNKNOWN_DAY - 1):
        raise ValueError("Una fecha de la columna no cabe en días desde 1970.")
    return DateColumn(np.ascontiguousarray(array, dtype=np.int32))


def categories(values: Iterable[Any]) -> CategoryColumn:
    """A column from any hashable values (text, numbers, booleans); None is unknown."""
    import numpy as np

    # The type is part of the key: True and 1 are different values although Python's dictionaries join them.
    index: dict[tuple[type, Any], int] = {}
    codes = [UNKNOWN_CODE if value is None else index.setdefault((type(value), value), len(index)) for value in values]
    return coded(np.asarray(codes, dtype=np.int64), [value for _, value in index])


def coded(codes: NDArray[Any], values: Sequence[Any]) -> CategoryColumn:
    """A column from codes already made; refuses codes outside `values`."""
    import numpy as np

    array = np.asarray(codes)
    if len(values) > MOST_VALUES:
        raise ValueError(f"La columna tiene {len(values)} valores distintos; admite {MOST_VALUES}.")
    # Checked before narrowing: a code that wraps round would silently take another value's answer.
    if array.size and (array.min() < UNKNOWN_CODE or array.max() >= len(values)):
        raise ValueError("Un código de la columna no tiene valor.")
    return CategoryColumn(np.ascontiguousarray(array, dtype=np.int16), tuple(values))

"""Columns whose texts repeat: each different text is looked at once, and the rows that have it get what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

PLACE = "place"


@dataclass(frozen=True, slots=True)
class Repeated:
    """The different texts of a column (the first is null: no text) and, row by row, the place of its own among them."""

    texts: pl.Series
    places: pl.Series

    def spread(self, values: pl.Series) -> pl.Series:
        """One value for each different text, as one for each row."""
        return values.gather(self.places)


def repeated(column: pl.Series) -> Repeated | None:
    """The column by its different texts; None for one that the reader did not find to repeat."""
    import numpy as np
    import polars as pl

    if not isinstance(column.dtype, pl.Categorical):
        return None
    codes = column.to_physical()
    first = pl.DataFrame([codes.alias("code"), column.alias("text")]).drop_nulls().unique(subset=["code"], keep="any")
    texts = pl.concat([pl.Series("text", [None], dtype=pl.String), first["text"].cast(pl.String)])
    # One more than the code, so that no text (null) is the first place.
    shifted = (codes.cast(pl.Int64) + 1).fill_null(0).to_numpy()
    places = np.zeros(int(shifted.max(initial=0)) + 1, dtype=np.uint32)
    places[first["code"].cast(pl.Int64).to_numpy() + 1] = np.arange(1, first.height + 1, dtype=np.uint32)
    return Repeated(texts, pl.Series(PLACE, places[shifted]))


def different(rows: pl.DataFrame) -> pl.DataFrame:
    """`text` of each place of some rows that have `place`, in the order of the places; null where no row has one."""
    import polars as pl

    few = rows.select(PLACE, "text").unique(subset=[PLACE], keep="any")
    last = few[PLACE].max()
    size = last + 1 if isinstance(last, int) else 0
    every = pl.DataFrame([pl.int_range(size, dtype=pl.UInt32, eager=True).alias(PLACE)])
    return every.join(few, on=PLACE, how="left", maintain_order="left")

"""CSV with quotes, whole blocks at a time: the same records as Python's parser, which still reads whatever is odd."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from creo.support.bulk import ahead
from creo.support.refusals import Refused

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

PIECE = 4 * 2**20  # characters
CHUNK_ROWS = 50_000
QUOTE, NEW_LINE, RETURN = 34, 10, 13

Records = list[list[str]]


def chunks(
    file: IO[str], delimiter: str, skip: int, names: tuple[str, ...]
) -> Iterator[tuple[int, pl.DataFrame | Records]]:
    """The records after the first `skip` ones, in chunks with the number of their first; as a frame when all are even.

    Refused for quotes that are out of place or never closed, naming the line.
    """
    # The quotes of the next block are weighed while the cells of the one before are cut.
    for number, found in ahead(_pieces(file, delimiter, skip)):
        if not isinstance(found, _Piece):
            yield number, found
        elif found.is_even(len(names)):
            yield number, _frame(found, delimiter, names)
        else:
            yield number, _listed(found.whole, delimiter)


def _pieces(file: IO[str], delimiter: str, skip: int) -> Iterator[tuple[int, _Piece | Records]]:
    """Blocks that end where a record does; from the first odd one on, what Python's parser makes of the file."""
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    number = 1 + _skipped(reader, skip)
    rest = b""
    while True:
        block = file.read(PIECE)
        data = rest + block.encode()
        if not data:
            return
        piece = _Piece(data, delimiter, ended=not block)
        if not piece.regular:
            # The block may end inside a line: the rest of it comes first.
            lines = chain(io.StringIO(data.decode() + file.readline(), newline=""), file)
            yield from _slowly(lines, delimiter, number, reader.line_num)
            return
        rest = data[piece.cut :]
        if piece.records:
            yield number, piece
            number += piece.records
        if not block:
            return


class _Piece:
    """A block of bytes: where its last whole record ends, and whether its quotes stand where quotes may."""

    def __init__(self, data: bytes, delimiter: str, *, ended: bool) -> None:
        import numpy as np

        letters = np.frombuffer(data, dtype=np.uint8)
        quotes = letters == QUOTE
        inside = _parity(quotes)
        lines = (letters == NEW_LINE) & ~inside
        ends = np.flatnonzero(lines)
        self.cut = len(data) if ended else int(ends[-1]) + 1 if len(ends) else 0
        self.whole = data[: self.cut]
        self._letters, self._inside = letters[: self.cut], inside[: self.cut]
        self._delimiter = ord(delimiter)
        unfinished = ended and self.cut > 0 and letters[-1] != NEW_LINE
        self.records = len(ends) + int(unfinished)
        self.regular = not (ended and len(inside) and inside[-1]) and self._in_place(quotes[: self.cut])

    def _in_place(self, quotes: NDArray[np.bool_]) -> bool:
        """Every quote opens after a separator, closes before one, or is doubled; and no line ends in a bare return."""
        import numpy as np

        letters, inside = self._letters, self._inside
        edge = np.zeros(256, dtype=np.bool_)
        edge[[self._delimiter, NEW_LINE, RETURN, QUOTE]] = True
        places = np.flatnonzero(quotes)
        opens = places[inside[places]]
        closes = places[~inside[places]]
        after = closes[closes + 1 < len(letters)] + 1
        before = opens[opens > 0] - 1
        returns = np.flatnonzero((letters == RETURN) & ~inside)
        last = len(returns) and returns[-1] + 1 >= len(letters)
        followed = not last and bool((letters[returns + 1] == NEW_LINE).all()) if len(returns) else True
        return bool(edge[letters[after]].all() and edge[letters[before]].all()) and followed

    def is_even(self, width: int) -> bool:
        """True when as many separators stand outside quotes as rows of that width need."""
        separators = int(((self._letters == self._delimiter) & ~self._inside).sum())
        return width > 1 and separators == self.records * (width - 1)

    def bare(self) -> bytes:
        """The whole records, each line ended by a line feed alone."""
        returns = (self._letters == RETURN) & ~self._inside
        return self._letters[~returns].tobytes() if returns.any() else self.whole


def _parity(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of each place, whether an odd number of flags stands up to it: 64 places at a time, six times faster than one."""
    import numpy as np

    packed = np.packbits(flags, bitorder="little")
    words = np.pad(packed, (0, -len(packed) % 8)).view("<u8")
    for width in (1, 2, 4, 8, 16, 32):
        words ^= words << np.uint64(width)
    odd = np.bitwise_xor.accumulate(words >> np.uint64(63)).astype(np.bool_)
    words[1:][odd[:-1]] ^= np.uint64(2**64 - 1)
    return np.unpackbits(words.view(np.uint8), bitorder="little", count=len(flags)).view(np.bool_)


def _frame(piece: _Piece, delimiter: str, names: tuple[str, ...]) -> pl.DataFrame | Records:
    import polars as pl

    try:
        found = pl.read_csv(
            piece.bare(),
            has_header=False,
            separator=delimiter,
            schema=dict.fromkeys(names, pl.String),
            empty_string_is_null=False,
        )
    except pl.exceptions.PolarsError:  # one row too wide, and another as much too narrow
        return _listed(piece.whole, delimiter)
    return found if found.height == piece.records else _listed(piece.whole, delimiter)


def _skipped(reader: Any, skip: int) -> int:
    try:
        return sum(1 for _record in islice(reader, skip))
    except csv.Error as error:
        raise _misplaced(reader.line_num) from error


def _listed(whole: bytes, delimiter: str) -> Records:
    return list(csv.reader(io.StringIO(whole.decode(), newline=""), delimiter=delimiter, strict=True))


def _slowly(lines: Iterable[str], delimiter: str, number: int, line: int) -> Iterator[tuple[int, Records]]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        while records := list(islice(reader, CHUNK_ROWS)):
            yield number, records
            number += len(records)
    except csv.Error as error:
        raise _misplaced(line + reader.line_num) from error


def _misplaced(line: int) -> Refused:
    return Refused(_("Hay comillas sin cerrar o fuera de lugar cerca de la línea %(n)d.") % {"n": line})

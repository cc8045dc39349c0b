"""How much text a worksheet would become: one long shared string, named by a million cells, is a bomb that packs to nothing.

The strict reading here is done only for sheets where the longest string in every cell would be too much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from django.utils.translation import gettext as _

from creo.support.refusals import Refused

Blocks = Callable[[], Iterable[bytes]]

SAFE_TEXT = 512 * 2**20
MAX_TEXT = 1_024 * 2**20
MAX_STRING = 256 * 2**10  # Excel's cells hold 32,767 letters

_VALUE = re.compile(rb"<v>(\d{1,9})</v>")


def check_text(strings: Blocks | None, sheet: Blocks, cells: int) -> None:
    """Refused when the cells of a sheet would repeat more text than there is memory for."""
    if strings is None or cells * _longest(strings()) <= SAFE_TEXT:
        return
    lengths = _lengths(strings())
    total = 0
    for piece in _pieces(sheet(), b"</row>"):
        numbers = _VALUE.findall(piece)
        plain = piece.count(b"<v")
        if b":v" in piece or (len(numbers) != plain and b"&#" in piece):
            raise Refused(_too_long())
        total += sum(lengths[number] for text in numbers if (number := int(text)) < len(lengths))
        if total > MAX_TEXT:
            raise Refused(_too_long())


def _longest(blocks: Iterable[bytes]) -> int:
    """No string is longer than the stretch between two ends of strings."""
    longest, run = 0, 0
    for block in blocks:
        first, *rest = block.split(b"si>")
        run += len(first)
        if rest:
            longest = max(longest, run, *map(len, rest))
            run = len(rest[-1])
        if run > MAX_STRING:
            raise Refused(_too_long())
    return max(longest, run)


def _lengths(blocks: Iterable[bytes]) -> list[int]:
    """The bytes of each string in order, from a part written in the usual way. Refused otherwise."""
    lengths: list[int] = []
    for piece in _pieces(blocks, b"</si>"):
        for text in piece.split(b"</si>")[:-1]:
            start = text.find(b"<si>")
            if (
                text.count(b"<si") != 1
                or start < 0
                or b":si" in text
                or b"<!" in text
                or (lengths and text[:start].strip())
            ):
                raise Refused(_too_long())
            lengths.append(len(text) - start)
    return lengths


def _pieces(blocks: Iterable[bytes], end: bytes) -> Iterator[bytes]:
    tail = b""
    for block in blocks:
        data = tail + block
        cut = data.rfind(end) + len(end)
        if cut >= len(end):
            yield data[:cut]
            data = data[cut:]
        tail = data
    yield tail


def _too_long() -> str:
    return _("La hoja repite demasiado texto largo para leerse como libro. Guárdela como CSV.")

"""How much text a worksheet would become: one long shared string, named by a million cells, packs to almost nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from django.utils.translation import gettext as _

from creo.support.refusals import Refused

Blocks = Callable[[], Iterable[bytes]]

SAFE_TEXT = 512 * 2**20
MAX_TEXT = 1_024 * 2**20
MAX_TAIL = 4 * 2**20

_ATTRIBUTES = rb"(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+"
_PROLOGUE = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>]*\?>)?\s*<sst(?=[\s>])" + _ATTRIBUTES + rb">")
_STRING = re.compile(rb"<si>(?:<t(?: xml:space=\"preserve\")?>([^<]*)</t>|(.*?))</si>", re.DOTALL)
_TAG = re.compile(rb"<(/?)([^\s<>/=\"'?!]+)(" + _ATTRIBUTES + rb")>")
_VALUE = re.compile(rb"<v(?:\s[^<>]*)?>([^<]*)</v>")
_ODD_NUMBER = re.compile(rb"\s*\+?\d+\s*|.*&.*", re.DOTALL)


def check_text(strings: Blocks | None, sheet: Blocks, cells: int) -> None:
    """Refused when the cells of a sheet would repeat more text than there is memory for.

    First the longest string in every cell, a bound that honest lists pass; then, if it is too much, cell by cell.
    """
    if strings is None:
        return
    lengths = _lengths(strings())
    if lengths is None:
        # Written in an unusual way: the whole part is the bound.
        if cells * sum(map(len, strings())) > SAFE_TEXT:
            raise Refused(_too_long())
        return
    if cells * max(lengths, default=0) > SAFE_TEXT:
        _check_cells(lengths, sheet())


def _check_cells(lengths: list[int], blocks: Iterable[bytes]) -> None:
    total = 0
    for piece in _pieces(blocks, b"</row>"):
        values = _VALUE.findall(piece)
        if len(values) != piece.count(b"<v") or b":v" in piece:
            raise Refused(_too_long())
        for text in values:
            # Any number may be the place of a string: taking all for one can only overrate the text.
            if text.isdigit():
                total += lengths[int(text)] if len(text) < 9 and int(text) < len(lengths) else 0
            elif _ODD_NUMBER.fullmatch(text):
                raise Refused(_too_long())
        if total > MAX_TEXT:
            raise Refused(_too_long())


def _lengths(blocks: Iterable[bytes]) -> list[int] | None:
    """The bytes of each string in order; None when the part is not written as spreadsheets write it."""
    lengths: list[int] = []
    first = True
    for piece in _pieces(blocks, b"</si>"):
        if first:
            prologue = _PROLOGUE.match(piece)
            if prologue is None:
                return None
            piece, first = piece[prologue.end() :], False
        ended = piece.endswith(b"</si>")
        for plain, rich in _STRING.findall(piece) if ended else ():
            if rich and not _in_order(rich):
                return None
            lengths.append(len(plain) + len(rich))
        left = (_STRING.sub(b"", piece) if ended else piece).strip()
        if left not in (b"", b"</sst>"):
            return None
    return lengths


def _in_order(markup: bytes) -> bool:
    """True when every tag is closed in its turn, so that the end that was found is the true one."""
    tags = _TAG.findall(markup)
    path: list[bytes] = []
    for closing, name, attributes in tags:
        if closing and (not path or path.pop() != name):
            return False
        if not closing and not attributes.endswith(b"/"):
            path.append(name)
    return not path and len(tags) == markup.count(b"<")


def _pieces(blocks: Iterable[bytes], end: bytes) -> Iterator[bytes]:
    """The same bytes, cut after an end."""
    tail = b""
    for block in blocks:
        data = tail + block
        cut = data.rfind(end, len(tail) - len(end) if len(tail) > len(end) else 0) + len(end)
        if cut >= len(end):
            yield data[:cut]
            data = data[cut:]
        tail = data
        if len(tail) > MAX_TAIL:
            raise Refused(_too_long())
    yield tail


def _too_long() -> str:
    return _("La hoja repite demasiado texto largo para leerse como libro. Guárdela como CSV.")

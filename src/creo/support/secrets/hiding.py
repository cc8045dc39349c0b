"""What was sealed or opened during an act is not told by its entry: the ledger asks here before it writes.

The commands already leave such texts out; this is the net under them, for the one that forgets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

HIDDEN = "‹cifrado›"
SHORTEST = 3  # letters: a shorter text says nothing by itself, and is too easily the same as another

_PLAIN = frozenset({int, bool, float})
_texts: ContextVar[set[str] | None] = ContextVar("sealed_texts", default=None)


class SealedText(str):
    """A text that was opened. Templates and forms see the text; what shows values to developers sees that it is one."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<texto cifrado>"


@contextmanager
def remembering() -> Iterator[None]:
    """During one act, what is sealed and opened is remembered; forgotten at its end."""
    token = _texts.set(set())
    try:
        yield
    finally:
        _texts.reset(token)


def remember(text: str) -> None:
    """Notes a text that is kept sealed; nothing outside an act."""
    texts = _texts.get()
    if texts is not None and len(text) >= SHORTEST:
        texts.add(text.strip())


def hidden(value: Any) -> Any:
    """What may be told of a value, inside its lists and tables too: HIDDEN in the place of each sealed text."""
    if value is None or type(value) in _PLAIN:  # first: a bulk load asks for a hundred thousand of them
        return value
    if isinstance(value, str):
        if isinstance(value, SealedText):
            return HIDDEN if value else ""
        texts = _texts.get()
        return HIDDEN if texts and value.strip() in texts else value
    if isinstance(value, (dict, Mapping)):
        return {name: hidden(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [hidden(each) for each in value]
    return value


def opened(value: str) -> str:
    """A reason as the entry keeps it: hidden when it came out of a sealed column, else as somebody wrote it."""
    return HIDDEN if value and isinstance(value, SealedText) else value

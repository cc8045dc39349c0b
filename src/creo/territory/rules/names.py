"""Names of places as people write them: accents, case, dots and articles differ; the place is the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_FILLERS = frozenset({"DE", "DEL", "LA", "LAS", "LOS", "EL"})
_PREFIX = re.compile(r"^(?:E ?P|PENAL|ESTABLECIMIENTO PENITENCIARIO|ESTABLECIMIENTO)\b\s*")
_NOT_WORD = re.compile(r"[^0-9A-Z]+")


def name_key(text: str) -> str:
    """The comparable form of a name: capitals without accents or tilde, prefix "E.P." and articles dropped."""
    split = unicodedata.normalize("NFD", text.upper())
    bare = "".join(char for char in split if unicodedata.category(char) != "Mn")
    words = _PREFIX.sub("", _NOT_WORD.sub(" ", bare).strip())
    kept = [word for word in words.split() if word not in _FILLERS]
    return " ".join(kept) or words


@dataclass(frozen=True, slots=True)
class Match:
    """What a text resolved to: one code, or none with the candidates that were too many."""

    code: str | None
    candidates: tuple[str, ...] = ()


class NameIndex:
    """Finds a place's code from its own code, an alias code or a name, for thousands of rows without a query each."""

    def __init__(self, names: Iterable[tuple[str, str]], aliases: Iterable[tuple[str, str]] = ()) -> None:
        """`names` are (our code, name), several per code allowed; `aliases` are (our code, code in another scheme)."""
        self._exact: dict[str, set[str]] = {}
        self._names: dict[str, set[str]] = {}
        for code, name in names:
            self._exact.setdefault(code.upper(), set()).add(code)
            self._names.setdefault(name_key(name), set()).add(code)
        for code, alias in aliases:
            self._exact.setdefault(alias.strip().upper(), set()).add(code)

    def find(self, text: str) -> Match:
        """The one place a text names: code first, then name. No guess: two candidates are no answer."""
        wanted = text.strip()
        found = self._exact.get(wanted.upper()) or self._names.get(name_key(wanted)) if wanted else None
        if not found:
            return Match(None)
        if len(found) > 1:
            return Match(None, tuple(sorted(found)))
        return Match(next(iter(found)))

"""The offence catalogue: its rows as data, and how a text of a file finds its offence."""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources

from creo.register.rules.names import search_key

PENAL_CODE = "CP"
# Offences of special laws have an article of their own law: no range of Penal Code articles may hold them.
SPECIAL_LAW_ARTICLE = "0"
_ARTICLE_TEXT = re.compile(r"(?:ART(?:ICULO|\.)?\s*)?(\d{1,3})\s*[-º°]?\s*([A-Z])?")
COLUMNS = (
    "code", "law", "article", "title", "family", "modality", "attempt_allowed",
    "valid_from", "valid_to", "aliases", "attempt_aliases", "predecessor", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OffenceEntry:
    """One offence as the catalogue file states it; `aliases` are labels printed by INPE, also those of attempts."""

    code: str
    law: str
    article: str
    title: str
    family: str
    modality: str
    attempt_allowed: bool
    valid_from: date | None
    valid_to: date | None
    aliases: tuple[str, ...]
    attempt_aliases: tuple[str, ...]
    predecessor: str
    source: str

    def in_force(self, day: date) -> bool:
        """True on days when the offence existed under this name."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


def parse_catalogue(text: str) -> tuple[OffenceEntry, ...]:
    """Reads the catalogue. ValueError (Spanish) names the line and what is wrong."""
    reader = csv.DictReader(text.splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ValueError(f"El catálogo de delitos lleva las columnas {', '.join(COLUMNS)}.")
    entries = tuple(_entry(row, line) for line, row in enumerate(reader, start=2))
    codes = [entry.code for entry in entries]
    for entry in entries:
        if codes.count(entry.code) > 1:
            raise ValueError(f"El delito [{entry.code}] está repetido.")
        if entry.predecessor and entry.predecessor not in codes:
            raise ValueError(f"El delito [{entry.code}] cita a [{entry.predecessor}], que no está en el catálogo.")
    return entries


def _entry(row: Mapping[str, str], line: int) -> OffenceEntry:
    if not row["code"] or not row["article"] or not row["title"] or not row["source"]:
        raise ValueError(f"Línea {line}: el delito necesita código, artículo, denominación y fuente.")
    if row["attempt_allowed"] not in ("yes", "no"):
        raise ValueError(f"Línea {line}: attempt_allowed es yes o no, no [{row['attempt_allowed']}].")
    return OffenceEntry(
        code=row["code"],
        law=row["law"],
        article=row["article"],
        title=row["title"],
        family=row["family"],
        modality=row["modality"],
        attempt_allowed=row["attempt_allowed"] == "yes",
        valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        aliases=_split(row["aliases"]),
        attempt_aliases=_split(row["attempt_aliases"]),
        predecessor=row["predecessor"],
        source=row["source"],
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


@functools.cache
def catalogue() -> tuple[OffenceEntry, ...]:
    """The catalogue that comes with the system."""
    return parse_catalogue((resources.files("creo.register") / "data" / "offences.csv").read_text("utf-8"))


@functools.cache
def family_titles() -> Mapping[str, str]:
    """Family codes with their Spanish titles."""
    text = (resources.files("creo.register") / "data" / "offence_families.csv").read_text("utf-8")
    return {row["code"]: row["title"] for row in csv.DictReader(text.splitlines())}


def fact_article(law: str, article: str) -> str:
    """The article as the criteria compare it: the Penal Code's own, or the one no range holds for special laws."""
    return article if law == PENAL_CODE else SPECIAL_LAW_ARTICLE


def offence_label(law: str, article: str, title: str) -> str:
    """ "art. 189 · Robo agravado"; special laws say which ("DL 25475, art. 2 · Terrorismo")."""
    prefix = "" if law == PENAL_CODE else f"{law}, "
    return f"{prefix}art. {article} · {title}"


@dataclass(frozen=True, slots=True)
class OffenceMatch:
    """What a text resolved to: one code (and whether the text itself says attempt), or the codes that were too many."""

    code: str | None
    attempt: bool | None = None
    candidates: tuple[str, ...] = ()


class OffenceIndex:
    """Finds offences by code, INPE label or article, for thousands of rows."""

    def __init__(self, entries: Iterable[OffenceEntry]) -> None:
        self._entries = {entry.code: entry for entry in entries}
        self._codes = {search_key(code): code for code in self._entries}
        self._labels: dict[str, set[tuple[str, bool | None]]] = {}
        self._articles: dict[str, list[OffenceEntry]] = {}
        for entry in self._entries.values():
            for label in (entry.title, *entry.aliases):
                self._labels.setdefault(search_key(label), set()).add((entry.code, None))
            for label in entry.attempt_aliases:
                self._labels.setdefault(search_key(label), set()).add((entry.code, True))
            if entry.law == PENAL_CODE:
                self._articles.setdefault(entry.article, []).append(entry)

    def find(self, text: str, on: date | None = None) -> OffenceMatch:
        """The one offence a text names: its code, then its label, then its article as in force on a day. No guess."""
        key = search_key(text)
        if not key:
            return OffenceMatch(None)
        if key in self._codes:
            return OffenceMatch(self._codes[key])
        if key in self._labels:
            return self._one(sorted(self._labels[key], key=lambda pair: pair[0]), on)
        return self._one([(entry.code, None) for entry in self._by_article(text)], on)

    def is_dated(self, text: str) -> bool:
        """True when a text names different offences at different times, so that `find` needs the day."""
        key = search_key(text)
        if key in self._codes:
            return False
        if key in self._labels:
            return len(self._labels[key]) > 1
        return len(self._by_article(text)) > 1

    def _by_article(self, text: str) -> list[OffenceEntry]:
        match = _ARTICLE_TEXT.fullmatch(text.strip().upper())
        if match is None:
            return []
        return self._articles.get(f"{match[1]}-{match[2]}" if match[2] else match[1], [])

    def _one(self, pairs: list[tuple[str, bool | None]], on: date | None) -> OffenceMatch:
        if len(pairs) > 1:
            # The same article or label under two names in time: the one in force on the day, else the last.
            alive = [pair for pair in pairs if on is not None and self._entries[pair[0]].in_force(on)]
            pairs = alive or self._latest(pairs)
        if len(pairs) == 1:
            return OffenceMatch(*pairs[0])
        return OffenceMatch(None, candidates=tuple(code for code, _ in pairs))

    def _latest(self, pairs: list[tuple[str, bool | None]]) -> list[tuple[str, bool | None]]:
        current = [pair for pair in pairs if self._entries[pair[0]].valid_to is None]
        return current or pairs

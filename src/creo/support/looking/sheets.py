"""The sensitive sheets: chapters declare theirs, `site/wiring.py SHEETS` lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from creo.kernel.access import Access
from creo.support.accounts.permissions import Permission


@dataclass(frozen=True, slots=True)
class Sheet:
    """Part of a file that opens for a purpose alone: its class, who may, the words for people, the ledger's act."""

    name: str
    access: Access
    permission: Permission
    words: Any
    act: str


def sheets() -> dict[str, Sheet]:
    """Every sheet by name. ValueError when two chapters use one name."""
    declared = [sheet for path in import_string(settings.CREO_SHEETS) for sheet in import_string(path)]
    found = {sheet.name: sheet for sheet in declared}
    if len(found) != len(declared):
        raise ValueError("Dos hojas llevan el mismo nombre.")
    return found


def sheet_named(name: str) -> Sheet:
    """One sheet. KeyError for a name that nobody declared: a fault of ours."""
    return sheets()[name]


def sheet_words(name: str) -> str:
    """A sheet for people; the file itself when the look was at no sheet; its own name when it is gone."""
    found = sheets().get(name)
    return str(found.words) if found is not None else name

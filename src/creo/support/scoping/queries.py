"""The reference for the data protection officer: every table and field with its class and its way to a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from creo.kernel.access import Access
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.scoping.declaring import Actor, Nobody, way_words
from creo.support.scoping.registry import Declared, declared

PERSONAL = (Access.CONFIDENTIAL, Access.HEALTH, Access.ASSESSMENT, Access.LEGAL)


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field: its table, its class ("" when nobody gave one) and its table's way to a place."""

    slice: str
    table: str
    about: str
    field: str
    access: str
    way: str
    walled: bool


def field_lines(reader: Reader, *, access: str = "", slice_: str = "") -> list[FieldLine]:
    """Every field of ours, narrowed to a class or a slice. Forbidden without the permission. No query."""
    reader.require(Permission.VIEW_LEDGER)
    lines = (line for each in declared() for line in _lines(each))
    return [line for line in lines if access in ("", line.access) and slice_ in ("", line.slice)]


def slices() -> list[str]:
    """The slices that have tables, in their order."""
    return list(dict.fromkeys(each.app.label for each in declared()))


def _lines(each: Declared) -> Iterator[FieldLine]:
    table = each.table
    ways = table.ways if table else ()
    about = (each.model.__doc__ or "").strip().splitlines()[0]
    way = "; ".join(way_words(way) for way in ways)
    walled = bool(table and table.walled) and not any(isinstance(way, Actor | Nobody) for way in ways)
    for field in each.fields:
        access = table.classes.get(field) if table else None
        yield FieldLine(
            each.app.label,
            each.model._meta.object_name or "",
            about,
            field,
            access.value if access else "",
            way,
            walled,
        )

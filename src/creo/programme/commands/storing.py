"""Writes the document of a version together with its rows, so that they never tell different things."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from creo.programme import rules
from creo.programme.models import Contradiction, DesignItem, DesignVersion, SourceFact
from creo.support.bulk import insert_rows

# Kinds with a table of their own, and alternative readings, which are changes and not content.
_APART = frozenset({"contradiction", "fact", "variant"})
_TEXTS = frozenset(
    {"code", "title", "label", "printed", "treated", "lines", "cites", "contradictions", "origin", "note"}
)
_FIELDS = (
    "version_id",
    "kind",
    "code",
    "parent",
    "position",
    "title",
    "label",
    "printed",
    "treated",
    "origin",
    "lines",
    "cites",
    "contradictions",
    "note",
    "data",
)


def store(version: DesignVersion, design: rules.Design) -> None:
    """Puts a design in a version: its document, its digest and its rows, in place of those it had."""
    version.document = design.document()
    version.digest = design.digest
    version.save(update_fields=["document", "digest"])
    for table in (DesignItem, Contradiction, SourceFact):
        table.objects.filter(version=version).delete()
    insert_rows(DesignItem, _FIELDS, _items(version.pk, design))
    insert_rows(
        Contradiction,
        ("version_id", "code", "position", "severity", "lines", "statement", "treatment", "applies_to"),
        (
            (version.pk, c.code, n, c.severity.value, list(c.lines), c.statement, c.treatment, list(c.applies_to))
            for n, c in enumerate(design.contradictions)
        ),
    )
    insert_rows(
        SourceFact,
        ("version_id", "code", "position", "lines", "text", "represented_by", "unbound_reason"),
        (
            (version.pk, f.code, n, list(f.lines), f.text, list(f.represented_by), f.unbound_reason)
            for n, f in enumerate(design.facts)
        ),
    )


def _items(version_id: int, design: rules.Design) -> Iterator[tuple[Any, ...]]:
    for position, entry in enumerate(design.entries()):
        if entry.kind in _APART:
            continue
        item = entry.item
        yield (
            version_id,
            entry.kind,
            entry.code,
            entry.parent,
            position,
            design.fill(item.title),
            item.label,
            item.printed,
            design.fill(item.treated),
            item.origin.value,
            list(item.lines),
            [cite.model_dump() for cite in item.cites],
            list(design.treatments.get(entry.ref, ())),
            item.note,
            _particulars(item),
        )


def _particulars(item: rules.Item) -> dict[str, Any]:
    """What is particular to the kind, without the parts that have their own row nor the layout of tables."""
    data: dict[str, Any] = item.model_dump(mode="json", exclude=set(_TEXTS))
    return {
        name: value
        for name, value in data.items()
        if not (
            isinstance(value, list) and value and isinstance(value[0], dict) and {"printed", "cells"} & value[0].keys()
        )
    }

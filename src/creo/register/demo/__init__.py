"""The demonstration of the register, step by step: the nation first, then what lives on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from creo.register.demo import duplicates, files, imports, law, movements, names, population, quality
from creo.register.demo.context import DemoContext

# Each step runs after the nation is loaded, and answers what it made under its name.
STEPS: tuple[tuple[str, Callable[[DemoContext], dict[str, Any]]], ...] = (
    ("movements", movements.load),
    ("law", law.load),
    ("duplicates", duplicates.load),
    ("names", names.load),
    ("files", files.load),
    ("imports", imports.load),
    ("quality", quality.load),  # last: it looks at what the others made
)


def load(context: DemoContext) -> dict[str, Any]:
    """Loads catalogue and population into an empty register, then every step; Refused over people already there."""
    report = population.load(context)
    for name, step in STEPS:
        report[name] = step(context)
    return report

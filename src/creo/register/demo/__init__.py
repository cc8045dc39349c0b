"""The demonstration of the register, step by step: the nation first, then what lives on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from creo.register.demo import (
    control,
    duplicates,
    figures,
    files,
    imports,
    law,
    looks,
    movements,
    names,
    population,
    quality,
)
from creo.register.demo.context import DemoContext

# Each step runs after the nation is loaded, and answers what it made under its name.
STEPS: tuple[tuple[str, Callable[[DemoContext], dict[str, Any]]], ...] = (
    ("movements", movements.load),
    ("law", law.load),
    ("duplicates", duplicates.load),
    ("names", names.load),
    ("files", files.load),
    ("imports", imports.load),
    ("looks", looks.load),
    ("figures", figures.load),
    ("quality", quality.load),  # it looks at what the others made
    ("control", control.load),  # last: it proposes over what the board found
)


def load(context: DemoContext) -> dict[str, Any]:
    """Loads catalogue and population into an empty register, then every step; Refused over people already there."""
    report = population.load(context)
    for name, step in STEPS:
        report[name] = step(context)
    return report

"""Reads the colour tokens out of creo.css and computes their contrast: the sheet is the only place they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SHEET = Path(__file__).parent / "static" / "ui" / "creo.css"
THEMES = {
    "light": r":root\s*\{([^}]*)\}",
    "dark": r'\[data-bs-theme="dark"\]\s*\{([^}]*)\}',
    "dark-system": r"prefers-color-scheme:\s*dark\)\s*\{\s*:root:not\(\[data-bs-theme\]\)\s*\{([^}]*)\}",
}
# text on background (4.5) and sign, edge or bar on background (3), as WCAG 2.2 asks in 1.4.3 and 1.4.11
TEXT_PAIRS = (
    *((text, ground) for text in ("ink", "ink-2", "link") for ground in ("paper", "ground", "brand-2")),
    *((state, f"{state}-2") for state in ("yes", "no", "unknown", "info")),
    *((state, "paper") for state in ("yes", "no", "unknown", "info")),
    *(("ink", f"{state}-2") for state in ("yes", "no", "unknown", "info")),
    *(("ink-2", f"{state}-2") for state in ("yes", "no", "unknown", "info")),
    ("on-brand", "brand"), ("on-brand", "brand-hover"), ("on-danger", "danger"), ("brand-text", "paper"),
    ("brand-text", "brand-2"), ("on-header", "header"), ("on-header", "header-2"), ("ink", "raised"),
)  # fmt: skip
SHAPE_PAIRS = (
    *((shape, "paper") for shape in ("edge", "focus", "chart-unknown")),
    *((f"chart-{order}", "paper") for order in range(1, 6)),
    ("edge", "ground"), ("focus", "ground"), ("focus-header", "header"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contrast:
    """A pair of tokens, its ratio and the least it may have."""

    front: str
    back: str
    ratio: float
    least: float

    @property
    def enough(self) -> bool:
        """True when the pair meets AA."""
        return self.ratio >= self.least


@cache
def palette(theme: str = "light") -> dict[str, str]:
    """Token name -> "#rrggbb" of "light", "dark" or "dark-system". Raises ValueError if the block is missing."""
    found = re.search(THEMES[theme], SHEET.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"creo.css no define el tema [{theme}].")
    return {name: value.lower() for name, value in re.findall(r"--c-([a-z0-9-]+):\s*(#[0-9a-fA-F]{6})", found[1])}


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" as WCAG defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(front: str, back: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(front), luminance(back)))
    return (high + 0.05) / (low + 0.05)


def contrasts(theme: str = "light") -> list[Contrast]:
    """Every pair that pages really use, with its ratio. Raises KeyError if a token is missing."""
    colours = palette(theme)
    pairs = [(front, back, 4.5) for front, back in TEXT_PAIRS] + [(front, back, 3.0) for front, back in SHAPE_PAIRS]
    return [Contrast(f, b, ratio(colours[f], colours[b]), least) for f, b, least in pairs]

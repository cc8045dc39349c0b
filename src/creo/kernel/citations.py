"""Where a rule, a text or a number comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

PROGRAMME = "programa"


def join_numbers(lines: Iterable[int]) -> str:
    """Line numbers for people: runs are folded, Spanish "y" before the last. `[30, 31, 32, 40]` -> "30-32 y 40"."""
    runs: list[list[int]] = []
    for line in sorted(set(lines)):
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    parts = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " y " + parts[-1]


@dataclass(frozen=True, slots=True)
class Citation:
    """A source (instrument, report, programme document), the place inside it and, for the programme, its lines."""

    source: str
    locator: str = ""
    lines: tuple[int, ...] = ()
    note: str = ""

    def label(self) -> str:
        """One line in Spanish: "Programa, líneas 30 y 270", "Código Penal, art. 298"."""
        name = "Programa" if self.source == PROGRAMME else self.source
        parts = [name]
        if self.locator:
            parts.append(self.locator)
        if self.lines:
            single = len(set(self.lines)) == 1
            parts.append(f"{'línea' if single else 'líneas'} {join_numbers(self.lines)}")
        return ", ".join(parts)

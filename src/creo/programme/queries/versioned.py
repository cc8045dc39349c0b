"""Which acts make a design version another one than somebody read."""

from __future__ import annotations

from creo.support.versions import Record


def record_of(programme: str, number: int) -> Record:
    """A version of a programme's design, as its forms show it."""
    return Record("design", f"{programme}/{number}", "programme.")

"""Which acts make a facility another one than somebody read."""

from __future__ import annotations

from creo.support.versions import Record


def record_of(code: str) -> Record:
    """A facility as its forms show it."""
    return Record("facility", code, "territory.")


def pavilion_of(facility: str, code: str) -> Record:
    """A pavilion of a facility as its forms show it."""
    return Record("pavilion", f"{facility}/{code}", "territory.")

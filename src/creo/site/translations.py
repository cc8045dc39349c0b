"""Compiles the translation catalogues with Babel: the .mo files are made, never committed."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def compile_catalogues(folders: list[Path] | None = None) -> int:
    """Compiles every .po that is newer than its .mo and returns how many."""
    made = 0
    for folder in folders or settings.LOCALE_PATHS:
        for source in Path(folder).glob("*/LC_MESSAGES/django.po"):
            target = source.with_suffix(".mo")
            if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
                _compile(source, target)
                made += 1
    return made


def _compile(source: Path, target: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name)
    with target.open("wb") as file:
        write_mo(file, catalogue)

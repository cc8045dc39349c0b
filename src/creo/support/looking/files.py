"""What looking asks of whoever keeps the files. People belong to a chapter: settings name its functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from creo.support.accounts.readers import Reader


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file found by its exact code or document number; `inside` the reader's own scope; `place` may be empty."""

    code: str
    place: str
    inside: bool


def find_file(reader: Reader, text: str) -> FoundFile | None:
    """The one file that a text names exactly, anywhere in the country; None when there is none or more than one."""
    found: FoundFile | None = import_string(settings.CREO_FILE_FINDER)(reader, text)
    return found


def file_surnames(codes: Collection[str]) -> Mapping[str, tuple[str, str]]:
    """Code -> both surnames now, of files that exist. One query for the whole collection."""
    found: Mapping[str, tuple[str, str]] = import_string(settings.CREO_FILE_SURNAMES)(codes)
    return found

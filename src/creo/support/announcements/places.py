"""Where a reader may decide, and who it is about. Prisons and people belong to chapters: settings name their tables."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.utils.module_loading import import_string

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import NATION, Reader

FACILITY = "facility"


def place_codes(reader: Reader) -> frozenset[str] | None:
    """Codes of the prisons in the reader's scope; None for the nation. No query but for a regional office."""
    if reader.national:
        return None
    if all(scope.kind in (NATION, FACILITY) for scope in reader.scopes):
        return frozenset(scope.code for scope in reader.scopes)
    return frozenset(place_names(reader))


def place_names(reader: Reader) -> dict[str, str]:
    """Code -> name of the places in the reader's scope, by name. One query."""
    found = import_string(settings.CREO_PLACES)(reader)
    return dict(sorted(((place.code, place.name) for place in found), key=lambda pair: pair[1]))


def people_names(reader: Reader, codes: Collection[str]) -> dict[str, str]:
    """Code -> name of the people in the reader's scope now; nobody's without the permission. Two queries at most."""
    if not codes or not reader.can(Permission.VIEW_PEOPLE):
        return {}
    return dict(import_string(settings.CREO_PEOPLE_NAMES)(reader, codes))

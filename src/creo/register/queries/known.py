"""What an import must know of the register: whose document or reference is already here, and their episodes.

Recognising somebody reaches the whole nation, whatever the reader's places: a second record of the same person would
make them primary again. Only keys and dates leave here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from creo.register import rules
from creo.register.models import Custody, Identity, PersonReference
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader

CHUNK = 900  # what one IN list holds on every database
FEW = 20_000  # above it the whole table is read once


def known_documents(reader: Reader, numbers: Collection[str]) -> list[tuple[str, str, str, int, date | None]]:
    """Present documents among some numbers: kind, number, nationality, person key and birth date."""
    reader.require(Permission.IMPORT_REGISTER)
    kinds = [rules.DocumentKind.DNI.value, rules.DocumentKind.FOREIGN.value]
    rows = Identity.objects.filter(valid_to=None, document_kind__in=kinds).order_by()
    fields = ("document_kind", "document_number", "nationality", "person_id", "birth_date")
    return [row for part in _parts(rows, "document_number", numbers) for row in part.values_list(*fields)]


def known_references(reader: Reader, source: str, references: Collection[str]) -> list[tuple[str, int]]:
    """References of a source that are already here, each with its person's key."""
    reader.require(Permission.IMPORT_REGISTER)
    rows = PersonReference.objects.filter(source=source).order_by()
    owner = Coalesce("person__merged_into_id", "person_id")
    return [row for part in _parts(rows, "reference", references) for row in part.values_list("reference", owner)]


def known_episodes(reader: Reader, person_ids: Collection[int]) -> list[tuple[int, date, date | None]]:
    """Episodes of some people: person key, admission and release."""
    reader.require(Permission.IMPORT_REGISTER)
    rows = Custody.objects.order_by()
    parts = _parts(rows, "person_id", person_ids)
    return [row for part in parts for row in part.values_list("person_id", "admitted_on", "released_on")]


def _parts(rows: QuerySet[Any], field: str, keys: Collection[Any]) -> Iterator[QuerySet[Any]]:
    """The rows with some of the keys, in lists the database takes; with very many keys, all the rows."""
    if len(keys) > FEW:
        yield rows
        return
    listed: Sequence[Any] = sorted(keys)
    for start in range(0, len(listed), CHUNK):
        yield rows.filter(**{f"{field}__in": listed[start : start + CHUNK]})

"""Writes down, beside the ledger's entries and in their transaction, to which reactions each must be delivered."""

from __future__ import annotations

from collections.abc import Iterable

from creo.support.announcements.models import Delivery
from creo.support.announcements.news import Wiring
from creo.support.ledger.models import Entry


def post(entries: Iterable[Entry], table: Wiring) -> None:
    """One delivery for each entry and each reaction to its act. Entries have their keys already."""
    Delivery.objects.bulk_create(
        Delivery(
            entry_id=entry.pk,
            reaction=path,
            act=entry.act,
            subject_kind=entry.subject_kind,
            subject_code=entry.subject_code,
            place=entry.place,
            announced_at=entry.at,
            next_try_at=entry.at,
        )
        for entry in entries
        for path in table.get(entry.act, ())
    )

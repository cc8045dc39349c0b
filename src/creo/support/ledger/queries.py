"""Reads of the ledger, newest first, by keyset."""

from __future__ import annotations

from collections.abc import Sequence

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger.models import Entry


def entries(
    reader: Reader,
    *,
    act: str = "",
    subject_code: str = "",
    before_id: int | None = None,
    limit: int = 50,
) -> Sequence[Entry]:
    """Entries for whoever may read the ledger, newest first; `act` is a prefix. Forbidden otherwise."""
    reader.require(Permission.VIEW_LEDGER)
    rows = Entry.objects.order_by("-id")
    if act:
        rows = rows.filter(act__startswith=act)
    if subject_code:
        rows = rows.filter(subject_code=subject_code)
    if before_id is not None:
        rows = rows.filter(id__lt=before_id)
    return list(rows[:limit])


def history(subject: tuple[str, str], *, limit: int = 50) -> Sequence[Entry]:
    """The acts on one subject, newest first; the caller has checked that its reader may see the subject."""
    kind, code = subject
    return list(Entry.objects.filter(subject_kind=kind, subject_code=code).order_by("-id")[:limit])

"""The offence catalogue: loaded from its file, corrected in place, never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from creo.register import rules
from creo.register.models import Offence
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger

_FIELDS = (
    "law", "article", "title", "family", "modality", "attempt_allowed", "valid_from", "valid_to",
    "aliases", "attempt_aliases", "predecessor", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CatalogueReport:
    """What a load changed, by offence code."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    kept: int


@ledger.command(permission=Permission.IMPORT_REGISTER)
def load_offences(*, by: Reader, entries: Sequence[rules.OffenceEntry] | None = None) -> CatalogueReport:
    """Brings the catalogue to what its file says (`entries`: another file's). Twice changes nothing the second time.

    An offence that left the file stays: people's episodes point to it.
    """
    present = {row.code: row for row in Offence.objects.all()}
    added: list[str] = []
    changed: list[str] = []
    for entry in rules.catalogue() if entries is None else entries:
        values = {name: _stored(getattr(entry, name)) for name in _FIELDS}
        row = present.get(entry.code)
        if row is None:
            Offence.objects.create(code=entry.code, **values)
            added.append(entry.code)
        elif any(getattr(row, name) != value for name, value in values.items()):
            Offence.objects.filter(pk=row.pk).update(**values)
            changed.append(entry.code)
    if not added and not changed:
        ledger.nothing_to_do("catalogue already up to date")
    else:
        ledger.record(
            act="register.offences_loaded",
            subject=("catalogue", "offences"),
            after={"added": added, "changed": changed},
        )
    return CatalogueReport(tuple(added), tuple(changed), len(present) - len(changed))


def _stored(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value

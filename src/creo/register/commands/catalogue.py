"""The offence catalogue: loaded from its file, changed by people as dated acts, never deleted.

What people changed stays: a later load of the file leaves those fields alone (`Offence.edited`) and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.common import Refusals, check_reason
from creo.register.models import Offence, OffenceFamilyPeriod
from creo.register.queries.versions import offence_record
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, NotFound
from creo.support.ui import formats
from creo.support.versions import confirm

_FIELDS = (
    "law", "article", "title", "family", "modality", "attempt_allowed", "valid_from", "valid_to",
    "aliases", "attempt_aliases", "predecessor", "source",
)  # fmt: skip
SUBJECT = "offence"


@dataclass(frozen=True, slots=True)
class CatalogueReport:
    """What a load changed, by offence code; `edited` differ from the file because people changed them."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    kept: int
    edited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OffenceValues:
    """An entry as somebody writes it; an empty family is not mapped yet."""

    code: str
    law: str
    article: str
    title: str
    attempt_allowed: bool
    source: str
    family: str = ""
    modality: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    predecessor: str = ""


@ledger.command(permission=Permission.IMPORT_REGISTER)
def load_offences(*, by: Reader, entries: Sequence[rules.OffenceEntry] | None = None) -> CatalogueReport:
    """Brings the catalogue to what its file says (`entries`: another file's). Twice changes nothing the second time.

    An offence that left the file stays: people's episodes point to it. Fields that people changed stay as they are.
    """
    present = {row.code: row for row in Offence.objects.all()}
    added: list[str] = []
    changed: list[str] = []
    edited: list[str] = []
    for entry in rules.catalogue() if entries is None else entries:
        values = {name: _stored(getattr(entry, name)) for name in _FIELDS}
        row = present.get(entry.code)
        if row is None:
            Offence.objects.create(code=entry.code, **values)
            added.append(entry.code)
            continue
        different = {name: value for name, value in values.items() if getattr(row, name) != value}
        wanted = {name: value for name, value in different.items() if name not in row.edited}
        if wanted and not _ends_before_it_starts(row, wanted):
            Offence.objects.filter(pk=row.pk).update(**wanted)
            changed.append(entry.code)
        if len(wanted) < len(different):
            edited.append(entry.code)
    if not added and not changed:
        ledger.nothing_to_do("catalogue already up to date")
    else:
        ledger.record(
            act="register.offences_loaded",
            subject=("catalogue", "offences"),
            after={"added": added, "changed": changed},
        )
    return CatalogueReport(tuple(added), tuple(changed), len(present) - len(changed), tuple(edited))


@ledger.command(permission=Permission.MANAGE_CATALOGUE)
def add_catalogue_offence(*, by: Reader, offence: OffenceValues, reason: str) -> str:
    """Adds an entry that the file does not have, and returns its code."""
    _require_nation(by)
    refusals = Refusals()
    check_reason(refusals, reason)
    code = offence.code.strip().upper()
    if not code or not all(letter.isalnum() or letter in "-." for letter in code):
        refusals.add(_("El código lleva letras, números y guiones: CP-189, L-30096-8."), "code")
    elif Offence.objects.filter(code=code).exists():
        refusals.add(_("El delito [%(code)s] ya está en el catálogo.") % {"code": code}, "code")
    for name, words in (
        ("law", _("Indique la ley.")),
        ("article", _("Indique el artículo.")),
        ("title", _("Indique la denominación.")),
        ("source", _("Indique la fuente: la norma y su publicación.")),
    ):
        if not getattr(offence, name).strip():
            refusals.add(words, name)
    _check_family(refusals, offence.family)
    _check_validity(refusals, offence.valid_from, offence.valid_to)
    if offence.predecessor and not Offence.objects.filter(code=offence.predecessor).exists():
        refusals.add(_("El delito [%(code)s] no está en el catálogo.") % {"code": offence.predecessor}, "predecessor")
    refusals.raise_if_any()
    values = {name: _trimmed(getattr(offence, name)) for name in _FIELDS if hasattr(offence, name)}
    # Should the file bring this code one day, what somebody wrote here stays.
    Offence.objects.create(code=code, edited=sorted(values), **values)
    _record("register.offence_added", code, reason, {}, {name: _plain(value) for name, value in values.items()})
    return code


@ledger.command(permission=Permission.MANAGE_CATALOGUE)
def change_offence_family(
    *, by: Reader, offence_code: str, family: str, on: date | None, reason: str, today: date
) -> None:
    """Maps an offence to another family since a day; without one the former was a mistake and never ruled.

    The mapping of a past day stays what it was (C-11).
    """
    _require_nation(by)
    row = _offence(offence_code)
    if row.family == family:
        ledger.nothing_to_do("la familia ya era esa")
        return
    refusals = Refusals()
    check_reason(refusals, reason)
    if not family:
        refusals.add(_("Elija una familia."), "family")
    _check_family(refusals, family)
    if on is not None and on > today:
        refusals.add(_("La fecha es posterior al día de hoy."), "on")
    since = row.family_since
    if on is not None and since is not None and on < since:
        refusals.add(
            _("La familia registrada rige desde el %(day)s: la nueva no puede empezar antes.")
            % {"day": formats.day(since)},
            "on",
        )
    refusals.raise_if_any()
    before = {"family": row.family, "since": since.isoformat() if since else None}
    if row.family and on is not None:
        OffenceFamilyPeriod.objects.create(offence=row, family=row.family, valid_from=since, valid_to=on, reason=reason)
    row.family, row.family_since = family, on if on is not None else since
    _save(row, ["family"], extra=["family_since"])
    after = {"family": family, "since": row.family_since.isoformat() if row.family_since else None}
    _record("register.offence_family_changed", row.code, reason, before, after)


@ledger.command(permission=Permission.MANAGE_CATALOGUE)
def change_offence_aliases(
    *, by: Reader, offence_code: str, aliases: Sequence[str], attempt_aliases: Sequence[str], reason: str
) -> None:
    """Sets the other titles of an offence, and those that say attempt. Refused when another offence has one of them."""
    _require_nation(by)
    row = _offence(offence_code)
    wanted = {"aliases": _unique(aliases), "attempt_aliases": _unique(attempt_aliases)}
    before = {"aliases": row.aliases, "attempt_aliases": row.attempt_aliases}
    if wanted == before:
        ledger.nothing_to_do("los títulos ya eran esos")
        return
    refusals = Refusals()
    check_reason(refusals, reason)
    for name, words in wanted.items():
        for text in words:
            if not rules.search_key(text):
                refusals.add(_("Un título no tiene ninguna letra."), name)
            if len(text) > 200:
                refusals.add(_("Un título lleva a lo más 200 letras."), name)
    both = {rules.search_key(text) for text in wanted["aliases"]} & {
        rules.search_key(text) for text in wanted["attempt_aliases"]
    }
    if both:
        refusals.add(_("Un mismo título no puede decir tentativa y no decirla."), "attempt_aliases")
    if wanted["attempt_aliases"] and not row.attempt_allowed:
        refusals.add(_("«%(title)s» no admite tentativa.") % {"title": row.title}, "attempt_aliases")
    _check_titles_free(refusals, row, wanted)
    refusals.raise_if_any()
    row.aliases, row.attempt_aliases = wanted["aliases"], wanted["attempt_aliases"]
    _save(row, [name for name in wanted if wanted[name] != before[name]])
    _record("register.offence_aliases_changed", row.code, reason, before, wanted)


@ledger.command(permission=Permission.MANAGE_CATALOGUE)
def change_offence_validity(
    *, by: Reader, offence_code: str, valid_from: date | None, valid_to: date | None, reason: str
) -> None:
    """Sets since when an offence exists and from which day it no longer does; retired, it is never deleted."""
    _require_nation(by)
    row = _offence(offence_code)
    if (row.valid_from, row.valid_to) == (valid_from, valid_to):
        ledger.nothing_to_do("la vigencia ya era esa")
        return
    refusals = Refusals()
    check_reason(refusals, reason)
    _check_validity(refusals, valid_from, valid_to)
    refusals.raise_if_any()
    before = {"valid_from": _plain(row.valid_from), "valid_to": _plain(row.valid_to)}
    row.valid_from, row.valid_to = valid_from, valid_to
    _save(row, ["valid_from", "valid_to"])
    after = {"valid_from": _plain(valid_from), "valid_to": _plain(valid_to)}
    _record("register.offence_validity_changed", row.code, reason, before, after)


def _require_nation(by: Reader) -> None:
    """Forbidden for who sees part of the country: the catalogue rules in all of it."""
    if not by.national:
        raise Forbidden(_("El catálogo rige en todo el país: lo cambia quien tiene ámbito nacional."))


def _offence(code: str) -> Offence:
    row = Offence.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise NotFound
    confirm(offence_record(row.code))
    return row


def _save(row: Offence, fields: list[str], extra: Sequence[str] = ()) -> None:
    """Writes some fields and remembers that people changed them."""
    row.edited = sorted({*row.edited, *fields})
    row.save(update_fields=[*fields, *extra, "edited"])


def _record(act: str, code: str, reason: str, before: Mapping[str, object], after: Mapping[str, object]) -> None:
    ledger.record(act=act, subject=(SUBJECT, code), reason=reason, before=dict(before), after=dict(after))


def _check_family(refusals: Refusals, family: str) -> None:
    if family and family not in rules.family_titles():
        refusals.add(_("La familia [%(value)s] no está en la lista.") % {"value": family}, "family")


def _check_validity(refusals: Refusals, valid_from: date | None, valid_to: date | None) -> None:
    if valid_from is not None and valid_to is not None and valid_to <= valid_from:
        refusals.add(_("La vigencia termina antes de empezar."), "valid_to")


def _check_titles_free(refusals: Refusals, row: Offence, wanted: Mapping[str, Sequence[str]]) -> None:
    """Refuses a new title that an offence in force at the same time has: a text of a file would name two.

    Titles that the entry already had are left alone: the same words may have named several offences over time.
    """
    had = {rules.search_key(text) for text in (*row.aliases, *row.attempt_aliases)}
    keys = {rules.search_key(text): name for name, words in wanted.items() for text in words}
    for other in Offence.objects.exclude(pk=row.pk):
        titles = {rules.search_key(text) for text in (other.title, *other.aliases, *other.attempt_aliases)}
        for key in sorted((titles & set(keys)) - had):
            if _at_once(row, other):
                message = _("Ese título ya es de [%(code)s]: %(title)s.") % {"code": other.code, "title": other.title}
                refusals.add(message, keys[key])


def _at_once(one: Offence, other: Offence) -> bool:
    """True when some day holds both offences."""
    starts = max(one.valid_from or date.min, other.valid_from or date.min)
    return starts < min(one.valid_to or date.max, other.valid_to or date.max)


def _ends_before_it_starts(row: Offence, wanted: Mapping[str, object]) -> bool:
    """True when what the file says of one day and what people said of the other cannot both hold."""
    starts, ends = wanted.get("valid_from", row.valid_from), wanted.get("valid_to", row.valid_to)
    return isinstance(starts, date) and isinstance(ends, date) and ends <= starts


def _unique(texts: Sequence[str]) -> list[str]:
    found: dict[str, str] = {}
    for text in texts:
        if text.strip():
            found.setdefault(rules.search_key(text), text.strip())
    return list(found.values())


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _stored(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value

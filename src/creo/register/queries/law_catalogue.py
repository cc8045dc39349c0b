"""The offence catalogue as people work on it: found, filtered, as it mapped offences on a day, with its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from creo.register import rules
from creo.register.models import CustodyOffence, Offence, OffenceFamilyPeriod
from creo.register.queries.law_facts import article_order
from creo.register.queries.scope import held_in
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import queries as ledger
from creo.support.ledger.models import Entry
from creo.support.refusals import NotFound
from creo.territory import queries as territory

IN_FORCE, RETIRED, UNMAPPED, EDITED = "in_force", "retired", "unmapped", "edited"
SUBJECT = "offence"


@dataclass(frozen=True, slots=True)
class CatalogueFilters:
    """What is looked for. `as_of` is the day on which validity and family are read; "" of a list is everything."""

    as_of: date
    text: str = ""
    family: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """An offence as it stood on a day; `family` is empty when it was not mapped."""

    code: str
    law: str
    article: str
    title: str
    family: str
    modality: str
    attempt_allowed: bool
    valid_from: date | None
    valid_to: date | None
    aliases: tuple[str, ...]
    attempt_aliases: tuple[str, ...]
    predecessor: str
    source: str
    edited: tuple[str, ...]
    in_force: bool

    @property
    def label(self) -> str:
        """ "art. 189 · Robo agravado"."""
        return rules.offence_label(self.law, self.article, self.title)


@dataclass(frozen=True, slots=True)
class FamilyPeriod:
    """A family of an offence with its days; the present one has no end and no reason here."""

    family: str
    valid_from: date | None
    valid_to: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that people changed and the file says otherwise."""

    field: str
    ours: object
    file: object


@dataclass(frozen=True, slots=True)
class OffenceSheet:
    """One entry with everything around it: families over time, acts on it, what the file says, and how many have it."""

    entry: CatalogueEntry
    families: tuple[FamilyPeriod, ...]
    successors: tuple[tuple[str, str], ...]
    history: tuple[Entry, ...]
    differences: tuple[Difference, ...]
    in_file: bool
    held: int | None
    held_main: int | None


def offence_entries() -> tuple[rules.OffenceEntry, ...]:
    """The catalogue as it is now, for those who read files: what people changed and added counts."""
    return tuple(
        rules.OffenceEntry(
            code=row.code,
            law=row.law,
            article=row.article,
            title=row.title,
            family=row.family,
            modality=row.modality,
            attempt_allowed=row.attempt_allowed,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            aliases=tuple(row.aliases),
            attempt_aliases=tuple(row.attempt_aliases),
            predecessor=row.predecessor,
            source=row.source,
        )
        for row in Offence.objects.order_by("id")
    )


def catalogue(reader: Reader, filters: CatalogueFilters) -> tuple[CatalogueEntry, ...]:
    """The entries that fit, by article, the Penal Code first. Some hundred rows at most; two queries."""
    reader.require(Permission.VIEW_PROGRAMME)
    periods = OffenceFamilyPeriod.objects.filter(_covers(filters.as_of))
    passed = dict(periods.values_list("offence_id", "family"))
    rows = [_entry(row, filters.as_of, passed.get(row.pk, row.family)) for row in Offence.objects.all()]
    kept = [row for row in rows if _fits(row, filters)]
    return tuple(
        sorted(kept, key=lambda row: (row.law != rules.PENAL_CODE, row.law, article_order(row.article), row.code))
    )


def offence_sheet(reader: Reader, code: str, as_of: date) -> OffenceSheet:
    """One entry with its history. NotFound for a code that is not there. Six queries.

    How many people have it today is counted in the reader's scope, and only for who may see people.
    """
    reader.require(Permission.VIEW_PROGRAMME)
    row = Offence.objects.filter(code=code).first()
    if row is None:
        raise NotFound
    passed = OffenceFamilyPeriod.objects.filter(offence=row).order_by("-valid_to", "-id")
    periods = [FamilyPeriod(item.family, item.valid_from, item.valid_to, item.reason) for item in passed]
    if row.family:
        periods.insert(0, FamilyPeriod(row.family, row.family_since, None, ""))
    held, main = _people(reader, row) if reader.can(Permission.VIEW_PEOPLE) else (None, None)
    file = next((entry for entry in rules.catalogue() if entry.code == code), None)
    return OffenceSheet(
        entry=_entry(row, as_of, row.family),
        families=tuple(periods),
        successors=tuple(Offence.objects.filter(predecessor=code).order_by("code").values_list("code", "title")),
        history=tuple(ledger.history((SUBJECT, code))),
        differences=_differences(row, file),
        in_file=file is not None,
        held=held,
        held_main=main,
    )


def _people(reader: Reader, row: Offence) -> tuple[int, int]:
    """How many people held in the reader's scope have the offence, and how many as the main one."""
    allowed = territory.facility_ids(reader)
    rows = CustodyOffence.objects.filter(held_in(allowed, "custody__"), offence=row, valid_to=None)
    found = rows.filter(custody__released_on=None).aggregate(held=Count("id"), main=Count("id", filter=Q(is_main=True)))
    return found["held"], found["main"]


def _covers(as_of: date) -> Q:
    return Q(valid_to__gt=as_of) & (Q(valid_from=None) | Q(valid_from__lte=as_of))


def _entry(row: Offence, as_of: date, family: str) -> CatalogueEntry:
    return CatalogueEntry(
        code=row.code,
        law=row.law,
        article=row.article,
        title=row.title,
        family=family,
        modality=row.modality,
        attempt_allowed=row.attempt_allowed,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        aliases=tuple(row.aliases),
        attempt_aliases=tuple(row.attempt_aliases),
        predecessor=row.predecessor,
        source=row.source,
        edited=tuple(row.edited),
        in_force=(row.valid_from is None or row.valid_from <= as_of) and (row.valid_to is None or as_of < row.valid_to),
    )


def _fits(row: CatalogueEntry, filters: CatalogueFilters) -> bool:
    if filters.family and row.family != filters.family:
        return False
    wanted = {
        "": True,
        IN_FORCE: row.in_force,
        RETIRED: row.valid_to is not None and row.valid_to <= filters.as_of,
        UNMAPPED: not row.family,
        EDITED: bool(row.edited),
    }
    if not wanted[filters.state]:
        return False
    words = rules.search_key(filters.text).split()
    texts = (row.code, row.law, row.article, row.title, row.modality, *row.aliases, *row.attempt_aliases)
    # Word by word from its beginning, as the list of people is searched.
    known = rules.search_key(" ".join(texts)).split()
    return all(any(piece.startswith(word) for piece in known) for word in words)


def _differences(row: Offence, file: rules.OffenceEntry | None) -> tuple[Difference, ...]:
    if file is None:
        return ()
    found = []
    for name in row.edited:
        theirs = getattr(file, name)
        theirs = list(theirs) if isinstance(theirs, tuple) else theirs
        if getattr(row, name) != theirs:
            found.append(Difference(name, getattr(row, name), theirs))
    return tuple(found)

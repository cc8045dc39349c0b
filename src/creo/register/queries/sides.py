"""Both records of a pair side by side: what a person needs to see to say whether they are one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, FilteredRelation, Q, QuerySet

from creo.register import rules
from creo.register.models import Custody, Document, Identity, PersonReference
from creo.register.queries.comparing import other_names
from creo.register.queries.duplicates import PairRow, Side, pair_in_scope, pair_row
from creo.register.queries.files import IdentityRow
from creo.register.queries.scope import held_among
from creo.support.accounts.readers import Reader
from creo.territory import queries as territory


@dataclass(frozen=True, slots=True)
class EpisodeLine:
    """An episode in one line; the offence is the main one's title, empty where none is recorded."""

    admitted_on: date
    released_on: date | None
    facility_name: str
    offence: str


@dataclass(frozen=True, slots=True)
class SideFile:
    """One of the two records. `identity` is the present one, or the last of a record that was merged."""

    code: str
    merged_into: str
    died_on: date | None
    identity: IdentityRow
    other_names: tuple[str, ...]
    episodes: tuple[EpisodeLine, ...]
    references: tuple[tuple[str, str], ...]
    documents: int
    visible: bool
    """True when the reader may open the whole file."""


@dataclass(frozen=True, slots=True)
class PairFile:
    """A pair with both its records, in its order."""

    pair: PairRow
    first: SideFile
    second: SideFile


def pair_file(reader: Reader, pair_id: int) -> PairFile:
    """Both records of a pair. NotFound outside the scope. Eight queries at most.

    Whoever holds one of the two sees of the other what it takes to compare them, and no more: not their file.
    """
    row = pair_in_scope(reader, pair_id)
    keys = (row.first_id, row.second_id)
    files = _files(keys, territory.facility_ids(reader))
    sides = {key: _side(file) for key, file in files.items()}
    return PairFile(pair_row(row, sides), files[keys[0]], files[keys[1]])


def _side(file: SideFile) -> Side:
    held = next((row.facility_name for row in file.episodes if row.released_on is None), "")
    who = file.identity
    return Side(file.code, who.name, who.birth_date, who.document_kind, who.document_number, who.confirmed, held)


def _files(keys: Collection[int], allowed: Collection[int] | None) -> dict[int, SideFile]:
    names = _names(keys)
    custodies: dict[int, list[Custody]] = {}
    for custody in _custodies(keys):
        custodies.setdefault(custody.person_id, []).append(custody)
    references: dict[int, list[tuple[str, str]]] = {key: [] for key in keys}
    for person_id, source, text in PersonReference.objects.filter(person_id__in=keys).values_list(
        "person_id", "source", "reference"
    ):
        references[person_id].append((source, text))
    counted = Document.objects.filter(person_id__in=keys, withdrawn_on=None).values("person_id")
    documents = dict(counted.annotate(number=Count("pk")).values_list("person_id", "number"))
    found: dict[int, SideFile] = {}
    identities = Identity.objects.filter(person_id__in=keys).select_related("person", "person__merged_into")
    for row in identities.order_by(F("valid_to").asc(nulls_last=True), "valid_from", "pk"):
        into, mine = row.person.merged_into, custodies.get(row.person_id, [])
        found[row.person_id] = SideFile(
            code=row.person.code,
            merged_into=into.code if into else "",
            died_on=row.person.died_on,
            identity=_identity(row),
            other_names=tuple(names.get(row.person_id, ())),
            episodes=tuple(_line(item) for item in mine),
            references=tuple(sorted(references[row.person_id])),
            documents=documents.get(row.person_id, 0),
            visible=into is None and held_among(mine, allowed),
        )
    return found


def _identity(row: Identity) -> IdentityRow:
    return IdentityRow(**{name: getattr(row, name) for name in IdentityRow.__dataclass_fields__})


def _names(keys: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for person_id, text in other_names(keys):
        if text and text not in found.setdefault(person_id, []):
            found[person_id].append(text)
    return found


def _custodies(keys: Collection[int]) -> QuerySet[Custody]:
    """The episodes of some people, newest first, each with the title of its main offence; none that was annulled."""
    return (
        Custody.objects.filter(person_id__in=keys)
        .exclude(release_kind=rules.ReleaseKind.ANNULLED)
        .annotate(main=FilteredRelation("offences", condition=Q(offences__is_main=True)))
        .annotate(main_title=F("main__offence__title"))
        .select_related("facility")
        .order_by("-admitted_on", "-pk")
    )


def _line(row: Custody) -> EpisodeLine:
    title: str | None = row.main_title  # type: ignore[attr-defined]  # annotated in _custodies
    return EpisodeLine(row.admitted_on, row.released_on, row.facility.name if row.facility else "", title or "")

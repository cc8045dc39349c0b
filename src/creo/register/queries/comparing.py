"""What is compared of two records, and who may be whom: everybody at once for the engine, one person by query."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from creo.register import rules
from creo.register.models import Alias, Custody, Identity, NameKey, PersonReference
from creo.register.rules.matching import document_key, sounds

if TYPE_CHECKING:
    from creo.register.engine.matching import Records
    from creo.register.engine.streams import Integers

MOST_LIKELY = 5_000
"""Homonyms beyond which the quick check of one person gives up and says so."""
_YEAR = timedelta(days=367)  # what a birth date may be off by: a year (rules.matching.births_near)


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Everybody's records as the engine compares them, in the order of keys."""

    people: Integers
    records: Records

    def comparable(
        self, place: int, others: dict[int, list[str]], references: dict[int, list[Any]]
    ) -> rules.Comparable:
        """One of them as the rules compare it."""
        from creo.register.engine.matching import NO_DAY

        rows, born = self.records, int(self.records.birth[place])
        return rules.Comparable(
            given_names=rows.given_names[place],
            first_surname=rows.first_surname[place],
            second_surname=rows.second_surname[place],
            birth_date=None if born == NO_DAY else date(1970, 1, 1) + timedelta(days=born),
            sex=rows.sex[place],
            document_kind=rows.document_kind[place],
            document_number=rows.document_number[place],
            nationality=rows.nationality[place],
            confirmed=bool(rows.confirmed[place]),
            held_at=int(rows.held_at[place]),
            other_names=tuple(others.get(place, ())),
            references=tuple(references.get(place, ())),
        )


_SQL = """
SELECT i.person_id, i.given_names, i.first_surname, i.second_surname, {born}, i.sex, i.document_kind,
       i.document_number, i.nationality, CASE WHEN i.status = 'confirmed' THEN 1 ELSE 0 END,
       COALESCE(c.facility_id, 0)
  FROM register_identity i
  LEFT JOIN register_custody c ON c.person_id = i.person_id AND c.released_on IS NULL
 WHERE i.valid_to IS NULL
 ORDER BY i.person_id
"""


def compared() -> Compared:
    """The present records of the whole register. The caller answers for who may see what comes of it."""
    import numpy as np

    from creo.register.engine.matching import NO_DAY, Records

    born = (
        f"COALESCE(i.birth_date - DATE '1970-01-01', {NO_DAY})"
        if connection.vendor == "postgresql"
        else f"COALESCE(CAST(julianday(i.birth_date) - 2440587.5 AS INTEGER), {NO_DAY})"
    )
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(born=born))
        rows = cursor.fetchall()
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(11)]
    people = np.array(columns[0], dtype=np.int64)
    place = {person: number for number, person in enumerate(columns[0])}
    records = Records(
        given_names=columns[1],
        first_surname=columns[2],
        second_surname=columns[3],
        birth=np.array(columns[4], dtype=np.int64),
        sex=columns[5],
        document_kind=columns[6],
        document_number=columns[7],
        nationality=columns[8],
        confirmed=np.array(columns[9], dtype=bool),
        held_at=np.array(columns[10], dtype=np.int64),
        other_names=[(place[person], text) for person, text in other_names() if person in place],
        references=[(place[person], source, text) for person, source, text in _references() if person in place],
    )
    return Compared(people, records)


def other_names(people: Collection[int] | None = None) -> Iterator[tuple[int, str]]:
    """Aliases in use and earlier names of some people (all of them without), the names of merged records as well."""
    names = ("first_surname", "second_surname", "given_names")
    earlier = (
        Identity.objects.exclude(valid_to=None)
        .annotate(owner=Coalesce("person__merged_into_id", "person_id"))
        .order_by("pk")
    )
    aliases = (
        Alias.objects.filter(valid_to=None).exclude(first_surname="").annotate(owner=F("person_id")).order_by("pk")
    )
    for rows in (earlier, aliases):
        some: QuerySet[Any] = rows if people is None else rows.filter(owner__in=people)
        for owner, *words in some.values_list("owner", *names):
            yield owner, " ".join(filter(None, words))


def _references(people: Collection[int] | None = None) -> Iterator[tuple[int, str, str]]:
    rows = PersonReference.objects.order_by("pk")
    some = rows if people is None else rows.filter(person_id__in=people)
    yield from some.values_list("person_id", "source", "reference").iterator(chunk_size=5_000)


def comparables(people: Collection[int]) -> dict[int, rules.Comparable]:
    """The present records of some people as the rules compare them. Four queries."""
    others, references = _grouped(other_names(people)), _grouped((row[0], row[1:]) for row in _references(people))
    held = dict(Custody.objects.filter(person_id__in=people, released_on=None).values_list("person_id", "facility_id"))
    return {
        row.person_id: rules.Comparable(
            given_names=row.given_names,
            first_surname=row.first_surname,
            second_surname=row.second_surname,
            birth_date=row.birth_date,
            sex=row.sex,
            document_kind=row.document_kind,
            document_number=row.document_number,
            nationality=row.nationality,
            confirmed=row.status == rules.IdentityStatus.CONFIRMED,
            held_at=held.get(row.person_id) or 0,
            other_names=tuple(others.get(row.person_id, ())),
            references=tuple(references.get(row.person_id, ())),
        )
        for row in Identity.objects.filter(person_id__in=people, valid_to=None)
    }


def _grouped[Item](pairs: Iterable[tuple[int, Item]]) -> dict[int, list[Item]]:
    groups: dict[int, list[Item]] = {}
    for key, item in pairs:
        groups.setdefault(key, []).append(item)
    return groups


def evidence(one: rules.Comparable, other: rules.Comparable) -> str:
    """A digest of what was compared of two records; where they are held is no evidence of who they are."""
    sides = [_evidence(record) for record in (one, other)]
    return hashlib.sha256(json.dumps(sides, sort_keys=True, default=str).encode()).hexdigest()


def _evidence(record: rules.Comparable) -> list[Any]:
    bare = replace(record, held_at=0, other_names=(), references=())
    values = [getattr(bare, name) for name in rules.Comparable.__dataclass_fields__]
    return [*values, sorted(record.other_names), sorted(map(list, record.references))]


def likely_duplicates(person_id: int) -> list[int] | None:
    """People who may meet a clause with somebody, found by query alone; None when the homonyms are too many.

    By document, by reference, or by two sounds of the name and a birth date that is unknown or a year away at most:
    farther dates weigh a pair of homonyms out of the list.
    """
    mine = comparables([person_id]).get(person_id)
    if mine is None:
        return []
    others = Identity.objects.filter(valid_to=None).exclude(person_id=person_id)
    found: set[int] = set()
    if document_key(mine):
        same = others.filter(document_number=mine.document_number)
        found |= set(same.values_list("person_id", flat=True))
    if mine.references:
        texts = [text for _source, text in mine.references]
        rows = PersonReference.objects.filter(reference__in=texts).exclude(person_id=person_id)
        found |= set(rows.values_list("person_id", flat=True))
    heard = set(sounds(" ".join((mine.first_surname, mine.second_surname, mine.given_names, *mine.other_names))))
    shared = (
        NameKey.objects.filter(sound__in=heard)
        .values("person_id")
        .annotate(words=Count("sound", distinct=True))
        .filter(words__gte=2)
        .values("person_id")
    )
    alike = others.filter(person_id__in=shared)
    if mine.birth_date is not None:
        between = Q(birth_date__range=(mine.birth_date - _YEAR, mine.birth_date + _YEAR))
        alike = alike.filter(between | Q(birth_date=None))
    homonyms = list(alike.values_list("person_id", flat=True)[: MOST_LIKELY + 1])
    return None if len(homonyms) > MOST_LIKELY else sorted(found | set(homonyms))

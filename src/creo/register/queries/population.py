"""Everybody in custody on a day, as columns of facts: what a national run of the criteria reads in one go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from creo.kernel.columns import UNKNOWN_DAY, CategoryColumn, Column, DateColumn, coded, date_days
from creo.register import rules
from creo.register.models import Custody, Movement, Offence
from creo.register.queries.law_facts import as_of_day, families_on, law_columns
from creo.register.queries.scope import held_in
from creo.support.accounts.readers import Reader
from creo.support.refusals import Forbidden
from creo.territory import queries as territory

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class PopulationColumns:
    """One row a person held on the day, by person key. `columns` has every published fact, of one length.

    `facility_ids` is 0 where the record does not say the place.
    """

    as_of: date
    person_ids: NDArray[np.int64]
    facility_ids: NDArray[np.int64]
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.person_ids)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The person codes, made when somebody wants to read them."""
        return tuple(map(rules.person_code, self.person_ids.tolist()))

    def digest(self) -> str:
        """SHA-256 of everything a run looks at: equal facts of equal people give an equal digest."""
        found = sha256(self.as_of.isoformat().encode())
        found.update(self.person_ids.tobytes())
        for name in sorted(self.columns):
            column = self.columns[name]
            found.update(name.encode())
            if isinstance(column, DateColumn):
                found.update(column.days.tobytes())
            else:
                found.update(repr(column.values).encode())
                found.update(column.codes.tobytes())
        return found.hexdigest()


def population_columns(reader: Reader, as_of: date, facility_codes: Collection[str] | None = None) -> PopulationColumns:
    """Everybody held on `as_of` in the reader's scope (all of it, or some of its facilities), by person key.

    Admissions are counted in the database from episodes begun by that day; places, offences, legal status and what
    courts decided are those of that day. What is known now speaks for a past day only where no history says otherwise.
    Forbidden for a facility outside the scope.
    """
    import numpy as np

    names = facility_codes_of(reader)
    wanted = _wanted(reader, names, facility_codes)
    moved = _moved_since(as_of)
    rows = _read(as_of, wanted)
    values: dict[str, Sequence[Any]] = dict(
        zip(_FIELDS, zip(*rows, strict=True) if rows else [()] * len(_FIELDS), strict=True)
    )
    values = as_of_day(values, as_of)
    places = np.asarray(values["facility"], dtype=np.int64)
    if moved:
        custodies = np.asarray(values["custody"], dtype=np.int64)
        for index in np.flatnonzero(np.isin(custodies, list(moved))).tolist():
            places[index] = moved[int(custodies[index])]
    keep = slice(None) if wanted is None else np.flatnonzero(np.isin(places, list(wanted)))
    return _columns(as_of, values, places, names, keep)


def facility_codes_of(reader: Reader) -> dict[int, str]:
    """Keys and codes of the places that hold people, in the reader's scope. Two queries."""
    return {ref.id: ref.code for kind in ("prison", "reception") for ref in territory.facility_refs(reader, kind=kind)}


def _wanted(reader: Reader, names: Mapping[int, str], codes: Collection[str] | None) -> frozenset[int] | None:
    """Keys of the facilities to read; None for everybody, also those without a recorded place."""
    if codes is None:
        return territory.facility_ids(reader)
    outside = sorted(set(codes) - set(names.values()))
    if outside:
        raise Forbidden(_("Fuera de su ámbito, o no existe: %(codes)s.") % {"codes": ", ".join(outside)})
    return frozenset(key for key, code in names.items() if code in set(codes))


def _moved_since(as_of: date) -> dict[int, int]:
    """Episodes moved after the day, with the place they were at on it (0 where not recorded)."""
    rows = (
        Movement.objects.filter(kind=rules.MovementKind.TRANSFER.value, on__gt=as_of, annulled=False)
        .order_by("custody_id", "-sequence")
        .values_list("custody_id", "from_facility_id")
    )
    # The last row of each episode is its first transfer after the day.
    return {custody: origin or 0 for custody, origin in rows}


_FIELDS = (
    "person", "custody", "facility", "admissions", "anonymous", "confirmed", "born", "sex", "nationality",
    "offence", "attempt", "legal_status", "organised_crime", "extreme_security",
)  # fmt: skip

# Every value is a small number but the nationality: the driver hands numbers over fastest, and -1 is unknown.
# In the order of persons: neighbours in one table are neighbours in the others.
_SQL = """
SELECT c.person_id, c.id, COALESCE(c.facility_id, 0),
       (SELECT COUNT(*) FROM register_custody e
         WHERE e.person_id = c.person_id AND e.admitted_on <= %(as_of)s AND e.release_kind <> 'annulled' {counted}),
       CASE WHEN i.given_names = '' AND i.first_surname = '' AND i.second_surname = '' AND i.document_number = ''
            THEN 1 ELSE 0 END,
       CASE WHEN i.status = 'confirmed' THEN 0 ELSE -1 END,
       {born},
       CASE i.sex WHEN 'female' THEN 0 WHEN 'male' THEN 1 ELSE -1 END,
       i.nationality,
       COALESCE(o.offence_id, 0),
       {attempt},
       CASE c.legal_status WHEN 'sentenced' THEN 0 WHEN 'unsentenced' THEN 1 ELSE -1 END,
       {organised_crime},
       {extreme_security}
  FROM register_custody c
  JOIN register_identity i ON i.person_id = c.person_id AND i.valid_to IS NULL
  LEFT JOIN register_custodyoffence o ON o.custody_id = c.id AND o.is_main AND o.valid_to IS NULL
 WHERE c.admitted_on <= %(as_of)s AND (c.released_on IS NULL OR c.released_on > %(as_of)s) {places}
 ORDER BY c.person_id
"""
_PLACES = """AND (c.facility_id IN ({keys}) OR c.id IN (
       SELECT m.custody_id FROM register_movement m
        WHERE m.kind = 'transfer' AND m."on" > %(as_of)s AND NOT m.annulled AND m.from_facility_id IN ({keys})))"""
_TRUTH = "CASE WHEN {0} IS NULL THEN -1 WHEN {0} THEN 1 ELSE 0 END"


def _read(as_of: date, facilities: Collection[int] | None) -> list[tuple[Any, ...]]:
    """The rows of the SQL above; of some facilities, those there now or moved away since the day."""
    if facilities is not None and not facilities:
        return []
    places = _PLACES.format(keys=", ".join(str(int(key)) for key in facilities)) if facilities is not None else ""
    uncounted = ", ".join(f"'{kind.value}'" for kind in sorted(rules.parameters().uncounted_entries_on(as_of)))
    counted = f"AND e.entry_kind NOT IN ({uncounted})" if uncounted else ""
    statement = _SQL.format(
        counted=counted,
        places=places,
        born=_day_number("i.birth_date"),
        attempt=_TRUTH.format("o.attempt"),
        organised_crime=_TRUTH.format("c.organised_crime"),
        extreme_security=_TRUTH.format("c.extreme_security"),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"as_of": as_of})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _day_number(column: str) -> str:
    """SQL for days since 1970-01-01, UNKNOWN_DAY where there is no date."""
    if connection.vendor == "postgresql":
        return f"COALESCE({column} - DATE '1970-01-01', {UNKNOWN_DAY})"
    return f"COALESCE(CAST(julianday({column}) - 2440587.5 AS INTEGER), {UNKNOWN_DAY})"


def _columns(
    as_of: date, values: Mapping[str, Sequence[Any]], places: NDArray[np.int64], names: Mapping[int, str], keep: Any
) -> PopulationColumns:
    """The columns of everybody kept; category values are sorted, so that equal facts give equal columns."""
    import numpy as np

    people = np.asarray(values["person"], dtype=np.int64)[keep]

    def numbers(name: str) -> NDArray[np.int64]:
        return np.asarray(values[name], dtype=np.int64)[keep]

    def listed(name: str, words: tuple[Any, ...]) -> CategoryColumn:
        return coded(numbers(name), words)

    admissions = np.where(numbers("anonymous") == 1, -1, numbers("admissions"))
    articles = {
        key: rules.fact_article(law, article)
        for key, law, article in Offence.objects.values_list("id", "law", "article")
    }
    columns: dict[str, Column] = {
        "admission_count": _looked_up(
            admissions, {count: count for count in range(int(admissions.max(initial=0)) + 1)}
        ),
        "identity_confirmed": listed("confirmed", (True,)),
        "birth_date": date_days(numbers("born")),
        "sex": listed("sex", ("female", "male")),
        "nationality": _texts(np.asarray(values["nationality"], dtype=object)[keep]),
        "main_article": _looked_up(numbers("offence"), articles),
        "main_family": _looked_up(numbers("offence"), families_on(as_of)),
        "attempt": listed("attempt", (False, True)),
        "legal_status": listed("legal_status", ("sentenced", "unsentenced")),
        "facility": _looked_up(places[keep], names),
        "organised_crime": listed("organised_crime", (False, True)),
        "extreme_security": listed("extreme_security", (False, True)),
        **law_columns(values, as_of, keep),
    }
    return PopulationColumns(as_of, people, places[keep], columns)


def _looked_up(keys: NDArray[np.int64], words: Mapping[int, Any]) -> CategoryColumn:
    """A column from keys, each with its word; a key without a word is unknown. Only words in use are listed."""
    import numpy as np

    used, where = np.unique(keys, return_inverse=True)
    known = sorted({words[key] for key in used.tolist() if key in words})
    place = {word: index for index, word in enumerate(known)}
    table = np.array([place[words[key]] if key in words else -1 for key in used.tolist()], dtype=np.int16)
    return coded(table[where] if len(used) else np.zeros(0, dtype=np.int16), known)


def _texts(texts: NDArray[Any]) -> CategoryColumn:
    """A column from texts; an empty one is unknown."""
    import numpy as np

    known = sorted(set(texts.tolist()) - {""})
    place = {word: index for index, word in enumerate(known)} | {"": -1}
    return coded(np.fromiter((place[text] for text in texts.tolist()), np.int16, len(texts)), known)


@dataclass(frozen=True, slots=True)
class PopulationCounts:
    """How many are held on a day. Facility "" and sex or status "" count what is not recorded."""

    as_of: date
    total: int
    by_facility: Mapping[str, int]
    by_sex: Mapping[str, int]
    by_legal_status: Mapping[str, int]
    without_birth_date: int
    unconfirmed: int


def counts(reader: Reader, as_of: date) -> PopulationCounts:
    """The people held on a day in the reader's scope, for boards: by present place, sex and legal status."""
    allowed = territory.facility_ids(reader)
    held = Custody.objects.filter(admitted_on__lte=as_of).filter(Q(released_on=None) | Q(released_on__gt=as_of))
    rows = (
        held.filter(held_in(allowed), person__identities__valid_to=None)
        .values_list("facility__code", "person__identities__sex", "legal_status")
        .annotate(
            people=Count("id"),
            undated=Count("id", filter=Q(person__identities__birth_date=None)),
            unconfirmed=Count("id", filter=Q(person__identities__status=rules.IdentityStatus.PROVISIONAL.value)),
        )
    )
    found = list(rows)
    return PopulationCounts(
        as_of=as_of,
        total=sum(row[3] for row in found),
        by_facility=_summed((row[0] or "", row[3]) for row in found),
        by_sex=_summed((row[1], row[3]) for row in found),
        by_legal_status=_summed((row[2], row[3]) for row in found),
        without_birth_date=sum(row[4] for row in found),
        unconfirmed=sum(row[5] for row in found),
    )


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for key, number in pairs:
        totals[key] = totals.get(key, 0) + number
    return dict(sorted(totals.items()))

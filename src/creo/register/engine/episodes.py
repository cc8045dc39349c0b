"""Present and past custody of everybody in one list, with its prisons, legal status and hearings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from creo.register.engine.days import NO_DATE, Days, day_numbers, days_between, no_dates, span
from creo.register.engine.defects import Flaws
from creo.register.engine.held import Held
from creo.register.engine.names import Texts
from creo.register.engine.quotas import SENTENCED
from creo.register.engine.streams import Flags, Floats, Integers, Streams
from creo.register.engine.tables import Tables
from creo.register.engine.timeline import (
    ACQUITTAL,
    COMPLETED,
    CONDITIONAL,
    OTHER,
    RELEASE_KINDS,
    RESTRICTED,
    SEMI_LIBERTY,
    Past,
    Released,
)

SAME_PRISON, SAME_REGION_WEIGHT = 0.6, 6.0
LEGAL_STATUSES = np.array(["unsentenced", "sentenced", ""], dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class Episodes:
    """Every custody, sorted by owner and admission. `owner` is a place in the list held + released + duplicates."""

    owner: Integers
    held: Integers
    """Row of `Held` for an open custody, -1 for a closed one."""
    profile: Integers
    prison: Integers
    admitted: Days
    released: Days
    release_kind: Integers
    """Place in RELEASE_KINDS, -1 while open."""

    def __len__(self) -> int:
        return len(self.owner)

    @property
    def open(self) -> Flags:
        """True where the custody is still open."""
        return self.held >= 0


def gather(
    tables: Tables, held: Held, admitted_now: Days, before: Past, released: Released, flaws: Flaws, streams: Streams
) -> Episodes:
    """Joins present, earlier and released episodes; the first episode of a duplicate goes to their other record."""
    people = len(held) + len(released)
    owner = before.owner.copy()
    first = np.searchsorted(before.owner, flaws.duplicates, side="left")
    owner[first] = people + np.arange(len(flaws.duplicates))
    female = np.concatenate((held.female[before.owner], released.female[released.past.owner]))
    stream = streams("past prisons")
    home = np.concatenate((held.prison[before.owner], _homes(tables, released, streams)[released.past.owner]))
    past_prison = np.where(
        stream.chance(SAME_PRISON, len(home)),
        home,
        stream.choose_by_row(affinity(tables), place_row(tables, home, female)),
    )
    columns = {
        "owner": np.concatenate((np.arange(len(held)), owner, released.past.owner + len(held))),
        "held": np.concatenate((np.arange(len(held)), np.full(len(home), -1))),
        "profile": np.concatenate((held.profile, before.profile, released.past.profile)),
        "prison": np.concatenate((held.prison, past_prison)),
        "admitted": np.concatenate((admitted_now, before.admitted, released.past.admitted)),
        "released": np.concatenate((no_dates(len(held)), before.released, released.past.released)),
        "release_kind": np.concatenate((np.full(len(held), -1), before.release_kind, released.past.release_kind)),
    }
    order = np.lexsort((day_numbers(columns["admitted"]), columns["owner"]))
    return Episodes(**{name: column[order] for name, column in columns.items()})


def _homes(tables: Tables, released: Released, streams: Streams) -> Integers:
    """The usual prison of each released person, in proportion to who is held there today."""
    weights = _room(tables)
    return streams("homes").choose_by_row(weights, released.female.astype(np.int64))


def _room(tables: Tables) -> Floats:
    """People held by sex (men, women) and prison; special prisons take nobody by chance."""
    special = {place.name for place in tables.places}
    counts = np.array([prison.counts for prison in tables.prisons], dtype=np.float64)
    counts[[prison.name in special for prison in tables.prisons]] = 0.0
    return np.array([counts[:, 0] + counts[:, 2], counts[:, 1] + counts[:, 3]])


def affinity(tables: Tables) -> Floats:
    """Weights of another prison, for men's rows and then women's: by size, six times likelier in the same region."""
    region = np.array([prison.regional_office for prison in tables.prisons])
    near = np.where(region[:, None] == region[None, :], SAME_REGION_WEIGHT, 1.0)
    np.fill_diagonal(near, 0.0)
    room = _room(tables)
    return np.concatenate((near * room[0], near * room[1]))


def place_row(tables: Tables, prison: Integers, female: Flags) -> Integers:
    """The row of `affinity` for somebody in a prison."""
    return prison + len(tables.prisons) * female.astype(np.int64)


def legal_status(episodes: Episodes, held: Held, as_of: date, streams: Streams) -> tuple[Texts, Days]:
    """Status and since when: today's for open custodies; for closed ones, what the way of release implies."""
    stream = streams("legal status")
    size = len(episodes)
    # Old closed files: one in a hundred of the other releases lost its status.
    other = np.where(stream.chance(0.01, size), 2, np.where(stream.chance(0.3, size), SENTENCED, 0))
    by_kind = {COMPLETED: 1, SEMI_LIBERTY: 1, CONDITIONAL: 1, ACQUITTAL: 0, RESTRICTED: 0}
    closed = np.array([by_kind.get(kind, -1) for kind in range(len(RELEASE_KINDS))])[episodes.release_kind]
    status = np.where(episodes.release_kind == OTHER, other, closed)
    status = np.where(episodes.open, held.status[np.maximum(episodes.held, 0)], status)
    end = np.where(episodes.open, np.datetime64(as_of), episodes.released)
    length = days_between(episodes.admitted, end)
    wait = np.minimum(stream.exponential(270.0, size), 0.7 * length).astype(np.int64)
    since = episodes.admitted + span(np.where(status == SENTENCED, wait, 0))
    return np.asarray(LEGAL_STATUSES[status]), np.where(status == 2, NO_DATE, since)


def hearings(episodes: Episodes, held: Held, flaws: Flaws, as_of: date, streams: Streams) -> Days:
    """Next hearing of two in five people on trial, and of everybody whose main offence is missing; on weekdays."""
    stream = streams("hearings")
    size = len(episodes)
    on_trial = episodes.open & (held.status[np.maximum(episodes.held, 0)] != SENTENCED)
    has = (on_trial & stream.chance(0.4, size)) | np.isin(episodes.held, flaws.missing_main_offence)
    days = np.datetime64(as_of) + span(stream.between(1, 150, size))
    weekday = (day_numbers(days) + 3) % 7  # 1 January 1970 was a Thursday; 0 is Monday.
    days = days + span(np.where(weekday >= 5, 7 - weekday, 0))
    return np.where(has, days, NO_DATE)


def links(tables: Tables, episodes: Episodes, held: Held, flaws: Flaws, streams: Streams) -> tuple[Texts, Texts]:
    """Organised crime and extreme security of each custody: True, False, or None where the flaw says so."""
    stream = streams("organised crime")
    size = len(episodes)
    share = np.array([profile.organised for profile in tables.profiles])[episodes.profile]
    extreme_share = np.array([profile.extreme for profile in tables.profiles])[episodes.profile]
    minor = episodes.open & (held.band[np.maximum(episodes.held, 0)] == 0)
    special = np.isin(episodes.prison, [_prison_index(tables, "CEREC - Base Naval")])
    organised = (stream.chance(share, size) & ~minor) | special
    extreme = (organised & episodes.open & stream.chance(extreme_share, size)) | special
    answers = (organised.astype(object), extreme.astype(object))
    answers[0][np.isin(episodes.held, flaws.unknown_organised_crime)] = None
    answers[1][np.isin(episodes.held, flaws.unknown_extreme_security)] = None
    return answers


def _prison_index(tables: Tables, name: str) -> int:
    return next(index for index, prison in enumerate(tables.prisons) if prison.name == name)

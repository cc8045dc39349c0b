"""The rows that hang from a custody: its movements between prisons and its offences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from creo.register.engine.columns import CustodyOffences, Movements
from creo.register.engine.days import Days, days_between, span
from creo.register.engine.defects import Flaws
from creo.register.engine.episodes import Episodes, affinity, place_row
from creo.register.engine.streams import Flags, Integers, Streams
from creo.register.engine.tables import Tables

TRANSFER_SHARE, SECOND_TRANSFER_SHARE = 0.06, 0.08
LEAST_DAYS_FOR_TRANSFER = 20
OLD_ATTEMPT_UNKNOWN = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Movements as numbers: custody row, sequence, place of the kind in KINDS, day, prisons (-1 none)."""

    custody: Integers
    sequence: Integers
    kind: Integers
    on: Days
    origin: Integers
    target: Integers


KINDS = np.array(["admission", "transfer", "release"], dtype=object)
ADMISSION, TRANSFER, RELEASE = range(3)


def steps(tables: Tables, episodes: Episodes, female: Flags, as_of: date, streams: Streams) -> Steps:
    """Admission, transfers and release of each custody; the last prison is the custody's own."""
    stream = streams("transfers")
    end = np.where(episodes.open, np.datetime64(as_of), episodes.released)
    days = days_between(episodes.admitted, end)
    able = days >= LEAST_DAYS_FOR_TRANSFER
    share = TRANSFER_SHARE * len(episodes) / max(1, int(able.sum()))
    moved = np.flatnonzero(able & stream.chance(share, len(episodes)))
    again = moved[stream.chance(SECOND_TRANSFER_SHARE, len(moved))]
    near = affinity(tables)
    # Told backwards: where the person was before the present prison, and before that.
    before = np.full(len(episodes), -1)
    before[moved] = stream.choose_by_row(near, place_row(tables, episodes.prison[moved], female[moved]))
    first = np.full(len(episodes), -1)
    first[again] = stream.choose_by_row(near, place_row(tables, before[again], female[again]))
    entry = np.where(first >= 0, first, np.where(before >= 0, before, episodes.prison))
    early = episodes.admitted + span(1 + np.floor(0.45 * stream.uniform(len(episodes)) * days))
    late = episodes.admitted + span(2 + np.floor((0.5 + 0.35 * stream.uniform(len(episodes))) * days))
    everyone, closed = np.arange(len(episodes)), np.flatnonzero(~episodes.open)
    none = np.full(len(episodes), -1)
    parts = [
        (everyone, np.zeros_like(everyone), ADMISSION, episodes.admitted, none, entry),
        (again, np.ones_like(again), TRANSFER, early, first, before),
        (moved, np.full_like(moved, 2), TRANSFER, late, before, episodes.prison),
        (closed, np.full_like(closed, 3), RELEASE, episodes.released, episodes.prison, none),
    ]
    custody = np.concatenate([part[0] for part in parts])
    order = np.lexsort((np.concatenate([part[1] for part in parts]), custody))
    kind = np.concatenate([np.full(len(part[0]), part[2]) for part in parts])[order]
    custody = custody[order]
    starts = np.flatnonzero(kind == ADMISSION)
    return Steps(
        custody=custody,
        sequence=np.arange(len(custody)) - starts[custody] + 1,
        kind=kind,
        on=np.concatenate([part[3][part[0]] for part in parts])[order],
        origin=np.concatenate([part[4][part[0]] for part in parts])[order],
        target=np.concatenate([part[5][part[0]] for part in parts])[order],
    )


def movements(tables: Tables, taken: Steps) -> Movements:
    """The steps with names instead of numbers."""
    names = np.array([*(prison.name for prison in tables.prisons), ""], dtype=object)
    return Movements(
        custody=taken.custody + 1,
        sequence=taken.sequence,
        kind=np.asarray(KINDS[taken.kind]),
        on=taken.on,
        from_facility=np.asarray(names[taken.origin]),
        to_facility=np.asarray(names[taken.target]),
    )


def custody_offences(tables: Tables, episodes: Episodes, flaws: Flaws, streams: Streams) -> CustodyOffences:
    """The main offence of each custody, missing where the flaw says so, and a second one for some."""
    stream = streams("second offences")
    size = len(episodes)
    codes = np.array([profile.key[0] for profile in tables.profiles], dtype=object)
    is_attempt = np.array([profile.key[1] for profile in tables.profiles])[episodes.profile]
    attempt = is_attempt.astype(object)
    attempt[~episodes.open & ~is_attempt & stream.chance(OLD_ATTEMPT_UNKNOWN, size)] = None
    main = codes[episodes.profile]
    recorded = ~np.isin(episodes.held, flaws.missing_main_offence)
    second = np.full(size, "", dtype=object)
    for pair in tables.second_offences:
        begins = np.datetime64(tables.offences[pair.second].valid_from or date.min)
        drawn = (main == pair.main) & stream.chance(pair.share, size)
        second[drawn & recorded & (second == "") & (episodes.admitted >= begins)] = pair.second
    firsts, seconds = np.flatnonzero(recorded), np.flatnonzero(second != "")
    custody = np.concatenate((firsts, seconds))
    order = np.argsort(custody, kind="stable")
    return CustodyOffences(
        custody=custody[order] + 1,
        offence=np.concatenate((main[firsts], second[seconds]))[order],
        is_main=np.concatenate((np.ones(len(firsts), dtype=bool), np.zeros(len(seconds), dtype=bool)))[order],
        attempt=np.concatenate((attempt[firsts], np.full(len(seconds), False, dtype=object)))[order],
    )

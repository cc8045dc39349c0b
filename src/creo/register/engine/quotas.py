"""How many people of each kind the nation holds: published tables as they are, joined where INPE prints no joint one.

Everything is an integer table whose margins are INPE's. At full scale the published cells come out exactly; at another
scale they are shared out again, so that a small nation has the same shape. No chance is involved here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from creo.register.engine.raking import Counts, Table, controlled_rounding, largest_remainder, rake
from creo.register.engine.tables import ADMISSIONS, BANDS, OffenceKey, Profile, Tables, parse_key

SMALLEST_SCALE, LARGEST_SCALE = 0.005, 4.0
PAST_EPISODES = 200_000
UNSENTENCED, SENTENCED = 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class Quotas:
    """Numbers of people; profiles are rows of `synthetic_offences.csv`, prisons of `inpe_2026_prisons.csv`."""

    cells: Counts
    """By profile, age band and legal status (unsentenced, sentenced)."""
    prisons: Counts
    """By prison: unsentenced men, unsentenced women, sentenced men, sentenced women."""
    admissions: Counts
    """By profile and number of admissions (1 … 7, 8 or more)."""
    foreigners: Counts
    """By prison: men, women."""
    past_episodes: int

    @property
    def people(self) -> int:
        """Everybody in custody."""
        return int(self.cells.sum())


def quotas(tables: Tables, scale: float = 1.0) -> Quotas:
    """The quotas of a nation `scale` times Peru's size. ValueError outside the scales that keep the tables' shape."""
    if not SMALLEST_SCALE <= scale <= LARGEST_SCALE:
        raise ValueError(f"The scale must lie between {SMALLEST_SCALE} and {LARGEST_SCALE}: [{scale}].")
    people = round(sum(sum(prison.counts) for prison in tables.prisons) * scale)
    by_age = _resized(np.array([row.ages for row in tables.offence_rows]), people)
    status = np.array([(row.unsentenced, row.sentenced) for row in tables.offence_rows])
    by_status = _fitted(status, by_age.sum(axis=1), largest_remainder(status.sum(axis=0), people))
    cells = _cells(tables, by_age, by_status)
    prisons = _prisons(tables, by_status.sum(axis=0))
    return Quotas(
        cells=cells,
        prisons=prisons,
        admissions=_admissions(tables, cells.sum(axis=(1, 2))),
        foreigners=_foreigners(tables, prisons, scale),
        past_episodes=round(PAST_EPISODES * scale),
    )


def _fitted(seed: NDArray[np.generic], rows: Counts, columns: Counts) -> Counts:
    return controlled_rounding(rake(seed, rows, columns))


def _resized(table: Counts, people: int) -> Counts:
    """The table with its margins shared out over another number of people."""
    rows, columns = largest_remainder(table.sum(axis=1), people), largest_remainder(table.sum(axis=0), people)
    return _fitted(table, rows, columns)


def _prisons(tables: Tables, status: Counts) -> Counts:
    published = np.array([prison.counts for prison in tables.prisons])
    totals = published.sum(axis=0)
    unsentenced = largest_remainder(totals[:2], int(status[UNSENTENCED]))
    sentenced = largest_remainder(totals[2:], int(status[SENTENCED]))
    rows = largest_remainder(published.sum(axis=1), int(status.sum()))
    return _fitted(published, rows, np.concatenate((unsentenced, sentenced)))


def _cells(tables: Tables, by_age: Counts, by_status: Counts) -> Counts:
    """People by profile, age band and status; inside one offence age and status are taken as independent."""
    printed = {row.key: index for index, row in enumerate(tables.offence_rows)}
    split_age, split_status = _remainder(tables, by_age[printed[None]], by_status[printed[None]])
    cells = np.zeros((len(tables.profiles), len(BANDS), 2), dtype=np.int64)
    split = 0
    for index, profile in enumerate(tables.profiles):
        if profile.persons is None:
            ages, status = by_age[printed[profile.key]], by_status[printed[profile.key]]
        else:
            ages, status = split_age[split], split_status[split]
            split += 1
        if ages.sum():
            cells[index] = controlled_rounding(np.outer(ages, status) / ages.sum())
    return cells


def _remainder(tables: Tables, ages: Counts, status: Counts) -> tuple[Counts, Counts]:
    """INPE's row «Otros delitos» shared out over real offences (our assumption), by age band and by status."""
    split = [profile for profile in tables.profiles if profile.persons is not None]
    rows = largest_remainder([profile.persons or 0 for profile in split], int(ages.sum()))
    seed = np.array([_age_shape(tables, profile) for profile in split])
    return _fitted(seed * rows[:, None], rows, ages), _fitted(np.outer(rows, status), rows, status)


def _age_shape(tables: Tables, profile: Profile) -> Table:
    """Shares by age band of the offence it resembles; nobody of 16-17 outside the list of Ley 32330."""
    key = parse_key(profile.age_like)
    printed = {row.key: row.ages for row in tables.offence_rows if row.key}
    counts = np.array(tables.age_shapes.get(profile.age_like) or printed[key], dtype=np.float64)
    shape = np.asarray(counts / counts.sum())
    shape[0] = max(float(shape[0]), 0.001) if profile.minors else 0.0
    return shape


def _admissions(tables: Tables, people: Counts) -> Counts:
    """People by profile and number of admissions.

    The first-admission share last published for an offence is kept; the other offences take up what is left of the
    national total. How those with more admissions divide follows the published rows, raked to the national table.
    """
    national = largest_remainder([tables.totals["admissions"][label] for label in ADMISSIONS], int(people.sum()))
    published = {row.key: np.array(row.counts, dtype=np.float64) for row in tables.admissions_rows}
    like = np.array([published[profile.admissions_like] for profile in tables.profiles])
    is_published = np.array([profile.key in published for profile in tables.profiles])
    first = _first_admissions(people, like[:, 0] / like.sum(axis=1), is_published, int(national[0]))
    more = like[:, 1:] / like[:, 1:].sum(axis=1, keepdims=True)
    rest = people - first
    return np.column_stack((first, _fitted(more * rest[:, None], rest, national[1:])))


def _first_admissions(people: Counts, share: Table, fixed: NDArray[np.bool_], total: int) -> Counts:
    """People with one admission by profile: fixed shares stay, the odds of the others move together to the total."""
    low, high = -8.0, 8.0
    odds = np.log(share / (1.0 - share))
    for _ in range(80):
        shift = (low + high) / 2
        shares = np.where(fixed, share, 1.0 / (1.0 + np.exp(-(odds + shift))))
        low, high = (shift, high) if (people * shares).sum() < total else (low, shift)
    exact = people * shares
    if abs(exact.sum() - total) > 1.0:
        raise ValueError("The published first-admission shares leave no room for the national total.")
    counts = np.floor(exact).astype(np.int64)
    order = np.argsort(np.round(counts - exact, 7), kind="stable")
    counts[order[: total - int(counts.sum())]] += 1
    return np.minimum(counts, people)


def _foreigners(tables: Tables, prisons: Counts, scale: float) -> Counts:
    """Foreigners by prison and sex: printed for five prisons, for the others in proportion to who is held there."""
    held = np.column_stack((prisons[:, 0] + prisons[:, 2], prisons[:, 1] + prisons[:, 3]))
    known = np.array([prison.foreigners is not None for prison in tables.prisons])
    printed = np.array([prison.foreigners or 0 for prison in tables.prisons])
    counts = np.zeros_like(held)
    for column, label in enumerate(("men", "women")):
        mine = known & (held[:, column] > 0) & (held[:, column] == held.sum(axis=1))
        counts[mine, column] = np.minimum(np.rint(printed[mine] * scale), held[mine, column])
        left = round(tables.totals["foreigners"][label] * scale) - int(counts[mine, column].sum())
        others = np.flatnonzero(~known)
        counts[others, column] = largest_remainder(held[others, column], left)
    return np.minimum(counts, held)


def profile_index(tables: Tables) -> dict[OffenceKey, int]:
    """The place of each offence and attempt among the profiles."""
    return {profile.key: index for index, profile in enumerate(tables.profiles)}

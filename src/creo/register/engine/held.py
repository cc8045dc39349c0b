"""The people in custody: one row each, filling the quotas of prison, offence, age, status and admissions exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from creo.kernel.periods import latest_birth_for
from creo.register.engine.days import Days, day_numbers, days_between
from creo.register.engine.quotas import SENTENCED, UNSENTENCED, Quotas
from creo.register.engine.raking import Counts
from creo.register.engine.streams import Flags, Floats, Integers, Stream, Streams, rank_within
from creo.register.engine.tables import BANDS, Tables

OLDEST = 88
MINORS_FROM = np.datetime64("2025-05-11")
"""Ley 32330, published on 10 May 2025: people of 16 and 17 are tried as adults for listed offences (CP art. 20.2)."""
MINORS_UNTIL = np.datetime64("2026-01-23")
"""The Constitutional Court struck that exception down, published on 23 January 2026: no later entry at that age."""
EARLIER_EPISODE_DAYS = 60
"""The least room an earlier episode needs, with the time outside that follows it."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Columns of the people in custody."""

    profile: Integers
    band: Integers
    status: Integers
    female: Flags
    prison: Integers
    birth: Days
    admissions: Integers
    foreign: Flags

    def __len__(self) -> int:
        return len(self.profile)


def hold(tables: Tables, quotas: Quotas, as_of: date, streams: Streams) -> Held:
    """Everybody in custody on `as_of`; the prison, offence, age and admissions tables come out as the quotas say."""
    profile, band, status = _expand(quotas, streams("held"))
    female = _women(tables, quotas, profile, status, streams("women"))
    birth = birth_dates(band, as_of, streams("births"))
    prison = _prisons(tables, quotas, profile, band, status, female, streams("prisons"))
    years = days_between(birth, np.datetime64(as_of)) / 365.25
    return Held(
        profile=profile,
        band=band,
        status=status,
        female=female,
        prison=prison,
        birth=birth,
        admissions=_admissions(quotas, profile, years, streams("admissions")),
        foreign=_foreign(quotas, prison, female, streams("foreigners")),
    )


def _expand(quotas: Quotas, stream: Stream) -> tuple[Integers, Integers, Integers]:
    """One row per person of the table of profiles, bands and status, in random order."""
    places = np.repeat(np.arange(quotas.cells.size), quotas.cells.ravel())
    profile, band, status = np.unravel_index(places[stream.order(len(places))], quotas.cells.shape)
    return profile.astype(np.int64), band.astype(np.int64), status.astype(np.int64)


def _women(tables: Tables, quotas: Quotas, profile: Integers, status: Integers, stream: Stream) -> Flags:
    """Exactly the women INPE counts in each status; which offences they have is our assumption (`women` weights)."""
    weights = np.array([entry.women for entry in tables.profiles])[profile]
    keys = stream.keys(weights, len(profile))
    women = np.array([quotas.prisons[:, 1].sum(), quotas.prisons[:, 3].sum()])
    return np.asarray(rank_within(status, keys) < women[status])


def birth_dates(band: Integers, as_of: date, stream: Stream) -> Days:
    """A birth date inside each age band on `as_of`; from 60 on, each year of age holds seven per cent fewer people."""
    days = np.array([latest_birth_for(age, as_of) for age in range(OLDEST + 2)], dtype="datetime64[D]")
    latest = day_numbers(days)
    first = np.array([int(label.rstrip("+").split("-")[0]) for label in BANDS])
    last = np.array([int(label.split("-")[1]) if "-" in label else OLDEST for label in BANDS])
    years, drawn = last[band] - first[band] + 1, stream.uniform(len(band))
    oldest_band = band == len(BANDS) - 1
    # From 60 on: inverse of a geometric distribution cut at the oldest age.
    geometric = np.log1p(-drawn * (1.0 - 0.93**years)) / np.log(0.93)
    steps = np.floor(np.where(oldest_band, geometric, drawn * years)).astype(np.int64)
    age = first[band] + np.clip(steps, 0, years - 1)
    newest, oldest = latest[age], latest[age + 1] + 1
    ceiling = np.datetime64(latest_birth_for(16, min(as_of, MINORS_UNTIL.astype(date))), "D")
    minors = band == 0
    newest = np.where(minors, np.minimum(latest[16], ceiling.astype(np.int64)), newest)
    oldest = np.where(minors, latest[18] + 1, oldest)
    # Long after 2026 nobody of 16-17 fits the short life of that law: then any of that age will do.
    newest = np.where(newest < oldest, latest[age], newest)
    return stream.between(oldest, newest, len(band)).astype("datetime64[D]")


def _prisons(
    tables: Tables,
    quotas: Quotas,
    profile: Integers,
    band: Integers,
    status: Integers,
    female: Flags,
    stream: Stream,
) -> Integers:
    """A prison for everybody: the counts by prison, sex and status are INPE's; special prisons choose first."""
    prison = np.full(len(profile), -1, dtype=np.int64)
    shuffled = stream.order(len(profile))
    names = [entry.name for entry in tables.prisons]
    codes = np.array([entry.key[0] for entry in tables.profiles])
    floor = np.array([int(label[:2]) for label in BANDS])
    for column, (state, woman) in enumerate(
        ((UNSENTENCED, False), (UNSENTENCED, True), (SENTENCED, False), (SENTENCED, True))
    ):
        waiting = shuffled[(status[shuffled] == state) & (female[shuffled] == woman)]
        room = quotas.prisons[:, column].copy()
        for place in tables.places:
            index = names.index(place.name)
            fits = (floor[band[waiting]] >= place.minimum_age) & np.isin(codes[profile[waiting]], list(place.offences))
            taken = waiting[np.argsort(~fits, kind="stable")][: room[index]]
            prison[taken] = index
            waiting, room[index] = waiting[~np.isin(waiting, taken)], 0
        prison[waiting] = np.repeat(np.arange(len(room)), room)
    return prison


def years_needed(admissions: Integers) -> Floats:
    """The youngest age, in years, at which somebody can have been admitted so many times as an adult."""
    return np.where(admissions > 1, 18.5 + 0.75 * (admissions - 1), 0.0)


def _admissions(quotas: Quotas, profile: Integers, years: Floats, stream: Stream) -> Integers:
    """Number of admissions: quotas by offence; older people are likelier to have more, the very young cannot."""
    drawn = np.ones(len(profile), dtype=np.int64)
    weights = np.clip(years, 18.0, 48.0) - 17.5
    keys = stream.keys(weights, len(profile))
    for times in range(8, 1, -1):
        wanted: Counts = quotas.admissions[:, times - 1]
        free = np.flatnonzero((drawn == 1) & (years >= years_needed(np.array(times))))
        chosen = free[rank_within(profile[free], keys[free]) < wanted[profile[free]]]
        drawn[chosen] = times
        # Where an offence has too few people old enough, others take their place: the national total stays.
        short = int(wanted.sum()) - len(chosen)
        if short:
            spare = np.flatnonzero((drawn == 1) & (years >= years_needed(np.array(times))))
            drawn[spare[np.argsort(keys[spare], kind="stable")][:short]] = times
    return drawn


def spread_eight_or_more(tables: Tables, admissions: Integers, years: Floats, stream: Stream) -> Integers:
    """The class «8 o más» as whole numbers, by the shares of January 2017 and never more than an age allows."""
    shares = tables.totals["eight_or_more"]
    exact = np.array([int(label.rstrip("+")) for label in shares])
    drawn = np.where(admissions == 8, exact[stream.choose(list(shares.values()), len(admissions))], admissions)
    fits = years >= years_needed(drawn)
    return np.where((admissions == 8) & ~fits, 8, drawn)


def _foreign(quotas: Quotas, prison: Integers, female: Flags, stream: Stream) -> Flags:
    """Exactly the foreigners each prison holds."""
    wanted = quotas.foreigners[prison, female.astype(np.int64)]
    return np.asarray(rank_within(prison * 2 + female, stream.uniform(len(prison))) < wanted)

"""A synthetic national population from a seed: everybody in custody on a day, and 200,000 past episodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from creo.register.engine.columns import Custodies, CustodyOffences, Identities, Movements, Persons
from creo.register.engine.days import days_between
from creo.register.engine.defects import Flaws, flaws
from creo.register.engine.episodes import Episodes, gather
from creo.register.engine.held import Held, hold, spread_eight_or_more
from creo.register.engine.known import known_answers, planted_codes
from creo.register.engine.people import People, people
from creo.register.engine.quotas import quotas
from creo.register.engine.records import TRANSFER, custody_offences, movements, steps
from creo.register.engine.streams import Streams
from creo.register.engine.tables import Tables, load
from creo.register.engine.timeline import admissions_now, earlier_episodes, offence_flow, released_people
from creo.register.engine.writing import custodies_table, identities_table, in_order_of_arrival
from creo.register.rules.names import person_code

FIRST_DAY = date(2026, 1, 1)
"""The tables describe January 2026; before it people of 16 and 17 would stand where the law had none."""


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """The tables to load, the flaws planted in them (person codes by kind, pairs together) and the right answers.

    `answers` gives, for each person in custody named in `defects`, what the default design says of the record as it
    stands; `merged_answers`, for people registered twice, what it says once both records are one.
    """

    seed: int
    as_of: date
    scale: float
    persons: Persons
    identities: Identities
    custodies: Custodies
    movements: Movements
    custody_offences: CustodyOffences
    defects: Mapping[str, tuple[tuple[str, ...], ...]]
    answers: Mapping[str, str]
    merged_answers: Mapping[str, str]


def population(seed: int, as_of: date, scale: float = 1.0) -> Population:
    """Builds the population of a seed, the same on every machine. ValueError for a day before 2026 or an odd scale."""
    if as_of < FIRST_DAY:
        raise ValueError(f"The tables describe January 2026; the day must be {FIRST_DAY} or later: [{as_of}].")
    tables, streams = load(), Streams(seed)
    wanted = quotas(tables, scale)
    held = hold(tables, wanted, as_of, streams)
    years = days_between(held.birth, np.datetime64(as_of)) / 365.25
    planted = flaws(held, years, streams("flaws"))
    held = _with_twins(held, planted)
    earlier = spread_eight_or_more(tables, held.admissions, years, streams("eight or more")) - 1
    earlier[planted.duplicates] += 1
    admitted = admissions_now(tables, held, earlier, as_of, streams)
    flow = offence_flow(tables, held)
    before = earlier_episodes(tables, held, earlier, admitted, flow, streams)
    left = wanted.past_episodes - len(before)
    released = released_people(tables, left, float(held.female.mean()), flow, as_of, streams)
    episodes = gather(tables, held, admitted, before, released, planted, streams)
    who = people(tables, held, released, planted, streams)
    return _written(Nation(seed, as_of, scale, tables, held, planted), episodes, who, streams)


def _with_twins(held: Held, planted: Flaws) -> Held:
    """Twins are born on the same day."""
    birth = held.birth.copy()
    birth[planted.twins[:, 1]] = birth[planted.twins[:, 0]]
    return replace(held, birth=birth)


@dataclass(frozen=True, slots=True, eq=False)
class Nation:
    """What the last step needs to know of the steps before."""

    seed: int
    as_of: date
    scale: float
    tables: Tables
    held: Held
    planted: Flaws


def _written(nation: Nation, unsorted: Episodes, who: People, streams: Streams) -> Population:
    """Numbers people in order of first admission and writes the tables with those numbers."""
    tables, held, planted = nation.tables, nation.held, nation.planted
    arrival, number, episodes = in_order_of_arrival(unsorted, len(who.sex))
    taken = steps(tables, episodes, who.female[episodes.owner], nation.as_of, streams)
    offences = custody_offences(tables, episodes, planted, streams)
    identities = identities_table(who, arrival, unsorted)
    custodies = custodies_table(tables, episodes, number, held, planted, nation.as_of, streams)
    codes = np.array([person_code(place) for place in range(1, len(arrival) + 1)], dtype=object)
    moved = np.unique(episodes.held[taken.custody[taken.kind == TRANSFER]])
    named = planted_codes(held, planted, moved[moved >= 0], codes, number)
    answers, merged = known_answers(tables, nation.as_of, named, identities, custodies, offences)
    return Population(
        seed=nation.seed,
        as_of=nation.as_of,
        scale=nation.scale,
        persons=Persons(codes),
        identities=identities,
        custodies=custodies,
        movements=movements(tables, taken),
        custody_offences=offences,
        defects=named,
        answers=answers,
        merged_answers=merged,
    )

"""The flaws put in on purpose: who has which, chosen among adults in custody so that every right answer is known.

The flaws are few enough to leave each published share where it was; counts of 16-17 and of prisons are never touched.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creo.register.engine.held import Held, years_needed
from creo.register.engine.quotas import UNSENTENCED
from creo.register.engine.streams import Floats, Integers, Stream

MISSING_BIRTH_DATE = "missing_birth_date"
MISSING_SEX = "missing_sex"
UNCONFIRMED_IDENTITY = "unconfirmed_identity"
MISSING_MAIN_OFFENCE = "missing_main_offence"
UNKNOWN_ORGANISED_CRIME = "unknown_organised_crime"
UNKNOWN_EXTREME_SECURITY = "unknown_extreme_security"
TWINS = "twins"
DUPLICATES = "duplicates"
TRANSFERS = "transfers"
MINORS = "minors"

RATES = {
    MISSING_BIRTH_DATE: 0.004,
    MISSING_SEX: 0.001,
    UNCONFIRMED_IDENTITY: 0.015,
    MISSING_MAIN_OFFENCE: 0.0045,
    UNKNOWN_ORGANISED_CRIME: 0.003,
    UNKNOWN_EXTREME_SECURITY: 0.001,
    TWINS: 0.0012,
    DUPLICATES: 0.002,
}
"""Parts of the people in custody; twins and duplicates are pairs. A missing main offence stays below half a point."""


@dataclass(frozen=True, slots=True, eq=False)
class Flaws:
    """Rows of `Held` by flaw. An identity without birth date or sex cannot be confirmed: it is unconfirmed too."""

    missing_birth_date: Integers
    missing_sex: Integers
    unconfirmed: Integers
    missing_main_offence: Integers
    unknown_organised_crime: Integers
    unknown_extreme_security: Integers
    twins: Integers
    """Pairs, one a row."""
    duplicates: Integers
    """People of whom an earlier episode is registered under another person."""


def flaws(held: Held, years: Floats, stream: Stream) -> Flaws:
    """Chooses who has which flaw; at least one of each, and nobody two unrelated ones."""
    waiting = stream.order(len(held))
    waiting = waiting[held.band[waiting] > 0]

    def take(kind: str, fits: np.ndarray[tuple[int], np.dtype[np.bool_]] | None = None, less: int = 0) -> Integers:
        nonlocal waiting
        wanted = max(1, round(RATES[kind] * len(held)) - less)
        pool = waiting if fits is None else waiting[fits[waiting]]
        chosen = pool[:wanted]
        waiting = waiting[~np.isin(waiting, chosen)]
        return chosen

    no_birth, no_sex = take(MISSING_BIRTH_DATE), take(MISSING_SEX)
    twin_pool = (held.admissions == 1) & ~held.foreign
    twins = _pairs(held, waiting[twin_pool[waiting]], max(1, round(RATES[TWINS] * len(held))))
    waiting = waiting[~np.isin(waiting, twins)]
    return Flaws(
        missing_birth_date=no_birth,
        missing_sex=no_sex,
        unconfirmed=np.concatenate((no_birth, no_sex, take(UNCONFIRMED_IDENTITY, less=len(no_birth) + len(no_sex)))),
        missing_main_offence=take(MISSING_MAIN_OFFENCE, held.status == UNSENTENCED),
        unknown_organised_crime=take(UNKNOWN_ORGANISED_CRIME),
        unknown_extreme_security=take(UNKNOWN_EXTREME_SECURITY),
        twins=twins,
        duplicates=np.sort(take(DUPLICATES, years >= years_needed(held.admissions + 1))),
    )


def _pairs(held: Held, pool: Integers, wanted: int) -> Integers:
    """Pairs of one age band and sex, so that a common birth date and similar names leave every table as it was."""
    sample = pool[: max(8 * wanted, 60)]
    group = held.band[sample] * 2 + held.female[sample]
    sample = sample[np.argsort(group, kind="stable")]
    group = held.band[sample] * 2 + held.female[sample]
    pairs: list[tuple[int, int]] = []
    place = 0
    while place + 1 < len(sample):
        if group[place] == group[place + 1]:
            pairs.append((int(sample[place]), int(sample[place + 1])))
            place += 2
        else:
            place += 1
    # Pairs come out by age band: a stride keeps all ages among those kept.
    stride = max(1, len(pairs) // wanted)
    return np.array(pairs[::stride][:wanted], dtype=np.int64).reshape(-1, 2)

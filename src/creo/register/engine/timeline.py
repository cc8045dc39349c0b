"""When people came in and left: present custody, earlier episodes that never overlap, and people already released."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from creo.register.engine.days import Days, anniversary, days_between, span
from creo.register.engine.held import EARLIER_EPISODE_DAYS, MINORS_FROM, MINORS_UNTIL, Held
from creo.register.engine.quotas import SENTENCED
from creo.register.engine.raking import largest_remainder
from creo.register.engine.streams import Flags, Floats, Integers, Stream, Streams
from creo.register.engine.tables import Tables

YEAR = 365.25
PENAL_CODE_FROM = np.datetime64("1991-04-09")
"""The Penal Code was published on 8 April 1991: no episode is older, since offences are named by its articles."""
LEAST_STAY, LEAST_GAP = 30, 15
RELEASED_WITHIN_DAYS = 16 * 365
"""Releases thin out over sixteen years, which puts some 20,000 in the last one, about INPE's pace."""
HISTORY_DAYS = 25 * 365
LONGEST_TRIAL_DAYS, USUAL_TRIAL_DAYS = 1300.0, 520.0

RELEASE_KINDS = (
    "sentence_completed", "semi_liberty", "conditional_release", "acquittal", "restricted_appearance", "other",
)  # fmt: skip
COMPLETED, SEMI_LIBERTY, CONDITIONAL, ACQUITTAL, RESTRICTED, OTHER = range(6)


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """Closed episodes, chronological within their owner (a row of the people they belong to)."""

    owner: Integers
    profile: Integers
    admitted: Days
    released: Days
    release_kind: Integers

    def __len__(self) -> int:
        return len(self.owner)


def admissions_now(tables: Tables, held: Held, earlier: Integers, as_of: date, streams: Streams) -> Days:
    """Day of admission of everybody in custody.

    Nobody enters before the age that answers before an adult court, before the offence existed, or with too little
    room for `earlier` episodes. Sentence lengths follow INPE's table exactly, longest for the gravest offences.
    """
    today = np.datetime64(as_of)
    minor = held.band == 0
    floor = np.where(minor, np.maximum(anniversary(held.birth, 16), MINORS_FROM), anniversary(held.birth, 18))
    begins = np.array(
        [tables.offences[profile.key[0]].valid_from for profile in tables.profiles], dtype="datetime64[D]"
    )[held.profile]
    floor = np.maximum(np.maximum(floor, PENAL_CODE_FROM) + span(earlier * EARLIER_EPISODE_DAYS), begins)
    newest = np.where(minor & (floor <= MINORS_UNTIL), min(today, MINORS_UNTIL), today)
    room = days_between(floor, newest)
    stream = streams("present")
    cut = 1.0 - np.exp(-LONGEST_TRIAL_DAYS / USUAL_TRIAL_DAYS)
    on_trial = -USUAL_TRIAL_DAYS * np.log1p(-cut * stream.uniform(len(held)))
    served = _sentences(tables, held, stream) * YEAR * (0.12 + 0.78 * stream.uniform(len(held)))
    days = np.floor(np.where(held.status == SENTENCED, served, on_trial)).astype(np.int64)
    days = np.where(days > room, stream.between(0, np.maximum(room, 0), len(held)), days)
    return np.asarray(newest - span(days))


def _sentences(tables: Tables, held: Held, stream: Stream) -> Integers:
    """Sentence in years: INPE's classes filled in the order of what each offence usually brings."""
    low = np.array([profile.years[0] for profile in tables.profiles])[held.profile]
    high = np.array([profile.years[1] for profile in tables.profiles])[held.profile]
    usual = low + (high - low) * stream.uniform(len(held))
    sentenced = np.flatnonzero(held.status == SENTENCED)
    classes = tables.totals["sentence_years"]
    counts = largest_remainder(list(classes.values()), len(sentenced))
    bounds = [(35, 35) if label == "life" else tuple(int(end) for end in label.split("-")) for label in classes]
    first = np.repeat([low for low, _ in bounds], counts)
    last = np.repeat([max(low, high - 1) for low, high in bounds], counts)
    years = np.zeros(len(held), dtype=np.int64)
    ordered = sentenced[np.argsort(usual[sentenced], kind="stable")]
    years[ordered] = np.maximum(stream.between(first, last, len(sentenced)), 1)
    return years


def release_kinds(tables: Tables, profile: Integers, stream: Stream) -> Integers:
    """How an episode ended, by INPE's releases of May 2013; an offence barred from benefits ends with the sentence."""
    weights = [tables.totals["release_kind"][kind] for kind in RELEASE_KINDS]
    kind = stream.choose(weights, len(profile))
    allowed = np.array([entry.benefits for entry in tables.profiles])[profile]
    benefit = (kind == SEMI_LIBERTY) | (kind == CONDITIONAL)
    return np.where(benefit & ~allowed, COMPLETED, kind)


def stay_days(tables: Tables, profile: Integers, kind: Integers, stream: Stream) -> Floats:
    """How long an episode would last: part of the sentence for those who served it, months for those on trial."""
    low = np.array([entry.years[0] for entry in tables.profiles])[profile]
    high = np.array([entry.years[1] for entry in tables.profiles])[profile]
    sentence = (low + (high - low) * stream.uniform(len(profile))) * YEAR
    fraction = np.array([0.85, 0.37, 0.55, 0.0, 0.0, 0.0])[kind]
    trial = stream.exponential(np.array([1.0, 1.0, 1.0, 380.0, 190.0, 240.0])[kind], len(profile))
    return np.asarray(LEAST_STAY + np.where(fraction > 0, fraction * sentence, trial))


def place_back(owner: Integers, end: Days, room: Integers, stay: Floats, gap: Floats) -> tuple[Days, Days]:
    """Lays episodes out backwards from `end` of each owner, the last one `gap` days before it; squeezed to fit `room`.

    `owner` is sorted; episodes of an owner are chronological. `room` must hold LEAST_STAY + LEAST_GAP days for each.
    """
    people = len(end)
    least = LEAST_STAY + LEAST_GAP
    spare_wanted = (stay - LEAST_STAY) + (gap - LEAST_GAP)
    wanted = np.bincount(owner, weights=spare_wanted, minlength=people)
    spare = room - least * np.bincount(owner, minlength=people)
    if (spare < 0).any():
        raise ValueError("Somebody has no room for so many episodes.")
    squeeze = np.minimum(1.0, np.divide(spare, wanted, out=np.ones(people), where=wanted > 0))[owner]
    inside = LEAST_STAY + np.floor((stay - LEAST_STAY) * squeeze).astype(np.int64)
    outside = LEAST_GAP + np.floor((gap - LEAST_GAP) * squeeze).astype(np.int64)
    reached = np.cumsum(inside + outside)
    last = np.searchsorted(owner, np.arange(people), side="right") - 1
    back = np.where(last >= 0, reached[last], 0)[owner] - reached + inside + outside
    admitted = end[owner] - span(back)
    return admitted, admitted + span(inside)


def earlier_episodes(
    tables: Tables, held: Held, earlier: Integers, admitted_now: Days, mix: Floats, streams: Streams
) -> Past:
    """The episodes before the present one; nearly half of them for the same offence as today."""
    stream = streams("earlier")
    owner = np.repeat(np.arange(len(held)), earlier)
    again = stream.chance(0.45, len(owner))
    profile = np.where(again, held.profile[owner], _draw_profiles(mix, held.female[owner], stream))
    kind = release_kinds(tables, profile, stream)
    room = days_between(np.maximum(anniversary(held.birth, 18), PENAL_CODE_FROM), admitted_now)
    gap = LEAST_GAP + stream.exponential(900.0, len(owner))
    admitted, released = place_back(
        owner, admitted_now, np.where(earlier > 0, room, 0), stay_days(tables, profile, kind, stream), gap
    )
    return Past(owner, _as_it_was(tables, profile, admitted), admitted, released, kind)


@dataclass(frozen=True, slots=True, eq=False)
class Released:
    """People no longer in custody, with all their episodes."""

    female: Flags
    birth: Days
    past: Past

    def __len__(self) -> int:
        return len(self.birth)


def released_people(
    tables: Tables, episodes: int, women_share: float, mix: Floats, as_of: date, streams: Streams
) -> Released:
    """People whose closed episodes add up to `episodes` exactly, by INPE's released people by number of admissions."""
    stream = streams("released")
    times = _times(tables, episodes)
    people = len(times)
    times = times[stream.order(people)]
    female = stream.chance(women_share, people)
    owner = np.repeat(np.arange(people), times)
    same = _draw_profiles(mix, female, stream)
    again = stream.chance(0.45, len(owner))
    profile = np.where(again, same[owner], _draw_profiles(mix, female[owner], stream))
    kind = release_kinds(tables, profile, stream)
    gap = LEAST_GAP + stream.exponential(700.0, len(owner))
    since = 1 + np.floor(RELEASED_WITHIN_DAYS * (1.0 - np.sqrt(1.0 - stream.uniform(people)))).astype(np.int64)
    last = np.append(owner[1:] != owner[:-1], True) if len(owner) else np.zeros(0, dtype=bool)
    # The gap after the last episode is the time since release, laid out apart so that squeezing never touches it.
    end = np.datetime64(as_of) - span(since - LEAST_GAP)
    room = np.floor((HISTORY_DAYS - since) * (0.35 + 0.65 * stream.uniform(people))).astype(np.int64)
    admitted, released = place_back(
        owner, end, room, stay_days(tables, profile, kind, stream), np.where(last, float(LEAST_GAP), gap)
    )
    first = admitted[np.searchsorted(owner, np.arange(people), side="left")]
    age_days = 18 * YEAR + 2 + np.minimum(stream.exponential(4000.0, people), 48 * YEAR * stream.uniform(people))
    birth = first - span(np.ceil(age_days))
    return Released(female, birth, Past(owner, _as_it_was(tables, profile, admitted), admitted, released, kind))


def _times(tables: Tables, episodes: int) -> Integers:
    """How many episodes each released person has; one-episode people make the total exact."""
    labels = tables.totals["released_admissions"]
    values = np.array([int(label.rstrip("+")) for label in labels])
    shares = np.array(list(labels.values()), dtype=np.float64)
    people = int(episodes * shares.sum() / (values * shares).sum())
    counts = largest_remainder(shares, people)
    counts[0] += episodes - int((counts * values).sum())
    if counts[0] < 0:
        raise ValueError(f"{episodes} past episodes are too few to spread over released people.")
    return np.repeat(values, counts).astype(np.int64)


def offence_flow(tables: Tables, held: Held) -> Floats:
    """Weights of offences among people who pass through prison, men then women: stock over usual stay."""
    stay = np.array([max(sum(profile.years) / 2, 1.0) for profile in tables.profiles])
    counts = [np.bincount(held.profile[held.female == woman], minlength=len(stay)) for woman in (False, True)]
    return np.array(counts) / stay


def _draw_profiles(mix: Floats, female: Flags, stream: Stream) -> Integers:
    return stream.choose_by_row(mix, female.astype(np.int64))


def _as_it_was(tables: Tables, profile: Integers, admitted: Days) -> Integers:
    """The offence under which somebody can have entered on a day: one born later gives way to the one before it."""
    index = {entry.key: place for place, entry in enumerate(tables.profiles)}
    fallback = index["CP-189", False]
    before = np.empty(len(tables.profiles), dtype=np.int64)
    for place, entry in enumerate(tables.profiles):
        code = tables.offences[entry.key[0]].predecessor
        while code and (code, False) not in index:
            code = tables.offences[code].predecessor
        before[place] = index.get((code, entry.key[1]), index.get((code, False), fallback))
    begins = np.array([tables.offences[entry.key[0]].valid_from for entry in tables.profiles], dtype="datetime64[D]")
    for _ in range(8):  # The longest line of predecessors in the catalogue is shorter.
        early = admitted < begins[profile]
        if not early.any():
            break
        profile = np.where(early, before[profile], profile)
    return profile

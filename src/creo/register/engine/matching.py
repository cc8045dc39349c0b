"""Which pairs of a million records may be one person: pairs found by shared keys, weighed all at once.

What a clause asks is said once more in plain Python in `rules.matching`; a test compares both on every pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from creo.register.engine.matching_blocks import Pairs, Skipped, joined, pairs_by_key, pairs_within
from creo.register.engine.matching_records import NO_DAY, Coded, Records, Words, coded
from creo.register.engine.streams import Flags, Integers
from creo.register.rules.matching import Clause, Matching, one_slip_apart

__all__ = ["NO_DAY", "Found", "Records", "find"]

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Pairs of places with their score, the highest first; and the groups too large to be compared, by way."""

    one: Integers
    other: Integers
    score: Integers
    skipped: Mapping[str, tuple[int, int]]
    """Way of finding -> groups skipped, records in them."""

    def __len__(self) -> int:
        return len(self.one)


def find(
    records: Records, matching: Matching, only: Flags | None = None, progress: Progress = lambda done, total: None
) -> Found:
    """Every pair whose score reaches the list, each once with `one` < `other`.

    `only` keeps the pairs where one of the two is among these records. `progress` hears the ways done of all.
    """
    columns = coded(records, matching.reference_least_length)
    skipped = Skipped(matching.largest_block)
    weigh = _Weigher(columns, matching)
    ways = tuple(_ways(columns, matching, skipped, only))
    kept: list[tuple[Integers, Integers, Integers]] = []
    for done, way in enumerate(ways):
        progress(done, len(ways))
        for pairs in way:
            kept.append(weigh(*pairs, only))
    progress(len(ways), len(ways))
    one, other, score = (np.concatenate(parts) for parts in zip(*kept, strict=True)) if kept else _nothing()
    unique = np.unique(one * len(records) + other, return_index=True)[1]
    one, other, score = one[unique], other[unique], score[unique]
    order = np.lexsort((other, one, -score))
    groups = {name: (count, skipped.records[name]) for name, count in skipped.groups.items()}
    return Found(one[order], other[order], score[order], groups)


def _nothing() -> tuple[Integers, Integers, Integers]:
    return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)


def _ways(it: Coded, matching: Matching, skipped: Skipped, only: Flags | None) -> Iterator[Iterator[Pairs]]:
    """Each way of finding pairs; together they meet every pair that some clause can hold of."""
    every = np.arange(len(it.birth))
    yield pairs_within("document", it.document, skipped, only)
    yield pairs_within("sound_sex", it.name, skipped, only)
    surnames = joined(it.first, it.second)
    by_birth = (("exact", it.written), ("sound_birth", surnames), ("part_birth", it.first), ("slip_birth", it.second))
    for name, key in by_birth:
        yield from _by_birth(name, key, it, matching.birth_window_days, skipped)
    yield from _undated(it, skipped)
    place, code = it.aliases
    yield pairs_by_key("alias", code, it.name, skipped, probe_of=place, record_of=every)
    place, reference, _source = it.references
    yield pairs_by_key("reference", reference, reference, skipped, probe_of=place, record_of=place)


def _by_birth(name: str, key: Integers, it: Coded, window: int, skipped: Skipped) -> Iterator[Iterator[Pairs]]:
    """Pairs with one key and birth dates that may be confused, each kind of confusion a way."""
    every = np.arange(len(key))
    keys = _dated(key, it.birth)
    shifted = [np.where(it.birth == NO_DAY, NO_DAY, it.birth + days) for days in range(window + 1)]
    for days in (*shifted, it.turned, it.year_later):
        yield pairs_by_key(name, _dated(key, days), keys, skipped, probe_of=every, record_of=every)


_FIRST_DAY, _DAYS = -200_000, 500_000  # room for every date a register can hold


def _dated(key: Integers, days: Integers) -> Integers:
    known = (key >= 0) & (days > _FIRST_DAY) & (days < _FIRST_DAY + _DAYS)
    return np.where(known, key * _DAYS + days - _FIRST_DAY, -1)


def _undated(it: Coded, skipped: Skipped) -> Iterator[Iterator[Pairs]]:
    """Records without birth date beside everybody with two parts of their name, or a surname and a given name."""
    every, nobody = np.arange(len(it.birth)), it.birth != NO_DAY
    for key in (joined(it.first, it.second), joined(it.first, it.given), joined(it.second, it.given)):
        asked = np.where(nobody, -1, key)
        yield pairs_by_key("slip_sex", asked, key, skipped, probe_of=every, record_of=every)
    place, column = np.nonzero(it.given_words >= 0)
    keys = joined(it.first[place], it.given_words[place, column].astype(np.int64))
    undated = it.birth[place] == NO_DAY
    yield pairs_by_key("part_sex", keys[undated], keys, skipped, probe_of=place[undated], record_of=place)


class _Weigher:
    """Scores pairs by the clauses and keeps those that reach the list."""

    def __init__(self, columns: Coded, matching: Matching) -> None:
        self._it, self._matching = columns, matching
        wide = int(columns.name.max(initial=0)) + 1
        place, code = columns.aliases
        self._wide, self._aliases = wide, np.unique(place * wide + code)
        self._references = _reference_pairs(columns, matching.largest_block)

    def __call__(self, one: Integers, other: Integers, only: Flags | None) -> tuple[Integers, Integers, Integers]:
        one, other = np.minimum(one, other), np.maximum(one, other)
        able = one != other
        if only is not None:
            able &= only[one] | only[other]
        one, other = one[able], other[able]
        met = self._conditions(one, other)
        score, ruled_out = self._score(met, len(one))
        keep = (score >= self._matching.listed) & ~ruled_out
        return one[keep], other[keep], score[keep]

    def _score(self, met: Mapping[str, Flags], size: int) -> tuple[Integers, Flags]:
        base = np.zeros(size, dtype=np.int64)
        found = np.zeros(size, dtype=bool)
        for clause in self._matching.clauses:
            holds = _all(clause, met)
            found |= holds
            base = np.maximum(base, np.where(holds, clause.weight, 0))
        for sign, clauses in ((1, self._matching.boosts), (-1, self._matching.penalties)):
            for clause in clauses:
                base += sign * clause.weight * _all(clause, met)
        ruled_out = ~found
        for clause in self._matching.never:
            ruled_out |= _all(clause, met)
        return np.clip(base, 0, 100), ruled_out

    def _conditions(self, a: Integers, b: Integers) -> dict[str, Flags]:
        it = self._it
        near = self._near(a, b)
        undated = (it.birth[a] == NO_DAY) | (it.birth[b] == NO_DAY)
        same_document = _same(it.document, a, b)
        given_shared = _share(it.given_words[a], it.given_words[b])
        both_given = (it.given[a] >= 0) & (it.given[b] >= 0)
        same_first = _same(it.first, a, b)
        slip = self._slip(a, b)
        sexes = (it.sex[a] >= 0) & (it.sex[b] >= 0)
        return {
            "same_document": same_document,
            "other_document": _same(it.document_class, a, b) & ~same_document,
            "both_confirmed": it.confirmed[a] & it.confirmed[b],
            "same_names": _same(it.written, a, b),
            "same_surname_sounds": same_first & _same(it.second, a, b),
            "same_name_sounds": _same(it.name, a, b),
            "part_of_name": same_first & given_shared & self._part(a, b),
            "name_one_slip": slip,
            "same_given_sounds": _same(it.given, a, b),
            "no_given_in_common": both_given & ~given_shared & ~slip,
            "same_birth": ~undated & (it.birth[a] == it.birth[b]),
            "near_birth": ~undated & near,
            "far_birth": ~undated & ~near,
            "birth_unknown": undated,
            "same_sex": _same(it.sex, a, b),
            "other_sex": sexes & (it.sex[a] != it.sex[b]),
            "same_nationality": _same(it.nationality, a, b),
            "alias_is_name": self._alias(a, b) | self._alias(b, a),
            "same_reference": np.isin(a * len(it.birth) + b, self._references),
            "held_apart": (it.held_at[a] > 0) & (it.held_at[b] > 0) & (it.held_at[a] != it.held_at[b]),
        }

    def _near(self, a: Integers, b: Integers) -> Flags:
        it = self._it
        close = np.abs(it.birth[a] - it.birth[b]) <= self._matching.birth_window_days
        turned = (it.turned[a] == it.birth[b]) & (it.turned[a] != NO_DAY)
        year_off = (it.year_later[a] == it.birth[b]) | (it.year_later[b] == it.birth[a])
        return close | turned | year_off

    def _part(self, a: Integers, b: Integers) -> Flags:
        words, size = self._it.name_words, self._it.name_size
        within = _within(words[a], words[b]) | _within(words[b], words[a])
        return within & (np.minimum(size[a], size[b]) > 1)

    def _slip(self, a: Integers, b: Integers) -> Flags:
        """Two parts of the name sound the same, the third is one slip away; each different pair is looked at once."""
        it = self._it
        same = [_same(codes, a, b) for codes in (it.first, it.second, it.given)]
        found = np.zeros(len(a), dtype=bool)
        for place, codes in enumerate((it.first, it.second, it.given)):
            left, right = (same[other] for other in range(3) if other != place)
            rows = np.flatnonzero(left & right & ~same[place] & (codes[a] >= 0) & (codes[b] >= 0))
            wide = len(it.part_texts[place]) + 1
            pairs, where = np.unique(codes[a[rows]] * wide + codes[b[rows]], return_inverse=True)
            texts = it.part_texts[place]
            slips = [one_slip_apart(texts[pair // wide], texts[pair % wide]) for pair in pairs.tolist()]
            found[rows] = np.array(slips, dtype=bool)[where]
        return found

    def _alias(self, a: Integers, b: Integers) -> Flags:
        whole = self._it.name[b]
        return (whole >= 0) & np.isin(a * self._wide + whole, self._aliases)


def _reference_pairs(it: Coded, largest: int) -> Integers:
    """The pairs that share a reference under different sources, as one number each."""
    place, reference, source = it.references
    every, size = np.arange(len(place)), len(it.birth)
    found = [np.zeros(0, dtype=np.int64)]
    for one, other in pairs_by_key("", reference, reference, Skipped(largest), probe_of=every, record_of=every):
        apart = (source[one] != source[other]) & (place[one] < place[other])
        found.append(place[one[apart]] * size + place[other[apart]])
    return np.unique(np.concatenate(found))


def _all(clause: Clause, met: Mapping[str, Flags]) -> Flags:
    return np.logical_and.reduce([met[name] for name in clause.all])


def _same(codes: Integers, a: Integers, b: Integers) -> Flags:
    return (codes[a] >= 0) & (codes[a] == codes[b])


def _share(one: Words, other: Words) -> Flags:
    """True where two rows have a word in common."""
    found = np.zeros(len(one), dtype=bool)
    for column in range(one.shape[1]):
        word = one[:, column]
        found |= (word >= 0) & (other == word[:, None]).any(axis=1)
    return found


def _within(one: Words, other: Words) -> Flags:
    """True where every word of a row is in the other."""
    found = np.ones(len(one), dtype=bool)
    for column in range(one.shape[1]):
        word = one[:, column]
        found &= (word < 0) | (other == word[:, None]).any(axis=1)
    return found

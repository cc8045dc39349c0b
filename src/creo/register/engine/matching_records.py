"""The records to compare as numbers: every text becomes the code of how it is written or how it sounds."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from creo.register import rules
from creo.register.engine.streams import Flags, Integers
from creo.register.rules.matching import reference_key, sounds

Words = NDArray[np.int32]
"""A row a record: the codes of its words, -1 after the last."""

NO_DAY = -(2**40)
"""A birth date nobody recorded."""


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """The records to compare, as columns of equal length; empty texts are unknown.

    `birth` holds days since 1970-01-01 (NO_DAY unknown), `held_at` the key of the prison (0 outside). `other_names` are
    (place of the record, text) and `references` (place, source, text).
    """

    given_names: Sequence[str]
    first_surname: Sequence[str]
    second_surname: Sequence[str]
    birth: Integers
    sex: Sequence[str]
    document_kind: Sequence[str]
    document_number: Sequence[str]
    nationality: Sequence[str]
    confirmed: Flags
    held_at: Integers
    other_names: Sequence[tuple[int, str]] = field(default=())
    references: Sequence[tuple[int, str, str]] = field(default=())

    def __len__(self) -> int:
        return len(self.birth)


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """The same records as codes; -1 (NO_DAY for days) is unknown and equals nothing."""

    written: Integers
    first: Integers
    second: Integers
    given: Integers
    name: Integers
    name_size: Integers
    """Different words of the whole name."""
    part_texts: tuple[Sequence[str], Sequence[str], Sequence[str]]
    """By code, how the first surname, the second and the given names sound, as one text."""
    given_words: Words
    name_words: Words
    birth: Integers
    turned: Integers
    """The birth date with day and month exchanged; NO_DAY where there is no such day."""
    year_later: Integers
    sex: Integers
    nationality: Integers
    document: Integers
    document_class: Integers
    confirmed: Flags
    held_at: Integers
    aliases: tuple[Integers, Integers]
    """Place of a record, and code of the whole name that one of its other names sounds like."""
    references: tuple[Integers, Integers, Integers]
    """Place of a record, code of the reference, code of its source."""


def coded(records: Records, reference_least_length: int) -> Coded:
    """The records as codes."""
    size = len(records)
    columns = (records.first_surname, records.second_surname, records.given_names)
    texts = [_distinct(column) for column in columns]
    heard = [[sounds(text) for text in listed] for listed, _codes in texts]
    vocabulary = {word: place for place, word in enumerate(sorted({w for some in heard for ws in some for w in ws}))}
    words = [_words(some, vocabulary)[codes] for some, (_listed, codes) in zip(heard, texts, strict=True)]
    whole = np.sort(np.concatenate(words, axis=1), axis=1)
    name, names = _row_codes(whole)
    name[(whole >= 0).sum(axis=1) < 2] = -1
    given_words = _set_rows(words[2])
    part_codes, part_texts = zip(
        *(_heard(some) for some in (heard[0], heard[1], [sorted(set(w)) for w in heard[2]])), strict=True
    )
    first, second, given = (codes[places] for codes, (_listed, places) in zip(part_codes, texts, strict=True))
    year, month, day = _calendar(records.birth)
    documents = _documents(records)
    return Coded(
        written=_written(texts, size),
        first=first,
        second=second,
        given=given,
        name=name,
        name_size=(_set_rows(whole) >= 0).sum(axis=1),
        part_texts=(part_texts[0], part_texts[1], part_texts[2]),
        given_words=given_words,
        name_words=whole,
        birth=records.birth,
        turned=_day(year, day, month),
        year_later=_day(year + 1, month, day),
        sex=_codes(records.sex),
        nationality=_codes(records.nationality),
        document=_codes(documents),
        document_class=_codes([key[:2] for key in documents]),
        confirmed=records.confirmed,
        held_at=records.held_at,
        aliases=_aliases(records.other_names, vocabulary, names, whole.shape[1]),
        references=_references(records.references, reference_least_length),
    )


def _distinct(texts: Sequence[str]) -> tuple[list[str], Integers]:
    """The different texts, and the place of each record's text among them."""
    places: dict[str, int] = {}
    codes = np.fromiter((places.setdefault(text, len(places)) for text in texts), np.int64, len(texts))
    return list(places), codes


def _codes(values: Sequence[Hashable]) -> Integers:
    """A number for each different value; -1 for empty ones."""
    places: dict[Hashable, int] = {}
    return np.fromiter((places.setdefault(item, len(places)) if item else -1 for item in values), np.int64, len(values))


def _heard(parts: Sequence[Sequence[str]]) -> tuple[Integers, list[str]]:
    """A code for each different part of a name as it sounds (-1 for an empty one), and the texts by code."""
    places: dict[str, int] = {}
    texts = [" ".join(words) for words in parts]
    codes = np.fromiter((places.setdefault(text, len(places)) if text else -1 for text in texts), np.int64, len(texts))
    return codes, list(places)


def _words(heard: Sequence[Sequence[str]], vocabulary: dict[str, int]) -> Words:
    """A row of word codes for each text."""
    table = np.full((len(heard), max((len(words) for words in heard), default=0)), -1, dtype=np.int32)
    for place, words in enumerate(heard):
        table[place, : len(words)] = [vocabulary[word] for word in words]
    return table


def _set_rows(rows: Words) -> Words:
    """The rows with each word once, sorted, -1 first."""
    found = np.sort(rows, axis=1)
    found[:, 1:][found[:, 1:] == found[:, :-1]] = -1
    return np.sort(found, axis=1)


def _row_codes(rows: Words) -> tuple[Integers, dict[bytes, int]]:
    """A number for each different row (-1 for an empty one), and the numbers by the row's bytes."""
    if not len(rows) or not rows.shape[1]:
        return np.full(len(rows), -1, dtype=np.int64), {}
    whole = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
    listed, codes = np.unique(whole, return_inverse=True)
    codes = codes.astype(np.int64)
    codes[(rows < 0).all(axis=1)] = -1
    return codes, {item.tobytes(): place for place, item in enumerate(listed)}


def _written(texts: list[tuple[list[str], Integers]], size: int) -> Integers:
    """Codes of the whole name as written; -1 without given names or first surname."""
    keys = [_codes([f"={rules.search_key(text)}" for text in listed])[codes] for listed, codes in texts]
    found = np.zeros(size, dtype=np.int64)
    for key in keys:
        found = np.unique(found * (key.max(initial=0) + 1) + key, return_inverse=True)[1].astype(np.int64)
    for listed, codes in (texts[0], texts[2]):
        found[np.array([not text for text in listed], dtype=bool)[codes]] = -1
    return found


def _documents(records: Records) -> list[tuple[str, ...]]:
    """Kind, country and number of each document, as `rules.matching.document_key` gives them."""
    return [
        (kind, "" if kind == "dni" else country, clean) if (clean := rules.clean_number(number)) else ()
        for kind, country, number in zip(
            records.document_kind, records.nationality, records.document_number, strict=True
        )
    ]


def _calendar(days: Integers) -> tuple[Integers, Integers, Integers]:
    """Year, month and day of the month; nonsense (year 0) where the date is unknown."""
    known = days != NO_DAY
    moments = np.where(known, days, 0).astype("datetime64[D]")
    months = moments.astype("datetime64[M]")
    year = np.where(known, months.astype(np.int64) // 12 + 1970, 0)
    month = months.astype(np.int64) % 12 + 1
    day = (moments - months).astype(np.int64) + 1
    return year, month, day


def _day(year: Integers, month: Integers, day: Integers) -> Integers:
    """Days since 1970-01-01; NO_DAY for a date that the calendar does not have."""
    able = (year > 1) & (month >= 1) & (month <= 12)
    months = np.where(able, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    following = months + np.timedelta64(1, "M")
    last = (following.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64)
    found = months.astype("datetime64[D]").astype(np.int64) + day - 1
    return np.where(able & (day >= 1) & (day <= last), found, NO_DAY)


def _aliases(
    other_names: Iterable[tuple[int, str]], vocabulary: dict[str, int], names: dict[bytes, int], width: int
) -> tuple[Integers, Integers]:
    """Other names that sound like somebody's whole name; the rest lead nowhere."""
    places, codes = [], []
    for place, text in other_names:
        words = [vocabulary.get(word, -1) for word in sounds(text)]
        if not 1 < len(words) <= width or -1 in words:
            continue
        row = np.full(width, -1, dtype=np.int32)
        row[: len(words)] = words
        code = names.get(np.sort(row).tobytes())
        if code is not None:
            places.append(place)
            codes.append(code)
    return np.array(places, dtype=np.int64), np.array(codes, dtype=np.int64)


def _references(references: Sequence[tuple[int, str, str]], least: int) -> tuple[Integers, Integers, Integers]:
    """References long enough to mean something."""
    long = [(place, key, source) for place, source, text in references if len(key := reference_key(text)) >= least]
    places = np.array([place for place, _key, _source in long], dtype=np.int64)
    return places, _codes([key for _place, key, _source in long]), _codes([source for *_rest, source in long])

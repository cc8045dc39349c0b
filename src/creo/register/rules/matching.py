"""When two records may be of one person: declared clauses (`matching.toml`) and what they say of a pair, in words.

The score is the heaviest clause met, plus boosts, less penalties. It orders a list that people decide; it decides
nothing by itself (field-rules 2.1, rule 3: a merge is an act with consequences, never a rename).
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

from creo.kernel.citations import Citation
from creo.kernel.periods import Period
from creo.register.rules.documents import clean_number
from creo.register.rules.names import search_key
from creo.register.rules.phonetics import name_keys

CONDITIONS = (
    "same_document",
    "other_document",
    "both_confirmed",
    "same_names",
    "same_surname_sounds",
    "same_name_sounds",
    "part_of_name",
    "name_one_slip",
    "same_given_sounds",
    "no_given_in_common",
    "same_birth",
    "near_birth",
    "far_birth",
    "birth_unknown",
    "same_sex",
    "other_sex",
    "same_nationality",
    "alias_is_name",
    "same_reference",
    "held_apart",
)
"""What can be asked of a pair. Missing data meets none of them, but `birth_unknown`."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Conditions that must all hold, what they weigh (points) and how it is said to people."""

    code: str
    words: str
    all: tuple[str, ...]
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Matching:
    """The clauses in force during a period, with their numbers."""

    clauses: tuple[Clause, ...]
    boosts: tuple[Clause, ...]
    penalties: tuple[Clause, ...]
    never: tuple[Clause, ...]
    birth_window_days: int
    reference_least_length: int
    largest_block: int
    listed: int
    probable: int
    valid: Period
    citation: Citation

    @property
    def words(self) -> dict[str, str]:
        """Clause code -> what it says, for every clause, boost and penalty."""
        return {item.code: item.words for item in (*self.clauses, *self.boosts, *self.penalties, *self.never)}


@dataclass(frozen=True, slots=True)
class Comparable:
    """What is compared of a record. Empty texts and None are unknown; `held_at` is the prison's key, 0 outside.

    `other_names` are aliases and earlier names, `references` (source, reference) pairs.
    """

    given_names: str = ""
    first_surname: str = ""
    second_surname: str = ""
    birth_date: date | None = None
    sex: str = ""
    document_kind: str = ""
    document_number: str = ""
    nationality: str = ""
    confirmed: bool = False
    held_at: int = 0
    other_names: tuple[str, ...] = ()
    references: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One clause that a pair meets: `weight` is positive for clauses and boosts, negative for penalties."""

    code: str
    weight: int
    counts: bool
    """False for clauses met beside the heaviest one: they are shown and add nothing."""


@dataclass(frozen=True, slots=True)
class Match:
    """What the clauses say of a pair: a score from 0 to 100 and each reason, the heaviest clause first."""

    score: int
    reasons: tuple[Reason, ...]


def compare(one: Comparable, other: Comparable, matching: Matching) -> Match | None:
    """The pair's score and reasons; None when no clause is met, or one that rules the pair out. Symmetric."""
    met = conditions(one, other, matching)
    if any(_holds(item, met) for item in matching.never):
        return None
    clauses = sorted((item for item in matching.clauses if _holds(item, met)), key=lambda item: -item.weight)
    if not clauses:
        return None
    reasons = [Reason(item.code, item.weight, place == 0) for place, item in enumerate(clauses)]
    reasons += [Reason(item.code, item.weight, True) for item in matching.boosts if _holds(item, met)]
    reasons += [Reason(item.code, -item.weight, True) for item in matching.penalties if _holds(item, met)]
    total = sum(reason.weight for reason in reasons if reason.counts)
    return Match(max(0, min(100, total)), tuple(reasons))


def _holds(clause: Clause, met: frozenset[str]) -> bool:
    return met.issuperset(clause.all)


def conditions(one: Comparable, other: Comparable, matching: Matching) -> frozenset[str]:
    """Every condition that a pair meets."""
    tests = {
        **_document_tests(one, other),
        **_name_tests(one, other),
        **_birth_tests(one.birth_date, other.birth_date, matching.birth_window_days),
        "same_sex": bool(one.sex) and one.sex == other.sex,
        "other_sex": bool(one.sex and other.sex) and one.sex != other.sex,
        "same_nationality": bool(one.nationality) and one.nationality == other.nationality,
        "same_reference": _share_reference(one, other, matching.reference_least_length),
        "held_apart": bool(one.held_at and other.held_at) and one.held_at != other.held_at,
    }
    return frozenset(name for name, holds in tests.items() if holds)


def _document_tests(one: Comparable, other: Comparable) -> dict[str, bool]:
    mine, theirs = document_key(one), document_key(other)
    comparable = bool(mine and theirs) and mine[:2] == theirs[:2]
    return {
        "same_document": bool(mine) and mine == theirs,
        "other_document": comparable and mine != theirs,
        "both_confirmed": one.confirmed and other.confirmed,
    }


def document_key(record: Comparable) -> tuple[str, str, str] | tuple[()]:
    """Kind, issuing country and number of a document; empty without a number. A DNI is Peru's whoever bears it."""
    number = clean_number(record.document_number)
    if not number:
        return ()
    return (record.document_kind, "" if record.document_kind == "dni" else record.nationality, number)


def sounds(text: str) -> tuple[str, ...]:
    """How the different words of a part of a name sound, in order, without particles."""
    return tuple(heard for heard, _word in name_keys(text) if heard)


def _name_tests(one: Comparable, other: Comparable) -> dict[str, bool]:
    first, second, given = parts(one)
    other_first, other_second, other_given = parts(other)
    whole, other_whole = name_key(one), name_key(other)
    same_first = bool(first) and first == other_first
    smaller, larger = sorted((set(whole), set(other_whole)), key=len)
    shared = bool(set(given) & set(other_given))
    slip = _name_one_slip(parts(one), parts(other))
    return {
        "same_names": bool(written_key(one)) and written_key(one) == written_key(other),
        "same_surname_sounds": same_first and bool(second) and second == other_second,
        "same_name_sounds": len(whole) > 1 and whole == other_whole,
        "part_of_name": same_first and shared and len(smaller) > 1 and smaller <= larger,
        "name_one_slip": slip,
        "same_given_sounds": bool(given) and given == other_given,
        "no_given_in_common": bool(given and other_given) and not shared and not slip,
        "alias_is_name": _alias_is(one, other_whole) or _alias_is(other, whole),
    }


def parts(record: Comparable) -> tuple[tuple[str, ...], ...]:
    """How the first surname, the second and the given names sound; given names in any order."""
    given = tuple(sorted(set(sounds(record.given_names))))
    return sounds(record.first_surname), sounds(record.second_surname), given


def _name_one_slip(one: tuple[tuple[str, ...], ...], other: tuple[tuple[str, ...], ...]) -> bool:
    """Two of the three parts sound the same, and the third is a slip of the hand away."""
    apart = [(mine, theirs) for mine, theirs in zip(one, other, strict=True) if not mine or mine != theirs]
    return len(apart) == 1 and one_slip_apart(*(" ".join(words) for words in apart[0]))


def one_slip_apart(one: str, other: str) -> bool:
    """True when one letter left out, added, changed or exchanged with its neighbour makes one of the other.

    Texts under four letters are too short to tell a slip from another name.
    """
    short, long = sorted((one, other), key=len)
    if len(short) < 4 or len(long) - len(short) > 1 or one == other:
        return False
    if len(short) < len(long):
        return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))
    apart = [place for place in range(len(one)) if one[place] != other[place]]
    if len(apart) == 1:
        return True
    if len(apart) != 2 or apart[1] - apart[0] != 1:
        return False
    left, right = apart
    return one[left] == other[right] and one[right] == other[left]


def name_key(record: Comparable) -> tuple[str, ...]:
    """How the whole name sounds, whatever the order of its words: surnames get exchanged."""
    return tuple(sorted(word for part in _texts(record) for word in sounds(part)))


def _texts(record: Comparable) -> tuple[str, str, str]:
    return record.first_surname, record.second_surname, record.given_names


def written_key(record: Comparable) -> str:
    """The whole name as written, but for accents and case; empty unless it has given names and a surname."""
    if not record.given_names or not record.first_surname:
        return ""
    return "|".join(map(search_key, (record.first_surname, record.second_surname, record.given_names)))


def _alias_is(record: Comparable, whole: tuple[str, ...]) -> bool:
    """True when another name of the record sounds like a whole name, each word once."""
    return len(whole) > 1 and any(tuple(sorted(sounds(text))) == whole for text in record.other_names)


def _share_reference(one: Comparable, other: Comparable, least: int) -> bool:
    """The same reference under two sources: exports of one system are often loaded under different names."""
    theirs: dict[str, set[str]] = {}
    for source, text in other.references:
        theirs.setdefault(reference_key(text), set()).add(source)
    return any(
        len(reference_key(text)) >= least and theirs.get(reference_key(text), set()) - {source}
        for source, text in one.references
    )


def reference_key(text: str) -> str:
    """A reference without spaces, signs or case."""
    return "".join(char for char in text.casefold() if char.isalnum())


def _birth_tests(one: date | None, other: date | None, window: int) -> dict[str, bool]:
    if one is None or other is None:
        return {"birth_unknown": True}
    near = births_near(one, other, window)
    return {"same_birth": one == other, "near_birth": near, "far_birth": not near}


def births_near(one: date, other: date, window: int) -> bool:
    """True for dates that a hurried hand makes of each other: a few days, day and month exchanged, a year off."""
    if abs((one - other).days) <= window:
        return True
    turned = one.year == other.year and (one.day, one.month) == (other.month, other.day)
    year_off = (one.day, one.month) == (other.day, other.month) and abs(one.year - other.year) == 1
    return turned or year_off


def parse_matching(text: str) -> tuple[Matching, ...]:
    """Reads the TOML text. ValueError (Spanish) for an unknown condition, a repeated code or versions that overlap."""
    found = tuple(_version(item) for item in tomllib.loads(text)["version"])
    for place, item in enumerate(found):
        if any(item.valid.overlaps(other.valid) for other in found[place + 1 :]):
            raise ValueError("Dos versiones de las cláusulas comparten un día.")
    return found


def _version(item: Mapping[str, Any]) -> Matching:
    groups = {name: _clauses(item.get(name, ())) for name in ("clause", "boost", "penalty", "never")}
    codes = [clause.code for group in groups.values() for clause in group]
    if len(set(codes)) != len(codes):
        raise ValueError("Dos cláusulas llevan el mismo código.")
    if not groups["clause"] or not 0 < item["listed"] <= item["probable"] <= 100:
        raise ValueError("Faltan cláusulas, o los puntajes no van de menor a mayor entre 1 y 100.")
    return Matching(
        clauses=groups["clause"],
        boosts=groups["boost"],
        penalties=groups["penalty"],
        never=groups["never"],
        birth_window_days=item["birth_window_days"],
        reference_least_length=item["reference_least_length"],
        largest_block=item["largest_block"],
        listed=item["listed"],
        probable=item["probable"],
        valid=Period(item["valid_from"], item.get("valid_to")),
        citation=Citation(item["source"], item.get("locator", ""), note=item.get("note", "")),
    )


def _clauses(items: Iterable[Mapping[str, Any]]) -> tuple[Clause, ...]:
    found = tuple(Clause(item["code"], item["words"], tuple(item["all"]), item.get("weight", 0)) for item in items)
    unknown = sorted({name for clause in found for name in clause.all} - set(CONDITIONS))
    if unknown:
        raise ValueError(f"No existen las condiciones [{', '.join(unknown)}].")
    if any(not clause.all for clause in found):
        raise ValueError("Una cláusula sin condiciones uniría a cualquiera.")
    return found


@functools.cache
def _known() -> tuple[Matching, ...]:
    return parse_matching((resources.files("creo.register") / "matching.toml").read_text("utf-8"))


def matching_on(day: date) -> Matching:
    """The clauses in force on a day. LookupError when there are none."""
    found = next((item for item in _known() if item.valid.contains(day)), None)
    if found is None:
        raise LookupError(f"Ningunas cláusulas de coincidencia rigen el [{day}].")
    return found


CLAUSE_WORDS: Mapping[str, str] = {code: words for item in _known() for code, words in item.words.items()}
"""What every clause of every version says, by code: reasons found years ago are still read."""


def survivor_first(records: Sequence[tuple[str, bool]]) -> list[str]:
    """Codes in the order in which they should survive: confirmed identities first, then older codes."""
    return [code for code, _confirmed in sorted(records, key=lambda item: (not item[1], len(item[0]), item[0]))]

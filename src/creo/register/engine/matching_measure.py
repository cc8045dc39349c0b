"""How well the clauses recognise what was planted in the synthetic nation: recall, precision, twins, seconds."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from creo.register.engine.defects import DUPLICATES, TWINS
from creo.register.engine.matching import find
from creo.register.engine.matching_records import NO_DAY, Records
from creo.register.engine.population import Population
from creo.register.rules.matching import Matching


def measure(made: Population, matching: Matching) -> dict[str, Any]:
    """What a search of the whole synthetic nation finds, at the score of the list and at the probable one.

    `recall` is the part of the planted duplicates found; `precision` the part of what was found that was planted;
    `twins` how many planted twins were taken for one person.
    """
    records = as_records(made)
    started = time.perf_counter()
    found = find(records, matching)
    seconds = time.perf_counter() - started
    planted = {kind: _pairs(made, kind) for kind in (DUPLICATES, TWINS)}
    report: dict[str, Any] = {
        "people": len(records),
        "planted_duplicates": len(planted[DUPLICATES]),
        "planted_twins": len(planted[TWINS]),
        "seconds": round(seconds, 2),
        "people_per_second": round(len(records) / seconds) if seconds else None,
        "skipped": {way: list(counts) for way, counts in found.skipped.items()},
    }
    for name, least in (("listed", matching.listed), ("probable", matching.probable)):
        keep = found.score >= least
        pairs = set(zip((found.one[keep] + 1).tolist(), (found.other[keep] + 1).tolist(), strict=True))
        hits = len(pairs & planted[DUPLICATES])
        report[name] = {
            "score": least,
            "pairs": len(pairs),
            "recall": round(hits / len(planted[DUPLICATES]), 4) if planted[DUPLICATES] else None,
            "precision": round(hits / len(pairs), 4) if pairs else None,
            "twins": len(pairs & planted[TWINS]),
        }
    return report


def as_records(made: Population) -> Records:
    """The synthetic people as records to compare; prisons are numbers by name."""
    who, stays = made.identities, made.custodies
    born = who.birth_date.astype("datetime64[D]").astype(np.int64)
    born[np.isnat(who.birth_date)] = NO_DAY
    held = np.zeros(len(who), dtype=np.int64)
    still = np.flatnonzero(np.isnat(stays.released_on))
    prisons = np.unique(stays.facility[still].astype(str), return_inverse=True)[1]
    held[stays.person[still] - 1] = prisons + 1
    return Records(
        given_names=who.given_names.tolist(),
        first_surname=who.first_surname.tolist(),
        second_surname=who.second_surname.tolist(),
        birth=born,
        sex=who.sex.tolist(),
        document_kind=who.document_kind.tolist(),
        document_number=who.document_number.tolist(),
        nationality=who.nationality.tolist(),
        confirmed=who.status == "confirmed",
        held_at=held,
    )


def _pairs(made: Population, kind: str) -> set[tuple[int, int]]:
    """The planted pairs as person numbers, the smaller first."""
    numbers = [sorted(int(code.removeprefix("P-")) for code in pair) for pair in made.defects[kind]]
    return {(first, second) for first, second in numbers}

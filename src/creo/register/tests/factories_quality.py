"""Planting faults in the register, and what a check says of them."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from creo.register.models import Custody, DetentionMandate, DuplicatePair, Movement, Person, Sentence
from creo.register.quality import CHECKS
from creo.register.tests.factories import TODAY, custody, identity, person
from creo.support.quality import wording
from creo.support.quality.checks import Check, Finding, Unseen

BY_CODE = {check.code: check for check in CHECKS}
_numbers = count(1)


def check_named(code: str) -> Check:
    """A check of the register."""
    return BY_CODE[code]


def found(code: str, as_of: date = TODAY) -> dict[str, Finding]:
    """What a check points at, by subject; each finding can be told in words."""
    check = check_named(code)
    items = [item for item in check.find(as_of) if isinstance(item, Finding)]
    assert len({item.subject_code for item in items}) == len(items) or code in ("dates_in_future", "duplicates_pending")
    for item in items:
        said = wording.detail(check, item.detail)
        assert said and "%(" not in said and "None" not in said, said
    return {item.subject_code: item for item in items}


def unseen(code: str, as_of: date = TODAY) -> list[str]:
    """The places where a check had nothing to look at."""
    return [item.place for item in check_named(code).find(as_of) if isinstance(item, Unseen)]


def held(facility: Any, *, identified: dict[str, Any] | None = None, **episode: Any) -> tuple[Person, Custody]:
    """Somebody held whose record has nothing wrong, but for what is said."""
    who = person(Person.objects.count() + 1)
    identity(who, **({"valid_from": date(2020, 1, 1)} | (identified or {})))
    values = {"mandate": "Resolución 1, Juzgado de prueba"}
    return who, custody(who, facility, **(values | episode))


def move(episode: Custody, kind: str, on: date, **other: Any) -> Movement:
    """One more movement of an episode."""
    sequence = Movement.objects.filter(custody=episode).count() + 1
    return Movement.objects.create(custody=episode, sequence=sequence, kind=kind, on=on, **other)


def mandate(episode: Custody, term_ends_on: date | None, **other: Any) -> DetentionMandate:
    """A detention mandate in force."""
    values = {"court": "Juzgado", "case_number": f"{next(_numbers)}-2026", "received_on": episode.admitted_on}
    return DetentionMandate.objects.create(custody=episode, term_ends_on=term_ends_on, **(values | other))


def sentence(episode: Custody, issued_on: date, **other: Any) -> Sentence:
    """A sentence in force."""
    values = {"court": "Juzgado", "case_number": f"{next(_numbers)}-2026", "issued_on": issued_on}
    return Sentence.objects.create(custody=episode, **(values | other))


def pair(first: Person, second: Person, found_on: date, **other: Any) -> DuplicatePair:
    """Two records that may be one person."""
    values = {"score": 80, "evidence": "x", "found_on": found_on}
    return DuplicatePair.objects.create(first=first, second=second, **(values | other))

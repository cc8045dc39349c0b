"""The right answer for each planted case, worked out the slow and obvious way.

This is on purpose another piece of code than the criteria of the programme: it knows the default design only
(primary, 18 to 34 completed years, four offence families, not organised crime, not extreme security) and exists to
catch the vectorised rule in a mistake. Nothing else may use it to decide anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

ELIGIBLE, NOT_ELIGIBLE, UNDECIDED = "eligible", "not_eligible", "undecided"


@dataclass(frozen=True, slots=True)
class Case:
    """What the register says of somebody in custody; None is «no data»."""

    admissions: int
    identity_confirmed: bool
    birth_date: date | None
    law: str | None
    article: str | None
    organised_crime: bool | None
    extreme_security: bool | None


def right_answer(case: Case, as_of: date) -> str:
    """Eligible when every criterion is met; not eligible as soon as one fails; undecided when data is missing."""
    criteria = [
        is_primary(case),
        has_age(case.birth_date, as_of),
        has_programme_offence(case.law, case.article),
        None if case.organised_crime is None else not case.organised_crime,
        None if case.extreme_security is None else not case.extreme_security,
    ]
    if any(answer is False for answer in criteria):
        return NOT_ELIGIBLE
    if any(answer is None for answer in criteria):
        return UNDECIDED
    return ELIGIBLE


def is_primary(case: Case) -> bool | None:
    """A single admission (line 270); known only once the identity is confirmed, unless there are more already."""
    if case.admissions > 1:
        return False
    return True if case.identity_confirmed else None


def has_age(born: date | None, as_of: date) -> bool | None:
    """From the 18th birthday to the day before the 35th (line 30)."""
    if born is None:
        return None
    years = as_of.year - born.year
    if as_of.month < born.month or (as_of.month == born.month and as_of.day < born.day):
        years -= 1
    return 18 <= years <= 34


def has_programme_offence(law: str | None, article: str | None) -> bool | None:
    """Property 185-208, micro-dealing 298, sexual freedom 170-178-A, life, body and health 106-129 (line 30)."""
    if law is None or article is None:
        return None
    if law != "CP":
        return False
    number, _, letter = article.partition("-")
    place = (int(number), letter)
    return (
        (185, "") <= place <= (208, "")
        or place == (298, "")
        or (170, "") <= place <= (178, "A")
        or (106, "") <= place <= (129, "")
    )

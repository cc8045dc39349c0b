"""People whose answer is known, the design in force, and readers. People are made with the register's own factories."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from creo.programme import commands as programme
from creo.programme import rules as programme_rules
from creo.register.tests import factories as register
from creo.support.accounts.permissions import permissions_of
from creo.support.accounts.readers import Reader, Scope, system

TODAY = date(2026, 11, 23)
BY = system("pruebas")
SEMILLAS = Path(__file__).parent / "designs" / "semillas"
RUTAS = Path(programme_rules.__file__).parents[1] / "tests" / "designs" / "rutas"
# Somebody who meets everything: 26 years old, one admission, aggravated robbery, confirmed, no exclusion.
YOUNG = date(2000, 5, 17)


@lru_cache
def read_design(folder: Path) -> programme_rules.Design:
    """A design of files; reading one takes a while and never changes."""
    return programme_rules.load_design(folder)


def creo_in_force() -> int:
    """CREO as it comes with the system, in force."""
    return programme.load_design(by=BY, design=read_design(programme_rules.SHIPPED))


def other_programme(folder: Path) -> int:
    """Another budget programme, in force."""
    return programme.load_design(by=BY, design=read_design(folder))


def person(
    number: int, facility: Any, *, earlier: int = 0, main: str = "CP-189", admitted: Any = None, **other: Any
) -> str:
    """Somebody held in a prison: eligible for CREO unless said otherwise. Returns the code.

    `earlier` are previous admissions; the rest are fields of the identity or of the episode.
    """
    of_identity = {"birth_date", "sex", "status", "nationality", "given_names", "first_surname"}
    who = register.person(number)
    register.identity(
        who,
        **{"birth_date": YOUNG, "sex": "male", **{name: value for name, value in other.items() if name in of_identity}},
    )
    for past in range(earlier):
        register.custody(who, facility, date(2015 + past, 1, 1), date(2015 + past, 6, 1))
    register.custody(
        who,
        facility,
        admitted or date(2025, 1, 10),
        main=main,
        **{name: value for name, value in other.items() if name not in of_identity},
    )
    return who.code


def crowd() -> dict[str, str]:
    """People for every answer, by what they show; in Piura but those said to be elsewhere. Places come with them."""
    places = register.places()
    piura, tumbes = places["EP-PIURA"], places["EP-TUMBES"]
    return {
        "eligible": person(1, piura),
        "turns_35_soon": person(2, piura, birth_date=date(1991, 12, 1)),
        "came_before": person(3, piura, earlier=1),
        "too_old": person(4, piura, birth_date=date(1980, 1, 1)),
        "other_offence": person(5, piura, main="CP-296"),
        "micro_trade": person(6, tumbes, main="CP-298"),
        "organised": person(7, piura, organised_crime=True),
        "extreme": person(8, tumbes, extreme_security=True),
        "no_birth_date": person(9, piura, birth_date=None),
        "not_confirmed": person(10, piura, status="provisional"),
        "no_offence": person(11, piura, main=""),
        "no_review": person(12, tumbes, organised_crime=None),
        "old_and_no_offence": person(13, piura, birth_date=date(1970, 1, 1), main=""),
        "young_adult": person(14, piura, birth_date=date(2007, 6, 1), main="CP-173"),
        "thirty_seven": person(15, piura, birth_date=date(1989, 6, 1), main="CP-106"),
    }


ANSWERS = {
    "eligible": "eligible",
    "turns_35_soon": "eligible",
    "came_before": "not_eligible",
    "too_old": "not_eligible",
    "other_offence": "not_eligible",
    "micro_trade": "eligible",
    "organised": "not_eligible",
    "extreme": "not_eligible",
    "no_birth_date": "undecided",
    "not_confirmed": "undecided",
    "no_offence": "undecided",
    "no_review": "undecided",
    "old_and_no_offence": "not_eligible",
    "young_adult": "eligible",
    "thirty_seven": "not_eligible",
}


def reader_at(role: str, *codes: str, kind: str = "facility") -> Reader:
    """Somebody with a role at some places; at none: national."""
    scopes = tuple(Scope(kind, code) for code in codes) or (Scope("nation"),)
    return Reader(7, f"{role} de prueba", permissions_of(role), scopes, (role,))

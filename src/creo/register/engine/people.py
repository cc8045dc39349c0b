"""Identities of everybody: those in custody, those released, and the second records of duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from creo.register.engine.days import NO_DATE, Days
from creo.register.engine.defects import Flaws
from creo.register.engine.held import Held
from creo.register.engine.names import Texts, document_kinds, documents, given_names, misspelt, surnames
from creo.register.engine.streams import Flags, Streams
from creo.register.engine.tables import Tables
from creo.register.engine.timeline import Released

RELEASED_FOREIGN_SHARE = 0.04
STATUSES = ("confirmed", "provisional")


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Identity columns in the order held + released + duplicates."""

    given_names: Texts
    first_surname: Texts
    second_surname: Texts
    birth_date: Days
    sex: Texts
    female: Flags
    document_kind: Texts
    document_number: Texts
    document_check: Texts
    nationality: Texts
    status: Texts


def people(tables: Tables, held: Held, released: Released, flaws: Flaws, streams: Streams) -> People:
    """Names, documents and nationality for all; the flaws of identities are written in here."""
    own = len(held) + len(released)
    copies = flaws.duplicates
    female = np.concatenate((held.female, released.female))
    abroad = streams("released foreigners").chance(RELEASED_FOREIGN_SHARE, len(released))
    foreign = np.concatenate((held.foreign, abroad))
    confirmed = np.ones(own, dtype=bool)
    confirmed[flaws.unconfirmed] = False
    given = given_names(tables, female, streams("given names"))
    first, second = (surnames(tables, own, streams(name)) for name in ("first surnames", "second surnames"))
    nationality = _nationalities(tables, foreign, streams)
    birth = np.concatenate((held.birth, released.birth))
    sex = np.where(female, "female", "male").astype(object)
    kinds = document_kinds(confirmed, foreign, streams("document kinds"))
    kinds[flaws.twins.ravel()] = "dni"
    _name_twins(tables, flaws, given, first, second, female)
    other = _second_records(given[copies], first[copies], second[copies], birth[copies], streams)
    birth[flaws.missing_birth_date] = NO_DATE
    kinds = np.concatenate((kinds, other.kinds))
    numbers, checks = documents(kinds, streams)
    all_sexes = np.concatenate((sex, sex[copies]))
    all_sexes[flaws.missing_sex] = ""
    return People(
        given_names=np.concatenate((given, other.given)),
        first_surname=np.concatenate((first, other.first)),
        second_surname=np.concatenate((second, other.second)),
        birth_date=np.concatenate((birth, other.birth)),
        sex=all_sexes,
        female=np.concatenate((female, female[copies])),
        document_kind=kinds,
        document_number=numbers,
        document_check=checks,
        nationality=np.concatenate((nationality, nationality[copies])),
        status=np.where(np.append(confirmed, np.zeros(len(copies), dtype=bool)), *STATUSES).astype(object),
    )


def _nationalities(tables: Tables, foreign: Flags, streams: Streams) -> Texts:
    codes = np.array([code for code, _ in tables.nationalities], dtype=object)
    drawn = codes[streams("nationalities").choose([weight for _, weight in tables.nationalities], len(foreign))]
    return np.where(foreign, drawn, "PE").astype(object)


def _name_twins(tables: Tables, flaws: Flaws, given: Texts, first: Texts, second: Texts, female: Flags) -> None:
    """Twins share both surnames and never the given names."""
    listed = {
        sex: [name for name, of, _ in tables.given_names if of == sex and " " not in name] for sex in ("male", "female")
    }
    for one, other in flaws.twins.tolist():
        first[other], second[other] = first[one], second[one]
        if set(given[other].split()) & set(given[one].split()):
            names = listed["female" if female[other] else "male"]
            given[other] = next(name for name in names[one % len(names) :] + names if name not in given[one].split())


@dataclass(frozen=True, slots=True, eq=False)
class _SecondRecords:
    given: Texts
    first: Texts
    second: Texts
    birth: Days
    kinds: Texts


def _second_records(given: Texts, first: Texts, second: Texts, birth: Days, streams: Streams) -> _SecondRecords:
    """How the same people look under their other code: a name misheard, a surname lost, a birth date turned around."""
    count = len(given)
    stream = streams("second records")
    given, first, second, birth = given.copy(), first.copy(), second.copy(), birth.copy()
    for place in range(count):
        match place % 4:
            case 1:
                first[place] = misspelt(first[place])
            case 2:
                words = given[place].split()
                given[place] = words[0] if len(words) > 1 else misspelt(words[0])
            case 3:
                second[place] = ""
        if place % 3 == 1:
            birth[place] = _turned(birth[place].astype(date))
    kinds = np.where(stream.chance(0.7, count), "none", "unknown").astype(object)
    birth[2::5] = NO_DATE
    return _SecondRecords(given, first, second, birth, kinds)


def _turned(born: date) -> date:
    """Day and month exchanged where that gives an earlier date, else the day before: nobody gets younger."""
    if born.day < born.month:
        return date(born.year, born.day, born.month)
    return born - timedelta(days=1)

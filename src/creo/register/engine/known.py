"""Which persons carry a planted flaw, and the right answer for each, read from the finished tables alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from creo.register.engine import defects
from creo.register.engine.answers import Case, right_answer
from creo.register.engine.columns import Custodies, CustodyOffences, Identities
from creo.register.engine.defects import Flaws
from creo.register.engine.held import Held
from creo.register.engine.names import Texts
from creo.register.engine.streams import Integers
from creo.register.engine.tables import Tables
from creo.register.rules.names import person_code

Defects = dict[str, tuple[tuple[str, ...], ...]]


def planted_codes(held: Held, planted: Flaws, moved: Integers, codes: Texts, number: Integers) -> Defects:
    """Person codes by flaw, in order of code; twins and duplicates come in pairs (the record in custody first)."""
    records = len(number) - len(planted.duplicates)
    pairs = {
        defects.TWINS: planted.twins,
        defects.DUPLICATES: np.column_stack((planted.duplicates, records + np.arange(len(planted.duplicates)))),
    }
    single = {
        defects.MISSING_BIRTH_DATE: planted.missing_birth_date,
        defects.MISSING_SEX: planted.missing_sex,
        defects.UNCONFIRMED_IDENTITY: planted.unconfirmed,
        defects.MISSING_MAIN_OFFENCE: planted.missing_main_offence,
        defects.UNKNOWN_ORGANISED_CRIME: planted.unknown_organised_crime,
        defects.UNKNOWN_EXTREME_SECURITY: planted.unknown_extreme_security,
        defects.TRANSFERS: moved,
        defects.MINORS: np.flatnonzero(held.band == 0),
    }
    tables = {kind: rows.reshape(-1, 1) for kind, rows in single.items()} | pairs
    return {kind: tuple(sorted(tuple(row) for row in codes[number[rows]].tolist())) for kind, rows in tables.items()}


def known_answers(
    tables: Tables,
    as_of: date,
    named: Mapping[str, tuple[tuple[str, ...], ...]],
    identities: Identities,
    custodies: Custodies,
    offences: CustodyOffences,
) -> tuple[dict[str, str], dict[str, str]]:
    """The right answer for each named person in custody, and for duplicates the one after merging both records."""
    open_rows = np.flatnonzero(np.isnat(custodies.released_on))
    custody_of = dict(zip(custodies.person[open_rows].tolist(), open_rows.tolist(), strict=True))
    admissions = np.bincount(custodies.person)
    mains = np.flatnonzero(offences.is_main)
    main_of = dict(zip((offences.custody[mains] - 1).tolist(), offences.offence[mains].tolist(), strict=True))
    wanted = {code for groups in named.values() for group in groups for code in group}
    cases: dict[str, Case] = {}
    for person in sorted(int(code.removeprefix("P-")) for code in wanted):
        row = custody_of.get(person)
        if row is None:
            continue
        offence = tables.offences.get(main_of.get(row, ""))
        born = identities.birth_date[person - 1]
        cases[person_code(person)] = Case(
            admissions=int(admissions[person]),
            identity_confirmed=identities.status[person - 1] == "confirmed",
            birth_date=None if np.isnat(born) else born.astype(date),
            law=offence.law if offence else None,
            article=offence.article if offence else None,
            organised_crime=_flag(custodies.organised_crime, row),
            extreme_security=_flag(custodies.extreme_security, row),
        )
    merged = {
        kept: right_answer(_merged(cases[kept], int(admissions[int(other.removeprefix("P-"))])), as_of)
        for kept, other in named[defects.DUPLICATES]
    }
    return {code: right_answer(case, as_of) for code, case in cases.items()}, merged


def _flag(column: Texts, row: int) -> bool | None:
    value = column.item(row)
    return None if value is None else bool(value)


def _merged(case: Case, more: int) -> Case:
    return replace(case, admissions=case.admissions + more)

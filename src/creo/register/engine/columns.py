"""The tables a synthetic population is made of: columns of equal length, one dataclass for each table.

Identifiers are row numbers from 1. Dates are numpy days; NaT is «no date». `rows()` gives plain Python values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from creo.register.engine.days import Days
from creo.register.engine.names import Texts
from creo.register.engine.streams import Flags, Integers


class Columns:
    """A table as columns."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))  # type: ignore[arg-type]

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The columns in order."""
        return tuple(field.name for field in fields(cls))  # type: ignore[arg-type]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows as tuples of str, int, bool, date or None, in the order of `names()`."""
        return zip(*(_plain(getattr(self, name)) for name in self.names()), strict=True)


def _plain(column: Any) -> list[Any]:
    if column.dtype.kind == "M":
        return list(column.astype("datetime64[D]").astype(object))
    return list(column.tolist())


@dataclass(frozen=True, slots=True, eq=False)
class Persons(Columns):
    """One row per registered person; `code` is P- and seven digits, in order of first admission."""

    code: Texts


@dataclass(frozen=True, slots=True, eq=False)
class Identities(Columns):
    """The current identity of each person."""

    person: Integers
    given_names: Texts
    first_surname: Texts
    second_surname: Texts
    birth_date: Days
    sex: Texts
    """male, female or empty."""
    document_kind: Texts
    """dni, foreign, none or unknown."""
    document_number: Texts
    document_check: Texts
    """Check digit of a DNI; empty for other documents."""
    nationality: Texts
    """Two letters of ISO 3166: PE, VE…"""
    status: Texts
    """provisional or confirmed."""
    valid_from: Days


@dataclass(frozen=True, slots=True, eq=False)
class Custodies(Columns):
    """Episodes of custody; sorted by person and number."""

    person: Integers
    number: Integers
    admitted_on: Days
    released_on: Days
    facility: Texts
    """Name of the present prison, or of the last one."""
    legal_status: Texts
    """unsentenced, sentenced or empty."""
    legal_status_on: Days
    next_hearing_on: Days
    organised_crime: Texts
    """True, False or None."""
    extreme_security: Texts
    """True, False or None."""
    release_kind: Texts
    """Empty while the custody is open."""


@dataclass(frozen=True, slots=True, eq=False)
class Movements(Columns):
    """Admissions, transfers and releases; sorted by custody and sequence."""

    custody: Integers
    sequence: Integers
    kind: Texts
    on: Days
    from_facility: Texts
    """Empty for an admission."""
    to_facility: Texts
    """Empty for a release."""


@dataclass(frozen=True, slots=True, eq=False)
class CustodyOffences(Columns):
    """Offences of each custody; one is the main one, except where the record lacks it."""

    custody: Integers
    offence: Texts
    is_main: Flags
    attempt: Texts
    """True, False or None where the record does not say."""

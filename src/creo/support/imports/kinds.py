"""What a chapter gives to have files imported into its tables: one object that checks a sheet and applies it.

Wired by code in site/wiring.py IMPORT_KINDS; settings.CREO_IMPORT_KINDS names that table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.imports.checks import ErrorList, Field
from creo.support.imports.mapping import SourceMapping
from creo.support.imports.reading import Sheet
from creo.support.jobs.progress import Report
from creo.support.refusals import Refused

Text = str | Promise  # a text, or one that is translated when shown


@dataclass(frozen=True, slots=True)
class Option:
    """Something asked with the file (a cut-off date, a prison…): a field of the form and `--option name=value`."""

    name: str
    label: Text
    kind: str = "text"  # text, date (arrives as yyyy-mm-dd), choice
    help: Text = ""
    choices: tuple[tuple[str, Text], ...] = ()
    required: bool = False


class Outcome(StrEnum):
    """What becomes of a difference: done when the file is applied, or left for a person to decide."""

    APPLIES = "applies"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is already there and the file tells otherwise: of whom, which field, before and after, in words.

    `kind` is one of the kind of import's own (`Comparing`); `row` is None for what the file does not name at all.
    """

    row: int | None
    subject: str
    kind: str
    field: str
    before: str
    after: str
    outcome: Outcome = Outcome.APPLIES
    why: str = ""

    def left_to_a_person(self, why: str) -> Difference:
        """The same, not to be applied, and why."""
        return replace(self, outcome=Outcome.CHOICE, why=why)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found. `errors.total == 0` is what allows to apply.

    `summary`: lines for people («103 717 personas nuevas»). `counts`: the same as numbers, for --json and tests.
    `preview`: the first rows as they would be written, `preview_columns` their titles.
    `prepared`: anything the kind wants back in `apply`; it never leaves the process.
    """

    errors: ErrorList
    rows_ok: int
    summary: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    preview_columns: tuple[str, ...] = ()
    preview: tuple[tuple[Any, ...], ...] = ()
    prepared: Any = None
    differences: Sequence[Difference] = ()


@runtime_checkable
class ImportKind(Protocol):
    """One kind of import. Stateless: the same object serves every request and every job."""

    code: str
    permission: Permission

    @property
    def title(self) -> Text:
        """Its name for people; a plain class attribute serves."""

    def mappings(self) -> Sequence[SourceMapping]:
        """The kinds of source file understood, the usual one first."""

    def options(self) -> Sequence[Option]:
        """What is asked with the file; empty when nothing is."""

    def check(
        self,
        *,
        sheet: Sheet,
        mapping: SourceMapping,
        options: Mapping[str, str],
        reader: Reader,
        as_of: dt.date,
        progress: Report,
    ) -> CheckResult:
        """Reads everything and writes nothing. Begin with `checks.read_fields`; start `errors` from its result.

        Called before every `apply` too, inside the same transaction, so what was checked is what is written.
        """

    def apply(
        self,
        *,
        checked: CheckResult,
        mapping: SourceMapping,
        options: Mapping[str, str],
        reader: Reader,
        as_of: dt.date,
        batch_id: int,
        progress: Report,
    ) -> Mapping[str, int]:
        """Writes everything, inside the caller's transaction and command; returns counts by name.

        It may call `ledger.record` / `record_many` or other commands; any exception leaves nothing written.
        """


@runtime_checkable
class Comparing(Protocol):
    """A kind that shows what its file tells otherwise before it is applied."""

    def difference_words(self) -> Mapping[str, str]:
        """The kinds of difference, in words, in the order in which they are shown."""

    def subject_url(self, subject: str) -> str:
        """The page of whom a difference is about."""


@runtime_checkable
class Mappable(Protocol):
    """A kind whose fields people may find in the columns of an unknown file."""

    def fields(self, as_of: dt.date) -> Sequence[Field]:
        """The fields of a row, as `checks.read_fields` takes them."""


@runtime_checkable
class Rehearsing(Protocol):
    """A kind whose check tries its commands one by one: its apply does the same for good, so it is not tried again."""

    def recheck(
        self,
        *,
        sheet: Sheet,
        mapping: SourceMapping,
        options: Mapping[str, str],
        reader: Reader,
        as_of: dt.date,
        progress: Report,
    ) -> CheckResult:
        """As `check`, without what `apply` itself refuses; inside the transaction of the application."""


@runtime_checkable
class Holding(Protocol):
    """A kind whose tables must stand still from the last check to the end of the application."""

    def hold(self) -> None:
        """Waits for whoever is writing there, and makes the others wait; inside the transaction of the application."""


def kinds() -> dict[str, ImportKind]:
    """Every wired kind by code."""
    wiring: dict[str, str] = import_string(settings.CREO_IMPORT_KINDS)
    return {code: import_string(path) for code, path in wiring.items()}


def kind_for(code: str) -> ImportKind:
    """The kind with a code. Refused for one that nobody wired."""
    found = kinds()
    if code not in found:
        raise Refused(
            _("No existe el tipo de importación [%(code)s]; existen: %(known)s.")
            % {"code": code, "known": ", ".join(sorted(found))},
            fields={"kind": _("Elija un tipo de la lista.")},
        )
    return found[code]


def mapping_for(kind: ImportKind, code: str) -> SourceMapping:
    """The source mapping of a kind; the usual one when the code is empty. Refused for an unknown one."""
    mappings = list(kind.mappings())
    for mapping in mappings:
        if mapping.code == code or not code:
            return mapping
    from creo.support.imports import saved

    own = saved.find(kind.code, code)
    if own is not None:
        return own
    known = ", ".join(mapping.code for mapping in mappings)
    raise Refused(
        _("No existe el formato de origen [%(code)s]; existen: %(known)s.") % {"code": code, "known": known},
        fields={"mapping": _("Elija un formato de la lista.")},
    )

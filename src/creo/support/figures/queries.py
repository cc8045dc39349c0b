"""Reads of published figures, open to whoever sees the programme; and what a new release would publish."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.figures.models import Release, ReleasedTable
from creo.support.figures.parameters import limits_on
from creo.support.figures.suppression import Stop, Unpublishable
from creo.support.figures.tables import WHOLE, Axis, RawTable, ReadyTable, Shown, ready
from creo.support.refusals import Forbidden, NotFound, Refused

STOP_WORDS = {
    Stop.TINY: gettext_lazy("en todo el país cuentan a menos personas que el mínimo."),
    Stop.TOTAL_CHANGED: gettext_lazy(
        "el total cambió tan poco desde otra publicación que la diferencia señalaría a esas personas. "
        "Espere a la siguiente fecha del calendario."
    ),
    Stop.UNPROTECTED: gettext_lazy("ninguna otra casilla protege a las pequeñas. Junte grupos o establecimientos."),
    Stop.DIFFERENT_PEOPLE: gettext_lazy("las tablas no cuentan a las mismas personas en los mismos lugares."),
}

Counting = Callable[[Reader, date], tuple[RawTable, ...]]


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release in the list."""

    number: int
    as_of: date
    published_at: datetime
    published_by: str
    reason: str
    least: int


@dataclass(frozen=True, slots=True)
class Published:
    """A release with its tables."""

    row: ReleaseRow
    tables: tuple[ReadyTable, ...]


def releases(reader: Reader) -> list[ReleaseRow]:
    """Every release, the newest first. Forbidden without the permission."""
    reader.require(Permission.VIEW_PROGRAMME)
    return [_row(release) for release in Release.objects.order_by("-number")]


def release(reader: Reader, number: int) -> Published:
    """One release. NotFound when there is none of that number."""
    reader.require(Permission.VIEW_PROGRAMME)
    found = Release.objects.prefetch_related("tables").filter(number=number).first()
    if found is None:
        raise NotFound
    tables = sorted(found.tables.all(), key=lambda table: table.position)
    return Published(_row(found), tuple(_table(table) for table in tables))


def prepared(reader: Reader, as_of: date) -> tuple[ReadyTable, ...]:
    """What a release of today would publish. Forbidden outside the nation; Refused when it cannot be protected."""
    reader.require(Permission.PUBLISH_FIGURES)
    if not reader.national:
        raise Forbidden(_("Las cifras públicas cuentan a todo el país: las publica alguien con ámbito nacional."))
    counting: Counting = import_string(settings.CREO_FIGURES)
    try:
        return ready(counting(reader, as_of), limits_on(as_of), published_before())
    except Unpublishable as problem:
        raise Refused(
            _("Estas cifras no se pueden publicar hoy: %(why)s") % {"why": STOP_WORDS[problem.stop]}
        ) from problem


def published_before() -> dict[tuple[str, str, str], set[int]]:
    """Every number ever published, by table, row and column."""
    found: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for table in map(_table, ReleasedTable.objects.all().iterator()):
        for row, line in zip((*table.rows.codes, WHOLE), table.cells, strict=True):
            for column, cell in zip((*table.columns.codes, WHOLE), line, strict=True):
                if cell.value is not None:
                    found[table.code, row, column].add(cell.value)
    return dict(found)


def _row(found: Release) -> ReleaseRow:
    return ReleaseRow(found.number, found.as_of, found.published_at, found.published_by, found.reason, found.least)


def _table(found: ReleasedTable) -> ReadyTable:
    cells = tuple(tuple(Shown(*cell) for cell in line) for line in found.cells)
    return ReadyTable(found.code, found.title, _axis(found.rows), _axis(found.columns), cells, found.source)


def _axis(stored: dict[str, Any]) -> Axis:
    return Axis(stored["title"], tuple(stored["codes"]), tuple(stored["labels"]))

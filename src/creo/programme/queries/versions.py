"""Versions of a design: which rules on a day, what each says, how two of them differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db import models
from django.db.models import Q

from creo.kernel.criteria import Criteria, parse_criteria
from creo.programme import rules
from creo.programme.models import BudgetProgramme, DesignVersion
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.refusals import NotFound


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """A budget programme."""

    id: int
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version without its document."""

    id: int
    programme: str
    programme_title: str
    number: int
    title: str
    status: str
    origin: str
    valid_from: date | None
    valid_to: date | None
    digest: str
    based_on: int | None
    author_id: int | None
    author_name: str
    created_at: datetime
    approved_by: str
    approved_at: datetime | None

    @property
    def is_draft(self) -> bool:
        """True while it can still be changed."""
        return self.status == DesignVersion.Status.DRAFT


_COLUMNS = (
    "id",
    "programme__code",
    "programme__title",
    "number",
    "title",
    "status",
    "origin",
    "valid_from",
    "valid_to",
    "digest",
    "based_on__number",
    "author_id",
    "author_name",
    "created_at",
    "approved_by__name",
    "approved_at",
)


def _row(values: Sequence[object]) -> VersionRow:
    fixed = [
        "" if name == "approved_by__name" and value is None else value
        for name, value in zip(_COLUMNS, values, strict=True)
    ]
    return VersionRow(*fixed)  # type: ignore[arg-type]  # values_list of the columns above, in their order


def programmes(reader: Reader) -> list[ProgrammeRow]:
    """Every budget programme loaded, the oldest first. Forbidden without the permission."""
    reader.require(Permission.VIEW_PROGRAMME)
    return [
        ProgrammeRow(*values) for values in BudgetProgramme.objects.order_by("id").values_list("id", "code", "title")
    ]


def versions(reader: Reader, programme: str = "") -> list[VersionRow]:
    """The versions of a programme (the first one loaded unless named), newest first; discarded drafts too."""
    reader.require(Permission.VIEW_PROGRAMME)
    return [_row(values) for values in _of(programme).order_by("-number").values_list(*_COLUMNS)]


def version(reader: Reader, number: int, programme: str = "") -> VersionRow:
    """One version by its number. NotFound when there is none."""
    reader.require(Permission.VIEW_PROGRAMME)
    values = _of(programme).filter(number=number).values_list(*_COLUMNS).first()
    if values is None:
        raise NotFound
    return _row(values)


def in_force(reader: Reader, as_of: date, programme: str = "") -> VersionRow | None:
    """The version that ruled on a day, also when it has been retired since; None when none did."""
    reader.require(Permission.VIEW_PROGRAMME)
    values = (
        _of(programme)
        .filter(status__in=[DesignVersion.Status.IN_FORCE, DesignVersion.Status.RETIRED], valid_from__lte=as_of)
        .filter(Q(valid_to=None) | Q(valid_to__gt=as_of))
        .order_by("-valid_from", "-number")
        .values_list(*_COLUMNS)
        .first()
    )
    return _row(values) if values is not None else None


def version_by_id(reader: Reader, version_id: int) -> VersionRow:
    """One version by its key, for chapters that stored it. NotFound when there is none."""
    reader.require(Permission.VIEW_PROGRAMME)
    values = DesignVersion.objects.filter(pk=version_id).values_list(*_COLUMNS).first()
    if values is None:
        raise NotFound
    return _row(values)


def design(reader: Reader, row: VersionRow) -> rules.Design:
    """What a version says, as the rules read it. Versions with the same content share one copy in memory."""
    reader.require(Permission.VIEW_PROGRAMME)
    return _design(row.id, row.digest, row.status)


@lru_cache(maxsize=16)
def _design(version_id: int, digest: str, status: str) -> rules.Design:
    """The digest in the key makes a changed draft another entry; nothing is ever stale."""
    document = DesignVersion.objects.values_list("document", flat=True).get(pk=version_id)
    return rules.design_from_document(document)


def criteria(reader: Reader, row: VersionRow, as_of: date, band: str | None = None) -> Criteria:
    """The active criteria and exclusions of a version, ready to answer; `band` asks with the ages of a product."""
    return parse_criteria(design(reader, row).criteria_items(as_of, band))


def compare(reader: Reader, a: VersionRow, b: VersionRow) -> list[rules.Change]:
    """What version `b` changes of version `a`, leaving aside name, number, state and validity."""
    if a.digest == b.digest:
        return []
    changes = rules.diff(design(reader, a), design(reader, b))
    life = {f"design/{field}" for field in rules.LIFE}
    return [change for change in changes if change.path not in life]


def _of(programme: str) -> models.QuerySet[DesignVersion]:
    if programme:
        return DesignVersion.objects.filter(programme__code=programme)
    first = BudgetProgramme.objects.order_by("id").values("id")[:1]
    return DesignVersion.objects.filter(programme__in=first)

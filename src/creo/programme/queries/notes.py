"""What a version says about its source: contradictions with their treatment, and facts with what represents them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from creo.programme.models import Contradiction, SourceFact
from creo.programme.queries.versions import VersionRow
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader


@dataclass(frozen=True, slots=True)
class ContradictionRow:
    """A contradiction or gap, and what was done with it."""

    code: str
    severity: str
    lines: tuple[int, ...]
    statement: str
    treatment: str
    applies_to: tuple[str, ...]

    @property
    def products(self) -> tuple[str, ...]:
        """Codes that its references begin with: those of products, activities and their parts."""
        return tuple(dict.fromkeys(ref.partition(":")[2].partition(".")[0] for ref in self.applies_to))


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact of the source and the references of the items that represent it."""

    code: str
    lines: tuple[int, ...]
    text: str
    represented_by: tuple[str, ...]
    unbound_reason: str


def contradictions(
    reader: Reader, version: VersionRow, *, severity: str = "", text: str = "", codes: Iterable[str] | None = None
) -> list[ContradictionRow]:
    """The contradictions of a version in their order, of a severity, with a text, or of some codes only."""
    reader.require(Permission.VIEW_PROGRAMME)
    rows = Contradiction.objects.filter(version_id=version.id).order_by("position")
    if severity:
        rows = rows.filter(severity=severity)
    if text:
        rows = rows.filter(Q(code__iexact=text) | Q(statement__icontains=text) | Q(treatment__icontains=text))
    if codes is not None:
        rows = rows.filter(code__in=list(codes))
    columns = ("code", "severity", "lines", "statement", "treatment", "applies_to")
    return [
        ContradictionRow(code, level, tuple(lines), statement, treatment, tuple(refs))
        for code, level, lines, statement, treatment, refs in rows.values_list(*columns)
    ]


def facts(reader: Reader, version: VersionRow, text: str = "") -> list[FactRow]:
    """The facts of the source in their order, those with a text when one is given."""
    reader.require(Permission.VIEW_PROGRAMME)
    rows = SourceFact.objects.filter(version_id=version.id).order_by("position")
    if text:
        rows = rows.filter(Q(code__iexact=text) | Q(text__icontains=text))
    columns = ("code", "lines", "text", "represented_by", "unbound_reason")
    return [
        FactRow(code, tuple(lines), words, tuple(refs), reason)
        for code, lines, words, refs, reason in rows.values_list(*columns)
    ]

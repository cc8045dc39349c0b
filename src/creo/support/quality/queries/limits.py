"""Limits over time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.quality import rules
from creo.support.quality.checks import shared
from creo.support.quality.models import QualityLimit


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One decision about the limits of a check."""

    check_code: str
    kind: str
    soft: Decimal
    hard: Decimal
    valid_from: date
    reason: str
    decided_by: str
    decided_at: datetime

    @property
    def limits(self) -> rules.Limits:
        """The limits as the rules take them."""
        return rules.Limits(rules.LimitKind(self.kind), self.soft, self.hard, self.valid_from)


def _decisions(codes: Collection[str]) -> list[LimitRow]:
    """What was decided about some checks, in order. One query a page."""
    rows = QualityLimit.objects.filter(check_code__in=codes).order_by("id")
    fields = ("check_code", "kind", "soft", "hard", "valid_from", "reason", "decided_by", "decided_at")
    key = ("quality.limits", frozenset(codes))
    return shared(key, lambda: [LimitRow(*row) for row in rows.values_list(*fields)])


def changes_of(codes: Collection[str]) -> dict[str, list[rules.Limits]]:
    """Changes of the limits of some checks, in the order in which they were decided. The same for everyone."""
    found: dict[str, list[rules.Limits]] = {}
    for row in _decisions(codes):
        found.setdefault(row.check_code, []).append(row.limits)
    return found


def limit_rows(reader: Reader, code: str) -> list[LimitRow]:
    """What was decided about a check's limits, newest decision first."""
    reader.require(Permission.VIEW_QUALITY)
    return _decisions([code])[::-1]

"""Closed lists as constraints of the database."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import Q


def one_of(name: str, field: str, values: Iterable[object], *, blank: bool = False) -> models.CheckConstraint:
    """A closed list; `blank` lets an empty text pass, as unknown."""
    listed = sorted(str(value) for value in values)
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": ["", *listed] if blank else listed}))

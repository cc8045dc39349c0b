"""The build fails when a table or a field of ours has no declaration (security.md 14.1; ASVS v5.0.0-14.1.1)."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error

from creo.support.scoping.registry import faults


def every_table_is_declared(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """One error for each table without a way to a place or a field without a class."""
    return [
        Error(f"{label} {problem}", hint="See creo/support/scoping/README.md.", id="scoping.E001")
        for label, problem in faults()
    ]

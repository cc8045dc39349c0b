"""Guards that a slice asks of the database itself: its `database_guards.py` says them once, for both engines.

APPEND_ONLY = ("approvals_decision",)
GUARDS = (
    Guard("approvals_decision", "decision_maker", "INSERT", "NEW.made_by_id IS NULL", "Quien propuso no decide."),
)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from django.apps import apps

from creo.support.ledger.exempt import APPEND_ONLY

OURS = "creo."


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses one kind of statement on the rows of a table for which a condition holds.

    `refused` is SQL that both engines read alike, over NEW and OLD; `why` is said to who tried, without quotes.
    """

    table: str
    name: str
    event: Literal["INSERT", "UPDATE", "DELETE"]
    refused: str
    why: str

    @property
    def trigger(self) -> str:
        """Its name in the database."""
        return f"creo_{self.name}"


@cache
def declared() -> tuple[Guard, ...]:
    """Every guard of every slice, in order."""
    return tuple(guard for module in _modules() for guard in module.GUARDS)


@cache
def append_only() -> tuple[str, ...]:
    """The tables whose rows are only added: those of the ledger and those that slices name."""
    return (*APPEND_ONLY, *(table for module in _modules() for table in module.APPEND_ONLY))


def _modules() -> list[Any]:
    names = [f"{app.name}.database_guards" for app in apps.get_app_configs() if app.name.startswith(OURS)]
    return [import_module(name) for name in names if find_spec(name) is not None]

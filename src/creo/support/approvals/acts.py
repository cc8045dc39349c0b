"""Which acts need a second person, from the wiring table: who proposes, who decides in which order, what is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string

from creo.support.accounts.permissions import Permission

# How high a place must be held for a tier: at the place itself, at its regional office, or for the nation.
PLACE, REGION, NATION = "place", "region", "nation"
LEVEL_WORDS = {
    PLACE: "Del establecimiento",
    REGION: "De la oficina regional o la sede central",
    NATION: "De la sede central",
}


@dataclass(frozen=True, slots=True)
class Tier:
    """One approval: the permission it needs, held at least at a level over the place."""

    permission: Permission
    level: str = PLACE


@dataclass(frozen=True, slots=True)
class Approvable:
    """An act that needs a second person.

    `handler(by=, payload=)` does it, under whoever approved last; `describe(payload)` tells it as rows (what, before,
    after). `revise_view` is the page that makes a new revision with `?propuesta=`; its argument is the subject's code.
    """

    words: Any
    maker: Permission
    tiers: tuple[Tier, ...]
    handler: str
    describe: str
    revise_view: str = ""


def wired() -> Mapping[str, Approvable]:
    """The table: act -> how it is approved."""
    table: Mapping[str, Approvable] = import_string(settings.CREO_APPROVALS)
    return table


def approvable(act: str) -> Approvable:
    """How an act is approved. LookupError for one that the table does not know."""
    found = wired().get(act)
    if found is None:
        raise LookupError(f"El acto [{act}] no está en la tabla de aprobaciones.")
    return found


def act_words(act: str) -> str:
    """An act for people; its own code when it left the table."""
    found = wired().get(act)
    return str(found.words) if found else act


def describe(act: str, payload: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What an act would change, as rows; always in the language of the house, for their fingerprint must not change."""
    told: Callable[..., Any] = import_string(approvable(act).describe)
    with translation.override(settings.LANGUAGE_CODE):
        return [(str(what), str(before), str(after)) for what, before, after in told(payload)]


def execute(act: str, *, by: Any, payload: Mapping[str, Any]) -> None:
    """Does the act."""
    import_string(approvable(act).handler)(by=by, payload=payload)

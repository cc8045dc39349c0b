"""What a reaction gets, what it says of itself, and the wiring table that joins acts to reactions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from creo.support.accounts.permissions import Permission

Wiring = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class News:
    """An act of an earlier chapter, as its ledger entry tells it.

    It may arrive late and more than once: a reaction looks at how its subject is now, never at this alone.
    """

    entry_id: int
    act: str
    subject_kind: str
    subject_code: str
    place: str
    at: datetime
    before: Mapping[str, Any]
    after: Mapping[str, Any]


Reaction = Callable[[News], None]


def reaction(*, title: Any, owner: Permission) -> Callable[[Reaction], Reaction]:
    """Names a reaction for people: what it does, and who is asked when it is refused. Every wired reaction has both."""

    def wrap(function: Reaction) -> Reaction:
        function.title, function.owner = title, owner  # type: ignore[attr-defined]  # read by reaction_title, _owner
        return function

    return wrap


def wired() -> Wiring:
    """The wiring table: act -> paths of the reactions to it."""
    table: Wiring = import_string(settings.CREO_REACTIONS)
    return table


def act_words(act: str) -> str:
    """An act for people: "Unión de fichas"; its own code when nobody gave it words."""
    words: Mapping[str, Any] = import_string(settings.CREO_ACT_WORDS)
    return str(words.get(act, act))


def reaction_title(path: str) -> str:
    """What a reaction does, for people; its path when it does not exist any more."""
    try:
        return str(import_string(path).title)
    except (ImportError, AttributeError):
        return path


def reaction_owner(path: str) -> Permission:
    """Who is asked when the reaction is refused; whoever manages the installation when it does not say."""
    try:
        owner: Permission = import_string(path).owner
    except (ImportError, AttributeError):
        return Permission.MANAGE_ACCESS
    return owner

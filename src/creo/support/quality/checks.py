"""What a chapter gives to have its records checked: declared checks, wired in site/wiring.py QUALITY.

settings.CREO_QUALITY names that table; settings.CREO_QUALITY_PLACES the function that tells a reader's places.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from creo.kernel.citations import Citation
from creo.support.accounts.permissions import ROLES, Permission
from creo.support.accounts.readers import Reader
from creo.support.quality.rules import Limits, Severity
from creo.support.refusals import NotFound

Text = str | Promise
Detail = Mapping[str, str | int]


class Finding(NamedTuple):
    """One record that a check points at. `place` is a code, empty where none is recorded.

    `detail` fills the check's `detail_text`: whole numbers, texts, and days as ISO text.
    """

    subject_code: str
    place: str = ""
    detail: Detail = {}


class Unseen(NamedTuple):
    """A place where the check had nothing to look at: it is unknown there, not good."""

    place: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where findings are counted: a code, its name and the group it belongs to."""

    code: str
    name: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of thing that checks point at: how it is called, opened, and who may see each one.

    `names(reader, codes)` gives the names of those inside the reader's scope; the others are not shown.
    """

    kind: str
    title: Text
    view: str
    permission: Permission
    names: Callable[[Reader, Collection[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must not be in the records, how much of it is tolerated, who mends it and how.

    `find(as_of)` streams at most one finding a subject, as of a day; `population(as_of)` counts by place the units that
    were looked at. `past`: whether an earlier day can be recomputed truly from what the tables keep.
    """

    code: str
    title: Text
    explanation: Text
    mend: Text
    severity: Severity
    owner: str
    unit: Text
    subject: Subject
    limits: Limits
    find: Callable[[date], Iterable[Finding | Unseen]]
    detail_text: Text = ""
    words: Mapping[str, Text] = field(default_factory=dict)
    """Words for people of the codes that a detail may hold."""
    population: Callable[[date], Mapping[str, int]] | None = None
    citation: Citation | None = None
    past: bool = False
    mend_view: str = ""
    mend_permission: Permission | None = None
    mend_label: Text = ""

    @property
    def owner_title(self) -> str:
        """The role that mends it, in words."""
        return str(ROLES[self.owner].title)


_memory: ContextVar[dict[Hashable, Any] | None] = ContextVar("quality_memory", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """While it lasts, what checks share is read once; afterwards it is forgotten."""
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def shared[T](key: Hashable, make: Callable[[], T]) -> T:
    """What several checks of one run read: made once a run, and every time outside of one."""
    memory = _memory.get()
    if memory is None:
        return make()
    if key not in memory:
        memory[key] = make()
    found: T = memory[key]
    return found


def checks() -> dict[str, Check]:
    """Every wired check by code, in the order of the wiring. ValueError for two with one code."""
    found: dict[str, Check] = {}
    wiring: tuple[str, ...] = import_string(settings.CREO_QUALITY)
    for path in wiring:
        for check in import_string(path):
            if check.code in found:
                raise ValueError(f"Dos revisiones llevan el código [{check.code}].")
            found[check.code] = check
    return found


def check_for(code: str) -> Check:
    """One check. NotFound for a code that nobody wired."""
    found = checks().get(code)
    if found is None:
        raise NotFound
    return found


def places(reader: Reader) -> tuple[Place, ...]:
    """The places inside the reader's scope, by name."""
    named: Callable[[Reader], tuple[Place, ...]] = import_string(import_string(settings.CREO_QUALITY_PLACES))
    return shared(("quality.places", reader), lambda: named(reader))


def allowed(reader: Reader) -> frozenset[str] | None:
    """Codes of the places whose counts the reader may see; None is the whole nation."""
    return None if reader.national else frozenset(place.code for place in places(reader))

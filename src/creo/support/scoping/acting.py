"""Behind which wall a request works: one statement at its beginning, and one named way beyond it.

Only requests on PostgreSQL with CREO_RLS have a wall: the worker, migrations and `creo` commands work as the owner.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from creo.support.accounts.readers import Reader
from creo.support.scoping.wall import wanted
from creo.support.scoping.walls import FACILITIES, NATION, PEOPLE, WEB

_SET = "SELECT set_config('role', %s, true), set_config(%s, {}, true), set_config(%s, %s, true)"
_log = logging.getLogger("creo.scoping")


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a request stands: its role, the keys of its prisons and of the people it was let in to."""

    role: str
    facilities: str = ""
    people: str = ""


_ground: ContextVar[Ground | None] = ContextVar("creo_ground", default=None)


def ground() -> Ground | None:
    """Where the running request stands; None where no wall stands."""
    return _ground.get()


@contextmanager
def standing(reader: Reader) -> Iterator[None]:
    """Runs a request in one transaction that first says who reads. One query. The settings end with the transaction."""
    with _wall():
        if wanted(connection):
            _arrive(reader)
        yield


@contextmanager
def standing_again(on: Ground) -> Iterator[None]:
    """Runs the rest of a request, its streamed answer, in a transaction of its own on the same ground."""
    with _wall():
        _stand(on)
        yield


@contextmanager
def _wall() -> Iterator[None]:
    if not wanted(connection):
        yield
        return
    nested = connection.in_atomic_block
    with transaction.atomic():
        before = _ground.get()
        try:
            yield
        finally:
            _ground.set(before)
            # Inside a savepoint the settings would outlive it, to the end of the outermost transaction.
            if nested and not connection.needs_rollback:
                _tell(before)


def enter(reader: Reader) -> None:
    """Says who works, once it is known, inside a request that stands already: for keys of the API."""
    if _ground.get() is not None:
        _arrive(reader)


def let_in(person_ids: Iterable[int]) -> None:
    """Some people more, for the rest of the request: whoever may look at them although no prison of theirs says so."""
    here = _ground.get()
    if here is not None:
        keys = ",".join(sorted({*filter(None, here.people.split(",")), *map(str, person_ids)}))
        if keys != here.people:
            _stand(replace(here, people=keys))


@contextmanager
def beyond(reason: str) -> Iterator[None]:
    """The one way beyond the reader's places, for what is decided over the whole nation: say why, it is logged.

    Runs in a savepoint: when it fails, the database is back behind the wall by itself.
    """
    here = _ground.get()
    if here is None or here.role == NATION:
        yield
        return
    _log.info("beyond the scope: %s", reason)
    with transaction.atomic():
        _stand(replace(here, role=NATION))
        try:
            yield
        finally:
            _ground.set(here)
        _tell(here)


@contextmanager
def commanding(name: str) -> Iterator[None]:
    """The frame of a command, inside its own savepoint: it checks scope and permission itself and leaves its entry.

    A transfer takes a row out of its writer's scope, a merge joins records of two prisons, a number must be free in the
    whole nation: policies on writes cannot tell these from theft, the command's rules and its ledger entry can.
    """
    here = _ground.get()
    if here is None or here.role == NATION:
        yield
        return
    _log.debug("command beyond the scope: %s", name)
    _stand(replace(here, role=NATION))
    try:
        yield
    finally:
        _ground.set(here)
    # A refused command goes back to its savepoint, and the settings with it.
    _tell(here)


def _arrive(reader: Reader) -> None:
    """Says who reads and where: the nation, some prisons, or none. The same statement looks up their keys."""
    if reader.national:
        _stand(Ground(NATION))
    elif not reader.scopes:
        _stand(Ground(WEB))
    else:
        places = import_string(settings.CREO_SCOPE_PLACES)(reader).order_by().values("id")
        sql, params = places.query.sql_with_params()
        with connection.cursor() as cursor:
            keys = f"COALESCE((SELECT string_agg(p.id::text, ',') FROM ({sql}) p), '')"
            cursor.execute(_SET.format(keys), [WEB, FACILITIES, *params, PEOPLE, ""])
            _ground.set(Ground(WEB, cursor.fetchone()[1]))


def _stand(on: Ground) -> None:
    _tell(on)
    _ground.set(on)


def _tell(on: Ground | None) -> None:
    """One statement; the role `none` is the owner again."""
    role, facilities, people = (on.role, on.facilities, on.people) if on else ("none", "", "")
    with connection.cursor() as cursor:
        cursor.execute(_SET.format("%s"), [role, FACILITIES, facilities, PEOPLE, people])

"""Made-up acts over a made-up stock, and people who propose and decide them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, Scope
from creo.support.approvals import commands
from creo.support.approvals.acts import NATION, PLACE, REGION, Approvable, Tier
from creo.support.approvals.models import Proposal
from creo.support.ledger import triggers

TODAY = date(2026, 11, 23)  # a Monday
STOCK: dict[str, str] = {}
DONE: list[tuple[int | None, str, dict[str, Any]]] = []
FAULTS: list[Exception] = []


@dataclass(frozen=True)
class Place:
    code: str
    name: str
    region: str


PLACES = (
    Place("NORTE-1", "Depósito uno", "NORTE"),
    Place("NORTE-2", "Depósito dos", "NORTE"),
    Place("SUR-1", "Tres", "SUR"),
)


def places(who: Reader) -> tuple[Place, ...]:
    """The made-up places inside a reader's scopes."""
    held = {scope.code for scope in who.scopes}
    return tuple(place for place in PLACES if who.national or held & {place.code, place.region})


@contextmanager
def insider() -> Iterator[None]:
    """Somebody with the database's password, who takes the guards away and puts them back."""
    settled()
    with triggers.lifted(connection):
        yield
        settled()


def settled() -> None:
    """No constraint waits any more: PostgreSQL touches no trigger of a table before."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def empty() -> None:
    """An empty stock, nothing done, nothing in the way."""
    for table in (STOCK, DONE, FAULTS):
        table.clear()


def paint(*, by: Reader, payload: Mapping[str, Any]) -> None:
    """The made-up act: paints a box; leaves a trace in the database too. Raises what a test put in its way."""
    User.objects.create(username=f"pintado-{len(DONE)}-{payload['box']}", name="Huella", password="!")
    if FAULTS:
        raise FAULTS[0]
    STOCK[payload["box"]] = payload["colour"]
    DONE.append((by.user_id, by.name, dict(payload)))


def told(payload: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """A box before and after."""
    return [("Caja", payload["box"], payload["box"]), ("Color", STOCK.get(payload["box"], "—"), payload["colour"])]


def _act(*tiers: Tier) -> Approvable:
    module = __name__
    return Approvable("Pintar", Permission.EDIT_PEOPLE, tiers, f"{module}.paint", f"{module}.told")


APPROVALS = {
    "box.paint": _act(Tier(Permission.DECIDE_PROPOSALS)),
    "box.paint_thrice": _act(
        Tier(Permission.DECIDE_PROPOSALS, PLACE),
        Tier(Permission.DECIDE_PROPOSALS, REGION),
        Tier(Permission.DECIDE_PROPOSALS, NATION),
    ),
}


def person(username: str, *permissions: Permission, scope: tuple[str, str] = ("nation", "")) -> Reader:
    """A user with some permissions at a place."""
    user = User.objects.filter(username=username).first() or User.objects.create_user(username, username.title())
    rights = permissions or (Permission.EDIT_PEOPLE, Permission.DECIDE_PROPOSALS, Permission.EXPORT)
    return Reader(user.pk, user.name, frozenset(rights), (Scope(*scope),), ())


def granted(username: str, role: str, scope: tuple[str, str] = ("nation", "")) -> User:
    """A user who holds a role; their reader comes from the grants."""
    user = User.objects.create_user(username, username.title(), "clave-de-prueba")
    RoleGrant.objects.create(
        user=user, role=role, scope_kind=scope[0], scope_code=scope[1], valid_from=date(2026, 1, 1)
    )
    return user


def propose(by: Reader, *, act: str = "box.paint", place: str = "NORTE-1", box: str = "C-1", **other: Any) -> Proposal:
    """A proposal to paint a box red."""
    values: dict[str, Any] = {
        "act": act,
        "subject": ("box", box),
        "place": place,
        "payload": {"box": box, "colour": "rojo"},
        "text": "Está despintada",
        "today": TODAY,
    }
    return commands.propose(by=by, **(values | other))


def decide(by: Reader, made: Proposal, decision: str = "approved", **other: Any) -> Proposal:
    """A decision on the proposal as it is now."""
    made.refresh_from_db()
    values: dict[str, Any] = {"seen": made.digest, "reason": "Visto", "today": TODAY}
    return commands.decide(by=by, proposal_id=made.pk, decision=decision, **(values | other))

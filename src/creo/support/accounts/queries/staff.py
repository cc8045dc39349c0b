"""The people of the staff and the roles they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched

from django.db.models import Exists, OuterRef, Q, QuerySet

from creo.support.accounts import rules
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.queries.scoped import at, giving, not_over, within
from creo.support.accounts.readers import Reader, Scope
from creo.support.accounts.rules import GrantState
from creo.support.refusals import NotFound
from creo.support.tables import Keyset, TablePage

ACTIVE, DISABLED, WITHOUT_ROLE, ENDING = "active", "disabled", "without_role", "ending"
_STAFF = Keyset("accounts.staff", ("name", "id"))


@dataclass(frozen=True, slots=True)
class StaffFilters:
    """What the list is narrowed to: part of a name or user name, a role, a place, a state (empty: all)."""

    text: str = ""
    role: str = ""
    place: Scope | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A role held, and how it stands today."""

    id: int
    username: str
    name: str
    role: str
    place: Scope
    valid_from: date
    valid_to: date | None
    state: GrantState
    lapses_on: date
    reviewed_on: date
    last_used_on: date | None
    last_sign_in: datetime | None
    resolution: str
    reason: str
    granted_by: str
    ended_on: date | None
    ended_by: str
    end_reason: str


@dataclass(frozen=True, slots=True)
class StaffRow:
    """Somebody of the staff with what they hold today."""

    id: int
    username: str
    name: str
    active: bool
    last_sign_in: datetime | None
    grants: tuple[GrantRow, ...] = ()


def staff_page(reader: Reader, filters: StaffFilters, on: date, cursor: str = "") -> TablePage[StaffRow]:
    """A page of the list, by name. Two queries, one more for a reader of some places."""
    found = _STAFF.page(_staff(reader, filters, on), cursor)
    return TablePage(_with_grants(reader, found.rows, on), found.next_cursor, found.prev_cursor)


def staff_count(reader: Reader, filters: StaffFilters, on: date) -> int:
    """How many people the filters leave."""
    return _staff(reader, filters, on).count()


def staff_rows(reader: Reader, filters: StaffFilters, on: date) -> Iterator[StaffRow]:
    """Every row, streamed, for exports. Forbidden without the permission to export."""
    reader.require(Permission.EXPORT)
    people = _staff(reader, filters, on).order_by("name", "id").iterator(chunk_size=500)
    for some in batched(people, 500, strict=False):
        yield from _with_grants(reader, some, on)


def account(reader: Reader, username: str, on: date) -> StaffRow:
    """One person with every role they ever held at the reader's places, newest first. NotFound outside them."""
    reader.require(Permission.MANAGE_ACCESS)
    user = _visible(reader).filter(username=username).first()
    if user is None:
        raise NotFound
    rows = RoleGrant.objects.filter(within(reader), user_id=user.pk).select_related("user").order_by("-pk")
    held = tuple(grant_row(row, on) for row in rows)
    return StaffRow(user.pk, user.username, user.name, user.is_active, user.last_login, held)


def grant(reader: Reader, grant_id: int, on: date) -> GrantRow:
    """One role held, for whoever manages access there. NotFound outside their places."""
    reader.require(Permission.MANAGE_ACCESS)
    found = RoleGrant.objects.filter(within(reader), pk=grant_id).select_related("user").first()
    if found is None:
        raise NotFound
    return grant_row(found, on)


def grants_held(user_id: int, on: date) -> list[GrantRow]:
    """What somebody holds that is not over, for themselves."""
    rows = RoleGrant.objects.filter(not_over(on), user_id=user_id).select_related("user").order_by("pk")
    return [grant_row(row, on) for row in rows]


def grant_row(row: RoleGrant, on: date) -> GrantRow:
    """A grant as pages show it; its user must have been read with it."""
    return GrantRow(
        id=row.pk,
        username=row.user.username,
        name=row.user.name,
        role=row.role,
        place=Scope(row.scope_kind, row.scope_code),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        state=row.state(on),
        lapses_on=rules.lapses_on(row.counted_from, on),
        reviewed_on=row.counted_from,
        last_used_on=row.last_used_on,
        last_sign_in=row.user.last_login,
        resolution=row.resolution,
        reason=row.reason,
        granted_by=row.granted_by,
        ended_on=row.ended_on,
        ended_by=row.ended_by,
        end_reason=row.end_reason,
    )


def _visible(reader: Reader) -> QuerySet[User]:
    """The nation sees everybody; a place, who holds or held a role there."""
    if reader.national:
        return User.objects.all()
    return User.objects.filter(Exists(RoleGrant.objects.filter(within(reader), user=OuterRef("pk"))))


def _staff(reader: Reader, filters: StaffFilters, on: date) -> QuerySet[User]:
    reader.require(Permission.MANAGE_ACCESS)
    rows = _visible(reader)
    for word in filters.text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(username__icontains=word))
    held = RoleGrant.objects.filter(not_over(on), user=OuterRef("pk"))
    if filters.role or filters.place:
        wanted = held.filter(role=filters.role) if filters.role else held
        rows = rows.filter(Exists(wanted.filter(at(filters.place)) if filters.place else wanted))
    if filters.state in (ACTIVE, DISABLED):
        rows = rows.filter(is_active=filters.state == ACTIVE)
    elif filters.state == WITHOUT_ROLE:
        rows = rows.filter(~Exists(RoleGrant.objects.filter(giving(on), user=OuterRef("pk"))))
    elif filters.state == ENDING:
        soon = on + timedelta(days=rules.parameters().on("warn_days", on))
        rows = rows.filter(Exists(held.filter(valid_to__lte=soon)))
    return rows


def _with_grants(reader: Reader, people: Iterable[User], on: date) -> list[StaffRow]:
    users: Sequence[User] = list(people)
    rows = RoleGrant.objects.filter(not_over(on), within(reader), user_id__in=[user.pk for user in users])
    held: dict[int, list[GrantRow]] = {}
    for row in rows.select_related("user").order_by("pk"):
        held.setdefault(row.user_id, []).append(grant_row(row, on))
    return [
        StaffRow(user.pk, user.username, user.name, user.is_active, user.last_login, tuple(held.get(user.pk, ())))
        for user in users
    ]

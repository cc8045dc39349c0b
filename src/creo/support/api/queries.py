"""Reads of keys: the list for whoever manages access, and the reader behind a key that calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import NATION, Reader, Scope
from creo.support.api import secrets
from creo.support.api.models import ApiKey
from creo.support.refusals import Forbidden, NotFound

# What a key may be given: another institution's system never manages accounts, designs or protected data.
GRANTABLE = (Permission.VIEW_TERRITORY, Permission.VIEW_PEOPLE, Permission.EDIT_PEOPLE)
ROLE = "api"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as the list shows it; `state` is in_force, expired or revoked."""

    id: int
    prefix: str
    institution: str
    purpose: str
    permissions: tuple[str, ...]
    scope_kind: str
    scope_code: str
    created_at: datetime
    created_by: str
    expires_on: date
    revoked_at: datetime | None
    revoked_by: str
    revoked_reason: str
    last_used_on: date | None
    state: str


def require_nation(reader: Reader) -> None:
    """Forbidden but for who manages access in the whole country: a key may open all of it."""
    reader.require(Permission.MANAGE_ACCESS)
    if not reader.national:
        raise Forbidden(_("Las claves de otras instituciones las administra quien tiene ámbito nacional."))


def keys(reader: Reader, today: date) -> list[KeyRow]:
    """Every key, newest first. Forbidden without the permission to manage access."""
    require_nation(reader)
    return [_row(key, today) for key in ApiKey.objects.order_by("-id")]


def key(reader: Reader, key_id: int, today: date) -> KeyRow:
    """One key. NotFound when there is none."""
    require_nation(reader)
    found = ApiKey.objects.filter(pk=key_id).first()
    if found is None:
        raise NotFound
    return _row(found, today)


def key_for(text: str, today: date) -> ApiKey | None:
    """The key in force with this text, None otherwise: unknown, revoked and expired look the same."""
    prefix = secrets.prefix_of(text)
    found = ApiKey.objects.filter(prefix=prefix).first() if prefix else None
    if found is None or not secrets.proves(text, found.digest) or _state(found, today) != "in_force":
        return None
    return found


def reader_of(key: ApiKey) -> Reader:
    """Who calls with a key: never more than what may be granted, whatever its row says."""
    granted = frozenset(permission for permission in GRANTABLE if permission.value in key.permissions)
    scope = Scope(NATION) if key.scope_kind == NATION else Scope(key.scope_kind, key.scope_code)
    return Reader(None, f"{key.institution} (clave {key.prefix})"[:120], granted, (scope,), (ROLE,))


def _state(key: ApiKey, today: date) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "in_force" if today < key.expires_on else "expired"


def _row(key: ApiKey, today: date) -> KeyRow:
    return KeyRow(
        id=key.pk,
        prefix=key.prefix,
        institution=key.institution,
        purpose=key.purpose,
        permissions=tuple(key.permissions),
        scope_kind=key.scope_kind,
        scope_code=key.scope_code,
        created_at=key.created_at,
        created_by=key.created_by,
        expires_on=key.expires_on,
        revoked_at=key.revoked_at,
        revoked_by=key.revoked_by,
        revoked_reason=key.revoked_reason,
        last_used_on=key.last_used_on,
        state=_state(key, today),
    )

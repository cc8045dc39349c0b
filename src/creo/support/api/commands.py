"""Keys are made and revoked; the secret is seen once, by whoever made it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import NATION, Reader
from creo.support.api import queries, secrets
from creo.support.api.models import ApiKey
from creo.support.api.queries import GRANTABLE
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound, Refused

# Ley 29733 and its Regulation ask for a review of privileges every six months at least: a key lives a year at most.
LONGEST = timedelta(days=366)
PLACES = ("region", "facility")


@ledger.command(permission=Permission.MANAGE_ACCESS)
def create_key(
    *,
    by: Reader,
    institution: str,
    purpose: str,
    permissions: Sequence[str],
    scope_kind: str,
    scope_code: str,
    expires_on: date,
    today: date,
) -> tuple[int, str]:
    """Makes a key and returns its number and its text, which is never shown again. Refused with every reason.

    The caller has checked that the place exists: support does not know places.
    """
    queries.require_nation(by)
    fields: dict[str, str] = {}
    if not institution.strip():
        fields["institution"] = _("Indique la institución que usará la clave.")
    if not purpose.strip():
        fields["purpose"] = _("Indique para qué se usará: la finalidad del tratamiento de los datos.")
    if not permissions or not set(permissions) <= {permission.value for permission in GRANTABLE}:
        fields["permissions"] = _("Elija al menos un permiso de la lista.")
    if (scope_kind == NATION) == bool(scope_code) or scope_kind not in (NATION, *PLACES):
        fields["scope_code"] = _("Elija el ámbito: nacional, una oficina regional o un establecimiento.")
    if expires_on <= today:
        fields["expires_on"] = _("La clave debe vencer después de hoy.")
    elif expires_on > today + LONGEST:
        fields["expires_on"] = _("Una clave dura un año como máximo: después se revisa y se hace otra.")
    if fields:
        raise Refused(list(fields.values()), fields=fields)
    token = secrets.new_token()
    key = ApiKey.objects.create(
        prefix=token.prefix,
        digest=secrets.digest_of(token.text),
        institution=institution.strip(),
        purpose=purpose.strip(),
        permissions=sorted(set(permissions)),
        scope_kind=scope_kind,
        scope_code=scope_code,
        created_at=clock.now(),
        created_by=by.name,
        expires_on=expires_on,
    )
    ledger.record(
        act="api.key_created",
        subject=("api_key", token.prefix),
        reason=purpose.strip(),
        after={
            "institution": key.institution,
            "permissions": key.permissions,
            "scope": [scope_kind, scope_code],
            "expires_on": expires_on.isoformat(),
        },
    )
    return key.pk, token.text


@ledger.command(permission=Permission.MANAGE_ACCESS)
def revoke_key(*, by: Reader, key_id: int, reason: str) -> None:
    """Ends a key from the next call on. Refused without a reason."""
    queries.require_nation(by)
    key = ApiKey.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise NotFound
    if key.revoked_at is not None:
        ledger.nothing_to_do("key already revoked")
        return
    if not reason.strip():
        raise Refused(_("Escriba el motivo."), fields={"reason": _("Escriba el motivo.")})
    key.revoked_at, key.revoked_by, key.revoked_reason = clock.now(), by.name, reason.strip()
    key.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
    ledger.record(act="api.key_revoked", subject=("api_key", key.prefix), reason=reason.strip())


def note_use(key: ApiKey, today: date) -> None:
    """Remembers the last day a key was used: one write a day at most, so that a forgotten key shows."""
    if key.last_used_on != today:
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=today)

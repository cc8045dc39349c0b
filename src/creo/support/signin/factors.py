"""Second factors over allauth.mfa: the only module that knows how the library keeps and weighs them.

One-time codes (TOTP) are taken once, by a row that the database refuses a second time: the library's own mark lives in
the cache of one process, and we run several.
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.signin.models import FactorSecret, UsedCode

TOTP, CODES, PASSKEY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES, Authenticator.Type.WEBAUTHN


@dataclass(frozen=True, slots=True)
class Factor:
    """A second factor of somebody, without its secret."""

    id: int
    kind: str
    name: str
    made_at: datetime
    used_at: datetime | None
    left: int | None = None  # unused recovery codes


def of(user_id: int) -> list[Factor]:
    """Somebody's factors, oldest first. One query."""
    return [_shown(each) for each in Authenticator.objects.filter(user_id=user_id).order_by("id")]


def _shown(each: Authenticator) -> Factor:
    name = str(each.data.get("name", "")) if each.type == PASSKEY else ""
    left = app_settings.RECOVERY_CODE_COUNT - each.data["used_mask"].bit_count() if each.type == CODES else None
    return Factor(each.pk, each.type, name, each.created_at, each.last_used_at, left)


def has_any(user_id: int) -> bool:
    """True when a sign-in asks for a second factor. One query."""
    return Authenticator.objects.filter(user_id=user_id, type__in=[TOTP, PASSKEY]).exists()


def enrolled(user_ids: list[int]) -> frozenset[int]:
    """Who of them has a second factor. One query."""
    found = Authenticator.objects.filter(user_id__in=user_ids, type__in=[TOTP, PASSKEY])
    return frozenset(found.values_list("user_id", flat=True))


def _steps() -> range:
    now = int(time.time()) // app_settings.TOTP_PERIOD
    return range(now - app_settings.TOTP_TOLERANCE, now + app_settings.TOTP_TOLERANCE + 1)


def _step_of(secret: str, code: str) -> int | None:
    for step in _steps():
        if hmac.compare_digest(totp.format_hotp_value(totp.hotp_value(secret, step)), code):
            return step
    return None


def _take(user_id: int, step: int) -> bool:
    """Takes a code, once. Codes of an hour ago are forgotten: their time is over."""
    try:
        with transaction.atomic():
            UsedCode.objects.create(user_id=user_id, step=step)
    except IntegrityError:
        return False
    UsedCode.objects.filter(user_id=user_id, step__lt=step - 3600 // app_settings.TOTP_PERIOD).delete()
    return True


def spend_code(user: Any, typed: str) -> Authenticator | None:
    """The factor that a typed code proves, and the code is spent; None when it proves nothing or was used before."""
    code = "".join(typed.split()).replace("-", "")
    if not code.isascii() or not code.isdigit():
        return None
    for each in Authenticator.objects.filter(user_id=user.pk, type__in=[TOTP, CODES]):
        if each.type == TOTP:
            step = _step_of(decrypt(each.data["secret"]), code)
            if step is not None and _take(user.pk, step):
                return each
        elif len(code) == app_settings.RECOVERY_CODE_DIGITS and _spend(
            by=Reader(user.pk, user.name), username=user.username, codes=each, code=code
        ):
            return Authenticator.objects.get(pk=each.pk)
    return None


@ledger.command(permission=None)
def _spend(*, by: Reader, username: str, codes: Authenticator, code: str) -> bool:
    """Spends a recovery code: one less stands between the account and being locked out, and its owner should know."""
    if not RecoveryCodes(codes).validate_code(code):
        ledger.nothing_to_do("no es uno de sus códigos de recuperación, o ya se usó")
        return False
    codes.refresh_from_db(fields=["data"])
    left = app_settings.RECOVERY_CODE_COUNT - codes.data["used_mask"].bit_count()
    ledger.record(act="accounts.recovery_code_spent", subject=("account", username), after={"left": left})
    return True


def new_secret(request: HttpRequest, *, again: bool = False) -> str:
    """The secret being set up in this session; another one when `again`."""
    secret: str = totp.get_totp_secret(regenerate=again)
    return secret


def secret_address(user: Any, secret: str) -> str:
    """The otpauth:// address that an authenticator application reads from a picture."""
    address: str = get_adapter().build_totp_url(user, secret)
    return address


def picture(address: str) -> str:
    """The path of the picture (SVG) that a telephone reads: dark squares of one unit, four units of margin."""
    import qrcode

    code = qrcode.QRCode(border=0)
    code.add_data(address)
    code.make(fit=True)
    return "".join(
        f"M{x + 4} {y + 4}h1v1h-1z" for y, row in enumerate(code.modules) for x, dark in enumerate(row) if dark
    )


def picture_size(address: str) -> int:
    """Its width in units, margins included."""
    import qrcode

    code = qrcode.QRCode(border=0)
    code.add_data(address)
    code.make(fit=True)
    return int(code.modules_count) + 8


def add_totp(user: Any, secret: str, code: str) -> bool:
    """Keeps a secret whose code was typed right; that code is spent. False when it was wrong."""
    step = _step_of(secret, "".join(code.split()))
    if step is None or not _take(user.pk, step):
        return False
    totp.TOTP.activate(user, secret)
    return True


def forget_secret(request: HttpRequest) -> None:
    """The secret set up in this session is no longer needed there."""
    totp.clear_totp_secret(request)


def passkey_options(user: Any) -> str:
    """What the browser needs to make a passkey, as JSON; its challenge stays in the session."""
    return json.dumps(webauthn.begin_registration(user, True))


def passkey_question(user: Any | None) -> str:
    """What the browser needs to prove a passkey, of somebody or (None) of whoever it turns out to be, as JSON."""
    return json.dumps(webauthn.begin_authentication(user))


def add_passkey(user: Any, name: str, credential: dict[str, Any]) -> bool:
    """Keeps a passkey. False when it does not answer this session's challenge, or nobody was verified in making it."""
    try:
        webauthn.parse_registration_response(credential)
        binding = webauthn.complete_registration(credential)
    except (ValidationError, ValueError, KeyError, TypeError):
        return False
    if not binding.is_user_verified():
        return False
    webauthn.WebAuthn.add(user, name, credential)
    return True


def proves_passkey(user: Any, credential: dict[str, Any]) -> Authenticator | None:
    """The passkey of somebody that answers this session's challenge; None when none does."""
    try:
        webauthn.parse_authentication_response(credential)
        found: Authenticator = webauthn.complete_authentication(user, credential)
    except (ValidationError, ValueError, KeyError, TypeError):
        return None
    return found


def owner(credential: dict[str, Any]) -> Any | None:
    """Whose passkey it says to be; nothing is proved yet."""
    try:
        return webauthn.extract_user_from_response(credential)
    except (ValidationError, ValueError, TypeError, AttributeError):
        return None


def make_codes(user: Any) -> list[str]:
    """New recovery codes; the old ones open nothing any more."""
    _delete(Authenticator.objects.filter(user_id=user.pk, type=CODES))
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes


def remove(user_id: int, factor_id: int) -> Factor | None:
    """Removes a factor of somebody; recovery codes go with the last one. None when it is not theirs."""
    each = Authenticator.objects.filter(user_id=user_id, pk=factor_id).first()
    if each is None:
        return None
    shown = _shown(each)
    _delete([each])
    if not has_any(user_id):
        _delete(Authenticator.objects.filter(user_id=user_id, type=CODES))
    return shown


def remove_all(user_id: int) -> int:
    """Removes every factor of somebody; how many there were."""
    return _delete(Authenticator.objects.filter(user_id=user_id))


def _delete(some: Iterable[Authenticator]) -> int:
    """Factors and their secrets; how many."""
    gone = list(some)
    kept = [each.data[name] for each in gone for name in ("secret", "seed") if name in each.data]
    Authenticator.objects.filter(pk__in=[each.pk for each in gone]).delete()
    FactorSecret.objects.filter(seal_id__in=kept).delete()
    return len(gone)


def used(each: Authenticator) -> None:
    """Writes that a factor was used now."""
    each.record_usage()

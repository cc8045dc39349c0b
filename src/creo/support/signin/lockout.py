"""Wrong tries, counted in the database that every process shares: by name and address, and slowly by name alone.

One prison is one address, and one guesser elsewhere must not shut out the true person: so ten tries count for one name
at one address, and the count of a name at all addresses stops only addresses it did not sign in from lately. What was
typed as a name is kept as a keyed digest: somebody may have typed a password there.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.signals import user_login_failed
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from creo.support import clock
from creo.support.signin import limits, sessions

Credentials = dict[str, Any] | None


def name_tried(request: HttpRequest, credentials: Credentials) -> str:
    """What axes counts by: a digest of the name as it was typed."""
    name = str((credentials or {}).get("username") or request.POST.get("username") or "")
    return salted_hmac("creo.signin.name", name, algorithm="sha256").hexdigest()[:40]


def tries(request: HttpRequest, credentials: Credentials) -> int:
    """How many wrong tries axes allows one name at one address."""
    return limits.TRIES


def cool_off(request: HttpRequest | None) -> timedelta:
    """How long axes makes it wait then."""
    return limits.COOL_OFF


def address(request: HttpRequest) -> str:
    """The address axes counts by."""
    return sessions.address_of(request)


class Handler(AxesDatabaseHandler):  # type: ignore[misc]  # axes has no types
    """Axes' own count by name and address, and the slow one by name alone."""

    def is_locked(self, request: HttpRequest, credentials: Credentials = None) -> bool:
        """True while this name waits at this address. Two queries, three when it is tried from everywhere."""
        if super().is_locked(request, credentials):
            return True
        tries = _attempts(request, credentials).aggregate(tries=Sum("failures_since_start"))["tries"] or 0
        return tries >= limits.SPREAD_TRIES and not _known_here(request, credentials)


def _attempts(request: HttpRequest, credentials: Credentials) -> Any:
    return AccessAttempt.objects.filter(
        username=name_tried(request, credentials), attempt_time__gt=clock.now() - limits.COOL_OFF
    )


def _known_here(request: HttpRequest, credentials: Credentials) -> bool:
    return AccessLog.objects.filter(
        username=str((credentials or {}).get("username") or ""),
        ip_address=sessions.address_of(request),
        attempt_time__gt=clock.now() - limits.KNOWN_ADDRESS,
    ).exists()


def waits(request: HttpRequest, username: str) -> bool:
    """True while a name must wait at the address of a request."""
    return not AxesProxyHandler.is_allowed(request, {"username": username})


def failed(request: HttpRequest, username: str) -> None:
    """Counts a wrong try that Django did not see: a code, a passkey, a password asked for again."""
    user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)


def just_locked(request: HttpRequest) -> bool:
    """True when the try of this request was the last one allowed."""
    return getattr(request, "axes_failures_since_start", None) == limits.TRIES


def refused(
    request: HttpRequest, original: HttpResponse | None = None, credentials: Credentials = None
) -> HttpResponse:
    """429 in words: until when to wait. The try that fills the count was still answered like any other."""
    if original is not None and getattr(request, "axes_failures_since_start", None) is not None:
        return original
    now = clock.now()
    last: datetime | None = _attempts(request, credentials).aggregate(last=Max("attempt_time"))["last"]
    seconds = max(((last or now) + limits.COOL_OFF - now).total_seconds(), 1)
    minutes = math.ceil(seconds / 60)
    text = ngettext(
        "Hubo demasiados intentos. Espere %(n)d minuto e intente de nuevo.",
        "Hubo demasiados intentos. Espere %(n)d minutos e intente de nuevo.",
        minutes,
    ) % {"n": minutes}
    answer = render(request, "signin/locked.html", {"text": text}, status=429)
    answer["Retry-After"] = str(math.ceil(seconds))
    return answer

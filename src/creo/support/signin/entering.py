"""The moments of a sign-in, whichever way it came: what is recorded, what is told."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from axes.models import AccessLog
from django.http import HttpRequest

from creo.support import clock
from creo.support.accounts.readers import Reader, reader_for
from creo.support.signin import commands, limits, lockout, queries, sessions, telling
from creo.support.signin.devices import device


def entered(request: HttpRequest, user: Any) -> None:
    """Notes in the session what was proved, records the sign-in, and says so to the owner when it is odd."""
    records = get_authentication_records(request, user)
    methods = [f"{record['method']}:{record.get('type', '')}".rstrip(":") for record in records]
    odd = _never_seen(request, user)
    sessions.note(request, factor=_factor(records), change=queries.must_change(user.pk), tell=telling.untold(user.pk))
    commands.note_signed_in(
        by=reader_for(user, clock.today()),
        username=user.username,
        address=sessions.address_of(request),
        device=device(sessions.agent_of(request)),
        methods=methods,
        odd=odd,
        session_key=str(request.session.session_key),
    )


def _factor(records: list[dict[str, Any]]) -> str:
    """The strongest factor of this sign-in."""
    kinds = {record.get("type") for record in records if record.get("method") == "mfa"}
    if "webauthn" in kinds:
        return limits.PASSKEY
    return limits.CODE if kinds else limits.NO_FACTOR


def _never_seen(request: HttpRequest, user: Any) -> bool:
    """True when the account was used before, and never from this address with this browser."""
    logs = list(
        AccessLog.objects.filter(username=user.username, attempt_time__gt=clock.now() - limits.KNOWN_ADDRESS)
        .order_by("-id")
        .values_list("ip_address", "user_agent")[:200]
    )
    here = (sessions.address_of(request), request.META.get("HTTP_USER_AGENT", "<unknown>")[:255])
    # Axes has written the present one already.
    return len(logs) > 1 and logs.count(here) <= 1


def refused(request: HttpRequest, typed: str) -> None:
    """Records a wrong try: of an account that exists by its name, of anything else without what was typed."""
    commands.note_refused(
        username=queries.known_name(typed),
        address=sessions.address_of(request),
        locked=lockout.just_locked(request),
    )


def directory_refused(request: HttpRequest) -> None:
    """Records that a directory's subject opened nothing."""
    commands.note_refused(username="", address=sessions.address_of(request), locked=False)


def left(request: HttpRequest) -> None:
    """Records a sign-out."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    commands.note_signed_out(by=reader, username=request.user.get_username())

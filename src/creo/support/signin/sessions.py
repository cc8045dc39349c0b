"""Sessions as the server keeps them: begun at sign-in, ended when idle, old, given up or taken away.

What a request needs to know of its session is inside the session, which Django has read already: no query more a page.
The list of sessions for people is allauth's `UserSession`; ending one removes both rows, so it is dead at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth import logout
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.http import HttpRequest

from creo.support import clock
from creo.support.accounts import use
from creo.support.signin import limits

STATE = "signin"
NOWHERE = "0.0.0.0"  # a session begun without a network: the command line, tests


def address_of(request: HttpRequest) -> str:
    """Where a request came from; forwarded headers of strangers are gone by now (site.guards.OnlyOurProxy)."""
    return str(request.META.get("REMOTE_ADDR") or NOWHERE)


def agent_of(request: HttpRequest) -> str:
    """What the browser says of itself, cut to what is kept."""
    return str(request.META.get("HTTP_USER_AGENT", ""))[:200]


def on_sign_in(sender: object, request: HttpRequest, user: Any, **kwargs: object) -> None:
    """Django's signal of a sign-in of any kind. Three queries."""
    begin(request, user)
    use.mark_signed_in(user.pk, clock.today())


def begin(request: HttpRequest, user: Any) -> None:
    """Writes when the session began, and puts it in its owner's list."""
    now = clock.now()
    request.session[STATE] = {
        "started": now.timestamp(),
        "seen": now.timestamp(),
        "proved": now.timestamp(),
        "factor": limits.NO_FACTOR,
        "change": False,
        "tell": False,
    }
    if not request.session.session_key:
        request.session.save()
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "ip": address_of(request),
            "user_agent": agent_of(request),
            "created_at": now,
            "last_seen_at": now,
        },
    )


def state(request: HttpRequest) -> dict[str, Any]:
    """What the session knows of itself; begun here when it was made without a sign-in page."""
    if STATE not in request.session:
        begin(request, request.user)
        # Nobody proved anything to this session.
        note(request, proved=0.0)
    found: dict[str, Any] = request.session[STATE]
    return found


def note(request: HttpRequest, **changes: Any) -> None:
    """Changes what the session knows of itself."""
    request.session[STATE] = {**request.session[STATE], **changes}


def over(request: HttpRequest, now: datetime) -> bool:
    """True when the session has been idle or has lasted too long."""
    known, at = state(request), now.timestamp()
    return bool(
        at - known["seen"] > limits.IDLE.total_seconds() or at - known["started"] > limits.ABSOLUTE.total_seconds()
    )


def touch(request: HttpRequest, now: datetime) -> bool:
    """Writes the last use, once a minute at most; True when it did."""
    if now.timestamp() - state(request)["seen"] < limits.TOUCH.total_seconds():
        return False
    note(request, seen=now.timestamp())
    UserSession.objects.filter(session_key=request.session.session_key).update(
        last_seen_at=now, ip=address_of(request), user_agent=agent_of(request)
    )
    return True


def end_own(request: HttpRequest) -> None:
    """Ends the session of a request: nothing of it stays on the server."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    logout(request)


def end(sessions: Iterable[UserSession]) -> int:
    """Ends sessions of anybody: the next click of each finds nobody signed in. Returns how many."""
    ended = 0
    for session in sessions:
        session.end()
        ended += 1
    return ended


def all_but(user_id: int, key: str | None) -> list[UserSession]:
    """Somebody's sessions except the one with a key. One query."""
    return list(UserSession.objects.filter(user_id=user_id).exclude(session_key=key or ""))


def one(user_id: int, session_id: int) -> list[UserSession]:
    """One session of somebody, or none. One query."""
    return list(UserSession.objects.filter(user_id=user_id, pk=session_id))


def open_sessions(user_id: int, now: datetime) -> list[UserSession]:
    """Somebody's live sessions, the last used first. One query."""
    return list(
        UserSession.objects.filter(
            user_id=user_id, last_seen_at__gt=now - limits.IDLE, created_at__gt=now - limits.ABSOLUTE
        ).order_by("-last_seen_at", "-id")
    )


def renewed(request: HttpRequest, old_key: str | None) -> None:
    """After Django gave the session another key (password changed): the list follows."""
    if not request.session.session_key:
        request.session.save()
    UserSession.objects.filter(session_key=old_key).update(session_key=request.session.session_key)


def ask_to_tell(user_id: int, but: str | None) -> None:
    """Marks somebody's open sessions, except one: their next page tells what is to be told."""
    for session in all_but(user_id, but):
        store = SessionStore(session.session_key)
        known = store.get(STATE)
        if known:
            store[STATE] = {**known, "tell": True}
            store.save()


def prune(now: datetime) -> int:
    """Forgets sessions that are over and the counts and sign-ins of long ago; how many sessions."""
    gone = 0
    for each in UserSession.objects.filter(
        Q(last_seen_at__lte=now - limits.IDLE) | Q(created_at__lte=now - limits.ABSOLUTE)
    ).iterator():
        each.end()
        gone += 1
    Session.objects.filter(expire_date__lte=now).delete()
    AccessAttempt.objects.filter(attempt_time__lte=now - limits.COOL_OFF).delete()
    AccessLog.objects.filter(attempt_time__lte=now - limits.KNOWN_ADDRESS).delete()
    return gone

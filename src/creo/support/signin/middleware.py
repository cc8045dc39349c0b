"""Ends sessions in time, and keeps whoever has yet to change a password or add a factor on the pages for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts import use
from creo.support.accounts.readers import Reader
from creo.support.signin import limits, sessions, telling

ALWAYS = frozenset({"sign_out", "set_language", "health", "policy_reports"})
# Pages that ask again by themselves while a job runs (ui/components/progress.html).
POLLED = frozenset({"jobs:detail", "imports:detail"})
CHANGING = frozenset({"signin:password"})
ENROLLING = frozenset(
    {
        "signin:factors",
        "signin:totp",
        "signin:passkey",
        "signin:codes",
        "signin:confirm",
        "signin:remove_factor",
        "signin:confirm_passkey",
    }
)


class SessionLimits:
    """Stands before the reader is known, so that a session that is over reads nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and sessions.over(request, clock.now()):
            sessions.end_own(request)
            request.session_over = True  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Runs after every other middleware: the reader and the messages are there."""
        if getattr(request, "session_over", False):
            messages.info(request, _("Su sesión terminó por tiempo. Entre de nuevo para continuar."))
            if request.headers.get("HX-Request"):  # a piece of a page: the whole page goes to the door
                return HttpResponse(headers={"HX-Redirect": settings.LOGIN_URL})
        if not request.user.is_authenticated or request.reader.user_id is None:  # type: ignore[attr-defined]
            return None
        if not self._asked_by_itself(request) and sessions.touch(request, clock.now()):
            use.mark(request.unmarked, clock.today())  # type: ignore[attr-defined]
        if sessions.state(request)["tell"]:
            telling.tell(request)
        return self._first_things(request)

    @staticmethod
    def _asked_by_itself(request: HttpRequest) -> bool:
        """True for a page's own question how a job goes: nobody may be there."""
        match = request.resolver_match
        return bool(request.headers.get("HX-Request") and match and match.view_name in POLLED)

    def _first_things(self, request: HttpRequest) -> HttpResponse | None:
        match = request.resolver_match
        name = match.view_name if match else ""
        known = sessions.state(request)
        if name in ALWAYS:
            return None
        if known["change"]:
            return None if name in CHANGING else HttpResponseRedirect(reverse("signin:password"))
        if must_enrol(request) and name not in ENROLLING | CHANGING:
            return HttpResponseRedirect(reverse("signin:factors"))
        return None


def must_enrol(request: HttpRequest) -> bool:
    """True when this installation demands a stronger second factor than the session has shown. No query."""
    if settings.CREO_SECOND_FACTOR != "required":
        return False
    reader: Reader = request.reader  # type: ignore[attr-defined]
    return not limits.enough(sessions.state(request)["factor"], limits.factor_needed(reader))

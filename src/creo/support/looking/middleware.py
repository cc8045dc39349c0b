"""Writes down every look at a file as its answer leaves, and slows down who reads too fast (ASVS v5.0.0-2.4.1)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from creo.support import clock
from creo.support.accounts.readers import Reader
from creo.support.looking import queries
from creo.support.looking.commands import write_looks
from creo.support.looking.noting import Noted, noting
from creo.support.looking.rules import parameters

READS = ("GET", "HEAD")


class LooksMiddleware:
    """One statement for each answer that shows somebody's file; none for any other page.

    Behind ReaderMiddleware. An answer over 399 showed nothing but, when it is 404, was refused.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.pace = Pace()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with noting() as noted:
            response = self.get_response(request)
        reader: Reader | None = getattr(request, "reader", None)
        if reader is None or reader.user_id is None or not (noted.opened or noted.refused):
            return response
        now = clock.now()
        seen = request.method in READS and response.status_code == 200
        if seen and self.pace.over(reader.user_id, noted, now):
            answer = render(request, "looking/slow.html", {"minutes": _minutes(now)}, status=429)
            answer["Retry-After"] = str(60)
            return answer
        if response.status_code in (200, 404):
            write_looks(reader, noted if response.status_code == 404 else _shown(noted), now, seen=seen)
        return response


def _shown(noted: Noted) -> Noted:
    """What an answer with content tells: a code that was refused on the way to it is no refusal of the page."""
    return Noted(noted.opened, {}, noted.written)


def _minutes(now: datetime) -> int:
    return parameters().on("pace_minutes", now.astimezone(clock.LIMA).date())


class Pace:
    """How fast accounts read. The database is asked only about those who read fast in this very process."""

    def __init__(self) -> None:
        self._recent: dict[int, deque[tuple[datetime, str]]] = {}

    def over(self, user_id: int, noted: Noted, now: datetime) -> bool:
        """True when the account has opened as many different files as the limit and asks for one more."""
        limit = parameters().on("pace_files", now.astimezone(clock.LIMA).date())
        since = now - timedelta(minutes=_minutes(now))
        mine = self._recent.setdefault(user_id, deque())
        mine.extend((now, code) for code in noted.opened)
        while mine and not since < mine[0][0] <= now:
            mine.popleft()
        # Four machines of so many processes: a share of the limit in one of them is the sign to count.
        if len({code for _at, code in mine}) * 4 * settings.CREO_WORKERS < limit:
            return False
        if len(self._recent) > 10_000:
            self._recent.clear()
        return queries.files_since(user_id, since) >= limit

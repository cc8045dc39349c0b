"""Puts the reader on every request, before any page runs."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from creo.support import clock
from creo.support.accounts import workplace
from creo.support.accounts.backends import taken
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.readers import NOBODY, Reader, Scope, giving_among, grants_of, places_in, reader_of


class ReaderMiddleware:
    """`request.reader`: nobody until somebody signs in, and again from the moment their access ends.

    Read anew at each request, so that what was taken away is gone at the next click (OWASP ASVS 8.3.2). `workplaces`
    are all the places of the person's roles; `workplace` is the one they chose to work at, if any. `unmarked` are the
    grants worked with that do not say so today (see `use`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reader, request.workplaces, request.workplace, request.unmarked = NOBODY, (), None, []
        if isinstance(request.user, User):
            _read(request, request.user)
        return self.get_response(request)


def _read(request: HttpRequest, user: User) -> None:
    today = clock.today()
    read = taken(user)
    grants = grants_of(user, today) if read is None else giving_among(read, today)
    request.workplaces = places_in(grants)
    request.workplace = workplace.chosen(request.session, request.workplaces)
    request.reader = reader_of(user, grants, request.workplace) if user.is_active else NOBODY
    request.unmarked = [g.pk for g in grants if g.last_used_on != today and _worked_with(g, request.reader)]


def _worked_with(grant: RoleGrant, reader: Reader) -> bool:
    return any(Scope(grant.scope_kind, grant.scope_code).covers(scope) for scope in reader.scopes)

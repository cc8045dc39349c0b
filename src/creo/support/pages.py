"""What every page shares: sign-in, permission, and answers that explain themselves."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.idempotency import commands as idempotency
from creo.support.refusals import Forbidden, NotFound, Refused
from creo.support.signin.fresh import is_fresh, prove_again
from creo.support.versions import Stale

Page = Callable[..., HttpResponse]


def page(permission: Permission | None, *, fresh: bool = False) -> Callable[[Page], Page]:
    """Guards a page: sign-in first, then the permission; refusals become pages with their reasons, never a traceback.

    `permission=None` is for pages any signed-in person may open. `fresh` asks again who is there, before something
    dangerous, when that was proved more than five minutes ago.
    """

    def wrap(function: Page) -> Page:
        @functools.wraps(function)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            reader = request.reader
            if reader.user_id is None:
                return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={quote(request.get_full_path())}")
            user_id = reader.user_id

            def allowed() -> HttpResponse:
                if permission is not None:
                    # The menu shows what is held elsewhere too; the page sees only the places of its permission.
                    request.whole_reader, request.reader = reader, reader.at_places_of(permission)
                    request.reader.require(permission)
                if fresh and not is_fresh(request):
                    return prove_again(request)
                return idempotency.once(request, user_id, lambda: _in_words(request, act))

            def act() -> HttpResponse:
                try:
                    return function(request, *args, **kwargs)
                except Stale as stale:
                    # Drawn again over what the record says now; `asking.answer` shows both.
                    request.stale = stale
                    return function(request, *args, **kwargs)

            return _in_words(request, allowed)

        run.permission = permission  # type: ignore[attr-defined]  # read by the test that walks every route
        return run

    return wrap


def _in_words(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer, or the page of its refusal."""
    try:
        return answer()
    except Forbidden as error:
        return render(request, "ui/errors/403.html", {"reason": error.message}, status=403)
    except NotFound:
        return render(request, "ui/errors/404.html", status=404)
    except Refused as error:
        return render(request, "ui/errors/422.html", {"errors": error.messages}, status=422)


def download(content: bytes | str, filename: str, content_type: str) -> HttpResponse:
    """A file for the person to keep; never shown as a page."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def positive_int(text: str | None, name: str) -> int | None:
    """A small positive integer from the address, None when absent. Refused when it is something else."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise Refused(_("«%(name)s» debe ser un número entero positivo.") % {"name": name})
    return int(text)

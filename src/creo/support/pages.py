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
from creo.support.refusals import Forbidden, NotFound, Refused

Page = Callable[..., HttpResponse]


def page(permission: Permission | None) -> Callable[[Page], Page]:
    """Guards a page: sign-in first, then the permission; refusals become pages with their reasons, never a traceback.

    `permission=None` is for pages any signed-in person may open.
    """

    def wrap(function: Page) -> Page:
        @functools.wraps(function)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            reader = request.reader
            if reader.user_id is None:
                return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={quote(request.get_full_path())}")
            try:
                if permission is not None:
                    # The menu shows what is held elsewhere too; the page sees only the places of its permission.
                    request.whole_reader, request.reader = reader, reader.at_places_of(permission)
                    request.reader.require(permission)
                return function(request, *args, **kwargs)
            except Forbidden as error:
                return render(request, "ui/errors/403.html", {"reason": error.message}, status=403)
            except NotFound:
                return render(request, "ui/errors/404.html", status=404)
            except Refused as error:
                return render(request, "ui/errors/422.html", {"errors": error.messages}, status=422)

        run.permission = permission  # type: ignore[attr-defined]  # read by the test that walks every route
        return run

    return wrap


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

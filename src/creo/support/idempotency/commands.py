"""One effect for a form that arrives more than once: a double click, a reload, a link that lost the answer.

The key of a form is the token of its page: Django masks it anew each time a page is drawn (its guard against BREACH),
so two openings of a form differ, and two sendings of one opening do not. A form corrected after a refusal comes from
a page drawn anew; the same page sent with something else typed is another act, and is done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.idempotency.models import SentForm

TOKEN = "csrfmiddlewaretoken"
# A page is not kept by the browser (no-store): a week is far beyond any honest second sending.
KEPT = timedelta(days=7)


def once(request: HttpRequest, user_id: int, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of a page. A form that already had its effect leads where it led then, and nothing is done again.

    Two at once: the second waits for the first on the unique digest. A refused form leaves no trace.
    """
    digest = _digest(request)
    if not digest:
        return answer()
    try:
        with transaction.atomic():
            row = _first(user_id, digest)
            response = answer()
            if response.status_code >= 400:
                row.delete()
            else:
                row.location = response.get("Location", "")[:2000]
                row.save(update_fields=["location"])
            return response
    except _Before:
        return _again(request, user_id, digest)


class _Before(Exception):
    """The form was sent before."""


def _first(user_id: int, digest: str) -> SentForm:
    try:
        with transaction.atomic():
            return SentForm.objects.create(user_id=user_id, digest=digest, at=clock.now())
    except IntegrityError:
        raise _Before from None


def _again(request: HttpRequest, user_id: int, digest: str) -> HttpResponse:
    sent = SentForm.objects.get(user_id=user_id, digest=digest)
    messages.info(request, _("El mismo envío llegó más de una vez y se hizo una sola."))
    return HttpResponseRedirect(sent.location or request.get_full_path())


def _digest(request: HttpRequest) -> str:
    """The key of a form as sent; empty when it is no form of a page (a reading, a call of htmx or of a script)."""
    if request.method != "POST" or not request.POST.get(TOKEN):
        return ""
    parts = [request.get_full_path()]
    for name in sorted(request.POST):
        parts += [name, *request.POST.getlist(name)]
    for name in sorted(request.FILES):
        parts += [part for file in request.FILES.getlist(name) for part in (name, str(file.name), str(file.size))]
    # Each part with its length: no two forms spell the same text.
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "replace")).hexdigest()


def prune(*, sent_before: datetime) -> int:
    """Forgets the forms sent before a moment; returns how many."""
    removed, _by_table = SentForm.objects.filter(at__lt=sent_before).delete()
    return removed

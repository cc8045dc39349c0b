"""The nightly look at accesses that nobody has reviewed: whoever reviews them is told before they give nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.support import clock
from creo.support.accounts import rules
from creo.support.accounts.models import RoleGrant
from creo.support.accounts.permissions import Permission
from creo.support.accounts.queries.scoped import COUNTED_FROM, counted_before, not_over
from creo.support.accounts.readers import Reader
from creo.support.announcements.commands import ask, settle
from creo.support.announcements.models import InboxItem
from creo.support.jobs.commands import JobHandle
from creo.support.ui import formats

TOPIC = "access_review"


def perform_review_due(handle: JobHandle) -> dict[str, Any]:
    """The job of every night."""
    asked = warn_of_reviews(by=handle.reader, today=clock.today())
    handle.progress(asked, asked, "")
    return {"places": asked}


def warn_of_reviews(*, by: Reader, today: date) -> int:
    """Asks the reviewers of every place where accesses lapse within the warning, once per lapse.

    A prison's accesses are asked of the prison; those of offices and of the nation, of the nation. Where nothing waits
    any more, what was asked is closed. Returns how many places.
    """
    due: dict[str, tuple[date, int]] = {}
    rows = (
        RoleGrant.objects.filter(not_over(today), user__is_active=True)
        .annotate(counted=COUNTED_FROM)
        .filter(counted__lte=counted_before(today, ahead=True))
        .order_by()
        .values_list("scope_kind", "scope_code")
        .annotate(oldest=Min("counted"), accesses=Count("id"))
    )
    for kind, code, oldest, accesses in rows:
        place = code if kind == RoleGrant.Scope.FACILITY else ""
        was, count = due.get(place, (oldest, 0))
        due[place] = (min(was, oldest), count + accesses)
    for place, (oldest, count) in sorted(due.items()):
        _ask(by, place, oldest, count, today)
    _close_the_rest(by, due)
    return len(due)


def _ask(by: Reader, place: str, oldest: date, count: int, today: date) -> None:
    lapse = rules.lapses_on(oldest, today)
    key = f"{TOPIC}:{place or 'nation'}:{lapse}"
    subject = _subject(place)
    over = _("Se revisaron los accesos más antiguos; quedan otros por revisar.")
    settle(by=by, topic=TOPIC, subject=subject, reason=over, keep=(key,))
    text = ngettext(
        "%(count)d acceso cumple seis meses sin revisión. Sin ella no abre nada desde el %(day)s.",
        "%(count)d accesos cumplen seis meses sin revisión. Sin ella el primero no abre nada desde el %(day)s.",
        count,
    )
    ask(
        by=by,
        key=key,
        topic=TOPIC,
        permission=Permission.REVIEW_ACCESS,
        place=place,
        subject=subject,
        title=_("Revise los accesos de su personal"),
        text=text % {"count": count, "day": formats.day(lapse)},
        url=reverse("accounts:review") + "?state=due",
    )


def _close_the_rest(by: Reader, due: dict[str, tuple[date, int]]) -> None:
    rows = InboxItem.objects.filter(topic=TOPIC, decided_at=None).values_list("place", flat=True)
    for place in sorted({*rows} - {*due}):
        settle(by=by, topic=TOPIC, subject=_subject(place), reason=_("Los accesos de este lugar están revisados."))


def _subject(place: str) -> tuple[str, str]:
    return ("access_review", place or "nation")

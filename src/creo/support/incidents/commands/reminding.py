"""Reminders of the notice that is owed: at the first and second hour of the house, and past the term."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements.commands import ask
from creo.support.announcements.models import InboxItem
from creo.support.incidents import queries, rules
from creo.support.incidents.commands.common import TOPIC
from creo.support.incidents.models import Incident
from creo.support.ui import formats

REMINDED = ("reminded", "urgent", "overdue")


def remind_due(*, by: Reader, now: datetime, going: Callable[[], bool] = lambda: True) -> int:
    """Puts each running incident before who handles it, once at each stage it reaches; returns how many.

    Looking takes no lock; what is already asked is not asked again, and what a person decided stays decided.
    """
    owed = Incident.objects.filter(closed_at=None, notified_at=None).exclude(personal_data=rules.NO).order_by("id")
    reached = []
    for found in owed:
        stage = queries.clocks(found, now).authority.state
        if stage in REMINDED:
            reached.append((f"incident:{found.pk}:{stage}:{found.known_at.timestamp():.0f}", found, stage))
    keys = [key for key, _found, _stage in reached]
    # What the system closed (a notice that was annulled afterwards) is asked again.
    asked = InboxItem.objects.filter(key__in=keys).exclude(state=InboxItem.State.CLOSED)
    known = set(asked.values_list("key", flat=True))
    reminded = 0
    for key, found, stage in reached:
        if not going():
            break
        if key not in known:
            _remind(by, key, found, stage)
            reminded += 1
    return reminded


def _remind(by: Reader, key: str, found: Incident, stage: str) -> None:
    over = stage == "overdue"
    title = _("Plazo vencido: %(title)s") if over else _("Aviso pendiente a la autoridad: %(title)s")
    text = _("El plazo para avisar a la autoridad venció el %(due)s.") if over else _("Avise antes del %(due)s.")
    ask(
        by=by,
        key=key,
        topic=TOPIC,
        permission=Permission.MANAGE_INCIDENTS,
        place=found.place,
        subject=("incident", found.code),
        title=title % {"title": found.title},
        text=text % {"due": formats.moment(found.due_at)},
        url=reverse("incidents:incident", args=[found.code]),
    )

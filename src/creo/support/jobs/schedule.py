"""Work that starts by itself once a day, whatever the number of workers.

The row (kind, day) is unique: whoever writes it starts the job, in the same transaction. A day without any worker is
missed, not made up for later: the next one looks at everything again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, system
from creo.support.jobs import commands
from creo.support.jobs.models import Job, ScheduledStart
from creo.support.refusals import Forbidden

WATCHERS = (Permission.VIEW_LEDGER, Permission.MANAGE_ACCESS)
WHO = "programación diaria"
HOUR = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Daily:
    """A kind of job that starts every day at an hour of Lima."""

    kind: str
    hour: time
    title: str


@dataclass(frozen=True, slots=True)
class DailyState:
    """A daily job with its last start and its next one."""

    daily: Daily
    next_at: datetime
    last_at: datetime | None
    job: Job | None


def dailies() -> list[Daily]:
    """The daily work of the wiring table. ValueError for an hour that is not HH:MM; KeyError for unknown work."""
    table: Sequence[tuple[str, str, object]] = import_string(settings.CREO_SCHEDULE)
    found = []
    for kind, hour, title in table:
        match = HOUR.fullmatch(hour)
        if match is None:
            raise ValueError(f"La hora [{hour}] de «{kind}» no es HH:MM.")
        commands.handler_path(kind)
        found.append(Daily(kind, time(int(match[1]), int(match[2])), str(title)))
    return found


def start_due() -> list[Job]:
    """Starts what is due today and has not been started, and returns it. Looking takes no lock."""
    now = clock.now().astimezone(clock.LIMA)
    due = [daily for daily in dailies() if now.time() >= daily.hour]
    if not due:
        return []
    started = set(ScheduledStart.objects.filter(day=now.date()).values_list("kind", flat=True))
    return [job for daily in due if daily.kind not in started and (job := _start(daily, now.date())) is not None]


def _start(daily: Daily, day: date) -> Job | None:
    """The job, or None when another worker started it in the same moment."""
    try:
        with transaction.atomic():
            mark = ScheduledStart.objects.create(kind=daily.kind, day=day, started_at=clock.now())
            job = commands.start(by=system(WHO), kind=daily.kind, title=daily.title, arguments={})
            mark.job_id = job.pk
            mark.save(update_fields=["job_id"])
    except IntegrityError:
        return None
    return job


def may_watch(reader: Reader) -> bool:
    """True for who watches over the work that the system does by itself."""
    return any(reader.can(permission) for permission in WATCHERS)


def schedule_for(reader: Reader) -> list[DailyState]:
    """The daily work with its last start and result. Forbidden for who does not watch over it. Two queries."""
    if not may_watch(reader):
        raise Forbidden(_("Su rol no permite este acto. Pídalo a quien administra los accesos."))
    now = clock.now().astimezone(clock.LIMA)
    last: dict[str, ScheduledStart] = {}
    kinds = [daily.kind for daily in dailies()]
    for mark in ScheduledStart.objects.filter(kind__in=kinds, day__gt=now.date() - timedelta(days=31)).order_by("day"):
        last[mark.kind] = mark
    jobs = Job.objects.in_bulk([mark.job_id for mark in last.values() if mark.job_id])
    found = []
    for daily in dailies():
        latest = last.get(daily.kind)
        today = datetime.combine(now.date(), daily.hour, clock.LIMA)
        waits = today if latest is None or latest.day < now.date() else today + timedelta(days=1)
        job = jobs.get(latest.job_id) if latest and latest.job_id else None
        found.append(DailyState(daily, waits, latest.started_at if latest else None, job))
    return found

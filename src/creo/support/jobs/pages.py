"""The page of a job: bar, rows done, time left; it may be closed, the work goes on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string

from creo.support import clock
from creo.support.jobs import progress, rounds, schedule
from creo.support.jobs.commands import job_for, recent_jobs
from creo.support.pages import page

SILENT_SECONDS = 60


@page(permission=None)
def jobs(request: HttpRequest) -> HttpResponse:
    """My latest jobs; for who watches over it, what the system does by itself every day."""
    reader = request.reader
    context: dict[str, Any] = {"jobs": recent_jobs(reader), "watches": schedule.may_watch(reader)}
    if context["watches"]:
        beat = rounds.last_beat()
        context["dailies"] = schedule.schedule_for(reader)
        context["last_beat"] = datetime.fromtimestamp(beat, tz=UTC) if beat else None
        context["worker_silent"] = beat is None or clock.now().timestamp() - beat > SILENT_SECONDS
    return render(request, "jobs/list.html", context)


@page(permission=None)
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """One job; `?parte=barra` answers only the bar, which asks again until the work ends."""
    found = job_for(request.reader, job_id)
    links: dict[str, str] = import_string(settings.CREO_JOB_LINKS)
    after = links[found.kind].format(**(found.arguments | (found.result or {}))) if _has_after(found, links) else ""
    context = {"job": found, "progress": progress.read(found.pk), "after": after}
    if request.GET.get("parte") != "barra":
        return render(request, "jobs/detail.html", context)
    if after:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = after
        return response
    return render(request, "jobs/detail.html#bar", context)


def _has_after(found: object, links: dict[str, str]) -> bool:
    return getattr(found, "state", "") == "done" and getattr(found, "kind", "") in links

"""The page of a job: bar, rows done, time left; it may be closed, the work goes on."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string

from creo.support.jobs import progress
from creo.support.jobs.commands import job_for, recent_jobs
from creo.support.pages import page


@page(permission=None)
def jobs(request: HttpRequest) -> HttpResponse:
    """My latest jobs."""
    return render(request, "jobs/list.html", {"jobs": recent_jobs(request.reader)})


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

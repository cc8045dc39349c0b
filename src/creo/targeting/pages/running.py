"""Asking for a run, and asking a stored run again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.jobs import commands as jobs
from creo.support.pages import page
from creo.support.ui.parts import Link
from creo.targeting import commands, queries, reports
from creo.targeting.forms import RunForm
from creo.targeting.pages.boards import trail_of

KIND = "targeting.run"


@page(permission=Permission.RUN_TARGETING)
def new_run(request: HttpRequest) -> HttpResponse:
    """The form of a run; sent, it becomes background work with its own page."""
    reader: Reader = request.reader
    today = clock.today()
    refs = queries.held_places(reader)
    form = RunForm(
        request.POST or None,
        today=today,
        national=reader.national,
        offices=queries.offices(reader, refs),
        refs=refs,
        variants=queries.variants(reader, today),
    )
    if request.method == "POST" and form.is_valid():
        title = _("Focalización: %(place)s al %(day)s") % {
            "place": form.place_name(),
            "day": f"{form.cleaned_data['as_of']:%d/%m/%Y}",
        }
        job = jobs.start(by=reader, kind=KIND, title=title, arguments=form.arguments())
        return HttpResponseRedirect(reverse("jobs:detail", args=[job.pk]))
    context = {"form": form, "trail": [Link(_("Corridas"), reverse("targeting:runs"))]}
    return render(request, "targeting/new_run.html", context, status=422 if form.is_bound else 200)


@page(permission=Permission.VIEW_TARGETING)
def check(request: HttpRequest, number: int) -> HttpResponse:
    """Asks a stored run again and says what is the same and what is not. A plain visit goes back to the board."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("targeting:run", args=[number]))
    found = queries.run(request.reader, number)
    done = commands.rerun_check(by=request.reader, number=number)
    context = {
        "run": found,
        "check": done,
        "facts": reports.check_facts(done),
        "fact_rows": reports.changed_fact_rows(done),
        "answer_rows": reports.changed_answer_rows(done),
        "fact_columns": reports.change_columns(_("Dato")),
        "answer_columns": reports.change_columns(_("Respuesta")),
        "trail": trail_of(found),
    }
    return render(request, "targeting/check.html", context)

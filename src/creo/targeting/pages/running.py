"""Asking for a run, and asking a stored run again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.asking import ask, sent
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
        sent(request),
        today=today,
        national=reader.national,
        offices=queries.offices(reader, refs),
        refs=refs,
        variants=queries.variants(reader, today),
    )

    def act(typed: Any) -> str:
        title = _("Focalización: %(place)s al %(day)s") % {
            "place": form.place_name(),
            "day": f"{typed['as_of']:%d/%m/%Y}",
        }
        job = jobs.start(by=reader, kind=KIND, title=title, arguments=form.arguments())
        return reverse("jobs:detail", args=[job.pk])

    return ask(
        request,
        form,
        act,
        title=_("Nueva corrida de focalización"),
        lead=_(
            "Evalúa a todas las personas de un ámbito en una fecha."
            " Se guarda entera, con los datos que usó, o no se guarda."
        ),
        button=_("Evaluar"),
        back=reverse("targeting:latest"),
        trail=[Link(_("Corridas"), reverse("targeting:runs"))],
    )


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

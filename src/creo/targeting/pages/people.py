"""One person: why they qualify or not, today or in a run; their enrolment and its end."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.asking import answer
from creo.support.pages import page
from creo.support.refusals import Refused
from creo.targeting import commands, queries, reports, rules
from creo.targeting.forms import EndForm, EnrolForm
from creo.targeting.pages.boards import trail_of


@page(permission=Permission.VIEW_TARGETING)
def find(request: HttpRequest) -> HttpResponse:
    """Goes to the page of a code that somebody typed."""
    code = request.GET.get("code", "").strip().upper()
    if not code:
        raise Refused(_("Escriba el código de la persona, como P-0049213."))
    return HttpResponseRedirect(reverse("targeting:person", args=[code.replace("/", "")]))


@page(permission=Permission.VIEW_TARGETING)
def person(request: HttpRequest, code: str) -> HttpResponse:
    """Why somebody qualifies today, and their enrolment."""
    return _person(request, code)


@page(permission=Permission.ENROL)
def enrol(request: HttpRequest, code: str) -> HttpResponse:
    """Enrols the person; refused, the same page says every reason."""
    here = reverse("targeting:person", args=[code])
    if request.method != "POST":
        return HttpResponseRedirect(here)
    form = EnrolForm(request.POST)

    def act(typed: Any) -> None:
        commands.enrol(by=request.reader, person_code=code, **typed)

    def show(status: int) -> HttpResponse:
        return _person(request, code, enrol_form=form, status=status)

    done = _("La persona quedó inscrita. El resultado de ese día se conserva con la inscripción.")
    return answer(request, form, act, show, back=here, done=done)


@page(permission=Permission.ENROL)
def end(request: HttpRequest, code: str) -> HttpResponse:
    """Ends the person's enrolment; refused, the same page says every reason."""
    here = reverse("targeting:person", args=[code])
    if request.method != "POST":
        return HttpResponseRedirect(here)
    form = EndForm(request.POST)

    def act(typed: Any) -> None:
        commands.end_enrolment(by=request.reader, person_code=code, **typed)

    def show(status: int) -> HttpResponse:
        return _person(request, code, end_form=form, status=status)

    return answer(request, form, act, show, back=here, done=_("La salida quedó registrada."))


@page(permission=Permission.VIEW_TARGETING)
def person_in_run(request: HttpRequest, number: int, code: str) -> HttpResponse:
    """Why somebody got their answer in a run, from the facts kept in it."""
    found = queries.run(request.reader, number)
    why = queries.explain_in_run(request.reader, found, code)
    context = {"run": found, "why": why, "words": _words(), "trail": trail_of(found)}
    return render(request, "targeting/person_in_run.html", context)


def _person(
    request: HttpRequest,
    code: str,
    *,
    enrol_form: EnrolForm | None = None,
    end_form: EndForm | None = None,
    status: int = 200,
) -> HttpResponse:
    reader: Reader = request.reader
    today = clock.today()
    why = queries.explain(reader, code, today)
    history, again = queries.story(reader, why.code)
    current = next((item for item in history if item.ended_on is None and item.programme == why.rule.programme), None)
    decision = None
    if current is None:
        # Whoever may see the person today holds them today; without a recorded prison nobody knows.
        applicant = queries.applicant(why, history, here=True if why.facility else None)
        decision = rules.may_enrol(why.verdict, applicant, on=today, today=today)
    context: dict[str, Any] = {
        "why": why,
        "words": _words(),
        "history": history,
        "again": [_again(row) for row in again],
        "enrolled_twice": sum(item.ended_on is None for item in history) > 1,
        "current": current,
        "decision": decision,
        "past_maximum": current is not None and why.aged_out,
        "may_enrol": reader.can(Permission.ENROL),
        "exit_source": rules.EXIT_SOURCE,
        "enrol_form": enrol_form or EnrolForm(initial={"on": today}),
        "end_form": end_form or EndForm(initial={"on": today}),
    }
    return render(request, "targeting/person.html", context, status=status)


def _again(row: queries.ReevaluationRow) -> dict[str, str]:
    """One re-evaluation for the page: the answer, when and why, and what it was before when it changed."""
    return {
        "state": reports.STATES[row.result],
        "word": _(row.result.word),
        "why": reports.again_words(row),
        "before": _(row.previous.word) if row.previous is not None and row.changed else "",
    }


def _words() -> dict[str, str]:
    return {result.value: _(result.word) for result in rules.Result}

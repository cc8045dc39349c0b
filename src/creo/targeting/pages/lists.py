"""Lists: runs, the people of a run, the enrolled; and the same as files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Link
from creo.targeting import queries, reports
from creo.targeting.forms import EnrolmentsForm, ResultsForm
from creo.targeting.pages.boards import trail_of


@page(permission=Permission.VIEW_TARGETING)
def runs(request: HttpRequest) -> HttpResponse:
    """Runs that touch the reader's scope, newest first."""
    refs = queries.held_places(request.reader)
    found = queries.runs(request.reader, refs, request.GET.get("cursor", ""))
    context = {
        "found": found,
        "columns": reports.run_columns(),
        "rows": reports.run_rows(found.rows, refs),
        "may_run": request.reader.can(Permission.RUN_TARGETING),
        "trail": [Link(_("Focalización"), reverse("targeting:latest"))],
    }
    return render(request, "targeting/runs.html", context)


@page(permission=Permission.VIEW_TARGETING)
def results(request: HttpRequest, number: int) -> HttpResponse:
    """The people of a run, one answer at a time; the address keeps the filters."""
    reader: Reader = request.reader
    refs = queries.held_places(reader)
    found = queries.run(reader, number, refs)
    form = ResultsForm(request.GET, found, refs)
    filters = form.wanted()
    people = queries.results_page(reader, found, filters, request.GET.get("cursor", ""))
    total = queries.results_count(reader, found, filters)
    named = reader.can(Permission.VIEW_PEOPLE)
    again = any(row.again is not None for row in people.rows)
    context = {
        "run": found,
        "form": form,
        "found": people,
        "columns": reports.result_columns(filters.result, named=named, again=again),
        "rows": reports.result_rows(found, people.rows, named=named, again=again),
        "count_text": ngettext("%(count)s persona: %(word)s", "%(count)s personas: %(word)s", total)
        % {"count": formats.number(total), "word": _(filters.result.plural).lower()},
        "clear_url": reverse("targeting:results", args=[number]) if request.GET else "",
        "export_urls": _exports(request, "targeting:export_results", [number]),
        "trail": trail_of(found),
    }
    return render(request, "targeting/results.html", context)


@page(permission=Permission.EXPORT)
def export_results(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """The same list whole, as a file."""
    return exports.answer(request, kind, "targeting.results", number=number)


def results_list(reader: Reader, query: QueryDict, number: int) -> Listing:
    """The people of a run to hand out, by the query of their page."""
    refs = queries.held_places(reader)
    found = queries.run(reader, number, refs)
    form = ResultsForm(query, found, refs)
    filters = form.wanted()
    return reports.result_listing(
        found,
        lambda: queries.results_rows(reader, found, filters),
        queries.results_count(reader, found, filters),
        named=reader.can(Permission.VIEW_PEOPLE),
        filters=form.in_words(),
    )


@page(permission=Permission.VIEW_TARGETING)
def enrolments(request: HttpRequest) -> HttpResponse:
    """Who is or was in the programme, with what has changed since."""
    reader: Reader = request.reader
    form = EnrolmentsForm(request.GET, queries.held_places(reader))
    filters = form.wanted()
    found = queries.enrolments_page(reader, filters, clock.today(), request.GET.get("cursor", ""))
    total = queries.enrolments_count(reader, filters)
    named = reader.can(Permission.VIEW_PEOPLE)
    context = {
        "form": form,
        "found": found,
        "columns": reports.enrolment_columns(named=named),
        "rows": reports.enrolment_rows(found.rows, named=named),
        "count_text": ngettext("%(count)s persona", "%(count)s personas", total) % {"count": formats.number(total)},
        "clear_url": reverse("targeting:enrolments") if request.GET else "",
        "export_urls": _exports(request, "targeting:export_enrolments", []),
    }
    return render(request, "targeting/enrolments.html", context)


@page(permission=Permission.EXPORT)
def export_enrolments(request: HttpRequest, kind: str) -> HttpResponse:
    """The enrolled as a file."""
    return exports.answer(request, kind, "targeting.enrolments")


def enrolments_list(reader: Reader, query: QueryDict) -> Listing:
    """The enrolled to hand out, by the query of their page."""
    form = EnrolmentsForm(query, queries.held_places(reader))
    filters, today = form.wanted(), clock.today()
    return reports.enrolment_listing(
        lambda: queries.enrolments_rows(reader, filters, today),
        queries.enrolments_count(reader, filters),
        named=reader.can(Permission.VIEW_PEOPLE),
        filters=form.in_words(),
        on=today,
    )


def _exports(request: HttpRequest, view: str, args: list[int]) -> list[Link]:
    if not request.reader.can(Permission.EXPORT):
        return []
    kept = request.GET.copy()
    kept.pop("cursor", None)
    asked = f"?{kept.urlencode()}" if kept else ""
    return [Link(kind.upper(), reverse(view, args=[*args, kind]) + asked) for kind in reports.TYPES]

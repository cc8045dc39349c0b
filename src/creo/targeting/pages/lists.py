"""Lists: runs, the people of a run, the enrolled; and the same as files."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.pages import download, page
from creo.support.refusals import Refused
from creo.support.ui import formats
from creo.support.ui.parts import Link
from creo.targeting import commands, queries, reports
from creo.targeting.forms import EnrolmentsForm, ResultsForm
from creo.targeting.pages.boards import trail_of

MAX_WORKBOOK_ROWS = 50_000


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
    _known(kind)
    reader: Reader = request.reader
    refs = queries.held_places(reader)
    found = queries.run(reader, number, refs)
    form = ResultsForm(request.GET, found, refs)
    filters = form.wanted()
    count = queries.results_count(reader, found, filters)
    fits(kind, count)
    commands.record_export(by=reader, what=f"run-{number}", filters=form.in_words(), kind=kind, rows=count)
    rows = queries.results_rows(reader, found, filters)
    file = reports.result_file(found, rows, kind, named=reader.can(Permission.VIEW_PEOPLE), filters=form.in_words())
    return download(file.content, file.name, file.content_type)


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
    _known(kind)
    reader: Reader = request.reader
    form = EnrolmentsForm(request.GET, queries.held_places(reader))
    today = clock.today()
    filters = form.wanted()
    count = queries.enrolments_count(reader, filters)
    fits(kind, count)
    commands.record_export(by=reader, what="enrolments", filters=form.in_words(), kind=kind, rows=count)
    rows = queries.enrolments_rows(reader, filters, today)
    file = reports.enrolment_file(rows, kind, named=reader.can(Permission.VIEW_PEOPLE), on=today)
    return download(file.content, file.name, file.content_type)


def fits(kind: str, rows: int) -> None:
    """Refused when a workbook would take too long to make while somebody waits; the CSV of any length does not."""
    if kind == "xlsx" and rows > MAX_WORKBOOK_ROWS:
        raise Refused(
            _("La lista tiene %(count)s filas: descárguela como CSV, o filtre hasta %(most)s para Excel.")
            % {"count": formats.number(rows), "most": formats.number(MAX_WORKBOOK_ROWS)}
        )


def _known(kind: str) -> None:
    if kind not in reports.TYPES:
        raise Http404


def _exports(request: HttpRequest, view: str, args: list[int]) -> list[Link]:
    if not request.reader.can(Permission.EXPORT):
        return []
    kept = request.GET.copy()
    kept.pop("cursor", None)
    asked = f"?{kept.urlencode()}" if kept else ""
    return [Link(kind.upper(), reverse(view, args=[*args, kind]) + asked) for kind in reports.TYPES]

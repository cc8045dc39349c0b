"""The board of a run, and what is missing in it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.pages import page
from creo.support.ui.parts import Link
from creo.targeting import queries, reports, rules
from creo.territory.queries import FacilityRef


@page(permission=Permission.VIEW_TARGETING)
def latest(request: HttpRequest) -> HttpResponse:
    """The board of the newest run, or what to do before the first."""
    refs = queries.held_places(request.reader)
    found = queries.latest(request.reader, refs)
    if found is None:
        return render(request, "targeting/empty.html", {"may_run": request.reader.can(Permission.RUN_TARGETING)})
    return _board(request, found, refs, [])


@page(permission=Permission.VIEW_TARGETING)
def run(request: HttpRequest, number: int) -> HttpResponse:
    """The board of one run."""
    refs = queries.held_places(request.reader)
    trail = [Link(_("Corridas"), reverse("targeting:runs"))]
    return _board(request, queries.run(request.reader, number, refs), refs, trail)


@page(permission=Permission.VIEW_TARGETING)
def missing(request: HttpRequest, number: int) -> HttpResponse:
    """What is not known of undecided people, and who can complete it."""
    refs = queries.held_places(request.reader)
    found = queries.run(request.reader, number, refs)
    columns, rows = reports.gap_rows(found)
    place_columns, place_rows = reports.gap_place_rows(found, refs)
    context = {
        "run": found,
        "columns": columns,
        "rows": rows,
        "place_columns": place_columns,
        "place_rows": place_rows,
        "undecided": found.totals.outcomes()[rules.Result.UNDECIDED.value],
        "trail": trail_of(found),
    }
    return render(request, "targeting/missing.html", context)


def trail_of(found: queries.Run) -> list[Link]:
    """The way back to the board of a run."""
    return [
        Link(_("Focalización"), reverse("targeting:latest")),
        Link(_("Corrida %(number)s") % {"number": found.row.number}, reverse("targeting:run", args=[found.row.number])),
    ]


def _board(request: HttpRequest, found: queries.Run, refs: list[FacilityRef], trail: list[Link]) -> HttpResponse:
    reader: Reader = request.reader
    enrolled = queries.enrolled_by_facility(reader, found.row.as_of)
    here = {key: count for key, count in enrolled.items() if key in found.totals.facilities}
    ages_columns, ages_rows = reports.ages_rows(found)
    place_columns, place_rows, place_total = reports.facility_rows(found, refs, here)
    grid_columns, grid_rows = reports.grid_table(found)
    exclusion_columns, exclusion_rows = reports.exclusion_rows(found)
    context: dict[str, Any] = {
        "run": found,
        "place": queries.scope_name(found.row, refs),
        "rule_name": reports.rule_name(found.rule),
        "people": sum(found.totals.outcomes().values()),
        "partial": found.allowed is not None and found.row.people != sum(found.totals.outcomes().values()),
        "funnel": reports.funnel_figure(found, sum(here.values())),
        "ages_columns": ages_columns,
        "ages_rows": ages_rows,
        "map": reports.map_figure(found, refs),
        "families": reports.family_figure(found),
        "bands": reports.band_figure(found),
        "place_columns": place_columns,
        "place_rows": place_rows,
        "place_total": place_total,
        "grid_columns": grid_columns,
        "grid_rows": grid_rows,
        "exclusion_columns": exclusion_columns,
        "exclusion_rows": exclusion_rows,
        "facts": reports.run_facts(found),
        "example": queries.example(reader, found),
        "may_run": reader.can(Permission.RUN_TARGETING),
        "may_export": reader.can(Permission.EXPORT),
        "trail": trail,
    }
    return render(request, "targeting/board.html", context)

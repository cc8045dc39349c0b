"""Lists: prisons with their map, regional and community offices, a department."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Link, Row
from creo.territory import queries, reports, rules
from creo.territory.forms import FilterForm
from creo.territory.queries import FacilityFilter, OfficeRow


@page(permission=Permission.VIEW_TERRITORY)
def facilities(request: HttpRequest) -> HttpResponse:
    """Prisons on a map and in a table, filtered by the address."""
    everything = queries.facilities(request.reader, clock.today())
    form = FilterForm(request.GET, everything)
    rows = queries.narrowed(everything, form.wanted())
    sums = queries.totals(rows)
    months = [row.month for row in rows if row.month]
    context: dict[str, Any] = {
        "form": form,
        "columns": reports.list_columns(),
        "rows": reports.list_rows(rows),
        "figure": reports.density_map(rows) if rows else None,
        "sums": sums,
        "month": max(months) if months else None,
        "count_text": _("%(shown)s de %(all)s penales")
        % {"shown": formats.number(len(rows)), "all": formats.number(len(everything))},
        "clear_url": reverse("territory:facilities") if form.used else "",
        "export_urls": _export_urls(request),
        "threshold": _threshold(),
    }
    return render(request, "territory/facilities.html", context)


@page(permission=Permission.EXPORT)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list as a file: `csv` or `xlsx`, with the same filters."""
    return exports.answer(request, kind, "territory.facilities")


def facilities_list(reader: Reader, query: QueryDict) -> Listing:
    """Prisons to hand out, by the query of their page. They tell of nobody."""
    reader.require(Permission.VIEW_TERRITORY)
    today = clock.today()
    everything = queries.facilities(reader, today)
    form = FilterForm(query, everything)
    rows = queries.narrowed(everything, form.wanted())
    return Listing(
        act="territory.facilities_exported",
        subject=("list", "facilities"),
        name=f"establecimientos-{today:%Y-%m-%d}",
        title=_("Establecimientos penitenciarios"),
        columns=reports.export_columns(),
        rows=lambda: reports.export_rows(rows),
        count=len(rows),
        filters=form.in_words(),
        facts=reports.export_facts(rows, form.in_words(), today),
        personal=False,
    )


@page(permission=Permission.VIEW_TERRITORY)
def offices(request: HttpRequest) -> HttpResponse:
    """Regional offices with their prisons' totals, and the community offices known."""
    as_of = clock.today()
    found = queries.offices(request.reader, as_of)
    community = queries.facilities(request.reader, as_of, FacilityFilter(kind="community_office"))
    context = {
        "columns": [
            Column(_("Oficina regional")),
            Column(_("Sede")),
            Column(_("Penales"), "number"),
            Column(_("Plazas"), "number"),
            Column(_("Población publicada"), "number"),
            Column(_("Sobrepoblación"), "percent"),
            Column(_("Penales hacinados"), "number"),
            Column(_("Medio libre"), "number"),
        ],
        "rows": [_office(row) for row in found],
        "community_columns": [
            Column(_("Oficina de medio libre")),
            Column(_("Oficina regional")),
            Column(_("Departamento")),
            Column(_("Origen")),
        ],
        "community_rows": [
            [
                row.name,
                row.office_name,
                row.department_name,
                Cell("info", kind="state", word=_("Demostración")) if row.is_demonstration else _("Registrada"),
            ]
            for row in community
        ],
        "community_note": rules.load_reference().sources["medio-libre"].note,
    }
    return render(request, "territory/offices.html", context)


@page(permission=Permission.VIEW_TERRITORY)
def department(request: HttpRequest, ubigeo: str) -> HttpResponse:
    """A department: its prisons, provinces and districts with both codings."""
    found = queries.department(request.reader, ubigeo, clock.today())
    context = {
        "department": found,
        "trail": [Link(_("Establecimientos"), reverse("territory:facilities"))],
        "prison_columns": reports.list_columns(with_department=False),
        "prison_rows": reports.list_rows(found.prisons, with_department=False),
        "districts": sum(len(province.districts) for province in found.provinces),
    }
    return render(request, "territory/department.html", context)


def _office(row: OfficeRow) -> Row:
    sums = row.totals
    whole = sums.capacity and not sums.without_capacity and not sums.without_population
    return Row(
        [
            Cell(row.name, url=reverse("territory:facilities", query={"oficina": row.code})),
            row.seat,
            sums.facilities,
            sums.capacity,
            sums.population,
            sums.population / sums.capacity - 1 if whole else None,
            sums.overcrowded,
            row.community_offices,
        ]
    )


def _export_urls(request: HttpRequest) -> list[Link]:
    if not request.reader.can(Permission.EXPORT):
        return []
    asked = f"?{request.GET.urlencode()}" if request.GET else ""
    return [Link(kind.upper(), reverse("territory:export", args=[kind]) + asked) for kind in ("csv", "xlsx")]


def _threshold() -> str:
    limit = rules.parameters().overcrowding_on(clock.today())
    return f"{limit.citation.label()}: {limit.citation.note}" if limit else ""

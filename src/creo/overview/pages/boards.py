"""What is due today, what a search finds, and the nation at a glance."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.overview import queries
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.pages import page
from creo.support.ui import charts
from creo.support.ui.map import peru_map
from creo.support.ui.parts import Cell, Column, Figure, Row


@page(permission=None)
def today(request: HttpRequest) -> HttpResponse:
    """What is due for the reader, in order; nothing else."""
    items = [
        {
            "text": due.text,
            "url": reverse(due.view, args=due.args) + due.parameters,
            "state": due.state,
            "note": due.note,
        }
        for due in queries.due(request.reader, clock.today())
    ]
    return render(request, "overview/today.html", {"items": items, "day": clock.today()})


@page(permission=None)
def search(request: HttpRequest) -> HttpResponse:
    """What a text finds among people, prisons and the programme."""
    text = " ".join(request.GET.get("q", "").split())[:120]
    found = queries.search(request.reader, text, clock.today()) if len(text) >= 2 else None
    people_url = ""
    if request.reader.can(Permission.VIEW_PEOPLE):
        state = {"custodia": "everybody"} if request.reader.national else {}
        people_url = f"{reverse('register:people')}?{urlencode({'q': text} | state)}"
    return render(request, "overview/search.html", {"text": text, "found": found, "people_url": people_url})


@page(permission=Permission.VIEW_TERRITORY)
def nation(request: HttpRequest) -> HttpResponse:
    """Every prison in scope: who is there, what the last run says, how many are enrolled."""
    board = queries.board(request.reader, clock.today())
    has_run = board.run is not None
    context = {
        "board": board,
        "figure": _map(board) if has_run else None,
        "crowding": _crowding(board),
        "columns": _columns(),
        "rows": [_row(row) for row in board.rows],
        "totals": {name: board.total(name) for name in ("people", "eligible", "undecided", "enrolled")},
        "capacity": sum(row.facility.capacity or 0 for row in board.rows),
        "has_run": has_run,
    }
    return render(request, "overview/nation.html", context)


def _columns() -> list[Column]:
    return [
        Column(_("Establecimiento")),
        Column(_("Oficina regional")),
        Column(_("Capacidad"), "number"),
        Column(_("En custodia"), "number"),
        Column(_("Elegibles"), "number"),
        Column(_("Por decidir"), "number"),
        Column(_("Intervenidos"), "number"),
    ]


def _row(row: queries.PlaceRow) -> Row:
    facility = row.facility
    return Row(
        [
            Cell(facility.name, url=reverse("territory:facility", args=(facility.code,))),
            facility.office_name,
            facility.capacity,
            row.people,
            row.eligible,
            row.undecided,
            row.enrolled,
        ]
    )


def _map(board: queries.Board) -> Figure:
    values = board.by_department("eligible")
    names = {row.facility.department: row.facility.department_name for row in board.rows}
    top = max(values, key=lambda code: values[code] or 0, default="")
    title = _("%(name)s reúne más personas elegibles que ningún otro departamento") % {"name": names.get(top, "")}
    svg = peru_map(
        values,
        title=title,
        desc=_("Mapa del Perú por departamentos según el número de personas elegibles de la última corrida."),
        key="elegibles",
        links={code: reverse("territory:department", args=(code,)) for code in values},
        unit=_("personas"),
    )
    rows = [[names[code], values[code]] for code in sorted(values, key=lambda code: -(values[code] or 0))]
    return Figure(
        title=title,
        svg=svg,
        columns=[Column(_("Departamento")), Column(_("Elegibles"), "number")],
        rows=rows,
        source=_("Última corrida de focalización"),
        cutoff=board.run.row.as_of if board.run else None,
    )


def _crowding(board: queries.Board) -> Figure | None:
    """The fullest prisons by people in custody for each place of capacity."""
    known = [row for row in board.rows if row.people and row.facility.capacity]
    if not known:
        return None
    ranked = sorted(known, key=lambda row: -row.people / row.facility.capacity)[:10]  # type: ignore[operator]
    shares = [(row.facility.name, round(100 * (row.people or 0) / (row.facility.capacity or 1))) for row in ranked]
    title = _("%(name)s aloja %(share)d personas por cada 100 plazas") % {"name": shares[0][0], "share": shares[0][1]}
    return Figure(
        title=title,
        svg=charts.bars(
            shares,
            title=title,
            desc=_("Los diez establecimientos con más personas en custodia por cada 100 plazas de su capacidad."),
            key="ocupacion",
        ),
        columns=[Column(_("Establecimiento")), Column(_("Personas por 100 plazas"), "number")],
        rows=[list(share) for share in shares],
        source=_("Última corrida de focalización y capacidad vigente"),
        cutoff=board.run.row.as_of if board.run else None,
    )
